from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import open_municipality
from rpa_commons.manifest import Manifest, StepEntry, TemplateEntry
from rpa_commons.sharing import (
    ConfigDiff,
    DiffEntry,
    DiffSide,
    DiffValue,
    NoSuchMemberError,
    diff_baseline,
    diff_locked,
    diff_sides,
    find_member,
    open_member,
    publish,
    write_published,
)

if TYPE_CHECKING:
    from conftest import Town

    from rpa_commons.config import MunicipalityFolder


@pytest.fixture
def other(town: "Town") -> Path:
    """A second municipality beside the first, with the same configuration under another id."""
    folder = town.folder.parent / "hvidovre"
    for name in ("municipality.toml", "stack.toml", "bots/welcome-letters.toml"):
        text = (town.folder / name).read_text(encoding="utf-8").replace("9a10", "9a11")
        town.write(f"../hvidovre/{name}", text.replace('name = "Roskilde"', 'name = "Hvidovre"'))
    return folder


def _side(town: "Town", folder: Path | None = None, manifest_of: Any = None) -> DiffSide:
    def of(_: "MunicipalityFolder") -> Any:
        return manifest_of or town.manifest_of

    with open_member(folder or town.folder, baseline=town.folder.parent / "baseline") as member:
        return DiffSide.of(member, of, town.connectors)


def _diff(town: "Town", other: Path, **options: Any) -> ConfigDiff:
    return diff_sides(_side(town), _side(town, other), **options)


def _entries(diff: ConfigDiff) -> dict[str, DiffEntry]:
    return {entry.key: entry for one in diff.instances for entry in one.entries}


def test_two_equal_configurations_differ_in_nothing(town: "Town", other: Path) -> None:
    """Not even the id counts: it differs by what it is."""
    found = _diff(town, other)

    assert ("Roskilde", "Hvidovre", True) == (found.left, found.right, found.is_equal)
    assert {} == _entries(found)


def test_a_value_that_differs_is_shown_with_both_places(town: "Town", other: Path) -> None:
    """The setting, each side's value, each side's line; a default is a place too."""
    town.settings("window_days = 14")

    assert {
        "window_days": DiffEntry(
            "window_days",
            DiffValue(14, "bots/welcome-letters.toml:5"),
            DiffValue(10, "welcome-letters 1.0.0 Settings.window_days"),
            differs=True,
        )
    } == _entries(_diff(town, other))


def test_hidden_values_differ_without_being_shown(town: "Town", other: Path) -> None:
    """A personal value is compared as it is and shown as an ellipsis."""
    text = (other / "bots/welcome-letters.toml").read_text(encoding="utf-8").replace("Sigrun", "Jens")
    town.write("../hvidovre/bots/welcome-letters.toml", text)
    entry = _entries(_diff(town, other))["contact"]

    assert entry.differs
    assert ("…", "…") == (entry.left and entry.left.value, entry.right and entry.right.value)


def test_differences_of_the_stack_are_shown(town: "Town", other: Path) -> None:
    """Another connector is one line; the settings that only one of the two has are shown when asked for."""
    town.write(
        "../hvidovre/stack.toml",
        '[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "in"\n',
    )
    few, found = _diff(town, other), _entries(_diff(town, other, everything=True))
    connector = found["stack.PopulationRegister.connector"]

    assert connector.left is not None
    assert connector.right is not None
    assert ("sf1520", "register-extract") == (connector.left.value, connector.right.value)
    assert found["stack.PopulationRegister.settings.url"].right is None
    assert found["stack.PopulationRegister.settings.folder"].left is None
    assert ["stack.PopulationRegister.connector"] == list(_entries(few))
    assert (
        {"PopulationRegister": 3} == few.instances[0].passed_over == few.instances[0].to_json()["passed_over"]
    )


def test_everything_shows_equal_values_too(town: "Town", other: Path) -> None:
    """With all of them, what does not differ says so."""
    found = _entries(_diff(town, other, everything=True))

    assert not found["window_days"].differs
    assert "mode" in found


def test_instances_are_paired_by_bot_then_by_name(town: "Town", other: Path) -> None:
    """The only instance of a bot on each side is a pair whatever it is called; others need the same name."""
    (other / "bots/welcome-letters.toml").rename(other / "bots/hello.toml")
    one = _diff(town, other)
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/second.toml", text.replace("9a10", "9a12"))
    two = _diff(town, other)

    assert [("welcome-letters", "hello")] == [(pair.left, pair.right) for pair in one.instances]
    assert ((), ("second", "welcome-letters"), ("hello",)) == (two.instances, two.only_left, two.only_right)


def test_one_instance_can_be_asked_for(town: "Town", other: Path) -> None:
    """By the name it has on either side."""
    for folder in ("", "../hvidovre/"):
        text = (town.folder / f"{folder}bots/welcome-letters.toml").read_text(encoding="utf-8")
        town.write(f"{folder}bots/second.toml", text.replace("9a1", "9b1") + "window_days = 3\n")

    assert ["second"] == [one.left for one in _diff(town, other, only="second").instances]


def test_blocks_and_steps_that_only_one_changes_are_named(town: "Town", other: Path) -> None:
    """An overridden block of a letter and a wrapped step, by name."""
    town.manifest = town.manifest.model_copy(
        update={
            "templates": (TemplateEntry(name="families", blocks={"school": "a" * 64}),),
            "steps": (StepEntry(name="compose", arguments=(), description="Writes."),),
        }
    )
    town.write("letters/welcome-letters/families.md.j2", "{% block school %}x{% endblock %}")
    town.write(
        "../hvidovre/hooks/welcome_letters.py",
        "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n",
    )
    [found] = _diff(town, other).instances

    assert (("families.school",), (), (), ("compose",)) == (
        found.left_blocks,
        found.right_blocks,
        found.left_steps,
        found.right_steps,
    )


def test_a_side_without_the_bot_is_read_as_the_other_runs_it(town: "Town", other: Path) -> None:
    """It is said, for another version may know other settings."""

    def nowhere(bot: str) -> Manifest:
        raise RpaCommonsError(f"{bot} is not installed", remedy="")

    town.settings("window_days = 14")
    found = diff_sides(_side(town), _side(town, other, nowhere))
    neither = diff_sides(_side(town, None, nowhere), _side(town, other, nowhere))

    assert "window_days" in _entries(found)
    assert ("welcome-letters is not installed for Hvidovre: read as welcome-letters 1.0.0",) == found.notes
    assert ("welcome-letters: nothing is compared, since welcome-letters is not installed",) == neither.notes
    assert not neither.is_equal


def test_the_baseline_is_compared_without_ones_own_layers(town: "Town") -> None:
    """What the municipality says differently from its cooperation, and nothing that it repeats."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\nwindow_days = 12\nmode = "slow"\n')
    town.settings("window_days = 14", 'mode = "slow"')
    found = diff_baseline(_side(town))
    entry = _entries(found)["window_days"]

    assert "DIGIT baseline 2026.1" == found.right
    assert DiffValue(12, "../baseline/bots/welcome-letters.toml:2") == entry.right
    assert "mode" not in _entries(found)


def test_the_lock_tells_what_changed_since(town: "Town") -> None:
    """A changed value, a new one, one that is gone, and one that comes from elsewhere now."""
    town.settings("window_days = 14", 'mode = "slow"')
    then = {
        "window_days": ("old", "default"),
        "gone": ("x", "municipality"),
        "mode": ("same", "baseline"),
        "contact": ("", "municipality"),
    }
    now = {
        "window_days": ("new", "municipality"),
        "sender": ("y", "default"),
        "mode": ("same", "municipality"),
        "contact": ("", "municipality"),
    }
    found = _entries(diff_locked(_side(town), {"welcome-letters": then}, {"welcome-letters": now}))

    assert ["gone", "mode", "sender", "window_days"] == sorted(found)
    assert (True, DiffValue("…", "default")) == (found["window_days"].differs, found["window_days"].right)
    assert (False, DiffValue("slow", "baseline")) == (found["mode"].differs, found["mode"].right)
    assert None is found["gone"].left
    assert None is found["sender"].right


def test_an_instance_that_the_lock_does_not_know_is_said(town: "Town") -> None:
    """Nothing is called equal that was never recorded."""
    found = diff_locked(_side(town), {}, {})

    assert ("rpac.lock records nothing of welcome-letters: install its bot again to have it recorded",) == (
        found.notes
    )


def test_a_published_member_can_be_compared(town: "Town", other: Path, tmp_path: Path) -> None:
    """What it withholds is neither equal nor different: nobody can tell."""
    text = (other / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("../hvidovre/bots/welcome-letters.toml", text + "window_days = 3\n")
    town.write("../hvidovre/environments/production/bots/welcome-letters.toml", "[settings]\nlimit = 9\n")
    municipality = open_municipality(other, environment="production")
    published = publish(
        municipality, town.manifest_of, connectors=town.connectors, without=("limit",), today=date(2026, 1, 1)
    )
    found = _entries(_diff(town, write_published(published, tmp_path / "members")))

    assert DiffValue("…", "withheld") == found["contact"].right
    assert (True, False) == (found["limit"].unknown, found["limit"].differs)
    assert found["window_days"].differs


def test_a_municipality_is_found_by_path_folder_and_name(town: "Town", other: Path, tmp_path: Path) -> None:
    """As people say it: the folder, its name beside this one, or the municipality's own name."""
    for word in (str(other), "hvidovre", "Hvidovre", "HVIDOVRE"):
        assert other == find_member(word, town.folder)

    with pytest.raises(NoSuchMemberError) as caught:
        find_member("Hvidover", town.folder)

    assert "did you mean hvidovre?" == caught.value.remedy


def test_a_comparison_is_json(town: "Town", other: Path) -> None:
    """Keys, values and origins by name."""
    town.settings("window_days = 14")
    [entry] = _diff(town, other).to_json()["instances"][0]["entries"]

    assert {"value": 14, "origin": "bots/welcome-letters.toml:5"} == entry["left"]
    assert entry["differs"] is True
