"""A connector's settings in two versions: what changed, and the stack files as they must be."""

from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors import entries_of_wheel
from rpa_commons.manifest import Manifest, MigrationEntry
from rpa_commons.upgrades import manifest_changes
from rpa_commons.upgrades._upgrade_stack import BindingMove, migrate_stack
from tests.support.wheels import connector_entry

STACK = """\
# ours
[Ledger]
connector = "paper-ledger"

[Ledger.settings]
file = "out.txt" # where they lie
owner = "Anna"

[DigitalPost]
connector = "other"
settings.file = "other.txt"
"""
RENAMED = MigrationEntry(
    version="2.0.0",
    operations=({"op": "rename", "key": "file", "to": "path"},),
    before='file = "a"',
    after='path = "a"',
)


def wheel(version: str, *fields: str, **changes: Any) -> Manifest:
    """A connector wheel with text settings, ``owner`` being personal."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": {
            **{name: {"type": "string", "description": name} for name in fields},
            "owner": {"type": "string", "description": "Who.", "personal": True},
        },
    }
    entry = connector_entry(settings_schema=schema, **changes)
    return Manifest(
        kind="connector",
        name="connector-paper",
        version=version,
        summary="Paper.",
        sdk_version="0.1.0",
        connectors=(entry,),
    )


OLD = wheel("1.0.0", "file")
NEW = wheel("2.0.0", "path", migrations=(RENAMED,))


def moves(old: Manifest = OLD, new: Manifest = NEW) -> list[BindingMove]:
    """The one connector in both versions."""
    return [BindingMove(entries_of_wheel(new)["paper-ledger"], entries_of_wheel(old)["paper-ledger"])]


def test_a_renamed_setting_is_moved_and_nothing_else(tmp_path: Path) -> None:
    """Comments stay, and so does the same key of another connector."""
    (tmp_path / "stack.toml").write_text(STACK, encoding="utf-8")

    files, findings = migrate_stack(
        tmp_path, ["stack.toml", "gone.toml"], moves(), {"stack.toml": {"Ledger": "paper-ledger"}}
    )
    assert ((), [STACK.replace('file = "out.txt" #', 'path = "out.txt" #')]) == (
        findings,
        [one.after for one in files],
    )
    assert '+path = "out.txt"' in files[0].diff


def test_a_diff_shows_no_value_that_is_not_to_be_shown(tmp_path: Path) -> None:
    """Neither a personal one, nor any of a connector that this is not about."""
    (tmp_path / "stack.toml").write_text(STACK, encoding="utf-8")

    ((file,), _) = migrate_stack(
        tmp_path, ["stack.toml"], moves(), {"stack.toml": {"Ledger": "paper-ledger"}}
    )
    assert "Anna" not in file.diff
    assert "other.txt" not in file.diff


@pytest.mark.parametrize("chosen", [{}, {"Ledger": "tally-ledger"}])
def test_a_table_for_another_connector_is_left_alone(tmp_path: Path, chosen: dict[str, str]) -> None:
    """A key of the same name means something else there."""
    (tmp_path / "stack.toml").write_text(STACK, encoding="utf-8")

    assert ((), ()) == migrate_stack(tmp_path, ["stack.toml"], moves(), {"stack.toml": chosen})


def test_what_a_machine_cannot_move_is_left_to_a_person(tmp_path: Path) -> None:
    """Both names stand there: E501 with the line, and no value."""
    text = STACK.replace('owner = "Anna"', 'path = "new.txt"')
    (tmp_path / "stack.toml").write_text(text, encoding="utf-8")

    files, (finding,) = migrate_stack(
        tmp_path, ["stack.toml"], moves(), {"stack.toml": {"Ledger": "paper-ledger"}}
    )
    assert () == files
    assert ("E501", "stack.Ledger.settings.file", 6) == (finding.code, finding.key, finding.line)
    assert "out.txt" not in finding.render()


def test_changes_name_what_it_may_do_first() -> None:
    """Effects, then settings by the key that explain takes, then how it was verified."""
    new = wheel("2.0.0", "path", migrations=(RENAMED,), effects={"post": "unsafe"}, verified=())
    kinds = [(one.kind, one.key) for one in manifest_changes(OLD, new)]

    assert [
        ("permission", "Ledger.post"),
        ("renamed", "stack.Ledger.settings.path"),
        ("needs", "paper-ledger"),
    ] == kinds


def test_of_a_new_connector_all_is_new() -> None:
    """A first review lists what it serves and every setting."""
    nothing = OLD.model_copy(update={"connectors": ()})
    found = {(one.kind, one.key) for one in manifest_changes(nothing, OLD)}

    assert {
        ("permission", "paper-ledger"),
        ("required", "stack.Ledger.settings.file"),
        ("new", "stack.Ledger.settings.owner"),
        ("needs", "paper-ledger"),
    } == found
