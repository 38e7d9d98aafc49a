"""``rpac access``: what a real system takes to be let in, for built-in connectors and those of wheels."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli.access import access
from rpa_commons.connectors import built_in_names
from rpa_commons.environments import NoSuchAccessError, _connector_access, access_of
from rpa_commons.manifest import Access, ConnectorEntry, Rung


def run(*words: str, directory: Path = Path()) -> Result:
    """The command with these words, as ``rpac`` calls it."""
    return CliRunner().invoke(access, list(words), obj=directory, standalone_mode=False)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that is no municipality's."""
    return tmp_path


def test_without_a_capability_every_connector_is_listed(elsewhere: Path) -> None:
    """A line each, with how near the real system it was tried: simulator only shows."""
    lines = run(directory=elsewhere).stdout.splitlines()

    assert set(built_in_names()) == {line.split()[1] for line in lines}
    assert [line for line in lines if line.endswith("sf1520            simulator only")]


def test_a_capability_shows_what_its_connectors_take(elsewhere: Path) -> None:
    """Agreements, certificate, who signs, numbered steps of the test, the ladder with its empty rungs."""
    text = run("PopulationRegister", directory=elsewhere).stdout

    assert "register-extract (PopulationRegister): simulator only" in text
    part = text[text.index("sf1520 (PopulationRegister)") :]
    for heading in ("agreements", "certificate", "who signs", "test the connection", "not public", "sources"):
        assert f"\n  {heading}\n" in part
    assert "\n    1. Call the platform's demo service" in part
    assert "\n    [x] schema: KOMBIT's contract" in part
    assert "\n    [ ] official test environment\n    [ ] production\n" in part
    assert "\n    https://digitaliseringskataloget.dk/integration/sf1520\n" in part
    assert all(len(line) <= 100 for line in text.splitlines())


def test_one_connector_can_be_asked_for(elsewhere: Path) -> None:
    """Also without its capability; the capability may be written in any case."""
    alone = run("--connector", "sf1520", directory=elsewhere).stdout

    assert alone.startswith("sf1520 (PopulationRegister): ")
    assert "register-extract" not in alone
    assert alone == run("populationregister", "--connector", "sf1520", directory=elsewhere).stdout


def test_json_says_the_same(elsewhere: Path) -> None:
    """The whole of it, for other programs."""
    found = json.loads(run("PopulationRegister", "--json", directory=elsewhere).stdout)

    assert ["register-extract", "sf1520"] == [one["connector"] for one in found]
    assert "simulator only" == found[1]["standing"]
    assert {"schema", "simulator"} == {rung["level"] for rung in found[1]["verified"]}
    assert found[1]["access"]["test"]
    assert found[1]["wheel"] is None


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("PopulationRegistr",), "did you mean 'PopulationRegister'?"),
        (("sf1520",), "sf1520 is a connector: rpac access PopulationRegister --connector sf1520"),
        (("Zzz",), "the capabilities are "),
        (("PopulationRegister", "--connector", "sf1521"), "did you mean 'sf1520'?"),
        (("PopulationRegister", "--connector", "zzz"), "the connectors are register-extract, sf1520"),
    ],
)
def test_an_unknown_name_is_guessed_at(elsewhere: Path, words: tuple[str, ...], remedy: str) -> None:
    """With exit code 2, as for a wrong command line."""
    error = run(*words, directory=elsewhere).exception

    assert isinstance(error, NoSuchAccessError)
    assert remedy in error.remedy
    assert 2 == error.exit_code


ENTRY: dict[str, Any] = {
    "name": "far-register",
    "summary": "A register far away.",
    "entry": "far:Register",
    "capability": "PopulationRegister",
    "version": "1.0",
    "settings_schema": {},
    "verified": (Rung(level="production", where="Roskilde", date=date(2027, 1, 2), note="one bot"),),
}
ACCESS = Access(certificate="A key.", signed_by=("You.",), test=("Ask.",))


@pytest.fixture
def municipality(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A municipality that has two connectors from one wheel; one of them does not say what it takes."""
    entries = (
        ConnectorEntry(**ENTRY, access=ACCESS),
        ConnectorEntry(**{**ENTRY, "name": "silent-register", "verified": ()}),
    )
    lock = SimpleNamespace(connectors=(SimpleNamespace(name="connector-far", version="1.2.3"),))
    manifest = SimpleNamespace(connectors=entries)
    monkeypatch.setattr(_connector_access, "read_lock", lambda _folder: lock)
    monkeypatch.setattr(_connector_access, "connector_manifest", lambda _record, _store: manifest)
    return SimpleNamespace(folder=tmp_path, state_dir=tmp_path / "state")


def test_connectors_of_installed_wheels_are_among_them(municipality: Any) -> None:
    """By their manifest, with the wheel's name and version; nothing of it is imported."""
    found = {one.name: one for one in access_of(municipality, "PopulationRegister")}

    assert ["far-register", "register-extract", "sf1520", "silent-register"] == sorted(found)
    assert "connector-far 1.2.3" == found["far-register"].wheel
    assert "production at Roskilde" == found["far-register"].to_json()["standing"]


def test_the_command_asks_the_municipality_it_stands_in(
    municipality: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A wheel that does not say what it takes is told as that."""
    (tmp_path / "municipality.toml").touch()
    monkeypatch.setattr("rpa_commons.config.open_municipality", lambda _folder, **_: municipality)

    text = run("PopulationRegister", directory=tmp_path).stdout

    assert "far-register (PopulationRegister, of connector-far 1.2.3): production at Roskilde" in text
    assert "    [x] production: Roskilde, 2027-01-02: one bot" in text
    assert "silent-register (PopulationRegister, of connector-far 1.2.3): not verified" in text
    assert "its wheel does not say what it takes; ask its author" in text


def test_a_capability_nobody_implements_is_said(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no mistake: the connector may be found in the registry."""
    monkeypatch.setattr(_connector_access, "built_in_names", frozenset)

    text = run("PopulationRegister", directory=elsewhere).stdout

    assert "no connector of PopulationRegister is built in or installed here" in text
