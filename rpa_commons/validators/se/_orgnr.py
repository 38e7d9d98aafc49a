"""The Swedish organisation number: ten digits, the third at least 2, Luhn.

The first digit is the group (2 state, regions and municipalities, 5 companies, 7 economic associations, 8
other associations and foundations, 9 partnerships …). The third and fourth digits together are 20 or more,
so that no organisation number can be a personal number, whose month stands there. A sole trader's number is
the owner's personal number and no organisation number.

Source: lagen (1974:174) om identitetsbeteckning för juridiska personer; Skatteverket, SKV 709.
"""

from typing import ClassVar, Self

from rpa_commons.validators._check_digits import mod10
from rpa_commons.validators._identifier import Identifier

__all__ = ["Orgnr"]

_FULL = 12  # with 16 in place of a century, as the tax agency's files have it


class Orgnr(Identifier):
    """A Swedish organisation number (organisationsnummer): ten digits with a check digit."""

    __slots__ = ()

    kind: ClassVar[str] = "Swedish organisation number"
    name: ClassVar[str] = "se_orgnr"
    pattern: ClassVar[str] = "^[1-9][0-9][2-9][0-9]{7}$"
    examples: ClassVar[tuple[str, ...]] = ("2120002049",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ten digits, without a hyphen and without the ``16`` before them that some files have.

        Raises:
            InvalidIdentifierError: not ten ASCII digits, a third digit below 2, or a wrong check digit.
        """
        digits = cls._digits(text, length=(10, _FULL))
        if len(digits) == _FULL:
            if not digits.startswith("16"):
                raise cls._refused("twelve digits must start with 16, or it is a personal number")
            digits = digits[2:]
        if digits[2] in "01":
            raise cls._refused("its third digit is below 2, as in a personal number")
        if digits[0] == "0":
            raise cls._refused("it starts with 0")
        if not mod10(digits):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)

    @property
    def group(self) -> str:
        """The first digit: what sort of organisation it is."""
        return self[0]

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it: ``212000-2049``."""
        return f"{self[:6]}-{self[6:]}"
