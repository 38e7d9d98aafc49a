"""Zeep, an independent SOAP client, reads the official WSDL and uses the simulated SSBTEK: its oracle.

Neither side knows the other: what zeep sends is built from the WSDL alone, and what it reads is compared with
the people of the sandbox's town.
"""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.ssbtek import FK_ACTOR, FUND, PATH, Resident, Town, make_town

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

TODAY = date(2026, 11, 22)
FIRST, LAST = date(2026, 5, 1), date(2027, 1, 15)
SEED = 11
HOME = Path("ssbtek/src/main/resources/contract/v10/se/forsakringskassan/schema/integration/ssbt/_10")
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
BINDING = f"{{{SSBT}}}BastjanstInformationInterfaceSoapBinding"
AGENCIES = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")


@pytest.fixture(scope="module")
def specs() -> Path:
    """The folder with the official files."""
    return Path(os.environ["RPAC_SPECS"]).resolve()


@pytest.fixture(scope="module")
def town() -> Town:
    """Whom the sandbox's agencies know."""
    return make_town(SEED, TODAY)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, specs: Path) -> Iterator[Sandbox]:
    """SSBTEK, which checks what it gets and what it sends by the official schema."""
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(folder, seed=SEED, people=5, today=TODAY, only=("ssbtek",), schemas=specs) as box:
        yield box


@pytest.fixture(scope="module")
def service(box: Sandbox, specs: Path) -> Iterator[Any]:
    """Zeep's proxy over mutual TLS."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(box.ca_bundle)
        session.cert = str(box.client_certificate)
        transport = zeep.Transport(session=session, timeout=5, operation_timeout=5)
        client = zeep.Client(str(specs / HOME / "Sammansatt_Bastjanst_v10.wsdl"), transport=transport)
        yield client.create_service(BINDING, box.url_of("ssbtek") + PATH)


def general(number: str, **changed: Any) -> dict[str, Any]:
    """The general part of a question."""
    return {
        "korrelationsid": "zeep-1",
        "fraganSkallInkluderasISvaret": False,
        "ingivare": {"organisationsnummer": "162120002411", "namn": "Provorts kommun", "handlaggare": "zeep"},
        "personidentitet": number,
        "arendeidentitet": "2026-1",
        "tidsperiod": {"fromDatum": FIRST, "tomDatum": LAST},
        "syfte": "Beslut om ekonomiskt bistånd",
        "lagtext": "enligt avtalet",
        **changed,
    }


def specific(number: str, *asked: str) -> dict[str, Any]:
    """Which agencies are asked; Försäkringskassan in LEFI's JSON."""
    lefi = {
        "personnummer": number,
        "period": {"from": FIRST.isoformat(), "tom": LAST.isoformat()},
        "formansinformation": ["FK:SJP"],
        "utbetalningar": ["FK:SJP", "FK:ABB", "PM:AP"],
    }
    question = {"version": "v9", "aktorsid": FK_ACTOR, "lefiJsonFraga": json.dumps(lefi).encode()}
    parts: dict[str, Any] = {name: {"inkludera": name in asked} for name in AGENCIES}
    if "FK" in asked:
        parts["FK"]["fraga"] = question
    return parts


def ask(service: Any, who: Resident | str, *asked: str, **changed: Any) -> Any:
    """What zeep makes of the answer."""
    number = who if isinstance(who, str) else who.number
    return service.hamtaBastjanstInformation(
        generellaFrageparametrar=general(number, **changed),
        specifikaFrageparametrar=specific(number, *(asked or AGENCIES)),
    )


def test_unemployment_benefit(service: Any, town: Town) -> None:
    """The a-kassa's payments are those of the town, amount by amount and day by day."""
    who = town.case("unemployed with benefit")

    told = ask(service, who)

    funds = told.svarsdata.SO.data.ArbetsloshetsersattningLista.Arbetsloshetsersattning
    due = [one for one in who.unemployment if FIRST <= one.on <= LAST]
    assert [FUND] == [fund.SvarandeOrganisation for fund in funds]
    assert [(one.on, Decimal(one.net), one.first, one.last) for one in due] == [
        (row.Utbetalningsdatum, row.NettoEfterAvdrag, row.AvserFrom, row.AvserTom)
        for row in funds[0].Utbetalningar
    ]
    assert who.number == told.svarsdata.SO.data.IdentificationNumber
    assert "zeep-1" == told.korrelationsid


def test_social_insurance(service: Any, town: Town) -> None:
    """Försäkringskassan's JSON comes whole out of the base64 that zeep decodes."""
    who = town.case("sickness benefit, half time")

    answer = json.loads(ask(service, who).svarsdata.FK.data.lefiJsonSvar)

    due = [one for one in who.benefits if one.done and FIRST <= one.on <= LAST]
    told = answer["formansinformation"]["utbetalningsuppgift"]
    assert due
    assert [(one.on.isoformat(), one.net) for one in due] == [
        (row["datum"], row["nettobelopp"]["summa"]) for row in told
    ]


def test_registers(service: Any, town: Town) -> None:
    """Vehicles, a permit and the register of who seeks work are read by their types."""
    owner = ask(service, town.case("capital and two vehicles")).svarsdata
    permit = town.case("coordination number, permit for a time")
    guest = ask(service, permit).svarsdata
    seeker = ask(service, town.case("unemployed, one fund tells nothing")).svarsdata

    assert permit.permit is not None
    assert ["PRV002", "PRV003"] == [one.regnr for one in owner.TNS.data.fordonsinnehav.fordon]
    assert (permit.permit.first, permit.permit.last) == (
        guest.MIV.data.response.svarCollection.svar[0].fromDatum,
        guest.MIV.data.response.svarCollection.svar[0].tomDatum,
    )
    assert 75 == seeker.AF.data.Svar.BeslutInfo.EkonomiskaBeslut.Beslut[0].Omfattning


def test_an_agency_that_was_not_reached(service: Any, town: Town) -> None:
    """SSBTEK's own error stands in the agency's place, typed as the contract has it."""
    told = ask(service, town.case("a-kassor not reached"))

    assert ("SSBT", "SANDBOX-1") == (told.svarsdata.SO.error.kalla, told.svarsdata.SO.error.felkod)
    assert told.svarsdata.SO.data is None
    assert told.svarsdata.AF.data is not None


def test_only_the_agencies_asked_answer(service: Any, town: Town) -> None:
    """What was not included is not in the answer."""
    told = ask(service, town.case("pensioner"), "TNS").svarsdata

    assert ["TNS"] == [name for name in AGENCIES if getattr(told, name) is not None]


def test_the_question_comes_back_where_asked_for(service: Any, town: Town) -> None:
    """``fraganSkallInkluderasISvaret`` brings the question and the time of asking back."""
    moment = datetime.fromisoformat("2026-11-22T10:00:00+01:00")
    who = town.case("nothing anywhere")

    told = ask(service, who, "CSN", fraganSkallInkluderasISvaret=True, frageTidpunkt=moment)

    assert who.number == told.fraga.generellaFrageparametrar.personidentitet
    assert told.fraga.specifikaFrageparametrar.CSN.inkludera
    assert moment == told.frageTidpunkt


def test_study_aid_is_valid_by_the_schema_of_csn(service: Any, town: Town, specs: Path) -> None:
    """The document inside the base64 keeps CSN's own schema, as far as that can be built."""
    home = specs / "ssbtek/src/main/resources/contract/v10/se/csn/schema/v4_0"
    person_space = "http://schema.csn.se/v4.0/person"
    wrapper = (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:p="{person_space}" '
        'targetNamespace="http://schema.csn.se/v4.0/kommunfraga">'
        f'<xs:import schemaLocation="person/person.xsd" namespace="{person_space}"/>'
        '<xs:element name="Person" type="p:Person"/></xs:schema>'
    )
    schema = etree.XMLSchema(etree.fromstring(wrapper, base_url=f"{home.as_uri()}/wrapper.xsd"))
    for title in ("student, one payment planned", "nothing anywhere", "protected"):
        data = ask(service, town.case(title), "CSN").svarsdata.CSN.data.svar
        person = etree.fromstring(data).find(".//{*}Person")

        assert person is not None
        schema.assertValid(etree.fromstring(etree.tostring(person)))


def test_an_unknown_person_is_no_fault(service: Any) -> None:
    """Each agency answers for itself that it has nothing; CSN in its own words."""
    told = ask(service, "192411026301").svarsdata

    assert b"Ej tr\xc3\xa4ff" in told.CSN.data.svar
    assert told.SO.data.ArbetsloshetsersattningLista is None or not (
        told.SO.data.ArbetsloshetsersattningLista.Arbetsloshetsersattning
    )
    assert [None] * 7 == [getattr(told, name).error for name in AGENCIES]


@pytest.mark.parametrize(
    ("number", "changed", "code"),
    [
        ("199001011234", {}, "personidentitet"),
        ("192411026301", {"tidsperiod": {"fromDatum": LAST, "tomDatum": FIRST}}, "period"),
        ("192411026301", {"arendeidentitet": ""}, "schema"),
        (
            "192411026301",
            {"ingivare": {"organisationsnummer": "162120002412", "namn": "x", "handlaggare": "y"}},
            "organisation",
        ),
    ],
)
def test_a_bad_question_is_a_fault_of_the_contract(
    service: Any, specs: Path, number: str, changed: dict[str, Any], code: str
) -> None:
    """Zeep raises a fault, and its detail is the contract's, without the number asked for."""
    schema = etree.XMLSchema(etree.parse(specs / HOME / "sammansatt_bastjanst_v10.xsd"))

    with pytest.raises(zeep.exceptions.Fault) as caught:
        ask(service, number, **changed)

    detail = caught.value.detail[0]
    assert f"{{{SSBT}}}hamtaBastjanstInformationFault" == detail.tag
    assert code == detail.findtext(f"{{{SSBT}}}felkod")
    assert schema.validate(etree.fromstring(etree.tostring(detail)))
    assert number.encode() not in etree.tostring(detail)


def test_the_test_operation(service: Any) -> None:
    """The contract's second operation answers, too: no agency of the sandbox has a test of its own."""
    told = service.testaBastjanstInformation()

    assert [False] * 7 == [getattr(told, name).anropad for name in AGENCIES]


def test_without_a_certificate_nobody_gets_in(box: Sandbox, service: Any) -> None:
    """The handshake fails for who shows no certificate of the sandbox's authority."""
    wsdl = service._binding.wsdl.location
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(box.ca_bundle)
        client = zeep.Client(wsdl, transport=zeep.Transport(session=session, operation_timeout=5))
        stranger = client.create_service(BINDING, box.url_of("ssbtek") + PATH)

        with pytest.raises(requests.ConnectionError):
            stranger.testaBastjanstInformation()


def test_the_json_question_is_what_the_interface_describes(service: Any, town: Town) -> None:
    """A LEFI question without any group of benefits is turned down as Försäkringskassan's own error 400."""
    number = town.case("pensioner").number
    empty = {"personnummer": number, "period": {"from": "2026-05-01", "tom": "2026-06-01"}}
    parts = specific(number, "FK")
    parts["FK"]["fraga"]["lefiJsonFraga"] = json.dumps(empty).encode()

    told = service.hamtaBastjanstInformation(
        generellaFrageparametrar=general(number), specifikaFrageparametrar=parts
    )

    assert ("BT", "400") == (told.svarsdata.FK.error.kalla, told.svarsdata.FK.error.felkod)
