"""Everything that is wrong with the rows of a table as a whole, and which rows it is about.

Rules this module keeps: the answers are exact (:mod:`._space`); a gap says which cases it leaves out, an
overlap and an unreachable row say which rows it is about; past and future days count as today does.

Usage::

    problems = check_rules(spec, read_rules(spec, rows), today=date(2026, 11, 22))
    [(problem.code, problem.message, problem.rows) for problem in problems]
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ._errors import TooMuchWorkError
from ._rules import Area, Rule, areas
from ._space import Box, Dimension, Space
from ._spans import BOTTOM, TOP, Cut, Span, span_text
from ._spec import TableSpec

__all__ = ["MOST_ROWS", "TableProblem", "check_rules", "rule_text"]

MOST_ROWS = 5000
"""Rows of one table, all layers together."""
_SOON = timedelta(days=60)
_MOST_FINDINGS = 20  # of one kind; who has mended those sees the others


@dataclass(frozen=True)
class TableProblem:
    """One thing that is wrong.

    Attributes:
        code: ``E801`` … ``W801``, see ``rpac explain``.
        message: What is wrong.
        help: What to do.
        rows: Positions of the rows it is about, the one to look at first; empty: the table as a whole.
        line: In a file: the line, where no row could be made of it.
        column: The column's heading; empty: the whole row.
    """

    code: str
    message: str
    help: str = ""
    rows: tuple[int, ...] = ()
    line: int | None = None
    column: str = ""


def check_rules(
    spec: TableSpec, rules: Sequence[Rule], today: date, ranks: Sequence[int] = ()
) -> Iterator[TableProblem]:
    """Every problem of a table's rows.

    Args:
        spec: What the table looks like.
        rules: Its rows, strongest first where the first one counts.
        today: The table must have rows in force today, and should have some for the next 60 days.
        ranks: How strong the layer of each row is: the finding on two rows that overlap is
            about the stronger one.
    """
    if not rules:
        if spec.complete:
            yield TableProblem("E802", "the table has no rows", "write them into a file of its own")
        return
    if len(rules) > MOST_ROWS:
        yield TableProblem(
            "E801", f"the table has {len(rules)} rows, {MOST_ROWS} at most can be checked", "split it"
        )
        return
    try:
        yield from _Checking(spec, rules, areas(spec, rules), today, ranks).problems()
    except TooMuchWorkError:
        yield TableProblem(
            "E801",
            f"{len(rules)} rows with {len(spec.inputs)} inputs are too many to be checked exactly",
            "split the table, or join rows that answer the same",
        )


def rule_text(spec: TableSpec, rule: Rule) -> str:
    """A rule's conditions, as people read them."""
    parts = [f"{column.name} {cell}" for column, cell in zip(spec.inputs, rule.when, strict=True)]
    if rule.first is not None:
        parts.insert(0, f"from {rule.first}")
    return ", ".join(parts)


class _Checking:
    def __init__(
        self,
        spec: TableSpec,
        rules: Sequence[Rule],
        covered: Sequence[Area],
        today: date,
        ranks: Sequence[int],
    ) -> None:
        self._ranks = ranks or [0] * len(rules)
        self._spec = spec
        self._rules = rules
        self._areas = covered
        self._today = today
        self._space = Space(spec, covered)
        self._live = [row for row in range(len(rules)) if self._space.clipped(row) is not None]
        self._begin: Cut = min((covered[row].days.low for row in self._live), default=BOTTOM)
        self._end: Cut = max((covered[row].days.high for row in self._live), default=BOTTOM)

    def problems(self) -> Iterator[TableProblem]:
        """All of them."""
        found = list(self._never())
        dead = {problem.rows[0] for problem in found}
        yield from found
        if self._spec.hit_policy == "unique":
            yield from _limited(self._overlaps(), "rows that overlap")
        else:
            yield from _limited(self._covered(dead), "rows that are never reached")
        if self._spec.complete:
            yield from _limited(self._gaps(), "gaps")

    def _never(self) -> Iterator[TableProblem]:
        """Rows that no case can meet, whatever the other rows are."""
        for row, (rule, area) in enumerate(zip(self._rules, self._areas, strict=True)):
            if rule.first and rule.last and rule.last < rule.first:
                message = f"the row ends on {rule.last}, before it begins on {rule.first}"
                yield TableProblem("E804", message, "swap the two days, or correct one", (row,))
                continue
            for column, part in zip(self._spec.inputs, area.inputs, strict=True):
                if isinstance(part, Span) and part.is_empty:
                    cell = rule.when[self._spec.inputs.index(column)]
                    message = f"{column.name} {cell} holds no value, so the row is never reached"
                    yield TableProblem(
                        "E804", message, "the lower end stands first", (row,), column=column.name
                    )
                    break
            else:
                if self._space.clipped(row) is None:
                    yield TableProblem("E804", self._outside(row), "remove the row, or correct it", (row,))

    def _outside(self, row: int) -> str:
        for dimension, box in zip(self._space.dimensions, self._space.boxes[row], strict=True):
            column = dimension.column
            if column is not None and (box[1] <= dimension.begin or box[0] >= dimension.end):
                allowed = self._stretch(dimension, dimension.begin, dimension.end)
                cell = self._rules[row].when[self._spec.inputs.index(column)]
                return f"{column.name} {cell} is never reached: cases have {allowed}"
        return "the row is never reached"

    def _overlaps(self) -> Iterator[TableProblem]:
        for pair in self._space.overlaps():
            common = pair[2]
            one, two = sorted(pair[:2], key=lambda row: (self._ranks[row], row))
            first, second = self._rules[one], self._rules[two]
            other = first.origin or f"row {one + 1}"
            if (first.when, first.first) == (second.when, second.first):
                conditions = rule_text(self._spec, second)
                message = f"the same row stands twice{f' ({conditions})' if conditions else ''}: also {other}"
                yield TableProblem("E803", message, "keep one of the two", (two, one))
                continue
            message = f"two rows answer for {self._box_text(common) or 'every case'}: also {other}"
            yield TableProblem("E803", message, self._apart(first, second), (two, one))

    def _apart(self, first: Rule, second: Rule) -> str:
        """How two rows for one case are told apart."""
        ranges = [column.name for column in self._spec.inputs if column.match == "range"]
        if not ranges or first.first == second.first or not first.first or not second.first:
            return "make the ranges or days of the two meet without overlap"
        older, newer = sorted((first, second), key=lambda one: one.first or date.min)
        same = f"a later day takes the place only of rows with the same {' and '.join(ranges)}"
        if self._spec.until_column is None or newer.first is None:
            return f"{same}: write the older row as several, one of them with the cells of the newer"
        last = newer.first - timedelta(days=1)
        place = older.origin or "the older row"
        return f"{same}: end {place} with {self._spec.until_column.name} {last}, or give both the same"

    def _covered(self, dead: set[int]) -> Iterator[TableProblem]:
        before: dict[int, list[int]] = {}
        for one, two, _ in self._space.overlaps():
            before.setdefault(two, []).append(one)
        for row, earlier in sorted(before.items()):
            ordered = sorted(earlier)
            if row in dead or not self._space.is_covered(row, ordered):
                continue
            needed = self._needed(row, ordered)
            names = [self._rules[one].origin or f"row {one + 1}" for one in needed]
            more = "" if len(names) <= 3 else f" and {len(names) - 3} more"  # noqa: PLR2004 - three say enough
            verb = "takes" if len(names) == 1 else "take"
            message = f"the row is never reached: {', '.join(names[:3])}{more} above it {verb} every case"
            advice = f"move the row above {'it' if len(names) == 1 else 'them'}, or remove it"
            yield TableProblem("E804", message, advice, (row, *needed))

    def _needed(self, row: int, earlier: list[int]) -> list[int]:
        """Of the rows above, the ones it takes; each alone where one is enough."""
        alone = [one for one in earlier if self._space.is_covered(row, [one])]
        return alone[:1] or earlier

    def _gaps(self) -> Iterator[TableProblem]:
        if not self._live:
            yield TableProblem("E802", "no row is ever reached", "correct the rows", (0,))
            return
        yield from self._no_row_today()
        ended = False
        for gap in self._space.gaps():
            days = self._days(gap)
            if days is None:
                yield self._gap(gap, f"no row covers {self._box_text(gap)}")
            elif days.high != TOP:
                yield self._gap(gap, f"no row is in force {self._period(days)}{self._cases_of(gap)}")
            elif days.low < self._end:
                yield from self._open_end(gap, days)
            elif not ended:
                ended = True
                yield from self._ending(gap, days.low[1])

    def _no_row_today(self) -> Iterator[TableProblem]:
        """Before the first row of all."""
        if self._spec.from_column is None:
            return
        row = min(self._live, key=lambda one: self._rules[one].first or date.min)
        first = self._rules[row].first or date.min
        if first > self._today:
            message = f"no row is in force today ({self._today}): the first begins on {first}"
            yield TableProblem("E802", message, "add the rows that are in force now", (row,))

    def _ending(self, gap: Box, begin: date) -> Iterator[TableProblem]:
        """The whole table ends."""
        if begin <= self._today:
            message = f"no row is in force from {begin} on, so none today ({self._today})"
            yield self._gap(gap, message, "add the rows that follow")
        elif begin <= self._today + _SOON:
            yield self._gap(gap, f"no row is in force from {begin} on", "add the rows that follow", "W801")

    def _open_end(self, gap: Box, days: Span) -> Iterator[TableProblem]:
        """Cases without a row from some day on. A value that nobody declared may cease to exist."""
        begin: date = days.low[1]
        pairs = list(zip(self._space.dimensions, gap, strict=True))
        is_open = any(one.is_open for one, _ in pairs)
        is_whole = all(one.is_open or one.column is None or box == (one.begin, one.end) for one, box in pairs)
        if is_open and is_whole:
            if self._today < begin <= self._today + _SOON:
                message = f"no row is in force from {begin} on{self._cases_of(gap)}"
                yield self._gap(gap, message, "add the rows that follow, or let it end", "W801")
            return
        since = "" if days.low == self._begin else f" from {begin} on"
        yield self._gap(gap, f"no row covers {self._inputs_text(gap)}{since}")

    def _gap(self, gap: Box, message: str, advice: str = "", code: str = "E802") -> TableProblem:
        beside = self._neighbours(gap)
        in_force = bool(beside) and self._shares_a_day(beside[0], gap)
        advice = advice or (
            "add a row for it, or widen the one beside it" if in_force else "add a row for it"
        )
        return TableProblem(code, message, advice, tuple(beside[:1]))

    def _neighbours(self, gap: Box) -> list[int]:
        """The rows that touch the gap: those in force in it first, then those below or before it."""
        below: list[int] = []
        above: list[int] = []
        for row in self._live:
            pairs = list(zip(self._space.boxes[row], gap, strict=True))
            apart = [(one, two) for one, two in pairs if one[1] <= two[0] or two[1] <= one[0]]
            if len(apart) == 1:
                (below if apart[0][0][1] == apart[0][1][0] else above).append(row)
        touching = [*below[::-1], *above]
        return sorted(touching, key=lambda row: not self._shares_a_day(row, gap)) or [len(self._rules) - 1]

    def _shares_a_day(self, row: int, gap: Box) -> bool:
        index = self._day_index()
        if index is None:
            return True
        (begin, end), (first, last) = self._space.boxes[row][index], gap[index]
        return begin < last and first < end

    def _day_index(self) -> int | None:
        indexes = (index for index, one in enumerate(self._space.dimensions) if one.column is None)
        return next(indexes, None)

    def _days(self, box: Box) -> Span | None:
        index = self._day_index()
        if index is None:
            return None
        edges = self._space.dimensions[index].edges
        return Span(edges[box[index][0]], edges[box[index][1]])

    def _period(self, days: Span) -> str:
        last = days.high[1] - timedelta(days=1)
        return f"on {last}" if last == days.low[1] else f"from {days.low[1]} to {last}"

    def _cases_of(self, box: Box) -> str:
        text = self._inputs_text(box)
        return f" for {text}" if text else ""

    def _box_text(self, box: Box) -> str:
        days = self._days(box)
        text = self._inputs_text(box)
        if days is None:
            return text
        period = f"from {days.low[1]} on" if days.high == TOP else self._period(days)
        return f"{text} {period}".strip()

    def _inputs_text(self, box: Box) -> str:
        """The inputs of a box in words, without those that take no part."""
        words = {}
        for dimension, (begin, end) in zip(self._space.dimensions, box, strict=True):
            column = dimension.column
            if column is not None and (begin, end) != (dimension.begin, dimension.end):
                words[column.name] = f"{column.name} {self._stretch(dimension, begin, end)}"
        return ", ".join(words[column.name] for column in self._spec.inputs if column.name in words)

    def _stretch(self, dimension: Dimension, begin: int, end: int) -> str:
        column = dimension.column
        if dimension.options:
            named = [option or "of any other value" for option in dimension.options[begin:end]]
            return " or ".join(named[:5]) + (f" or {len(named) - 5} more" if len(named) > 5 else "")  # noqa: PLR2004
        low, high = dimension.edges[begin], dimension.edges[end]
        text = span_text(low, high, discrete=column is not None and column.is_discrete)
        is_plain = (
            column is None or column.unit == column.name.replace("_", " ") or (low, high) == (BOTTOM, TOP)
        )
        unit = "" if is_plain or column is None else column.unit
        return f"{text} {unit}".strip()


def _limited(problems: Iterator[TableProblem], what: str) -> Iterator[TableProblem]:
    """At most so many of one kind; and that there are more."""
    found = list(itertools.islice(problems, _MOST_FINDINGS + 1))
    yield from found[:_MOST_FINDINGS]
    if len(found) > _MOST_FINDINGS:
        last = found[_MOST_FINDINGS]
        yield TableProblem(
            last.code, f"there are more {what} than these {_MOST_FINDINGS}", last.help, last.rows
        )
