"""The place that an electronic invoice goes to (GLN, "EAN-nummer" to most who write one).

Rules this module keeps: exactly 13 digits. Eight, twelve and fourteen digits are right numbers of GS1 too, of
goods and parcels: a check by the last digit alone takes them, and an invoice sent there arrives nowhere.
"""

from typing import ClassVar, Self

from rpa_commons.validators._check_digits import gs1
from rpa_commons.validators._identifier import Identifier

__all__ = ["Gln"]

_LENGTH = 13
_OF_GOODS = (8, 12, 14)


class Gln(Identifier):
    """A Global Location Number: thirteen digits."""

    __slots__ = ()

    kind = "GLN"
    name = "gln"
    pattern = "^[0-9]{13}$"
    examples: ClassVar[tuple[str, ...]] = ("5790000000005",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read thirteen digits, in groups or not.

        Raises:
            InvalidIdentifierError: another number of digits, a wrong check digit, or nothing but zeros.
        """
        digits = cls._digits(text)
        if len(digits) in _OF_GOODS and gs1(digits):
            raise cls._refused(f"it has {len(digits)} digits as numbers of goods have; a GLN has 13")
        if len(digits) != _LENGTH:
            raise cls._refused("it must have 13 digits")
        if not gs1(digits):
            raise cls._refused("its check digit is wrong")
        if not int(digits):
            raise cls._refused("it is nothing but zeros")
        return cls._made(digits)

    def _written(self) -> str:
        """``5790 0000 0000 5``."""
        return " ".join(self[start : start + 4] for start in range(0, _LENGTH, 4))
