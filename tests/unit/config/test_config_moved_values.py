"""A change that moves values nobody named says so: a baseline, a profile, a connector, an environment."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli import _main
from rpa_commons.editing import Change, EditRequest, EditTools, edit
from rpa_commons.environments import NotInstalledError

if TYPE_CHECKING:
    from conftest import Town

ALONE = 'baseline = "../baseline"\n'


def _edit(town: "Town", key: str, value: str = "", *, instance: str | None = None, **rest: Any) -> Change:
    manifest_of = rest.pop("manifest_of", town.manifest_of)
    tools = EditTools(lambda _: manifest_of, town.connectors)
    return edit(EditRequest(town.folder, key, instance, value, **rest), tools, write=False)


def _without_baseline(town: "Town") -> None:
    path = town.folder / "municipality.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(ALONE, ""), encoding="utf-8")


def test_a_baseline_names_every_value_that_it_moves(town: "Town") -> None:
    """The line that was asked for is one of three that change: each with what was, is, and where."""
    _without_baseline(town)
    town.write("../baseline/stack.toml", "[PopulationRegister.settings]\ntimeout = 90\n")
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 21\nmode = 'fast'\n")
    change = _edit(town, "municipality.baseline", "../baseline")

    bot = "welcome-letters: window_days: was 10 (welcome-letters 1.0.0 Settings.window_days)"
    stack = "stack.PopulationRegister.settings.timeout: was 30 (sf1520 Settings.timeout)"

    assert [
        f"{bot}, is 21 (../baseline/bots/welcome-letters.toml:2)",
        f"{stack}, is 90 (../baseline/stack.toml:2)",
    ] == [one.text for one in change.others]


def test_taking_the_baseline_out_names_them_too(town: "Town") -> None:
    """What the baseline gave is the bot's own again."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 21\n")
    [other] = _edit(town, "municipality.baseline", how="unset").others

    assert ("welcome-letters", "window_days", "") == (other.instance, other.key, other.environment)
    assert (21, 10) == (other.was and other.was.value, other.now and other.now.value)


def test_a_profile_names_what_it_brings(town: "Town") -> None:
    """``stack.profiles`` moves settings of connectors and of bots."""
    town.write("../baseline/profiles/slow/stack.toml", "[PopulationRegister.settings]\ntimeout = 5\n")
    [other] = _edit(town, "stack.profiles", '["slow"]').others

    assert "stack.PopulationRegister.settings.timeout" == other.key
    assert other.now is not None
    assert "profile slow" == other.now.origin.layer  # type: ignore[union-attr]


def test_another_environment_names_what_holds_there(town: "Town") -> None:
    """The environment's own files win from now on."""
    town.write("environments/sandbox/bots/welcome-letters.toml", "[settings]\nwindow_days = 3\n")
    change = _edit(town, "municipality.environment", "sandbox")

    assert ["window_days"] == [one.key for one in change.others]


def test_a_difference_in_another_environment_only_is_named_with_it(town: "Town") -> None:
    """What the active environment overrides moves in production all the same."""
    town.write("environments/test/bots/welcome-letters.toml", "[settings]\nwindow_days = 3\n")
    (town.folder / "environments/production").mkdir(parents=True)
    town.write("../baseline/profiles/slow/bots/welcome-letters.toml", "[settings]\nwindow_days = 30\n")
    [other] = _edit(town, "stack.profiles", '["slow"]').others

    assert ("window_days", "production") == (other.key, other.environment)
    assert " [production]: was 10" in other.text


def test_a_hidden_value_stays_hidden(town: "Town") -> None:
    """Whose it is changes; what it is, nobody reads."""
    town.write("bots/welcome-letters.toml", town.folder.joinpath("bots/welcome-letters.toml").read_text())
    town.write("../baseline/profiles/p/bots/welcome-letters.toml", "[settings]\ncontact = 'Secret Name'\n")
    bare = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/welcome-letters.toml", bare.replace('contact = "Sigrun"\n', ""))
    [other] = [one for one in _edit(town, "stack.profiles", '["p"]').others if one.key == "contact"]

    assert "contact: was not set, is …" in other.text
    assert "Secret Name" not in json.dumps(other.to_json())


def test_a_value_that_stays_is_not_named(town: "Town") -> None:
    """The municipality's own word wins over the baseline's: nothing moves; nor do moved lines count."""
    _without_baseline(town)
    town.settings("window_days = 14")
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 21\n")

    assert () == _edit(town, "municipality.baseline", "../baseline").others
    assert () == _edit(town, "municipality.letterhead.phone", "1").others
    assert () == _edit(town, "window_days", "15", instance="welcome-letters").others


def test_mending_a_folder_that_could_not_be_opened_moves_nothing(town: "Town") -> None:
    """What was not read before is not called another, or the first line filled in would list everything."""
    path = town.folder / "municipality.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('cvr = "29189404"\n', ""), encoding="utf-8")
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 21\n")
    town.write("../baseline/letters/welcome-letters/adults.md.j2", "x")
    change = _edit(town, "municipality.cvr", "29189404")

    assert ((), ()) == (change.others, change.notes)


def test_of_a_bot_that_is_not_installed_the_stack_is_named(town: "Town") -> None:
    """Nobody knows what it asks for, so every capability that is served is looked at."""
    _without_baseline(town)
    town.write("../baseline/stack.toml", '[DigitalPost]\nconnector = "sf1601"\nsettings.folder = "o"\n')

    def no_bot(bot: str) -> Any:
        raise NotInstalledError(bot)

    change = _edit(town, "municipality.baseline", "../baseline", manifest_of=no_bot)

    assert ["stack.DigitalPost.connector", "stack.DigitalPost.settings.folder"] == [
        one.key for one in change.others
    ]
    assert () == _edit(town, "municipality.baseline", "../baseline").others, "no bot asks for it"


def test_the_words_of_letters_are_named(town: "Town") -> None:
    """A baseline's template takes the place of the bot's."""
    _without_baseline(town)
    town.write("../baseline/letters/welcome-letters/adults.md.j2", "x")
    notes = _edit(town, "municipality.baseline", "../baseline").notes

    assert 1 == len(notes)
    assert "welcome-letters: the words of the letter adults.md.j2 come from" in notes[0]


@pytest.mark.usefixtures("installed")
def test_text_and_json_show_them(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """``--dry-run`` shows what writing would move; a program reads key, values and places."""
    monkeypatch.setenv("REGISTER_PASSWORD", "hunter2")
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 21\n")
    words = ["-C", "roskilde", "config", "unset", "municipality.baseline", "--dry-run"]
    text = CliRunner().invoke(_main.cli, words, standalone_mode=False).stdout
    document = json.loads(CliRunner().invoke(_main.cli, [*words, "--json"], standalone_mode=False).stdout)

    assert "1 other value changes with it:\n  welcome-letters: window_days: was 21 (" in text
    assert ["window_days"] == [one["key"] for one in document["others"]]
    assert 10 == document["others"][0]["after"]["value"]
    assert "bot default" == document["others"][0]["after"]["layer"]
