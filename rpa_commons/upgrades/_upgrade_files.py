"""The files of a municipality or baseline that a migration changes, as texts and as diffs.

Rules this module keeps: nothing is written; a diff shows every value that may not be shown as ``…``.

Usage::

    files, findings = migrate_files(folder, ["bots/welcome-letters.toml"], manifest)
    print(files[0].diff)
"""

import difflib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rpa_commons.config.documents import mark, read_optional_document
from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, format_key
from rpa_commons.config.layers import instance_schema
from rpa_commons.config.migrations import moved_path
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._migrate_text import MigratedText, MigrationNotWrittenError, migrate_text

__all__ = ["BY_HAND", "FileMigration", "migrate_files", "redacted"]

_BOM = "\ufeff"
BY_HAND = "write it by hand as the new version wants it, and take the old key out"


@dataclass(frozen=True)
class FileMigration:
    """One file that a migration changes.

    Attributes:
        path: The file, absolute.
        name: Relative to its folder, forward slashes.
        before: Its text as it is, byte order mark and line ends included.
        after: Its text as it must be.
        diff: The change as a unified diff; values that may not be shown are ``…``.
    """

    path: Path
    name: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    diff: str = field(repr=False)

    def line_before(self, line: int) -> int:
        """Where a line of the text to come stands in the file as it is, or what it comes from."""
        before, after = self.before.splitlines(), self.after.splitlines()
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        for kind, start, end, new_start, new_end in matcher.get_opcodes():
            if not new_start < line <= new_end:
                continue
            if kind == "replace":
                text = after[line - 1]
                likeness = [difflib.SequenceMatcher(None, one, text).ratio() for one in before[start:end]]
                return start + 1 + likeness.index(max(likeness))
            return start + line - new_start if kind == "equal" else max(start, 1)
        return line


def migrate_files(
    folder: Path, names: Sequence[str], manifest: Manifest, old: Manifest | None = None
) -> tuple[tuple[FileMigration, ...], tuple[Finding, ...]]:
    """Migrate the settings in files of a municipality or baseline; nothing is written.

    Args:
        folder: Where they lie.
        names: Relative to the folder, forward slashes; those that are not there are passed over.
        manifest: Of the version they are to fit.
        old: Of the version they fit now; it knows which values of settings that are gone may be shown.

    Returns:
        The files that change, and an E501 for each key that a person must change.

    Raises:
        ConfigError: a file cannot be read.
    """
    files, findings = [], []
    for name in names:
        path = folder / name
        document = read_optional_document(path, root=folder, name=name)
        if document is None:
            continue
        before = path.read_bytes().decode("utf-8")
        try:
            migrated = migrate_text(before, manifest)
        except MigrationNotWrittenError as error:
            findings += [Finding("E501", "", trouble, path, help=BY_HAND) for trouble in error.troubles]
            continue
        for step in migrated.left:
            line, key = document.line_of(("settings", *step.original)), format_key(step.original)
            because = f"{manifest.name} {manifest.version} says so"
            message = step.text(hidden=True)
            findings.append(Finding("E501", key, message, path, line, because=because, help=BY_HAND))
        if migrated.text != before:
            diff = _Diff(before, migrated, manifest, old).text(name)
            files.append(FileMigration(path, name, before, migrated.text, diff))
    return tuple(files), tuple(findings)


class _Diff:
    """The change of one file, with what may be shown of it."""

    def __init__(self, before: str, migrated: MigratedText, new: Manifest, old: Manifest | None) -> None:
        self._before, self._after = (text.removeprefix(_BOM) for text in (before, migrated.text))
        self._steps = migrated.steps
        self._values = tomllib.loads(self._before), tomllib.loads(self._after)
        self._new = SchemaView(instance_schema(new.settings_schema))
        self._old = SchemaView(instance_schema(old.settings_schema)) if old else None

    def text(self, name: str) -> str:
        """As a unified diff."""
        old = redacted(self._before, self._is_hidden_before).splitlines()
        new = redacted(self._after, self._is_hidden_after).splitlines()
        lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
        return "\n".join(lines) + "\n"

    def _is_hidden_after(self, path: KeyPath) -> bool:
        return self._new.is_hidden(path, self._values[1])

    def _is_hidden_before(self, path: KeyPath) -> bool:
        """By what the key becomes; where it is gone, by what it was."""
        there = ("settings", *moved_path(path[1:], self._steps)) if path[:1] == ("settings",) else path
        if self._new.knows(there):
            return self._new.is_hidden(there, self._values[1])
        return self._old is None or self._old.is_hidden(path, self._values[0])


def redacted(text: str, is_hidden: Callable[[KeyPath], bool]) -> str:
    """The text with each value for which ``is_hidden`` says so as ``…``."""
    spans = sorted((start, -end, path) for path, (start, end) in _spans(text) if is_hidden(path))
    shown, position = "", 0
    for start, end, _ in spans:
        if start >= position:  # else it lies in a table that is hidden as a whole
            shown += text[position:start] + HIDDEN
            position = -end
    return shown + text[position:]


def _spans(text: str) -> list[tuple[KeyPath, tuple[int, int]]]:
    return list(mark(text).spans.items())
