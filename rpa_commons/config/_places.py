r"""Where each key of a TOML document stands.

Rules this module keeps: it is given documents that ``tomllib`` has accepted and reads no value out of them;
it only finds the line of every key and list item and the span of every value. A key's place is where the key
is written; a table's is its first header (or the first dotted key that makes it); a list item's is where
the item begins.

Usage::

    places = find_places('[settings]\nwindow_days = 14\n')
    places["settings", "window_days"].line  # 2
"""

import bisect
import re
import tomllib
from typing import NamedTuple

from ._keys import KeyPath

__all__ = ["Place", "find_places"]


class Place(NamedTuple):
    """Line (from 1) of a key or item, and the offsets where its value begins and ends in the text.

    A table that has a header has an empty span.
    """

    line: int
    start: int
    end: int


# Loops are unrolled instead of possessive: Python 3.11 before 3.11.5 gets possessive groups wrong.
_BLANK = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(  # alternatives in TOML's own order: the three quotes first
    r'"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*"{3,5}'
    r"|'''[^']*(?:'(?!'')[^']*)*'{3,5}"
    r'|"[^\\"\n]*(?:\\.[^\\"\n]*)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def find_places(text: str) -> dict[KeyPath, Place]:
    """The place of every key, table and list item of a valid TOML document.

    Args:
        text: The document, without byte order mark, in which ``tomllib`` found no error.
    """
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.places: dict[KeyPath, Place] = {}
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._array_lengths: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, Place]:
        """Read headers and key-value pairs to the end."""
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.position < len(self.text):
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)
        return self.places

    def _header(self) -> KeyPath:
        line = self._line()
        is_array = self._peek("[[")
        self.position += 2 if is_array else 1
        keys = self._key()
        self.position += 2 if is_array else 1
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
        self._skip(_SPACE)
        start = self.position
        self.places[path] = Place(line, start, start)
        if self._peek("["):
            self._list(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            match = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
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
            self._skip(_SPACE)
            if match := _STRING.match(self.text, self.position):
                [key] = tomllib.loads(f"{match.group()} = 0")
            else:
                match = _BARE_KEY.match(self.text, self.position)
                if match is None:
                    raise ValueError(f"line {self._line()}: no key where one is expected")
                key = match.group()
            keys.append(key)
            self.position = match.end()
            self._skip(_SPACE)
            if not self._peek("."):
                return keys
            self.position += 1

    def _note(self, path: KeyPath, line: int) -> None:
        self.places.setdefault(path, Place(line, self.position, self.position))

    def _line(self) -> int:
        return bisect.bisect_left(self._line_ends, self.position) + 1

    def _peek(self, sign: str) -> bool:
        return self.text.startswith(sign, self.position)

    def _at_end(self, sign: str) -> bool:
        return self.position >= len(self.text) or self._peek(sign)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position
