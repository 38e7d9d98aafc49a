"""CPR numbers: the century rule in every cell, real dates, stand-ins only where asked for."""

from datetime import date, timedelta
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

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
GRID_DAYS = ((1, 1), (29, 2), (31, 12))


def _days_by_digit(digit: int) -> set[date]:
    """Every day that a number with this seventh digit can stand for, one after the other by the calendar."""
    day, days = date(1858, 1, 1), set()
    while day <= date(2057, 12, 31):
        if day.year in YEARS[digit]:
            days.add(day)
        day += timedelta(days=1)
    return days


def test_the_century_of_every_year_and_seventh_digit() -> None:
    """All thousand cells: a year and a seventh digit stand for exactly one year of birth."""
    expected = {}
    for year, digit in CELLS:
        (expected[year, digit],) = [full for full in YEARS[digit] if full % 100 == year]

    found = {}
    for year, digit in CELLS:
        number = dk.Cpr.parse(f"0101{year:02}{digit}000")
        assert number.birth_date is not None
        found[year, digit] = number.birth_date.year
        assert number.century == number.birth_date.year // 100 * 100

    assert 1000 == len(found)
    assert expected == found


def test_the_grid_of_three_thousand() -> None:
    """First, leap and last day of the year in all cells: 3000 of 3000 agree with the calendar."""
    spelt = {
        (born.day, born.month, born.year % 100, digit): born
        for digit in range(10)
        for born in _days_by_digit(digit)
    }
    expected = {
        (*day, year, digit): spelt.get((*day, year, digit)) for day in GRID_DAYS for year, digit in CELLS
    }

    found: dict[tuple[int, int, int, int], date | None] = {}
    for day, month in GRID_DAYS:
        for year, digit in CELLS:
            try:
                number = dk.Cpr.parse(f"{day:02}{month:02}{year:02}{digit}000")
            except InvalidIdentifierError:
                found[day, month, year, digit] = None
            else:
                found[day, month, year, digit] = number.birth_date

    assert 3000 == len(found)
    assert 3000 == sum(expected[cell] == found[cell] for cell in expected)


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("2211771212", date(1977, 11, 22), "female"),
        ("2512169996", date(2016, 12, 25), "female"),
        ("0706614818", date(1961, 6, 7), "female"),
        ("2902005001", date(2000, 2, 29), "male"),
        ("3112575999", date(2057, 12, 31), "male"),
        ("0101585000", date(1858, 1, 1), "female"),
    ],
)
def test_what_a_number_says(number: str, born: date, sex: str) -> None:
    """Published test numbers and the ends of the table."""
    parsed = dk.Cpr.parse(number)

    assert (born, sex) == (parsed.birth_date, parsed.sex)
    assert (False, False) == (parsed.is_ecpr, parsed.is_replacement)


@pytest.mark.parametrize("serial", range(10))
def test_no_number_is_refused_on_modulus_11(serial: int) -> None:
    """Since 2007 numbers without a right check digit are issued: every last digit is accepted."""
    assert f"010150555{serial}" == dk.Cpr.parse(f"010150555{serial}")


@pytest.mark.parametrize("text", ["0101505555", "010150-5555", "010150 5555", " 0101505555 "])
def test_written_forms_give_ten_digits(text: str) -> None:
    """With a hyphen, a space, or nothing after six digits."""
    number = dk.Cpr.parse(text)

    assert "0101505555" == number
    assert "010150-5555" == number.format()
    assert "010150-••••" == number.masked


@pytest.mark.parametrize(
    "text",
    [
        "101505555",  # nine digits: a lost leading zero
        "01015055555",
        "0101505555\n",
        "01-0150-5555",
        "010150--5555",
        "O1O15O5555",
        "0101505555\0",
        "+101505555",
        "010150.5555",
    ],
)
def test_what_is_not_ten_digits_is_refused(text: str) -> None:
    """Ten digits, a hyphen or space after six or none, and nothing else."""
    with pytest.raises(InvalidIdentifierError, match="ten digits"):
        dk.Cpr.parse(text)


@pytest.mark.parametrize("text", ["٠١٠١٥٠٥٥٥٥", "०१०१५०५५५५", "０１０１５０５５５５", "010150555５"])
def test_digits_of_another_script_are_refused_as_such(text: str) -> None:
    """Arabic-Indic, Devanagari and full-width digits are not ours, and the message says so."""
    with pytest.raises(InvalidIdentifierError, match="another script") as caught:
        dk.Cpr.parse(text)

    assert text not in repr(caught.value)


@pytest.mark.parametrize("text", ["", " ", "0" * 65])
def test_nothing_and_far_too_much_are_refused(text: str) -> None:
    """Nothing looks for a number in nothing, or in a text of any length."""
    with pytest.raises(InvalidIdentifierError, match=r"empty|far too long"):
        dk.Cpr.parse(text)


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
        "9999999999",
        "0000000000",
        "9201505555",  # 32 January, 60 added
        "9002015555",  # 30 February, 60 added
    ],
)
def test_a_number_that_spells_no_date_is_refused(number: str) -> None:
    """A date that does not exist in that century, also where 60 is added to the day."""
    with pytest.raises(InvalidIdentifierError, match="no date") as caught:
        dk.Cpr.parse(number, accept={"replacement"})

    assert number not in repr(caught.value)


def test_a_replacement_number_is_read_where_it_was_asked_for() -> None:
    """Day of birth plus 60: refused with that reason, accepted by option, and nothing is derived from it."""
    with pytest.raises(InvalidIdentifierError, match="replacement number"):
        dk.Cpr.parse("610150-5555")

    number = dk.Cpr.parse("610150-5555", accept="replacement")

    assert "6101505555" == number
    assert number.is_replacement
    assert (None, None, None) == (number.birth_date, number.century, number.sex)


@pytest.mark.parametrize(
    ("text", "century", "sex"),
    [
        # Health care's own examples of national numbers; the others are built by the rule for regional ones.
        ("0203291WQ3", 1900, "male"),
        ("1308781OS6", 1900, "female"),
        ("3101057JC9", 2000, "male"),
        ("150643-0SJ1", 1900, "male"),
        ("150605-6sj2", 2000, "female"),
        ("150680-5AA1", 1800, "male"),
    ],
)
def test_an_ecpr_is_read_where_it_was_asked_for(text: str, century: int, sex: str) -> None:
    """National and regional ones; its date may be the day it was made, so none is given."""
    with pytest.raises(InvalidIdentifierError, match="eCPR, which is not accepted here"):
        dk.Cpr.parse(text)

    number = dk.Cpr.parse(text, accept={"ecpr"})

    assert text.replace("-", "").upper() == number
    assert number.is_ecpr
    assert (None, century, sex) == (number.birth_date, number.century, number.sex)


@pytest.mark.parametrize("text", ["0203292WQ3", "3002291WQ3", "6203291WQ3", "0203291W33", "020329ÆWQ3"])
def test_what_looks_like_an_ecpr_and_is_none_is_refused(text: str) -> None:
    """Another seventh digit, no date, one letter alone."""
    with pytest.raises(InvalidIdentifierError):
        dk.Cpr.parse(text, accept=("ecpr", "replacement"))


def test_an_unknown_stand_in_is_a_mistake_of_the_caller() -> None:
    """It is said at once, and not as a refusal of the number."""
    with pytest.raises(ValueError, match="stand-ins for a CPR number are") as caught:
        dk.Cpr.parse("0706614818", accept={"synthetic"})  # type: ignore[arg-type]

    assert not isinstance(caught.value, InvalidIdentifierError)
    with pytest.raises(ValueError, match="stand-ins"):
        dk.accept("synthetic")  # type: ignore[arg-type]


def test_an_annotation_says_which_stand_ins_a_field_takes() -> None:
    """The option reaches pydantic's reading and its JSON Schema."""
    lenient: TypeAdapter[dk.Cpr] = TypeAdapter(Annotated[dk.Cpr, dk.accept("replacement", "ecpr")])
    strict = TypeAdapter(dk.Cpr)

    assert "0203291WQ3" == lenient.validate_python("020329-1WQ3")
    assert "6101505555" == lenient.validate_json('"6101505555"')
    assert "^[0-9]{7}([0-9]{2}|[A-Z]{2})[0-9]$" == lenient.json_schema()["pattern"]
    assert "^[0-9]{10}$" == strict.json_schema()["pattern"]
    with pytest.raises(ValidationError, match="eCPR, which is not accepted here"):
        strict.validate_python("0203291WQ3")
