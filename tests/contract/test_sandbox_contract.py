"""The sandbox against the official contracts: what it answers validates, what is official it takes.

The official files are found through the environment variable ``RPAC_SPECS`` and never lie in the project.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from rpa_commons.sandbox import Person, Sandbox
from rpa_commons.sandbox._cpr import refusal_soap
from rpa_commons.sandbox._cpr_answer import person_lookup_response
from rpa_commons.sandbox._memo import read_memo
from rpa_commons.sandbox._memo_rules import RULES
from rpa_commons.sandbox._refusal import Refusal

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

CONTRACT = "serviceplatformen/resources/person-base-data-extended-service-contract"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"


def specs() -> Path:
    """Where the official files lie."""
    return Path(os.environ["RPAC_SPECS"]).resolve()


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The contract's schemas under one umbrella.

    The published types use the PNR namespace without importing it; libxml2 wants that said, so the import is
    added to a copy.
    """
    copy = tmp_path_factory.mktemp("contract")
    for path in (specs() / CONTRACT).rglob("*.xsd"):
        target = copy / path.relative_to(specs() / CONTRACT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    types = copy / "xsd" / "PersonBaseDataExtendedServiceTypes.xsd"
    tree = etree.parse(types)
    missing = etree.Element(
        f"{XSD}import",
        namespace="http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/",
        schemaLocation="../sp/PNR_1.xsd",
    )
    tree.getroot().insert(0, missing)
    tree.write(types)
    umbrella = etree.Element(f"{XSD}schema")
    for name in ("PersonBaseDataExtendedServiceMsg.xsd", "sp/ServiceplatformFault_1.xsd"):
        root = etree.parse(copy / name).getroot()
        etree.SubElement(
            umbrella, f"{XSD}import", namespace=root.get("targetNamespace", ""), schemaLocation=name
        )
    (copy / "umbrella.xsd").write_bytes(etree.tostring(umbrella))
    return etree.XMLSchema(file=str(copy / "umbrella.xsd"))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with a larger population."""
    with Sandbox(tmp_path / "box", people=300, today=date(2026, 11, 20)) as running:
        yield running


def test_every_person_validates_against_the_contract(box: Sandbox, schema: etree.XMLSchema) -> None:
    """SF1520's answer about each of 300 invented people is what the contract says."""

    def faults(person: Person) -> list[str]:
        answer = person_lookup_response(person, box.people, box.municipalities, box._clock())
        schema.validate(etree.fromstring(etree.tostring(answer)))
        return [str(error.message) for error in schema.error_log]

    assert [] == [fault for person in box.people for fault in faults(person)]


def test_an_answer_over_the_wire_validates(box: Sandbox, schema: etree.XMLSchema) -> None:
    """Also after SOAP and TLS, for a request that validates itself."""
    agreement = box.agreement()
    base = "http://serviceplatformen.dk/xml/schemas"
    target = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
    call = (
        f'<PersonLookupRequest xmlns="{target}"><InvocationContext xmlns="{base}/InvocationContext/1/">'
        f"<ServiceAgreementUUID>{agreement.service_agreement}</ServiceAgreementUUID>"
        f"<UserSystemUUID>{agreement.user_system}</UserSystemUUID><UserUUID>{agreement.user}</UserUUID>"
        f"<ServiceUUID>{agreement.service}</ServiceUUID></InvocationContext>"
        f'<PNR xmlns="{base}/cpr/PNR/1/">2211771212</PNR></PersonLookupRequest>'
    )
    envelope = f'<s:Envelope xmlns:s="{SOAP[1:-1]}"><s:Body>{call}</s:Body></s:Envelope>'
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            box.url + "/service/CPR/PersonBaseDataExtended/4",
            data=envelope.encode(),
            headers={"Content-Type": "text/xml", "SOAPAction": f'"{target}PersonLookup"'},
            verify=str(box.ca_bundle),
            cert=str(box.client_certificate),
            timeout=10,
        )
    body = etree.fromstring(answer.content).find(f"{SOAP}Body")
    assert body is not None

    assert 200 == answer.status_code
    assert schema.validate(etree.fromstring(call))
    assert schema.validate(etree.fromstring(etree.tostring(body[0])))


def test_a_fault_validates(schema: etree.XMLSchema) -> None:
    """The detail of a fault is the contract's ServiceplatformFault."""
    envelope = etree.fromstring(refusal_soap(Refusal(500, "unknown-pnr", "PNR not found")).body)
    detail = envelope.find(f"{SOAP}Body/{SOAP}Fault/detail")
    assert detail is not None

    assert schema.validate(etree.fromstring(etree.tostring(detail[0])))


@pytest.mark.parametrize(
    "name",
    ["MeMo_Minimum_Example", "MeMo_Full_Example", "MeMo_NemSMS", "MeMo_with_attachment"],
)
def test_the_official_examples_pass_our_rules(name: str) -> None:
    """What Digitaliseringsstyrelsen calls a good message is one here."""
    message = etree.parse(specs() / "memo" / "examples" / f"{name}.xml").getroot()

    assert read_memo(message).message_type in {"DIGITALPOST", "NEMSMS"}


def test_our_rules_have_the_elements_of_the_official_schema() -> None:
    """Each element's children: the same names, in the same order, as often as the schema lets them stand."""
    root = etree.parse(specs() / "memo" / "xsd" / "Version1.2" / "MeMo_core.xsd").getroot()
    spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    target = root.get("targetNamespace")

    def name(child: Any) -> str:
        prefix, _, local = (child.get("ref") or child.get("name")).rpartition(":")
        return f"{{{spaces[prefix] if prefix else target}}}{local}"

    def most(child: Any) -> float:
        text = child.get("maxOccurs", "1")
        return float("inf") if text == "unbounded" else int(text)

    official = {
        name(element): [
            (name(child), int(child.get("minOccurs", "1")), most(child))
            for child in element.iter(f"{XSD}element")
            if child is not element
        ]
        for element in root.iterfind(f"{XSD}element")
    }
    many = 1_000_000
    ours = {
        parent: [(c.tag, c.least, float("inf") if c.most == many else c.most) for c in children]
        for parent, children in RULES.items()
    }

    assert official == ours
