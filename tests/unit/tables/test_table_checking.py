"""Gaps, overlaps, rows that are never reached, tables that end: exact, with the rows they are about."""

from datetime import date
from typing import Any

import pytest

from rpa_commons.tables import Column, Table, TableProblem, TableSpec, check_rules, read_csv, read_rules

TODAY = date(2026, 11, 22)
FROM, UNTIL = Column.valid_from(), Column.valid_until()
RATE = Column.output("rate", "decimal", unit="percent", description="Rate.")


def income(match: Any, **more: Any) -> Column:
    """An input that is an amount."""
    return Column.input("income", "money", unit="DKK", match=match, description="Income.", **more)


def problems(spec: TableSpec, text: str) -> list[TableProblem]:
    """What is wrong with rows given as CSV; their origins are their lines."""
    found = read_csv(text, spec)
    assert () == found.problems
    rows = [{**row, "row": f"line {line}"} for row, line in zip(found.rows, found.lines, strict=True)]
    return list(check_rules(spec, read_rules(spec, rows), TODAY))


def said(spec: TableSpec, text: str) -> list[tuple[str, str]]:
    """Code and message of each problem."""
    return [(one.code, one.message) for one in problems(spec, text)]


def test_the_shape_of_a_public_rate_table_is_refused_under_first() -> None:
    """A row for incomes below 580 stands under one for all below 600: it can never be reached."""
    spec = TableSpec((FROM, income("range", lowest=0), RATE), "first")
    text = "from;income;rate\n2026-01-01;< 600;0\n2026-01-01;< 580;1\n2026-01-01;>= 600;2\n"
    [problem] = problems(spec, text)

    assert ("E804", (1, 0)) == (problem.code, problem.rows)
    assert "the row is never reached: line 2 above it takes every case" == problem.message


def test_a_rate_of_580_that_no_case_ever_gets() -> None:
    """The limits ascend, and the first row that holds counts: 420 is paid for 200 days too."""
    days = Column.input("days", "whole", unit="days", match="range", lowest=0, description="Days.")
    spec = TableSpec((FROM, days, Column.output("rate", "money", unit="DKK", description="Rate.")), "first")
    head = "from;days;rate\n"
    text = head + "2026-01-01;>= 100;420\n2026-01-01;>= 200;580\n2026-01-01;*;0\n"

    assert [("E804", "the row is never reached: line 2 above it takes every case")] == said(spec, text)
    assert [] == said(spec, head + "2026-01-01;>= 200;580\n2026-01-01;>= 100;420\n2026-01-01;*;0\n")


def test_the_shape_of_a_public_rate_table_is_refused_under_unique() -> None:
    """The same first day stands twice for the same band, and 580 lies in two rows: both lines are named."""
    spec = TableSpec((FROM, income("range", lowest=0), RATE))
    text = "from;income;rate\n2026-01-01;0..600;0\n2026-01-01;580;1\n2026-01-01;> 600;2\n2026-01-01;> 600;3\n"

    assert [
        ("E803", "two rows answer for income 580 DKK from 2026-01-01 on: also line 2"),
        ("E803", "the same row stands twice (from 2026-01-01, income > 600): also line 4"),
    ] == said(spec, text)


def test_one_date_twice_in_a_table_of_rates() -> None:
    """A table of dates and rates alone needs no input to be checked."""
    spec = TableSpec((FROM, RATE))

    assert [("E803", "the same row stands twice (from 2026-07-01): also line 3")] == said(
        spec, "from;rate\n2025-01-01;8,05\n2026-07-01;8,5\n2026-07-01;8,75\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("income;rate\n500;1\n", "no row covers income 0 to below 500 DKK"),
        ("income;rate\n*;1\n", None),
        ("income;rate\n0;1\n500;2\n", None),
        ("income;rate\n500;2\n0;1\n", None),
    ],
)
def test_a_band_must_begin_at_the_lowest_value(text: str, message: str | None) -> None:
    """The order of the lines does not matter; what lies below the first band is a gap."""
    spec = TableSpec((income("band", lowest=0), RATE))

    assert ([("E802", message)] if message else []) == said(spec, text)


def test_between_two_ranges_of_amounts_lie_the_cents() -> None:
    """``0..999`` and ``1000..`` leave 999.50 out."""
    spec = TableSpec((income("range", lowest=0, highest=5000), RATE))

    assert [("E802", "no row covers income above 999 to below 1000 DKK")] == said(
        spec, "income;rate\n0..999;1\n1000..5000;2\n"
    )
    assert [] == said(spec, "income;rate\n[0..1000);1\n>= 1000;2\n")


def test_whole_numbers_have_nothing_between_them() -> None:
    """``0..17`` and ``18..`` meet."""
    age = Column.input("age", "whole", unit="years", match="range", lowest=0, highest=120, description="Age.")
    spec = TableSpec((age, RATE))

    assert [] == said(spec, "age;rate\n0..17;1\n>= 18;2\n")
    assert [("E802", "no row covers age 18 years")] == said(spec, "age;rate\n0..17;1\n>= 19;2\n")
    assert [("E802", "no row covers age 18 to 119 years")] == said(spec, "age;rate\n0..17;1\n120;2\n")


def test_every_declared_text_must_be_covered() -> None:
    """A value that is missing is named; a value nobody declared is no gap."""
    declared = Column.input("kind", "text", one_of=("house", "flat", "boat"), description="Kind.")
    free = Column.input("kind", "text", description="Kind.")

    assert [("E802", "no row covers kind boat")] == said(
        TableSpec((declared, RATE)), "kind;rate\nhouse;1\nflat;2\n"
    )
    assert [] == said(TableSpec((declared, RATE)), "kind;rate\nhouse;1\nflat;2\nboat;3\n")
    assert [] == said(TableSpec((free, RATE)), "kind;rate\nhouse;1\nflat;2\n")


def test_what_a_free_text_leaves_out_is_found_for_that_text() -> None:
    """Each text that some row names must be covered in the other columns."""
    kind = Column.input("kind", "text", description="Kind.")
    spec = TableSpec((kind, income("range", lowest=0), RATE))

    assert [("E802", "no row covers kind flat, income 0 to below 10 DKK")] == said(
        spec, "kind;income;rate\nhouse;>= 0;1\nflat;>= 10;2\n"
    )


def test_true_and_false_must_both_be_covered() -> None:
    """A truth value has two values."""
    owner = Column.input("owner", "boolean", description="Owner.")

    assert [("E802", "no row covers owner false")] == said(TableSpec((owner, RATE)), "owner;rate\nsand;1\n")


def test_a_later_first_day_takes_over_for_the_same_equal_cells() -> None:
    """New bands of a new year replace all bands of the old one; another district keeps its own."""
    district = Column.input("district", "text", one_of=("north", "south"), description="District.")
    spec = TableSpec((FROM, district, income("band", lowest=0), RATE))
    text = (
        "from;district;income;rate\n2025-01-01;north;0;1\n2025-01-01;north;500;2\n2025-01-01;south;0;3\n"
        "2026-01-01;north;0;4\n2026-01-01;north;520;5\n"
    )

    assert [] == said(spec, text)
    assert [("E802", "no row covers district north, income 0 to below 520 DKK from 2026-01-01 on")] == said(
        spec, text.replace("2026-01-01;north;0;4\n", "")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01;2024-12-31\n2025-02-01;", ("E802", "no row is in force from 2025-01-01 to 2025-01-31")),
        ("2020-01-01;2024-12-31\n2025-01-02;", ("E802", "no row is in force on 2025-01-01")),
        (
            "2020-01-01;2025-12-31",
            ("E802", "no row is in force from 2026-01-01 on, so none today (2026-11-22)"),
        ),
        ("2020-01-01;2026-12-31", ("W801", "no row is in force from 2027-01-01 on")),
        ("2020-01-01;2027-01-21", None),
        ("2020-01-01;2027-01-20", ("W801", "no row is in force from 2027-01-21 on")),
        ("2027-01-01;", ("E802", "no row is in force today (2026-11-22): the first begins on 2027-01-01")),
        (
            "2020-01-01;2019-12-31\n2020-01-01;",
            ("E804", "the row ends on 2019-12-31, before it begins on 2020-01-01"),
        ),
        ("2026-11-22;2026-11-22\n2026-11-23;", None),
    ],
)
def test_days_without_a_row(text: str, expected: tuple[str, str] | None) -> None:
    """Gaps between rows, today, and an end that comes within sixty days."""
    spec = TableSpec((FROM, UNTIL, RATE))
    lines = "".join(f"{line};1\n" for line in text.split("\n"))
    found = said(spec, f"from;until;rate\n{lines}")

    assert ([expected] if expected else []) == [one for one in found if "twice" not in one[1]]


def test_a_code_may_cease_to_exist() -> None:
    """A value that nobody declared may end: said ahead, and no longer once it is over."""
    code = Column.input("code", "code", length=4, description="Code.")
    spec = TableSpec((FROM, UNTIL, code, RATE))
    text = "from;until;code;rate\n2020-01-01;{};0165;1\n2020-01-01;;0265;1\n"

    assert [] == said(spec, text.format("2025-12-31"))
    assert [("W801", "no row is in force from 2027-01-01 on for code 0165")] == said(
        spec, text.format("2026-12-31")
    )


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("10..5", "income 10..5 holds no value, so the row is never reached"),
        ("(5..5)", "income (5..5) holds no value, so the row is never reached"),
        ("> 5000", "income > 5000 is never reached: cases have 0 to 5000 DKK"),
        ("< 0", "income < 0 is never reached: cases have 0 to 5000 DKK"),
    ],
)
def test_a_row_that_no_case_can_meet(cell: str, message: str) -> None:
    """Empty ranges, and ranges outside what cases can have."""
    spec = TableSpec((income("range", lowest=0, highest=5000), RATE))

    assert [("E804", message)] == said(spec, f"income;rate\n0..5000;1\n{cell};2\n")


def test_several_rows_together_can_hide_one() -> None:
    """No single row above it covers the third; together they do, and all are named."""
    spec = TableSpec((income("range", lowest=0), RATE), "first")
    [problem] = problems(spec, "income;rate\n< 600;1\n>= 500;2\n0..1000;3\n")

    assert (2, 0, 1) == problem.rows
    assert "line 2, line 3 above it take every case" in problem.message


def test_under_first_rows_may_overlap() -> None:
    """A special row above a general one is what the policy is for."""
    spec = TableSpec((income("range", lowest=0), RATE), "first")

    assert [] == said(spec, "income;rate\n580;1\n*;2\n")


def test_a_table_of_exceptions_may_have_gaps_and_no_rows() -> None:
    """``complete=False``: overlaps and dead rows still count."""
    spec = TableSpec((income("range"), RATE), complete=False)

    assert [] == said(spec, "income;rate\n")
    assert [] == said(spec, "income;rate\n5..6;1\n8..9;1\n")
    assert ["E803"] == [code for code, _ in said(spec, "income;rate\n5..6;1\n6..9;1\n")]


def test_an_empty_table_is_a_gap() -> None:
    """A bot cannot ask a table without rows."""
    assert [("E802", "the table has no rows")] == said(TableSpec((RATE,)), "rate\n")


def test_a_table_without_inputs_has_one_row() -> None:
    """Two rows answer the same question."""
    assert [] == said(TableSpec((RATE,)), "rate\n1\n")
    assert ["E803"] == [code for code, _ in said(TableSpec((RATE,)), "rate\n1\n2\n")]


def test_the_end_of_time() -> None:
    """The last day of the calendar is a day like any other."""
    assert [] == said(TableSpec((FROM, UNTIL, RATE)), "from;until;rate\n2020-01-01;9999-12-31;1\n")


def test_findings_of_one_kind_are_limited() -> None:
    """Twenty, and that there are more."""
    rows = "\n".join("1;1" for _ in range(60))
    found = said(TableSpec((income("range"), RATE)), f"income;rate\n{rows}\n")

    assert 21 == len(found)
    assert "there are more rows that overlap than these 20" == found[-1][1]


def test_a_table_with_too_many_rows_is_refused() -> None:
    """Five thousand are checked, one more is not."""
    spec = TableSpec((Column.input("size", "whole", unit="m", description="Size."), RATE))
    text = "size;rate\n" + "".join(f"{number};1\n" for number in range(5001))

    assert [("E801", "the table has 5001 rows, 5000 at most can be checked")] == said(spec, text)
    assert [] == said(spec, text.replace("5000;1\n", ""))


def test_a_table_that_cannot_be_checked_exactly_is_refused_not_passed() -> None:
    """Many overlapping ranges in many dimensions: bounded work, then a clear finding."""
    columns = [
        Column.input(f"x{number}", "whole", unit="m", match="range", lowest=0, highest=999, description="X.")
        for number in range(6)
    ]
    spec = TableSpec((*columns, RATE), "first")
    lines = [
        ";".join(f"{(row * (column + 3)) % 97}..{400 + (row * (column + 5)) % 89}" for column in range(6))
        for row in range(600)
    ]
    found = said(
        spec,
        f"{';'.join(column.name for column in columns)};rate\n" + "".join(f"{line};1\n" for line in lines),
    )

    assert "E801" == found[-1][0]
    assert "too many to be checked exactly" in found[-1][1]


def test_a_unit_that_is_the_columns_own_name_is_said_once() -> None:
    """A heading has an underscore where the unit has a blank."""
    code = Column.input(
        "postal_code", "whole", unit="postal code", match="range", lowest=1, highest=9, description="Code."
    )

    assert [("E802", "no row covers postal_code 6 to 9")] == said(
        TableSpec((code, RATE)), "postal_code;rate\n1..5;1\n"
    )


def test_bands_beside_many_ranges_are_worked_out_in_time_or_refused() -> None:
    """Ranges that lie apart are many; those that lie over each other soon too many."""
    size = Column.input("size", "whole", unit="m", match="range", lowest=0, description="Size.")
    spec = TableSpec((income("band", lowest=0), size, RATE), complete=False)
    apart = [f"0;{row * 3}..{row * 3 + 2};1" for row in range(1500)]
    over = [f"{row};{row}..{row + 5000};1" for row in range(1500)]

    assert [] == said(spec, "\n".join(["income;size;rate", *apart]))
    assert "too many to be checked exactly" in said(spec, "\n".join(["income;size;rate", *over]))[-1][1]


DESKS = TableSpec(
    (
        FROM,
        Column.input("code", "whole", unit="code", match="range", description="Code."),
        Column.output("desk", "text", description="Desk."),
    ),
    complete=False,
)


def test_a_later_day_ends_only_the_rows_of_the_same_range() -> None:
    """One new row for one range leaves every other row in force; ranges may be written in two ways."""
    rows = read_csv(
        "from;code;desk\n2026-01-01;4000..4030;A\n2026-01-01;4130;B\n"
        "2027-01-01;4130;C\n2027-06-01;[4000..4031);D\n",
        DESKS,
    ).rows
    asked = Table(rows, DESKS, "desks")

    assert [] == list(check_rules(DESKS, read_rules(DESKS, rows), TODAY))
    assert ["A", "A", "D"] == [
        asked.lookup(on=day, code=4000).desk for day in (TODAY, date(2027, 1, 2), date(2027, 6, 1))
    ]
    assert ["B", "C"] == [asked.lookup(on=day, code=4130).desk for day in (TODAY, date(2027, 1, 2))]


def test_bands_are_replaced_as_a_set_within_one_range() -> None:
    """New bands for some codes end the old ones of those codes, and no others."""
    code = Column.input("code", "whole", unit="code", match="range", lowest=1, highest=9, description="Code.")
    spec = TableSpec((FROM, code, income("band", lowest=0), RATE))
    rows = read_csv(
        "from;code;income;rate\n2026-01-01;1..5;0;1\n2026-01-01;1..5;500;2\n2026-01-01;6..9;0;3\n"
        "2027-01-01;1..5;0;4\n",
        spec,
    ).rows
    asked = Table(rows, spec, "rates")

    assert [] == list(check_rules(spec, read_rules(spec, rows), date(2026, 11, 22)))
    assert ["4", "3"] == [
        str(asked.lookup(on=date(2027, 1, 1), code=code, income=900).rate) for code in (1, 6)
    ]


def test_a_later_range_over_an_earlier_one_is_an_overlap_unless_that_one_ends() -> None:
    """The help names the day on which the older row must end, or how to do without such a column."""
    dated = TableSpec((FROM, UNTIL, *DESKS.columns[1:]), complete=False)
    text = "from;until;code;desk\n2026-01-01;{};4000..4030;A\n2027-01-01;;4010..4020;B\n"
    [found] = problems(dated, text.format(""))

    assert ("E803", "two rows answer for code 4010 to 4020 from 2027-01-01 on: also line 2") == (
        found.code,
        found.message,
    )
    assert (
        "a later day takes the place only of rows with the same code: end line 2 with until 2026-12-31, "
        "or give both the same" == found.help
    )
    assert [] == problems(dated, text.format("2026-12-31"))

    [found] = problems(DESKS, "from;code;desk\n2026-01-01;4000..4030;A\n2027-01-01;4010..4020;B\n")
    assert found.help.endswith("write the older row as several, one of them with the cells of the newer")


def test_a_gap_is_said_at_a_row_that_is_in_force_beside_it() -> None:
    """Not at one that a later row has ended, which nobody can widen any more."""
    spec = TableSpec((FROM, income("band", lowest=0), RATE))
    [found] = problems(spec, "from;income;rate\n2026-06-01;0;6\n2026-08-01;5;7\n")

    assert ("E802", (1,)) == (found.code, found.rows)
    assert "no row covers income 0 to below 5 DKK from 2026-08-01 on" == found.message


def test_a_hundred_and_twenty_rows_over_each_other_in_four_ranges_are_checked() -> None:
    """What a real table has is far below the limit."""
    columns = [
        Column.input(f"x{number}", "whole", unit="m", match="range", lowest=0, highest=99, description="X.")
        for number in range(4)
    ]
    spec = TableSpec((*columns, RATE), "first")
    lines = [
        ";".join(f"{(row * (at + 3)) % 50}..{50 + (row * (at + 5)) % 50}" for at in range(4))
        for row in range(119)
    ]
    head = ";".join(column.name for column in columns)
    found = said(spec, f"{head};rate\n" + "".join(f"{line};1\n" for line in [*lines, "*;*;*;*"]))

    assert {"E804"} >= {code for code, _ in found}
