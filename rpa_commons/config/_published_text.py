"""A TOML file with only what others may see, every line where it was.

Rules this module keeps: the text is written anew from what may be seen, never copied and then blacked out, so
a comment or a line that nobody judged cannot slip through; whatever stays keeps its line, so that a finding
in the published file is a finding on the member's own line; a value that is withheld leaves its key and
``{ withheld = true }``.

Usage::

    text, withheld = published_text(document, judge)
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from typing import Any

from rpa_commons.validators import mask_personal_numbers

from ._document import Document
from ._keys import KeyPath, lookup

__all__ = [
    "MARK",
    "Judge",
    "Verdict",
    "is_fit_key",
    "is_fit_text",
    "is_withheld",
    "published_text",
    "quoted",
    "repeats",
]

MARK = "withheld"
"""``{ withheld = true }`` stands where a value was."""
_MARKED = f"{{ {MARK} = true }}"
_LONGEST_KEY = 40
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MANY_DIGITS = re.compile(r"\d{4}")
# What must not leave the house whatever the schema calls it: absolute paths, e-mail addresses, and addresses
# with a user, a password or a query in them.
_UNFIT = re.compile(
    r"^\s*[/~\\]|\b[A-Za-z]:[\\/](?!/)|(?<![\w:/])/[\w.-]+/|\\\\\w|\bfile:/|\S@\S|://\S*\?", re.IGNORECASE
)


class Verdict(Enum):
    """What becomes of a key."""

    SHOW = "show"
    WITHHOLD = "withhold"
    """The key stays, its value goes."""
    DROP = "drop"
    """The key goes too: it may be a name or a number itself."""


Judge = Callable[[KeyPath], Verdict]


def is_withheld(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether a value is the mark of one that was withheld."""
    return isinstance(value, Mapping) and len(value) == 1 and value.get(MARK) is True


def is_fit_text(text: str) -> bool:
    """Whether a text holds nothing that never leaves the house: personal numbers, paths, mail, passwords."""
    return mask_personal_numbers(text) == text and _UNFIT.search(text) is None


def repeats(text: str, taboo: Collection[str]) -> bool:
    """Whether one of the texts stands in a text, in whatever case; they are given in folded case."""
    folded = text.casefold()
    return any(one in folded for one in taboo)


def is_fit_key(key: str) -> bool:
    """Whether a key that no schema knows looks like a key and not like data."""
    return len(key) <= _LONGEST_KEY and bool(_KEY.fullmatch(key)) and not _MANY_DIGITS.search(key)


def quoted(text: str) -> str:
    """The text as a basic TOML string on one line, whatever it holds."""
    return '"' + "".join(_sign(sign) for sign in text) + '"'


def published_text(
    document: Document, judge: Judge, taboo: Collection[str] = ()
) -> tuple[str, tuple[KeyPath, ...]]:
    """What others may see of a file, and the paths whose values were withheld.

    Of a key that is left out altogether nothing is told, for the key may be data.

    Args:
        document: The file.
        judge: Says for a key what becomes of it; asked for every table around a key first.
        taboo: Texts, in folded case, that no value of the result holds, such as personal values of any file.
    """
    writer = _Writer(document, judge, _Values(document, judge, taboo))
    writer.write()
    return "\n".join(writer.lines), tuple(dict.fromkeys(writer.values.withheld))


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - what \u can write


class _UnfitError(Exception):
    """Something in this value cannot be shown and cannot be left out of it: it is withheld as a whole."""


class _Values:
    """Writes values, line by line as they stood."""

    def __init__(self, document: Document, judge: Judge, taboo: Collection[str]) -> None:
        self.withheld: list[KeyPath] = []
        self._document = document
        self._judge = judge
        self._taboo = taboo
        self._line = 0

    def text(self, path: KeyPath, line: int) -> str | None:
        """The value at a path as it may be seen, ``None`` when it may not; it begins on the given line."""
        known = len(self.withheld)
        self._line = line
        try:
            return self._value(path, lookup(self._document.values, path))
        except _UnfitError:
            self.withheld[known:] = [path]
            return None

    def _value(self, path: KeyPath, value: Any) -> str:  # noqa: ANN401 - any TOML value
        if isinstance(value, Mapping):
            return self._table(path, value)
        if isinstance(value, list):
            return self._list(path, value)
        if isinstance(value, str):
            if not is_fit_text(value) or repeats(value, self._taboo):
                raise _UnfitError
            return quoted(value)
        place = self._document.places[path]
        text = self._document.text[place.start : place.end]  # a number, date or truth value as it stands
        if "\n" in text or not is_fit_text(text) or repeats(text, self._taboo):
            raise _UnfitError
        return text

    def _table(self, path: KeyPath, table: Mapping[str, Any]) -> str:
        parts = []
        for key, value in table.items():
            here = (*path, key)
            verdict = self._judge(here)
            if verdict is Verdict.DROP:
                continue
            if verdict is Verdict.WITHHOLD:
                self.withheld.append(here)
                parts.append(f"{_key_text((key,))} = {_MARKED}")
                continue
            if self._document.places[here].line > self._line:  # an inline table stands on one line
                raise _UnfitError
            parts.append(f"{_key_text((key,))} = {self._value(here, value)}")
        return f"{{ {', '.join(parts)} }}" if parts else "{}"

    def _list(self, path: KeyPath, items: list[Any]) -> str:
        text = "["
        for position, item in enumerate(items):
            here = (*path, position)
            if self._judge(here) is not Verdict.SHOW:
                raise _UnfitError
            down = self._document.places[here].line - self._line
            self._line += down
            comma = "," * (position > 0)
            text += comma + ("\n" * down or " " * len(comma)) + self._value(here, item)
        return f"{text}]"


class _Writer:
    """Writes headers and pairs to the lines they had."""

    def __init__(self, document: Document, judge: Judge, values: _Values) -> None:
        self._document = document
        self._judge = judge
        self.values = values
        self.lines = [""] * (document.text.count("\n") + 1)
        self._context: KeyPath | None = ()  # the table that lines are in; None: one that is left out
        self._marked: set[KeyPath] = set()  # withheld tables that have a header or a mark
        self._array_lengths: dict[KeyPath, int] = {}

    def write(self) -> None:
        """Fill the lines."""
        pairs = list(_pairs(self._document))
        spans = [self._document.places[path] for path in pairs]
        by_line = {place.line: path for path, place in zip(pairs, spans, strict=True)}
        for line, text in _statements(self._document.text, [(one.start, one.end) for one in spans]):
            if text.startswith("["):
                self._header(line, text)
            elif line in by_line:
                self._pair(line, by_line[line])

    def _header(self, line: int, text: str) -> None:
        path, is_array = self._path_of(text)
        root, verdict = self._root(path)
        if verdict is Verdict.SHOW:
            self._context = path
            name = _key_text(path)
            self.lines[line - 1] = f"[[{name}]]" if is_array else f"[{name}]"
            return
        self._context = None
        if verdict is Verdict.DROP:
            return
        self.values.withheld.append(root)
        if root not in self._marked:
            self._marked.add(root)
            self._context = root
            self.lines[line - 1] = f"[{_key_text(root)}]"

    def _pair(self, line: int, path: KeyPath) -> None:
        root, verdict = self._root(path)
        context = self._context
        if verdict is Verdict.SHOW and context is not None:
            value = self.values.text(path, line)
            name = _key_text(path[len(context) :])
            for offset, one in enumerate(f"{name} = {value or _MARKED}".split("\n")):
                self.lines[line - 1 + offset] = one
            return
        if verdict is Verdict.DROP:
            return
        self.values.withheld.append(root)
        if context is None:
            return
        if root == context:
            self._context = None
            self.lines[line - 1] = f"{MARK} = true"
        elif root not in self._marked:
            self._marked.add(root)
            self.lines[line - 1] = f"{_key_text(root[len(context) :])} = {_MARKED}"

    def _root(self, path: KeyPath) -> tuple[KeyPath, Verdict]:
        """The outermost part of a path that is not shown, and why; else the path itself."""
        for length in range(1, len(path) + 1):
            if isinstance(path[length - 1], str):
                verdict = self._judge(path[:length])
                if verdict is not Verdict.SHOW:
                    return path[:length], verdict
        return path, Verdict.SHOW

    def _path_of(self, header: str) -> tuple[KeyPath, bool]:
        """The path of a header; below an array of tables it means that array's last table."""
        tree: Any = tomllib.loads(header)
        path: KeyPath = ()
        while tree and isinstance(tree, dict):
            [(key, tree)] = tree.items()
            path = (*path, key)
            if isinstance(tree, dict) and tree and path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
        is_array = isinstance(tree, list)
        if is_array:
            position = self._array_lengths.get(path, 0)
            self._array_lengths[path] = position + 1
            path = (*path, position)
        return path, is_array


def _pairs(document: Document) -> Iterator[KeyPath]:
    """Each key that has a value of its own in the text: no header, and not inside another value."""
    end = -1
    spans = [one for one in document.places.items() if one[1].end > one[1].start]
    for path, place in sorted(spans, key=lambda one: (one[1].start, -one[1].end)):
        if place.start >= end:
            end = place.end
            yield path


def _statements(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """The lines on which a header or a pair can begin: those that no value of an earlier line runs into."""
    waiting = iter([*spans, (len(text) + 1, len(text) + 1)])
    start, end = next(waiting)
    position = 0
    for line, whole in enumerate(text.split("\n"), 1):
        while end <= position:
            start, end = next(waiting)
        if not start < position and whole.strip():
            yield line, whole.strip()
        position += len(whole) + 1


def _key_text(path: KeyPath) -> str:
    """A dotted key without list positions, as a header or a pair has it."""
    names = (part for part in path if isinstance(part, str))
    return ".".join(name if _BARE.fullmatch(name) else quoted(name) for name in names)
