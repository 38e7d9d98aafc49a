"""Danish identifiers: what is accepted, what is refused, and that a refusal never repeats the value."""

from datetime import date

import pytest

from rpa_commons.validators import InvalidIdentifierError, dk

# CPR-kontoret, "Personnummeret i CPR": the years of birth that each seventh digit stands for, written out as
# whole years, so that the table under test is not repeated.
NINETEEN = set(range(1900, 2000))
YEARS = {
    0: NINETEEN,
    1: NINETEEN,
    2: NINETEEN,
    3: NINETEEN,
    4: set(range(1937, 2037)),
    5: set(range(1858, 1900)) | set(range(2000, 2058)),
    6: set(range(1858, 1900)) | set(range(2000, 2058)),
    7: set(range(1858, 1900)) | set(range(2000, 2058)),
    8: set(range(1858, 1900)) | set(range(2000, 2058)),
    9: set(range(1937, 2037)),
}
CELLS = [(year, digit) for digit in range(10) for year in range(100)]


def test_the_century_of_every_year_and_seventh_digit() -> None:
    """All thousand cells: a year and a seventh digit stand for exactly one year of birth."""
    expected = {}
    for year, digit in CELLS:
        (expected[year, digit],) = [full for full in YEARS[digit] if full % 100 == year]

    found = {(year, digit): dk.cpr_birth_date(f"0101{year:02}{digit}000").year for year, digit in CELLS}

    assert expected == found


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("2211771212", date(1977, 11, 22)),
        ("2512169996", date(2016, 12, 25)),
        ("0706614818", date(1961, 6, 7)),
        ("2902005000", date(2000, 2, 29)),
        ("3112575999", date(2057, 12, 31)),
        ("0101585000", date(1858, 1, 1)),
    ],
)
def test_the_date_that_a_number_spells(number: str, born: date) -> None:
    """Published test numbers and the ends of the table."""
    assert born == dk.cpr_birth_date(number)


@pytest.mark.parametrize("serial", range(10))
def test_no_number_is_refused_on_modulus_11(serial: int) -> None:
    """Since 2007 numbers without a right check digit are issued: every last digit is accepted."""
    assert f"010150555{serial}" == dk.cpr(f"010150555{serial}")


def test_a_hyphen_is_left_out() -> None:
    """Both ways of writing give ten digits."""
    assert "0101505555" == dk.cpr("010150-5555")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "101505555",  # nine digits: a lost leading zero
        "01015055555",
        "0101505555\n",
        " 0101505555",
        "01-0150-5555",
        "010150--5555",
        "010150 5555",
        "O1O15O5555",
        "٠١٠١٥٠٥٥٥٥",  # Arabic-Indic digits
        "०१०१५०५५५५",  # Devanagari digits
        "０１０１５０５５５５",  # full-width digits
        "010150\u20115555",  # a hard hyphen
        "0101505555\0",
    ],
)
def test_what_is_not_ten_ascii_digits_is_refused(text: str) -> None:
    """Ten ASCII digits, a hyphen after six or none, and nothing else."""
    with pytest.raises(InvalidIdentifierError, match="ten digits"):
        dk.cpr(text)


@pytest.mark.parametrize(
    "number",
    [
        "2902000004",  # 29 February 1900, which was no leap year
        "2902015000",
        "3002005000",
        "3104505555",
        "0013505555",
        "0113505555",
        "0001505555",
        "6101505555",  # a replacement number: day + 60
        "9999999999",
        "0000000000",
    ],
)
def test_a_number_that_spells_no_date_is_refused(number: str) -> None:
    """A date that does not exist in that century; replacement numbers are not asked for here."""
    with pytest.raises(InvalidIdentifierError, match="no date") as caught:
        dk.cpr(number)

    assert number not in repr(caught.value)


@pytest.mark.parametrize("number", ["29189404", "55133018", "64942212"])
def test_cvr_numbers_of_authorities(number: str) -> None:
    """Roskilde's, Copenhagen's and Frederiksberg's numbers are right."""
    assert number == dk.cvr(number)


@pytest.mark.parametrize(
    "text",
    ["", "29189405", "2918940", "291894040", "09189404", "2918 9404", "DK29189404", "٢٩١٨٩٤٠٤", "29189404\n"],
)
def test_what_is_no_cvr_number_is_refused(text: str) -> None:
    """Eight ASCII digits, the first not 0, with the right check digit."""
    with pytest.raises(InvalidIdentifierError, match="CVR number"):
        dk.cvr(text)


def test_one_wrong_digit_in_a_cvr_number_is_found() -> None:
    """Modulus 11 finds every change of one digit."""
    right = "29189404"
    wrong = [
        right[:place] + digit + right[place + 1 :]
        for place in range(8)
        for digit in "123456789"
        if digit != right[place]
    ]

    for text in wrong:
        with pytest.raises(InvalidIdentifierError):
            dk.cvr(text)


@pytest.mark.parametrize("code", ["0101", "0265", "0411", "0860"])
def test_municipality_codes_keep_their_zeros(code: str) -> None:
    """Four digits, as they stand."""
    assert code == dk.municipality_code(code)


@pytest.mark.parametrize("text", ["", "265", "00265", " 265", "O265", "٠٢٦٥", "0265\n", "+265"])
def test_what_is_no_municipality_code_is_refused(text: str) -> None:
    """A lost leading zero is not put back."""
    with pytest.raises(InvalidIdentifierError, match="municipality code"):
        dk.municipality_code(text)


def test_a_refusal_says_kind_and_reason_only() -> None:
    """The error keeps what was expected and why; the value may be personal and is nowhere in it."""
    with pytest.raises(InvalidIdentifierError) as caught:
        dk.cpr("Anna Sand")

    error = caught.value
    assert ("CPR number", "it must be ten digits, hyphen after six or none") == (error.kind, error.reason)
    assert "Anna" not in f"{error!r} {error.__dict__} {error.args}"
