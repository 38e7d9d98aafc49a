"""The Swedish personal number (personnummer), coordination number and interim number.

Test numbers: the Swedish Tax Agency publishes *lists* of numbers that are never given to a person. 38,716 of
41,129 have a serial of 238, 239, 980 or 981, the others any; no rule tells a test number by its digits, and
the same serials may stand in numbers of people. So the mode (production, test) changes nothing here.
"""

from typing import ClassVar

from ._personal import SwedishPersonal

__all__ = ["Interimsnummer", "Personnummer", "Samordningsnummer"]


class Personnummer(SwedishPersonal):
    """A Swedish personal number, given to who is registered as resident: ``yyyymmddnnnn``."""

    __slots__ = ()

    kind: ClassVar[str] = "Swedish personal number (personnummer)"
    name: ClassVar[str] = "personnummer"
    pattern: ClassVar[str] = "^(18|19|20)[0-9]{10}$"
    examples: ClassVar[tuple[str, ...]] = ("189001019802", "202301022386")  # the agency's test numbers
    off_day: ClassVar[str] = "its date is no date (60 to 91 as day is a coordination number's)"


class Samordningsnummer(SwedishPersonal):
    """A Swedish coordination number, given to who is not registered as resident: the day of birth plus 60.

    Where the birth is not fully known the month may be 00 and the day 60, and the two need be no date: 194 of
    the 2,264 test numbers that the tax agency publishes are so. Their ``birth_date`` is ``None``.
    """

    __slots__ = ()

    kind: ClassVar[str] = "Swedish coordination number (samordningsnummer)"
    name: ClassVar[str] = "samordningsnummer"
    pattern: ClassVar[str] = "^(18|19|20)[0-9]{4}[6-9][0-9]{5}$"
    examples: ClassVar[tuple[str, ...]] = ("191401682396", "191403702390")  # the agency's test numbers
    added_to_day: ClassVar[int] = 60
    may_be_no_date: ClassVar[bool] = True
    off_day: ClassVar[str] = "its month is not one of 00 to 12, or its day none of 60 to 91"

    @classmethod
    def is_day(cls, month: int, day: int) -> bool:
        """Months from 00 on, days from 60 on."""
        return 0 <= month <= 12 and 0 <= day <= 31  # noqa: PLR2004 - months and days


class Interimsnummer(SwedishPersonal):
    """A Swedish interim number, which a school or university gives while there is no other: with a letter.

    One of the letters T R S U W X J K L M N stands for the first digit of the serial and counts as 1 in the
    check digit. There is no law about it; the rule is SUNET's, which universities follow.
    """

    __slots__ = ()

    kind: ClassVar[str] = "Swedish interim number (interimsnummer)"
    name: ClassVar[str] = "interimsnummer"
    pattern: ClassVar[str] = "^(18|19|20)[0-9]{6}[TRSUWXJKLMN][0-9]{3}$"
    examples: ClassVar[tuple[str, ...]] = ("20000101T220",)
    letters: ClassVar[str] = "TRSUWXJKLMN"
