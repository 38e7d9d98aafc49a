"""SSBTEK as a service: reads the question, refuses what the contract refuses, lets the agencies answer.

What is simulated follows the WSDL and the schemas of version 10 and LEFI's description. The fault codes, the
address below the host and the order of the checks are ours: the real ones are not public.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from rpa_commons.sandbox._http import Request, Response
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._service import Route, Service, World
from rpa_commons.sandbox._spoil import spoil_xml
from rpa_commons.sandbox._xml import parse_xml
from rpa_commons.validators import InvalidIdentifierError, se
from rpa_commons.validators.xsd import InvalidSchemaError, XmlSchema

from ._parts import AGENCIES, SSBT, Asked, agency_part
from ._town import Town, make_town

__all__ = ["PATH", "Ssbtek"]

PATH = "/ssbtek/10"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_CONTRACTS = (
    Path("ssbtek", "src", "main", "resources", "contract", "v10"),
    Path("ssbtek", "10"),
)
"""Where the contract may lie below the folder of schemas: as published, or as ``rpac specs`` keeps it."""
_ENTRY = "se/forsakringskassan/schema/integration/ssbt/_10/sammansatt_bastjanst_v10.xsd"
_ASK, _TEST = f"{{{SSBT}}}hamtaBastjanstInformation", f"{{{SSBT}}}testaBastjanstInformation"
_TRANSPORT = (401, 403, 415, 429, 503)
_OWN_FAULT = 500


@dataclass(frozen=True)
class _Question:
    """A question as read: what the agencies see, and who of them is asked."""

    asked: Asked
    agencies: tuple[str, ...]
    moment: str
    echo: etree._Element | None


class Ssbtek(Service):
    """``POST /ssbtek/10``: ``hamtaBastjanstInformation`` and ``testaBastjanstInformation``."""

    name = "ssbtek"
    summary = "benefit data of seven Swedish agencies (SSBTEK 10), about an invented town"
    routes = (Route("POST", PATH),)
    mutual_tls = True
    takes_effects = False

    def __init__(self, world: World) -> None:
        """Make the town, list its people in ``ssbtek/town.csv``, build the schema where there is one."""
        self.town: Town = make_town(world.seed, world.today)
        self._schema, self.unvalidated = _official(world.schemas)
        _list_people(self.town, world.folder / self.name)

    def serve(self, request: Request) -> Response:
        """The agencies' answers.

        Raises:
            Refusal: the call breaks the contract, or this sandbox's own answer does.
        """
        if request.media_type != "text/xml":
            raise Refusal(415, "content-type", "SOAP 1.1 takes text/xml")
        if request.header("SOAPAction") not in ('""', ""):
            raise Refusal(500, "soap-action", 'the contract\'s SOAPAction is ""')
        call = _soap_call(parse_xml(request.body))
        self._validate(call, "the question")
        answer = _tested() if call.tag == _TEST else self._answer(_read(call))
        self._validate(answer, "the sandbox's own answer", status=503)
        return _envelope(200, answer)

    def refuse(self, refusal: Refusal) -> Response:
        """A fault with ``hamtaBastjanstInformationFault`` in its detail."""
        fault = etree.Element(f"{{{_SOAP}}}Fault")
        etree.SubElement(fault, "faultcode").text = "soap:Client"
        etree.SubElement(fault, "faultstring").text = "hamtaBastjanstInformationFault"
        detail = etree.SubElement(fault, "detail")
        told = etree.SubElement(detail, f"{{{SSBT}}}hamtaBastjanstInformationFault", nsmap={"ssbt": SSBT})
        etree.SubElement(told, f"{{{SSBT}}}felkod").text = refusal.code
        etree.SubElement(told, f"{{{SSBT}}}felmeddelande").text = refusal.text
        # SOAP 1.1 over HTTP: a fault travels as 500; only the transport's own complaint keeps its status.
        return _envelope(refusal.status if refusal.status in _TRANSPORT else _OWN_FAULT, fault)

    def spoil(self, answer: Response) -> Response:
        """An answer that no schema knows."""
        return spoil_xml(answer)

    def _validate(self, element: etree._Element, what: str, *, status: int = _OWN_FAULT) -> None:
        problems = self._schema.problems(etree.fromstring(etree.tostring(element))) if self._schema else ()
        if problems:
            raise Refusal(status, "schema", f"{what} breaks the contract: {problems[0].text}")

    def _answer(self, question: _Question) -> etree._Element:
        root = etree.Element(f"{{{SSBT}}}hamtaBastjanstInformationResponse", nsmap={"ssbt": SSBT})
        if question.echo is not None:
            root.append(question.echo)
        if question.moment:
            etree.SubElement(root, f"{{{SSBT}}}frageTidpunkt").text = question.moment
        if question.asked.correlation:
            etree.SubElement(root, f"{{{SSBT}}}korrelationsid").text = question.asked.correlation
        told = etree.SubElement(root, f"{{{SSBT}}}svarsdata")
        person = self.town.people.get(question.asked.number)
        for agency in question.agencies:
            told.append(agency_part(agency, question.asked, person))
        return root


def _list_people(town: Town, folder: Path) -> None:
    """Write who can be asked about, for people who try: a test number and what is special about it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["number;case", *(f"{one.number};{one.title}" for one in town)]
    (folder / "town.csv").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def _official(schemas: Path | None) -> tuple[XmlSchema | None, str]:
    """The schema, or ``None`` and why there is none."""
    if schemas is None:
        return None, "no folder of official schemas was given"
    for place in _CONTRACTS:
        home = schemas / place
        if (home / _ENTRY).is_file():
            files = {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*.xsd")}
            try:
                return XmlSchema(files, _ENTRY), ""
            except InvalidSchemaError:
                return None, f"the contract's schemas in {place.as_posix()} are not whole"
    return None, f"the contract's schemas are not in {_CONTRACTS[0].as_posix()} of the folder given"


def _soap_call(root: etree._Element) -> etree._Element:
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise Refusal(500, "soap", "the body is no SOAP 1.1 envelope")
    bodies = root.findall(f"{{{_SOAP}}}Body")
    calls = list(bodies[0]) if len(bodies) == 1 else []
    if len(calls) != 1 or calls[0].tag not in (_ASK, _TEST):
        raise Refusal(500, "contract", "the envelope must hold one question of the contract")
    return calls[0]


def _read(call: etree._Element) -> _Question:
    """A question, with what the schema cannot say about it.

    Raises:
        Refusal: it is none.
    """
    general, specific = _child(call, "generellaFrageparametrar"), _child(call, "specifikaFrageparametrar")
    who, period = _child(general, "ingivare"), _child(general, "tidsperiod")
    first, last = _day(period, "fromDatum"), _day(period, "tomDatum")
    if last < first:
        raise Refusal(500, "period", "tomDatum lies before fromDatum")
    unknown = [part for part in specific if etree.QName(part).localname not in AGENCIES]
    if unknown:
        raise Refusal(500, "agency", "specifikaFrageparametrar names an agency that SSBTEK does not ask")
    included = tuple(name for name in AGENCIES if _included(specific, name))
    if not included:
        raise Refusal(500, "agency", "no agency is included")
    lefi, actor = _lefi_question(specific) if "FK" in included else (b"", "")
    asked = Asked(
        organisation=_organisation(_text(who, "organisationsnummer")),
        name=_text(who, "namn"),
        officer=_text(who, "handlaggare"),
        number=_number(_text(general, "personidentitet")),
        case=_text(general, "arendeidentitet"),
        first=first,
        last=last,
        purpose=_text(general, "syfte"),
        law=_text(general, "lagtext"),
        correlation=_text(general, "korrelationsid", needed=False),
        lefi=lefi,
        actor=actor,
    )
    moment = _text(general, "frageTidpunkt", needed=False)
    wanted = _text(general, "fraganSkallInkluderasISvaret") in ("true", "1")
    return _Question(asked, included, moment, _echo(call) if wanted else None)


def _echo(call: etree._Element) -> etree._Element:
    echo = etree.Element(f"{{{SSBT}}}fraga", nsmap={"ssbt": SSBT})
    echo.extend(etree.fromstring(etree.tostring(call)))
    return echo


def _child(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{{{SSBT}}}{name}")
    if len(found) != 1:
        raise Refusal(500, "contract", f"{name} must stand there once")
    return found[0]


def _text(parent: etree._Element, name: str, *, needed: bool = True) -> str:
    text = (parent.findtext(f"{{{SSBT}}}{name}") or "").strip()
    if needed and not text:
        raise Refusal(500, "contract", f"{name} is missing")
    return text


def _day(parent: etree._Element, name: str) -> date:
    try:
        return date.fromisoformat(_text(parent, name)[:10])
    except ValueError:
        raise Refusal(500, "contract", f"{name} is no date") from None


def _included(specific: etree._Element, agency: str) -> bool:
    said = _child(specific, agency).get("inkludera")
    if said not in ("true", "false", "1", "0"):
        raise Refusal(500, "contract", f"{agency} does not say whether it is included")
    return said in ("true", "1")


def _lefi_question(specific: etree._Element) -> tuple[bytes, str]:
    question = _child(_child(specific, "FK"), "fraga")
    try:
        text = base64.b64decode("".join(_text(question, "lefiJsonFraga").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(500, "contract", "lefiJsonFraga is no base64") from None
    return text, _text(question, "aktorsid")


def _number(text: str) -> str:
    for kind in (se.Personnummer, se.Samordningsnummer):
        try:
            if kind.parse(text) == text:
                return text
        except InvalidIdentifierError:
            continue
    raise Refusal(
        500, "personidentitet", "personidentitet is no personnummer or samordningsnummer of 12 digits"
    )


def _organisation(text: str) -> str:
    try:
        if text == f"16{se.Orgnr.parse(text)}":
            return text
    except InvalidIdentifierError:
        pass
    raise Refusal(500, "organisation", "organisationsnummer is no organisation number of twelve digits")


def _tested() -> etree._Element:
    root = etree.Element(f"{{{SSBT}}}testaBastjanstInformationResponse", nsmap={"ssbt": SSBT})
    for agency in AGENCIES:
        part = etree.SubElement(root, f"{{{SSBT}}}{agency}")
        etree.SubElement(part, f"{{{SSBT}}}anropad").text = "false"
    return root


def _envelope(status: int, content: etree._Element) -> Response:
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP})
    etree.SubElement(root, f"{{{_SOAP}}}Body").append(content)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(status, body, "text/xml; charset=utf-8")
