"""SF1520: looks one person up, by SOAP 1.1, in the contract's *context* variant.

The caller shows a client certificate and names its service agreement in an ``InvocationContext``. The fault's
shape is the contract's (``ServiceplatformFault``), its error codes are ours: the real ones are not public.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from rpa_commons.validators import InvalidIdentifierError, dk
from rpa_commons.validators.xsd import SchemaProblem, XmlSchema

from ._certificates import cvr_of
from ._cpr_answer import TNS, person_lookup_response
from ._http import Request, Response
from ._model import Population
from ._refusal import Refusal
from ._xml import SMALL, parse_xml

__all__ = ["Agreement", "PersonLookup", "refusal_soap"]

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_CALL = "{http://serviceplatformen.dk/xml/schemas/CallContext/1/}CallContext"
_AUTHORITY_NAMESPACE = "http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/"
_AUTHORITY = f"{{{_AUTHORITY_NAMESPACE}}}AuthorityContext"
_INVOCATION_NAMESPACE = "http://serviceplatformen.dk/xml/schemas/InvocationContext/1/"
_INVOCATION = f"{{{_INVOCATION_NAMESPACE}}}InvocationContext"
_PNR = "{http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/}PNR"
_FAULT = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/"
_ACTION = f"{TNS}PersonLookup"
_LOWER_UUID = re.compile(r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}", re.ASCII)
_OPTIONAL = {"OnBehalfOfUser", "CallersServiceCallIdentifier", "AccountingInfo"}


@dataclass(frozen=True)
class Agreement:
    """The four UUIDs that say on whose behalf, with which system, which service is called."""

    service_agreement: str
    user_system: str
    user: str
    service: str


class PersonLookup:
    """``POST /service/CPR/PersonBaseDataExtended/4``."""

    def __init__(
        self,
        population: Population,
        cvrs: Mapping[str, str],
        agreements: Mapping[str, Agreement],
        clock: Callable[[], datetime],
        schema: XmlSchema | None = None,
    ) -> None:
        """Know the people.

        Args:
            population: Everybody.
            cvrs: Municipality code -> CVR number.
            agreements: CVR number -> the four UUIDs.
            clock: What time it is, aware.
            schema: The contract's; calls and answers are validated against it.
        """
        self._population = population
        self._cvrs = cvrs
        self._agreements = agreements
        self._clock = clock
        self._schema = schema

    def look_up(self, request: Request) -> Response:
        """The person, as the contract's ``PersonLookupResponse``.

        Raises:
            Refusal: the call breaks the contract, the agreement is unknown, or nobody has the number.
        """
        number = self._read(request)
        person = self._population.get(number)
        if person is None:
            # The words by which a public client of the service knows this case.
            raise Refusal(500, "unknown-pnr", "PNR not found")
        answer = person_lookup_response(person, self._population, self._cvrs, self._clock())
        self._check_own(answer)
        return _envelope(200, answer)

    def refuse(self, refusal: Refusal) -> Response:
        """See :func:`refusal_soap`."""
        response = refusal_soap(refusal)
        detail = etree.fromstring(response.body).find(f".//{{{_FAULT}}}ServiceplatformFault")
        if detail is not None:
            self._check_own(detail)
        return response

    def _check_own(self, answer: "etree._Element") -> None:
        # A copy of its own: the schema knows elements by their place below the root.
        problems = self._problems(etree.fromstring(etree.tostring(answer)))
        if problems:
            raise AssertionError(f"the sandbox's own answer breaks the contract: {problems[0].text}")

    def _problems(self, element: "etree._Element") -> Sequence[SchemaProblem]:
        return self._schema.problems(element) if self._schema else ()

    def _read(self, request: Request) -> str:
        if request.media_type != "text/xml":
            raise Refusal(415, "content-type", "SOAP 1.1 takes text/xml")
        if request.header("SOAPAction").strip('"') != _ACTION:
            raise Refusal(500, "soap-action", f"the header SOAPAction must be {_ACTION}")
        call = _soap_call(parse_xml(request.body, SMALL))
        for problem in self._problems(etree.fromstring(etree.tostring(call))):
            raise Refusal(500, "schema", f"the call breaks the contract's schema: {problem.text}")
        children = [child for child in call if isinstance(child.tag, str)]
        wanted = [_CALL, _AUTHORITY, _INVOCATION, _PNR]
        names = [child.tag for child in children]
        places = [wanted.index(name) if name in wanted else -1 for name in names]
        if -1 in places or places != sorted(set(places)) or _PNR not in names:
            raise Refusal(
                500, "contract", "PersonLookupRequest has other elements than the contract's, in order"
            )
        parts = {child.tag: child for child in children}
        self._check_authority(parts.get(_AUTHORITY))
        self._check_agreement(parts.get(_INVOCATION), cvr_of(request.certificate))
        number = (parts[_PNR].text or "").strip()
        try:
            if dk.Cpr.parse(number) != number:
                raise Refusal(500, "malformed-pnr", "PNR is ten digits and nothing else")
        except InvalidIdentifierError:
            raise Refusal(500, "malformed-pnr", "PNR is no personal number") from None
        return number

    def _check_authority(self, context: "etree._Element | None") -> None:
        if context is None:
            return
        cvr = context.findtext(f"{{{_AUTHORITY_NAMESPACE}}}MunicipalityCVR", "")
        if cvr not in self._agreements:
            raise Refusal(500, "cvr", "MunicipalityCVR has no service agreement")

    def _check_agreement(self, context: "etree._Element | None", cvr: str) -> None:
        if context is None:
            raise Refusal(500, "contract", "the context variant needs an InvocationContext")
        given = {
            etree.QName(child).localname: (child.text or "")
            for child in context
            if isinstance(child.tag, str)
        }
        if len(given) != len(context) or any(
            etree.QName(child).namespace != _INVOCATION_NAMESPACE for child in context
        ):
            raise Refusal(500, "contract", "InvocationContext has an unknown or repeated element")
        agreement = self._agreements.get(cvr)
        if agreement is None:
            raise Refusal(500, "cvr", "the client certificate belongs to no known municipality")
        wanted = {
            "ServiceAgreementUUID": agreement.service_agreement,
            "UserSystemUUID": agreement.user_system,
            "UserUUID": agreement.user,
            "ServiceUUID": agreement.service,
        }
        unknown = set(given) - set(wanted) - _OPTIONAL
        if unknown or not set(wanted) <= set(given):
            raise Refusal(500, "contract", "InvocationContext lacks an element or has an unknown one")
        for name, right in wanted.items():
            if not _LOWER_UUID.fullmatch(given[name]):
                raise Refusal(500, "contract", f"{name} must be a UUID in lower case")
            if given[name] != right:
                raise Refusal(500, "agreement", f"{name} is not known for this client certificate")


def _soap_call(root: "etree._Element") -> "etree._Element":
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise Refusal(500, "soap", "the body is no SOAP 1.1 envelope")
    bodies = root.findall(f"{{{_SOAP}}}Body")
    calls = [child for child in bodies[0] if isinstance(child.tag, str)] if len(bodies) == 1 else []
    if len(calls) != 1 or calls[0].tag != f"{{{TNS}}}PersonLookupRequest":
        raise Refusal(500, "contract", "the envelope must hold one PersonLookupRequest")
    return calls[0]


def refusal_soap(refusal: Refusal) -> Response:
    """A refusal as ``soap:Fault`` with a ``ServiceplatformFault`` in its detail."""
    fault = etree.Element(f"{{{_SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = "ServiceplatformFault"
    detail = etree.SubElement(etree.SubElement(fault, "detail"), f"{{{_FAULT}}}ServiceplatformFault")
    error = etree.SubElement(etree.SubElement(detail, f"{{{_FAULT}}}ErrorList"), f"{{{_FAULT}}}Error")
    etree.SubElement(error, f"{{{_FAULT}}}ErrorCode").text = refusal.code
    etree.SubElement(error, f"{{{_FAULT}}}ErrorText").text = refusal.text
    # SOAP 1.1 over HTTP: a fault travels as 500; only the transport's own complaint keeps its status.
    return _envelope(refusal.status if refusal.status == 415 else 500, fault)  # noqa: PLR2004 - HTTP


def _envelope(status: int, content: "etree._Element") -> Response:
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP})
    etree.SubElement(root, f"{{{_SOAP}}}Body").append(content)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(status, body, "text/xml; charset=utf-8")
