"""The Norwegian organisation number: nine digits, modulus 11, weights 3 2 7 6 5 4 3 2 from the left.

Source: Brønnøysundregistrene, "Organisasjonsnummeret" (a remainder that asks for 10 is never given).
"""

from typing import ClassVar, Self

from rpa_commons.validators._check_digits import mod11
from rpa_commons.validators._identifier import Identifier

__all__ = ["Orgnr"]

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 1)


class Orgnr(Identifier):
    """A Norwegian organisation number (organisasjonsnummer): nine digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "Norwegian organisation number"
    name: ClassVar[str] = "no_orgnr"
    pattern: ClassVar[str] = "^[0-9]{9}$"
    examples: ClassVar[tuple[str, ...]] = ("123456785",)  # Brønnøysundregistrene's own example

    @classmethod
    def parse(cls, text: str) -> Self:
        """The nine digits; ``NO`` before and ``MVA`` behind, as a VAT number has them, are left out.

        Raises:
            InvalidIdentifierError: not nine ASCII digits, or the check digit is wrong.
        """
        bare = cls._text(text).upper().removeprefix("NO").removesuffix("MVA")
        digits = cls._digits(bare, length=9, drop=" ")
        if digits.startswith("0"):
            raise cls._refused("it starts with 0")
        if not mod11(digits, _WEIGHTS):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it: ``123 456 785``."""
        return f"{self[:3]} {self[3:6]} {self[6:]}"
