"""SSBTEK's answer: the envelope, a fault, and each agency's part by itself. Pure.

Rules this module keeps: what :mod:`rpa_commons.connectors._soap` keeps of every answer; what is wrong in one
agency's part refuses that part, what is wrong around the parts refuses the answer.
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
)
from rpa_commons.connectors._soap import SoapFaultError, clean, content_of, fault_words, server_failure
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.validators.xml import XmlLimits

from ._csn import decoded, read_csn
from ._lefi import NotAvailableError, read_lefi
from ._node import Node, UnreadableError
from ._question import Question
from ._registers import read_miv, read_skv, read_tns
from ._unemployment import read_af, read_so
from ._words import AGENCIES, SSBT, SYSTEM

__all__ = ["LARGEST", "FaultError", "Nothing", "parse_answer", "read_answer"]

LARGEST = 20 * 1024 * 1024  # bytes; seven agencies' answers about one person are some tens of kilobytes
_LIMITS = XmlLimits(size=LARGEST, long_texts=True)
_PART = {f"{{{SSBT}}}{code.upper()}": code for code in AGENCIES}


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
    name = "hamtaBastjanstInformationResponse"
    expected = f"{{{SSBT}}}{name}", f"{name} of version 10"
    return content_of(SYSTEM, status, body, expected, limits=_LIMITS, fault=_fault)


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


def _fault(fault: etree._Element) -> RpaCommonsError:
    told = fault.find(f"detail/{{{SSBT}}}hamtaBastjanstInformationFault")
    code, text = fault_words(fault)
    if told is None:
        return server_failure(SYSTEM, fault) or FaultError(code, text)
    texts = [clean(one.text) for one in told.findall(f"{{{SSBT}}}felmeddelande")]
    return FaultError(
        clean(told.findtext(f"{{{SSBT}}}felkod")) or code, "; ".join(filter(None, texts)) or text
    )
