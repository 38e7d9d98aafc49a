"""Tables with every kind of column, asked case by case by the words of the documentation."""

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.tables import Column, Table, TableSpec, check_rules, combine_rows, condition_key, read_rules

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(5)]
ASKED = (date(2025, 1, 1), *DAYS, DAYS[-1] + timedelta(days=1), date(2099, 1, 1))
TODAY = DAYS[0]
FORMS = ("{0}..{1}", "[{0}..{1})", "({0}..{1}]", "({0}..{1})", "< {0}", ">= {0}", "<= {0}", "> {0}", "{0}")
Rows = list[dict[str, Any]]


def _column(name: str, what: str, *, is_open: bool) -> Column:
    bounds: dict[str, Any] = {} if is_open else {"lowest": 0, "highest": 3}
    kind, _, match = what.partition(" ")
    if kind in {"text", "code", "boolean"}:
        more: dict[str, Any] = {"one_of": ("a", "b")} if kind == "text" and not is_open else {}
        return Column.input(name, kind, description="X.", **more)  # type: ignore[arg-type]
    if kind == "date" and not is_open:
        bounds = {"lowest": DAYS[0], "highest": DAYS[3]}
    unit = "" if kind == "date" else "m"
    return Column.input(name, kind, unit=unit, match=match, description="X.", **bounds)  # type: ignore[arg-type]


_WHATS = (
    "whole range", "money range", "date range", "whole band", "decimal band", "whole equals", "text", "code",
    "boolean",
)  # fmt: skip


def a_spec(source: random.Random) -> TableSpec:
    """Up to three inputs, perhaps days, any policy."""
    columns = [
        _column(f"x{number}", source.choice(_WHATS), is_open=source.random() < 0.4)
        for number in range(source.randint(0, 3))
    ]
    if source.random() < 0.6:
        columns.append(Column.valid_from())
        columns += [Column.valid_until()] if source.random() < 0.5 else []
    columns.append(Column.output("out", "whole", unit="m", description="X."))
    return TableSpec(tuple(columns), source.choice(("unique", "first")), source.random() < 0.8)


def _cell(source: random.Random, column: Column) -> str:
    if source.random() < 0.25:
        return "*"
    choices = {"boolean": ("true", "false"), "code": ("01", "02"), "text": ("a", "b")}
    if column.kind in choices:
        return source.choice(choices[column.kind])
    values: Sequence[Any] = DAYS if column.kind == "date" else range(-1, 5)
    low, high = sorted((source.choice(values), source.choice(values)))
    if column.match in {"equals", "band"}:
        return str(low)
    return source.choice(FORMS).format(*((high, low) if source.random() < 0.1 else (low, high)))


def some_rows(source: random.Random, spec: TableSpec, most: int = 5) -> Rows:
    """Rows, right or wrong; each answers with its number."""
    rows: Rows = []
    for number in range(source.randint(1, most)):
        row: dict[str, Any] = {"when": {one.name: _cell(source, one) for one in spec.inputs}}
        row |= {"then": {"out": number}, "row": f"row {number}"}
        if spec.from_column:
            row["from"] = source.choice(DAYS[:3]).isoformat()
        if spec.until_column and source.random() < 0.5:
            row["until"] = source.choice(DAYS).isoformat()
        rows.append(row)
    return rows


def _points(column: Column) -> Sequence[Any]:
    if column.kind == "boolean":
        return (True, False)
    if column.kind == "code":
        return ("01", "02", "99")
    if column.kind == "text":
        return column.one_of or ("a", "b", "else")
    if column.kind == "date":
        return [DAYS[0] + timedelta(days=number) for number in range(-2, 7)]
    if column.kind == "whole":
        return range(-2, 6)
    return [Decimal(number) / 2 for number in range(-4, 12)]


def _read(column: Column, text: str) -> Any:
    if column.kind == "date":
        return date.fromisoformat(text)
    return int(text) if column.kind == "whole" else Decimal(text)


def _meets_cell(column: Column, cell: str, value: Any) -> bool:
    if cell == "*":
        return True
    if not column.is_ordered:
        return cell == (str(value).lower() if column.kind == "boolean" else value)
    if cell[0] in "<>":
        sign, _, bound = cell.partition(" ")
        limit = _read(column, bound)
        compared = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}
        return bool(compared[sign])
    if ".." not in cell:
        return bool(value == _read(column, cell))
    low, high = (_read(column, one) for one in cell.strip("[]()").split(".."))
    above = value > low if cell[0] == "(" else value >= low
    return bool(above and (value < high if cell[-1] == ")" else value <= high))


class Oracle:
    """Asks each row alone."""

    def __init__(self, spec: TableSpec, rows: Rows) -> None:
        self.spec, self.rows = spec, rows
        points = [_points(column) for column in spec.inputs]
        self.days: Sequence[date | None] = ASKED if spec.from_column else (None,)
        self.met = {
            (day, values): [at for at, row in enumerate(rows) if self._holds(row, day, values)]
            for day in self.days
            for values in itertools.product(*points)
        }
        self.real = {
            (day, values): met
            for (day, values), met in self.met.items()
            if all(map(_is_real, spec.inputs, values))
        }

    def _holds(self, row: dict[str, Any], day: date | None, values: tuple[Any, ...]) -> bool:
        if day is not None and not self._in_force(row, day):
            return False
        return all(
            self._in_band(row, position, value)
            if column.match == "band"
            else _meets_cell(column, row["when"][column.name], value)
            for position, (column, value) in enumerate(zip(self.spec.inputs, values, strict=True))
        )

    def _in_force(self, row: dict[str, Any], day: date) -> bool:
        begun = [
            one["from"]
            for one in self.rows
            if one["from"] <= day.isoformat() and self._same_condition(row, one)
        ]
        return bool(begun) and row["from"] == max(begun) and day.isoformat() <= row.get("until", "9999")

    def _same_condition(self, row: dict[str, Any], other: dict[str, Any]) -> bool:
        """Equal cells are the same, ranges take the same values; bands do not count."""
        for column in self.spec.inputs:
            one, two = row["when"][column.name], other["when"][column.name]
            if column.match == "equals" and one != two:
                return False
            if column.match == "range" and any(
                _meets_cell(column, one, value) != _meets_cell(column, two, value)
                for value in _points(column)
            ):
                return False
        return True

    def _in_band(self, row: dict[str, Any], position: int, value: Any) -> bool:
        column = self.spec.inputs[position]
        cell = row["when"][column.name]
        if cell == "*":
            return True
        low = _read(column, cell)
        mates = [
            _read(column, other["when"][column.name])
            for other in self.rows
            if other.get("from") == row.get("from")
            and other["when"][column.name] != "*"
            and self._could_meet(row, other, position)
        ]
        above = [one for one in mates if one > low]
        return bool(low <= value and (not above or value < min(above)))

    def _could_meet(self, row: dict[str, Any], other: dict[str, Any], position: int) -> bool:
        for at, column in enumerate(self.spec.inputs):
            one, two = row["when"][column.name], other["when"][column.name]
            if at == position:
                continue
            if column.match != "range":
                if one != two and "*" not in (one, two):
                    return False
            elif not any(
                _meets_cell(column, one, value) and _meets_cell(column, two, value)
                for value in _points(column)
            ):
                return False
        return True

    def live(self) -> set[int]:
        """The rows that some case is given."""
        unique = self.spec.hit_policy == "unique"
        return {at for met in self.real.values() for at in (met if unique else met[:1])}

    def missing(self) -> bool:
        """Whether some real case meets no row, from the first day of the table or today on."""
        live = {at for met in self.real.values() for at in met}
        begin = min(
            (date.fromisoformat(self.rows[at]["from"]) for at in live if self.spec.from_column), default=None
        )
        first = None if begin is None else min(begin, TODAY)
        return any(
            not met and (first is None or day is None or day >= first) for (day, _), met in self.real.items()
        )


def _is_real(column: Column, value: Any) -> bool:
    low = column.lowest is None or value >= _read(column, column.lowest)
    return low and (column.highest is None or value <= _read(column, column.highest))


def _is_closed(column: Column) -> bool:
    return bool(column.one_of or column.kind == "boolean" or column.lowest is not None)


def _codes(spec: TableSpec, rows: Rows) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for problem in check_rules(spec, read_rules(spec, rows), TODAY):
        found.setdefault(problem.code, set()).update(problem.rows[:1])
    return found


def _asked(table: Table, spec: TableSpec, day: date | None, values: tuple[Any, ...]) -> int | None:
    row = table.find(on=day, **{one.name: value for one, value in zip(spec.inputs, values, strict=True)})
    return None if row is None else row.number("out")


def drawn(seed: int) -> tuple[TableSpec, Rows]:
    """Columns and rows that only the seed decides."""
    source = random.Random(seed)  # noqa: S311 - a test's
    spec = a_spec(source)
    return spec, some_rows(source, spec)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_lookup_gives_the_row_that_the_documentation_gives(seed: int) -> None:
    """Every case on every day, whatever the columns: the first row that holds, or none."""
    spec, rows = drawn(seed)
    table = Table(rows, spec, "fees")
    for (day, values), met in Oracle(spec, rows).met.items():
        assert (met[0] if met else None) == _asked(table, spec, day, values)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_overlaps_and_unreachable_rows_are_exactly_those_of_every_case(seed: int) -> None:
    """E803 when some case meets two rows, E804 for each row that no case is given, and for no other."""
    spec, rows = drawn(seed)
    oracle, found = Oracle(spec, rows), _codes(spec, rows)
    doubled = any(len(met) > 1 for met in oracle.real.values())

    assert (doubled and spec.hit_policy == "unique") == ("E803" in found)
    assert set(range(len(rows))) - oracle.live() == found.get("E804", set())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_gap_is_found_exactly_where_a_case_meets_no_row(seed: int) -> None:
    """Where every column says which cases there are; a table of exceptions has none."""
    spec, rows = drawn(seed)
    oracle, found = Oracle(spec, rows), _codes(spec, rows)
    if not spec.complete:
        assert not {"E802", "W801"} & set(found)
    elif all(map(_is_closed, spec.inputs)):
        assert oracle.missing() == bool({"E802", "W801"} & set(found))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_layers_answer_as_their_rows_written_into_one_file(seed: int) -> None:
    """The strongest row of each condition counts; laying all layers again changes nothing."""
    source = random.Random(seed)  # noqa: S311 - a test's
    spec = a_spec(source)
    layers = [some_rows(source, spec, most=4) for _ in range(3)]
    for number, row in enumerate(itertools.chain(*layers)):
        row["then"] = {"out": number}
    is_ordered = spec.hit_policy == "first"
    laid: Any = []
    for layer in layers:
        laid = combine_rows(laid, layer, ordered=is_ordered)
    said: dict[Any, set[int]] = {}
    for layer in layers:
        said |= {
            key: {one["then"]["out"] for one in layer if condition_key(one) == key}
            for key in map(condition_key, layer)
        }

    assert {number for numbers in said.values() for number in numbers} == {one["then"]["out"] for one in laid}
    assert laid == combine_rows(laid, layers[-1], ordered=is_ordered)


def _shuffled(source: random.Random, rows: Rows) -> Rows:
    mixed: Rows = [{**row, "row": f"elsewhere {number}"} for number, row in enumerate(rows)]
    source.shuffle(mixed)
    return mixed


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_a_valid_table_of_unique_rows_says_nothing(seed: int) -> None:
    """Rows in another order, on other lines, above the same rows: nothing changes."""
    source = random.Random(seed)  # noqa: S311 - a test's
    rows = some_rows(source, a_spec(source))
    conditions: Mapping[Any, dict[str, Any]] = {condition_key(row): row for row in rows}
    rows = list(conditions.values())

    assert rows is combine_rows(rows, _shuffled(source, rows), ordered=False)
