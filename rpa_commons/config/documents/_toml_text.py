r"""A TOML document as text with its parts marked, so that one key can change and nothing else does.

Rules this module keeps: it is given what ``tomllib`` has accepted and reads no value out of it; offsets are
those of the text as it is, carriage returns included.

Usage::

    text = mark('[settings]\nwindow_days = 14 # two weeks\n')
    text.spans["settings", "window_days"]  # (25, 27)
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from rpa_commons.config.findings import KeyPath

from ._patterns import BARE_KEY, SPACE, STRING

__all__ = ["Edit", "MarkedText", "Pair", "TextSection", "Token", "edited", "mark"]

_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"#[^\r\n]*")
_SCALAR = re.compile(r"[^,\]}#\r\n]*")


class Edit(NamedTuple):
    """What stands between two offsets becomes another text."""

    start: int
    end: int
    text: str


class Token(NamedTuple):
    """One part of a key, and where it stands, quotes included."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Pair:
    """A key with its value, in a section or in an inline table.

    Attributes:
        path: The whole path.
        tokens: The parts that are written here.
        start: Where the value begins.
        end: Where it ends.
        is_table: Whether the value is an inline table.
        table: Path of the section or inline table around it.
        inline: The pairs of its inline table.
    """

    path: KeyPath
    tokens: tuple[Token, ...]
    start: int
    end: int
    is_table: bool
    table: KeyPath
    inline: tuple["Pair", ...] = ()


@dataclass
class TextSection:
    """What stands below one header; the first one has none.

    Attributes:
        path: Of the table; positions for arrays of tables.
        tokens: The parts of the header.
        end: Where the header ends, closing bracket included.
        pairs: Its own keys.
    """

    path: KeyPath
    tokens: tuple[Token, ...] = ()
    end: int = 0
    pairs: list[Pair] = field(default_factory=list)


@dataclass
class MarkedText:
    """A document and where its parts stand."""

    text: str
    sections: list[TextSection] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    spans: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """Each value, list items too."""

    @property
    def newline(self) -> str:
        """How this document ends its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the line after that of an offset begins."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def comments_in(self, start: int, end: int) -> list[str]:
        """The comments that lie wholly between two offsets."""
        return [self.text[begin:stop] for begin, stop in self.comments if start <= begin and stop <= end]

    def block_start(self, offset: int) -> int:
        """Where the line of an offset begins, or the comment lines that stand directly above it."""
        start = self.line_start(offset)
        begins = {begin for begin, _ in self.comments}
        while start > 0:
            above = self.line_start(start - 1)
            match = SPACE.match(self.text, above)
            if match is None or match.end() not in begins:
                break
            start = above
        return start

    def all_pairs(self) -> Iterator[Pair]:
        """Every pair, those of inline tables after the one they stand in."""
        for section in self.sections:
            for pair in section.pairs:
                yield pair
                yield from _inside(pair)


def _inside(pair: Pair) -> Iterator[Pair]:
    for one in pair.inline:
        yield one
        yield from _inside(one)


def edited(text: str, edits: list[Edit]) -> str:
    """The text with every edit made; they do not overlap."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def mark(text: str) -> MarkedText:
    """Mark the parts of a valid TOML document, given without byte order mark."""
    return _Marker(text).mark()


class _Marker:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found = MarkedText(text, [TextSection(())])
        self._lengths: dict[KeyPath, int] = {}

    def mark(self) -> MarkedText:
        self._blank()
        while self._at < len(self._text):
            if self._peek("["):
                self._header()
            else:
                section = self._found.sections[-1]
                section.pairs.append(self._pair(section.path))
            self._blank()
        return self._found

    def _header(self) -> None:
        width = 2 if self._peek("[[") else 1
        self._at += width
        tokens = self._key()
        self._at += width
        path: KeyPath = ()
        for token in tokens[:-1]:
            path = (*path, token.name)
            if path in self._lengths:  # a header below an array of tables means its last table
                path = (*path, self._lengths[path] - 1)
        path = (*path, tokens[-1].name)
        if width > 1:
            position = self._lengths.get(path, 0)
            self._lengths[path] = position + 1
            path = (*path, position)
        self._found.sections.append(TextSection(path, tokens, self._at))

    def _pair(self, table: KeyPath) -> Pair:
        tokens = self._key()
        self._at += 1  # the equals sign
        self._skip(SPACE)
        path = (*table, *(token.name for token in tokens))
        start = self._at
        is_table = self._peek("{")
        inline = self._value(path)
        return Pair(path, tokens, start, self._found.spans[path][1], is_table, table, inline)

    def _value(self, path: KeyPath) -> tuple[Pair, ...]:
        start = self._at
        inline: tuple[Pair, ...] = ()
        if self._peek("["):
            self._list(path)
        elif self._peek("{"):
            inline = self._inline(path)
        else:
            match = STRING.match(self._text, start) or _SCALAR.match(self._text, start)
            self._at = match.end() if match else start
        end = start + len(self._text[start : self._at].rstrip())
        self._found.spans[path] = (start, end)
        return inline

    def _list(self, path: KeyPath) -> None:
        self._at += 1
        self._blank()
        item = 0
        while not self._peek("]"):
            self._value((*path, item))
            item += 1
            self._separator("]")
        self._at += 1

    def _inline(self, path: KeyPath) -> tuple[Pair, ...]:
        self._at += 1
        self._blank()
        pairs = []
        while not self._peek("}"):
            pairs.append(self._pair(path))
            self._separator("}")
        self._at += 1
        return tuple(pairs)

    def _separator(self, end: str) -> None:
        self._blank()
        if self._peek(","):
            self._at += 1
            self._blank()
        elif not self._peek(end):  # never in a valid document; without this the loop would not end
            raise ValueError(f"offset {self._at}: neither a comma nor {end}")

    def _key(self) -> tuple[Token, ...]:
        tokens = []
        while True:
            self._skip(SPACE)
            match = STRING.match(self._text, self._at)
            if match:
                [name] = tomllib.loads(f"{match.group()} = 0")
            else:
                match = BARE_KEY.match(self._text, self._at)
                if match is None:
                    raise ValueError(f"offset {self._at}: no key where one is expected")
                name = match.group()
            tokens.append(Token(name, match.start(), match.end()))
            self._at = match.end()
            self._skip(SPACE)
            if not self._peek("."):
                return tuple(tokens)
            self._at += 1

    def _blank(self) -> None:
        """Pass over spaces, line ends and comments, noting these."""
        while True:
            self._skip(_BLANK)
            match = _COMMENT.match(self._text, self._at)
            if match is None:
                return
            self._found.comments.append(match.span())
            self._at = match.end()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _peek(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)
