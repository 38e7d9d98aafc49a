"""The connector: one call for one person."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from rpa_commons.capabilities import BusinessError, Person, PopulationRegister
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors.http import HttpClient
from rpa_commons.validators import InvalidIdentifierError, dk

from ._person import person_from_answer, today_in_denmark
from ._settings import Sf1520Settings
from ._soap import SOAP_ACTION, SYSTEM, CallContext, InvocationContext, build_request, parse_answer

__all__ = ["Sf1520"]

_SERVER_ERROR = 500  # SOAP 1.1, section 6.2: a fault comes with this status
_LARGEST_ANSWER = 4 * 1024 * 1024  # bytes


class Sf1520:
    """The population register through SF1520. Safe to use from several threads.

    Attributes:
        hosts: The ``host:port`` it calls.
    """

    name: ClassVar[str] = SYSTEM
    capability: ClassVar[type] = PopulationRegister
    Settings: ClassVar[type[Sf1520Settings]] = Sf1520Settings

    def __init__(
        self,
        settings: Sf1520Settings,
        surroundings: Surroundings,
        *,
        today: Callable[[], date] = today_in_denmark,
    ) -> None:
        """Read the certificate; call nothing yet.

        Args:
            settings: Where the service is and who asks.
            surroundings: Where the connector runs.
            today: Gives the day of asking, in Denmark.

        Raises:
            AddressRefusedError: the address is not https.
            CertificateError: the client certificate cannot be used.
        """
        self.settings = settings
        self._today = today
        self._url = settings.url.rstrip("/") + settings.path
        self._client = HttpClient(
            SYSTEM, settings, surroundings, addresses=[self._url], largest_answer=_LARGEST_ANSWER
        )
        self.hosts = self._client.hosts
        self._invocation = InvocationContext(
            settings.service_agreement, settings.user_system, settings.user, settings.service
        )
        self._call = CallContext(settings.on_behalf_of, settings.call_identifier, settings.accounting_info)

    def person(self, cpr: str) -> Person:
        """The person with this number.

        Raises:
            PersonNotFoundError: the service knows nobody by the number.
            NumberChangedError: the person has another number now.
            FaultError: the service refuses the request.
            UnexpectedAnswerError: the answer is not what the contract says.
            TransientError: the service could not answer now.
        """
        try:
            number = dk.cpr(cpr)
        except InvalidIdentifierError as error:
            raise BusinessError(
                f"{SYSTEM} was asked for something that is {error}",
                remedy="check the number in the source of the work item",
            ) from None
        answer = self._client.request(
            "POST",
            self._url,
            kind="query",
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SOAP_ACTION}"'},
            body=build_request(number, self._invocation, self._call),
            accept=[_SERVER_ERROR],
        )
        return person_from_answer(parse_answer(answer.status, answer.body), number, self._today())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
