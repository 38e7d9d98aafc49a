"""Swedish organisation numbers, giros and payment references."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import InvalidIdentifierError, se


@pytest.mark.parametrize(
    ("text", "canonical", "group"),
    [
        ("212000-2049", "2120002049", "2"),  # Heby kommun
        ("556047-3521", "5560473521", "5"),  # Bankgirocentralen
        ("165560473521", "5560473521", "5"),  # the same, as the tax agency's files have it
        # Sixth pension funds and others, of personnummer.dev's shared data: right as these, wrong as persons.
        ("857209-0606", "8572090606", "8"),
        ("802005-1952", "8020051952", "8"),
        ("802406-2302", "8024062302", "8"),
        ("802014-4120", "8020144120", "8"),
    ],
)
def test_organisation_numbers(text: str, canonical: str, group: str) -> None:
    """Published numbers; none of them is a personal number."""
    number = se.Orgnr.parse(text)

    assert (canonical, group) == (number, number.group)
    assert f"{canonical[:6]}-{canonical[6:]}" == number.format()
    with pytest.raises(InvalidIdentifierError):
        se.Personnummer.parse(canonical)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("640823-3234", "third digit"),  # a sole trader's, which is a personal number
        ("196408233234", "start with 16"),
        ("212000-2048", "check digit"),
        ("022000-2040", "starts with 0"),
        ("21200020490", "10 or 12"),
        ("212000/2049", "no digits"),
    ],
)
def test_what_is_no_organisation_number(text: str, reason: str) -> None:
    """A person's number, a wrong check digit, another length."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        se.Orgnr.parse(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("160-9908", "160-9908"),  # Bankgirot's own
        ("9019514", "901-9514"),  # Cancerfonden
        ("900 8004", "900-8004"),  # Röda Korset
        ("50516905", "5051-6905"),
    ],
)
def test_bankgiro(text: str, written: str) -> None:
    """Published numbers of seven and eight digits, and how they are written."""
    assert written == se.Bankgiro.parse(text).format()


@pytest.mark.parametrize(
    ("text", "written"),
    [("90 19 86-0", "90 19 86-0"), ("9008004", "90 08 00-4"), ("902003-3", "90 20 03-3"), ("18", "1-8")],
)
def test_plusgiro(text: str, written: str) -> None:
    """Published numbers, the shortest possible one, and how they are written."""
    assert written == se.Plusgiro.parse(text).format()


@pytest.mark.parametrize(
    "text", ["160-9909", "160990", "160-99080", "0160-9908", "0000000", "16O9908", "١٦٠٩٩٠٨"]
)
def test_what_is_no_bankgiro(text: str) -> None:
    """A wrong check digit, another length, zeros of a payment file, other characters."""
    with pytest.raises(InvalidIdentifierError, match="bankgiro"):
        se.Bankgiro.parse(text)


@pytest.mark.parametrize("text", ["9", "90 19 86-1", "123456782", "00", "09 01 98 6-0"])
def test_what_is_no_plusgiro(text: str) -> None:
    """A wrong check digit, another length, leading zeros."""
    with pytest.raises(InvalidIdentifierError, match="plusgiro"):
        se.Plusgiro.parse(text)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("1234567897", {}),
        ("123 456 789 7", {"length": 10}),
        ("123455", {}),
        ("1234574", {"length_digit": True}),  # seven digits: length digit 7
        ("1234574", {"length": (7, 12), "length_digit": True}),
    ],
)
def test_ocr_references(text: str, options: dict[str, object]) -> None:
    """Right by check digit, by fixed length and by length digit."""
    assert text.replace(" ", "") == se.Ocr.parse(text, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("123451", {}, "check digit"),
        ("1", {}, "2 to 25"),
        ("1" * 26, {}, "2 to 25"),
        ("123455", {"length": 7}, "7 digits by the agreement"),
        ("123455", {"length_digit": True}, "length digit"),
        ("12345-1", {}, "no digits"),
    ],
)
def test_what_is_no_ocr_reference(text: str, options: dict[str, object], reason: str) -> None:
    """The part of the agreement that it breaks is named."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        se.Ocr.parse(text, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("length", range(3, 26))
def test_the_length_digit_is_the_length_without_its_tens(length: int) -> None:
    """A reference of any length with its length digit and a right check digit is read."""
    body = "7" * (length - 2) + str(length % 10)
    reference = next(f"{body}{check}" for check in range(10) if _luhn(f"{body}{check}"))

    assert reference == se.Ocr.parse(reference, length_digit=True, length=length)


def test_an_agreement_is_an_annotation() -> None:
    """The agreement travels with the type, and one that cannot be is refused where it is made."""
    agreed = TypeAdapter(Annotated[se.Ocr, se.ocr_rule(length_digit=True)])

    assert "1234574" == agreed.validate_python("1234574")
    with pytest.raises(ValidationError, match="length digit"):
        agreed.validate_python("123455")
    with pytest.raises(ValueError, match="2 to 25"):
        se.ocr_rule(length=26)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1, 2)[place % 2] for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
