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

__all__ = ["Document", "read_document", "read_optional_document"]

LARGEST_FILE = 1024 * 1024
"""Bytes; a configuration file is a few kilobytes."""
DEEPEST = 32
"""Levels of tables and lists inside each other."""

_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER_LINE = re.compile(r"""\s*\[{1,2}[\w\s."'-]*\]{0,2}\s*""")
_KEY_LINE = re.compile(r"""(\s*[\w."' -]+=)\s*\S""")


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
        raise ConfigError([_syntax_finding(path, text, str(error))]) from None
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
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            [Finding("E104", "", "not UTF-8", path, line, help="save the file as UTF-8")]
        ) from None
    return text.replace("\r\n", "\n")


def _refused(path: Path, code: str, problem: str, remedy: str = "") -> ConfigError:
    return ConfigError([Finding(code, "", problem, path, help=remedy)])


def _syntax_finding(path: Path, text: str, problem: str) -> Finding:
    match = _TOML_PLACE.search(problem)
    lines = text.split("\n")
    line = int(match.group(1)) if match and match.group(1) else len(lines)
    message = _TOML_PLACE.sub("", problem) or "not a TOML document"
    if match is None:
        line, message = 0, "a number is too long"
    elif match.group(2):
        message += f" (column {match.group(2)})"
    quoted = _quote_broken(lines, line) if line else ""
    return Finding("E104", "", f"not TOML: {message}", path, line or None, quoted, help=_syntax_help(quoted))


def _quote_broken(lines: list[str], line: int) -> str:
    # Nothing tells which value is a secret when the document cannot be parsed: no value is shown.
    text, before = lines[line - 1], "\n".join(lines[: line - 1])
    inside_string = before.count('"""') % 2 or before.count("'''") % 2
    if inside_string or not text.strip():
        return HIDDEN if text.strip() else ""
    if _HEADER_LINE.fullmatch(text):
        return text
    match = _KEY_LINE.match(text)
    return f"{match.group(1)} {HIDDEN}" if match else HIDDEN


def _syntax_help(quoted: str) -> str:
    if quoted.endswith(f"= {HIDDEN}"):
        return 'text stands in quotes: key = "text"; a key may stand once'
    return ""


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
