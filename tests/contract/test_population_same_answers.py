"""Two municipalities, two ways to the same facts: SF1520 and a register extract answer the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
from rpa_commons.connectors.sf1520 import Sf1520, Sf1520Settings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality

TODAY = date(2026, 11, 1)
REGISTER = {
    "cpr": "cpr", "name": "navn", "birth_date": "foedselsdato", "status": "status", "protected": "beskyttet",
    "children_under_18": "boern_under_18", "co_name": "conavn", "street_line": "adresse",
    "locality": "lokalitet", "postal_code": "postnr", "city": "by", "municipality": "kommune",
    "previous_municipality": "tidligere_kommune", "previous_moved_in": "tidligere_fra",
    "previous_moved_out": "tidligere_til",
}  # fmt: skip
MOVES = {
    "event_id": "haendelse", "cpr": "cpr", "moved_on": "flyttedato", "from_municipality": "fra_kommune",
    "to_municipality": "til_kommune", "address_id": "adresse_id",
}  # fmt: skip


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Two municipalities in a box."""
    places = {"0265": "29189404", "0167": "55606617"}
    with Sandbox(tmp_path_factory.mktemp("box"), municipality=places, today=TODAY) as box:
        yield box


def surroundings(folder: Path) -> Surroundings:
    """Roskilde, with its files in the folder."""
    secret = partial(resolve_secret, folder=folder)
    return Surroundings(Municipality("0265", "Roskilde"), "sandbox", folder, secret)


def test_the_register_answers_the_same_either_way(box: Sandbox, tmp_path: Path) -> None:
    """Everybody, hostile names too: the extract has one former address, the rest is equal to the letter."""
    box.write_register_extract(tmp_path / "people.csv")
    file = RegisterExtractSettings.model_validate({"file": "people.csv", "columns": REGISTER})
    extract = RegisterExtract(file, surroundings(tmp_path))
    agreement = box.agreement("0265")
    service = Sf1520(
        Sf1520Settings.model_validate(
            {
                "url": box.url,
                "ca_bundle": str(box.ca_bundle),
                "certificate": {"file": str(box.client_certificate)},
                "service_agreement": agreement.service_agreement,
                "user_system": agreement.user_system,
                "user": agreement.user,
                "service": agreement.service,
            }
        ),
        surroundings(tmp_path),
        today=lambda: TODAY,
    )

    numbers = [invented.cpr for invented in box.people]
    by_service = [service.person(cpr) for cpr in numbers]
    by_file = [extract.person(cpr) for cpr in numbers]
    service.close()
    extract.close()

    assert len(numbers) > 100
    assert by_file == [
        person.model_copy(update={"address_history": person.address_history[:1]}) for person in by_service
    ]


def test_the_moves_are_the_sandboxes(box: Sandbox, tmp_path: Path) -> None:
    """Every move of the box is read from its extract, none is a problem."""
    since = TODAY - timedelta(days=14)
    box.write_moves_extract(tmp_path / "moves-1.csv", "0265", since)
    origins = {"udland": "abroad", "ingen": "none"}
    settings = {"files": "moves-*.csv", "columns": MOVES, "origins": origins}
    connector = MovesExtract(MovesExtractSettings.model_validate(settings), surroundings(tmp_path))

    moves = connector.moves_into("0265", since)

    expected = [
        (move.id, move.cpr, move.moved_on, move.origin, move.from_municipality, move.address_id)
        for move in box.moves_into("0265", since)
    ]
    assert expected == [
        (move.id, move.cpr, move.moved_on, move.origin, move.from_municipality, move.address_id)
        for move in moves
    ]
    assert moves
    assert () == connector.problems


def test_a_declared_layout_changes_no_fact(box: Sandbox, tmp_path: Path) -> None:
    """In the layout that a municipality declares the files say what they say in the sandbox's own."""
    columns = {name: f"{header} X" for name, header in REGISTER.items()}
    register = {"file": "-", "columns": columns, "delimiter": "|", "date_format": "%d-%m-%Y"}
    register |= {
        "statuses": {"A": "active", "D": "dead", "60": "inactive", "70": "disappeared", "80": "emigrated"}
    }
    moves = {"files": "-", "columns": MOVES, "encoding": "utf-8", "origins": {"0000": "abroad", "": "none"}}
    (tmp_path / "municipality.toml").write_text('code = "0265"\ncvr = "29189404"\n', "utf-8")
    (tmp_path / "stack.toml").write_text(
        _toml("PopulationEvents", "moves-extract", moves)
        + _toml("PopulationRegister", "register-extract", register),
        "utf-8",
    )
    moves["files"], register["file"] = (str(path) for path in box.write_files(tmp_path))
    box.write_register_extract(tmp_path / "people.csv")
    plain = RegisterExtractSettings.model_validate({"file": "people.csv", "columns": REGISTER})
    own = RegisterExtract(plain, surroundings(tmp_path))
    declared = RegisterExtract(RegisterExtractSettings.model_validate(register), surroundings(tmp_path))
    events = MovesExtract(MovesExtractSettings.model_validate(moves), surroundings(tmp_path))
    since = TODAY - timedelta(days=60)

    assert [own.person(person.cpr) for person in box.people] == [
        declared.person(person.cpr) for person in box.people
    ]
    assert [move.id for move in box.moves_into("0265", since)] == [
        move.id for move in events.moves_into("0265", since)
    ]
    assert () == tuple(events.problems)


def _toml(capability: str, connector: str, settings: dict[str, object]) -> str:
    lines = [f"[{capability}]", f'connector = "{connector}"', f"[{capability}.settings]"]
    for key, value in settings.items():
        inner = value.items() if isinstance(value, dict) else ()
        table = ", ".join(f'"{name}" = "{one}"' for name, one in inner)
        lines.append(f"{key} = {{ {table} }}" if inner else f'{key} = "{value}"')
    return "\n".join(lines) + "\n"
