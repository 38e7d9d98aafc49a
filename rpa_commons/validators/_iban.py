"""IBAN: the account number of ISO 13616, its country's length and structure, and modulus 97.

Rules this module keeps: countries and structures are those of the SWIFT registry as python-stdnum has them;
check digits are 02 to 98, which python-stdnum does not ask for (00, 01 and 99 have the same remainder as 97,
98 and 02); a Norwegian account is right by its own check digit too. Python-stdnum's national checks are not
used: they refuse the registry's own example for Belgium, whose bank is not in its list.

Usage:
    Iban.parse("NO93 8601 1117 947").country
"""

from typing import ClassVar, Self

from ._check_digits import mod97
from ._errors import InvalidIdentifierError
from ._identifier import Identifier
from .no import Kontonummer

__all__ = ["Iban"]

_LOWEST, _HIGHEST = 2, 98
_START = 4  # country and check digits


class Iban(Identifier):
    """An international bank account number (ISO 13616), without spaces and in capitals."""

    __slots__ = ()

    kind: ClassVar[str] = "bank account number (IBAN)"
    name: ClassVar[str] = "iban"
    pattern: ClassVar[str] = "^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$"
    examples: ClassVar[tuple[str, ...]] = ("DK5000400440116243", "NO9386011117947")  # the registry's
    personal: ClassVar[bool] = True

    @classmethod
    def parse(cls, text: str) -> Self:
        """The account number without spaces, in capitals.

        Raises:
            InvalidIdentifierError: other characters, a country without IBAN, another length or structure than
                the country's, wrong check digits.
        """
        number = cls._text(text).replace(" ", "").upper()
        if not number.isascii() or not number.isalnum():
            raise cls._refused("it must be letters A-Z and digits 0-9")
        country, checks = number[:2], number[2:_START]
        if not (country.isalpha() and checks.isdigit() and len(number) > _START):
            raise cls._refused("it must start with two letters for the country and two digits")
        turned = "".join(str(int(character, 36)) for character in f"{number[_START:]}{number[:_START]}")
        cls._check_structure(number)
        if not _LOWEST <= int(checks) <= _HIGHEST or mod97(turned) != 1:
            raise cls._refused("its check digits are wrong")
        if number.startswith("NO") and not _is_norwegian(number[_START:]):
            raise cls._refused("the account number inside it is wrong by its country's rule")
        return cls._made(number)

    @property
    def masked(self) -> str:
        """``NO93 ••••``."""
        return f"{self[:_START]} ••••"

    @property
    def country(self) -> str:
        """The two letters of the country (ISO 3166-1)."""
        return self[:2]

    @property
    def bban(self) -> str:
        """The account number inside the country, with its bank."""
        return self[_START:]

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it, in fours: ``NO93 8601 1117 947``."""
        return " ".join(self[at : at + 4] for at in range(0, len(self), 4))

    @classmethod
    def _check_structure(cls, number: str) -> None:
        """The length and the sorts of characters that the country's part has."""
        from stdnum import exceptions, iban, iso7064

        # With the check digits it should have, nothing but country and structure is left to be refused.
        body = f"{number[_START:]}{number[:2]}"
        right = f"{number[:2]}{iso7064.mod_97_10.calc_check_digits(body)}{number[_START:]}"
        try:
            iban.validate(right, check_country=False)
        except exceptions.InvalidComponent:
            raise cls._refused("its country has no IBAN") from None
        except exceptions.ValidationError:
            raise cls._refused("it has another length or structure than its country's") from None


def _is_norwegian(account: str) -> bool:
    try:
        Kontonummer.parse(account)
    except InvalidIdentifierError:
        return False
    return True
