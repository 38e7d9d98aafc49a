"""What holds for every identifier type and any text: an answer, in ASCII, without the value in a refusal."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import Identifier, InvalidIdentifierError, dk, identifier_types, numbers

TYPES = list(identifier_types().values())
DIGITS = "0123456789٠١٢０１۰²"
WRITTEN = st.one_of(
    st.text(max_size=80),
    st.text(alphabet=DIGITS + " -+<.DKdk\n\u00a0", max_size=40),
    st.text(alphabet="0123456789", min_size=1, max_size=20),
    st.from_regex(r"\A[0-9]{6}[-+ ]?[0-9A-Z]{4}\Z"),
    st.from_regex(r"\A\+?(71|73|75|01|04|15)<[0-9]{0,17}\+[0-9]{6,9}<?\Z"),
    st.sampled_from([example for type_ in TYPES for example in type_.examples]),
)
# Two pieces of a number or more: less is found in any sentence.
_TELLING = 5


@given(st.sampled_from(TYPES), WRITTEN, st.sampled_from(["production", "test"]))
def test_any_text_is_an_identifier_or_refused(type_: type[Identifier], text: str, mode: str) -> None:
    """No exception but ours; what is accepted reads again as itself, and so does the way it is written."""
    with numbers(mode):  # type: ignore[arg-type]
        try:
            found = type_.parse(text)
        except InvalidIdentifierError as error:
            assert len(text.strip()) < _TELLING or text.strip() not in f"{error} {error!r}"  # noqa: PT017 - both are right
        else:
            assert found == type_.parse(found)
            assert found == type_.parse(found.format())
            assert type_ is type(found)


@given(
    st.sampled_from(TYPES), st.one_of(st.none(), st.integers(), st.floats(), st.binary(), st.lists(st.text()))
)
def test_what_is_no_text_is_refused(type_: type[Identifier], value: object) -> None:
    """A refusal of ours, whatever it is."""
    try:
        type_.parse(value)  # type: ignore[arg-type]
    except InvalidIdentifierError as error:
        assert error.reason.startswith("it must be text")  # noqa: PT017 - there is no other way out
    else:
        raise AssertionError("it was taken")


@given(st.sampled_from(TYPES), WRITTEN)
def test_pydantic_refuses_what_parse_refuses_and_shows_nothing(type_: type[Identifier], text: str) -> None:
    """The same answer as ``parse``, and an input of three dots."""
    try:
        found = TypeAdapter(type_).validate_python(text)
    except ValidationError as error:
        (only,) = error.errors()
        shown = str(error)
        assert ("…", f"invalid_{type_.name}") == (only["input"], only["type"])
        assert len(text.strip()) < _TELLING or text.strip() not in shown
    else:
        assert found == type_.parse(text)


@given(st.text(max_size=100_000))
def test_a_text_of_any_length_is_answered_at_once(text: str) -> None:
    """Nothing looks at more than an identifier can be long."""
    for type_ in (dk.Cpr, dk.Fik, dk.Account, dk.AddressId):
        try:
            type_.parse(text)
        except InvalidIdentifierError as error:
            assert error.reason  # noqa: PT017 - both are right


@given(st.dates(date(1858, 1, 1), date(2057, 12, 31)), st.integers(0, 9999))
def test_a_cpr_number_that_is_read_spells_the_day_it_was_built_with_or_its_century_twin(
    born: date, serial: int
) -> None:
    """Day and month always, the year up to the century that the seventh digit says."""
    number = dk.Cpr.parse(f"{born:%d%m%y}{serial:04}") if born.strftime("%d%m") != "2902" else None

    if number is not None and number.birth_date is not None:
        assert (born.day, born.month, born.year % 100) == (
            number.birth_date.day,
            number.birth_date.month,
            number.birth_date.year % 100,
        )
        assert (number.birth_date.year - born.year) % 100 == 0
