"""SF1520's messages: build the request, read the answer or the fault. Pure.

Rules this module keeps: SOAP 1.1, document/literal, elements in the contract's order; what
:mod:`rpa_commons.connectors._soap` keeps of every answer.

Source: KOMBIT, contract *PersonBaseDataExtendedService* version 4, context variant.
"""

import re
from dataclasses import dataclass

from lxml import etree

from rpa_commons.capabilities import PersonNotFoundError, RpaCommonsError
from rpa_commons.connectors._soap import SOAP, SoapFaultError, clean, content_of, fault_words, server_failure
from rpa_commons.validators.xml import XmlLimits

__all__ = [
    "LARGEST",
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
_CALL = "http://serviceplatformen.dk/xml/schemas/CallContext/1/"
_INVOCATION = "http://serviceplatformen.dk/xml/schemas/InvocationContext/1/"
_PNR = "http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/"
_FAULT = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"
LARGEST = 4 * 1024 * 1024  # bytes; a person with a long history is some tens of kilobytes
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
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
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
    expected = f"{{{NAMESPACE}}}PersonLookupResponse", "PersonLookupResponse of version 4"
    return content_of(SYSTEM, status, body, expected, limits=XmlLimits(size=LARGEST), fault=_fault)


def _add(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{namespace}}}{name}").text = text


def _fault(fault: etree._Element) -> RpaCommonsError:
    errors = fault.findall(f"detail/{{{_FAULT}}}ServiceplatformFault/{{{_FAULT}}}ErrorList/{{{_FAULT}}}Error")
    texts = [clean(error.findtext(f"{{{_FAULT}}}ErrorText")) for error in errors]
    codes = [clean(error.findtext(f"{{{_FAULT}}}ErrorCode")) for error in errors]
    fault_code, fault_text = fault_words(fault)
    if any(_NOT_FOUND.search(text) for text in (*texts, fault_text)):
        return PersonNotFoundError(SYSTEM)
    failure = None if errors else server_failure(SYSTEM, fault)
    return failure or FaultError(", ".join(codes) or fault_code, "; ".join(texts) or fault_text)
