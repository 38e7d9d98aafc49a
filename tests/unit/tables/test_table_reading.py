"""CSV as spreadsheets write it, and TOML: rows, or a finding with line, column and remedy."""

from datetime import date
from typing import Any

import pytest

from rpa_commons.tables import Column, ReadRows, TableProblem, TableSpec, read_csv, read_tables

SPEC = TableSpec(
    (
        Column.valid_from(),
        Column.valid_until(),
        Column.input("code", "code", length=4, description="Municipality code."),
        Column.input("size", "decimal", unit="m2", match="range", lowest=0, description="Size."),
        Column.input("owner", "boolean", description="Owner or tenant."),
        Column.output("fee", "money", unit="DKK", description="Fee."),
        Column.output(
            "unit", "text", one_of=("Housing", "Environment"), optional=True, description="Who acts."
        ),
        Column.output("days", "whole", unit="days", optional=True, description="Deadline."),
    )
)
HEAD = "from;until;code;size;owner;fee;unit;days\n"


def read(*lines: str, head: str = HEAD) -> ReadRows:
    """Read lines below a heading."""
    return read_csv(head + "\n".join(lines), SPEC)


def one_row(*lines: str, head: str = HEAD) -> dict[str, Any]:
    """The only row; nothing is wrong."""
    found = read(*lines, head=head)
    assert () == found.problems
    [row] = found.rows
    return row


def one_problem(*lines: str, head: str = HEAD) -> TableProblem:
    """The only problem."""
    [problem] = read(*lines, head=head).problems
    return problem


def test_a_row_becomes_plain_json() -> None:
    """Decimals as text, dates as ISO text, whole numbers and truth values as what they are."""
    assert {
        "from": "2026-01-01",
        "until": "2026-12-31",
        "when": {"code": "0265", "size": "0..99.5", "owner": "true"},
        "then": {"fee": "12.50", "unit": "Housing", "days": 14},
        "note": "§ 3",
    } == one_row(
        "2026-01-01;2026-12-31;0265;0,0..99,50;SAND;12,50;Housing;14;§ 3", head=HEAD[:-1] + ";note\n"
    )


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (HEAD, "2026-01-01;;0265;*;true;12,5;;"),
        (HEAD.replace(";", "\t"), "2026-01-01\t\t0265\t*\ttrue\t12,5\t\t"),
        (HEAD.replace(";", ","), "2026-01-01,,0265,*,true,12.5,,"),
        (HEAD.replace(";", ","), '"2026-01-01","","0265","*","true","12.5"'),
        ("# Fees of 2026;;;\n#\n\n" + HEAD, "2026-01-01;;0265;*;true;12,5"),
        ("sep=;\n" + HEAD, "2026-01-01;;0265;*;true;12,5"),
        (HEAD[:-1] + ";;;\n", ";;;\n\n2026-01-01;;0265;*;true;12,5;;;;\n;;\n"),
        (HEAD, "2026-01-01 ;; 0265;\u00a0*;True;12,5"),
    ],
)
def test_what_spreadsheets_write_is_read(head: str, line: str) -> None:
    """Semicolons, tabs or commas; quotes, comments above the headings, blank lines, empty columns."""
    row = one_row(line, head=head)

    assert {"code": "0265", "size": "*", "owner": "true"} == row["when"]
    assert {"fee": "12.5"} == row["then"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("SAND", "true"),
        ("FALSK", "false"),
        ("SANN", "true"),
        ("USANN", "false"),
        ("SANT", "true"),
        ("FALSKT", "false"),
        ("TRUE", "true"),
        ("false", "false"),
    ],
)
def test_true_and_false_of_every_language(word: str, value: str) -> None:
    """Excel writes them in the language of the computer."""
    assert value == one_row(f"2026-01-01;;0265;*;{word};1")["when"]["owner"]


@pytest.mark.parametrize(
    ("cell", "canonical"),
    [
        ("0..999", "0..999"),
        ("0 .. 999", "0..999"),
        ("[0..1000)", "[0..1000)"),
        ("(0..1000]", "(0..1000]"),
        ("(0..10)", "(0..10)"),
        (">= 1000", ">= 1000"),
        ("<1000,50", "< 1000.5"),
        ("12,50", "12.5"),
        ("0..5", "0..5"),
        ("*", "*"),
    ],
)
def test_one_notation_for_ranges(cell: str, canonical: str) -> None:
    """Two points with both ends, brackets for an open end, a comparison, one value, any."""
    assert canonical == one_row(f"2026-01-01;;0265;{cell};true;1")["when"]["size"]


def test_a_range_may_stand_in_two_columns() -> None:
    """Both ends are included; an empty cell is no bound."""
    head = HEAD.replace("size", "size_from;size_to")

    assert "0..99" == one_row("2026-01-01;;0265;0;99;true;1", head=head)["when"]["size"]
    assert ">= 100" == one_row("2026-01-01;;0265;100;;true;1", head=head)["when"]["size"]
    assert "<= 99.5" == one_row("2026-01-01;;0265;;99,5;true;1", head=head)["when"]["size"]
    assert "*" == one_row("2026-01-01;;0265;;;true;1", head=head)["when"]["size"]


@pytest.mark.parametrize(
    ("line", "column", "message", "remedy"),
    [
        ("31-12-2026;;0265;*;true;1", "from", "31-12-2026 is not written year first", "write 2026-12-31"),
        ("1.2.2026;;0265;*;true;1", "from", "1.2.2026 is not written year first", "write 2026-02-01"),
        ("2026-02-30;;0265;*;true;1", "from", "2026-02-30 is no day of the calendar", ""),
        ("0206-01-01;;0265;*;true;1", "from", "0206-01-01 lies long ago", "is the year right?"),
        ("soon;;0265;*;true;1", "from", "soon is no date", "write it year first: 2026-12-31"),
        ("46023;;0265;*;true;1", "from", "46023 is no date", "yyyy-mm-dd"),
        ("2026-01-01;;265;*;true;1", "code", "were leading zeros lost?", "if it is 0265, write that"),
        ("2026-01-01;;02655;*;true;1", "code", "has 5 characters, a code here has 4", ""),
        ("2026-01-01;;2E+3;*;true;1", "code", "has made a number of a code", "format the column as Text"),
        ("2026-01-01;;0265;0-999;true;1", "size", "0-999 is no range here", "write 0..999"),
        ("2026-01-01;;0265;01-dec;true;1", "size", "made a date of a range", "1..12"),
        ("2026-01-01;;0265;[0..9;true;1", "size", "a bracket at one end only", "[0..9)"),
        ("2026-01-01;;0265;cheap;true;1", "size", "cheap is no number (m2)", "write 0..999"),
        ("2026-01-01;;0265;;true;1", "size", "the cell is empty", "write * where any value will do"),
        ("2026-01-01;;0265;*;maybe;1", "owner", "maybe is neither true nor false", "write true or false"),
        ("2026-01-01;;0265;*;true;1.000", "fee", "can be read as 1000 or as 1,0", "whichever you mean"),
        ("2026-01-01;;0265;*;true;1.000,50", "fee", "1.000,50 has a thousand separator", "without it"),
        ("2026-01-01;;0265;*;true;1 000", "fee", "1 000 has a thousand separator", "without it"),
        ("2026-01-01;;0265;*;true;12,505", "fee", "more than two decimals", "two at most"),
        ("2026-01-01;;0265;*;true;12 DKK", "fee", "12 DKK is no amount", "without DKK: the heading says it"),
        ("2026-01-01;;0265;*;true;1e99999999", "fee", "has an exponent", "write the digits out"),
        ("2026-01-01;;0265;*;true;" + "9" * 400, "fee", "is no amount", ""),
        ("2026-01-01;;0265;*;true;", "fee", "the cell is empty", "write amount (DKK)"),
        ("2026-01-01;;0265;*;true;1;housing", "unit", "housing is none of", "did you mean Housing?"),
        ("2026-01-01;;0265;*;true;1;;2,5", "days", "2,5 is no whole number", ""),
    ],
)
def test_a_wrong_cell_is_said_with_its_remedy(line: str, column: str, message: str, remedy: str) -> None:
    """The finding names line and column; nothing is guessed, nothing repaired."""
    problem = one_problem("2026-01-01;;0265;*;true;1", line)

    assert ("E801", 3, column) == (problem.code, problem.line, problem.column)
    assert message in problem.message
    assert remedy in problem.help


def test_a_decimal_comma_between_commas_is_refused() -> None:
    """In a file separated by commas an amount is written with a point, and no comma groups its digits."""
    head = HEAD.replace(";", ",")

    assert "write 12.50" in one_problem('2026-01-01,,0265,*,true,"12,50"', head=head).help
    assert (
        "can be read as 1000 or as 1.0" in one_problem('2026-01-01,,0265,*,true,"1,000"', head=head).message
    )
    assert (
        "9 cells, the headings are 8"
        in one_problem("2026-01-01,,0265,*,true,12,50,Housing,14", head=head).message
    )


@pytest.mark.parametrize(
    ("head", "message", "remedy"),
    [
        (HEAD.replace("fee", "Fees"), "unknown column 'Fees'", "did you mean fee?"),
        (HEAD.replace("fee", "fee;fee"), "the heading fee stands twice", "keep one"),
        (
            HEAD.replace("size", "size;size_to"),
            "size stands beside size_to",
            "in size or in size_from and size_to",
        ),
        (HEAD.replace("size", "size_from"), "size_from stands without size_to", "add the column size_to"),
        (HEAD.replace("size;", ";size;"), "a column has no heading", "the columns are"),
        ("", "there is no line with headings", "begin with from;until;code"),
    ],
)
def test_wrong_headings(head: str, message: str, remedy: str) -> None:
    """Unknown, doubled and missing headings are told apart, with a guess."""
    problem = read(head=head).problems[0]

    assert message in problem.message
    assert remedy in problem.help


def test_a_missing_column_is_named_once_not_in_every_row() -> None:
    """And what it means is said."""
    problem = one_problem("2026-01-01;;0265;*;1", "2026-01-01;;0265;*;1", head="from;until;code;size;fee\n")

    assert ("the column owner is missing", 1) == (problem.message, problem.line)
    assert "Owner or tenant: true or false" == problem.help


def test_every_finding_of_a_file_is_found_at_once() -> None:
    """One for each wrong cell; rows that are right are read all the same."""
    found = read("x;;1;*;true;y", "2026-01-01;;0265;*;true;1")

    assert ["from", "code", "fee"] == [problem.column for problem in found.problems]
    assert (3,) == found.lines


def test_an_open_quote_is_said_where_it_begins() -> None:
    """A quote that nobody closes would swallow the rest of the file."""
    problem = one_problem(
        "2026-01-01;;0265;*;true;1", '"2026-01-01;;0265;*;true;1', "2026-01-01;;0265;*;true;1"
    )

    assert 3 == problem.line
    assert "cannot be read" in problem.message


def test_a_file_of_thousands_of_wrong_cells_ends() -> None:
    """Fifty findings are shown, and how many more there are."""
    found = read(*["x"] * 9000)

    assert 51 == len(found.problems)
    assert found.problems[-1].message.endswith("more findings follow in this file")


def test_hostile_cells_are_refused() -> None:
    """Control signs, very long cells and too many lines are findings."""
    spec = TableSpec(
        (Column.input("word", "text", description="Word."), Column.output("to", "text", description="To."))
    )

    assert "holds a sign that nobody can see" in read_csv("word;to\na\x1b[31m;b", spec).problems[0].message
    assert "more than 500 characters" in read_csv(f"word;to\n{'a' * 600};b", spec).problems[0].message
    assert "longer than 200" in read_csv(f"word;to\n{'a' * 300};b", spec).problems[0].message
    assert "20000 lines" in read_csv("word;to\n" + "a;b\n" * 20_010, spec).problems[-1].message


def test_a_text_in_two_lines_keeps_the_line_of_its_row() -> None:
    """A quoted line break in a note shifts no line number."""
    head = HEAD[:-1] + ";note\n"
    found = read('2026-01-01;;0265;*;true;1;;;"two\nlines"', "2026-01-01;;0266;*;true;1", head=head)

    assert (2, 4) == found.lines


def test_toml_rows_take_toml_values() -> None:
    """Dates, numbers and truth values as TOML has them; decimals also as text."""
    row = {"from": date(2026, 1, 1), "code": "0265", "size": "0..9", "owner": True, "fee": 12.5}
    found = read_tables([(3, row), (9, {**row, "fee": "12.50", "days": 14})], SPEC)

    assert () == found.problems
    assert (3, 9) == found.lines
    assert ["12.5", "12.50"] == [row["then"]["fee"] for row in found.rows]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": 265}, "code: a text stands in quotes"),
        ({"fee": True}, "fee: it is no amount (DKK)"),
        ({"fee": float("inf")}, "fee: inf is no amount (DKK)"),
        ({"fee": 1e300}, "fee: the number has more digits than are kept"),
        ({"fee": 10**30}, "fee: it is no amount (DKK)"),
        ({"owner": 1}, "owner: 1 is neither true nor false"),
        ({"feee": 1}, "unknown column 'feee'"),
        ({"days": [1]}, "days: it is no whole number (days)"),
    ],
)
def test_wrong_toml_values(change: dict[str, Any], message: str) -> None:
    """A value of another type is said, with the line of its row."""
    row = {"from": "2026-01-01", "code": "0265", "size": "*", "owner": True, "fee": 1}
    [problem] = read_tables([(7, {**row, **change})], SPEC).problems

    assert (message, 7) == (problem.message, problem.line)


def test_toml_rows_must_be_tables() -> None:
    """``row = [1]`` is no table."""
    assert "a row is a table" == read_tables([(1, 5)], SPEC).problems[0].message


_RATE = TableSpec((Column.output("rate", "decimal", unit="percent", description="Rate."),))


@pytest.mark.parametrize(
    ("cell", "message", "remedy"),
    [
        ("1.000", "1.000 can be read as 1000 or as 1.0", "write 1000 or 1.0, whichever you mean"),
        ("1.500", "1.500 can be read as 1500 or as 1.5", "write 1500 or 1.5, whichever you mean"),
        ("-1.234", "-1.234 can be read as -1234 or as -1.2340", "write -1234 or -1.2340, whichever you mean"),
        ("12,50", "12,50 has a decimal comma where decimals have a point", "write 12.50; a CSV file"),
    ],
)
def test_a_number_as_text_that_can_be_read_in_two_ways_is_refused(
    cell: str, message: str, remedy: str
) -> None:
    """In TOML as in a file separated by commas; TOML has no cells to separate."""
    for read in (read_tables([(1, {"rate": cell})], _RATE), read_csv(f'rate,note\n"{cell}",x\n', _RATE)):
        [problem] = read.problems

        assert f"rate: {message}" == problem.message
        assert problem.help.startswith(remedy)


@pytest.mark.parametrize("value", [1.234, "1.2340", "0.125", 1000, "1000"])
def test_a_number_that_can_be_read_in_one_way_is_read(value: object) -> None:
    """TOML's own numbers have a point by their grammar; nobody groups digits behind a zero."""
    read = read_tables([(1, {"rate": value})], _RATE)

    assert () == read.problems
    assert str(value) == read.rows[0]["then"]["rate"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("4320..433000", "4320..433000 reaches too far: cases have 99999 at most"),
        ("0..4330", "0..4330 reaches too far: cases have 1 or more"),
        (">= 100001", ">= 100001 reaches too far: cases have 99999 at most"),
        ("100000", "100000 reaches too far: cases have 99999 at most"),
    ],
)
def test_a_range_that_reaches_beyond_what_cases_have_is_refused(cell: str, said: str) -> None:
    """A digit too many; also in two columns and in TOML."""
    code = Column.input(
        "code", "whole", unit="code", match="range", lowest=1, highest=99999, description="Code."
    )
    spec = TableSpec((code, *_RATE.columns))
    reads = [read_csv(f"code;rate\n{cell};1\n", spec), read_tables([(2, {"code": cell, "rate": 1})], spec)]

    assert [f"code: {said}"] * 2 == [one.problems[0].message for one in reads]
    assert () == read_csv("code;rate\n1..99999;1\n[5..100000);1\n*;1\n< 100000;1\n", spec).problems
    low_high = read_csv("code_from;code_to;rate\n1;433000;1\n", spec)
    assert "reaches too far" in low_high.problems[0].message
