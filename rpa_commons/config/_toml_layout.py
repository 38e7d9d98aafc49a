r"""Which lines a TOML document consists of: headers, and keys with their values.

Rules this module keeps: it is given documents that ``tomllib`` has accepted; offsets count in the text as it
is, with its own line ends; a value that reaches over several lines is one line here.

Usage::

    [line.path for line in Layout("[settings]\nwindow_days = 14\n").lines]
"""

import bisect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._places import find_places

__all__ = ["Layout", "Line", "Path"]

Path = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A header or a key with its value: where its line begins, and where the last one of it ends."""

    path: Path
    begin: int
    end: int
    is_header: bool = False


class Layout:
    """Which headers and pairs a document consists of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = tomllib.loads(text)
        self.places = find_places(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.lines = list(self._lines())

    def is_inline(self, path: Path) -> bool:
        """Whether the value at a path, or a table around it, stands behind an equals sign."""
        return any(self._span(path[:length]) for length in range(1, len(path) + 1))

    def pair_around(self, path: Path) -> Line:
        """The line of the pair that holds a path."""
        return next(one for one in self.lines if not one.is_header and one.path == path[: len(one.path)])

    def header(self, path: Path) -> int | None:
        """The position of ``[path]`` among the lines."""
        found = (at for at, one in enumerate(self.lines) if one.is_header and one.path == path)
        return next(found, None)

    def value_of(self, line: Line) -> tuple[int, int]:
        """The span of a pair's value."""
        place = self.places[line.path]
        return place.start, place.end

    def home_of(self, at: int) -> Path:
        """The table below whose header the line at a position stands."""
        return next((one.path for one in reversed(self.lines[: at + 1]) if one.is_header), ())

    def comment_above(self, begin: int) -> int:
        """Where the comment lines right above a line begin."""
        number = bisect.bisect_right(self._starts, begin) - 1
        while number and self.text[self._starts[number - 1] : self._starts[number]].lstrip().startswith("#"):
            number -= 1
        return self._starts[number]

    def _span(self, path: Path) -> bool:
        place = self.places.get(path)
        return place is not None and place.end > place.start

    def _lines(self) -> Iterator[Line]:
        begun = {
            self._starts[place.line - 1]: (path, place)
            for path, place in sorted(self.places.items(), key=lambda one: (-one[1].end, len(one[0])))[::-1]
            if place.end > place.start
        }
        number = 0
        while number < len(self._starts):
            begin = self._starts[number]
            end = begin
            stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
            content = self.text[begin:stop].strip()
            if begin in begun:
                path, place = begun[begin]
                end = place.end
                number = bisect.bisect_right(self._starts, max(begin, end - 1)) - 1
                stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
                yield Line(path, begin, stop)  # type: ignore[arg-type]
            elif content.startswith("["):
                yield Line(_header_path(content), begin, stop, is_header=True)
            number += 1


def _header_path(header: str) -> Path:
    path: list[str] = []
    node: Any = tomllib.loads(header)
    while isinstance(node, dict) and node:
        [(key, node)] = node.items()
        path.append(key)
    return tuple(path) if not isinstance(node, list) else (*path, "[]")
