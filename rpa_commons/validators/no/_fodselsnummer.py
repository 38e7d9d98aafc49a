"""The Norwegian personal number (fødselsnummer), with D-numbers, help numbers and numbers made for tests.

Rules this module keeps, each by the Norwegian Tax Administration's documentation of the population register:

- Eleven digits: day, month and year of two digits each, an individual number of three, two check digits.
- D-numbers add 40 to the day. Help numbers (H) add 40 to the month; so do NAV's own synthetic numbers: the
  digits do not tell the two apart. Synthetic numbers of the register add 80 to the month, those of Norsk
  helsenett and Dolly 65. Each is let in where it is asked for, the synthetic ones in test mode too.
- Check digits: the remainder of the first must be 0; for numbers issued from 1 January 2032 (also to people
  born earlier) it may be 0, 1, 2 or 3. The second's must be 0 in both. A number that is right by the rule of
  2032 alone cannot have been issued before: it is refused for an earlier day unless ``"2032"`` is asked for.
- Century and sex follow from the individual number of those issued before 2032. From then on they do not,
  and a number alone never says when it was issued: from 2032 on nothing is derived.
- An individual number outside the published series is not refused: the register's own validator does not
  look at it either. Its century is then unknown.

Sources: skatteetaten.github.io/folkeregisteret-api-dokumentasjon ("Nytt fødselsnummer fra 2032", "Test for
konsumenter", "Utvidelse av D-nummerserien"); folkeregisterforskriften, chapter 2, for the series.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Self

from rpa_commons.validators._check_digits import weighted_sum
from rpa_commons.validators._days import day_of, real_day
from rpa_commons.validators._identifier import Identifier, ParseOptions
from rpa_commons.validators._modes import number_mode

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Fodselsnummer", "accept"]

NEW_RULE_FROM = date(2032, 1, 1)
"""Numbers issued from this day on follow the new rule for the first check digit."""

Accepted = Literal["d", "h", "synthetic", "2032"]

_ACCEPTABLE = frozenset(("d", "h", "synthetic", "2032"))
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_OLD_REMAINDERS = frozenset((0,))
_NEW_REMAINDERS = frozenset((0, 1, 2, 3))
_REMAINDER_0 = 0


class _Series(NamedTuple):
    """People born in these years have individual numbers between these two."""

    lowest: int
    highest: int
    first_year: int
    last_year: int


_BIRTH_SERIES = (
    _Series(500, 749, 1854, 1899),
    _Series(0, 499, 1900, 1999),
    _Series(900, 999, 1940, 1999),
    _Series(500, 999, 2000, 2039),
)
_D_SERIES = (  # since 16 November 2021
    _Series(500, 599, 1858, 1899),
    _Series(0, 199, 1900, 1939),
    _Series(0, 499, 1940, 1999),
    _Series(600, 999, 1940, 1999),
    _Series(200, 999, 2000, 2039),
)


class Fodselsnummer(Identifier):
    """A Norwegian personal number: eleven digits with two check digits.

    ``accept`` names what is let in besides ordinary numbers: ``"d"`` (D-numbers), ``"h"`` (help numbers and
    NAV's synthetic ones), ``"synthetic"``, ``"2032"`` (right by the rule of 2032 alone).
    """

    __slots__ = ()

    kind: ClassVar[str] = "Norwegian personal number (fødselsnummer)"
    name: ClassVar[str] = "fodselsnummer"
    pattern: ClassVar[str] = "^[0-9]{11}$"
    examples: ClassVar[tuple[str, ...]] = ("17912099997", "29822099635")  # synthetic: nobody's by rule
    personal: ClassVar[bool] = True
    full_length: ClassVar[int] = 11

    @classmethod
    def parse(
        cls, text: str, *, accept: Collection[Accepted | str] = (), on: date | str | None = None
    ) -> Self:
        """The number, spaces and a hyphen left out.

        Args:
            text: ``"17912099997"`` or as people write it, ``"179120 99997"``.
            accept: What is let in besides ordinary numbers: ``"d"``, ``"h"``, ``"synthetic"``, ``"2032"``.
            on: The day the number was in use (today where it is left out): from 2032 on the new rule counts.

        Raises:
            InvalidIdentifierError: it is no number, or one of a sort that was not asked for.
            ValueError: ``accept`` names a sort that does not exist.
        """
        wanted, day = _wanted(accept), day_of(on)
        digits = cls._digits(text, length=11)
        number = cls._made(digits)
        new_rule = day >= NEW_RULE_FROM or "2032" in wanted
        cls._check_date(number, new_rule=new_rule)
        cls._check_remainders(digits, new_rule=new_rule)
        for sort, present, reason in (
            ("d", number.is_d_number, "it is a D-number, which is not asked for here"),
            ("h", number.is_h_number, "it is a help number (or NAV's synthetic one), not asked for here"),
            ("synthetic", number.is_synthetic, "it is a synthetic number, made for tests"),
        ):
            if present and sort not in wanted:
                raise cls._refused(reason)
        if not new_rule and (number.spelled_birth_date(day) or day) > day:
            raise cls._refused("its date has not come yet")
        return number

    def format(self) -> str:  # type: ignore[override] # an identifier is no template
        """As people write it: ``179120 99997``."""
        return f"{self[:6]} {self[6:]}"

    @property
    def masked(self) -> str:
        """The birth date alone: ``179120 •••••``."""
        return f"{self[:6]} •••••"

    @property
    def is_d_number(self) -> bool:
        """Whether 40 is added to the day: given to who is not resident in Norway."""
        return self[0] in "4567"

    @property
    def is_h_number(self) -> bool:
        """Whether 40 is added to the month: a help number, or a synthetic number of NAV's own."""
        return 40 < int(self[2:4]) <= 52  # noqa: PLR2004 - twelve months from 41 on

    @property
    def is_synthetic(self) -> bool:
        """Whether 80 (the population register's) or 65 (Norsk helsenett's, Dolly's) is added to the month."""
        return 65 < int(self[2:4]) <= 77 or int(self[2:4]) > 80  # noqa: PLR2004 - twelve months from 66, 81 on

    @property
    def birth_date(self) -> date | None:
        """The day it spells; ``None`` where the century does not follow, and from 2032 on."""
        return self.spelled_birth_date()

    @property
    def century(self) -> int | None:
        """1800, 1900 or 2000; ``None`` where it does not follow, and from 2032 on."""
        born = self.spelled_birth_date()
        return born.year // 100 * 100 if born else None

    @property
    def sex(self) -> Literal["female", "male"] | None:
        """By the ninth digit; ``None`` from 2032 on, when numbers say nothing of it."""
        return self.spelled_sex()

    def spelled_birth_date(self, on: date | str | None = None) -> date | None:
        """What `birth_date` is on that day: a number read before 2032 was issued before 2032."""
        if not self._is_of_1964(on):
            return None
        day, month, year = _spelled(self)
        individual = int(self[6:9])
        for series in _D_SERIES if self.is_d_number else _BIRTH_SERIES:
            if series.lowest <= individual <= series.highest:
                full = series.first_year // 100 * 100 + year
                if series.first_year <= full <= series.last_year:
                    return real_day(full, month, day)
        return None

    def spelled_sex(self, on: date | str | None = None) -> Literal["female", "male"] | None:
        """What `sex` is on that day: a number read before 2032 was issued before 2032."""
        if not self._is_of_1964(on):
            return None
        return "male" if int(self[8]) % 2 else "female"

    def _is_of_1964(self, on: date | str | None) -> bool:
        return day_of(on) < NEW_RULE_FROM and _remainders(self)[0] in _OLD_REMAINDERS

    @classmethod
    def _check_date(cls, number: Self, *, new_rule: bool) -> None:
        """That the first six digits are a day, in the century they are of where that is known."""
        day, month, year = _spelled(number)
        if not 1 <= day <= 31:  # noqa: PLR2004 - days of a month
            raise cls._refused("its first two digits are no day")
        if not 1 <= month <= 12:  # noqa: PLR2004 - months
            raise cls._refused("its third and fourth digits are no month")
        # Of two digits for the year 00 is the leap year 2000, as the register's own validator has it.
        if not real_day(2000 + year, month, day):
            raise cls._refused("its first six digits are no date")
        if not new_rule and (year, month, day) == (0, 2, 29) and _born_1900(number):
            raise cls._refused("its first six digits are no date in that century")

    @classmethod
    def _check_remainders(cls, digits: str, *, new_rule: bool) -> None:
        first, second = _remainders(digits)
        if first not in _NEW_REMAINDERS or second != _REMAINDER_0:
            raise cls._refused("its check digits are wrong")
        if first not in _OLD_REMAINDERS and not new_rule:
            raise cls._refused(f"its check digits are right only for numbers issued from {NEW_RULE_FROM} on")


def accept(*sorts: Accepted) -> ParseOptions:
    """What is let in besides ordinary numbers, beside the type in an annotation.

    Raises:
        ValueError: a sort that does not exist.
    """
    _wanted(sorts, mode="production")
    return ParseOptions.of(accept=frozenset(sorts))


def _wanted(sorts: Collection[str], *, mode: str | None = None) -> frozenset[str]:
    """The sorts to let in; those made for tests too in test mode."""
    sorts = (sorts,) if isinstance(sorts, str) else sorts
    unknown = sorted(set(sorts) - _ACCEPTABLE)
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: a fødselsnummer has the sorts {', '.join(sorted(_ACCEPTABLE))}"
        )
    made_for_tests = ("h", "synthetic", "2032") if (mode or number_mode()) == "test" else ()
    return frozenset((*sorts, *made_for_tests))


def _spelled(digits: str) -> tuple[int, int, int]:
    """Day, month and year of two digits, without what D-numbers and the others add."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    added = next((added for added in (80, 65, 40) if month > added), 0)
    return day - 40 if digits[0] in "4567" else day, month - added, year


def _born_1900(digits: str) -> bool:
    """Whether the individual number says 1900 rather than 2000, for a year of 00."""
    return int(digits[6:9]) < (200 if digits[0] in "4567" else 500)


def _remainders(digits: str) -> tuple[int, int]:
    """What remains of both weighted sums, check digits included, by 11."""
    return weighted_sum(digits[:10], _FIRST) % 11, weighted_sum(digits, _SECOND) % 11
