"""SF1520's messages: build the request, read the answer or the fault. Pure.

Rules this module keeps: SOAP 1.1, document/literal, elements in the contract's order; an answer is read
without entities, without a document type and without the network, and not beyond a fixed size; an error text
holds the fault's own words with every longer run of digits taken out, for it may repeat the number asked for.

Source: KOMBIT, contract *PersonBaseDataExtendedService* version 4, context variant.
"""

import re
from dataclasses import dataclass

from lxml import etree

from rpa_commons.capabilities import PersonNotFoundError, RpaCommonsError, TransientError
from rpa_commons.connectors._soap import SoapFaultError
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

__all__ = [
    "NAMESPACE",
    "SOAP_ACTION",
    "SYSTEM",
    "CallContext",
    "FaultError",
    "InvocationContext",
    "build_request",
    "parse_answer",
]

SYSTEM = "sf1520"
NAMESPACE = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
SOAP_ACTION = f"{NAMESPACE}PersonLookup"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_CALL = "http://serviceplatformen.dk/xml/schemas/CallContext/1/"
_INVOCATION = "http://serviceplatformen.dk/xml/schemas/InvocationContext/1/"
_PNR = "http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/"
_FAULT = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"
_LIMITS = XmlLimits(size=4 * 1024 * 1024)  # a person with a long history is some tens of kilobytes
_LONGEST_TEXT = 200
# The words by which a public client of the service (itk-dev/serviceplatformen) knows an unknown number. The
# platform's list of error codes was not found in public, so the code alone decides nothing.
_NOT_FOUND = re.compile(r"\bPNR not found\b", re.IGNORECASE)


@dataclass(frozen=True)
class InvocationContext:
    """Who asks, by the ids of the service agreement (lower-case UUIDs)."""

    service_agreement: str
    user_system: str
    user: str
    service: str


@dataclass(frozen=True)
class CallContext:
    """What the platform's log shall say about the call; all of it optional, at most 255 characters each."""

    on_behalf_of: str = ""
    call_identifier: str = ""
    accounting_info: str = ""


class FaultError(SoapFaultError):
    """The service refuses the request; its codes are not public.

    Its ``ErrorCode`` and ``ErrorText`` are the error's code and text.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(
            SYSTEM,
            code,
            text,
            remedy="check agreement, user system, user and service in stack.toml against the administration "
            "module of the platform; then ask its service desk, naming the code",
        )


def build_request(cpr: str, invocation: InvocationContext, call: CallContext | None = None) -> bytes:
    """The envelope that asks for one person.

    Args:
        cpr: Ten digits.
        invocation: Who asks.
        call: What the platform's log shall say; left out when empty.
    """
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP})
    body = etree.SubElement(envelope, f"{{{_SOAP}}}Body")
    request = etree.SubElement(body, f"{{{NAMESPACE}}}PersonLookupRequest", nsmap={"sp": NAMESPACE})
    if call is not None and call != CallContext():
        context = etree.SubElement(request, f"{{{_CALL}}}CallContext", nsmap={"call": _CALL})
        _add(context, _CALL, "OnBehalfOfUser", call.on_behalf_of)
        _add(context, _CALL, "CallersServiceCallIdentifier", call.call_identifier)
        _add(context, _CALL, "AccountingInfo", call.accounting_info)
    context = etree.SubElement(request, f"{{{_INVOCATION}}}InvocationContext", nsmap={"inv": _INVOCATION})
    _add(context, _INVOCATION, "ServiceAgreementUUID", invocation.service_agreement)
    _add(context, _INVOCATION, "UserSystemUUID", invocation.user_system)
    _add(context, _INVOCATION, "UserUUID", invocation.user)
    _add(context, _INVOCATION, "ServiceUUID", invocation.service)
    etree.SubElement(request, f"{{{_PNR}}}PNR", nsmap={"cpr": _PNR}).text = cpr
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def parse_answer(status: int, body: bytes) -> etree._Element:
    """The ``PersonLookupResponse`` in an answer.

    Args:
        status: The HTTP status; SOAP 1.1 sends a fault with 500.
        body: The whole body.

    Raises:
        PersonNotFoundError: the service knows nobody by the number.
        FaultError: the service refuses the request.
        TransientError: the server failed without saying why.
        UnexpectedAnswerError: the body is not what the contract says.
    """
    failed = status >= 500  # noqa: PLR2004 - HTTP's server errors
    root = _parse(body)
    content = None if root is None else _content(root)
    if content is None:
        if failed:
            raise TransientError(SYSTEM, f"failed (status {status})", sent="maybe")
        raise UnexpectedAnswerError(SYSTEM, "the answer is no SOAP envelope with one element in its body")
    if content.tag == f"{{{_SOAP}}}Fault":
        raise _fault(content)
    if failed or content.tag != f"{{{NAMESPACE}}}PersonLookupResponse":
        raise UnexpectedAnswerError(SYSTEM, "the answer is no PersonLookupResponse of version 4")
    return content


def _add(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = text


def _parse(body: bytes) -> etree._Element | None:
    # No document type either: SOAP 1.1, section 3.
    try:
        return safe_xml(body, limits=_LIMITS)
    except InvalidXmlError:
        return None


def _content(root: etree._Element) -> etree._Element | None:
    if root.tag != f"{{{_SOAP}}}Envelope":
        return None
    bodies = root.findall(f"{{{_SOAP}}}Body")
    return bodies[0][0] if len(bodies) == 1 and len(bodies[0]) == 1 else None


def _fault(fault: etree._Element) -> RpaCommonsError:
    errors = fault.findall(f"detail/{{{_FAULT}}}ServiceplatformFault/{{{_FAULT}}}ErrorList/{{{_FAULT}}}Error")
    texts = [_clean(error.findtext(f"{{{_FAULT}}}ErrorText")) for error in errors]
    codes = [_clean(error.findtext(f"{{{_FAULT}}}ErrorCode")) for error in errors]
    fault_code, fault_text = _clean(fault.findtext("faultcode")), _clean(fault.findtext("faultstring"))
    if any(_NOT_FOUND.search(text) for text in (*texts, fault_text)):
        return PersonNotFoundError(SYSTEM)
    if not errors and fault_code.rpartition(":")[2].startswith("Server"):
        # The server's own failure and not a word about the request: asking again is harmless and may help.
        return TransientError(SYSTEM, f"failed: {fault_text or 'no text'}", sent="maybe")
    return FaultError(", ".join(codes) or fault_code, "; ".join(texts) or fault_text)


def _clean(text: str | None) -> str:
    """A text for messages: one line, short, no run of digits that could be a personal number."""
    line = " ".join((text or "").split())
    return re.sub(r"[0-9][0-9 -]{4,}[0-9]", "…", line)[:_LONGEST_TEXT]
