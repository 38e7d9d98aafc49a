"""Rows as rules: what each one covers, by day and by case.

A row is plain JSON, so that it travels with the settings: ``{"when": {"income": "500"}, "then": {"fee":
"12.50"}, "from": "2026-01-01", "row": "tables/fees.csv:3"}``.

Rules this module keeps, which is what the specialist is told:

- rows with the same condition in the columns that must be *equal* and in those with a *range* belong
  together; among them the rows of the latest first day that has come are in force, all of them (one for each
  band), and the earlier ones no longer; a row with another condition ends none of them;
- a band ends where the next higher one begins, among the rows of the same first day that it could otherwise
  overlap: those whose other cells a case can meet at the same time.
"""

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ._cells import ANY, CellError, Value, read_value, typed
from ._column import Column
from ._errors import BrokenTableError, TooMuchWorkError
from ._spans import BOTTOM, TOP, Cut, Span, read_span, span_of
from ._spec import TableSpec

__all__ = ["Area", "Rule", "areas", "condition_key", "read_rule", "read_rules"]

ORIGIN = "row"
"""Key of a row that says where it stands."""
_MOST_WORK = 500_000  # steps to find where bands end; a second


@dataclass(frozen=True)
class Rule:
    """One row.

    Attributes:
        when: The canonical cell of each input.
        first: First day in force; ``None``: always was.
        last: Last day; ``None``: until others take its place.
        then: Each output's value; ``None`` where an optional one is empty.
        origin: Where the row stands: ``tables/welcome-letters/fees.csv:3``.
        note: What its author noted.
    """

    when: tuple[str, ...]
    first: date | None
    last: date | None
    then: Mapping[str, Value | None]
    origin: str = ""
    note: str = ""


@dataclass(frozen=True)
class Area:
    """What one rule covers.

    Attributes:
        days: From first to last day.
        inputs: Of each input an interval, or one text (``*``: any).
    """

    days: Span
    inputs: tuple[Span | str, ...]

    def holds(self, values: Sequence[Any]) -> bool:
        """Whether a case lies in it: one value for each input."""
        return all(
            part.holds(value) if isinstance(part, Span) else part in (ANY, value)
            for part, value in zip(self.inputs, values, strict=True)
        )

    @property
    def is_empty(self) -> bool:
        """Whether no case ever lies in it."""
        parts = (self.days, *self.inputs)
        return any(isinstance(part, Span) and part.is_empty for part in parts)


def condition_key(row: Any) -> Any:  # noqa: ANN401 - JSON
    """What two rows must share so that the stronger one takes the other's place; ``None``: no row at all."""
    if not isinstance(row, Mapping) or not isinstance(row.get("when"), Mapping):
        return None
    return (*sorted((str(name), str(cell)) for name, cell in row["when"].items()), str(row.get("from", "")))


def read_rules(spec: TableSpec, rows: Any, name: str = "") -> tuple[Rule, ...]:  # noqa: ANN401 - JSON
    """The rules of rows as JSON.

    Raises:
        BrokenTableError: something is no row of this table.
    """
    if not isinstance(rows, list | tuple):
        raise BrokenTableError(f"{name}: rows are a list")
    return tuple(read_rule(spec, row) for row in rows)


def read_rule(spec: TableSpec, row: Any) -> Rule:  # noqa: ANN401 - JSON
    """The rule of one row as JSON.

    Raises:
        BrokenTableError: it is no row of this table.
    """
    if not isinstance(row, Mapping) or not isinstance(row.get("when", {}), Mapping):
        raise BrokenTableError("a row is a table with when and then")
    when, then = row.get("when", {}), row.get("then")
    known = {"when", "then", "from", "until", "note", ORIGIN}
    if not isinstance(then, Mapping) or set(row) - known or set(when) != {one.name for one in spec.inputs}:
        raise BrokenTableError("a row names each input in when and each output in then")
    if set(then) - {one.name for one in spec.outputs}:
        raise BrokenTableError("a row's then holds another column than the outputs")
    try:
        cells = tuple(_cell(column, when[column.name]) for column in spec.inputs)
        answers = {column.name: _answer(column, then.get(column.name)) for column in spec.outputs}
        first, last = _day(row.get("from")), _day(row.get("until"))
    except CellError as error:
        raise BrokenTableError(error.message) from None
    except (ValueError, TypeError):
        raise BrokenTableError("a cell of a row is not written as it must be") from None
    if (first is None) != (spec.from_column is None) or (last and not spec.until_column):
        raise BrokenTableError("a row has a first day exactly where the table has such a column")
    return Rule(cells, first, last, answers, str(row.get(ORIGIN, "")), str(row.get("note", "")))


def areas(spec: TableSpec, rules: Sequence[Rule]) -> tuple[Area, ...]:
    """What each rule covers beside the others.

    Raises:
        TooMuchWorkError: there are too many to work it out.
    """
    days = _days(spec, rules)
    columns = [_covered(spec, position, rules) for position in range(len(spec.inputs))]
    return tuple(Area(days[index], tuple(column[index] for column in columns)) for index in range(len(rules)))


def _cell(column: Column, given: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(given, str):
        raise CellError("a cell of an input is a text")
    if given == ANY:
        return ANY
    read = read_span if column.match == "range" else read_value
    return read(column, given, comma=None)


def _answer(column: Column, given: Any) -> Value | None:  # noqa: ANN401 - JSON
    if given is None and column.optional:
        return None
    if column.kind == "boolean" and isinstance(given, bool):
        return given
    if column.kind == "whole" and isinstance(given, int) and not isinstance(given, bool):
        return given
    if not isinstance(given, str):
        raise CellError(f"{column.name} is no {column.kind_text}")
    return typed(column.kind, read_value(column, given, comma=None))


def _day(given: Any) -> date | None:  # noqa: ANN401 - JSON
    return None if given is None else date.fromisoformat(given)


def _days(spec: TableSpec, rules: Sequence[Rule]) -> list[Span]:
    """From when to when each rule is in force; the next rows that belong together end it."""
    if spec.from_column is None:
        return [Span(BOTTOM, TOP)] * len(rules)
    groups = [_group(spec, rule) for rule in rules]
    begins: defaultdict[_Group, set[date]] = defaultdict(set)
    for group, rule in zip(groups, rules, strict=True):
        begins[group].add(rule.first or date.min)
    following: dict[tuple[_Group, date], date | None] = {}
    for group, found in begins.items():
        ordered = sorted(found)
        following.update({(group, day): later for day, later in itertools.pairwise([*ordered, None]) if day})
    spans = []
    for group, rule in zip(groups, rules, strict=True):
        first = rule.first or date.min
        later = following[group, first]
        spans.append(Span((0, first, 0), min(_after(rule.last), TOP if later is None else (0, later, 0))))
    return spans


_Group = tuple[Span | str, ...]
"""What rows share of which the later ones end the earlier."""


def _group(spec: TableSpec, rule: Rule) -> _Group:
    """Equal cells as they are, ranges as what they cover: ``[0..10)`` and ``0..9`` are one condition."""
    return tuple(
        span_of(column, cell) if column.match == "range" else cell
        for column, cell in zip(spec.inputs, rule.when, strict=True)
        if column.match != "band"
    )


def _after(day: date | None) -> Cut:
    return TOP if day is None or day == date.max else (0, day + timedelta(days=1), 0)


def _covered(spec: TableSpec, position: int, rules: Sequence[Rule]) -> list[Span | str]:
    column = spec.inputs[position]
    if not column.is_ordered:
        return [rule.when[position] for rule in rules]
    spans = [span_of(column, rule.when[position]) for rule in rules]
    if column.match != "band":
        return list(spans)
    lows: defaultdict[_Company, set[Cut]] = defaultdict(set)
    companies = [_company(spec, position, rule) for rule in rules]
    for company, span in zip(companies, spans, strict=True):
        lows[company].add(span.low)
    ends = _ends(lows)
    found: list[Span | str] = []
    for company, span in zip(companies, spans, strict=True):
        above = ends[company]
        index = bisect.bisect_right(above, span.low)
        is_any = span.low == BOTTOM
        found.append(Span(span.low, TOP if is_any or index == len(above) else above[index]))
    return found


_Company = tuple[date | None, tuple[str, ...], tuple[Span, ...]]
"""What decides beside which rows a band ends: first day, cells that are equal, ranges."""


def _company(spec: TableSpec, position: int, rule: Rule) -> _Company:
    others = [(column, cell) for column, cell in zip(spec.inputs, rule.when, strict=True)]
    del others[position]
    cells = tuple(cell for column, cell in others if column.match != "range")
    spans = tuple(span_of(column, cell) for column, cell in others if column.match == "range")
    return rule.first, cells, spans


def _ends(lows: Mapping[_Company, set[Cut]]) -> dict[_Company, list[Cut]]:
    """Where bands begin among the rows that each company could otherwise overlap, ascending.

    Raises:
        TooMuchWorkError: too many ranges lie over each other.
    """
    found = {company: set(begins) for company, begins in lows.items()}
    days: defaultdict[date | None, list[_Company]] = defaultdict(list)
    for company in lows:
        days[company[0]].append(company)
    for one, other in itertools.chain.from_iterable(map(_near, days.values())):
        if _meet(one, other):
            found[one] |= lows[other]
            found[other] |= lows[one]
    return {company: sorted(begins - {BOTTOM}) for company, begins in found.items()}


def _near(companies: Sequence[_Company]) -> Iterator[tuple[_Company, _Company]]:
    """Every two that may meet: their cells do not differ outright, nor do their first ranges lie apart."""
    work = 0
    active: dict[tuple[str, ...], list[_Company]] = {}
    general: list[tuple[str, ...]] = []
    for one in sorted(companies, key=lambda company: company[2][0].low if company[2] else BOTTOM):
        cells = one[1]
        for near in list(active) if ANY in cells else [cells, *(them for them in general if them != cells)]:
            before = active.get(near, [])
            work += len(before) + 1
            if work > _MOST_WORK:
                raise TooMuchWorkError
            if one[2]:  # later ranges begin later still
                before = active[near] = [other for other in before if other[2][0].high > one[2][0].low]
            yield from ((one, other) for other in before)
        if ANY in cells and cells not in active:
            general.append(cells)
        active.setdefault(cells, []).append(one)


def _meet(one: _Company, two: _Company) -> bool:
    """Whether a case can agree with both."""
    return all(a == b or ANY in (a, b) for a, b in zip(one[1], two[1], strict=True)) and all(
        max(a.low, b.low) < min(a.high, b.high) for a, b in zip(one[2], two[2], strict=True)
    )
