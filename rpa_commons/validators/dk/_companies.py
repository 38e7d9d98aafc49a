"""Numbers of companies and authorities: CVR, SE and P-number.

Rules this module keeps: CVR and SE numbers end in a modulus 11 digit (python-stdnum's rule for CVR is the
official one and is asked); a P-number has no public check digit, so its form is all that can be refused; a
number lost nothing and gains nothing: what is written around it (``DK``, spaces) is let go, no more.
"""

from typing import ClassVar, Self

from rpa_commons.validators._errors import InvalidIdentifierError
from rpa_commons.validators._identifier import Identifier

__all__ = ["Cvr", "PNumber", "Se", "cvr"]


class _ModulusElevenNumber(Identifier):
    """Eight digits that end in a modulus 11 digit."""

    __slots__ = ()

    pattern = "^[1-9][0-9]{7}$"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read eight digits, in groups or not, with ``DK`` before them or not.

        Raises:
            InvalidIdentifierError: not eight digits, the first is 0, or the check digit is wrong.
        """
        given = cls._text(text)
        country = given[:2].upper() == "DK"
        digits = cls._digits(given[2:] if country else given, length=8)
        if digits[0] == "0":
            raise cls._refused("it must be eight digits, the first not 0")
        from stdnum.dk import cvr

        if not cvr.is_valid(digits):
            raise cls._refused("its check digit is wrong")
        return cls._made(digits)

    def _written(self) -> str:
        """``29 18 94 04``."""
        return f"{self[:2]} {self[2:4]} {self[4:6]} {self[6:]}"


class Cvr(_ModulusElevenNumber):
    """The number of a Danish company or authority (CVR): eight digits."""

    __slots__ = ()

    kind = "CVR number"
    name = "cvr"
    examples: ClassVar[tuple[str, ...]] = ("29189404",)


class Se(_ModulusElevenNumber):
    """A Danish VAT registration (SE): the company's CVR number, or one of its own of the same build."""

    __slots__ = ()

    kind = "Danish SE number"
    name = "se"
    examples: ClassVar[tuple[str, ...]] = ("29189404",)


class PNumber(Identifier):
    """A place of work of a Danish company (P-nummer): ten digits without a public check digit."""

    __slots__ = ()

    kind = "P-number"
    name = "p_number"
    pattern = "^[1-9][0-9]{9}$"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ten digits, in groups or not.

        Raises:
            InvalidIdentifierError: not ten digits, or the first is 0.
        """
        digits = cls._digits(text, length=10)
        if digits[0] == "0":
            raise cls._refused("it must be ten digits, the first not 0")
        return cls._made(digits)


def cvr(text: str) -> str:
    """The number where it is written as its eight digits and nothing else, as a configuration must hold it.

    Raises:
        InvalidIdentifierError: it is none, or it is written in another way.
    """
    if Cvr.parse(text) != text:
        raise InvalidIdentifierError(Cvr.kind, "it must be written as eight digits and nothing else")
    return text
