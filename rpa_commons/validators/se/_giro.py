"""Bankgiro and plusgiro numbers: 7 or 8, and 2 to 8 digits, each closed by a Luhn digit.

Source: Bankgirot, "Bankgironummer" (10-modul); Nordea, "Plusgirot, kontonummer" (10-modul).
"""

from typing import ClassVar, Self

from rpa_commons.validators._check_digits import mod10
from rpa_commons.validators._identifier import Identifier

__all__ = ["Bankgiro", "Plusgiro"]


class _Giro(Identifier):
    """What the two have in common: digits without zeros before them, the last the Luhn digit."""

    __slots__ = ()

    lengths: ClassVar[tuple[int, ...]]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The digits, without the hyphen and the spaces people write.

        Raises:
            InvalidIdentifierError: other characters, another length, or a wrong check digit.
        """
        digits = cls._digits(text, length=cls.lengths)
        if digits.startswith("0"):
            raise cls._refused("it starts with 0: zeros that a file puts before it are no part of it")
        if not mod10(digits):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)


class Bankgiro(_Giro):
    """A Swedish bankgiro number: 7 or 8 digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "bankgiro number"
    name: ClassVar[str] = "bankgiro"
    pattern: ClassVar[str] = "^[1-9][0-9]{6,7}$"
    examples: ClassVar[tuple[str, ...]] = ("1609908",)  # Bankgirot's own
    lengths: ClassVar[tuple[int, ...]] = (7, 8)

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it: ``160-9908``, ``5051-6905``."""
        return f"{self[:-4]}-{self[-4:]}"


class Plusgiro(_Giro):
    """A Swedish plusgiro number: 2 to 8 digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "plusgiro number"
    name: ClassVar[str] = "plusgiro"
    pattern: ClassVar[str] = "^[1-9][0-9]{1,7}$"
    examples: ClassVar[tuple[str, ...]] = ("9019860",)
    lengths: ClassVar[tuple[int, ...]] = (2, 3, 4, 5, 6, 7, 8)

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it, in pairs from the right: ``90 19 86-0``."""
        body, pairs = self[:-1], []
        while body:
            body, pair = body[:-2], body[-2:]
            pairs.append(pair)
        return f"{' '.join(reversed(pairs))}-{self[-1]}"
