"""The exact algebra of tables agrees with asking every single point of a small world."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.tables import (
    Column,
    NoRowError,
    NoRowInForceError,
    Row,
    Table,
    TableProblem,
    TableSpec,
    check_rules,
    combine_rows,
    read_csv,
    read_rules,
)

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(6)]
TODAY = DAYS[0]
_LATER = date(2099, 1, 1)
LOWEST, HIGHEST = 0, 6
DISTRICTS = ("north", "south")
FEE = Column.output("fee", "whole", unit="DKK", description="Fee.")


def spec_of(match: Any, hit_policy: Any = "unique", *, dated: bool = False, kind: Any = "whole") -> TableSpec:
    """A table over a number and a district, and perhaps days."""
    columns = [
        Column.input(
            "size", kind, unit="m", match=match, lowest=LOWEST, highest=HIGHEST, description="Size."
        ),
        Column.input("district", "text", one_of=DISTRICTS, description="District."),
        FEE,
    ]
    if dated:
        columns[:0] = [Column.valid_from(), Column.valid_until()]
    return TableSpec(tuple(columns), hit_policy)


_NUMBERS = st.integers(LOWEST - 1, HIGHEST + 1)
_DISTRICTS = st.sampled_from((*DISTRICTS, "*"))


@st.composite
def ranges(draw: st.DrawFn) -> str:
    """A cell in every form of the notation."""
    low, high = draw(_NUMBERS), draw(_NUMBERS)
    form = draw(
        st.sampled_from(("{0}..{1}", "[{0}..{1})", "({0}..{1}]", "({0}..{1})", "< {0}", ">= {0}", "{0}", "*"))
    )
    return form.format(low, high)


def rows(cell: st.SearchStrategy[str], *, dated: bool = False) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some rows, right or wrong."""

    def row(number: int) -> st.SearchStrategy[dict[str, Any]]:
        when = st.fixed_dictionaries({"size": cell, "district": _DISTRICTS})
        parts: dict[str, Any] = {
            "when": when,
            "then": st.just({"fee": number}),
            "row": st.just(f"row {number}"),
        }
        optional: dict[str, Any] = {}
        if dated:
            days = st.sampled_from([day.isoformat() for day in DAYS])
            parts["from"] = days
            optional["until"] = days
        return st.fixed_dictionaries(parts, optional=optional)

    return st.integers(1, 6).flatmap(lambda count: st.tuples(*map(row, range(count))).map(list))


def points(*, halves: bool = False) -> Iterator[tuple[Any, str]]:
    """Every case there is; with halves, also between two numbers."""
    sizes: Sequence[Any] = range(LOWEST, HIGHEST + 1)
    if halves:
        sizes = [Decimal(number) / 2 for number in range(LOWEST * 2, HIGHEST * 2 + 1)]
    return itertools.product(sizes, DISTRICTS)


def holding(
    spec: TableSpec, rows: list[dict[str, Any]], size: Any, district: str, on: date | None
) -> list[int]:
    """The rows a case meets, each asked alone, by the words of the documentation."""
    found = []
    for index, row in enumerate(rows):
        if on is not None and not _in_force(spec, row, rows, on):
            continue
        if row["when"]["district"] in ("*", district) and _meets(spec, row, rows, size):
            found.append(index)
    return found


def _in_force(spec: TableSpec, row: dict[str, Any], rows: list[dict[str, Any]], on: date) -> bool:
    day = on.isoformat()
    begun = [one["from"] for one in rows if _same_condition(spec, row, one) and one["from"] <= day]
    return bool(begun) and row["from"] == max(begun) and day <= row.get("until", day)


def _same_condition(spec: TableSpec, row: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a later day of the one ends the other: bands apart, both take the same cases."""
    if row["when"]["district"] != other["when"]["district"]:
        return False
    if spec.column("size").match == "band":
        return True
    return _taken(spec, row["when"]["size"]) == _taken(spec, other["when"]["size"])


@functools.cache
def _taken(spec: TableSpec, cell: str) -> frozenset[Any]:
    """The sizes that a range takes, also some that no case has."""
    halves = [Decimal(number) / 2 for number in range(LOWEST * 2 - 6, HIGHEST * 2 + 7)]
    sizes = [int(one) for one in halves if one == int(one)] if spec.column("size").is_discrete else halves
    row: dict[str, Any] = {"when": {"size": cell, "district": "*"}}
    return frozenset(size for size in sizes if _meets(spec, row, [], size))


def _meets(spec: TableSpec, row: dict[str, Any], rows: list[dict[str, Any]], size: Any) -> bool:
    cell = row["when"]["size"]
    if cell == "*":
        return True
    if spec.column("size").match == "band":
        own = row["when"]["district"]
        mates = [
            one["when"]["size"] for one in rows if "*" in (own, it := one["when"]["district"]) or it == own
        ]
        above = [int(one) for one in mates if one != "*" and int(one) > int(cell)]
        return bool(int(cell) <= size and (not above or size < min(above)))
    if cell[0] == "<":
        return bool(size < int(cell[2:]))
    if cell.startswith(">="):
        return bool(size >= int(cell[3:]))
    if ".." not in cell:
        return bool(size == int(cell))
    low, high = cell.strip("[]()").split("..")
    above_low = size > int(low) if cell[0] == "(" else size >= int(low)
    below_high = size < int(high) if cell[-1] == ")" else size <= int(high)
    return bool(above_low and below_high)


def problems_of(spec: TableSpec, rows: list[dict[str, Any]]) -> dict[str, list[TableProblem]]:
    """What the check finds, by code."""
    found: dict[str, list[TableProblem]] = {}
    for problem in check_rules(spec, read_rules(spec, rows), TODAY):
        found.setdefault(problem.code, []).append(problem)
    return found


def ask(spec: TableSpec, rows: list[dict[str, Any]], size: Any, district: str, on: date | None) -> Row | None:
    """The row a table gives."""
    return Table(rows, spec, "fees").find(on=on, size=size, district=district)


@given(rows(ranges()))
@settings(max_examples=300)
def test_gaps_and_overlaps_are_those_of_every_point(rows: list[dict[str, Any]]) -> None:
    """A gap is found exactly when some case meets no row, an overlap exactly when one meets two."""
    spec = spec_of("range")
    met = [holding(spec, rows, size, district, None) for size, district in points()]
    found = problems_of(spec, rows)

    assert any(not one for one in met) == ("E802" in found)
    assert any(len(one) > 1 for one in met) == ("E803" in found)
    assert {index for index in range(len(rows)) if not any(index in one for one in met)} == {
        problem.rows[0] for problem in found.get("E804", [])
    }


@given(rows(ranges()))
@settings(max_examples=200)
def test_between_two_whole_numbers_lies_a_gap_for_amounts(rows: list[dict[str, Any]]) -> None:
    """``0..1`` and ``2..6`` cover every whole number and not 1.50: decimals are exact too."""
    spec = spec_of("range", kind="decimal")
    met = [holding(spec, rows, size, district, None) for size, district in points(halves=True)]
    found = problems_of(spec, rows)

    assert any(not one for one in met) == ("E802" in found)
    assert any(len(one) > 1 for one in met) == ("E803" in found)


@given(rows(st.one_of(_NUMBERS.map(str), st.just("*"))))
@settings(max_examples=200)
def test_bands_reach_to_the_next(rows: list[dict[str, Any]]) -> None:
    """A band's end is the next row's beginning, in the check as in a lookup."""
    spec = spec_of("band")
    met = [holding(spec, rows, size, district, None) for size, district in points()]
    found = problems_of(spec, rows)

    assert any(not one for one in met) == ("E802" in found)
    assert any(len(one) > 1 for one in met) == ("E803" in found)


@given(rows(ranges(), dated=True))
@settings(max_examples=400)
def test_days_are_a_dimension_like_any_other(rows: list[dict[str, Any]]) -> None:
    """Overlaps on some day are found, and gaps between the first and the last day of the table."""
    spec = spec_of("range", dated=True)
    every = {(day, *point): holding(spec, rows, *point, day) for day in (*DAYS, _LATER) for point in points()}
    live = {index for one in every.values() for index in one}
    begin = min((date.fromisoformat(rows[index]["from"]) for index in live), default=TODAY)
    met = {case: one for case, one in every.items() if case[0] >= begin}
    found = problems_of(spec, rows)
    gaps = [one for one in (*found.get("E802", []), *found.get("W801", [])) if "today" not in one.message]

    assert any(len(one) > 1 for one in met.values()) == ("E803" in found)
    assert any(not one for one in met.values()) == bool(gaps)


@given(rows(ranges(), dated=True))
@settings(max_examples=200)
def test_under_first_a_dead_row_never_answers_and_every_other_does(rows: list[dict[str, Any]]) -> None:
    """E804 stands at exactly the rows that no case on no day is given."""
    spec = spec_of("range", "first", dated=True)
    answers = set()
    for day in (*DAYS, _LATER):
        for size, district in points():
            row = ask(spec, rows, size, district, day)
            if row is not None:
                answers.add(row.fee)
                assert min(holding(spec, rows, size, district, day)) == row.fee

    dead = {problem.rows[0] for problem in problems_of(spec, rows).get("E804", [])}
    assert set(range(len(rows))) - answers == dead


@st.composite
def partitions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A table without gap or overlap: cuts of the whole domain, for each district and each year."""
    rows: list[dict[str, Any]] = []
    years = draw(st.integers(1, 3))
    for year in range(years):
        for district in DISTRICTS if draw(st.booleans()) else ("*",):
            cuts = sorted(draw(st.sets(st.integers(LOWEST + 1, HIGHEST), max_size=4)))
            for low, high in itertools.pairwise([LOWEST, *cuts, HIGHEST + 1]):
                when = {"size": f"{low}..{high - 1}", "district": district}
                row = {"when": when, "then": {"fee": len(rows)}, "from": f"{2020 + year}-01-01"}
                rows.append({**row, "until": f"{2020 + year}-12-31"} if year < years - 1 else row)
    return rows


@given(partitions(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_partition_is_valid_and_loses_that_with_any_row(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """No finding; without one of its rows a gap; with a double an overlap."""
    spec = spec_of("range", dated=True)
    assert {} == problems_of(spec, rows)

    index = data.draw(st.integers(0, len(rows) - 1))
    doubled = [*rows, {**rows[index], "then": {"fee": 99}}]
    assert "E803" in problems_of(spec, doubled)

    left = rows[:index] + rows[index + 1 :]
    begins_later = bool(left) and min(row["from"] for row in left) > rows[0]["from"]
    assert begins_later or "E802" in problems_of(spec, left)


@given(partitions())
@settings(max_examples=200, deadline=None)
def test_a_valid_table_answers_every_point_with_one_row(rows: list[dict[str, Any]]) -> None:
    """Each case on each day from the first on meets exactly one row, and a lookup gives that one."""
    spec = spec_of("range", dated=True)
    table = Table(rows, spec, "fees")
    for day in (date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1), _LATER):
        for size, district in points():
            [index] = holding(spec, rows, size, district, day)

            assert index == table.lookup(on=day, size=size, district=district).fee


@given(partitions())
def test_rows_laid_twice_change_nothing(rows: list[dict[str, Any]]) -> None:
    """Combining is idempotent, keeps every row, and lets the stronger row win."""
    stronger = [{**rows[0], "then": {"fee": 77}}]
    once = combine_rows(rows, stronger)

    assert once == combine_rows(once, stronger)
    assert len(rows) == len(once)
    assert [77] == [
        row["then"]["fee"]
        for row in once
        if row["when"] == rows[0]["when"] and row["from"] == rows[0]["from"]
    ]
    assert rows is combine_rows(rows, [dict(row) for row in rows])


@given(partitions(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_later_row_ends_the_row_of_its_own_range_and_no_other(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """A new answer for one range, from a day on: every other case keeps its row, and nothing is wrong."""
    spec = spec_of("range", dated=True)
    last = [row for row in rows if "until" not in row]
    index = data.draw(st.integers(0, len(last) - 1))
    changed = [*rows, {**last[index], "from": "2030-01-01", "then": {"fee": 99}}]

    assert {} == problems_of(spec, changed)
    for size, district in points():
        before, after = (ask(spec, one, size, district, _LATER) for one in (rows, changed))
        assert before is not None
        assert after is not None
        assert after.fee == (99 if before.fee == last[index]["then"]["fee"] else before.fee)
        assert before == ask(spec, changed, size, district, date(2029, 12, 31))


@given(partitions(), st.sampled_from(";,\t"))
def test_what_is_written_as_csv_is_read_back(rows: list[dict[str, Any]], separator: str) -> None:
    """Every separator gives the same rows, in order, each with its line."""
    spec = spec_of("range", dated=True)
    lines = [["from", "until", "size", "district", "fee"]]
    lines += [
        [
            row["from"],
            row.get("until", ""),
            row["when"]["size"],
            row["when"]["district"],
            str(row["then"]["fee"]),
        ]
        for row in rows
    ]
    read = read_csv("\n".join(separator.join(line) for line in lines), spec)

    assert () == read.problems
    assert rows == list(read.rows)
    assert tuple(range(2, len(rows) + 2)) == read.lines


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_gives_rows_or_findings_never_a_crash(text: str) -> None:
    """Whatever a file holds, each finding has a line and each row can be used."""
    spec = spec_of("range", dated=True)
    for given_text in (text, f"from;until;size;district;fee\n{text}"):
        read = read_csv(given_text, spec)
        read_rules(spec, read.rows)

        assert all(problem.line is not None and problem.message for problem in read.problems)


@given(st.lists(st.text(alphabet="0123456789.,;<>=*[]()-/ eE+'\"abc", max_size=12), min_size=5, max_size=5))
@settings(max_examples=500)
def test_any_cells_are_read_exactly_or_refused(cells: list[str]) -> None:
    """A row that is read is canonical: written out again it is the same row."""
    spec = spec_of("range", dated=True, kind="decimal")
    line = ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    read = read_csv(f"from;until;size;district;fee\n{line}\n", spec)
    for row in read.rows:
        [rule] = read_rules(spec, [row])
        assert rule.when[0] == row["when"]["size"]


@given(rows(ranges(), dated=True), st.sampled_from(DAYS))
def test_a_missing_row_is_the_right_error(rows: list[dict[str, Any]], day: date) -> None:
    """No row at all that day: said with the day; else only that none covers the case."""
    spec = spec_of("range", "first", dated=True)
    table = Table(rows, spec, "fees")
    for size, district in points():
        if table.find(on=day, size=size, district=district) is None:
            expected = NoRowError if any(table.in_force(day)) else NoRowInForceError
            with pytest.raises(NoRowError) as caught:
                table.lookup(on=day, size=size, district=district)
            assert expected is type(caught.value)
