"""The Danish personal number (CPR-nummer).

Rules this module keeps: modulus 11 refuses nobody (since 1 October 2007 numbers without it are issued:
https://cpr.dk, "Personnumre uden kontrolciffer"); a number must spell a real date; numbers that stand in for
one that a person does not have are read only where they were asked for.

Usage:
    Cpr.parse("070661-4818").birth_date
    Cpr.parse(text, accept={"replacement", "ecpr"})
    Annotated[Cpr, accept("ecpr")]  # in a pydantic model
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal, Self, get_args

from rpa_commons.validators._identifier import Identifier, ParseOptions

from ._century import EVERY_DAY, century, ecpr_century, spelt

__all__ = ["Cpr", "StandIn", "accept"]

StandIn = Literal["replacement", "ecpr"]

_WRITTEN = re.compile(r"([0-9]{6})[- ]?([0-9]{4}|[0-9][A-Za-z]{2}[0-9])", re.ASCII)
_FORM = "it must be ten digits, hyphen after six or none"
_LENGTH = 10
_REPLACED = 60  # added to the day of birth


class Cpr(Identifier):
    """A Danish personal number (CPR): ten digits, of which six are the day of birth.

    What it spells is how it was built, not proof of a birthday: a register's own birth date wins.
    """

    __slots__ = ()

    kind = "CPR number"
    name = "cpr"
    pattern = "^[0-9]{10}$"
    # Published in the examples of Digital Post's message format.
    examples: ClassVar[tuple[str, ...]] = ("0706614818", "2512169996")
    personal = True
    full_length = _LENGTH

    @classmethod
    def parse(cls, text: str, *, accept: Iterable[StandIn] | StandIn = ()) -> Self:
        """Read ``ddmmyynnnn``, with a hyphen or a space after six digits or none.

        Args:
            text: What was given.
            accept: Which stand-ins are taken besides: ``"replacement"`` (day of birth plus 60), ``"ecpr"``
                (two letters in place 8 and 9, as health care issues them).

        Raises:
            InvalidIdentifierError: another form, no real date, or a stand-in that was not asked for.
            ValueError: ``accept`` names something else, which is a mistake of the caller.
        """
        taken = _taken(accept)
        given = cls._text(text)
        match = _WRITTEN.fullmatch(given)
        if not match:
            if not given.isascii():
                cls._digits(given)  # says when it is another script's digits
            raise cls._refused(_FORM)
        number = f"{match[1]}{match[2]}".upper()
        if not number.isdigit():
            cls._check_ecpr(number, taken=taken)
        elif int(number[:2]) > _REPLACED:
            cls._check_replacement(number, taken=taken)
        elif spelt(number, century(number)) is None:
            raise cls._refused("its first six digits are no date")
        return cls._made(number)

    @property
    def is_ecpr(self) -> bool:
        """Whether it is an eCPR: it has letters."""
        return not self.isdigit()

    @property
    def is_replacement(self) -> bool:
        """Whether it is a replacement number: its day is the day of birth plus 60."""
        return int(self[:2]) > _REPLACED

    @property
    def century(self) -> int | None:
        """1800, 1900 or 2000; ``None`` for a replacement number, whose seventh digit has no rule."""
        if self.is_replacement:
            return None
        return ecpr_century(self[6]) if self.is_ecpr else century(self)

    @property
    def birth_date(self) -> date | None:
        """The date it spells; ``None`` for a stand-in: an eCPR may spell the day it was made."""
        if self.is_ecpr or self.is_replacement:
            return None
        return spelt(self, century(self))

    @property
    def sex(self) -> Literal["female", "male"] | None:
        """By the last digit, odd for men; ``None`` for a replacement number."""
        if self.is_replacement:
            return None
        return "male" if int(self[9]) % 2 else "female"

    @property
    def masked(self) -> str:
        """``070661-••••``."""
        return f"{self[:6]}-••••"

    def _written(self) -> str:
        """``070661-4818``."""
        return f"{self[:6]}-{self[6:]}"

    @classmethod
    def _check_ecpr(cls, number: str, *, taken: frozenset[str]) -> None:
        first = ecpr_century(number[6])
        if first is None or spelt(number, first) is None:
            raise cls._refused(f"{_FORM}; nor is it an eCPR")
        if "ecpr" not in taken:
            raise cls._refused("it is an eCPR, which is not accepted here")

    @classmethod
    def _check_replacement(cls, number: str, *, taken: frozenset[str]) -> None:
        born = f"{int(number[:2]) - _REPLACED:02}{number[2:6]}"
        if not any(spelt(born, first) for first in (1900, 2000)):
            raise cls._refused("its first six digits are no date")
        if "replacement" not in taken:
            raise cls._refused(
                "it is a replacement number (day of birth plus 60), which is not accepted here"
            )

    @classmethod
    def _pattern_with(cls, options: Mapping[str, Any]) -> str:
        return "^[0-9]{7}([0-9]{2}|[A-Z]{2})[0-9]$" if "ecpr" in options.get("accept", ()) else cls.pattern

    @classmethod
    def _unsure(cls, values: Sequence[Any]) -> Iterable[int]:
        """Positions that must be read one by one; the others are right, whatever the options."""
        # Measured: in plain Python nothing that asks all values at once is quicker than this.
        return [
            at
            for at, value in enumerate(values)
            if not (
                type(value) is str
                and len(value) == _LENGTH
                and value.isdigit()
                and value.isascii()
                and value[:4] in EVERY_DAY
            )
        ]


def accept(*stand_ins: StandIn) -> ParseOptions:
    """Which stand-ins an annotated type reads, e.g. ``"ecpr"``.

    Raises:
        ValueError: none of that name.
    """
    return ParseOptions.of(accept=tuple(sorted(_taken(stand_ins))))


def _taken(accept: Iterable[str]) -> frozenset[str]:
    if not accept:
        return frozenset()
    taken = frozenset((accept,) if isinstance(accept, str) else accept)
    known = get_args(StandIn)
    if not taken <= set(known):
        raise ValueError(f"stand-ins for a CPR number are {' and '.join(map(repr, known))}")
    return taken
