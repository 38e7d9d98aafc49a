"""A TOML file with only what others may see, every line where it was.

Rules this module keeps: the text is written anew from what may be seen, never copied and then blacked out, so
a comment or a line that nobody judged cannot slip through; whatever stays keeps its line, so that a finding
in the published file is a finding on the member's own line; a value that is withheld leaves its key and
``{ withheld = true }``.

Usage::

    text, withheld = published_text(document, judge)
"""

import bisect
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from rpa_commons.config.documents import Document, mark, toml_text
from rpa_commons.config.findings import KeyPath, format_key, lookup
from rpa_commons.validators import mask_personal_numbers

from ._publish_fit import Taboo, is_fit_number, is_fit_text

__all__ = ["MARK", "Judge", "Verdict", "is_withheld", "published_text"]

MARK = "withheld"
"""``{ withheld = true }`` stands where a value was."""
_MARKED = f"{{ {MARK} = true }}"


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


def published_text(document: Document, judge: Judge, taboo: Taboo) -> tuple[str, tuple[KeyPath, ...]]:
    """What others may see of a file, and the paths whose values were withheld.

    Of a key that is left out altogether nothing is told, for the key may be data.

    Args:
        document: The file.
        judge: Says for a key what becomes of it; asked for every table around a key first.
        taboo: Texts that no value of the result holds, such as personal values of any file.
    """
    writer = _Writer(document, judge, _Values(document, judge, taboo))
    writer.write()
    return "\n".join(writer.lines), tuple(dict.fromkeys(writer.values.withheld))


class _UnfitError(Exception):
    """Something in this value cannot be shown and cannot be left out of it: it is withheld as a whole."""


class _Values:
    """Writes values, line by line as they stood."""

    def __init__(self, document: Document, judge: Judge, taboo: Taboo) -> None:
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
            if not is_fit_text(value) or self._taboo.is_in(value):
                raise _UnfitError
            return toml_text(value)
        place = self._document.places[path]
        text = self._document.text[place.start : place.end]  # a number, date or truth value as it stands
        is_long = isinstance(value, int) and not isinstance(value, bool) and not is_fit_number(value)
        if is_long or mask_personal_numbers(text) != text or self._taboo.is_in(text):
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

    def write(self) -> None:
        """Fill the lines."""
        text = self._document.text
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        for section in mark(text).sections:
            if section.tokens:
                self._header(bisect.bisect_right(starts, section.tokens[0].start), section.path)
            for pair in section.pairs:
                self._pair(bisect.bisect_right(starts, pair.tokens[0].start), pair.path)

    def _header(self, line: int, path: KeyPath) -> None:
        root, verdict = self._root(path)
        if verdict is Verdict.SHOW:
            self._context = path
            name = _key_text(path)
            self.lines[line - 1] = f"[[{name}]]" if isinstance(path[-1], int) else f"[{name}]"
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


def _key_text(path: KeyPath) -> str:
    """A dotted key without list positions, as a header or a pair has it."""
    return format_key(tuple(part for part in path if isinstance(part, str)))
