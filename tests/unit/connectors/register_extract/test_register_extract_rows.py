"""Rows of a register extract: what a good one gives, and that a broken one stops nobody else."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rpa_commons.capabilities import Address, AddressPeriod, BusinessError, Person, PersonNotFoundError
from rpa_commons.connectors._extract_row import DuplicateRowError, RowError
from rpa_commons.connectors.register_extract import RegisterExtract
from rpa_commons.connectors.register_extract._connector import UnreadableRowsError

ANNA, BENT = "0101505555", "0202515666"
HEADER = "PNR;Adresseringsnavn;Status;Beskyttet;Boern;Vej;Postnr;By;Kommune"
Open = Callable[..., RegisterExtract]
Rows = Callable[..., str]


def test_a_row_is_a_person(opened: Open) -> None:
    """The declared columns become the person's fields."""
    person = opened().person(ANNA)

    expected = Person(
        cpr=ANNA,
        name="Anna Sand",
        status="active",
        protected=False,
        children_under_18=2,
        address=Address(
            street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde", municipality="0265"
        ),
    )
    assert expected == person


def test_every_column_can_be_declared(opened: Open) -> None:
    """Birth date, care-of name, locality and the former address come from their own columns."""
    columns = {
        "cpr": "a", "name": "b", "status": "c", "protected": "d", "children_under_18": "e", "birth_date": "f",
        "co_name": "g", "street_line": "h", "locality": "i", "postal_code": "j", "city": "k",
        "municipality": "l", "previous_municipality": "m",
        "previous_moved_in": "n", "previous_moved_out": "o",
    }  # fmt: skip
    content = (
        "a;b;c;d;e;f;g;h;i;j;k;l;m;n;o\n"
        f"{ANNA};Anna Sand;1;ja;0;01-01-2050;Bent Mark;Algade 31;Himmelev;4000;Roskilde;0265;"
        "0167;05-02-2051;31-10-2056"
    )

    person = opened(content, columns=columns, date_format="%d-%m-%Y").person(ANNA)

    assert date(2050, 1, 1) == person.birth_date
    assert person.address is not None
    assert ("Bent Mark", "Himmelev") == (person.address.co_name, person.address.locality)
    period = AddressPeriod(municipality="0167", moved_in=date(2051, 2, 5), moved_out=date(2056, 10, 31))
    assert (period,) == person.address_history


def test_a_number_with_a_hyphen_is_found(opened: Open) -> None:
    """A file that writes numbers with a hyphen, or a question with one, means the same person."""
    connector = opened(f"{HEADER}\n010150-5555;Anna;01;nej;0;;;;\n")

    assert connector.person(ANNA) == connector.person("010150-5555")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *((code, "active") for code in ("1", "3", "5", "7", "01", "03", "05", "07")),
        *((code, "inactive") for code in ("20", "30", "50", "60")),
        ("70", "disappeared"),
        ("80", "emigrated"),
        ("90", "dead"),
    ],
)
def test_the_registers_codes_are_known(opened: Open, rows: Rows, code: str, status: str) -> None:
    """Without a map of its own, the status column holds the population register's codes."""
    connector = opened(rows(f"0303525777;Carl Holm;{code};nej;0;;;;"))

    assert status == connector.person("0303525777").status


def test_values_are_declared(opened: Open, rows: Rows) -> None:
    """A municipality says what its own values mean, a blank included; case does not matter."""
    connector = opened(
        rows("0303525777;Carl Holm;Bosat;;0;;;;", "0404535888;Dora;BOSAT;x;0;;;;"),
        statuses={"bosat": "active"},
        booleans={"X": True, "": False},
    )

    assert [False, True] == [connector.person(cpr).protected for cpr in ("0303525777", "0404535888")]


def test_a_protected_person_may_be_without_name_and_address(opened: Open, rows: Rows) -> None:
    """Extracts leave out what is protected; that is no broken row."""
    person = opened(rows("0303525777;;01;ja;0;;;;")).person("0303525777")

    assert ("", True, None) == (person.name, person.protected, person.address)


BROKEN: list[tuple[str, str, str]] = [
    # the row, the column that is named, what is said
    ("0303525777;Carl Holm;01;nej;0;Algade;4000", "", "has 7 values where the header has 9 columns"),
    ("0303525777;Carl Holm;01;nej;0;Algade;4000;By;0265;x", "", "has 10 values"),
    ("0303525777;;01;nej;0;;;;", "Adresseringsnavn", "is blank"),
    ("0303525777;Carl Holm;02;nej;0;;;;", "Status", "not in statuses"),
    ("0303525777;Carl Holm;;nej;0;;;;", "Status", "a blank that is not in statuses"),
    ("0303525777;Carl Holm;01;;0;;;;", "Beskyttet", "a blank that is not in booleans"),
    ("0303525777;Carl Holm;01;maybe;0;;;;", "Beskyttet", "not in booleans"),
    ("0303525777;Carl Holm;01;nej;;;;;", "Boern", "is blank"),
    ("0303525777;Carl Holm;01;nej;-1;;;;", "Boern", "no number from 0 to 99"),
    ("0303525777;Carl Holm;01;nej;٢;;;;", "Boern", "no number from 0 to 99"),
    ("0303525777;Carl Holm;01;nej;1,0;;;;", "Boern", "no number from 0 to 99"),
    ("0303525777;Carl Holm;01;nej;0;Algade;400;By;0265", "Postnr", "no postal code"),
    ("0303525777;Carl Holm;01;nej;0;Algade;4000;By;265", "Kommune", "dropped the leading zero"),
    ("0303525777;Carl Holm;01;nej;0;Algade;4000;By;Roskilde", "Kommune", "no municipality code"),
    ('0303525777;"Carl Holm;01;nej;0;Algade;4000;By;0265', "", "a quotation mark that is not closed"),
    ('0303525777;"Carl" Holm;01;nej;0;Algade;4000;By;0265', "", "text after a closed one"),
    ("0303525777;Carl\0Holm;01;nej;0;;;;", "", "control characters"),
    (f"0303525777;{'x' * 70_000};01;nej;0;;;;", "", "characters long"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "column", "said"), BROKEN)
def test_a_broken_row_is_named_and_stops_nobody_else(
    opened: Open, rows: Rows, row: str, column: str, said: str
) -> None:
    """Asking for the person of a broken row names file, line and column, never the value; the others work."""
    connector = opened(rows(row))

    with pytest.raises(BusinessError) as caught:
        connector.person("0303525777")

    error = caught.value
    text = f"{error} {error.remedy}"
    assert ["Anna Sand", "Bent Mark"] == [connector.person(cpr).name for cpr in (ANNA, BENT)]
    assert "people.csv:3" in text
    assert error.remedy
    assert [] == [value for value in ("0303525777", "Carl", "Algade", "maybe") if value in text]
    if isinstance(error, RowError):
        assert column == error.column
        assert said in error.reason


@pytest.mark.parametrize(
    "format_and_value", [("%Y-%m-%d", "31-12-2050"), ("%d-%m-%Y", "31-02-2050"), ("%d%m%Y", "٣١١٢٢٠٥٠")]
)
def test_a_wrong_date_is_named(opened: Open, format_and_value: tuple[str, str]) -> None:
    """A date in another format, of no day, or in other digits is refused, naming the format."""
    date_format, value = format_and_value
    columns = {
        "cpr": "a",
        "name": "b",
        "status": "c",
        "protected": "d",
        "children_under_18": "e",
        "birth_date": "f",
    }
    connector = opened(f"a;b;c;d;e;f\n{ANNA};A;1;nej;0;{value}", columns=columns, date_format=date_format)

    with pytest.raises(RowError, match=rf'people.csv:2: column "f" is no date in the format {date_format}'):
        connector.person(ANNA)


def test_a_lost_leading_zero_is_recognised_and_not_repaired(opened: Open, rows: Rows) -> None:
    """Nine digits are said to be a spreadsheet's work, and the person is not answered."""
    connector = opened(rows("303525777;Carl Holm;01;nej;0;;;;"))

    with pytest.raises(RowError) as caught:
        connector.person("0303525777")

    error = caught.value
    assert ("people.csv:3", "PNR") == (error.place, error.column)
    assert "has 9 digits: a spreadsheet has dropped the leading zero" == error.reason
    assert "as text" in error.remedy


@pytest.mark.parametrize("value", ["3,03526E+08", "3.0E8", "", "abc", "9903525777", "٠٣٠٣٥٢٥٧٧٧"])
def test_a_number_that_cannot_be_read_leaves_the_question_open(opened: Open, rows: Rows, value: str) -> None:
    """Where a row's number is unreadable, a person who is nowhere else may be there: not "nobody"."""
    connector = opened(rows(f"{value};Carl Holm;01;nej;0;;;;"))

    with pytest.raises(UnreadableRowsError, match=r"people\.csv:3") as caught:
        connector.person("0303525777")

    assert not isinstance(caught.value, PersonNotFoundError)
    assert not value or value not in str(caught.value)
    assert "Anna Sand" == connector.person(ANNA).name


def test_many_unreadable_rows_make_a_short_message(opened: Open, rows: Rows) -> None:
    """Three places are named and the others counted; all of them stand on the error."""
    connector = opened(rows(*["x;Carl Holm;01;nej;0;;;;"] * 50))

    with pytest.raises(UnreadableRowsError, match="and 47 more") as caught:
        connector.person("0303525777")

    assert 50 == len(caught.value.places)


def test_a_person_in_two_rows_is_not_guessed(opened: Open, rows: Rows) -> None:
    """Two rows about one person name both places; the others work."""
    connector = opened(rows(f"{ANNA};Anna Holm;90;nej;0;;;;"))

    with pytest.raises(
        DuplicateRowError, match=r"people\.csv:2, people\.csv:3: one person stands in several"
    ):
        connector.person(ANNA)

    assert "Bent Mark" == connector.person(BENT).name


def test_a_row_and_its_lost_zero_are_two_rows(opened: Open, rows: Rows) -> None:
    """A person once with and once without the leading zero stands in two rows."""
    connector = opened(rows("101505555;Anna Sand;90;nej;0;;;;"))

    with pytest.raises(DuplicateRowError):
        connector.person(ANNA)


def test_nobody_by_the_number(opened: Open) -> None:
    """A number in no row is an error of its own that names the file and not the number."""
    with pytest.raises(PersonNotFoundError, match=r"people\.csv") as caught:
        opened().person("0303525777")

    assert "0303525777" not in str(caught.value)


def test_delimiters_and_quotes_inside_quotes(opened: Open, rows: Rows) -> None:
    """A quoted value may hold the delimiter and doubled quotes."""
    connector = opened(rows('0303525777;"Carl ""Kalle""; Holm";01;nej;0;;;;'))

    assert 'Carl "Kalle"; Holm' == connector.person("0303525777").name


def test_a_trailing_delimiter_does_no_harm(opened: Open, rows: Rows) -> None:
    """Blank values beyond the header are left out."""
    assert "Carl" == opened(rows("0303525777;Carl;01;nej;0;;;;;;")).person("0303525777").name


@pytest.mark.parametrize("line", ["", "   ", ";;;;;;;;", '"";"";;;;;;;', " ; ;;;;;;;", "\x1a"])
def test_a_line_of_nothing_is_no_row(opened: Open, rows: Rows, line: str) -> None:
    """Blank lines, a spreadsheet's lines of delimiters and the end mark of DOS are nobody's row."""
    with pytest.raises(PersonNotFoundError):
        opened(rows(line)).person("0303525777")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_counts_the_same(opened: Open, rows: Rows, line_break: str) -> None:
    """Windows, Unix and old Mac line breaks give the same lines and line numbers."""
    connector = opened(rows("", "x;Carl Holm;01;nej;0;;;;").replace("\n", line_break))

    with pytest.raises(UnreadableRowsError, match=r"people\.csv:4$"):
        connector.person("0303525777")


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\x0b", "\x1c"])
def test_only_line_breaks_break_lines(opened: Open, rows: Rows, mark: str) -> None:
    """What Unicode calls a line separator stays inside a name, or breaks its own row only."""
    connector = opened(rows(f"0303525777;Carl{mark}Holm;01;nej;0;;;;"))

    assert "Bent Mark" == connector.person(BENT).name
    if mark == "\u2028":
        assert f"Carl{mark}Holm" == connector.person("0303525777").name


def test_nothing_personal_in_the_repr_of_what_is_kept(opened: Open) -> None:
    """The connector's and the person's ``repr`` show no number, name or street."""
    connector = opened()
    shown = repr(connector) + repr(connector.person(ANNA))

    assert [] == [text for text in (ANNA, "Anna", "Algade") if text in shown]


def test_what_is_asked_must_be_a_number(opened: Open) -> None:
    """A question that is no number is refused without looking, and without being repeated."""
    question: Any = "Anna Sand"

    with pytest.raises(BusinessError, match="not a CPR number") as caught:
        opened().person(question)

    assert "Anna" not in str(caught.value)
