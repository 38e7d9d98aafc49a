"""What spreadsheets and their users put into a CSV file: read exactly, or refused with what to write."""

import pytest

from rpa_commons.tables import Column, TableProblem, TableSpec, read_csv

SPEC = TableSpec(
    (
        Column.input("size", "money", unit="DKK", match="range", description="Size."),
        Column.output("team", "text", description="Team."),
        Column.output("fee", "money", unit="DKK", optional=True, description="Fee."),
    )
)
HEAD = "size;team;fee\n"


def problem(line: str) -> TableProblem:
    """The one thing that is wrong with a line."""
    [found] = read_csv(HEAD + line + "\n", SPEC).problems
    assert 2 == found.line
    return found


@pytest.mark.parametrize(
    "said", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", "  sep=;  ", "# made by hand\nsep=;", "sep=;\n\n"]
)
def test_a_first_line_that_names_the_separator_is_for_the_spreadsheet(said: str) -> None:
    """It is passed over, and the line numbers stay those of the file."""
    found = read_csv(f"{said}\n{HEAD}0..9;a, b, c;1,5\n", SPEC)

    assert () == found.problems
    assert "1.5" == found.rows[0]["then"]["fee"]
    assert (f"{said}\n{HEAD}".count("\n") + 1,) == found.lines


@pytest.mark.parametrize("separator", ["\t", ","])
def test_the_named_separator_is_the_one_that_counts(separator: str) -> None:
    """Also a tab, which is easily taken for a blank."""
    text = f"sep={separator}\n" + f"{HEAD}0..9;a;2\n".replace(";", separator)
    found = read_csv(text, SPEC)

    assert ((), ["a"]) == (found.problems, [row["then"]["team"] for row in found.rows])


def test_empty_cells_behind_the_last_column_are_passed_over() -> None:
    """A spreadsheet writes as many cells as its widest line ever had."""
    found = read_csv("size;team;fee;;;;\n0..9;a;1;;;;\n;;;;;;\n", SPEC)

    assert ((), 1) == (found.problems, len(found.rows))


@pytest.mark.parametrize("line", ["0..9;=cmd();1", "=A1;a;1", "0..9;a;=SUM(A1:A9)", '0..9;"=""0265""";1'])
def test_a_formula_is_no_value(line: str) -> None:
    """Neither as a number nor as a text, which the next spreadsheet would run."""
    found = problem(line)

    assert " is a formula" in found.message
    assert "paste them as values" in found.help


@pytest.mark.parametrize("text", ["+45 46 31 30 00", "-", "@team", "a=b"])
def test_other_texts_may_begin_as_they_like(text: str) -> None:
    """A telephone number with a plus is a text."""
    assert text == read_csv(f"{HEAD}0..9;{text};1\n", SPEC).rows[0]["then"]["team"]


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("+49", "write 49"),
        ("\u221249", "write -49"),
        ("\u201349,5", "write -49,5"),
        ("49 kr", "write digits only"),
        ("12%", "write digits only"),
    ],
)
def test_a_number_with_another_sign_says_what_to_write(cell: str, advice: str) -> None:
    """Signs that a word processor makes of a hyphen look like one."""
    assert advice == problem(f"0..9;a;{cell}").help


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("\u202eabc", r"\u202eabc holds a sign that nobody can see (\u202e)"),
        ("a\u200bb", r"a\u200bb holds a sign that nobody can see (\u200b)"),
        ("a\0", r"a\u0000 holds a sign that nobody can see (\u0000)"),
        ("a\U000e0041", r"a\U000e0041 holds a sign that nobody can see (\U000e0041)"),
        ('"a\nb"', r"a\u000ab holds a line break"),
    ],
)
def test_a_sign_that_nobody_can_see_is_shown(cell: str, shown: str) -> None:
    """Marks of direction, signs without width, ends of text."""
    assert f"team: {shown}" == problem(f"0..9;{cell};1").message


def test_a_number_with_a_mark_of_direction_shows_the_mark() -> None:
    """Else the message would call a number no number."""
    assert r"fee: \u200f100 is no amount (DKK)" == problem("0..9;a;\u200f100").message


def test_a_wrong_heading_is_said_once() -> None:
    """The heading that was meant is named; that it is missing goes without saying."""
    found = read_csv("Size;Team;Fee\n0;a;1\n", SPEC).problems

    assert ["unknown column 'Size'", "unknown column 'Team'", "unknown column 'Fee'"] == [
        one.message for one in found
    ]
    assert ["did you mean size?", "did you mean team?", "did you mean fee?"] == [one.help for one in found]


def test_a_heading_that_nobody_meant_leaves_the_column_missing() -> None:
    """Both are said."""
    found = read_csv("width;team\n0;a\n", SPEC).problems

    assert ["unknown column 'width'", "the column size is missing"] == [one.message for one in found]


def test_a_heading_shows_signs_that_nobody_can_see() -> None:
    """A copied heading looks right."""
    found = read_csv("si\u200bze;team\n0;a\n", SPEC).problems

    assert [r"unknown column 'si\u200bze'"] == [one.message for one in found]


def test_a_line_of_far_too_many_headings_is_one_finding() -> None:
    """Not one for each, nor a guess for each."""
    [found] = read_csv(";".join(f"column{number}" for number in range(50_000)), SPEC).problems

    assert "the line has 50000 headings, 500 at most can be read" == found.message


def test_five_hundred_headings_are_read() -> None:
    """And each is looked at; so many findings are cut."""
    found = read_csv(";".join(["size", "team", *(f"c{number}" for number in range(498))]), SPEC).problems

    assert "unknown column 'c0'" == found[0].message
    assert 51 == len(found)


@pytest.mark.parametrize("line", ['"0..9;a;1', '0..9;"a"b;1', "x" * 200_000])
def test_a_line_that_cannot_be_taken_apart(line: str) -> None:
    """An open quote, a quote inside a cell, megabytes without an end."""
    found = problem(line)

    assert "the line cannot be read: a quote is not closed, or the line is far too long" == found.message


DESKS = TableSpec(
    (
        Column.valid_from(),
        Column.input("code", "whole", unit="code", match="range", description="Code."),
        Column.output("desk", "text", description="Desk."),
        Column.output("phone", "text", optional=True, description="Phone."),
    )
)


@pytest.mark.parametrize("head", ["from,code,desk,phone,note", "from;code;desk;phone;note"])
@pytest.mark.parametrize("end", ["", "x"])
def test_a_line_with_more_cells_than_headings_is_refused_though_the_last_is_empty(
    head: str, end: str
) -> None:
    """Text with a separator outside quotes would put every later cell below the wrong heading."""
    separator = head[4]
    line = f"2026-01-01,4320,Borgerservice, Møllebjergvej 4,46 46 46 46,{end}".replace(",", separator)
    found = read_csv(f"{head}\n{line}\n", DESKS)

    assert ((), ["the line has 6 cells, the headings are 5"]) == (
        found.rows,
        [one.message for one in found.problems],
    )
    assert "in quotes" in found.problems[0].help


def test_empty_cells_behind_the_headings_are_passed_over_only_if_every_line_has_them_empty() -> None:
    """One cell with something in it, and nobody knows any more what the others are."""
    rows = "from;code;desk;phone;;\n2026-01-01;1;A;1;;\n2026-01-01;2;B;2;;{}\n"

    assert () == read_csv(rows.format(""), DESKS).problems
    assert [2, 3] == [one.line for one in read_csv(rows.format("x"), DESKS).problems]
