"""What the wheel says about the bot before it runs: capabilities, steps, record, settings."""

import tomllib
from pathlib import Path

import pytest

import welcome_letters
from rpa_commons.capabilities import DigitalPost, PopulationEvents, PopulationRegister
from rpa_commons.sdk import capabilities_of, payload_type_of, settings_type_of, steps_of
from welcome_letters import Arrival, Settings, WelcomeLetters

PLUGIN = Path(__file__).parent.parent


def test_the_plugin_ships_one_bot() -> None:
    """The entry point's module answers the hook with the bot."""
    assert list(welcome_letters.rpac_bots()) == [WelcomeLetters]


def test_the_entry_point_is_in_the_group_of_rpa_commons() -> None:
    """The wheel is found under the group and by the name of the bot."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["rpa_commons"] == {WelcomeLetters.name: "welcome_letters"}
    assert project["name"] == WelcomeLetters.name


def test_the_bot_asks_for_three_capabilities() -> None:
    """Moves, persons and post; nothing else is injected."""
    assert capabilities_of(WelcomeLetters) == {
        "events": PopulationEvents,
        "population": PopulationRegister,
        "post": DigitalPost,
    }


def test_settings_and_payload_are_found() -> None:
    """The runtime reads both from the annotations."""
    assert settings_type_of(WelcomeLetters) is Settings
    assert payload_type_of(WelcomeLetters) is Arrival


def test_the_steps_and_their_arguments_are_a_promise() -> None:
    """Municipalities wrap these: a changed name or argument breaks their hooks and is a new major version."""
    steps = {name: list(signature.parameters) for name, signature in steps_of(WelcomeLetters).items()}

    assert steps == {
        "choose_template": ["person", "move", "children"],
        "compose": ["person", "template", "move", "closing", "together"],
    }


def test_a_move_is_greeted_once_per_municipality() -> None:
    """A second instance of the bot in the same municipality does not greet the same move again."""
    assert WelcomeLetters.unique == "municipality"


def test_the_record_says_what_is_not_settled() -> None:
    """The legal basis names what we can support, and who confirms the rest."""
    record = WelcomeLetters.record

    assert record.kle == ("00.14.00",)
    assert record.decisions.kind == "none"
    assert record.ai.role == "none"
    assert any("to be confirmed by the municipality's DPO" in one for one in record.legal_basis)


def test_the_record_says_where_printed_letters_lie() -> None:
    """What is said on keeping holds for a letter on paper too: its PDF lies in a folder until removed."""
    retention = WelcomeLetters.record.retention

    assert "no copy of a letter that Digital Post took" in retention
    assert "in the outbox folder" in retention
    assert "until whoever prints it removes it" in retention


def test_the_benefit_says_that_it_is_an_estimate() -> None:
    """Nobody takes the minutes for a measurement."""
    assert WelcomeLetters.benefit.method.startswith("Estimate, not measured")


PROPERTIES = Settings.model_json_schema()["properties"]


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_every_setting_is_described(name: str) -> None:
    """Each setting has a description, each number a unit and bounds."""
    field = PROPERTIES[name]

    assert field["description"]
    if field.get("type") == "integer":
        assert {"unit", "minimum", "maximum"} <= field.keys()


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_every_setting_stands_in_the_readme_with_its_default(name: str) -> None:
    """The README's table is complete and says the default that the code has."""
    readme = (PLUGIN / "README.md").read_text("utf-8").splitlines()
    rows = [line for line in readme if line.startswith(f"| `{name}`")]
    default = PROPERTIES[name].get("default")

    assert len(rows) == 1
    if not isinstance(default, dict):
        assert str(default) in rows[0]
