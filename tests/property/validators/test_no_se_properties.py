"""What holds for every Norwegian, Swedish and common identifier, whatever is thrown at it."""

import pickle
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.validators import (
    Bic,
    Ean,
    Iban,
    Identifier,
    InvalidIdentifierError,
    cut_personal_numbers,
    find_identifiers,
    mask_personal_numbers,
    no,
    numbers,
    se,
)

TODAY = date(2026, 11, 22)
BEFORE_2032 = date(2031, 12, 31)
TYPES: list[type[Identifier]] = [
    no.Fodselsnummer,
    no.Orgnr,
    no.Kontonummer,
    no.Kid,
    no.MunicipalityCode,
    se.Personnummer,
    se.Samordningsnummer,
    se.Interimsnummer,
    se.Orgnr,
    se.Bankgiro,
    se.Plusgiro,
    se.Ocr,
    se.MunicipalityCode,
    Iban,
    Bic,
    Ean,
]
HOSTILE = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="0123456789-+ .TABNOSEDK٠１²", max_size=40),
    st.from_regex(r"[0-9]{6}[-+ ]?[0-9TR][0-9]{3,5}", fullmatch=True),
    st.from_regex(r"(18|19|20)[0-9]{6}[-+]?[0-9]{4}", fullmatch=True),
    st.integers(0, 10**26).map(str),
    st.text(alphabet="0123456789", min_size=60, max_size=2000),
)


@given(HOSTILE, st.sampled_from(TYPES))
def test_any_text_is_one_or_is_refused_without_its_value(text: str, type_: type[Identifier]) -> None:
    """No other exception, no value in a message, and what is read is ASCII, canonical and reads again."""
    try:
        number = type_.parse(text)
    except InvalidIdentifierError as error:
        digits = "".join(filter(str.isdigit, text))
        assert len(text) < 6 or text not in f"{error} {error!r}"  # noqa: PT017 - both ways are right
        assert len(digits) < 9 or digits not in f"{error} {error!r}"  # noqa: PT017 - both ways are right
        return
    assert number.isascii()
    assert number == type_.parse(number)
    assert number == type_.parse(number.format())
    assert number == pickle.loads(pickle.dumps(number))  # noqa: S301 - our own
    assert type_ is type(pickle.loads(pickle.dumps(number)))  # noqa: S301 - our own


@given(st.one_of(st.none(), st.integers(), st.binary(), st.lists(st.text())), st.sampled_from(TYPES))
def test_what_is_no_text_is_refused(value: object, type_: type[Identifier]) -> None:
    """A number or bytes out of a spreadsheet are refused like any other wrong value."""
    try:
        type_.parse(value)  # type: ignore[arg-type]
    except InvalidIdentifierError as error:
        assert error.reason  # noqa: PT017 - the only right way
    else:
        raise AssertionError("only text is a number")


@st.composite
def norwegian(draw: st.DrawFn) -> tuple[str, date, str, set[str]]:
    """A number of the rule of 1964, built forwards: with its birth, its sex and its sorts."""
    lowest, highest, first, last, d_number = draw(
        st.sampled_from(
            [
                (500, 749, 1854, 1899, False),
                (0, 499, 1900, 1999, False),
                (900, 999, 1940, 1999, False),
                (500, 999, 2000, 2031, False),
                (500, 599, 1858, 1899, True),
                (0, 199, 1900, 1939, True),
                (600, 999, 1940, 1999, True),
                (200, 499, 2000, 2031, True),
            ]
        )
    )
    born = draw(st.dates(date(first, 1, 1), date(last, 12, 31)))
    on_month, sort = draw(st.sampled_from([(0, ""), (40, "h"), (65, "synthetic"), (80, "synthetic")]))
    body = f"{born.day + 40 * d_number:02}{born.month + on_month:02}{born.year % 100:02}"
    for individual in (*range(draw(st.integers(lowest, highest)), highest + 1), *range(lowest, highest + 1)):
        nine = f"{body}{individual:03}"
        k1 = -sum(w * int(d) for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine, strict=True)) % 11
        k2 = -(sum(w * int(d) for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3), nine, strict=True)) + 2 * k1) % 11
        if k1 < 10 and k2 < 10:
            sorts = {sort, "d" if d_number else ""} - {""}
            return f"{nine}{k1}{k2}", born, "male" if individual % 2 else "female", sorts
    raise AssertionError("eight of ten individual numbers have check digits")


@given(norwegian())
def test_a_built_norwegian_number_spells_what_it_was_built_of(built: tuple[str, date, str, set[str]]) -> None:
    """Every day from 1854 to 2031, in every sort, is read back, and only where the sort is asked for."""
    text, born, sex, sorts = built

    number = no.Fodselsnummer.parse(text, accept=sorts, on=BEFORE_2032)

    assert (born, sex) == (number.spelled_birth_date(BEFORE_2032), number.spelled_sex(BEFORE_2032))
    assert sorts == {
        name
        for name, is_one in (
            ("d", number.is_d_number),
            ("h", number.is_h_number),
            ("synthetic", number.is_synthetic),
        )
        if is_one
    }
    for sort in sorts:
        try:
            no.Fodselsnummer.parse(text, accept=sorts - {sort}, on=BEFORE_2032)
        except InvalidIdentifierError:
            continue
        raise AssertionError(f"{sort} was not asked for")
    with numbers("test"):
        assert text == no.Fodselsnummer.parse(text, accept=sorts & {"d"}, on=BEFORE_2032)


@st.composite
def swedish(draw: st.DrawFn) -> tuple[type[Identifier], str, date, str]:
    """A number of one of the three kinds, built forwards: with its birth and its sex."""
    born = draw(st.dates(date(1850, 1, 1), TODAY))
    kind = draw(st.sampled_from([se.Personnummer, se.Samordningsnummer, se.Interimsnummer]))
    serial = draw(st.integers(1, 999)) if kind is not se.Interimsnummer else 100 + draw(st.integers(0, 99))
    body = f"{born:%Y%m}{born.day + 60 * (kind is se.Samordningsnummer):02}{serial:03}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body[2:]))
    full = f"{body}{-total % 10}"
    if kind is se.Interimsnummer:
        full = f"{full[:8]}{draw(st.sampled_from('TRSUWXJKLMN'))}{full[9:]}"
    return kind, full, born, "male" if serial % 2 else "female"


@given(swedish())
def test_a_built_swedish_number_spells_what_it_was_built_of(
    built: tuple[type[se.Personnummer], str, date, str],
) -> None:
    """Every day since 1850 is read back, in twelve characters and, within two centuries, in ten."""
    kind, text, born, sex = built

    number = kind.parse(text, on=TODAY)

    assert (text, born, sex) == (number, number.birth_date, number.sex)
    assert text == kind.parse(number.format(), on=TODAY)
    assert text == kind.parse(number.short(TODAY), on=TODAY)


@given(
    st.one_of(norwegian().map(lambda built: built[0]), swedish().map(lambda built: built[1])),
    st.text(alphabet="abc .,;æøå\n", max_size=20),
    st.text(alphabet="abc .,;æøå\n", max_size=20),
)
def test_a_number_in_a_text_is_found(number: str, before: str, after: str) -> None:
    """Whatever stands around it, its place is found and nothing else is."""
    text = f"{before}{number}{after}"
    spans = {(one.start, one.end) for one in find_identifiers(text, on=BEFORE_2032)}

    assert {(len(before), len(before) + len(number))} == spans


@given(st.text(alphabet="0123456789-+ .TaX\n", max_size=80))
def test_masking_leaves_nothing_to_mask(text: str) -> None:
    """One pass is enough for all three countries, and places are in order and inside the text."""
    masked, cut = mask_personal_numbers(text), cut_personal_numbers(text)

    assert () == find_identifiers(masked)
    assert () == find_identifiers(cut)
    places = [(one.start, one.end) for one in find_identifiers(text)]
    assert places == sorted(places, key=lambda place: (place[0], -place[1]))
    assert all(0 <= start < end <= len(text) for start, end in places)
