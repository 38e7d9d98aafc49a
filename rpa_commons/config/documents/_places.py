r"""Where each key of a TOML document stands.

Rules this module keeps: it is given documents that ``tomllib`` has accepted and reads no value out of them;
it only finds the line of every key and list item and the span of every value. A key's place is where the key
is written; a table's is its first header (or the first dotted key that makes it); a list item's is where
the item begins.

Usage::

    places = find_places('[settings]\nwindow_days = 14\n')
    places["settings", "window_days"].line  # 2
"""

import re
import tomllib
from typing import NamedTuple

from rpa_commons.config.findings import KeyPath

from ._patterns import BARE_KEY, SPACE, STRING

__all__ = ["Place", "PlainLines", "find_places", "plain_lines"]


class Place(NamedTuple):
    """Line (from 1) of a key or item, and the offsets where its value begins and ends in the text.

    A table that has a header has an empty span.
    """

    line: int
    start: int
    end: int


# Loops are unrolled as in ._patterns.
_BLANK = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_PLAIN_VALUE = (  # no escape, no line end, no bracket: such a value ends where the pattern does
    r"""(?:"[^"\\\n]*"(?!")|'[^'\n]*'(?!')"""
    r"|[0-9A-Za-z+-][0-9A-Za-z+\-.:_]*(?: [0-9][0-9A-Za-z+\-.:]*)?)"
)
_PLAIN_KEY = "[A-Za-z0-9_-]+"
_SEPARATED = r"{0}[ \t]*(?:,[ \t]*{0}[ \t]*)*"
_PLAIN_ITEMS = _SEPARATED.replace("{0}", _PLAIN_VALUE)
_PLAIN_PAIRS = _SEPARATED.replace("{0}", rf"{_PLAIN_KEY}[ \t]*=[ \t]*{_PLAIN_VALUE}")
_ITEM = re.compile(_PLAIN_VALUE)
_PAIR = re.compile(rf"({_PLAIN_KEY})[ \t]*=[ \t]*({_PLAIN_VALUE})")
_PLAIN_VALUES = (
    rf"({_PLAIN_VALUE})"
    rf"|(\[[ \t]*(?:{_PLAIN_ITEMS}(?:,[ \t]*)?)?\])"
    rf"|(\{{[ \t]*(?:{_PLAIN_PAIRS})?\}})"
)
_PLAIN_HEADER = rf"\[({_PLAIN_KEY}(?:\.{_PLAIN_KEY})*)\]"
# What nearly every line is: a bare key and values on one line, or a header. First with what stands above it;
# there a comment's line end is asked for, since else many comments in a row could be divided in many ways.
_PLAIN_LINES = re.compile(
    r"[ \t\n]*(?:#[^\n]*\n[ \t\n]*)*"
    rf"(?:({_PLAIN_KEY})[ \t]*=[ \t]*(?:{_PLAIN_VALUES})|{_PLAIN_HEADER})"
    r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)"
)
# What each line of such a document is, when tomllib has accepted it: a value that opens nothing ends with its
# line, whatever it is. Only lists, tables and long texts can go on.
_UNCAUGHT_LIST = rf"\[[ \t]*(?:{_PLAIN_ITEMS}(?:,[ \t]*)?)?\][ \t]*(?:#[^\n]*)?"
_UNCAUGHT_TABLE = re.sub(r"[(](?=[^?])", "(?:", rf"\{{[ \t]*(?:{_PLAIN_PAIRS})?\}}[ \t]*(?:#[^\n]*)?")
_SHORT_LINE = rf"""[^ \t\[{{"'\n].*|"(?!"").*|'(?!'').*|{_UNCAUGHT_LIST}|{_UNCAUGHT_TABLE}"""
_PLAIN_LINE = re.compile(
    rf"^[ \t]*(?:({_PLAIN_KEY})[ \t]*=[ \t]*(?:{_SHORT_LINE})|{_PLAIN_HEADER}[ \t]*(?:#.*)?|#.*|)$",
    re.MULTILINE,
)
_LIST, _TABLE, _HEADER = 3, 4, 5  # the groups of a plain line


def find_places(text: str) -> dict[KeyPath, Place]:
    """The place of every key, table and list item of a valid TOML document.

    Args:
        text: The document, without byte order mark, in which ``tomllib`` found no error.
    """
    return _Scanner(text).scan()


class PlainLines(NamedTuple):
    """The lines of a document that has nothing but bare keys, each statement on a line of its own.

    Attributes:
        keys: Of each table by its dotted name (the first one has none), the line of each of its own keys.
        headers: The line of each table's header, by dotted name.
    """

    keys: dict[str, dict[str, int]]
    headers: dict[str, int]

    def by_path(self) -> dict[KeyPath, int]:
        """What :func:`find_places` finds, without items on their key's line."""
        lines: dict[KeyPath, int] = {}
        for header, number in self.headers.items():
            table = tuple(header.split("."))
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        for name, keys in self.keys.items():
            table = tuple(name.split(".")) if name else ()
            lines.update(((*table, key), number) for key, number in keys.items())
        return lines


def plain_lines(text: str) -> PlainLines | None:
    """The line of every key and header, when each statement stands on a line of its own; else ``None``.

    Takes a fifth of the time of :func:`find_places`: one pattern finds all lines, no path is made.
    """
    found = _PLAIN_LINE.findall(text)
    if len(found) <= text.count("\n"):  # some line is none of these
        return None
    own: dict[str, int] = {}
    keys, headers, number = {"": own}, {}, 0
    for key, header in found:
        number += 1  # noqa: SIM113 - quicker than enumerate, which makes a pair for each line
        if key:
            own[key] = number
        elif header:
            headers[header] = number
            own = keys[header] = {}
    return PlainLines(keys, headers)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.places: dict[KeyPath, Place] = {}
        self._array_lengths: dict[KeyPath, int] = {}
        self._counted = (0, 1)  # an offset and its line

    def scan(self) -> dict[KeyPath, Place]:
        """Read headers and key-value pairs to the end."""
        table: KeyPath = ()
        while True:
            table = self._plain_lines(table)
            self._skip(_BLANK)
            if self.position >= len(self.text):
                return self.places
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)

    def _plain_lines(self, table: KeyPath) -> KeyPath:
        """Read as many plain lines as there are, which is quick; gives the table that then is open."""
        text, places, position = self.text, self.places, self.position
        counted, line = self._counted
        while (match := _PLAIN_LINES.match(text, position)) is not None:
            position = match.end()
            kind = match.lastindex or _HEADER
            start = match.start(1)
            if kind == _HEADER:
                start = match.start(kind)
            line += text.count("\n", counted, start)
            counted = start
            if kind == _HEADER:
                table = self._open(match[kind].split("."), line, is_array=False)
                continue
            path = (*table, match[1])
            begin, end = match.span(kind)
            places[path] = Place(line, begin, end)
            if kind == _LIST:
                for index, item in enumerate(_ITEM.finditer(text, begin + 1, end)):
                    places[*path, index] = Place(line, *item.span())
            elif kind == _TABLE:
                for pair in _PAIR.finditer(text, begin + 1, end):
                    places[*path, pair[1]] = Place(line, *pair.span(2))
        self.position, self._counted = position, (counted, line)
        return table

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self._peek("[[")
        self.position += 2 if is_array else 1
        keys = self._key()
        self.position += 2 if is_array else 1
        return self._open(keys, line, is_array=is_array)

    def _open(self, keys: list[str], line: int, *, is_array: bool) -> KeyPath:
        path: KeyPath = ()
        for key in keys[:-1]:
            path = (*path, key)
            self._note(path, line)
            if path in self._array_lengths:  # a header below an array of tables means its last table
                path = (*path, self._array_lengths[path] - 1)
        path = (*path, keys[-1])
        self._note(path, line)
        if is_array:
            position = self._array_lengths.get(path, 0)
            self._array_lengths[path] = position + 1
            path = (*path, position)
            self._note(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        keys = self._key()
        self.position += 1  # the equals sign
        path = table
        for key in keys[:-1]:
            path = (*path, key)
            self._note(path, line)
        self._value((*path, keys[-1]), line)

    def _value(self, path: KeyPath, line: int) -> None:
        self._skip(SPACE)
        start = self.position
        self.places[path] = Place(line, start, start)
        if self._peek("["):
            self._list(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            match = STRING.match(self.text, start) or _SCALAR.match(self.text, start)
            self.position = match.end() if match else start
        end = start + len(self.text[start : self.position].rstrip())
        self.places[path] = Place(line, start, end)

    def _list(self, path: KeyPath) -> None:
        self.position += 1
        self._skip(_BLANK)
        item = 0
        while not self._at_end("]"):
            self._value((*path, item), self._line())
            item += 1
            self._separator("]")
        self.position += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.position += 1
        self._skip(_BLANK)  # TOML 1.1 allows new lines here; tomllib has already said whether this one does
        while not self._at_end("}"):
            self._pair(path)
            self._separator("}")
        self.position += 1

    def _separator(self, end: str) -> None:
        self._skip(_BLANK)
        if self._peek(","):
            self.position += 1
            self._skip(_BLANK)
        elif not self._at_end(end):  # never in a valid document; without this the loop would not end
            raise ValueError(f"line {self._line()}: neither a comma nor {end}")

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(SPACE)
            if match := STRING.match(self.text, self.position):
                [key] = tomllib.loads(f"{match.group()} = 0")
            else:
                match = BARE_KEY.match(self.text, self.position)
                if match is None:
                    raise ValueError(f"line {self._line()}: no key where one is expected")
                key = match.group()
            keys.append(key)
            self.position = match.end()
            self._skip(SPACE)
            if not self._peek("."):
                return keys
            self.position += 1

    def _note(self, path: KeyPath, line: int) -> None:
        self.places.setdefault(path, Place(line, self.position, self.position))

    def _line(self) -> int:
        counted, line = self._counted
        line += self.text.count("\n", counted, self.position)  # the position only ever grows
        self._counted = (self.position, line)
        return line

    def _peek(self, sign: str) -> bool:
        return self.text.startswith(sign, self.position)

    def _at_end(self, sign: str) -> bool:
        return self.position >= len(self.text) or self._peek(sign)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position
