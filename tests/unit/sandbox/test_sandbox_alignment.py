"""The sandbox and the connectors were written apart; here they meet on settings and file layouts."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors import Surroundings, load
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality

MOVES = {
    "event_id": "haendelse",
    "cpr": "cpr",
    "moved_on": "flyttedato",
    "from_municipality": "fra_kommune",
    "to_municipality": "til_kommune",
    "address_id": "adresse_id",
}
PEOPLE = {
    "cpr": "cpr",
    "name": "navn",
    "birth_date": "foedselsdato",
    "status": "status",
    "protected": "beskyttet",
    "children_under_18": "boern_under_18",
    "co_name": "conavn",
    "street_line": "adresse",
    "locality": "lokalitet",
    "postal_code": "postnr",
    "city": "by",
    "municipality": "kommune",
    "previous_municipality": "tidligere_kommune",
    "previous_moved_in": "tidligere_fra",
    "previous_moved_out": "tidligere_til",
}


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    """Roskilde's folder; no secrets are needed for files."""
    roskilde = Municipality(code="0265", name="Roskilde", cvr="29189404")
    return Surroundings(municipality=roskilde, environment="sandbox", folder=tmp_path, secret=lambda _: "")


def test_the_environment_is_what_the_connectors_ask_for(box: Sandbox, tmp_path: Path) -> None:
    """Every key written is a setting of its connector, of the right type."""
    (tmp_path / "municipality.toml").write_text('code = "0265"\ncvr = "29189404"\n', "utf-8")
    (tmp_path / "stack.toml").write_text(
        '[DigitalPost]\nconnector = "sf1601"\n[PopulationRegister]\nconnector = "sf1520"\n', "utf-8"
    )
    written = tomllib.loads(box.write_environment(tmp_path).read_text("utf-8"))
    post = load("sf1601").Settings.model_validate(
        {"sender_label": "Roskilde", **written["DigitalPost"]["settings"]}
    )
    register = load("sf1520").Settings.model_validate(written["PopulationRegister"]["settings"])

    assert box.url == post.model_dump()["url"] == register.model_dump()["url"]


def test_the_moves_extract_is_readable(box: Sandbox, tmp_path: Path, surroundings: Surroundings) -> None:
    """Every move comes back as it was made, origins too."""
    since = date(2026, 11, 1)
    box.write_moves_extract(tmp_path / "moves.csv", "0265", since)
    kind: Any = load("moves-extract")
    settings = kind.Settings(files="moves*.csv", columns=MOVES, origins={"udland": "abroad", "ingen": "none"})
    moves = kind(settings, surroundings).moves_into("0265", since)
    expected = [
        (move.id, move.cpr, move.origin, move.from_municipality, move.address_id)
        for move in box.moves_into("0265", since)
    ]

    assert expected == [
        (move.id, move.cpr, move.origin, move.from_municipality, move.address_id) for move in moves
    ]


def test_the_register_extract_is_readable(box: Sandbox, tmp_path: Path, surroundings: Surroundings) -> None:
    """Everybody comes back, hostile names and all."""
    box.write_register_extract(tmp_path / "people.csv")
    kind: Any = load("register-extract")
    register = kind(kind.Settings(file="people.csv", columns=PEOPLE), surroundings)
    read = [register.person(person.cpr) for person in box.people]
    expected = [
        (person.name, person.birth_date, box.people.children_under_18(person)) for person in box.people
    ]

    assert expected == [(person.name, person.birth_date, person.children_under_18) for person in read]
