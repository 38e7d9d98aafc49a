"""Swedish personal, coordination and interim numbers: the tax agency's test numbers, centuries and signs."""

from datetime import date

import pytest

from rpa_commons.validators import InvalidIdentifierError, numbers, se

TODAY = date(2026, 11, 22)

# Skatteverket, open data "Testpersonnummer": numbers that are never given to a person; every 1,523rd.
PERSONAL = [
    "189001019802",
    "189403039804",
    "189805049815",
    "201807232382",
    "201709232399",
    "201009032390",
    "201110082391",
    "195401164511",
    "200007292394",
    "200103092383",
    "199110232387",
    "197701292380",
    "199212092390",
    "200305242380",
    "198404022397",
    "200408052389",
    "198506212391",
    "198512022388",
    "200601082381",
    "198703072382",
    "199703192394",
    "200803222397",
    "198902262388",
    "199902232389",
    "190101219814",
    "190303019806",
    "190705029817",
    "192411026301",
]
# Skatteverket, open data "Testsamordningsnummer": every 113th, those of unknown birth below, and the example.
COORDINATION = [
    "191401682396",
    "191500722390",
    "191500882392",
    "191600802399",
    "191711602399",
    "191806602395",
    "192004912388",
    "192211702390",
    "193102772385",
    "193810882393",
    "194608732386",
    "195408702396",
    "196306792380",
    "197010632391",
    "197011672388",
    "197807702399",
    "198512622393",
    "199409812386",
    "200210852380",
    "201005912389",
    "201707862395",
    "202202782385",
    "202206712396",
    "202210622383",
    "202301832396",
    "202305762383",
    "202309662381",
    "202312882380",
]
UNKNOWN_BIRTH = [
    "191500722390",
    "191500882392",
    "191600802399",
    "191711602399",
    "191806602395",
    "192004912388",
]
# personnummer.dev's shared test data: written form, whether it is right, whether it is a man's.
SHARED = [
    ("20150916-0006", False, None),  # serial 000
    ("19090527+1474", True, True),
    ("20000229-2399", True, True),
    ("19700428-9895", False, None),
    ("19570428-9999", True, True),
    ("19600430-9886", False, None),
    ("19460823-9986", True, False),
    ("19090121+9931", True, True),
    ("20000405-9937", True, True),
]
SHARED_COORDINATION = [("19420566-9899", False), ("19730288-9931", True), ("19721086-9924", False)]


@pytest.mark.parametrize("number", PERSONAL)
def test_the_agencys_test_numbers(number: str) -> None:
    """Every published test number is read, as a personal number and in no other kind."""
    assert number == se.Personnummer.parse(number, on=TODAY)
    for other in (se.Samordningsnummer, se.Interimsnummer):
        with pytest.raises(InvalidIdentifierError):
            other.parse(number, on=TODAY)


@pytest.mark.parametrize("number", COORDINATION)
def test_the_agencys_coordination_numbers(number: str) -> None:
    """Every published coordination number is read, and none as a personal number."""
    assert number == se.Samordningsnummer.parse(number, on=TODAY)
    with pytest.raises(InvalidIdentifierError):
        se.Personnummer.parse(number, on=TODAY)


def test_the_worked_example_of_a_coordination_number() -> None:
    """Skatteverket's message SKV M 2010:3: a man born on 3 October 1970 with the serial 239."""
    number = se.Samordningsnummer.parse("701063-2391", on=TODAY)

    assert "197010632391" == number
    assert (date(1970, 10, 3), "male", 1900) == (number.birth_date, number.sex, number.century)


@pytest.mark.parametrize("number", UNKNOWN_BIRTH)
def test_a_coordination_number_may_spell_no_date(number: str) -> None:
    """Month 00, day 60 or 31 April: the number is right, its birth date is not known."""
    assert se.Samordningsnummer.parse(number, on=TODAY).birth_date is None


@pytest.mark.parametrize(("written", "right", "man"), SHARED)
def test_shared_test_data(written: str, right: bool, man: bool | None) -> None:
    """Ten and twelve digits, with and without sign, are judged alike."""
    short = f"{written[2:8]}{written[8]}{written[9:]}"
    for text in (written, short, written.replace("-", "").replace("+", "")):
        if right:
            number = se.Personnummer.parse(text, on=TODAY)
            assert (written[:8], "male" if man else "female") == (number[:8], number.sex)
        else:
            with pytest.raises(InvalidIdentifierError):
                se.Personnummer.parse(text, on=TODAY)


@pytest.mark.parametrize(("written", "right"), SHARED_COORDINATION)
def test_shared_test_data_of_coordination_numbers(written: str, right: bool) -> None:
    """The same for coordination numbers."""
    if right:
        assert written.replace("-", "") == se.Samordningsnummer.parse(written, on=TODAY)
    else:
        with pytest.raises(InvalidIdentifierError, match="check digit"):
            se.Samordningsnummer.parse(written, on=TODAY)


@pytest.mark.parametrize("letter", "TRSUWXJKLMN")
def test_interim_letters(letter: str) -> None:
    """Each of the eleven letters counts as 1 in the check digit; a small letter is read as a capital."""
    number = se.Interimsnummer.parse(f"20000101-{letter}220", on=TODAY)

    assert (f"20000101{letter}220", "female") == (number, number.sex)
    assert number == se.Interimsnummer.parse(f"000101{letter.lower()}220", on=TODAY)
    with pytest.raises(InvalidIdentifierError, match="letter"):
        se.Personnummer.parse(f"20000101-{letter}220", on=TODAY)


@pytest.mark.parametrize("text", ["20000101-E221", "20000101-1220", "20000101-T221", "20000101-TT20"])
def test_what_is_no_interim_number(text: str) -> None:
    """Another letter, none, two, or a wrong check digit."""
    with pytest.raises(InvalidIdentifierError):
        se.Interimsnummer.parse(text, on=TODAY)


@pytest.mark.parametrize(
    ("short", "on", "year"),
    [
        ("640823-3234", date(2026, 1, 1), 1964),
        ("640823-3234", date(2063, 12, 31), 1964),
        ("640823+3234", date(2064, 1, 1), 1964),  # + from the year of the hundredth birthday on
        ("640823+3234", date(2026, 1, 1), 1864),
        ("6408233234", date(2026, 1, 1), 1964),
        ("6408233234", date(2064, 8, 22), 1964),  # without a sign: the latest date that has come
        ("6408233234", date(2064, 8, 23), 2064),
    ],
)
def test_the_century_of_ten_digits(short: str, on: date, year: int) -> None:
    """The sign says it, as of the day asked about; the example is the tax agency's own (SKV 704)."""
    assert year == int(se.Personnummer.parse(short, on=on)[:4])


@pytest.mark.parametrize("on", [date(2026, 11, 22), date(2063, 12, 31), date(2064, 1, 1), date(2100, 1, 1)])
def test_the_short_form_reads_back(on: date) -> None:
    """Written as the law has it on a day, a number of that day is read back on that day."""
    number = se.Personnummer.parse("196408233234")

    assert number == se.Personnummer.parse(number.short(on), on=on)
    assert ("+" in number.short(on)) == (on.year >= 2064)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("19640823-0002", "000"),
        ("19640823-3235", "check digit"),
        ("19640231-3230", "no date"),
        ("19640883-3238", "coordination"),
        ("20640823-3234", "not come yet"),
        ("640823-3234 ", ""),
        ("17640823-3234", "century"),
        ("21640823-3234", "century"),
        ("19640823+3234", "hundred years"),
        ("640823--3234", "ten or twelve"),
        ("64-0823-3234", "ten or twelve"),
        ("64082332", "ten or twelve"),
        ("٦٤٠٨٢٣-٣٢٣٤", "script"),
        ("６４０８２３3234", "script"),
        ("640823\u20133234", "script"),
        ("640823-3234\n", "ten or twelve"),
    ],
)
def test_what_is_no_personal_number(text: str, reason: str) -> None:
    """The reason says what is wrong."""
    if not reason:
        assert "196408233234" == se.Personnummer.parse(text, on=TODAY)
        return
    with pytest.raises(InvalidIdentifierError, match=reason) as caught:
        se.Personnummer.parse(text, on=TODAY)
    assert text.strip() not in str(caught.value)


def test_the_twelve_digits_are_the_canonical_form() -> None:
    """Written, shortened and masked forms of one number."""
    number = se.Personnummer.parse("640823-3234", on=TODAY)

    assert ("196408233234", "19640823-3234", "640823-3234") == (number, number.format(), number.short(TODAY))
    assert "Personnummer('19640823-••••')" == repr(number)
    assert (date(1964, 8, 23), "male", 1900) == (number.birth_date, number.sex, number.century)


def test_the_mode_changes_nothing() -> None:
    """No rule tells the agency's test numbers by their digits, so both modes read the same."""
    with numbers("test"):
        in_test = [se.Personnummer.parse(one, on=TODAY) for one in ("189001019802", "196408233234")]

    assert in_test == [se.Personnummer.parse(one, on=TODAY) for one in ("189001019802", "196408233234")]


def test_today_is_asked_for_when_a_number_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a day the century is that of the clock at that moment."""
    seen = []
    for today in (date(2026, 1, 1), date(2065, 1, 1)):
        monkeypatch.setattr("rpa_commons.validators.se._personal.day_of", lambda on, today=today: on or today)
        seen.append(str(se.Personnummer.parse("640823-3234")))

    assert ["196408233234", "206408233234"] == seen
