"""SF1520 against its official contract: the schemas, and zeep as an independent reader of the WSDL.

The contract's types file uses the namespace of personal numbers without importing it. So one schema per
namespace is put together here in memory of what the contract's files declare for it; nothing is added to it.
"""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import zeep
from lxml import etree

from rpa_commons.capabilities import PersonStatus
from rpa_commons.connectors.sf1520 import (
    SOAP_ACTION,
    CallContext,
    InvocationContext,
    build_request,
    parse_answer,
    person_from_answer,
)

pytestmark = pytest.mark.specs

CPR = "0101505555"
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5)]
WHO = InvocationContext(*IDS)
CALL = CallContext(on_behalf_of="a & <b>", call_identifier="welcome", accounting_info="1")
XSD = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACE = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
HISTORY = (
    "<adresseHistorik><kommunekode>461</kommunekode><retFortrydMarkering>A</retFortrydMarkering>"
    "<tilflytningsdato><dato>2051-02-05T00:00:00Z</dato></tilflytningsdato>"
    "<fraflytningsdato><dato>2056-10-31T12:00:00+01:00</dato></fraflytningsdato></adresseHistorik>"
    "<adresseHistorik><kommunekode>167</kommunekode>"
    "<tilflytningsdato><dato>2051-02-05T00:00:00</dato></tilflytningsdato>"
    "<fraflytningsdato><dato>2056-10-31T12:00:00</dato></fraflytningsdato></adresseHistorik>"
)


@pytest.fixture(scope="module")
def contract() -> Path:
    """The folder of the contract."""
    specs = os.environ.get("RPAC_SPECS")
    if not specs:
        pytest.skip("RPAC_SPECS is not set")
    folder = Path(specs) / "serviceplatformen/resources/person-base-data-extended-service-contract"
    if not folder.is_dir():
        pytest.skip("RPAC_SPECS has no SF1520 contract")
    return folder


@pytest.fixture(scope="module")
def schema(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The messages' schema: one document per namespace, each importing all the others."""
    files = [
        contract / "PersonBaseDataExtendedServiceMsg.xsd",
        contract / "xsd/PersonBaseDataExtendedServiceTypes.xsd",
        *sorted((contract / "sp").glob("*.xsd")),
    ]
    roots: dict[str, etree._Element] = {}
    for file in files:
        root = etree.parse(str(file)).getroot()
        for statement in [*root.findall(f"{XSD}import"), *root.findall(f"{XSD}include")]:
            root.remove(statement)
        namespace = root.get("targetNamespace", "")
        if namespace in roots:
            roots[namespace].extend(list(root))
        else:
            roots[namespace] = root
    folder = tmp_path_factory.mktemp("umbrella")
    names = {namespace: folder / f"{number}.xsd" for number, namespace in enumerate(roots)}
    for namespace, root in roots.items():
        for other, file in names.items():
            if other != namespace:
                attributes = {"namespace": other, "schemaLocation": file.name}
                root.insert(0, etree.Element(f"{XSD}import", attributes))
        names[namespace].write_bytes(etree.tostring(root))
    umbrella = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{file.as_uri()}"/>'
        for namespace, file in names.items()
    )
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{umbrella}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))


@pytest.fixture(scope="module")
def oracle(contract: Path) -> Iterator[zeep.Client]:
    """Zeep, which read the WSDL and knows nothing of us."""
    client = zeep.Client(str(contract / "wsdl/context/PersonBaseDataExtendedService.wsdl"))
    yield client
    client.transport.session.close()


def message(body: bytes) -> etree._Element:
    """The element in the body of an envelope."""
    return etree.fromstring(body)[-1][0]


def plain(element: etree._Element) -> Any:
    """An element without prefixes and layout: tag, text, children."""
    return element.tag, (element.text or "").strip(), [plain(child) for child in element]


@pytest.mark.parametrize("call", [None, CallContext(), CALL])
def test_requests_are_valid(schema: etree.XMLSchema, call: CallContext | None) -> None:
    """With and without CallContext, the request is what the contract's schema describes."""
    request = message(build_request(CPR, WHO, call))

    assert schema.validate(request), schema.error_log


def test_the_schema_can_refuse(schema: etree.XMLSchema) -> None:
    """The schema put together here is no rubber stamp: an id in capitals and a longer number are refused."""
    capitals = message(build_request(CPR, InvocationContext(IDS[0].replace("0", "A"), *IDS[1:])))
    longer = message(build_request(f"{CPR}1", WHO))

    assert [False, False] == [schema.validate(request) for request in (capitals, longer)]


def test_the_sample_answers_are_valid(
    schema: etree.XMLSchema, answer: Callable[..., bytes], fault: Callable[..., bytes]
) -> None:
    """What the other tests take for answers and faults is what the contract describes."""
    part = f"<gaeldendePersonnummer>{CPR}</gaeldendePersonnummer>"
    samples = [answer(), answer("", gaeldende=part), answer(HISTORY)]
    details = message(fault(("SP-1", "No agreement"))).find("detail")

    assert details is not None
    for sample in (*(message(body) for body in samples), details[0]):
        assert schema.validate(sample), schema.error_log


def test_every_status_of_the_contract_has_a_meaning(contract: Path, answer: Callable[..., bytes]) -> None:
    """Each code that the schema lists is mapped, and every status of ours is reached."""
    types = etree.parse(str(contract / "xsd/PersonBaseDataExtendedServiceTypes.xsd"))
    path = f".//{XSD}simpleType[@name='statusTypeType']//{XSD}enumeration"
    codes = [element.get("value") for element in types.iterfind(path)]
    statuses = {
        person_from_answer(
            parse_answer(200, answer(status=f"<status><status>{code}</status></status>")), CPR, date.max
        ).status
        for code in codes
    }

    assert 11 == len(codes)
    assert set(get_args(PersonStatus)) == statuses


@pytest.mark.parametrize("call", [None, CALL])
def test_zeep_builds_the_same_request(oracle: zeep.Client, call: CallContext | None) -> None:
    """An independent client, from the WSDL alone, says the same."""
    arguments: dict[str, Any] = {
        "InvocationContext": {
            "ServiceAgreementUUID": IDS[0],
            "UserSystemUUID": IDS[1],
            "UserUUID": IDS[2],
            "ServiceUUID": IDS[3],
        },
        "PNR": CPR,
    }
    if call:
        arguments["CallContext"] = {
            "OnBehalfOfUser": call.on_behalf_of,
            "CallersServiceCallIdentifier": call.call_identifier,
            "AccountingInfo": call.accounting_info,
        }
    theirs = oracle.create_message(oracle.service, "PersonLookup", **arguments)

    assert plain(theirs[-1][0]) == plain(message(build_request(CPR, WHO, call)))


def test_zeep_knows_the_action(oracle: zeep.Client) -> None:
    """The action header is the WSDL's."""
    assert oracle.service._binding.get("PersonLookup").soapaction == SOAP_ACTION


def test_zeep_reads_the_same_answer(oracle: zeep.Client, answer: Callable[..., bytes]) -> None:
    """Field by field, an independent reader of the WSDL finds what we find."""
    address = "<aktuelAdresse><kommunekode>265</kommunekode><postnummer>4000</postnummer></aktuelAdresse>"
    body = answer(address + HISTORY)
    theirs = oracle.service._binding.get("PersonLookup").process_reply(etree.fromstring(body))
    ours = person_from_answer(parse_answer(200, body), CPR, date(2056, 11, 10))

    data, place = theirs.persondata, theirs.adresse
    counted = [row for row in place.adresseHistorik if not row.retFortrydMarkering]
    assert ours.address is not None
    assert data.personnummer == ours.cpr
    assert data.navn.personadresseringsnavn == ours.name
    assert data.antalBoernUnder18 == ours.children_under_18
    assert data.adressebeskyttelse.beskyttet == ours.protected
    assert data.foedselsdato.dato == ours.birth_date
    assert f"{place.aktuelAdresse.kommunekode:04}" == ours.address.municipality
    assert place.aktuelAdresse.postnummer == ours.address.postal_code
    assert [(f"{row.kommunekode:04}", row.fraflytningsdato.dato.date()) for row in counted] == [
        (period.municipality, period.moved_out) for period in ours.address_history
    ]
