"""The connector's reader on the published answers: five are accepted, two are refused with the reason."""

import base64
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from rpa_commons.capabilities import AgencyAnswer
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.ssbtek import (
    AGENCIES,
    Asker,
    Lefi,
    OfficialSchema,
    Question,
    build_question,
    official_schema,
    parse_answer,
    read_answer,
)
from rpa_commons.specs import SpecsStore, add_known

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

WSDL = Path(
    "src/main/resources/contract/v10/se/forsakringskassan/schema/integration/ssbt/_10",
    "Sammansatt_Bastjanst_v10.wsdl",
)
PERSON = "199001011234"  # of the published answers; its check digit is wrong, so it is nobody's
ACCEPTED = {"csn": "no_data", "fk": "no_data", "miv": "answered", "skv": "answered", "tns": "answered"}
REFUSED = {
    "af": "AF/data/Svar: Element 'Svar': This element is not expected. Expected is ( Fraga ).",
    "so": "SO/data/IdentificationNumber: Element 'IdentificationNumber': This element is not expected. "
    "Expected is ( Syfte ).",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where the published answers are."""
    return Path(os.environ["RPAC_SPECS"]).resolve() / "ssbtek"


@pytest.fixture(scope="module")
def schema(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> OfficialSchema:
    """The official schema, as `rpac specs add` keeps it."""
    store = SpecsStore(tmp_path_factory.mktemp("store"))
    add_known(store, folder)
    found = official_schema(store)
    assert found is not None
    return found


def read(body: bytes, schema: OfficialSchema, *agencies: str) -> tuple[AgencyAnswer, ...]:
    """What the connector makes of an answer."""
    question = Question(PERSON, date(2025, 1, 1), date(2025, 6, 30), "1", "c-1", agencies)
    answer = parse_answer(200, body)
    return read_answer(answer, question, refused=schema.refused(answer), checked_by=schema.label).agencies


def published(folder: Path, agency: str) -> bytes:
    """One published answer."""
    return (folder / "src" / "test" / "resources" / "fixture" / f"{agency}-response.xml").read_bytes()


@pytest.mark.parametrize(("agency", "status"), ACCEPTED.items())
def test_five_published_answers_are_accepted(
    agency: str, status: str, folder: Path, schema: OfficialSchema
) -> None:
    """By the official schema and by our reader."""
    (part,) = read(published(folder, agency), schema, agency)

    assert (status, "") == (part.status, part.reason)
    assert part.complete


@pytest.mark.parametrize(("agency", "reason"), REFUSED.items())
def test_two_published_answers_are_refused_with_the_reason(
    agency: str, reason: str, folder: Path, schema: OfficialSchema
) -> None:
    """An answer without the question in it, and one without its purpose: place and reason, no value."""
    (part,) = read(published(folder, agency), schema, agency)

    assert ("refused", reason) == (part.status, part.reason)
    assert part.data is None


def test_in_one_answer_of_all_the_two_do_not_take_the_five_along(
    folder: Path, schema: OfficialSchema
) -> None:
    """The published answer of all agencies together: each part is judged by itself."""
    (path,) = folder.glob("src/integration-test/**/test08*/responses/*.xml")

    parts = read(path.read_bytes(), schema, *AGENCIES)

    assert ACCEPTED == {part.agency: part.status for part in parts if part.agency in ACCEPTED}
    assert REFUSED == {part.agency: part.reason for part in parts if part.data is None}


def test_what_the_accepted_answers_say(folder: Path, schema: OfficialSchema) -> None:
    """A permit, two vehicles and an income of capital, in the agencies' own words."""
    (permit,) = read(published(folder, "miv"), schema, "miv")[0].known().facts
    vehicles = read(published(folder, "tns"), schema, "tns")[0].known().facts
    capital = read(published(folder, "skv"), schema, "skv")[0].known().facts

    assert ("PUT", "PERMANENT UPPEHÅLLSTILLSTÅND", None) == (permit.kind, permit.text, permit.last)
    assert [("PERSONBIL", "Volvo V70 2012"), ("MOTORCYKEL", "HONDA SH300A 2001")] == [
        (one.kind, one.text) for one in vehicles
    ]
    assert ["12345.00 SEK", "666.00 SEK"] == [str(one.amount) for one in capital]


def test_what_is_wrong_around_the_parts_refuses_the_answer(folder: Path, schema: OfficialSchema) -> None:
    """An element that no agency has answered for: nothing of the answer is used."""
    body = published(folder, "tns").replace(b"<ssbt:svarsdata>", b"<ssbt:x/><ssbt:svarsdata>")

    with pytest.raises(UnexpectedAnswerError, match=r"breaks ssbtek 10 at .*'x'"):
        read(body, schema, "tns")


def test_a_part_given_twice_is_refused(folder: Path, schema: OfficialSchema) -> None:
    """The contract has each agency once."""
    body = published(folder, "fk").decode()
    start, end = body.index("<ssbt:FK>"), body.index("</ssbt:FK>") + len("</ssbt:FK>")

    (part,) = read((body[:end] + body[start:end] + body[end:]).encode(), schema, "fk")

    assert "refused" == part.status


@pytest.mark.parametrize("agencies", [tuple(AGENCIES), ("csn",), ("fk", "so")])
def test_questions_are_valid(agencies: tuple[str, ...], folder: Path) -> None:
    """With all agencies, with one, with and without Försäkringskassan's own question."""
    contract = folder / "src/main/resources/contract/v10/se/forsakringskassan/schema/integration/ssbt/_10"
    official = etree.XMLSchema(etree.parse(contract / "sammansatt_bastjanst_v10.xsd"))
    question = Question("197701292380", date(2026, 1, 1), date(2026, 2, 1), "å <&> 1", "c-1", agencies)
    asker = Asker("162120002411", "Provorts kommun", "rpa", "syfte", "lag", [("165560000000", "Drift & Co")])

    built = build_question(question, asker, Lefi("a", "v9", ["FK:SJP"]))

    assert official.validate(etree.fromstring(built)[0][0]), official.error_log


@pytest.mark.parametrize("agencies", [tuple(AGENCIES), ("csn",)])
def test_zeep_builds_the_same_question(agencies: tuple[str, ...], folder: Path) -> None:
    """An independent client, from the WSDL alone, says the same, element by element."""
    question = Question("197701292380", date(2026, 1, 1), date(2026, 2, 1), "å <&> 1", "c-1", agencies)
    asker = Asker("162120002411", "Provorts kommun", "rpa", "syfte", "lag")
    ours = etree.fromstring(build_question(question, asker, Lefi("a", "v9", ["FK:SJP"])))[0][0]
    lefi = ours.findtext(".//{*}lefiJsonFraga")
    parts: dict[str, Any] = {code.upper(): {"inkludera": code in agencies} for code in AGENCIES}
    if lefi:
        asked = {"version": "v9", "aktorsid": "a", "lefiJsonFraga": base64.b64decode(lefi)}
        parts["FK"]["fraga"] = asked
    general = {
        "korrelationsid": "c-1",
        "fraganSkallInkluderasISvaret": False,
        "ingivare": {"organisationsnummer": "162120002411", "namn": "Provorts kommun", "handlaggare": "rpa"},
        "personidentitet": "197701292380",
        "arendeidentitet": "å <&> 1",
        "tidsperiod": {"fromDatum": date(2026, 1, 1), "tomDatum": date(2026, 2, 1)},
        "syfte": "syfte",
        "lagtext": "lag",
    }

    with requests.Session() as session:
        client = zeep.Client(str(folder / WSDL), transport=zeep.Transport(session=session))
        theirs = client.create_message(
            client.service,
            "hamtaBastjanstInformation",
            generellaFrageparametrar=general,
            specifikaFrageparametrar=parts,
        )

    assert plain(theirs[-1][0]) == plain(ours)


def plain(element: etree._Element) -> Any:
    """An element without prefixes and layout: tag, attributes, text, children."""
    text = (element.text or "").strip()
    return element.tag, dict(element.attrib), text, [plain(child) for child in element]
