"""What holds for every Danish identifier."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.validators import (
    InvalidIdentifierError,
    contains_personal_number,
    dk,
    mask_personal_numbers,
)

# The days that a number can spell, with the seventh digits that may stand there (CPR-kontoret's table).
SPELLABLE = [
    (date(1858, 1, 1), date(1899, 12, 31), "5678"),
    (date(1900, 1, 1), date(1936, 12, 31), "0123"),
    (date(1937, 1, 1), date(1999, 12, 31), "012349"),
    (date(2000, 1, 1), date(2036, 12, 31), "456789"),
    (date(2037, 1, 1), date(2057, 12, 31), "5678"),
]


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, date]:
    """A number and the date it spells."""
    first, last, sevenths = draw(st.sampled_from(SPELLABLE))
    born = draw(st.dates(first, last))
    return f"{born:%d%m%y}{draw(st.sampled_from(sevenths))}{draw(st.integers(0, 999)):03}", born


@given(numbers())
def test_a_built_number_spells_its_date(built: tuple[str, date]) -> None:
    """Every day from 1858 to 2057, with every seventh digit it can have, is read back."""
    number, born = built

    assert born == dk.Cpr.parse(number).birth_date
    assert number == dk.Cpr.parse(f"{number[:6]}-{number[6:]}")


@given(
    numbers(), st.text(alphabet="abc .,;æøå\n", max_size=20), st.text(alphabet="abc .,;æøå\n", max_size=20)
)
def test_a_number_in_a_text_is_masked(built: tuple[str, date], before: str, after: str) -> None:
    """Whatever stands around it, the number is gone and the text around it is not."""
    masked = mask_personal_numbers(f"{before}{built[0]}{after}")

    assert f"{before}…{after}" == masked


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    """No text makes the validators fail in another way, and what is accepted is ten ASCII digits."""
    for validate in (dk.Cpr.parse, dk.cvr, dk.municipality_code):
        try:
            digits = validate(text)
        except InvalidIdentifierError as error:
            assert len(text) < 5 or text not in str(error)  # noqa: PT017 - both ways are right
        else:
            assert digits.isascii()
            assert digits.isdecimal()


@given(st.text(alphabet="0123456789- ax", max_size=60))
def test_masking_leaves_nothing_to_mask(text: str) -> None:
    """One pass is enough, and masking twice changes nothing."""
    masked = mask_personal_numbers(text)

    assert not contains_personal_number(masked)
    assert masked == mask_personal_numbers(masked)
