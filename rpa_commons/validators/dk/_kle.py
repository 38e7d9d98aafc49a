"""KLE: what a municipal case is about (number) and what is done in it (facet).

Rules this module keeps: the form is checked (KL's schema of the plan, version 2.0), not whether the number is
in the plan: that changes twice a year and is a lookup in it.
"""

import re
from typing import ClassVar, Literal, Self

from rpa_commons.validators._identifier import Identifier

__all__ = ["KleFacet", "KleNumber"]

_NUMBER = re.compile(r"[0-9]{2}(?:\.[0-9]{2}){0,2}", re.ASCII)
_FACET = re.compile(r"[A-ZÆØÅa-zæøå][0-9]{2}")  # in both cases: other scripts have letters that become S
_LEVELS: dict[int, Literal["main group", "group", "subject"]] = {2: "main group", 5: "group", 8: "subject"}


class KleNumber(Identifier):
    """A number of KLE, the Danish municipalities' classification: main group, group or subject."""

    __slots__ = ()

    kind = "KLE number"
    name = "kle_number"
    pattern = "^[0-9]{2}(\\.[0-9]{2}){0,2}$"
    examples: ClassVar[tuple[str, ...]] = ("27", "27.60", "27.60.04")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``dd``, ``dd.dd`` or ``dd.dd.dd``.

        Raises:
            InvalidIdentifierError: another form; a zero that a spreadsheet took is not put back.
        """
        given = cls._text(text)
        if not _NUMBER.fullmatch(given):
            if not given.isascii():
                raise cls._refused("it has characters that are neither 0-9 nor a full stop")
            raise cls._refused("it must be dd, dd.dd or dd.dd.dd, zeros kept")
        return cls._made(given)

    @property
    def level(self) -> Literal["main group", "group", "subject"]:
        """How far down the plan it stands."""
        return _LEVELS[len(self)]

    @property
    def parent(self) -> "KleNumber | None":
        """The number one level up; ``None`` for a main group."""
        above = self.rpartition(".")[0]
        return KleNumber._made(above) if above else None


class KleFacet(Identifier):
    """A facet of KLE: what is done with the subject, a letter and two digits."""

    __slots__ = ()

    kind = "KLE facet"
    name = "kle_facet"
    pattern = "^[A-ZÆØÅ][0-9]{2}$"
    examples: ClassVar[tuple[str, ...]] = ("G01", "P25")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a letter, small or capital, and two digits.

        Raises:
            InvalidIdentifierError: another form.
        """
        given = cls._text(text)
        if not _FACET.fullmatch(given):
            raise cls._refused("it must be a letter and two digits, such as G01")
        return cls._made(given.upper())

    @property
    def category(self) -> str:
        """Its letter."""
        return self[0]
