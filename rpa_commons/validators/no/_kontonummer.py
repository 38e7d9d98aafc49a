"""The Norwegian bank account number: eleven digits, modulus 11, weights 5 4 3 2 7 6 5 4 3 2 from the left.

The seven-digit numbers of the former Postbanken (written with 0000 before them, Luhn) are not accepted, and
every account is judged by all its digits: that a zero account group changes the sum is told in places, but no
official text of it was found.
"""

from typing import ClassVar, Self

from rpa_commons.validators._check_digits import mod11
from rpa_commons.validators._identifier import Identifier

__all__ = ["Kontonummer"]

_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


class Kontonummer(Identifier):
    """A Norwegian bank account number (kontonummer): eleven digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "Norwegian account number"
    name: ClassVar[str] = "kontonummer"
    pattern: ClassVar[str] = "^[0-9]{11}$"
    examples: ClassVar[tuple[str, ...]] = ("86011117947",)
    personal: ClassVar[bool] = True
    full_length: ClassVar[int] = 11

    @classmethod
    def parse(cls, text: str) -> Self:
        """The eleven digits, without the full stops or spaces people write.

        Raises:
            InvalidIdentifierError: not eleven ASCII digits, or the check digit is wrong.
        """
        digits = cls._digits(text, length=11, drop=" .-")
        if digits.startswith("0000"):
            raise cls._refused("it starts with 0000, as the former Postgiro's did: not read here")
        if not mod11(digits, _WEIGHTS):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)

    @property
    def masked(self) -> str:
        """``8601.••.•••••``."""
        return f"{self.bank}.••.•••••"

    @property
    def bank(self) -> str:
        """The four digits of the bank's register number."""
        return self[:4]

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it: ``8601.11.17947``."""
        return f"{self[:4]}.{self[4:6]}.{self[6:]}"
