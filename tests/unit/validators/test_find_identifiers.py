"""Personal numbers of three countries in free text: what is found, what is spared, and at what cost."""

import hashlib
import uuid
from datetime import date, timedelta

import pytest

from rpa_commons.validators import (
    Found,
    cut_personal_numbers,
    find_identifiers,
    mask_personal_numbers,
)

TODAY = date(2026, 11, 22)


def found(text: str) -> list[tuple[str, str, str]]:
    """Country, kind and the text at each place."""
    return [(one.country, one.kind, text[one.start : one.end]) for one in find_identifiers(text, on=TODAY)]


@pytest.mark.parametrize(
    ("text", "country", "kind", "number"),
    [
        ("cpr 070661-4818.", "dk", "cpr", "070661-4818"),
        ("cpr 0706614818.", "dk", "cpr", "0706614818"),
        ("(07 06 61 4818)", "dk", "cpr", "07 06 61 4818"),
        ("erstatning 670661-4818", "dk", "cpr", "670661-4818"),
        ("ecpr 070661-1BC8,", "dk", "cpr", "070661-1BC8"),
        ("fnr 20036914700,", "no", "fodselsnummer", "20036914700"),
        ("fnr=200369 14700", "no", "fodselsnummer", "200369 14700"),
        ("200369-14700", "no", "fodselsnummer", "200369-14700"),
        ("20.03.69 14700", "no", "fodselsnummer", "20.03.69 14700"),
        ("200369 147 00", "no", "fodselsnummer", "200369 147 00"),
        ("dnr 53097248016", "no", "fodselsnummer", "53097248016"),
        ("syntetisk 17912099997", "no", "fodselsnummer", "17912099997"),
        ("pnr 19640823-3234!", "se", "personnummer", "19640823-3234"),
        ("pnr 196408233234", "se", "personnummer", "196408233234"),
        ("pnr 19121212+1212", "se", "personnummer", "19121212+1212"),
        ("19640823\u20133234", "se", "personnummer", "19640823\u20133234"),
        ("19640823 3234", "se", "personnummer", "19640823 3234"),
        ("samnr 19701063-2391", "se", "samordningsnummer", "19701063-2391"),
        ("interim 20000101-T220", "se", "interimsnummer", "20000101-T220"),
        ("990823-3233", "se", "personnummer", "990823-3233"),
    ],
)
def test_a_number_is_found_as_it_is_written(text: str, country: str, kind: str, number: str) -> None:
    """With its country, its kind and its exact place; masked it is gone."""
    assert (country, kind, number) in found(text)
    assert number not in mask_personal_numbers(text)
    assert number not in cut_personal_numbers(text)


def test_what_reads_as_two_is_found_as_both() -> None:
    """Ten digits that are a date in both orders and close with Luhn are a Danish and a Swedish number."""
    assert [("dk", "cpr", "121212-1212"), ("se", "personnummer", "121212-1212")] == found("121212-1212")
    assert "…" == mask_personal_numbers("121212-1212")


def test_places_are_in_order_and_hold_no_value() -> None:
    """The result is safe to log: places, countries and kinds."""
    text = "a 19640823-3234 b 20036914700 c 0706614818 d"

    result = find_identifiers(text, on=TODAY)

    assert (
        Found("se", "personnummer", 2, 15),
        Found("no", "fodselsnummer", 18, 29),
        Found("dk", "cpr", 32, 42),
    ) == result
    assert not any(number in repr(result) for number in ("3234", "14700", "4818"))


def test_only_the_countries_asked_for() -> None:
    """A caller who knows the country asks for that one."""
    text = "19640823-3234 20036914700 0706614818"

    assert ["no"] == [one.country for one in find_identifiers(text, countries=("no",), on=TODAY)]
    assert () == find_identifiers(text, countries=(), on=TODAY)
    with pytest.raises(ValueError, match="fi"):
        find_identifiers(text, countries=("fi",))


@pytest.mark.parametrize(
    "text",
    [
        "20036914712",  # a wrong check digit
        "120036914700",  # twelve digits
        "19640823-3235",
        "19640823-0002",  # serial 000
        "20990823-3234",  # not born yet
        "x196408233234567",
        "86011117949",
        "NO93 8601 1117 947",
        "SE45 5000 0000 0583 9825 7466",
        "4571-9948",
        "2026-11-22T07:18:51.123456Z",
        "+47 22 07 70 00",
        "faktura 2026000123",
    ],
)
def test_what_only_looks_like_one_is_left(text: str) -> None:
    """Wrong check digits, dates to come, accounts, time stamps and invoice numbers."""
    assert [] == found(text)
    assert text == mask_personal_numbers(text)


@pytest.mark.parametrize("before", ["4000 ", "12 34 ", "2026 11 ", "99.99.", "0000 "])
@pytest.mark.parametrize("number", ["010150-5555", "200369 14700", "19640823-3234"])
def test_digits_before_a_number_do_not_hide_it(before: str, number: str) -> None:
    """A post code or a group of digits before a number might be taken together with its first half."""
    assert number in [text for _, _, text in found(f"{before}{number}")]


@pytest.mark.parametrize("text", ["1212 010150-5555", "01 01 010150 5555", "2003 200369 14700"])
def test_of_two_readings_that_overlap_none_is_left_to_see(text: str) -> None:
    """The first group and half of the number may spell a date by chance: all of both is masked."""
    assert "…" == mask_personal_numbers(text)
    assert not {"5555", "14700"} & set(cut_personal_numbers(text).replace("-", " ").split())


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("0706614818", "070661-••••"),
        ("200369 14700", "200369 •••••"),
        ("196408233234", "19640823-••••"),
        ("121212-1212", "121212-••••"),
        ("fra 20036914700 og 19640823-3234.", "fra 200369 ••••• og 19640823-••••."),
    ],
)
def test_cut_leaves_the_date(text: str, cut: str) -> None:
    """What is left is the date of birth, whatever the country."""
    assert cut == cut_personal_numbers(text)


def test_ids_made_of_random_bits_hold_none() -> None:
    """Ten thousand UUIDs and digests: none has a number of any country in it."""
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(5000)]

    ids = [*digests, *(str(uuid.UUID(one[:32])) for one in digests)]
    assert [] == [one for one in ids if find_identifiers(one, on=TODAY)]


def test_time_stamps_of_late_are_none() -> None:
    """Every minute of the last year in the form of a file name: a day, then a time of that day."""
    first = TODAY - timedelta(days=365)
    days = [first + timedelta(days=step) for step in range(0, 366, 5)]
    stamps = [
        f"{day:%Y%m%d}-{minute // 60:02}{minute % 60:02}" for day in days for minute in range(0, 1440, 7)
    ]

    read = [one for one in stamps if find_identifiers(one, countries=("se",), on=TODAY)]
    assert len(stamps) > 15_000
    assert [] == read


def test_how_much_is_taken_for_a_number_by_mistake() -> None:
    """The shares that the documentation gives, on the first digits of digests read as invoice numbers."""
    values = [int(hashlib.sha256(str(number).encode()).hexdigest(), 16) for number in range(20_000)]
    shares = {}
    for country, length in (("dk", 10), ("no", 11), ("se", 10), ("se", 12)):
        texts = [f"{value % 10**length:0{length}}" for value in values]
        hits = sum(bool(find_identifiers(text, countries=(country,), on=TODAY)) for text in texts)
        shares[country, length] = hits / len(texts)

    assert 0.065 < shares["dk", 10] < 0.080
    assert 0.0015 < shares["no", 11] < 0.0040
    assert 0.006 < shares["se", 10] < 0.010
    assert shares["se", 12] < 0.001


@pytest.mark.parametrize(
    "piece", ["0", "01 ", "0101505555 ", "20036914700 ", "19640823-", "01.01.", "a1b2c3d4-", "0 0 - "]
)
def test_a_long_text_is_read_in_steps_that_grow_with_its_length(piece: str) -> None:
    """A long text of what numbers are made of is read; a pattern that backs up would never end."""
    text = (piece * (400_000 // len(piece)))[:400_000]

    result = find_identifiers(text, on=TODAY)

    assert all(one.end - one.start < 20 for one in result)
