"""One TOML file: read with limits, parsed by ``tomllib``, each key with its place.

Rules this module keeps: a file is read once; it must be a regular file of at most 1 MiB that stays below
the folder it was found in; a line is quoted with every hidden value as ``…``.
"""

import bisect
import re
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ._findings import ConfigError, Finding
from ._keys import HIDDEN, KeyPath, lookup
from ._places import Place, find_places
from ._syntax import read_trouble

__all__ = ["Document", "Reader", "read_document", "read_optional_document"]

LARGEST_FILE = 1024 * 1024
"""Bytes; a configuration file is a few kilobytes."""
DEEPEST = 32
"""Levels of tables and lists inside each other."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how Windows editors begin such a file
_SAVE_AS = "save it again in the editor with UTF-8 as its encoding"


@dataclass(frozen=True)
class Document:
    """A parsed file.

    Attributes:
        path: The file, absolute.
        name: How origins call it: relative to the municipality folder, forward slashes.
        text: Its text, line ends as line feeds.
        values: What ``tomllib`` read.
        places: Where each key stands.
    """

    path: Path
    name: str
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest table around it; ``None`` when nothing of it is here."""
        for length in range(len(path), 0, -1):
            place = self.places.get(path[:length])
            if place is not None:
                return place.line
        return None

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


class Reader:
    """Reads files for one municipality; whoever reads through it may get what was read before.

    Usage::

        document = municipality.reader.optional(path, root=folder, name="stack.toml")
    """

    def optional(self, path: Path, *, root: Path, name: str) -> Document | None:
        """As :func:`read_optional_document`."""
        return read_optional_document(path, root=root, name=name)

    def document(self, path: Path, *, root: Path, name: str, remedy: str = "") -> Document:
        """As :func:`read_document`."""
        return read_document(path, root=root, name=name, remedy=remedy)


def read_optional_document(path: Path, *, root: Path, name: str) -> Document | None:
    """As :func:`read_document`, but ``None`` when there is no such file."""
    if not path.is_symlink() and not path.exists():
        return None
    return read_document(path, root=root, name=name)


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
    text = _read_text(path, root, remedy)
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise _refused(path, "E104", f"tables or lists stand more than {DEEPEST} levels deep") from None
    except ValueError as error:  # TOMLDecodeError, and what int() says about absurdly long numbers
        line, quoted, message, advice = read_trouble(text, str(error))
        raise ConfigError([Finding("E104", "", message, path, line, quoted, help=advice)]) from None
    if _is_deeper_than(values, DEEPEST):
        raise _refused(path, "E104", f"tables or lists stand more than {DEEPEST} levels deep")
    return Document(path, name, text, values, find_places(text))


def _read_text(path: Path, root: Path, remedy: str) -> str:
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            raise _refused(path, "E103", "leads out of its folder through a symbolic link",
                           "put the file itself there")  # fmt: skip
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refused(path, "E103", "is a folder where a file is expected", remedy)
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise _refused(path, "E103", "is no regular file", remedy)
        if status.st_size > LARGEST_FILE:
            size = f"{status.st_size / 1024 / 1024:.1f} MiB"
            raise _refused(path, "E103", f"is {size}; a configuration file may have 1 MiB",
                           "is this the right file?")  # fmt: skip
        data = path.read_bytes()
    except FileNotFoundError:
        raise _refused(path, "E103", "there is no such file", remedy) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links before Python 3.13
        reason = getattr(error, "strerror", None) or "a loop of symbolic links"
        raise _refused(path, "E103", f"cannot be read: {reason}", remedy) from None
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    """The text of a file, line ends as line feeds, without byte order mark."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        kind = "UTF-16" if data.startswith(_UTF_16) else "not UTF-8"
        advice = "is this the right file?" if b"\0" in data and kind != "UTF-16" else _SAVE_AS
        finding = Finding("E104", "", f"the file is {kind}", path, line, help=advice)
        raise ConfigError([finding]) from None
    return text.replace("\r\n", "\n")


def _refused(path: Path, code: str, problem: str, remedy: str = "") -> ConfigError:
    return ConfigError([Finding(code, "", problem, path, help=remedy)])


def _is_deeper_than(values: Any, limit: int) -> bool:  # noqa: ANN401 - a tree of TOML values
    # Not recursive: a dotted key may be thousands of levels deep, and this is what refuses it.
    level = [values]
    for _ in range(limit):
        below: list[Any] = []
        for node in level:
            below += node.values() if isinstance(node, dict) else node
        level = [node for node in below if isinstance(node, dict | list)]
        if not level:
            return False
    return True
