"""IBAN, BIC and EAN."""

import re

import pytest

from rpa_commons.validators import Bic, Ean, Iban, InvalidIdentifierError, identifier_types, numbers

# SWIFT, IBAN registry: the example account of each country.
IBANS = [
    "AD1200012030200359100100",
    "BE68539007547034",
    "CH9300762011623852957",
    "DE89370400440532013000",
    "DK5000400440116243",
    "EE382200221020145685",
    "FI2112345600000785",
    "FO6264600001631634",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "GL8964710001000206",
    "IS140159260076545510730339",
    "MT84MALT011000012345MTLCAST001S",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "PL61109010140000071219812874",
    "SE4550000000058398257466",
]


@pytest.mark.parametrize("number", IBANS)
def test_the_registrys_examples(number: str) -> None:
    """The example of every country is read, with spaces and in small letters too."""
    written = Iban(number).format()

    assert number == Iban.parse(written.lower())
    assert (number[:2], number[4:]) == (Iban(number).country, Iban(number).bban)


@pytest.mark.parametrize("number", IBANS)
def test_two_digits_changed_about_are_found(number: str) -> None:
    """Modulus 97 finds neighbours that changed places."""
    places = [at for at in range(4, len(number) - 1) if number[at] != number[at + 1]]
    wrong = [f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}" for at in places]

    for text in wrong:
        with pytest.raises(InvalidIdentifierError):
            Iban.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DK5000400440116244", "check digits"),
        ("DK500040044011624", "length or structure"),
        ("DK50004004401162A3", "length or structure"),
        ("ZZ5000400440116243", "no IBAN"),
        ("5000400440116243", "two letters"),
        ("DK50-0040-0440-1162-43", "letters A-Z"),
        ("DK٥٠00400440116243", "letters A-Z"),
        ("DK", "two letters"),
        ("DK50", "two letters"),
        ("NO5186011117946", "by its country's rule"),  # right by modulus 97, wrong by modulus 11
        ("A" * 65, "too long"),
    ],
)
def test_what_is_no_iban(text: str, reason: str) -> None:
    """Country, structure, check digits and the number inside are told apart."""
    if "rule" in reason:
        text = _with_check_digits("NO", "86011117946")
    with pytest.raises(InvalidIdentifierError, match=reason) as caught:
        Iban.parse(text)

    assert text not in str(caught.value)


def test_check_digits_have_one_form() -> None:
    """Check digits 00, 01 and 99 leave the same remainder as 97, 98 and 02, and are none."""
    found = []
    for account in range(10**9, 10**9 + 3000):
        number = _with_check_digits("DK", f"{account:014}")
        alias = {"97": "00", "98": "01", "02": "99"}.get(number[2:4])
        if alias:
            found.append(alias)
            assert number == Iban.parse(number)
            with pytest.raises(InvalidIdentifierError, match="check digits"):
                Iban.parse(f"DK{alias}{number[4:]}")

    assert {"00", "01", "99"} == set(found)


@pytest.mark.parametrize(
    ("text", "country", "branch"),
    [
        ("DABADKKK", "DK", "XXX"),
        ("dnba no kk xxx", "NO", "XXX"),
        ("NDEASESS", "SE", "XXX"),
        ("AGRIFRPP882", "FR", "882"),
        ("NLPRXKPR", "XK", "XXX"),
    ],
)
def test_bic(text: str, country: str, branch: str) -> None:
    """Banks' published codes, of eight and eleven characters."""
    code = Bic.parse(text)

    assert (country, branch) == (code.country, code.branch)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DABADKK", "8 or 11"),
        ("DABADKKKX", "8 or 11"),
        ("DABAZZKK", "no country"),
        ("DAB1DKKK", "six letters"),
        ("DABADK-K", "letters A-Z"),
        ("DABADKKÉ", "letters A-Z"),
    ],
)
def test_what_is_no_bic(text: str, reason: str) -> None:
    """Another length, a country that does not exist, characters in the wrong place."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        Bic.parse(text)


@pytest.mark.parametrize(
    ("text", "gtin14"),
    [
        ("4006381333931", "04006381333931"),
        ("73513537", "00000073513537"),
        ("036000291452", "00036000291452"),
        ("5 701234 567899", "05701234567899"),
        ("10614141000415", "10614141000415"),
    ],
)
def test_ean(text: str, gtin14: str) -> None:
    """The textbook examples of the four lengths."""
    assert gtin14 == Ean.parse(text).gtin14


@pytest.mark.parametrize(
    "text", ["4006381333932", "400638133393", "123456789", "0000000000000", "40063813339З1", ""]
)
def test_what_is_no_ean(text: str) -> None:
    """A wrong check digit, another length, all zeros, other characters."""
    with pytest.raises(InvalidIdentifierError, match="EAN"):
        Ean.parse(text)


@pytest.mark.parametrize("name", sorted(identifier_types()))
def test_the_examples_of_every_type_are_right(name: str) -> None:
    """What the JSON Schema shows as examples is read (in test mode) and has the pattern it shows."""
    type_ = identifier_types()[name]
    with numbers("test"):
        read = [str(type_.parse(example)) for example in type_.examples]

    assert list(type_.examples) == read
    assert all(re.search(type_.pattern, example) for example in read)


def _with_check_digits(country: str, account: str) -> str:
    """The account with the check digits that make the whole divide by 97 with 1 over, found by trying."""
    for checks in range(2, 99):
        number = "".join(str(int(character, 36)) for character in f"{account}{country}{checks:02}")
        if int(number) % 97 == 1:
            return f"{country}{checks:02}{account}"
    raise AssertionError("some check digits are always right")
