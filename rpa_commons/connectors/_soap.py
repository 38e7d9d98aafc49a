"""What connectors over SOAP 1.1 share: the one element in an answer's body, a fault, and its words.

Rules this module keeps: an answer is read without entities, without a document type and without the network
(SOAP 1.1, section 3), and not beyond a fixed size; an error text holds the service's own words with every
longer run of digits taken out, for it may repeat the number asked for.
"""

import re
from collections.abc import Callable

from lxml import etree

from rpa_commons.capabilities import RpaCommonsError, TransientError
from rpa_commons.capabilities._safe_text import one_line
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

__all__ = ["SOAP", "SoapFaultError", "clean", "content_of", "fault_words", "server_failure"]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_SERVER_ERROR = 500
_LONGEST = 200  # characters of another's text
_DIGITS = re.compile(r"[0-9][0-9 -]{4,}[0-9]")


class SoapFaultError(TransientError):
    """The service refuses the request and says why (SOAP 1.1, section 4.4).

    Where a service's codes are not public, a fault is not read as a word about this one person: a lapsed
    agreement must not hand every case over. The cases wait, and the run stops early when they all meet the
    same fault.

    Attributes:
        code: The service's own code, or SOAP's ``faultcode`` where there is none.
        text: The service's own text or ``faultstring``, without any number that could be personal.
    """

    def __init__(self, system: str, code: str, text: str, *, remedy: str) -> None:
        super().__init__(system, f"refused with {code or 'no code'}: {text or 'no text'}", remedy=remedy)
        self.code = code
        self.text = text


def clean(text: str | None) -> str:
    """Another's text for messages: one line, short, no run of digits that could be a personal number."""
    return _DIGITS.sub("…", one_line(text or ""))[:_LONGEST]


def content_of(
    system: str,
    status: int,
    body: bytes,
    expected: tuple[str, str],
    *,
    limits: XmlLimits,
    fault: Callable[[etree._Element], RpaCommonsError],
) -> etree._Element:
    """The one element in the body of an answer.

    Args:
        system: The connector's name for the system.
        status: The HTTP status; SOAP 1.1 sends a fault with 500.
        body: The whole answer.
        expected: The element's tag, and for the error what the answer is to be.
        limits: How much is read.
        fault: What a ``Fault`` means.

    Raises:
        RpaCommonsError: what ``fault`` gives.
        TransientError: the server failed without saying why.
        UnexpectedAnswerError: the answer is not what the contract says.
    """
    failed = status >= _SERVER_ERROR
    content = _content(body, limits)
    if content is None:
        if failed:
            raise TransientError(system, f"failed (status {status})", sent="maybe")
        raise UnexpectedAnswerError(system, "the answer is no SOAP envelope with one element in its body")
    if content.tag == f"{{{SOAP}}}Fault":
        raise fault(content)
    tag, what = expected
    if failed or content.tag != tag:
        raise UnexpectedAnswerError(system, f"the answer is no {what}")
    return content


def fault_words(fault: etree._Element) -> tuple[str, str]:
    """``faultcode`` and ``faultstring``, fit for messages."""
    return clean(fault.findtext("faultcode")), clean(fault.findtext("faultstring"))


def server_failure(system: str, fault: etree._Element) -> TransientError | None:
    """What a fault without details means whose code is ``Server``; ``None`` for another.

    It is the server's own failure and no word about the request: asking again is harmless and may help.
    """
    code, text = fault_words(fault)
    if not code.rpartition(":")[2].startswith("Server"):
        return None
    return TransientError(system, f"failed: {text or 'no text'}", sent="maybe")


def _content(body: bytes, limits: XmlLimits) -> etree._Element | None:
    try:
        root = safe_xml(body, limits=limits)
    except InvalidXmlError:
        return None
    bodies = root.findall(f"{{{SOAP}}}Body") if root.tag == f"{{{SOAP}}}Envelope" else []
    return bodies[0][0] if len(bodies) == 1 and len(bodies[0]) == 1 else None
