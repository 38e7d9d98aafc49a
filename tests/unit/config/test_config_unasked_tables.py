"""Tables of the stack that no bot asks for: wrong ones are findings, right ones are named."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli import _main
from rpa_commons.config import Checked, Finding, check_municipality

if TYPE_CHECKING:
    from conftest import Town

RIGHT = '[DigitalPost]\nconnector = "sf1601"\nsettings.folder = "out"\n'


def checked(town: "Town") -> Checked:
    """The whole municipality, checked."""
    return check_municipality(town.open(), town.manifest_of, connectors=town.connectors)


def found(town: "Town", table: str) -> list[Finding]:
    """What a check finds with a further table in the stack; its first line is the sixth."""
    text = (town.folder / "stack.toml").read_text("utf-8")
    town.write("stack.toml", f"{text}{table}")
    return [one for one in checked(town).findings if one.code != "E402"]


@pytest.mark.parametrize(
    ("table", "code", "key", "line", "help_text"),
    [
        (RIGHT + "settings.foldr = 3\n", "E101", "settings.foldr", 8, "did you mean"),
        (RIGHT.replace('"out"', "3"), "E201", "settings.folder", 7, ""),
        ('[DigitalPost]\nconnector = "sf1601"\n', "E102", "settings.folder", 5, "set it"),
        ("[DigitalPost.settings]\nfolder = 'out'\n", "E102", "connector", 5, "set it"),
        (RIGHT.replace("sf1601", "sf1520"), "E603", "connector", 6, "connectors for DigitalPost: sf1601"),
    ],
)
def test_a_table_that_no_bot_uses_is_checked(
    town: "Town", table: str, code: str, key: str, line: int, help_text: str
) -> None:
    """As if a bot used it: the code, the key, file and line, what to do."""
    findings = [one for one in found(town, table) if one.code == code]

    assert [(f"stack.DigitalPost.{key}", f"roskilde/stack.toml:{line}")] == [
        (one.key, one.place) for one in findings
    ]
    assert help_text in findings[0].help


def test_settings_of_another_connector_are_found(town: "Town") -> None:
    """What stands below the table belongs to a connector that was there before."""
    table = '[DigitalPost]\nconnector = "sf1601"\nsettings.url = "https://x"\nsettings.folder = "out"\n'

    assert ["stack.DigitalPost.settings.url"] == [one.key for one in found(town, table)]


def test_a_misspelt_capability_is_guessed(town: "Town") -> None:
    """E101 in its line, and not one more finding about it."""
    [finding] = found(town, '[DigitalPst]\nconnector = "sf1601"\nsettings.folder = "out"\n')

    assert ("E101", "stack.DigitalPst", "roskilde/stack.toml:5") == (finding.code, finding.key, finding.place)
    assert "did you mean DigitalPost?" == finding.help


def test_a_capability_like_no_other_is_told_by_its_connector(town: "Town") -> None:
    """The connector is known, so what it serves is what was meant."""
    [finding] = found(town, '[Xyz]\nconnector = "sf1601"\nsettings.folder = "out"\n')

    assert ("E101", "did you mean DigitalPost?") == (finding.code, finding.help)


def test_a_misspelt_table_that_a_bot_misses_is_told_once(town: "Town") -> None:
    """The bot's own finding guesses it already."""
    text = (town.folder / "stack.toml").read_text("utf-8")
    town.write("stack.toml", text.replace("[PopulationRegister]", "[PopulationRegistre]"))

    assert ["E601"] == [one.code for one in checked(town).findings]


def test_what_only_the_cooperation_says_is_left_to_it(town: "Town") -> None:
    """Other members may use it, with the keys that are missing here."""
    town.write("../baseline/stack.toml", '[DigitalPost]\nconnector = "sf1601"\n')

    assert [] == found(town, "")
    assert () == checked(town).unasked


def test_the_cooperations_part_counts_where_the_municipality_says_the_rest(town: "Town") -> None:
    """All layers together are checked."""
    town.write("../baseline/stack.toml", '[DigitalPost]\nconnector = "sf1601"\n')

    assert [] == found(town, '[DigitalPost]\nsettings.folder = "out"\n')


def test_only_named_instances_are_looked_at(town: "Town") -> None:
    """Who asks about one instance is told nothing of the rest of the stack."""
    found(town, '[DigitalPost]\nconnector = "sf1601"\n')
    one = check_municipality(
        town.open(), town.manifest_of, connectors=town.connectors, names=("welcome-letters",)
    )

    assert {"E402"} >= {finding.code for finding in one.findings}
    assert () == one.unasked


def rpac(*words: str) -> Any:
    """A command of the configuration."""
    return CliRunner().invoke(_main.cli, ["-C", "roskilde", "config", *words], standalone_mode=False)


@pytest.fixture
def unused(town: "Town", installed: None, monkeypatch: pytest.MonkeyPatch) -> "Town":
    """A right table that no bot uses."""
    monkeypatch.setenv("REGISTER_PASSWORD", "x")
    found(town, RIGHT)
    return town


@pytest.mark.usefixtures("unused")
def test_a_check_names_what_no_bot_uses() -> None:
    """It is no error; JSON has it too."""
    result = rpac("check")
    document = json.loads(rpac("check", "--json").stdout)

    assert 0 == result.return_value
    assert "\nnot used: no bot here uses DigitalPost (stack.toml:5)\n" in result.stdout
    assert [("DigitalPost", "stack.toml:5")] == [
        (one["capability"], one["place"]) for one in document["unused"]
    ]


@pytest.mark.usefixtures("unused")
def test_a_key_that_no_bot_uses_is_explained() -> None:
    """Beside the word that nobody uses it; a misspelt one is guessed among its own."""
    result = rpac("explain", "stack.DigitalPost.settings.folder")
    document = json.loads(rpac("explain", "stack.DigitalPost", "--json").stdout)
    named = rpac("explain", "welcome-letters", "stack.DigitalPost.settings.folder")
    wrong = rpac("explain", "stack.DigitalPost.settings.foldr")

    assert result.stdout.startswith(
        "# stack.toml: no bot instance here uses DigitalPost\n\nstack.DigitalPost.settings.folder = "
    )
    assert {"stack.DigitalPost.connector", "stack.DigitalPost.settings.folder"} <= {
        one["key"] for one in document["stack.toml"]
    }
    assert named.stdout.startswith("# stack.toml: welcome-letters does not use DigitalPost\n")
    assert "did you mean stack.DigitalPost.settings.folder?" == wrong.exception.remedy


@pytest.mark.usefixtures("unused")
def test_a_capability_without_a_table_is_told() -> None:
    """The remedy does not guess a key of another one."""
    result = rpac("explain", "stack.CaseSystem.settings.folder")

    assert (
        "no bot instance here uses CaseSystem, and stack.toml has no table [CaseSystem]"
        == result.exception.remedy
    )


def test_a_table_that_no_bot_uses_may_be_filled_key_by_key(town: "Town", installed: None) -> None:
    """The first key is written though others are missing."""
    result = rpac("set", "stack.DigitalPost.connector", "sf1601")

    assert not isinstance(result.exception, BaseException), result.exception
    assert 'connector = "sf1601"' in (town.folder / "stack.toml").read_text("utf-8")


def test_before_the_first_bot_a_table_is_explained(town: "Town", installed: None) -> None:
    """The stack is there, and no instance asks for anything."""
    found(town, RIGHT)
    (town.folder / "bots" / "welcome-letters.toml").unlink()
    result = rpac("explain", "stack.DigitalPost.settings.folder")

    assert result.stdout.startswith("# stack.toml: no bot instance here uses DigitalPost\n")
