r"""Which lines a TOML document consists of: headers, and keys with their values.

Rules this module keeps: it is given documents that ``tomllib`` has accepted; offsets count in the text as it
is, with its own line ends; a value that reaches over several lines is one line here.

Usage::

    [line.path for line in Layout("[settings]\nwindow_days = 14\n").lines]
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from rpa_commons.config.documents import mark
from rpa_commons.config.findings import KeyPath

__all__ = ["Layout", "Line", "Path"]

Path = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A header or a key with its value: where its line begins, and where the last one of it ends."""

    path: KeyPath
    begin: int
    end: int
    is_header: bool = False


class Layout:
    """Which headers and pairs a document consists of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = tomllib.loads(text)
        self._marked = mark(text)
        self.newline = self._marked.newline
        self.lines = list(self._lines())

    def is_inline(self, path: Path) -> bool:
        """Whether the value at a path, or a table around it, stands behind an equals sign."""
        return any(self.span(path[:length]) for length in range(1, len(path) + 1))

    def span(self, path: KeyPath) -> tuple[int, int] | None:
        """Where the value at a path stands; ``None`` for a table that headers or dotted keys make."""
        return self._marked.spans.get(path)

    def number_of(self, path: Path) -> int:
        """The number of the line where something at or below a path first stands."""
        found = (one.begin for one in self.lines if path in {one.path[: len(path)], path[: len(one.path)]})
        return self.text.count("\n", 0, next(found)) + 1

    def pair_around(self, path: Path) -> Line:
        """The line of the pair that holds a path."""
        return next(one for one in self.lines if not one.is_header and one.path == path[: len(one.path)])

    def header(self, path: Path) -> int | None:
        """The position of ``[path]`` among the lines."""
        found = (at for at, one in enumerate(self.lines) if one.is_header and one.path == path)
        return next(found, None)

    def home_of(self, at: int) -> KeyPath:
        """The table below whose header the line at a position stands."""
        return next((one.path for one in reversed(self.lines[: at + 1]) if one.is_header), ())

    def comments(self) -> Iterator[tuple[KeyPath, int, int]]:
        """Each line that is nothing but a comment: the table it stands in, and the comment's span."""
        at = 0
        for start, end in self._marked.comments:
            while at < len(self.lines) and self.lines[at].begin <= start:
                at += 1
            if at == 0 or self.lines[at - 1].end <= start:  # else behind a value, or within one
                yield (self.home_of(at - 1) if at else ()), start, end

    def comment_above(self, begin: int) -> int:
        """Where the comment lines right above a line begin."""
        return self._marked.block_start(begin)

    def _lines(self) -> Iterator[Line]:
        marked = self._marked
        for section in marked.sections:
            if section.tokens:
                begin, end = marked.line_start(section.tokens[0].start), marked.line_end(section.end)
                yield Line(section.path, begin, end, is_header=True)
            for pair in section.pairs:
                begin, end = marked.line_start(pair.tokens[0].start), marked.line_end(pair.end)
                yield Line(pair.path, begin, end)
