"""Norwegian organisation numbers, accounts and payment references."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import InvalidIdentifierError, no


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("974760673", "974760673"),  # Brønnøysundregistrene
        ("NO 974 760 673 MVA", "974760673"),
        ("889640782", "889640782"),  # NAV
        ("123 456 785", "123456785"),  # the worked example of Brønnøysundregistrene
        ("312701103", "312701103"),  # a synthetic one out of its test data
    ],
)
def test_organisation_numbers(text: str, canonical: str) -> None:
    """Real ones of authorities, the register's worked example, and the form of a VAT number."""
    assert canonical == no.Orgnr.parse(text)


@pytest.mark.parametrize(
    "text", ["", "974760674", "97476067", "9747606733", "000000000", "SE974760673", "974760673MVAX"]
)
def test_what_is_no_organisation_number(text: str) -> None:
    """Another check digit, another length, other letters."""
    with pytest.raises(InvalidIdentifierError, match="Norwegian organisation number"):
        no.Orgnr.parse(text)


def test_an_organisation_number_is_written_in_threes() -> None:
    """As the register writes it."""
    assert "974 760 673" == no.Orgnr("974760673").format()


@pytest.mark.parametrize("text", ["86011117947", "8601.11.17947", "8601 11 17947", "3207 40 68323"])
def test_accounts(text: str) -> None:
    """The example of the IBAN registry and a published account, in the forms people write."""
    account = no.Kontonummer.parse(text)

    assert 11 == len(account)
    assert text[:4] == account.bank


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("86011117949", "check digit"),
        ("8601111794", "11 digits"),
        ("00004090403", "0000"),  # the former Postgiro, which python-stdnum cuts to seven digits
        ("8601/11/17947", "no digits"),
    ],
)
def test_what_is_no_account(text: str, reason: str) -> None:
    """A wrong check digit, another length, the former Postgiro's."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        no.Kontonummer.parse(text)


def test_an_account_is_written_with_full_stops() -> None:
    """Four, two and five digits."""
    assert "8601.11.17947" == no.Kontonummer("86011117947").format()


# bekkopen/NoCommons, KidnummerValidatorTest, and no-data-validator; one with the check character.
@pytest.mark.parametrize(
    ("text", "modulus"),
    [("2345676", 10), ("01290865", 10), ("2707841373001170014", 11), ("12345678903", 11), ("1000005-", 11)],
)
def test_kid_of_one_modulus(text: str, modulus: int) -> None:
    """Published references are right by the modulus they are of, and by either when none is agreed."""
    assert text == no.Kid.parse(text, modulus=modulus)  # type: ignore[arg-type]
    assert text == no.Kid.parse(text)


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("2345674", {}, "check digit"),
        ("100030", {}, "check digit"),  # modulus 11 asks for "-": taken by a library once
        ("100031", {}, "check digit"),
        ("2707841373001170014", {"modulus": 10}, "check digit"),
        ("01290865", {"modulus": 11}, "check digit"),
        ("1000005-", {"modulus": 10}, "belongs to modulus 11"),
        ("1000005--", {}, "no digits"),
        ("-", {}, "2 to 25"),
        ("1", {}, "2 to 25"),
        ("12345678901234567890123456", {}, "2 to 25"),
        ("2345676", {"length": 16}, "16 digits by the agreement"),
        ("2345676", {"length": (8, 16)}, "8 or 16 digits"),
    ],
)
def test_what_is_no_kid(text: str, options: dict[str, object], reason: str) -> None:
    """Wrong by its modulus, of another length than agreed, or no digits."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        no.Kid.parse(text, **options)  # type: ignore[arg-type]


def test_an_agreement_is_an_annotation() -> None:
    """Length and modulus travel with the type."""
    agreed = TypeAdapter(Annotated[no.Kid, no.kid_rule(length=7, modulus=10)])

    assert "2345676" == agreed.validate_python("234 5676")
    with pytest.raises(ValidationError, match="7 digits by the agreement"):
        agreed.validate_python("01290865")


@pytest.mark.parametrize("options", [{"length": 1}, {"length": 26}, {"modulus": 97}, {"length": (7, 99)}])
def test_an_agreement_that_cannot_be(options: dict[str, object]) -> None:
    """It is the caller's mistake, and named where it is made."""
    with pytest.raises(ValueError, match="a KID"):
        no.kid_rule(**options)  # type: ignore[arg-type]


def test_modulus_11_by_long_division() -> None:
    """Many short references: the check is what makes 1 times it, 2, 3 … 7, 2 times the others divisible."""
    for body in range(10000, 100000, 37):
        total = sum((2 + place % 6) * int(digit) for place, digit in enumerate(reversed(str(body))))
        (check,) = [sign for value, sign in enumerate("0123456789-") if (total + value) % 11 == 0]
        assert f"{body}{check}" == no.Kid.parse(f"{body}{check}", modulus=11)
