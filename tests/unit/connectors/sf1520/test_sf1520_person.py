"""An answer of SF1520 as a person: every decision the contract leaves open."""

from collections.abc import Callable
from datetime import date

import pytest

from rpa_commons.capabilities import Address, AddressPeriod, Person
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.sf1520 import NumberChangedError, parse_answer, person_from_answer

CPR = "0101505555"
TODAY = date(2056, 11, 10)
Answer = Callable[..., bytes]


def person_of(body: bytes, today: date = TODAY) -> Person:
    """The person in an answer's bytes."""
    return person_from_answer(parse_answer(200, body), CPR, today)


def with_address(**values: str) -> str:
    """A present address of the given elements."""
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in values.items())
    return f"<aktuelAdresse>{inner}</aktuelAdresse>"


def history_row(code: str, moved_in: str, moved_out: str, marking: str = "") -> str:
    """A row of the address history; times are given whole, blank ones left out."""
    mark = f"<retFortrydMarkering>{marking}</retFortrydMarkering>" if marking else ""
    start = f"<tilflytningsdato><dato>{moved_in}</dato></tilflytningsdato>" if moved_in else ""
    end = f"<fraflytningsdato><dato>{moved_out}</dato></fraflytningsdato>" if moved_out else ""
    return f"<adresseHistorik><kommunekode>{code}</kommunekode>{mark}{start}{end}</adresseHistorik>"


def test_a_whole_answer(answer: Answer) -> None:
    """Name, birth date, children, status, protection and address as the register gives them."""
    expected = Person(
        cpr=CPR,
        name="Anna Sand",
        birth_date=date(2050, 1, 1),
        status="active",
        protected=False,
        children_under_18=2,
        address=Address(
            co_name="Bent Mark",
            street_line="Algade 31A, 2. tv",
            locality="Himmelev",
            postal_code="4000",
            city="Roskilde",
            municipality="0265",
        ),
    )
    assert expected == person_of(answer())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *((code, "active") for code in (1, 3, 5, 7)),
        *((code, "inactive") for code in (20, 30, 50, 60)),
        (70, "disappeared"),
        (80, "emigrated"),
        (90, "dead"),
    ],
)
def test_every_status_of_the_contract(answer: Answer, code: int, status: str) -> None:
    """All eleven codes of ``statusTypeType`` have a meaning here."""
    assert status == person_of(answer(status=f"<status><status>{code}</status></status>")).status


@pytest.mark.parametrize("status", ["", "<status/>", "<status><status>2</status></status>"])
def test_an_unknown_status_is_not_alive(answer: Answer, status: str) -> None:
    """A status that is missing or not the contract's is no answer: nobody is taken to be alive."""
    with pytest.raises(UnexpectedAnswerError, match="status in the answer is missing or none"):
        person_of(answer(status=status))


@pytest.mark.parametrize(
    ("code", "municipality"),
    [
        ("265", "0265"),
        ("0265", "0265"),
        ("101", "0101"),
        ("411", "0411"),  # Christiansø
        ("851", "0851"),
        ("0", None),
        ("10", None),  # administrative, for tax
        ("11", None),
        ("12", None),
        ("19", None),
        ("955", None),  # Greenland
        ("956", None),
        ("957", None),
        ("959", None),
        ("960", None),
        ("961", None),
        ("5100", None),
        ("", None),
    ],
)
def test_a_municipality_is_four_digits_or_none(answer: Answer, code: str, municipality: str | None) -> None:
    """Four digits of the contract's integer; administrative and Greenland's codes are no municipality."""
    address = person_of(answer(with_address(kommunekode=code))).address

    assert address is not None
    assert municipality == address.municipality


@pytest.mark.parametrize("code", ["-265", "26.5", "2e2", "٢٦٥", "x", "9" * 400])
def test_a_code_that_is_no_integer_is_refused(answer: Answer, code: str) -> None:
    """What is not the contract's integer is no answer."""
    with pytest.raises(UnexpectedAnswerError, match="kommunekode in the answer is no whole number"):
        person_of(answer(with_address(kommunekode=code)))


@pytest.mark.parametrize(
    ("content", "protected"),
    [
        (None, False),
        ("", False),
        ("<beskyttet>false</beskyttet>", False),
        ("<beskyttet>true</beskyttet>", True),
        ("<beskyttet>1</beskyttet>", True),
        ("<startdato>2056-11-10</startdato><beskyttet>true</beskyttet>", True),
        ("<startdato>2056-11-11</startdato><beskyttet>true</beskyttet>", True),
        ("<startdato>2056-01-01</startdato><slutdato>2056-11-10</slutdato><beskyttet>true</beskyttet>", True),
        ("<startdato>2056-01-01</startdato><slutdato>2056-11-09</slutdato><beskyttet>true</beskyttet>", True),
        ("<startdato>2056-11-10</startdato><beskyttet>false</beskyttet>", True),
        ("<startdato>2056-11-10+01:00</startdato>", True),
        ("<slutdato>2056-11-09</slutdato><beskyttet>true</beskyttet>", True),
        ("<startdato>2056-11-11</startdato><beskyttet>false</beskyttet>", False),
        ("<startdato>2056-01-01</startdato><slutdato>2056-11-09</slutdato>", False),
        ("<slutdato>2056-11-10</slutdato>", True),
    ],
)
def test_protection_is_that_of_the_day_of_asking(
    answer: Answer, content: str | None, protected: bool
) -> None:
    """The flag protects, and so do dates in force, both ends included; in doubt a person is protected."""
    part = "" if content is None else f"<adressebeskyttelse>{content}</adressebeskyttelse>"

    assert protected == person_of(answer(beskyttelse=part)).protected


def test_other_protections_are_not_this_one(answer: Answer) -> None:
    """Protection against local directories or marketing is not name and address protection."""
    part = (
        "<vejviserbeskyttelse><beskyttet>true</beskyttet></vejviserbeskyttelse>"
        "<markedsfoeringsbeskyttelse><beskyttet>true</beskyttet></markedsfoeringsbeskyttelse>"
    )

    assert not person_of(answer(beskyttelse=part)).protected


def test_history_is_newest_first(answer: Answer) -> None:
    """Rows come in any order and leave newest first; an open end is newer than any."""
    rows = (
        history_row("167", "2040-01-01T00:00:00", "2050-05-05T12:00:00"),
        history_row("101", "2055-06-06T00:00:00", ""),
        history_row("461", "2050-05-05T12:00:00", "2056-10-31T23:30:00.000+01:00"),
        history_row("173", "", "2039-12-31T00:00:00"),
    )
    expected = (
        AddressPeriod(municipality="0101", moved_in=date(2055, 6, 6)),
        AddressPeriod(municipality="0461", moved_in=date(2050, 5, 5), moved_out=date(2056, 10, 31)),
        AddressPeriod(municipality="0167", moved_in=date(2040, 1, 1), moved_out=date(2050, 5, 5)),
        AddressPeriod(municipality="0173", moved_out=date(2039, 12, 31)),
    )

    assert expected == person_of(answer("".join(rows))).address_history


@pytest.mark.parametrize("marking", ["A", "K", "*", "R"])
def test_an_undone_row_does_not_count(answer: Answer, marking: str) -> None:
    """A move that was registered and then undone never happened, whatever the marking says."""
    rows = history_row("461", "2050-01-01T00:00:00", "2056-01-01T00:00:00", marking) + history_row(
        "167", "2040-01-01T00:00:00", "2050-01-01T00:00:00"
    )

    assert ["0167"] == [period.municipality for period in person_of(answer(rows)).address_history]


def test_a_blank_marking_counts(answer: Answer) -> None:
    """An element that is there and empty or blank is no marking."""
    row = history_row("461", "2050-01-01T00:00:00", "2056-01-01T00:00:00", " ")

    assert 1 == len(person_of(answer(row)).address_history)


def test_a_technical_change_does_not_count(answer: Answer) -> None:
    """A row that ends at the very moment it began is the register's bookkeeping, not an address."""
    rows = history_row("461", "2050-01-01T00:00:00", "2050-01-01T00:00:00") + history_row(
        "167", "2050-01-01T08:00:00", "2050-01-01T18:00:00"
    )

    assert ["0167"] == [period.municipality for period in person_of(answer(rows)).address_history]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2056-07-01T00:00:00", date(2056, 7, 1)),
        ("2056-07-01T00:00:00+02:00", date(2056, 7, 1)),
        ("2056-12-01T00:00:00.000+01:00", date(2056, 12, 1)),
        ("2056-06-30T22:00:00Z", date(2056, 7, 1)),  # midnight in Danish summer
        ("2056-11-30T23:00:00.000+00:00", date(2056, 12, 1)),
        ("2056-11-30T22:59:59Z", date(2056, 11, 30)),
        ("1893-12-31T23:50:00+00:50", date(1893, 12, 31)),  # an old offset: the day stands
        ("9999-12-31T00:00:00", date(9999, 12, 31)),
    ],
)
def test_a_day_is_the_day_in_denmark(answer: Answer, moment: str, day: date) -> None:
    """A time with Denmark's offset keeps its day; one in UTC is converted first."""
    (period,) = person_of(answer(history_row("461", moment, ""))).address_history

    assert day == period.moved_in


@pytest.mark.parametrize(
    "moment",
    ["2056-02-30T00:00:00", "20560101T000000", "2056-W01-1", "2056-01-01", "9999-12-31T23:59:59Z", "x"],
)
def test_a_time_that_is_none_is_refused(answer: Answer, moment: str) -> None:
    """No day is made of what is no ``xs:dateTime``."""
    with pytest.raises(UnexpectedAnswerError, match="tilflytningsdato in the answer is no time"):
        person_of(answer(history_row("461", moment, "")))


@pytest.mark.parametrize("day", ["2050-02-30", "20500101", "2050-W01-1", "2050-01-01T00:00:00", "x"])
def test_a_day_that_is_none_is_refused(answer: Answer, day: str) -> None:
    """No birth date is made of what is no ``xs:date``."""
    with pytest.raises(UnexpectedAnswerError, match="dato in the answer is no date"):
        person_of(answer(foedselsdato=f"<foedselsdato><dato>{day}</dato></foedselsdato>"))


def test_an_uncertain_date_is_taken_as_it_stands(answer: Answer) -> None:
    """A marking of uncertainty does not take the date away."""
    part = (
        "<foedselsdato><dato>2050-01-01</dato><usikkerhedsmarkering>*</usikkerhedsmarkering></foedselsdato>"
    )

    assert date(2050, 1, 1) == person_of(answer(foedselsdato=part)).birth_date


NEW_NUMBER = "<gaeldendePersonnummer>0202515666</gaeldendePersonnummer>"


@pytest.mark.parametrize("code", [50, 60])
def test_an_old_number_is_inactive(answer: Answer, code: int) -> None:
    """A number that was changed or deleted is answered as what it is, not as the person's new one."""
    status = f"<status><status>{code}</status></status>"
    person = person_of(answer(gaeldende=NEW_NUMBER, status=status))

    assert (CPR, "inactive") == (person.cpr, person.status)


@pytest.mark.parametrize("number", [CPR, "0202515666"])
@pytest.mark.parametrize("code", [1, 90])
def test_a_changed_number_is_not_followed(answer: Answer, number: str, code: int) -> None:
    """An answer about the person under a new number is a case for a person; neither number is shown."""
    part = f"<personnummer>{number}</personnummer>"
    status = f"<status><status>{code}</status></status>"

    with pytest.raises(NumberChangedError) as caught:
        person_of(answer(personnummer=part, gaeldende=NEW_NUMBER, status=status))

    assert caught.value.remedy
    assert [] == [cpr for cpr in (CPR, "0202515666") if cpr in f"{caught.value} {caught.value.remedy}"]


def test_a_present_number_that_is_the_same_is_no_change(answer: Answer) -> None:
    """The service may name the present number always."""
    part = f"<gaeldendePersonnummer>{CPR}</gaeldendePersonnummer>"

    assert CPR == person_of(answer(gaeldende=part)).cpr


def test_an_answer_about_somebody_else_is_refused(answer: Answer) -> None:
    """An answer to another question is never taken for this one."""
    with pytest.raises(UnexpectedAnswerError, match="about another number"):
        person_of(answer(personnummer="<personnummer>0202515666</personnummer>"))


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"antal": ""}, "antalBoernUnder18 in the answer is missing"),
        (
            {"antal": "<antalBoernUnder18>-1</antalBoernUnder18>"},
            "antalBoernUnder18 in the answer is no whole",
        ),
        ({"navn": ""}, "personadresseringsnavn in the answer is missing"),
        (
            {"beskyttelse": "<adressebeskyttelse><beskyttet>maybe</beskyttet></adressebeskyttelse>"},
            "beskyttet in the answer is neither true nor false",
        ),
        ({"adresse": "<aktuelAdresse><postnummer>DK-4000</postnummer></aktuelAdresse>"}, "postnummer"),
    ],
)
def test_what_the_contract_does_not_allow_is_refused(
    answer: Answer, part: dict[str, str], problem: str
) -> None:
    """A missing or impossible value is named by its element and never filled in."""
    with pytest.raises(UnexpectedAnswerError, match=problem):
        person_of(answer(**part))


def test_persondata_is_needed() -> None:
    """The contract lets every part be left out; without ``persondata`` there is no person."""
    body = (
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        b'<PersonLookupResponse xmlns="http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"/>'
        b"</soap:Body></soap:Envelope>"
    )

    with pytest.raises(UnexpectedAnswerError, match="persondata"):
        person_of(body)


def test_a_name_in_parts(answer: Answer) -> None:
    """Without an addressing name, the parts of the name are put together."""
    part = (
        "<navn><personadresseringsnavn/><fornavn>Anna</fornavn><mellemnavn>Bak</mellemnavn>"
        "<efternavn>Sand</efternavn></navn>"
    )

    assert "Anna Bak Sand" == person_of(answer(navn=part)).name


def test_an_annulled_number_has_no_name(answer: Answer) -> None:
    """A number that is nobody's any more is answered as inactive, not refused."""
    person = person_of(answer("", navn="", status="<status><status>30</status></status>"))

    assert ("", "inactive", None) == (person.name, person.status, person.address)


def test_a_short_postal_code_gets_its_zeros(answer: Answer) -> None:
    """A postal code below 1000 is written with four digits."""
    address = person_of(answer(with_address(postnummer="800"))).address

    assert address is not None
    assert "0800" == address.postal_code


def test_the_registers_own_line_where_parts_are_missing(answer: Answer) -> None:
    """Without a house number (Greenland, special road codes) the standard address is the line."""
    part = with_address(vejnavn="Uden fast bopæl", standardadresse="Uden fast bopæl i kommunen")
    address = person_of(answer(part)).address

    assert address is not None
    assert "Uden fast bopæl i kommunen" == address.street_line


def test_an_address_without_a_street_keeps_its_municipality(answer: Answer) -> None:
    """Who has no street still lives in the municipality."""
    address = person_of(answer(with_address(kommunekode="265"))).address

    assert address is not None
    assert ("", "0265") == (address.street_line, address.municipality)
