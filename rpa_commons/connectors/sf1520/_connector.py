"""The connector: one call for one person."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from rpa_commons.capabilities import BusinessError, Person, PopulationRegister
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors.http import AccessRefusedError, Answer, HttpClient, RequestRefusedError
from rpa_commons.validators import InvalidIdentifierError, dk

from ._access import ACCESS, VERIFIED
from ._person import person_from_answer, today_in_denmark
from ._settings import Sf1520Settings
from ._soap import LARGEST, SOAP_ACTION, SYSTEM, CallContext, InvocationContext, build_request, parse_answer

__all__ = ["Sf1520"]

_SERVER_ERROR = 500  # SOAP 1.1, section 6.2: a fault comes with this status


class Sf1520:
    """The population register through SF1520. Safe to use from several threads.

    Attributes:
        hosts: The ``host:port`` it calls.
    """

    name: ClassVar[str] = SYSTEM
    capability: ClassVar[type] = PopulationRegister
    Settings: ClassVar[type[Sf1520Settings]] = Sf1520Settings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

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
            SYSTEM, settings, surroundings, addresses=[self._url], largest_answer=LARGEST
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
            AccessRefusedError: the service does not let us in, or is not at this address.
            TransientError: the service could not answer now.
        """
        try:
            number = dk.Cpr.parse(cpr)
        except InvalidIdentifierError as error:
            raise BusinessError(
                f"{SYSTEM} was asked for something that is {error}",
                remedy="check the number in the source of the work item",
            ) from None
        answer = self._ask(build_request(number, self._invocation, self._call))
        return person_from_answer(parse_answer(answer.status, answer.body), number, self._today())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, request: bytes) -> Answer:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SOAP_ACTION}"'}
        try:
            return self._client.request(
                "POST", self._url, kind="query", headers=headers, body=request, accept=[_SERVER_ERROR]
            )
        except RequestRefusedError as error:
            status = error.status
        # What SOAP has to say about a request comes as a fault. Any other refusal is about the way here and
        # not about this person: the cases wait instead of being handed over one by one.
        raise AccessRefusedError(
            SYSTEM, f"nothing of that kind there (status {status})", remedy="check url and path in stack.toml"
        )
