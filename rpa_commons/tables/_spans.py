"""What an input cell covers: an interval of numbers or days, one value, or everything.

Rules this module keeps: an interval lies between two cuts, and a cut stands just before or just after a
value, so that open and closed ends are exact; for whole numbers and days every cut stands before a value.

One notation: ``0..999`` holds both ends, ``[0..1000)`` not the upper, ``(0..1000]`` not the lower; ``< 5``,
``<= 5``, ``> 5``, ``>= 5``; one value alone; ``*`` for any.

Usage::

    read_span(column, "[0..1000)", comma=False)  # the canonical text
    span_of(column, "[0..1000)").holds(Decimal("999.99"))  # True
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ._cells import ANY, CellError, read_value, shown, typed

if TYPE_CHECKING:
    from ._column import Column

__all__ = [
    "BOTTOM",
    "TOP",
    "Cut",
    "Span",
    "column_bounds",
    "cut",
    "outside",
    "read_span",
    "span_between",
    "span_of",
    "span_text",
]

Cut = tuple[int, Any, int]
"""(-1 | 0 | 1 for below all, at a value, above all; the value; 0 before it, 1 after it)."""

BOTTOM: Cut = (-1, 0, 0)
TOP: Cut = (1, 0, 0)

_RANGE = re.compile(r"([\[(]?)\s*(.+?)\s*\.\.\s*(.+?)\s*([\])]?)")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_HYPHEN = re.compile(r"\s*([0-9][0-9.,]*)\s*[-\u2013\u2014]\s*([0-9][0-9.,]*)\s*")
_MONTH = re.compile(r"[0-9]{1,2}[-. ][^\W\d_]{3,9}\.?|[^\W\d_]{3,9}[-. ][0-9]{2,4}")
_ENDS = ("[", "]")
_SIGNS = "=+-\u2212\u2013"  # what is said of those is worth more than the forms of a range


@dataclass(frozen=True)
class Span:
    """What lies from one cut to another."""

    low: Cut
    high: Cut

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it."""
        return self.low >= self.high

    def holds(self, value: Any) -> bool:  # noqa: ANN401 - Decimal, int or date
        """Whether a value lies in it."""
        return self.low <= (0, value, 0) and (0, value, 1) <= self.high


def cut(column: "Column", value: Any, *, after: bool) -> Cut:  # noqa: ANN401 - Decimal, int or date
    """The cut just before or after a value."""
    if after and column.is_discrete:
        if value == date.max:
            return TOP
        return (0, value + (timedelta(days=1) if isinstance(value, date) else 1), 0)
    return (0, value, int(after))


def read_span(column: "Column", text: str, *, comma: bool | None) -> str:
    """The canonical text of a range cell.

    Raises:
        CellError: it is none.
    """
    if text == ANY:
        return ANY
    if match := _COMPARED.fullmatch(text):
        return f"{match[1]} {read_value(column, match[2], comma=comma)}"
    if match := _RANGE.fullmatch(text):
        low, high = (read_value(column, match[index], comma=comma) for index in (2, 3))
        if bool(match[1]) != bool(match[4]):
            raise CellError(
                f"{shown(text)} has a bracket at one end only",
                f"write {low}..{high} for both ends included, [{low}..{high}) for the upper one excluded",
            )
        left, right = match[1] or _ENDS[0], match[4] or _ENDS[1]
        return f"{low}..{high}" if (left, right) == _ENDS else f"{left}{low}..{high}{right}"
    if match := _HYPHEN.fullmatch(text):
        raise CellError(
            f"{shown(text)} is no range here: a spreadsheet makes dates of hyphens",
            f"write {match[1]}..{match[2]}",
        )
    if column.kind != "date" and _MONTH.fullmatch(text):
        raise CellError(
            f"{shown(text)} looks as if a spreadsheet has made a date of a range",
            "write ranges with two points: 1..12",
        )
    try:
        return read_value(column, text, comma=comma)
    except CellError as error:
        advice = error.help if text[:1].isdigit() or text[:1] in _SIGNS else ""
        raise CellError(error.message, advice or "write 0..999, [0..1000), >= 1000 or *") from None


def span_between(column: "Column", low: str, high: str, *, comma: bool | None) -> str:
    """The canonical text of a range in two columns, both ends included; an empty cell is no bound.

    Raises:
        CellError: a cell is no value.
    """
    if not low and not high:
        return ANY
    if not low:
        return f"<= {read_value(column, high, comma=comma)}"
    if not high:
        return f">= {read_value(column, low, comma=comma)}"
    return f"{read_value(column, low, comma=comma)}..{read_value(column, high, comma=comma)}"


def span_of(column: "Column", text: str) -> Span:
    """The interval that a canonical cell of an ordered column writes; a band reaches up without end.

    Raises:
        ValueError: the text is not canonical.
    """
    if text == ANY:
        return Span(BOTTOM, TOP)
    if column.match == "band":
        return Span(cut(column, _typed(column, text), after=False), TOP)
    if match := _COMPARED.fullmatch(text):
        value = _typed(column, match[2])
        edge = cut(column, value, after=match[1] in {">", "<="})
        return Span(edge, TOP) if match[1].startswith(">") else Span(BOTTOM, edge)
    if match := _RANGE.fullmatch(text):
        low, high = (_typed(column, match[index]) for index in (2, 3))
        return Span(cut(column, low, after=match[1] == "("), cut(column, high, after=match[4] != ")"))
    value = _typed(column, text)
    return Span(cut(column, value, after=False), cut(column, value, after=True))


def column_bounds(column: "Column") -> tuple[Cut, Cut]:
    """Where the values of an ordered column begin and end."""
    low = BOTTOM if column.lowest is None else cut(column, typed(column.kind, column.lowest), after=False)
    high = TOP if column.highest is None else cut(column, typed(column.kind, column.highest), after=True)
    return low, high


def outside(column: "Column", text: str) -> str:
    """The end of a canonical range that lies outside what cases can have, in words; empty: none does."""
    span, (low, high) = span_of(column, text), column_bounds(column)
    for end in (span.low, span.high):
        if end not in {BOTTOM, TOP} and end < low:
            return f"cases have {column.lowest} or more"
        if end not in {BOTTOM, TOP} and end > high:
            return f"cases have {column.highest} at most"
    return ""


def span_text(low: Cut, high: Cut, *, discrete: bool) -> str:
    """An interval in words."""
    if low == BOTTOM and high == TOP:
        return "any"
    if discrete and high[0] == 0:
        last = high[1] - (timedelta(days=1) if isinstance(high[1], date) else 1)
        if low[0] == 0 and low[1] == last:
            return str(last)
        return f"up to {last}" if low == BOTTOM else f"{low[1]} to {last}"
    if low[:2] == high[:2]:
        return _number(low[1])
    start = "" if low == BOTTOM else f"{'above ' if low[2] else ''}{_number(low[1])}"
    end = _number(high[1]) if high[2] else f"below {_number(high[1])}"
    if high == TOP:
        return start if low[2] else f"{start} and above"
    return f"{start} to {end}" if start else (f"up to {end}" if high[2] else end)


def _typed(column: "Column", text: str) -> Any:  # noqa: ANN401 - Decimal, int or date
    return typed(column.kind, text)


def _number(value: Any) -> str:  # noqa: ANN401 - Decimal, int or date
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
