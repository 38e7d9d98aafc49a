"""A column of a million texts that should be CPR numbers, and what every contestant must find in it.

Dates of a century in random order, leap days among them; ``clean`` has one wrong row in a thousand, ``dirty``
one in ten: no date, a leading zero lost, a letter, digits of another script. Nobody is born after today, whom
python-stdnum refuses by its own rule, and nothing is blank. Needs nothing but the standard library.
"""

import hashlib
import random
import sys
from collections.abc import Iterable
from datetime import date, timedelta

__all__ = ["ROWS", "column", "wrong_rows"]

ROWS = 1_000_000
_FIRST, _LAST = date(1925, 1, 1), date(2024, 12, 31)
_EVERY = {"clean": 1000, "dirty": 10}


def column(kind: str) -> list[str]:
    """The texts; the same in every process."""
    rng = random.Random(f"cpr:{kind}")  # noqa: S311 - invented numbers, no secret
    days = [_FIRST + timedelta(days=day) for day in range((_LAST - _FIRST).days + 1)]
    spoil = (_no_date, _lost_zero, _letter, _other_script)
    values = []
    for row in range(ROWS):
        born = days[rng.randrange(len(days))]
        sevenths = "4567" if born.year >= 2000 else "0123"  # noqa: PLR2004 - the century
        number = f"{born:%d%m%y}{rng.choice(sevenths)}{rng.randrange(1000):03}"
        values.append(spoil[rng.randrange(4)](number) if row % _EVERY[kind] == 0 else number)
    return values


def wrong_rows(rows: Iterable[int]) -> list[object]:
    """How many rows are wrong, and which, as something short to compare."""
    numbers = list(rows)
    return [len(numbers), hashlib.sha256(repr(numbers).encode()).hexdigest()]


def kind() -> str:
    """Which column this process is asked to hold."""
    return sys.argv[1]


def _no_date(number: str) -> str:
    return f"3102{number[4:]}"


def _lost_zero(number: str) -> str:
    return f"{1 + int(number[1]) % 9}{number[2:]}"


def _letter(number: str) -> str:
    return f"{number[:6]}O{number[7:]}"


def _other_script(number: str) -> str:
    return "".join(chr(0x0660 + int(digit)) for digit in number)  # Arabic-Indic digits
