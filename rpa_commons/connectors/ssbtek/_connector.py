"""The connector: one question, seven agencies, one answer each."""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import ClassVar

from rpa_commons.capabilities import BenefitAnswer, BenefitData, BusinessError
from rpa_commons.connectors._base import Surroundings
from rpa_commons.connectors.http import AccessRefusedError, Answer, HttpClient, RequestRefusedError
from rpa_commons.manifest import Access, Rung
from rpa_commons.specs import MissingSpecError, SpecsStore, specs_folder
from rpa_commons.validators import InvalidIdentifierError, contains_personal_number, se

from ._access import ACCESS, VERIFIED
from ._answer import LARGEST, Nothing, parse_answer, read_answer
from ._check import official_schema
from ._question import Asker, Lefi, Question, build_question
from ._settings import SsbtekSettings
from ._words import AGENCIES, SYSTEM

__all__ = ["Ssbtek", "question_for"]

_SERVER_ERROR = 500  # SOAP 1.1, section 6.2: a fault comes with this status
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
_LONGEST_CASE = 100  # characters


class Ssbtek:
    """Benefit data through SSBTEK version 10. Safe to use from several threads.

    Attributes:
        hosts: The ``host:port`` it calls.
        checked_by: The official schema that answers are checked by, empty when none is kept here.
    """

    name: ClassVar[str] = SYSTEM
    capability: ClassVar[type] = BenefitData
    Settings: ClassVar[type[SsbtekSettings]] = SsbtekSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(
        self,
        settings: SsbtekSettings,
        surroundings: Surroundings,
        *,
        store: SpecsStore | None = None,
        correlation: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        """Read certificate and schema; call nothing yet.

        Args:
            settings: Where the service is and who asks.
            surroundings: Where the connector runs.
            store: Where official schemas are kept; by default the user's.
            correlation: Makes the id that joins a question with its answer.

        Raises:
            AddressRefusedError: the address is not https.
            CertificateError: the client certificate cannot be used.
            SpecsError: the schema is needed and not kept here, or is damaged.
        """
        self.settings = settings
        self._correlation = correlation
        self._schema = official_schema(store or SpecsStore(specs_folder()))
        if self._schema is None and settings.schema_needed:
            raise MissingSpecError(SYSTEM, "")
        self.checked_by = self._schema.label if self._schema else ""
        self._client = HttpClient(
            SYSTEM, settings, surroundings, addresses=[settings.url], largest_answer=LARGEST
        )
        self.hosts = self._client.hosts
        self._asker = _asker(settings)
        self._lefi = Lefi(settings.fk_actor, settings.fk_version, settings.fk_benefits, settings.fk_other)
        self._nothing = Nothing(so=settings.so_nothing, skv=settings.skv_nothing)

    def benefits(
        self, person: str, first: date, last: date, *, case: str, agencies: Sequence[str] = ()
    ) -> BenefitAnswer:
        """What the agencies say about a person (personnummer or samordningsnummer).

        Raises:
            FaultError: the service refuses the question.
            UnexpectedAnswerError: the answer around the agencies' parts is not what the contract says.
            AccessRefusedError: the service does not let us in, or is not at this address.
            TransientError: the service could not answer now.
            BusinessError: the question can be none.
        """
        question = question_for(
            person,
            first,
            last,
            case=case,
            agencies=agencies or self.settings.agencies,
            correlation=self._correlation(),
            through_fk={code[:2] for code in self._lefi.groups},
        )
        if "fk" in question.agencies and not (self._lefi.actor and self._lefi.groups):
            raise BusinessError(
                f"{SYSTEM} cannot ask fk",
                remedy="set fk_actor and fk_benefits in stack.toml, or leave fk out of the question",
            )
        told = self._ask(build_question(question, self._asker, self._lefi))
        answer = parse_answer(told.status, told.body)
        refused = self._schema.refused(answer) if self._schema else {}
        return read_answer(
            answer, question, refused=refused, checked_by=self.checked_by, nothing=self._nothing
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, request: bytes) -> Answer:
        try:
            return self._client.request(
                "POST",
                self.settings.url,
                kind="query",
                headers=_HEADERS,
                body=request,
                accept=[_SERVER_ERROR],
            )
        except RequestRefusedError as error:
            status = error.status
        # What SOAP has to say about a request comes as a fault. Any other refusal is about the way here and
        # not about this person: the cases wait instead of being handed over one by one.
        raise AccessRefusedError(
            SYSTEM, f"nothing of that kind there (status {status})", remedy="check url in stack.toml"
        )


def _asker(settings: SsbtekSettings) -> Asker:
    return Asker(
        settings.organisation,
        settings.organisation_name,
        settings.officer,
        settings.purpose,
        settings.law,
        [(text[:12], text[13:]) for text in settings.processors],
    )


def question_for(
    person: str,
    first: date,
    last: date,
    *,
    case: str,
    agencies: Sequence[str],
    correlation: str,
    through_fk: Collection[str] = (),
) -> Question:
    """A question that can be one; arguments are those of :class:`Question`.

    Raises:
        BusinessError: a number, period, case id or agency that is none.
    """
    if last < first:
        raise BusinessError(
            f"{SYSTEM} was asked for a period that ends before it begins", remedy="check the bot's dates"
        )
    unknown = [code for code in agencies if code not in AGENCIES]
    if unknown:
        raise BusinessError(
            f"{SYSTEM} knows no such agency", remedy=f"the agencies are {', '.join(AGENCIES)}"
        )
    if not case.strip() or len(case) > _LONGEST_CASE or not case.isprintable():
        raise BusinessError(
            f"{SYSTEM} was asked without a case, or with one that is no id of a case",
            remedy="give the id that the case has in the municipality's own system",
        )
    if contains_personal_number(case):
        raise BusinessError(
            f"{SYSTEM} was asked with a case id that holds a personal number",
            remedy="give the id that the case has in the municipality's own system; seven agencies log it",
        )
    number = _number(person)
    return Question(number, first, last, case.strip(), correlation, tuple(agencies), through_fk)


def _number(person: str) -> str:
    try:
        return str(se.Personnummer.parse(person))
    except InvalidIdentifierError as error:
        reason = str(error)
    try:
        return str(se.Samordningsnummer.parse(person))
    except InvalidIdentifierError:
        raise BusinessError(
            f"{SYSTEM} was asked for something that is {reason}",
            remedy="check the number in the source of the work item",
        ) from None
