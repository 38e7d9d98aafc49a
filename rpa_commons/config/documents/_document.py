"""One TOML file: read with limits, each key with its place; what is in it is what ``tomllib`` says.

Rules this module keeps: a file is read once, with the limits of :mod:`._bytes`; keys and tables stand at most
32 levels deep; a line is quoted with every hidden value as ``…``.
"""

import bisect
import os
import re
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from rpa_commons.config.findings import HIDDEN, ConfigError, Finding, KeyPath, lookup

from ._bytes import MISSING, check_size, decoded, read_bytes, refused, status_of
from ._deep_keys import line_of_deep_key
from ._places import Place, PlainLines, find_places, plain_lines
from ._syntax import read_trouble

__all__ = ["DEEPEST", "Document", "Reader", "parse_document", "read_document", "read_optional_document"]

DEEPEST = 32
"""Levels of tables and lists inside each other."""


@dataclass(frozen=True, init=False)
class Document:
    """A parsed file.

    Attributes:
        path: The file, absolute.
        name: How origins call it: relative to the municipality folder, forward slashes.
        text: Its text, line ends as line feeds.
        values: What ``tomllib`` read; never to be changed, since a :class:`Reader` gives it out again.
    """

    path: Path
    name: str
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def __init__(self, path: Path, name: str, text: str = "", values: dict[str, Any] | None = None) -> None:
        # As the one that would be generated, without a call for each attribute: every file is one.
        vars(self).update(path=path, name=name, text=text, values={} if values is None else values)

    @cached_property
    def places(self) -> dict[KeyPath, Place]:
        """Where each key stands."""
        return find_places(self.text)

    @cached_property
    def memory(self) -> dict[str, Any]:
        """What else was worked out from the file, by name: it lives as long as what was read."""
        return {}

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest table around it; ``None`` when nothing of it is here."""
        lines = self.lines
        line = lines.get(path)
        while line is None and path:
            path = path[:-1]
            line = lines.get(path)
        return line

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line of each key; an item on the same line may be missing."""
        plain = self.plain
        return {path: place.line for path, place in self.places.items()} if plain is None else plain.by_path()

    @cached_property
    def plain(self) -> PlainLines | None:
        """The lines by table, which is quicker; ``None`` for a document that is not so simple."""
        return plain_lines(self.text) if type(self) is Document else None

    def quote(self, line: int | None, hidden: Callable[[KeyPath], bool]) -> str:
        """The line with each value for which ``hidden`` says so as ``…``."""
        if line is None:
            return ""
        begin = self._line_starts[line - 1]
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.text)
        shown, position = "", begin
        spans = self._values_by_line.get(line, [])
        for start, stop, path in sorted(
            spans, key=lambda span: (span[0], -span[1])
        ):  # a table before its keys
            if start >= position and hidden(path):
                shown += self.text[position : max(start, begin)] + HIDDEN
                position = min(stop, end)
        return shown + self.text[position:end]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    @cached_property
    def _values_by_line(self) -> dict[int, list[tuple[int, int, KeyPath]]]:
        """The spans of the values that stand on a line, wholly or in part."""
        found: dict[int, list[tuple[int, int, KeyPath]]] = {}
        for path, place in self.places.items():
            first = bisect.bisect_right(self._line_starts, place.start)
            last = bisect.bisect_right(self._line_starts, max(place.start, place.end - 1))
            for line in range(first, last + 1) if place.end > place.start else ():
                begin = self._line_starts[line - 1]
                found.setdefault(line, []).append((max(place.start, begin), place.end, path))
        return found

    def get(self, path: KeyPath) -> Any:  # noqa: ANN401 - any TOML value
        """The value at a path, ``None`` when it is not here."""
        try:
            return lookup(self.values, path)
        except KeyError:
            return None


_Made = TypeVar("_Made")


class Reader:
    """Reads files for one municipality, and gives out again what it has read while the file stays the same.

    A file counts as changed when its time, size or number does, and is read each time while it is so young
    that another change might not show. What cannot be read is tried again each time. Threads may share one.

    Args:
        is_snapshot: Look at each file once and never again: for a check of many instances in one go, which
            are to be seen as they were at one time.

    Usage::

        document = municipality.reader.optional(path, root=folder, name="stack.toml")
    """

    def __init__(self, *, is_snapshot: bool = False) -> None:
        self.is_snapshot = is_snapshot
        self._kept: dict[_Key, tuple[_Signature | None, Document | None]] = {}
        self._made: dict[str, Any] = {}
        self._folders: set[str] | None = set() if is_snapshot else None  # those that are no links
        self.sections: dict[Any, Any] = {}  # see ._kept
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """A copy, also in another process, starts with nothing."""
        return {
            name: value
            for name, value in vars(self).items()
            if name not in {"_kept", "_made", "_folders", "sections", "_lock"}
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """See :meth:`__getstate__`."""
        Reader.__init__(self, is_snapshot=state["is_snapshot"])
        vars(self).update(state)

    def optional(self, path: Path, *, root: Path, name: str) -> Document | None:
        """As :func:`read_optional_document`."""
        return self._read(path, root, name)

    def document(self, path: Path, *, root: Path, name: str, remedy: str = "") -> Document:
        """As :func:`read_document`."""
        document = self._read(path, root, name)
        if document is None:
            raise refused(path, "E103", MISSING, remedy)
        return document

    def remembered(self, what: str, make: Callable[[], _Made]) -> _Made:
        """What was made of files before: once in a snapshot, each time in any other reader."""
        if not self.is_snapshot:
            return make()
        if what not in self._made:
            self._made[what] = make()
        made: _Made = self._made[what]
        return made

    def _read(self, path: Path, root: Path, name: str) -> Document | None:
        key = (str(path), str(root), name)
        kept = self._kept.get(key)
        if kept is not None and self.is_snapshot:
            return kept[1]
        status = status_of(path, root, self._folders)
        if status is None:
            if self.is_snapshot:
                self._keep(key, None, None)
            return None
        signature = _signature(status)
        if kept is not None and kept[0] == signature:
            return kept[1]
        document = _parsed(path, name, status)
        age = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns)
        if self.is_snapshot or age > _SETTLED:
            self._keep(key, signature, document)
        return document

    def _keep(self, key: "_Key", signature: "_Signature | None", document: Document | None) -> None:
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = signature, document


_Key = tuple[str, str, str]  # path, root and name: text, since a path is slow to compare
_Signature = tuple[int, int, int, int]
_MOST_KEPT = 4096  # documents; a municipality has some dozens
_SETTLED = 2_000_000_000  # nanoseconds; the coarsest clock of a file system, FAT's, ticks every two seconds


def _signature(status: os.stat_result) -> _Signature:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def read_optional_document(path: Path, *, root: Path, name: str) -> Document | None:
    """As :func:`read_document`, but ``None`` when there is no such file."""
    status = status_of(path, root)
    return None if status is None else _parsed(path, name, status)


def read_document(path: Path, *, root: Path, name: str, remedy: str = "") -> Document:
    """Read and parse one file.

    Args:
        path: The file.
        root: The folder it must stay below, also through symbolic links.
        name: How origins call it.
        remedy: What to do when the file is not there.

    Raises:
        ConfigError: E103 the file is missing, unreadable or refused; E104 it is no TOML document.
    """
    status = status_of(path, root)
    if status is None:
        raise refused(path, "E103", MISSING, remedy)
    return _parsed(path, name, status)


def _parsed(path: Path, name: str, status: os.stat_result) -> Document:
    return parse_document(path, name, read_bytes(path, status))


def parse_document(path: Path, name: str, data: bytes) -> Document:
    """What a file with these bytes holds, with every limit that a file on disk has.

    Raises:
        ConfigError: E103 it is too large; E104 it is no TOML document.
    """
    check_size(path, len(data))
    text = decoded(path, data)
    deep = line_of_deep_key(text, limit=DEEPEST)  # for which the parser would take hours
    if deep is not None:
        message = f"a key has more than {DEEPEST} parts"
        raise ConfigError([Finding("E104", "", message, path, deep, help="is this the right file?")])
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise refused(path, "E104", f"tables or lists stand more than {DEEPEST} levels deep") from None
    except ValueError as error:  # TOMLDecodeError, and what int() says about absurdly long numbers
        line, quoted, message, advice = read_trouble(text, str(error))
        raise ConfigError([Finding("E104", "", message, path, line, quoted, help=advice)]) from None
    # Each level below the first is opened by one of these signs; counting them is quicker than looking.
    is_flat = text.count(".") + text.count("[") + text.count("{") < DEEPEST
    if not is_flat and _is_deeper_than(values, DEEPEST):
        raise refused(path, "E104", f"tables or lists stand more than {DEEPEST} levels deep")
    return Document(path, name, text, values)


def _is_deeper_than(values: Any, limit: int) -> bool:  # noqa: ANN401 - a tree of TOML values
    # Not recursive: a dotted key may be thousands of levels deep, and this is what refuses it.
    level = [values]
    for _ in range(limit):
        below = [
            one
            for node in level
            for one in (node.values() if type(node) is dict else node)
            if type(one) in _TREES
        ]
        if not below:
            return False
        level = below
    return True


_TREES = frozenset({dict, list})  # tomllib makes no others
