"""What differs in the files of two wheels, for whoever reads it before signing.

Rules this module keeps: nothing is unpacked and nothing executed; what is shown is bounded, and what was left
out is said; a control character is shown, never sent to a terminal; RECORD and WHEEL, which say nothing new,
are left out.

Usage::

    diff = code_diff(old_wheel, new_wheel)
    print(diff.text)
"""

import difflib
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_registry.errors import StorageError

__all__ = ["CodeDiff", "FileChange", "code_diff"]

_MOST_LINES = 4000  # of the whole diff: more than a person reads before lunch
_LARGEST_TEXT = 512 * 1024  # bytes of a file that is compared line by line
_LARGEST_READ = 64 * 1024 * 1024  # bytes of a file that is read as a whole; of a larger one the hash
_CHUNK = 1024 * 1024
_LEFT_OUT = ("RECORD", "WHEEL")


@dataclass(frozen=True)
class FileChange:
    """One file that is new, gone or another.

    Attributes:
        name: Inside the wheel; the version in ``.dist-info`` left out.
        kind: ``new``, ``gone`` or ``changed``.
        text: Its unified diff, or one line about a binary file.
        is_binary: Whether it is no text.
        added: Lines that are new.
        removed: Lines that are gone.
    """

    name: str
    kind: str
    text: str
    is_binary: bool
    added: int = 0
    removed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "binary": self.is_binary,
            "added": self.added,
            "removed": self.removed,
            "diff": self.text,
        }


@dataclass(frozen=True)
class CodeDiff:
    """All files that differ.

    Attributes:
        files: By name.
        left_out: Lines that are not shown, for there are too many.
    """

    files: tuple[FileChange, ...]
    left_out: int = 0

    @property
    def text(self) -> str:
        """One diff of everything."""
        parts = [one.text for one in self.files if one.text]
        if self.left_out:
            parts.append(f"… {self.left_out} more lines; compare the wheels themselves to see them\n")
        return "".join(parts)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"files": [one.to_json() for one in self.files], "left_out": self.left_out}


def code_diff(old: Path | None, new: Path) -> CodeDiff:
    """Compare two wheels; without an older one everything is new.

    Raises:
        StorageError: a wheel cannot be read.
    """
    try:
        before = _members(old) if old is not None else {}
        after = _members(new)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise StorageError(
            f"a wheel cannot be read: {error}", remedy="`rpac-registry verify` says which files are damaged"
        ) from error
    changes, left, left_out = [], _MOST_LINES, 0
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) == after.get(name):
            continue
        change = _change(name, before.get(name), after.get(name))
        lines = change.text.splitlines(keepends=True)
        if len(lines) > left:
            left_out += len(lines) - left
            change = FileChange(
                name, change.kind, "".join(lines[:left]), change.is_binary, change.added, change.removed
            )
        left = max(0, left - len(lines))
        changes.append(change)
    return CodeDiff(tuple(changes), left_out)


@dataclass(frozen=True)
class _Large:
    """A file that is compared by its hash alone."""

    size: int
    sha256: str


def _members(wheel: Path) -> dict[str, bytes | _Large]:
    """Name -> content (of a huge file its size and hash)."""
    found: dict[str, bytes | _Large] = {}
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            name = _plain_name(info.filename)
            if info.is_dir() or (name.startswith("dist-info/") and name.rpartition("/")[2] in _LEFT_OUT):
                continue
            if info.file_size > _LARGEST_READ:
                # Not its CRC-32: anyone can write another file that has it too.
                found[name] = _Large(info.file_size, _hash(archive, info))
            else:
                found[name] = archive.read(info)
    return found


def _hash(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _plain_name(name: str) -> str:
    """``dist-info/METADATA`` for ``welcome_letters-1.0.0.dist-info/METADATA``: versions differ always."""
    head, slash, rest = name.partition("/")
    return f"dist-info/{rest}" if slash and head.endswith(".dist-info") else name


def _change(name: str, before: bytes | _Large | None, after: bytes | _Large | None) -> FileChange:
    kind = "new" if before is None else "gone" if after is None else "changed"
    old, new = (None if one is None else _text(one) for one in (before, after))
    if (old is None and before is not None) or (new is None and after is not None):
        what = " -> ".join(_summary(one) for one in (before, after) if one is not None)
        return FileChange(name, kind, f"Binary file {_shown(name)} is {kind}: {what}\n", is_binary=True)
    lines = list(
        difflib.unified_diff(
            _lines(old), _lines(new), f"a/{_shown(name)}" if old is not None else "/dev/null",
            f"b/{_shown(name)}" if new is not None else "/dev/null",
        )
    )  # fmt: skip
    added = sum(one.startswith("+") for one in lines[2:])
    removed = sum(one.startswith("-") for one in lines[2:])
    text = "".join(one if one.endswith("\n") else f"{one}\n" for one in lines)
    if not text:  # an empty file that is new or gone
        text = f"Empty file {_shown(name)} is {kind}\n"
    return FileChange(name, kind, text, is_binary=False, added=added, removed=removed)


def _text(content: bytes | _Large) -> str | None:
    if isinstance(content, _Large) or len(content) > _LARGEST_TEXT or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _lines(text: str | None) -> list[str]:
    return [] if text is None else [f"{_shown(line)}\n" for line in text.split("\n")][: _lines_of(text)]


def _lines_of(text: str) -> int:
    count = text.count("\n") + 1
    return count - 1 if text.endswith("\n") or not text else count


def _shown(line: str) -> str:
    """A line in which every control character is visible; a tab stays one."""
    return "".join(one if one.isprintable() or one == "\t" else ascii(one)[1:-1] for one in line)


def _summary(content: bytes | _Large) -> str:
    if isinstance(content, bytes):
        content = _Large(len(content), hashlib.sha256(content).hexdigest())
    return f"{content.size} bytes, SHA-256 {content.sha256[:16]}…"
