"""EAN, the article number of GS1 (GTIN): 8, 12, 13 or 14 digits closed by the GS1 check digit.

For the 13 digits that name a *place* (GLN) there is ``dk.Gln``, which takes no other length.

Usage:
    Ean.parse("5701234567899").gtin14
"""

from typing import ClassVar, Self

from ._check_digits import gs1
from ._identifier import Identifier

__all__ = ["Ean"]


class Ean(Identifier):
    """An article number of GS1 (EAN, UPC, GTIN): 8, 12, 13 or 14 digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "GS1 article number (EAN)"
    name: ClassVar[str] = "ean"
    pattern: ClassVar[str] = "^([0-9]{8}|[0-9]{12,14})$"
    examples: ClassVar[tuple[str, ...]] = ("4006381333931", "73513537", "036000291452")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The digits, without the spaces and hyphens people write.

        Raises:
            InvalidIdentifierError: other characters, another length, or a wrong check digit.
        """
        digits = cls._digits(text, length=(8, 12, 13, 14))
        if not digits.strip("0"):
            raise cls._refused("it is all zeros")
        if not gs1(digits):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)

    @property
    def gtin14(self) -> str:
        """The number in fourteen digits, as registers keep it."""
        return self.zfill(14)
