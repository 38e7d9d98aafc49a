"""The simulated SSBTEK refuses what the contract refuses, also where no schema was given."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from rpa_commons.sandbox import FaultError, Sandbox
from rpa_commons.sandbox.ssbtek import FK_ACTOR, PATH, make_town
from rpa_commons.validators import se

SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
TODAY = date(2026, 11, 22)
QUESTION = f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<hamtaBastjanstInformation xmlns="{SSBT}"><generellaFrageparametrar>
<fraganSkallInkluderasISvaret>false</fraganSkallInkluderasISvaret><ingivare>
<organisationsnummer>162120002411</organisationsnummer><namn>Provort</namn><handlaggare>x</handlaggare></ingivare>
<personidentitet>192411026301</personidentitet><arendeidentitet>1</arendeidentitet><tidsperiod>
<fromDatum>2026-01-01</fromDatum><tomDatum>2026-02-01</tomDatum></tidsperiod><syfte>s</syfte><lagtext>l</lagtext>
</generellaFrageparametrar><specifikaFrageparametrar><AF inkludera="true"/><CSN inkludera="false"/>
<FK inkludera="false"/><SKV inkludera="false"/><SO inkludera="false"/><TNS inkludera="false"/>
<MIV inkludera="false"/></specifikaFrageparametrar></hamtaBastjanstInformation></e:Body></e:Envelope>"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """SSBTEK alone, without schemas."""
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(folder, seed=3, people=5, today=TODAY, only=("ssbtek",)) as box:
        yield box


def post(box: Sandbox, body: str, **headers: str) -> requests.Response:
    """An answer over mutual TLS."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(
            box.url_of("ssbtek") + PATH,
            data=body.encode(),
            headers={"Content-Type": "text/xml", "SOAPAction": '""', **headers},
            verify=str(box.ca_bundle),
            cert=str(box.client_certificate),
            timeout=5,
        )


def code(answer: requests.Response) -> str | None:
    """The code of a fault."""
    return etree.fromstring(answer.content).findtext(f".//{{{SSBT}}}felkod")


def test_it_says_that_it_does_not_validate(box: Sandbox) -> None:
    """Without the official schemas the service says so; the question itself is answered."""
    answer = post(box, QUESTION)

    assert "no folder of official schemas was given" == box.services["ssbtek"].unvalidated
    assert 200 == answer.status_code
    assert b"StatusSokandeinformationKod>0<" in answer.content


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("192411026301", "192411026302", "personidentitet"),
        ("192411026301", "2411026301", "personidentitet"),
        ("<tomDatum>2026-02-01", "<tomDatum>2025-12-31", "period"),
        ("<tomDatum>2026-02-01", "<tomDatum>soon", "contract"),
        ("162120002411", "162120002412", "organisation"),
        ('<MIV inkludera="false"/>', '<MIV inkludera="false"/><POL inkludera="true"/>', "agency"),
        ('<AF inkludera="true"/>', '<AF inkludera="false"/>', "agency"),
        ('<MIV inkludera="false"/>', "", "contract"),
        ('<FK inkludera="false"/>', '<FK inkludera="true"/>', "contract"),
        ("<syfte>s</syfte>", "", "contract"),
        ("<arendeidentitet>1", "<arendeidentitet>", "contract"),
        ("hamtaBastjanstInformation", "hamtaAllt", "contract"),
        ("http://schemas.xmlsoap.org/soap/envelope/", "urn:x", "soap"),
        ("<e:Envelope", "<!DOCTYPE a []><e:Envelope", "doctype"),
    ],
)
def test_what_is_refused(box: Sandbox, right: str, wrong: str, expected: str) -> None:
    """A bad number, an unknown agency, a period that ends before it begins …: a fault with its code."""
    answer = post(box, QUESTION.replace(right, wrong))

    assert (500, expected) == (answer.status_code, code(answer))
    assert b"192411026301" not in answer.content


@pytest.mark.parametrize(
    ("headers", "status"), [({"Content-Type": "application/json"}, 415), ({"SOAPAction": '"x"'}, 500)]
)
def test_headers_of_another_protocol_are_refused(box: Sandbox, headers: dict[str, str], status: int) -> None:
    """SOAP 1.1's media type and the contract's action."""
    assert status == post(box, QUESTION, **headers).status_code


def test_the_town_is_listed_for_who_tries(box: Sandbox) -> None:
    """A file beside the sandbox's others names each case with its number: published test numbers only."""
    lines = (Path(box.folder) / "services" / "ssbtek" / "town.csv").read_text("utf-8").splitlines()
    town = make_town(3, TODAY)

    assert ["number;case", *(f"{one.number};{one.title}" for one in town)] == lines


@pytest.mark.parametrize("seed", range(20))
def test_every_town_has_the_whole_cast(seed: int) -> None:
    """Whatever the seed: each case once, each number right and once, payments before today or planned."""
    town = make_town(seed, TODAY)
    people = list(town)

    assert len(people) == len({one.title for one in people}) == len({one.number for one in people})
    for one in people:
        kind: Any = se.Samordningsnummer if int(one.number[6:8]) > 60 else se.Personnummer
        assert one.number == kind.parse(one.number, on=TODAY)
        paid = (*one.benefits, *one.pensions, *one.studies, *one.unemployment)
        assert [] == [due for due in paid if due.done and due.on > TODAY]
        assert [] == [due for due in paid if not due.done and due.on <= TODAY]
        assert [] == [due for due in paid if not due.first <= due.on <= due.last or due.net > due.gross]
    with pytest.raises(LookupError):
        town.case("nobody")


def test_effects_it_has_not(box: Sandbox) -> None:
    """A fault that only makes sense for effects is refused."""
    with pytest.raises(FaultError):
        box.fault("ssbtek", "duplicate-receipt")


def test_a_municipality_is_pointed_at_it(box: Sandbox, tmp_path: Path) -> None:
    """A stack that binds benefit data to SSBTEK gets address, certificate and the actor that is known."""
    (tmp_path / "municipality.toml").write_text('code = "0265"\ncvr = "29189404"\n', "utf-8")
    (tmp_path / "stack.toml").write_text('[BenefitData]\nconnector = "ssbtek"\n', "utf-8")

    written = tomllib.loads(box.write_environment(tmp_path).read_text("utf-8"))["BenefitData"]["settings"]

    assert (box.url_of("ssbtek") + PATH, FK_ACTOR) == (written["url"], written["fk_actor"])
    assert {"url", "ca_bundle", "certificate", "certificate_password", "fk_actor"} == set(written)
