"""The century rule of the CPR number, and the date that a number spells.

Rules this module keeps: the seventh digit and the two-digit year decide the century together (CPR-kontoret,
"Personnummeret i CPR", table of the seventh digit); whether the date is real is asked of the calendar in that
century, so that 29 February 1900 is none; nothing depends on today.
"""

from datetime import date

from rpa_commons.validators._days import real_day

__all__ = ["EVERY_DAY", "century", "ecpr_century", "spelt"]

_ENDS = {  # seventh digit -> ((last year, century), ...)
    **dict.fromkeys("0123", ((99, 1900),)),
    "4": ((36, 2000), (99, 1900)),
    **dict.fromkeys("5678", ((57, 2000), (99, 1800))),
    "9": ((36, 2000), (99, 1900)),
}
_ECPR = {"0": 1900, "1": 1900, "5": 1800, "6": 2000, "7": 2000}
# Whether these exist depends on no year.
EVERY_DAY = frozenset(
    f"{day:02}{month:02}" for month in range(1, 13) for day in range(1, 32) if real_day(2001, month, day)
)


def century(digits: str) -> int:
    """1800, 1900 or 2000, by the seventh digit and the year (digits five and six)."""
    year = int(digits[4:6])
    return next(century for last, century in _ENDS[digits[6]] if year <= last)


def ecpr_century(seventh: str) -> int | None:
    """The century that an eCPR's seventh character says; ``None`` for one that says none.

    1 and 7 in national numbers (X-eCPR), 0, 5 and 6 in those that regions made (D-eCPR):
    Sundhedsdatastyrelsen, "eCPR-formater".
    """
    return _ECPR.get(seventh)


def spelt(digits: str, century: int) -> date | None:
    """The date in the first six digits, in that century; ``None`` where it is none."""
    return real_day(century + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
