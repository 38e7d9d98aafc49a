"""The stack files that a connector's migrations change, as texts and as diffs.

Rules this module keeps: nothing is written; a table is touched only where the stack names that very
connector; a diff shows no value that may not be shown, and of other connectors none at all.

Usage::

    files, findings = migrate_stack(folder, ["stack.toml"], [BindingMove(new, old)], chosen)
"""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import read_optional_document
from rpa_commons.config.findings import Finding, KeyPath, format_key
from rpa_commons.config.layers import ConnectorEntry, binding_schema
from rpa_commons.config.migrations import manifest_of_connector
from rpa_commons.config.schema import SchemaView

from ._migrate_text import MigrationNotWrittenError, migrate_text
from ._upgrade_files import BY_HAND, FileMigration, redacted

__all__ = ["BindingMove", "migrate_stack"]

_SETTING = 3  # capability, settings, key


@dataclass(frozen=True)
class BindingMove:
    """One connector in its two versions.

    Attributes:
        new: As the wheel to come has it.
        old: As the locked wheel has it; ``None`` when that has no such connector.
    """

    new: ConnectorEntry
    old: ConnectorEntry | None

    @property
    def prefix(self) -> tuple[str, str]:
        """Where its settings stand in a stack file."""
        return self.new.capability, "settings"


def migrate_stack(
    folder: Path, names: Sequence[str], moves: Sequence[BindingMove], chosen: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[FileMigration, ...], tuple[Finding, ...]]:
    """Migrate the connectors' settings in a municipality's stack files; nothing is written.

    Args:
        folder: The municipality's.
        names: Relative to the folder, forward slashes; those that are not there are passed over.
        moves: The connectors of the wheel.
        chosen: File -> capability -> the connector that it is about, whoever names it.

    Returns:
        The files that change, and an E501 for each key that a person must change.

    Raises:
        ConfigError: a file cannot be read.
    """
    files: list[FileMigration] = []
    findings: list[Finding] = []
    for name in names:
        path = folder / name
        document = read_optional_document(path, root=folder, name=name)
        if document is None:
            continue
        before = text = path.read_bytes().decode("utf-8")
        for move in moves:
            if chosen.get(name, {}).get(move.new.capability) != move.new.name or not move.new.migrations:
                continue
            try:
                migrated = migrate_text(text, manifest_of_connector(move.new), move.prefix)
            except MigrationNotWrittenError as error:
                findings += [Finding("E501", "", trouble, path, help=BY_HAND) for trouble in error.troubles]
                continue
            text = migrated.text
            for step in migrated.left:
                key = (*move.prefix, *step.original)
                because = f"{move.new.wheel} {move.new.release} says so"
                findings.append(
                    Finding(
                        "E501",
                        format_key(("stack", *key)),
                        step.text(hidden=True),
                        path,
                        document.line_of(key),
                        because=because,
                        help=BY_HAND,
                    )
                )
        if text != before:
            files.append(FileMigration(path, name, before, text, _diff(name, before, text, moves)))
    return tuple(files), tuple(findings)


def _diff(name: str, before: str, after: str, moves: Sequence[BindingMove]) -> str:
    """The change as a unified diff; values that may not be shown are ``…``."""
    old = _shown(before, [one.old or one.new for one in moves])
    new = _shown(after, [one.new for one in moves])
    lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join(lines) + "\n"


def _shown(text: str, entries: Sequence[ConnectorEntry]) -> list[str]:
    body = text.removeprefix("\ufeff")
    values: dict[str, Any] = tomllib.loads(body)
    views = {one.capability: SchemaView(binding_schema(one.settings_schema)) for one in entries}

    def is_hidden(path: KeyPath) -> bool:
        view = views.get(str(path[0]))
        if view is None or not view.knows(path[1:]):
            return len(path) >= _SETTING
        return view.is_hidden(path[1:], values.get(str(path[0]), {}))

    return redacted(body, is_hidden).splitlines()
