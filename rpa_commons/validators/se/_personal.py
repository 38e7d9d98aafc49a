"""What Swedish personal numbers have in common: the date with its century, the serial and the check digit.

Rules this module keeps, by folkbokföringslagen (1991:481) §§ 18 and 18 a, and the Swedish Tax Agency's
leaflets SKV 704 (personnummer) and SKV M 2010:3 (samordningsnummer):

- The canonical form is ``yyyymmddnnnn``. Of ten digits the century follows from the sign: ``-`` until the
  year in which the person turns a hundred, ``+`` from that year on. Ten digits without a sign are of the
  latest century in which the date has come. All of it as of a day, today where none is named.
- The serial is one of 001 to 999, odd for men and even for women. The check digit is the Luhn digit of the
  ten digits, also where twelve are written.
- Centuries are 18, 19 and 20. No date lies after the day asked about.
"""

import re
from datetime import date
from typing import ClassVar, Literal, NamedTuple, Self

from rpa_commons.validators._check_digits import mod10
from rpa_commons.validators._days import day_of, real_day
from rpa_commons.validators._identifier import Identifier

__all__ = ["SwedishPersonal"]

_WRITTEN = re.compile(r"((?:[0-9]{2})?)([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9A-Z])([0-9]{3})", re.ASCII)
_CENTURIES = ("18", "19", "20")
_HUNDRED = 100


class _Parts(NamedTuple):
    century: str
    year: int
    month: int
    day: int
    sign: str
    first: str
    rest: str


class SwedishPersonal(Identifier):
    """A Swedish number for a person, in twelve characters: date of birth, serial, check digit."""

    __slots__ = ()

    personal: ClassVar[bool] = True
    full_length: ClassVar[int] = 10
    added_to_day: ClassVar[int] = 0
    """What the kind adds to the day of birth."""
    letters: ClassVar[str] = ""
    """The letters that the kind may have in place of the first serial digit; counted as 1."""
    may_be_no_date: ClassVar[bool] = False
    """Whether numbers of the kind are given whose date is none, for births that are not fully known."""
    off_day: ClassVar[str] = "its date is no date"
    """Why a number is refused whose day is not of this kind."""

    @classmethod
    def parse(cls, text: str, *, on: date | str | None = None) -> Self:
        """The number in twelve characters, from ten or twelve with ``-``, ``+`` or no sign.

        Args:
            text: ``"19640823-3234"``, ``"640823-3234"`` or without the sign.
            on: The day as of which centuries are read and births have come (today where it is left out).

        Raises:
            InvalidIdentifierError: other characters, no date, serial 000, a wrong check digit, or a number of
                another kind.
        """
        parts = cls._parts(text)
        year = cls._year(parts, day_of(on))
        serial = f"{'1' if parts.first in cls.letters else parts.first}{parts.rest}"
        if f"{parts.first}{parts.rest[:2]}" == "000":
            raise cls._refused("its serial number is 000, which nobody is given")
        short = f"{parts.year:02}{parts.month:02}{parts.day:02}"
        if not mod10(f"{short}{serial}"):
            raise cls._refused("its check digit is wrong")
        return cls._made(f"{year // 100}{short}{parts.first}{parts.rest}")

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """In twelve characters with a hyphen, which says the century whatever the year: ``19640823-3234``."""
        return f"{self[:8]}-{self[8:]}"

    def short(self, on: date | str | None = None) -> str:
        """In ten characters as the law has it: ``-``, or ``+`` from the year of the hundredth birthday on."""
        sign = "+" if day_of(on).year - int(self[:4]) >= _HUNDRED else "-"
        return f"{self[2:8]}{sign}{self[8:]}"

    @property
    def masked(self) -> str:
        """The date alone: ``19640823-••••``."""
        return f"{self[:8]}-••••"

    @property
    def birth_date(self) -> date | None:
        """The day it spells, if it spells one; the register's own may be another, close by, and wins."""
        return real_day(int(self[:4]), int(self[4:6]), int(self[6:8]) - self.added_to_day)

    @property
    def century(self) -> int:
        """1800, 1900 or 2000."""
        return int(self[:2]) * 100

    @property
    def sex(self) -> Literal["female", "male"]:
        """By the last digit of the serial."""
        return "male" if int(self[10]) % 2 else "female"

    @classmethod
    def _parts(cls, text: str) -> _Parts:
        written = cls._text(text).upper() if cls.letters else cls._text(text)
        if not written.isascii():
            raise cls._refused("it has characters or digits of another script: only 0-9 count")
        found = _WRITTEN.fullmatch(written.replace(" ", ""))
        if not found:
            raise cls._refused("it must be ten or twelve digits, - or + before the last four or none")
        century, year, month, day, sign, first, rest = found.groups()
        if cls.letters and first not in cls.letters:
            raise cls._refused(f"it must have one of the letters {cls.letters} before its last three digits")
        if not cls.letters and not first.isdigit():
            raise cls._refused("it has a letter, as interim numbers do")
        return _Parts(century, int(year), int(month), int(day), sign, first, rest)

    @classmethod
    def _year(cls, parts: _Parts, on: date) -> int:
        """The year of birth in four digits: as written, or in the century that follows."""
        day = parts.day - cls.added_to_day
        if not cls.is_day(parts.month, day):
            raise cls._refused(cls.off_day)
        year = cls._year_in_full(parts, on) if parts.century else _year_of_two(parts, day, on)
        born = real_day(year, parts.month, day)
        if born is None and not cls.may_be_no_date:
            raise cls._refused(cls.off_day)
        if (born or date(year, 1, 1)) > on:
            raise cls._refused("its date has not come yet")
        return year

    @classmethod
    def _year_in_full(cls, parts: _Parts, on: date) -> int:
        if parts.century not in _CENTURIES:
            raise cls._refused(f"its century must be one of {', '.join(_CENTURIES)}")
        year = int(parts.century) * 100 + parts.year
        if parts.sign == "+" and on.year - year < _HUNDRED:
            raise cls._refused("its + says a hundred years or more, which its year does not")
        return year

    @classmethod
    def is_day(cls, month: int, day: int) -> bool:
        """Whether month and day may stand in a number of this kind, whatever the year."""
        return 1 <= month <= 12 and 1 <= day <= 31  # noqa: PLR2004 - months and days


def _year_of_two(parts: _Parts, day: int, on: date) -> int:
    """The year of two digits: of the sign's century, or the latest in which the date has come."""
    latest = on.year - (on.year - parts.year) % _HUNDRED
    if parts.sign:
        return latest - (_HUNDRED if parts.sign == "+" else 0)
    born = real_day(latest, parts.month, day) or date(latest, 1, 1)
    return latest if born <= on else latest - _HUNDRED
