"""What KombiPostAfsend answers, and what it means for the letter.

Rules this module keeps: taken is what a whole ``kombi_response`` with ``Result`` true says, or a refusal that
names a duplicate; an answer that is neither leaves open whether the letter was taken, for whoever sent it may
have taken it; the answer's words are never shown.

Sources: the shape (``kombi_response``: ``Result``, ``TransmissionID``, ``HovedoplysningerSvarREST`` with
``AdvisId`` and ``AdvisTekst``) is that of classes generated from KOMBIT's own answers in public clients
(Valghalla; q_serviceplatformen). KOMBIT's schema itself is not public, and what the service answers to a
repeated message was not found: those words are unverified.
"""

import re
from dataclasses import dataclass

from lxml import etree

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors._xml import InvalidXmlError, parse_xml
from rpa_commons.connectors.http import Answer, RequestRefusedError
from rpa_commons.validators import contains_personal_number

__all__ = ["PERHAPS_DUPLICATE", "LetterRefusedError", "Taken", "shown_code", "taken_by"]

_CONFLICT = 409
PERHAPS_DUPLICATE = frozenset({400, _CONFLICT, 422})
"""Statuses under which a receiver may complain about a message that it has already."""
_DUPLICATE = re.compile(r"duplica|dublet|already|allerede")
_CODE = re.compile(r"[0-9A-Za-z_.-]{1,64}")


class LetterRefusedError(BusinessError):
    """The service answered, and its answer is that it does not take the letter.

    Attributes:
        system: The connector's name for the system.
        code: The service's code, or an empty string where it gave none that can be shown.
    """

    def __init__(self, system: str, code: str) -> None:
        said = f" (code {code})" if code else ""
        super().__init__(
            f"{system}: the letter was refused{said}",
            remedy="look the code up in KOMBIT's documentation of SF1601; the run log has the time",
        )
        self.system = system
        self.code = code


def shown_code(text: str) -> str:
    """A code or number of the service's, if it looks like one and like nobody's; else an empty string."""
    return text if _CODE.fullmatch(text) and not contains_personal_number(text) else ""


@dataclass(frozen=True)
class Taken:
    """The receiver has the letter.

    Attributes:
        repeated: It says that it had it before.
        reference: Its number of this transmission (``TransmissionID``); empty where it gave none, as public
            clients report of letters on paper.
    """

    repeated: bool
    reference: str = ""


def taken_by(answer: Answer, message_id: str) -> Taken:
    """What the answer to a letter says.

    Raises:
        BusinessError: the letter is refused, and no attempt before this one can have been taken.
        TransientError: whether the letter was taken is open.
    """
    if answer.status in PERHAPS_DUPLICATE:
        if _names_duplicate(answer, message_id):
            return Taken(repeated=True)
        raise _refusal(answer)
    values = _values(answer)
    if values.get("Result", "").lower() == "true":
        reference = values.get("TransmissionID", "")
        return Taken(bool(_DUPLICATE.search(_text(answer))), shown_code(reference))
    if _names_duplicate(answer, message_id):
        return Taken(repeated=True)
    if answer.after_doubt:
        raise TransientError(answer.system, "refused a repeat (Result false)", sent="maybe")
    code = values.get("FejlId") or values.get("FejlKode") or values.get("AdvisId", "")
    raise LetterRefusedError(answer.system, shown_code(code))


def _values(answer: Answer) -> dict[str, str]:
    """The answer's texts by element name.

    Raises:
        TransientError: it is no ``kombi_response``, or says neither true nor false.
    """
    problem = ""
    values: dict[str, str] = {}
    try:
        root = parse_xml(answer.body)
    except InvalidXmlError:
        problem = "its answer is no XML"
    else:
        if etree.QName(root).localname != "kombi_response":
            problem = "its answer is no kombi_response"
        values = {etree.QName(one).localname: (one.text or "").strip() for one in root.iter("{*}*")}
        if not problem and values.get("Result", "").lower() not in {"true", "false"}:
            problem = "its answer has no Result"
    if problem:
        raise TransientError(
            answer.system,
            f"{problem}; whether the letter was taken is open",
            sent="maybe",
            remedy="check that url and send_path in stack.toml are KombiPostAfsend's",
        )
    return values


def _names_duplicate(answer: Answer, message_id: str) -> bool:
    """Whether a refusal says that the receiver had this message already; its words are unverified.

    A refusal must name the message id besides, a conflict at least that: one that is taken for "already
    there" by mistake is a letter lost.
    """
    text = _text(answer)
    if answer.status == _CONFLICT and message_id in text:
        return True
    return bool(_DUPLICATE.search(text)) and (message_id in text or "messageuuid" in text)


def _text(answer: Answer) -> str:
    return answer.body.decode(errors="replace").lower()


def _refusal(answer: Answer) -> RpaCommonsError:
    """What a refusal means that is not about a duplicate; only one that leaves no doubt is a refusal."""
    if answer.status == _CONFLICT:
        problem = f"a conflict that does not name the message (status {_CONFLICT})"
        return TransientError(answer.system, problem, sent="maybe")
    if answer.after_doubt:
        return TransientError(answer.system, f"refused a repeat (status {answer.status})", sent="maybe")
    return RequestRefusedError(answer.system, answer.status)
