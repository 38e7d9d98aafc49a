"""Norwegian personal numbers: the register's own examples, sorts that are asked for, and the rule of 2032."""

from datetime import date
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import InvalidIdentifierError, no, numbers

EVERY_SORT = ("d", "h", "synthetic", "2032")
BEFORE, AFTER = date(2031, 12, 31), date(2032, 1, 1)

# Skatteetaten, folkeregisteret-api-dokumentasjon, foedselsnummer.csv: the ten examples beside its validator.
OFFICIAL = [
    ("30108299939", True),  # of 2032
    ("30908299902", True),  # synthetic, of 2032
    ("20036914700", True),
    ("03851598730", True),  # synthetic
    ("20036914712", False),
    ("29020073150", True),  # a leap day
    ("29020105729", False),  # a leap day in no leap year
    ("55102499947", True),  # D-number of 2032
    ("41819077906", True),  # synthetic D-number of 2032
    ("41819077302", True),  # synthetic D-number
]
# The same page, worked examples: what the first numbers of 2032 will be.
OF_2032 = ["30108299939"]
OF_BOTH_RULES = ["30108299920", "20036914700"]
BORN_IN_2032 = "02013299997"
# Handed by the tax administration to NAV (navikt/fnrvalidator, issue 116): born, sex, number, D-number.
SYNTHETIC = [
    (date(2020, 11, 17), "male", "17912099997", "57912075186"),
    (date(2020, 2, 29), "female", "29822099635", "69822075096"),
    (date(2003, 4, 5), "female", "05840399895", "45840375084"),
    (date(1994, 2, 12), "male", "12829499914", "52829400197"),
    (date(1952, 10, 12), "male", "12905299938", "52905200100"),
    (date(1936, 8, 21), "female", "21883649874", "61883600222"),
    (date(1897, 12, 21), "female", "21929774873", "61929750062"),
]
# NAV's own synthetic numbers of the same source: 40 on the month, as help numbers have it.
SYNTHETIC_NAV = [
    (date(1976, 10, 15), "male", "15507600333", "55507608360"),
    (date(2020, 2, 29), "female", "29422059278", "69422056629"),
    (date(2003, 4, 5), "female", "05440355678", "45440356293"),
    (date(1952, 10, 12), "male", "12505209719", "52505209540"),
]
# Skatteetaten, "Utvidelse av D-nummerserien": synthetic D-numbers of the series in use since November 2021.
D_SERIES = [
    *[(1940, number) for number in ("41814061033", "41814065640", "41814075603")],
    *[(2000, number) for number in ("41810021827", "41810025091", "41810034422")],
]


def read(text: str, **options: object) -> bool:
    """Whether the number is read."""
    try:
        no.Fodselsnummer.parse(text, **options)  # type: ignore[arg-type]
    except InvalidIdentifierError:
        return False
    return True


@pytest.mark.parametrize(("number", "right"), OFFICIAL)
def test_the_registers_own_examples(number: str, right: bool) -> None:
    """All ten of the register's examples are judged as its own validator judges them."""
    assert right == read(number, accept=EVERY_SORT)
    assert right == read(number, accept=("d", "h", "synthetic"), on=AFTER)


@pytest.mark.parametrize("number", OF_2032)
def test_a_number_of_2032_cannot_have_been_issued_before(number: str) -> None:
    """What is right by the new rule alone is refused for an earlier day, and read from 2032 on."""
    with pytest.raises(InvalidIdentifierError, match="only for numbers issued from 2032-01-01 on"):
        no.Fodselsnummer.parse(number, on=BEFORE)

    assert number == no.Fodselsnummer.parse(number, on=AFTER)
    assert number == no.Fodselsnummer.parse(number, on=BEFORE, accept=("2032",))
    with numbers("test"):
        assert number == no.Fodselsnummer.parse(number, on=BEFORE)


@pytest.mark.parametrize("number", OF_BOTH_RULES)
def test_the_new_rule_reads_what_the_old_one_reads(number: str) -> None:
    """A remainder of 0 is right in both, so the day makes no difference."""
    assert number == no.Fodselsnummer.parse(number, on=BEFORE)
    assert number == no.Fodselsnummer.parse(number, on=AFTER)


@pytest.mark.parametrize("year", ["07", "32", "69", "99"])
@pytest.mark.parametrize("individual", range(500, 900, 57))
def test_the_new_check_digits_are_those_of_the_published_formula(year: str, individual: int) -> None:
    """k1 is 11, 12, 13 or 14 less the remainder, 11 less again above 10, and never 10; k2 is as before."""
    nine = f"0101{year}{individual}"
    d = [int(digit) for digit in nine]
    rest = (3 * d[0] + 7 * d[1] + 6 * d[2] + d[3] + 8 * d[4] + 9 * d[5] + 4 * d[6] + 5 * d[7] + 2 * d[8]) % 11
    firsts = {k1 - 11 if k1 > 10 else k1 for k1 in (11 - rest, 12 - rest, 13 - rest, 14 - rest)} - {10}
    published = set()
    for k1 in firsts:
        total = (
            5 * d[0] + 4 * d[1] + 3 * d[2] + 2 * d[3] + 7 * d[4] + 6 * d[5] + 5 * d[6] + 4 * d[7] + 3 * d[8]
        )
        k2 = 11 - (total + 2 * k1) % 11
        published |= {f"{nine}{k1}{k2 % 11}"} if k2 != 10 else set()

    ours = {f"{nine}{checks:02}" for checks in range(100) if read(f"{nine}{checks:02}", on=AFTER)}

    assert published == ours
    assert 0 < len(ours) <= 4


def test_who_is_not_born_yet_has_no_number() -> None:
    """The first number of 2032 is refused the day before, and read from the day of birth on."""
    with pytest.raises(InvalidIdentifierError, match="not come yet"):
        no.Fodselsnummer.parse(BORN_IN_2032, on=BEFORE)

    assert BORN_IN_2032 == no.Fodselsnummer.parse(BORN_IN_2032, on=date(2032, 1, 2))
    assert BORN_IN_2032 == no.Fodselsnummer.parse(BORN_IN_2032, on=BEFORE, accept=("2032",))


def test_no_old_number_is_refused_after_2032() -> None:
    """Nobody changes number: every number that is right today is right then."""
    days = [date(year, month, 28) for year in range(1900, 2032, 2) for month in range(1, 13)]
    issued = [text for day in days for text in _of_1964(day)]

    assert len(issued) > 1500
    assert [] == [text for text in issued if not read(text, on=BEFORE) or not read(text, on=AFTER)]


@pytest.mark.parametrize(("born", "sex", "number", "d_number"), [*SYNTHETIC, *SYNTHETIC_NAV])
def test_synthetic_numbers_spell_birth_and_sex(born: date, sex: str, number: str, d_number: str) -> None:
    """Published synthetic people: what their numbers spell is what was published with them."""
    for text in (number, d_number):
        read_one = no.Fodselsnummer.parse(text, accept=EVERY_SORT)
        spelled = (read_one.spelled_birth_date(BEFORE), read_one.spelled_sex(BEFORE))
        assert (born, sex) == spelled
    assert not no.Fodselsnummer.parse(number, accept=EVERY_SORT).is_d_number
    assert no.Fodselsnummer.parse(d_number, accept=EVERY_SORT).is_d_number


@pytest.mark.parametrize(("year", "number"), D_SERIES)
def test_the_wider_series_of_d_numbers(year: int, number: str) -> None:
    """D-numbers have had other individual numbers than birth numbers since 2021."""
    read_one = no.Fodselsnummer.parse(number, accept=("d", "synthetic"))

    assert date(year, 1, 1) == read_one.spelled_birth_date(BEFORE)


def test_nothing_is_derived_from_2032_on() -> None:
    """A number does not say whether it was issued before 2032, so its digits say nothing from then on."""
    read_one = no.Fodselsnummer.parse("20036914700")

    assert (date(1969, 3, 20), "male") == (read_one.spelled_birth_date(BEFORE), read_one.spelled_sex(BEFORE))
    assert (None, None) == (read_one.spelled_birth_date(AFTER), read_one.spelled_sex(AFTER))


def test_nothing_is_derived_of_a_number_of_2032() -> None:
    """One that is right by the new rule alone says neither century nor sex, whatever the day."""
    read_one = no.Fodselsnummer.parse("30108299939", accept=("2032",))

    assert (None, None) == (read_one.spelled_birth_date(BEFORE), read_one.spelled_sex(BEFORE))


def test_attributes_are_those_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The properties ask what day it is when they are read, not when the module was imported."""
    read_one = no.Fodselsnummer.parse("20036914700", on=BEFORE)
    seen = []
    for today in (BEFORE, AFTER):
        monkeypatch.setattr(
            "rpa_commons.validators.no._fodselsnummer.day_of", lambda on, today=today: on or today
        )
        seen.append((read_one.birth_date, read_one.century, read_one.sex))

    assert [(date(1969, 3, 20), 1900, "male"), (None, None, None)] == seen


@pytest.mark.parametrize(
    ("number", "sort", "reason"),
    [
        ("57912075186", "d", "D-number"),
        ("15507600333", "h", "help number"),
        ("17912099997", "synthetic", "synthetic"),
    ],
)
def test_every_sort_is_asked_for(number: str, sort: str, reason: str) -> None:
    """Without being asked for, a sort is refused by its name; asked for, it is read."""
    wanted = [one for one in EVERY_SORT if one != sort]
    with pytest.raises(InvalidIdentifierError, match=reason):
        no.Fodselsnummer.parse(number, accept=wanted, on=BEFORE)

    assert number == no.Fodselsnummer.parse(number, accept=EVERY_SORT)


def test_test_mode_reads_what_is_made_for_tests() -> None:
    """In test mode synthetic numbers are read, the register's, NAV's and those with 65; D-numbers are not."""
    made = ["17912099997", "15507600333", _with_checks("017620123")]
    assert [False] * 3 == [read(number) for number in made]
    with numbers("test"):
        seen = [read(number) for number in made]
        d_number = read("57912075186")

    assert ([True] * 3, False) == (seen, d_number)


def test_sixty_five_on_the_month() -> None:
    """Months 66 to 77 are January to December of a synthetic number; 78 to 80 and 53 to 65 are none."""
    first, last = _with_checks("016620123"), _with_checks("317720123")
    assert [1, 12] == [
        born.month
        for number in (first, last)
        if (born := no.Fodselsnummer.parse(number, accept=("synthetic",)).spelled_birth_date(BEFORE))
    ]
    for month in (13, 40, 53, 65, 78, 80, 93):
        with pytest.raises(InvalidIdentifierError, match="no month"):
            no.Fodselsnummer.parse(_with_checks(f"01{month:02}20123"), accept=EVERY_SORT)


@pytest.mark.parametrize("day", [0, 32, 40, 72, 80, 99])
def test_days_that_no_number_has(day: int) -> None:
    """32 to 40 and 72 on are no days: hospitals' own numbers (80 on) have no date."""
    with pytest.raises(InvalidIdentifierError, match="no day"):
        no.Fodselsnummer.parse(_with_checks(f"{day:02}0120123"), accept=EVERY_SORT)


def test_the_leap_day_of_1900_is_none_before_2032() -> None:
    """000 to 499 with the year 00 is 1900, which was no leap year; from 2032 on it may be 2000."""
    number = _with_checks("290200123")
    with pytest.raises(InvalidIdentifierError, match="in that century"):
        no.Fodselsnummer.parse(number, on=BEFORE)

    assert number == no.Fodselsnummer.parse(number, on=AFTER)


def test_an_individual_number_out_of_series_has_no_century() -> None:
    """The register's validator does not look at it, so it is no reason to refuse; the century is unknown."""
    read_one = no.Fodselsnummer.parse(_with_checks("010145600"), on=BEFORE)

    assert read_one.spelled_birth_date(BEFORE) is None
    assert read_one.spelled_sex(BEFORE) == "female"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("200369 14700", "20036914700"), (" 20036914700 ", "20036914700"), ("200369-14700", "20036914700")],
)
def test_written_forms(text: str, canonical: str) -> None:
    """Spaces and a hyphen are left out."""
    number = no.Fodselsnummer.parse(text)

    assert (canonical, "200369 14700") == (number, number.format())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2003691470",
        "200369147000",
        "2003691470O",
        "٢٠٠٣٦٩١٤٧٠٠",
        "２００３６９１４７００",
        "20036914700\n",
        "²0036914700",
    ],
)
def test_what_is_not_eleven_ascii_digits(text: str) -> None:
    """Other lengths, letters, line ends and digits of other scripts are refused."""
    with pytest.raises(InvalidIdentifierError):
        no.Fodselsnummer.parse(text)


def test_every_single_wrong_digit_is_found() -> None:
    """Two check digits of modulus 11 find every change of one digit, by the old rule."""
    right = "20036914700"
    wrong = [
        f"{right[:place]}{digit}{right[place + 1 :]}"
        for place in range(11)
        for digit in "0123456789"
        if digit != right[place]
    ]

    assert [] == [text for text in wrong if read(text, accept=("d", "h", "synthetic"), on=BEFORE)]


def test_a_refusal_and_a_repr_show_no_number() -> None:
    """Neither messages nor representations hold more than the date."""
    number = no.Fodselsnummer.parse("20036914700")
    assert "Fodselsnummer('200369 •••••')" == repr(number)
    with pytest.raises(InvalidIdentifierError) as caught:
        no.Fodselsnummer.parse("20036914712")

    assert "20036914712" not in f"{caught.value!r} {caught.value} {caught.value.__dict__}"


def test_in_a_model_sorts_are_an_annotation() -> None:
    """Options travel with the type; a refusal names its type and shows no value."""
    plain = TypeAdapter(no.Fodselsnummer)
    wide = TypeAdapter(Annotated[no.Fodselsnummer, no.accept("d", "synthetic")])

    assert wide.validate_python("57912075186") == "57912075186"
    with pytest.raises(ValidationError) as caught:
        plain.validate_python("57912075186")
    assert "invalid_fodselsnummer" == caught.value.errors()[0]["type"]
    assert "57912075186" not in f"{caught.value} {caught.value.errors()}"


def test_a_sort_that_does_not_exist_is_the_callers_mistake() -> None:
    """A misspelled sort would read nothing and say nothing."""
    with pytest.raises(ValueError, match="synthetisk"):
        no.accept("synthetisk")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="dnr"):
        no.Fodselsnummer.parse("20036914700", accept=("dnr",))


def _with_checks(nine: str) -> str:
    """The nine digits with the two check digits of the published formula, found by trying all hundred."""
    for checks in range(100):
        digits = [int(digit) for digit in f"{nine}{checks:02}"]
        d1, d2, m1, m2, y1, y2, i1, i2, i3, k1, k2 = digits
        first = 11 - (3 * d1 + 7 * d2 + 6 * m1 + m2 + 8 * y1 + 9 * y2 + 4 * i1 + 5 * i2 + 2 * i3) % 11
        second = (
            11
            - (5 * d1 + 4 * d2 + 3 * m1 + 2 * m2 + 7 * y1 + 6 * y2 + 5 * i1 + 4 * i2 + 3 * i3 + 2 * k1) % 11
        )
        if first % 11 == k1 and second % 11 == k2:
            return f"{nine}{checks:02}"
    return _with_checks(f"{int(nine) + 2:09}")


def _of_1964(born: date) -> list[str]:
    individual = 500 if born.year >= 2000 else 100
    return [_with_checks(f"{born:%d%m%y}{individual + step:03}") for step in (0, 33)]
