"""The sandbox and the connectors were written apart; here they meet on settings and file layouts."""

import json
import stat
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rpa_commons.connectors import Surroundings, load
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox._reaching import REACHED
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


REST = {  # connector -> capability, and what only the municipality can say
    "sf1601": ("DigitalPost", {"sender_label": "Roskilde"}),
    "sf1520": ("PopulationRegister", {}),
    "sf1461": ("PopulationEvents", {}),
    "ssbtek": (
        "BenefitData",
        {
            "organisation": "162120000449",
            "organisation_name": "X",
            "officer": "x",
            "purpose": "x",
            "law": "x",
            "agencies": ["csn"],
        },
    ),
    "rest-ledger": ("Ledger", {}),
}


def connect(box: Sandbox, folder: Path, bindings: dict[str, str]) -> dict[str, Any]:
    """Capability -> settings as the sandbox writes them, for a stack of capability -> connector."""
    (folder / "municipality.toml").write_text('code = "0265"\ncvr = "29189404"\n', "utf-8")
    stack = "".join(f'[{capability}]\nconnector = "{name}"\n' for capability, name in bindings.items())
    (folder / "stack.toml").write_text(stack, "utf-8")
    tables: dict[str, Any] = tomllib.loads(box.write_environment(folder).read_text("utf-8"))
    return {capability: table["settings"] for capability, table in tables.items()}


@pytest.mark.parametrize("connector", list(REST))
def test_the_environment_is_what_the_connectors_ask_for(box: Sandbox, tmp_path: Path, connector: str) -> None:
    """Every key written is a setting of its connector, of the right type, and points at the sandbox."""
    capability, rest = REST[connector]
    written = connect(box, tmp_path, {capability: connector})[capability]
    settings = load(connector).Settings.model_validate_json(json.dumps({**rest, **written})).model_dump()
    address = settings["broker" if connector == "sf1461" else "url"]

    assert address.startswith(box.url_of(connector))
    assert [] == [key for key in written if key not in settings]


@pytest.mark.parametrize("connector", sorted(REACHED))
def test_every_secret_it_names_is_there(box: Sandbox, tmp_path: Path, connector: str) -> None:
    """Files of certificates, passwords and tokens exist below the sandbox's folder, for their owner only."""
    written = connect(box, tmp_path, {"Anything": connector})["Anything"]
    files = [Path(value["file"]) for value in written.values() if isinstance(value, dict) and "file" in value]

    assert files
    assert all(path.is_relative_to(box.folder) and path.stat().st_size for path in files)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files} or sys.platform == "win32"


def test_a_service_that_does_not_run_gets_no_real_address(start: Any, tmp_path: Path) -> None:
    """With a part of the sandbox, what is not there is still not the production system."""
    box = start(only=("sf1520",))
    every = {f"Capability{number}": name for number, name in enumerate(sorted(REACHED))}
    written = connect(box, tmp_path, every)
    addresses = [str(settings.get("url", settings.get("broker"))) for settings in written.values()]

    assert len(REACHED) == len(addresses)
    assert all(urlsplit(address).hostname == "127.0.0.1" for address in addresses)


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
