"""SSBTEK's answer: the envelope, a fault, and each agency's part by itself. Pure.

Rules this module keeps: an answer is read without entities, without a document type and without the network,
and not beyond a fixed size; what is wrong in one agency's part refuses that part, what is wrong around the
parts refuses the answer; an error text holds the service's own words, every longer run of digits taken out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lxml import etree
from pydantic import ValidationError

from rpa_commons.capabilities import (
    AgencyAnswer,
    AgencyData,
    BenefitAnswer,
    RpaCommonsError,
    TransientError,
)
from rpa_commons.connectors._soap import SoapFaultError
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

from ._csn import decoded, read_csn
from ._lefi import NotAvailableError, read_lefi
from ._node import Node, UnreadableError
from ._question import SOAP, Question
from ._registers import read_miv, read_skv, read_tns
from ._unemployment import read_af, read_so
from ._words import AGENCIES, SSBT, SYSTEM, clean

__all__ = ["LARGEST", "FaultError", "Nothing", "parse_answer", "read_answer"]

LARGEST = 20 * 1024 * 1024  # bytes; seven agencies' answers about one person are some tens of kilobytes
_LIMITS = XmlLimits(size=LARGEST, long_texts=True)
_PART = {f"{{{SSBT}}}{code.upper()}": code for code in AGENCIES}
_SERVER_ERROR = 500


class FaultError(SoapFaultError):
    """SSBTEK refuses the question; its codes are not public.

    Its ``felkod`` and ``felmeddelande`` are the error's code and text.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(
            SYSTEM,
            code,
            text,
            remedy="check organisation, actor and agencies in stack.toml against the agreement; then ask "
            "Försäkringskassan, naming the code",
        )


@dataclass(frozen=True)
class Nothing:
    """Status words by which an agency says that it has nothing; the contract does not define them."""

    so: Collection[str] = field(default=())
    skv: Collection[str] = field(default=())


def parse_answer(status: int, body: bytes) -> etree._Element:
    """The ``hamtaBastjanstInformationResponse`` in an answer.

    Args:
        status: The HTTP status; SOAP 1.1 sends a fault with 500.
        body: The whole body.

    Raises:
        FaultError: the service refuses the question.
        TransientError: the server failed without saying why.
        UnexpectedAnswerError: the body is not what the contract says.
    """
    failed = status >= _SERVER_ERROR
    content = _content(body)
    if content is None:
        if failed:
            raise TransientError(SYSTEM, f"failed (status {status})", sent="maybe")
        raise UnexpectedAnswerError(SYSTEM, "the answer is no SOAP envelope with one element in its body")
    if content.tag == f"{{{SOAP}}}Fault":
        raise _fault(content)
    if failed or content.tag != f"{{{SSBT}}}hamtaBastjanstInformationResponse":
        raise UnexpectedAnswerError(
            SYSTEM, "the answer is no hamtaBastjanstInformationResponse of version 10"
        )
    return content


def read_answer(
    answer: etree._Element,
    question: Question,
    *,
    refused: Mapping[str, str] | None = None,
    checked_by: str = "",
    nothing: Nothing | None = None,
) -> BenefitAnswer:
    """What each agency that was asked has said.

    Args:
        answer: The ``hamtaBastjanstInformationResponse``.
        question: What was asked.
        refused: Agency -> why the official schema refuses its part.
        checked_by: Name of that schema; empty when none was at hand.
        nothing: Status words that mean "nothing here".

    Raises:
        UnexpectedAnswerError: what stands around the agencies' parts is not what the contract says.
    """
    parts = _parts(answer, question)
    agencies = []
    for code in AGENCIES:
        if code in question.agencies:
            found, why = parts.get(code, []), (refused or {}).get(code, "")
            agencies.append(_refused(code, why) if why else _agency(code, found, question, nothing))
    return BenefitAnswer(
        first=question.first, last=question.last, agencies=tuple(agencies), checked_by=checked_by
    )


def _parts(answer: etree._Element, question: Question) -> dict[str, list[Node]]:
    correlation = (answer.findtext(f"{{{SSBT}}}korrelationsid") or "").strip()
    if correlation and correlation != question.correlation:
        raise UnexpectedAnswerError(SYSTEM, "the answer is to another question (korrelationsid)")
    told = answer.findall(f"{{{SSBT}}}svarsdata")
    if len(told) != 1:
        raise UnexpectedAnswerError(SYSTEM, "the answer has no svarsdata, or more than one")
    parts: dict[str, list[Node]] = {}
    for element in told[0]:
        code = _PART.get(str(element.tag))
        if code is None:
            raise UnexpectedAnswerError(SYSTEM, "svarsdata holds something that is no agency of the contract")
        parts.setdefault(code, []).append(Node(element, SSBT))
    return parts


def _agency(code: str, found: list[Node], question: Question, nothing: Nothing | None) -> AgencyAnswer:
    if not found:
        return _answer(code, "unavailable", "the service left it out of its answer")
    if len(found) > 1:
        return _refused(code, f"{code.upper()}: more than one")
    try:
        data = _data(code, found[0], question, nothing or Nothing())
    except UnreadableError as error:
        return _refused(code, str(error))
    except ValidationError as error:
        # Without the input: it is personal.
        said = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return _refused(code, f"{'.'.join(map(str, said['loc'])) or code.upper()}: {said['msg']}")
    except NotAvailableError as error:
        return _answer(code, "unavailable", error.reason)
    nothing_there = data.empty and not data.missing
    return AgencyAnswer(
        agency=code, name=AGENCIES[code], status="no_data" if nothing_there else "answered", data=data
    )


def _data(code: str, part: Node, question: Question, nothing: Nothing) -> AgencyData:
    """One agency's data.

    Raises:
        UnreadableError: the part is not what the contract says.
        NotAvailableError: the agency, or SSBTEK for it, says that it could not answer.
    """
    data, error, person = part.child("data"), part.child("error"), question.person
    if bool(data) == bool(error):
        raise UnreadableError(code.upper(), "neither data nor error, or both")
    if error:
        texts = "; ".join(filter(None, (clean(one.text()) for one in error.children("felmeddelande"))))
        raise NotAvailableError(f"{clean(error.text('kalla'))} {clean(error.text('felkod'))}: {texts}")
    if code == "fk":
        text = decoded(data.needed_text("lefiJsonSvar"), "FK/data/lefiJsonSvar")
        return read_lefi(text, question.through_fk)
    if code == "csn":
        return read_csn(decoded(data.needed_text("svar"), "CSN/data/svar"), person)
    if code == "so":
        return read_so(data, person, nothing.so)
    if code == "skv":
        return read_skv(data, person, nothing.skv)
    if code == "af":
        return read_af(data, person)
    return read_tns(data) if code == "tns" else read_miv(data, person)


def _refused(code: str, why: str) -> AgencyAnswer:
    return _answer(code, "refused", why)


def _answer(code: str, status: str, reason: str) -> AgencyAnswer:
    return AgencyAnswer.model_validate(
        {"agency": code, "name": AGENCIES[code], "status": status, "reason": clean(reason)}
    )


def _content(body: bytes) -> etree._Element | None:
    try:
        root = safe_xml(body, limits=_LIMITS)
    except InvalidXmlError:
        return None
    if root.tag != f"{{{SOAP}}}Envelope":
        return None
    bodies = root.findall(f"{{{SOAP}}}Body")
    return bodies[0][0] if len(bodies) == 1 and len(bodies[0]) == 1 else None


def _fault(fault: etree._Element) -> RpaCommonsError:
    told = fault.find(f"detail/{{{SSBT}}}hamtaBastjanstInformationFault")
    code, text = clean(fault.findtext("faultcode")), clean(fault.findtext("faultstring"))
    if told is None:
        if code.rpartition(":")[2].startswith("Server"):
            # The server's own failure and no word about the question: asking again is harmless and may help.
            return TransientError(SYSTEM, f"failed: {text or 'no text'}", sent="maybe")
        return FaultError(code, text)
    texts = [clean(one.text) for one in told.findall(f"{{{SSBT}}}felmeddelande")]
    return FaultError(
        clean(told.findtext(f"{{{SSBT}}}felkod")) or code, "; ".join(filter(None, texts)) or text
    )
