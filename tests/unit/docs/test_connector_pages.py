"""Every connector has a page, and what it says of access and verification is what the class says."""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from rpa_commons.connectors import Access, Rung, built_in_names, load, standing, standing_at

DOCS = Path(__file__).parents[3] / "docs"
WHEELS = ("kmd-nova", "getorganized")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the marked parts."""
    spec = importlib.util.spec_from_file_location("generate_connectors", DOCS / "generate_connectors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted((*built_in_names(), *WHEELS)))
def test_the_page_says_what_the_class_says(script: ModuleType, name: str) -> None:
    """After a change ``python docs/generate_connectors.py`` brings the page to the class."""
    text = (script.FOLDER / f"{name}.md").read_text("utf-8")

    assert f"<!-- access: {name} -->\n" in text
    assert script.page(text) == text


@pytest.mark.parametrize("name", sorted((*built_in_names(), *WHEELS)))
def test_the_words_around_it_are_there(script: ModuleType, name: str) -> None:
    """A page has the connector's name, its settings, and what happens when the system fails."""
    text = (script.FOLDER / f"{name}.md").read_text("utf-8")

    assert text.startswith(f"# {name}\n")
    assert "ettings" in text
    assert any(word in text for word in ("fail", "refuse", "broken", "cannot"))


def test_the_table_has_every_connector(script: ModuleType) -> None:
    """Its row says how near the real system it was tried."""
    text = script.TABLE.read_text("utf-8")

    assert script.table(text) == text
    for name, connector in script.connectors().items():
        assert f"| [{name}](connectors/{name}.md) | {standing(connector.verified)} |" in text


def test_every_page_is_a_connectors(script: ModuleType) -> None:
    """A page of a connector that is gone would promise something."""
    assert {path.stem for path in script.FOLDER.glob("*.md")} == set(script.connectors())


def test_a_change_of_the_class_changes_the_page(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another step and another rung stand in the page."""
    text = (script.FOLDER / "sf1520.md").read_text("utf-8")
    access = Access(
        certificate="a | b", signed_by=("You.",), test=("Call https://example.org/x. Then wait.",)
    )
    rungs = (Rung(level="production", where="Roskilde", date=date(2027, 1, 2), note="one bot."),)
    one = type("One", (), {"access": access, "verified": rungs})
    monkeypatch.setattr(script, "connectors", lambda: {"sf1520": one})

    changed = script.page(text)

    assert "1. Call <https://example.org/x>. Then wait." in changed
    assert "| certificate or secret | a \\| b |" in changed
    assert "| production | Roskilde: one bot | 2027-01-02 |" in changed
    assert "**Production at roskilde.**" not in changed
    assert "**Production at Roskilde.**" in changed


def test_a_mark_without_a_connector_is_an_error(script: ModuleType) -> None:
    """A slip in a name does not leave an empty part."""
    with pytest.raises(SystemExit, match="there is no connector 'sf1250'"):
        script.page("<!-- access: sf1250 -->\n<!-- /access -->\n")


@pytest.mark.parametrize("name", sorted(built_in_names()))
def test_every_built_in_says_what_it_takes(name: str) -> None:
    """What it takes to be let in, and at least one rung it has stood on."""
    connector = load(name)
    access, verified = getattr(connector, "access", None), getattr(connector, "verified", ())

    assert isinstance(access, Access)
    assert verified
    assert all(isinstance(rung, Rung) for rung in verified)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ((), "not verified"),
        (("schema",), "schema only"),
        (("schema", "simulator"), "simulator only"),
        (("simulator", "official-test"), "official test environment"),
        (("production", "simulator", "production"), "production at place 0, place 2"),
    ],
)
def test_the_highest_rung_counts(levels: tuple[str, ...], words: str) -> None:
    """Simulator only shows as that, production with its places."""
    rungs = [
        Rung.model_validate({"level": level, "where": f"place {number}", "date": date(2026, 11, 22)})
        for number, level in enumerate(levels)
    ]

    assert words == standing(rungs)


@pytest.mark.parametrize(
    ("level", "words"),
    [("simulator", "simulator only"), ("production", "production"), ("audited", "audited")],
)
def test_a_level_is_said_in_the_same_words(level: str, words: str) -> None:
    """What a registry lists says simulator only, too; a level of a newer registry stays as it is called."""
    assert words == standing_at(level)
