from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.manifest import Manifest, MigrationEntry
from rpa_commons.sharing import FleetMember, fleet_check, open_members, write_published

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)


def _newer(town: "Town", *, root: dict[str, Any] | None = None, **changes: dict[str, Any] | None) -> Manifest:
    """The next version of the bot; ``None`` removes a setting."""
    schema = town.manifest.settings_schema
    properties = dict(schema["properties"])
    for key, change in changes.items():
        if change is None:
            del properties[key]
        else:
            properties[key] = {**properties.get(key, {}), **change}
    changed = {**schema, **(root or {}), "properties": properties}
    return town.manifest.model_copy(update={"version": "2.0.0", "settings_schema": changed})


def _published(town: "Town", tmp_path: Path, *without: str) -> Path:
    write_published(town.published(*without), tmp_path / "members")
    return tmp_path / "members"


def _checked(town: "Town", members: Path, manifest: Manifest, *, is_known: bool = True) -> FleetMember:
    known = {town.manifest.digest: town.manifest} if is_known else {}
    with open_members(members, baseline=town.folder.parent / "baseline") as found:
        report = fleet_check(
            manifest, found, connectors=town.connectors, known=lambda _, digest: known.get(digest), today=DAY
        )
    [member] = report.members
    return member


@pytest.fixture
def hidden(town: "Town", tmp_path: Path) -> Any:
    """Checks a member that keeps these keys back."""

    def check(manifest: Manifest, *without: str, is_known: bool = True) -> tuple[str, tuple[str, ...]]:
        member = _checked(town, _published(town, tmp_path, *without), manifest, is_known=is_known)
        return member.verdict, member.instances[0].notes

    return check


def test_a_bound_that_is_tightened_over_a_withheld_value_is_no_all_clear(town: "Town", hidden: Any) -> None:
    """45 is kept back and at most 20 is allowed now: nobody can tell, and whom to ask is said."""
    town.settings("window_days = 45")

    assert (
        "unknown",
        ("window_days is withheld, and 2.0.0 asks for at least 1, at most 20: ask them",),
    ) == hidden(_newer(town, window_days={"maximum": 20}), "window_days")


@pytest.mark.parametrize(
    ("key", "line", "change"),
    [
        ("window_days", "window_days = 45", {"minimum": 5}),
        ("window_days", "window_days = 45", {"multipleOf": 7}),
        ("window_days", "window_days = 45", {"type": "string"}),
        ("mode", 'mode = "slow"', {"enum": ["fast"]}),
        ("sender", 'sender = "Velkomst"', {"maxLength": 5}),
        ("sender", 'sender = "Velkomst"', {"pattern": "^x"}),
        ("hosts", 'hosts = ["a"]', {"items": {"type": "integer"}}),
        ("words", 'words.a = "b"', {"additionalProperties": {"type": "string", "maxLength": 1}}),
        ("limit", "limit = 3", {"anyOf": [{"type": "integer"}]}),
    ],
)
def test_whatever_else_is_asked_of_a_withheld_value_is_told(
    town: "Town", hidden: Any, key: str, line: str, change: dict[str, Any]
) -> None:
    """Another type, fewer words to choose from, shorter texts, other items."""
    town.settings(line)
    verdict, notes = hidden(_newer(town, **{key: change}), key)

    assert "unknown" == verdict
    assert any(note.startswith(f"{key} is withheld, and 2.0.0 asks for ") for note in notes)


@pytest.mark.parametrize(
    ("key", "line", "change"),
    [
        ("window_days", "window_days = 45", {"maximum": 90}),
        ("window_days", "window_days = 45", {"minimum": 0, "description": "Otherwise.", "default": 12}),
        ("mode", 'mode = "slow"', {"enum": ["fast", "slow", "slower"]}),
        ("sender", 'sender = "Velkomst"', {"maxLength": 90}),
    ],
)
def test_a_wider_bound_is_no_question(
    town: "Town", hidden: Any, key: str, line: str, change: dict[str, Any]
) -> None:
    """What was right stays right, whatever it is."""
    town.settings(line)

    assert "works" == hidden(_newer(town, **{key: change}), key)[0]


def test_a_new_required_key_in_a_withheld_table_is_told(town: "Town", hidden: Any) -> None:
    """Nobody sees whether it is there."""
    town.settings("retry.times = 4")
    retry = {
        "type": "object",
        "additionalProperties": False,
        "required": ["until"],
        "properties": {"times": {"type": "integer"}, "until": {"type": "integer"}},
    }
    newer = _newer(town)
    newer.settings_schema["properties"]["retry"] = retry

    assert "unknown" == hidden(newer, "retry")[0]


def test_a_withheld_setting_that_is_gone_is_told(town: "Town", hidden: Any) -> None:
    """It stands in the member's file, so the bot may refuse to start."""
    town.settings('mode = "slow"')

    assert ("unknown", ("mode is withheld, and 2.0.0 does not know it: ask them",)) == hidden(
        _newer(town, mode=None), "mode"
    )


def test_a_withheld_setting_that_is_renamed_is_told(town: "Town", hidden: Any) -> None:
    """The member has to migrate, which nobody sees in its copy."""
    town.settings("window_days = 14")
    newer = _newer(town, days=town.manifest.settings_schema["properties"]["window_days"], window_days=None)
    operation = {"op": "rename", "key": "window_days", "to": "days"}
    entry = MigrationEntry(
        version="2.0.0", operations=(operation,), before="window_days = 1", after="days = 1"
    )
    newer = newer.model_copy(update={"migrations": (entry,)})

    assert "window_days is withheld, and 2.0.0 calls it days: ask them" in hidden(newer, "window_days")[1]


def test_a_new_rule_between_settings_is_told(town: "Town", hidden: Any) -> None:
    """A rule that names a withheld setting is not judged, and not passed over either."""
    town.settings("window_days = 14")
    rule = {"kind": "together", "keys": ["window_days", "sender"], "message": "both or none"}
    verdict, notes = hidden(_newer(town, root={"rules": [rule]}), "window_days")

    assert "unknown" == verdict
    assert (
        "window_days is withheld, and 2.0.0 has a new rule between it and other settings: ask them",
    ) == notes


def test_without_the_older_wheel_a_bound_value_cannot_be_told(town: "Town", hidden: Any) -> None:
    """A setting with bounds might have been tightened; one that has none is no question."""
    town.settings("window_days = 14")
    bound = hidden(_newer(town), "window_days", is_known=False)
    free = hidden(_newer(town), is_known=False)

    assert "unknown" == bound[0]
    assert any("cannot be told without the version they run" in note for note in bound[1])
    assert "works" == free[0]  # contact is withheld as personal, and may be any text


def test_the_version_that_a_member_runs_is_no_question(town: "Town", hidden: Any) -> None:
    """What is withheld was right when it was published."""
    town.settings("window_days = 14")

    assert ("works", ()) == hidden(town.manifest, "window_days")


@pytest.mark.parametrize("others", [1, 2])
def test_bot_instances_that_are_not_published_are_counted(town: "Town", tmp_path: Path, others: int) -> None:
    """`bots = []` says how many there are and not which: nobody can tell whether they use the bot."""
    own = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f"{own}\n[publish]\nbots = []\n")
    if others > 1:
        text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
        town.write("bots/second.toml", text.replace("9a10", "9a11"))
    members = _published(town, tmp_path)
    found = _checked(town, members, town.manifest)
    [folder] = members.iterdir()

    assert f"\nwithheld_instances = {others}\n" in (folder / "published.toml").read_text(encoding="utf-8")
    assert "unknown" == found.verdict
    assert any(
        note.endswith("not published; whether of welcome-letters, nobody can tell: ask them")
        for note in found.notes
    )
    assert "second" not in "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.toml"))


def test_other_instances_that_are_not_published_are_said_beside_a_verdict(
    town: "Town", tmp_path: Path
) -> None:
    """What is published works; that there is more stands beside it."""
    own = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    text = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f'{own}\n[publish]\nbots = ["second"]\n')
    town.write("bots/second.toml", text.replace("9a10", "9a11"))
    found = _checked(town, _published(town, tmp_path), town.manifest)

    assert "works" == found.verdict
    assert found.notes[0].startswith("1 bot instance is not published")
