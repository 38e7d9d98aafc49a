"""Extracts in a municipality's declared layout: where they stand, what they hold, what is left alone."""

import csv
import tomllib
from pathlib import Path

import pytest

from rpa_commons.sandbox import Sandbox, SandboxError

FACTS = 'name = "X"\ncode = "0265"\ncvr = "29189404"\n'
STACK = """
[PopulationEvents]
connector = "moves-extract"
[PopulationEvents.settings]
files = "extracts/moves-*.csv"
delimiter = ","
date_format = "%d-%m-%Y"
origins = { "0000" = "abroad", "" = "none" }
[PopulationEvents.settings.columns]
cpr = "PNR"
moved_on = "Dato"
from_municipality = "Fra"
to_municipality = "Til"
[PopulationRegister]
connector = "register-extract"
[PopulationRegister.settings]
file = "extracts/register.csv"
encoding = "cp1252"
booleans = { "X" = true, "" = false }
[PopulationRegister.settings.columns]
cpr = "PNR"
name = "Navn"
status = "Status"
protected = "Beskyttet"
children_under_18 = "Boern"
[DigitalPost]
connector = "pdf-outbox"
[DigitalPost.settings]
folder = "outbox"
"""
HOME = Path("environments/sandbox/extracts")


@pytest.fixture
def municipality(tmp_path: Path) -> Path:
    """A folder with real extracts' layout, and a real extract of its own."""
    home = tmp_path / "roskilde"
    (home / "extracts").mkdir(parents=True)
    (home / "municipality.toml").write_text(FACTS, "utf-8")
    (home / "stack.toml").write_text(STACK, "utf-8")
    (home / "extracts" / "register.csv").write_text("real", "utf-8")
    return home


def rows(path: Path, encoding: str, delimiter: str) -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_invented_people_never_lie_where_production_reads(box: Sandbox, municipality: Path) -> None:
    """The files stand below environments/sandbox, and that environment alone points there."""
    written = box.write_files(municipality)
    stack = tomllib.loads(box.write_environment(municipality, files=True).read_text("utf-8"))

    assert [
        municipality / HOME / "moves.csv",
        municipality / HOME / "register.csv",
        municipality / "environments/sandbox/outbox",
    ] == list(written)
    assert {
        "DigitalPost": {"settings": {"folder": "environments/sandbox/outbox"}},
        "PopulationEvents": {"settings": {"files": "environments/sandbox/extracts/moves.csv"}},
        "PopulationRegister": {"settings": {"file": "environments/sandbox/extracts/register.csv"}},
    } == stack
    assert "real" == (municipality / "extracts" / "register.csv").read_text("utf-8")
    assert ["register.csv"] == [path.name for path in (municipality / "extracts").iterdir()]


def test_the_layout_is_the_declared_one(box: Sandbox, municipality: Path) -> None:
    """Headers, encoding, delimiter, dates, and the words for yes and no and for where people come from."""
    moves_file, register_file, _ = box.write_files(municipality)
    moves = rows(moves_file, "utf-8", ",")
    people = rows(register_file, "cp1252", ";")

    assert ["PNR", "Dato", "Fra", "Til"] == list(moves[0])
    assert {"0265"} == {move["Til"] for move in moves}
    assert {"0000", ""} < {move["Fra"] for move in moves}
    assert all(move["Dato"][2::3] == "-" + move["Dato"][5] + move["Dato"][8] for move in moves)
    assert {"X", ""} == {person["Beskyttet"] for person in people}
    assert len(box.people) == len(people)


def test_an_own_column_for_the_origin(box: Sandbox, municipality: Path) -> None:
    """Where it says where people come from, the column for codes holds codes or nothing."""
    text = STACK.replace('cpr = "PNR"\nmoved', 'cpr = "PNR"\norigin = "Type"\nmoved')
    text = text.replace('{ "0000" = "abroad", "" = "none" }', '{ K = "municipality", U = "abroad" }')
    (municipality / "stack.toml").write_text(text, "utf-8")
    moves = rows(box.write_files(municipality)[0], "utf-8", ",")

    assert {"K", "U", "ingen"} == {move["Type"] for move in moves}
    assert {""} == {move["Fra"] for move in moves if move["Type"] != "K"}


def test_declared_words_for_statuses(box: Sandbox, municipality: Path) -> None:
    """A word of the municipality's own is used where the register's code is not declared."""
    text = STACK.replace("booleans =", 'statuses = { A = "active", "90" = "dead" }\nbooleans =')
    (municipality / "stack.toml").write_text(text, "utf-8")
    people = rows(box.write_files(municipality)[1], "cp1252", ";")

    assert {"A", "90", "60", "70", "80"} == {person["Status"] for person in people}


def test_a_municipality_may_change_a_part_of_the_baseline(box: Sandbox, municipality: Path) -> None:
    """A table without a connector adds to the baseline's; one with another connector replaces it."""
    (municipality / "municipality.toml").write_text(FACTS + 'baseline = "../baseline"\n', "utf-8")
    baseline = municipality.parent / "baseline"
    baseline.mkdir()
    (baseline / "stack.toml").write_text(STACK, "utf-8")
    (municipality / "stack.toml").write_text(
        '[PopulationEvents.settings]\ndelimiter = "|"\n[PopulationRegister]\nconnector = "sf1520"\n', "utf-8"
    )

    moves_file, outbox = box.write_files(municipality)

    assert "PNR|Dato|Fra|Til" == moves_file.read_text("utf-8").splitlines()[0]
    assert outbox.is_dir()


def test_writes_its_own_files_again(box: Sandbox, municipality: Path) -> None:
    """Also after the layout has changed."""
    box.write_files(municipality)
    (municipality / "stack.toml").write_text(STACK.replace('"PNR"', '"CPR"'), "utf-8")
    box.write_files(municipality)

    assert (municipality / HOME / "moves.csv").read_text("utf-8").startswith("CPR,")


@pytest.mark.parametrize("mine", [True, False])
def test_leaves_somebody_elses_extract_alone(box: Sandbox, municipality: Path, *, mine: bool) -> None:
    """One that somebody put there, and one that somebody has changed since."""
    path = municipality / HOME / "moves.csv"
    if mine:
        path.parent.mkdir(parents=True)
    else:
        box.write_files(municipality)
    path.write_text("mine", "utf-8")
    with pytest.raises(SandboxError, match="was not written by a sandbox"):
        box.write_files(municipality)

    assert "mine" == path.read_text("utf-8")


def test_a_stack_without_files_gets_none(box: Sandbox, municipality: Path) -> None:
    """Nothing is made for services alone."""
    (municipality / "stack.toml").write_text('[DigitalPost]\nconnector = "sf1601"\n', "utf-8")

    assert [] == list(box.write_files(municipality))
    assert not (municipality / "environments").exists()


def test_paper_of_sf1601_goes_to_the_sandboxs_outbox_too(box: Sandbox, municipality: Path) -> None:
    """The print room gets no letter to somebody invented."""
    (municipality / "stack.toml").write_text(
        '[DigitalPost]\nconnector = "sf1601"\nsettings = { physical_outbox = "outbox" }\n', "utf-8"
    )
    made = box.write_files(municipality)
    stack = tomllib.loads(box.write_environment(municipality, files=True).read_text("utf-8"))

    assert [municipality / "environments/sandbox/outbox"] == list(made)
    assert "environments/sandbox/outbox" == stack["DigitalPost"]["settings"]["physical_outbox"]
    assert box.url == stack["DigitalPost"]["settings"]["url"]


@pytest.mark.parametrize("broken", ['encoding = "utf-99"', 'delimiter = ";;"'])
def test_a_layout_that_nobody_can_write(box: Sandbox, municipality: Path, broken: str) -> None:
    """Named with the command that says more."""
    text = STACK.replace('encoding = "cp1252"', broken)
    (municipality / "stack.toml").write_text(text, "utf-8")
    with pytest.raises(SandboxError, match="register-extract") as caught:
        box.write_files(municipality)

    assert "config check" in caught.value.remedy
