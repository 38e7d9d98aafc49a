r"""TOML of which each statement is plain and stands on one line, read in a third of ``tomllib``'s time.

Rules this module keeps: what it gives is exactly what ``tomllib`` gives, with the line of every key besides;
it knows bare keys, headers, and values without escapes, and gives up on everything else, also on whatever may
be wrong: then ``tomllib`` reads the text, or says what is the matter.

Usage::

    read_plain("[settings]\nwindow_days = 14\n")
    # {"settings": {"window_days": 14}}, {("settings",): 1, ("settings", "window_days"): 2}
"""

import re
from datetime import date, time
from typing import Any

from rpa_commons.config.findings import KeyPath

__all__ = ["read_plain"]

_CONTROL = r"\x00-\x08\n-\x1f\x7f"
_KEY = "[A-Za-z0-9_-]+"
_DIGITS = "(?:_?[0-9]){0,15}"
_VALUES = (
    rf'"([^"\\{_CONTROL}]*)"(?!")',
    rf"'([^'{_CONTROL}]*)'(?!')",
    rf"([+-]?(?:0|[1-9]{_DIGITS})(?![0-9A-Za-z_.:+-]))",
    rf"([+-]?(?:0|[1-9]{_DIGITS})\.[0-9]{_DIGITS}(?![0-9A-Za-z_.:+-]))",
    "(true|false)",
    "([0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z:]| [0-9]))",
    "([0-9]{2}:[0-9]{2}:[0-9]{2}(?![0-9.]))",
)
_TEXT, _LITERAL, _WHOLE, _DECIMAL, _TRUTH, _DATE, _TIME, _LIST, _TABLE, _HEADER = range(2, 12)
_ANY = "|".join(_VALUES)
_ANY_UNNUMBERED = "(?:" + re.sub(r"[(](?![?])", "(?:", _ANY) + ")"
_SEPARATED = r"{0}[ \t]*(?:,[ \t]*{0}[ \t]*)*"
_ITEMS = _SEPARATED.replace("{0}", _ANY_UNNUMBERED)
_PAIRS = _SEPARATED.replace("{0}", rf"{_KEY}[ \t]*=[ \t]*{_ANY_UNNUMBERED}")
_STATEMENT = re.compile(
    rf"[ \t]*(?:(?:({_KEY})[ \t]*=[ \t]*"
    rf"(?:{_ANY}|\[([ \t]*(?:{_ITEMS}(?:,[ \t]*)?)?)\]|\{{([ \t]*(?:{_PAIRS})?)\}})"
    rf"|\[({_KEY}(?:\.{_KEY})*)\])[ \t]*)?"
    rf"(?:#[^{_CONTROL}]*)?"
)
_ITEM = re.compile(f"()(?:{_ANY})")  # an empty key, so that the numbers are the same
_PAIR = re.compile(rf"({_KEY})[ \t]*=[ \t]*(?:{_ANY})")
_DEEPEST = 16
"""Parts of a header; a file that has more is no plain one."""


def read_plain(text: str) -> tuple[dict[str, Any], dict[KeyPath, int]] | None:
    """The values of a document and the line of each key and table; ``None`` when it is not surely plain.

    Args:
        text: The document, line ends as line feeds.
    """
    try:
        return _read(text)
    except (_NotPlainError, ValueError):  # ValueError: a day or time of day that there is not
        return None


class _NotPlainError(Exception):
    """For ``tomllib`` to read."""


def _read(text: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    reading = _Reading()
    values, lines = reading.values, reading.lines
    table = values
    path: tuple[str, ...] = ()
    statement = _STATEMENT.fullmatch
    for number, line in enumerate(text.split("\n"), start=1):
        match = statement(line)
        if match is None:
            raise _NotPlainError
        kind = match.lastindex
        if kind is None:
            continue
        if kind == _HEADER:
            path = tuple(match[_HEADER].split("."))
            table = reading.opened(path, number)
            continue
        key = match[1]
        if key in table:
            raise _NotPlainError
        if kind == _TEXT:
            table[key] = match[_TEXT]
        else:
            table[key] = _value(kind, match[kind])
            if kind == _TABLE:
                reading.written.add((*path, key))
        lines[(*path, key)] = number
    return values, lines


class _Reading:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.lines: dict[KeyPath, int] = {}
        self.written: set[tuple[str, ...]] = set()  # tables that are values: no header reaches into them
        self._headers: set[tuple[str, ...]] = set()

    def opened(self, path: tuple[str, ...], number: int) -> dict[str, Any]:
        """The table of a header, made where it is not there yet."""
        if path in self._headers or len(path) > _DEEPEST:
            raise _NotPlainError
        self._headers.add(path)
        node = self.values
        for length, part in enumerate(path, start=1):
            inner = node.get(part)
            if inner is None:
                inner = node[part] = {}
                self.lines[path[:length]] = number
            elif type(inner) is not dict or path[:length] in self.written:
                raise _NotPlainError
            node = inner
        return node


def _value(kind: int, text: str) -> Any:  # noqa: ANN401, PLR0911 - any TOML value, and an exit for each kind
    if kind == _WHOLE:
        return int(text)
    if kind == _TRUTH:
        return text == "true"
    if kind == _LIST:
        return [_of_match(match) for match in _ITEM.finditer(text)]
    if kind == _DECIMAL:
        return float(text)
    if kind == _DATE:
        return date.fromisoformat(text)
    if kind == _TIME:
        return time.fromisoformat(text)
    if kind == _TABLE:
        found = [(match[1], _of_match(match)) for match in _PAIR.finditer(text)]
        table = dict(found)
        if len(table) < len(found):
            raise _NotPlainError
        return table
    return text


def _of_match(match: re.Match[str]) -> Any:  # noqa: ANN401 - any TOML value
    kind = match.lastindex or _TEXT
    return _value(kind, match[kind])
