from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import Manifest, StepEntry, TemplateEntry
from rpa_commons.sdk import BotSettings, Field, table
from rpa_commons.sharing import (
    ConfigDiff,
    DiffSide,
    NoSuchInstanceError,
    diff_baseline,
    diff_locked,
    diff_sides,
    open_member,
    write_published,
)
from rpa_commons.tables import Column, Table

if TYPE_CHECKING:
    from conftest import Town

    from rpa_commons.config import MunicipalityFolder

BLOCK = "{% block school %}x{% endblock %}"
HOOK = "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n"


def _side(town: "Town", folder: Path | None = None, manifest_of: Any = None) -> DiffSide:
    def of(_: "MunicipalityFolder") -> Callable[[str], Manifest]:
        found: Callable[[str], Manifest] = manifest_of or town.manifest_of
        return found

    with open_member(folder or town.folder, baseline=town.folder.parent / "baseline") as member:
        return DiffSide.of(member, of, town.connectors)


def _publish(town: "Town", *without: str) -> Path:
    return write_published(town.published(*without), town.folder.parent / "members")


def _other(town: "Town") -> Path:
    """A second municipality beside the first."""
    for name in ("municipality.toml", "stack.toml", "bots/welcome-letters.toml"):
        text = (town.folder / name).read_text(encoding="utf-8").replace("9a10", "9a11")
        town.write(f"../hvidovre/{name}", text.replace('name = "Roskilde"', 'name = "Hvidovre"'))
    other: Path = town.folder.parent / "hvidovre"
    return other


def _keys(found: ConfigDiff) -> set[str]:
    return {entry.key for one in found.instances for entry in one.entries}


def _with_letters(town: "Town") -> None:
    town.manifest = town.manifest.model_copy(
        update={
            "templates": (TemplateEntry(name="families", blocks={"school": "a" * 64}),),
            "steps": (StepEntry(name="compose", arguments=(), description="Writes."),),
        }
    )
    town.write("letters/welcome-letters/families.md.j2", BLOCK)
    town.write("hooks/welcome_letters.py", HOOK)


def test_a_copy_that_was_published_differs_in_nothing_but_what_it_withholds(town: "Town") -> None:
    """Blocks and steps come from published.toml, since the letters and hooks are not in the copy."""
    _with_letters(town)
    town.settings("window_days = 14")
    found = diff_sides(_side(town), _side(town, _publish(town)))
    [one] = found.instances

    assert {True} == {entry.unknown for entry in one.entries}
    assert ((), (), (), ()) == (one.left_blocks, one.right_blocks, one.left_steps, one.right_steps)


def test_a_published_side_tells_its_blocks_and_steps(town: "Town") -> None:
    """Against its baseline they are the municipality's own."""
    _with_letters(town)
    [one] = diff_baseline(_side(town, _publish(town))).instances

    assert (("families.school",), ("compose",)) == (one.left_blocks, one.left_steps)
    assert ((), ()) == (one.right_blocks, one.right_steps)


def test_a_baseline_withholds_nothing(town: "Town") -> None:
    """What the municipality withholds is unknown on its side only."""
    town.settings("window_days = 14")
    [one] = diff_baseline(_side(town, _publish(town, "window_days"))).instances
    [entry] = [entry for entry in one.entries if entry.key == "window_days"]

    assert ("…", 10, True) == (
        entry.left and entry.left.value,
        entry.right and entry.right.value,
        entry.unknown,
    )


def test_a_published_side_of_the_same_version_needs_no_note(town: "Town") -> None:
    """Its digest says which manifest it is to be read with; of another one, that is told."""
    copy = _publish(town)
    newer = town.manifest.model_copy(update={"version": "2.0.0"})
    same = diff_sides(_side(town), _side(town, copy))
    other = diff_sides(_side(town, None, lambda _: newer), _side(town, copy, lambda _: newer))

    assert () == same.notes
    assert ("Roskilde runs welcome-letters 1.0.0: read as 2.0.0",) == other.notes
    assert not other.is_equal


def test_two_versions_of_a_bot_are_named(town: "Town") -> None:
    """Settings of the one may be unknown to the other."""
    newer = town.manifest.model_copy(update={"version": "2.0.0"})
    found = diff_sides(_side(town), _side(town, _other(town), lambda _: newer))

    assert ("Roskilde runs welcome-letters 1.0.0, Hvidovre another welcome-letters 2.0.0",) == found.notes


def test_defaults_of_a_connector_that_only_one_has_are_no_choice(town: "Town") -> None:
    """Shown with everything, else left out: nobody has said them."""
    folder = _other(town)
    town.write(
        "../hvidovre/stack.toml",
        '[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "in"\n',
    )
    sides = _side(town), _side(town, folder)
    default = "stack.PopulationRegister.settings.timeout"

    assert default not in _keys(diff_sides(*sides))
    assert default in _keys(diff_sides(*sides, everything=True))
    assert "stack.PopulationRegister.settings.url" in _keys(diff_sides(*sides, everything=True))


@pytest.mark.parametrize("content", [b"[[", b"id = 1\n", b"\xff"])
def test_an_instance_that_cannot_be_read_is_never_called_equal(town: "Town", content: bytes) -> None:
    """Neither is it passed over in silence."""
    town.write("bots/second.toml", content)
    line = "Roskilde: bots/second.toml cannot be read, or names no bot"
    side = _side(town)
    several = (diff_sides(side, _side(town, _other(town))), diff_baseline(side), diff_locked(side, {}, {}))

    for found in several:
        assert line in found.notes
        assert not found.is_equal


def test_an_instance_whose_name_cannot_be_one_is_a_note(town: "Town") -> None:
    """It is compared with nothing, and nothing is called unset because of it."""
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/.hidden.toml", text)
    town.write("bots/a b.toml", text.replace("9a10", "9a12"))
    found = diff_baseline(_side(town))

    assert ["welcome-letters"] == [one.left for one in found.instances]
    assert (
        "Roskilde: nothing is compared of a b: 'a b' cannot be the name of a bot instance",
    ) == found.notes


def test_an_unreadable_pair_is_not_compared(town: "Town") -> None:
    """Of two sides, one that cannot be read makes the pair unknown."""
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    for folder in ("", "../hvidovre/"):
        town.write(f"{folder}bots/a b.toml", text.replace("9a10", "9b10"))
    found = diff_sides(_side(town), _side(town, _other(town)))

    assert 2 == len(found.notes)
    assert ["welcome-letters"] == [one.left for one in found.instances]


@pytest.mark.parametrize(
    "compare",
    [
        lambda side: diff_sides(side, side, only="welcom-letters"),
        lambda side: diff_baseline(side, only="welcom-letters"),
        lambda side: diff_locked(side, {}, {}, only="welcom-letters"),
    ],
)
def test_an_instance_that_there_is_not_is_refused(
    town: "Town", compare: Callable[[DiffSide], ConfigDiff]
) -> None:
    """A misspelt name is not a comparison without difference."""
    with pytest.raises(NoSuchInstanceError) as caught:
        compare(_side(town))

    assert ("welcom-letters", "did you mean welcome-letters?") == (caught.value.word, caught.value.remedy)
    assert "the bot instances are a, b" == NoSuchInstanceError("zzz", ["a", "b"]).remedy
    assert "there is no bot instance yet" == NoSuchInstanceError("zzz", []).remedy


def test_lone_instances_are_listed_only_when_asked_for(town: "Town") -> None:
    """With a name, others without counterpart are not told."""
    folder = _other(town)
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("bots/second.toml", text.replace("9a10", "9a12"))
    sides = _side(town), _side(town, folder)

    assert ("second",) == diff_sides(*sides).only_left
    assert () == diff_sides(*sides, only="welcome-letters").only_left


def test_a_published_copy_has_no_lock(town: "Town") -> None:
    """The advice is not to install something in a copy."""
    found = diff_locked(_side(town, _publish(town)), {}, {})

    assert ("rpac.lock records nothing of welcome-letters: what is published has no lock",) == found.notes


def test_a_lock_keeps_digests_and_no_values(town: "Town") -> None:
    """What cannot be guessed stays unknown; equal values are shown with everything only."""
    town.settings("window_days = 14")
    then = {"contact": ("", "municipality"), "window_days": ("a", "municipality"), "instance.id": ("x", "y")}
    now = {"contact": ("", "environment test"), "window_days": ("a", "municipality")}
    side = _side(town)
    [some] = diff_locked(side, {"welcome-letters": then}, {"welcome-letters": now}).instances
    [all_] = diff_locked(side, {"welcome-letters": then}, {"welcome-letters": now}, everything=True).instances

    assert [("contact", False, True)] == [(one.key, one.differs, one.unknown) for one in some.entries]
    assert ["contact", "window_days"] == [one.key for one in all_.entries]
    assert 14 == (all_.entries[1].right and all_.entries[1].right.value)


def test_a_bot_that_is_nowhere_installed_says_why(town: "Town") -> None:
    """Each kind of comparison gives the reason."""

    def nowhere(bot: str) -> Manifest:
        raise RpaCommonsError(f"{bot} is gone", remedy="")

    side = _side(town, None, nowhere)
    line = "welcome-letters: nothing is compared, since welcome-letters is gone"

    for found in (diff_sides(side, side), diff_baseline(side), diff_locked(side, {}, {})):
        assert (line,) == found.notes


class Fees(BotSettings):
    """A bot with a decision table."""

    contact: str = Field("x", description="Who is asked.", personal=True)
    fees: Table = table(
        Column.input("kind", "text", description="Kind."),
        Column.output("fee", "money", unit="DKK", description="Fee."),
        description="Fee by kind.",
        complete=False,
    )


def test_a_table_of_many_rows_is_compared_as_a_whole(town: "Town") -> None:
    """Order and notes say nothing; a row that one side has twice is one difference."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Fees.model_json_schema()})
    folder = _other(town)
    rows = [f"k{number};{number}" for number in range(3000)]
    town.write(
        "tables/welcome-letters/fees.csv", "\n".join(["kind;fee;note", *(f"{row};n" for row in rows), ""])
    )
    town.write(
        "../hvidovre/tables/welcome-letters/fees.csv", "\n".join(["kind;fee", *rows[::-1][1:], "z;1", ""])
    )
    [one] = diff_sides(_side(town), _side(town, folder)).instances

    assert [("fees", 2)] == [(entry.key, entry.different_rows) for entry in one.entries]
    assert [
        ("left", 'kind = "k2999", fee = "2999"', "tables/welcome-letters/fees.csv:3001"),
        ("right", 'kind = "z", fee = "1"', "tables/welcome-letters/fees.csv:3001"),
    ] == [(row.side, row.words, row.origin) for row in one.entries[0].rows]
