"""Danish identifiers, as far as the first bot needs them: CPR, CVR and municipality codes.

A CPR number is never refused on modulus 11: since 1 October 2007 numbers without it are issued
(https://cpr.dk, "Personnumre uden kontrolciffer"). Digits are ASCII digits only.
"""

import re
from datetime import date

from ._errors import InvalidIdentifierError

__all__ = ["cpr", "cpr_birth_date", "cvr", "municipality_code"]

_CPR = re.compile(r"[0-9]{6}-?[0-9]{4}", re.ASCII)
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_CENTURY_ENDS = {  # seventh digit -> ((last year, century), ...); CPR-kontoret, "Personnummeret i CPR"
    **dict.fromkeys("0123", ((99, 1900),)),
    "4": ((36, 2000), (99, 1900)),
    **dict.fromkeys("5678", ((57, 2000), (99, 1800))),
    "9": ((36, 2000), (99, 1900)),
}


def cpr(text: str) -> str:
    """The ten digits of a personal number given as ``ddmmyynnnn`` or ``ddmmyy-nnnn``.

    Raises:
        InvalidIdentifierError: not ten ASCII digits, or the first six are no date.
    """
    if not _CPR.fullmatch(text):
        raise InvalidIdentifierError("CPR number", "it must be ten digits, hyphen after six or none")
    digits = text.replace("-", "")
    cpr_birth_date(digits)
    return digits


def cpr_birth_date(digits: str) -> date:
    """The date that the number spells, century from the seventh digit and the year.

    It is how the number was built, not proof of a birthday: a register's own birth date wins.

    Raises:
        InvalidIdentifierError: the first six digits are no date in that century.
    """
    year = int(digits[4:6])
    century = next(century for last, century in _CENTURY_ENDS[digits[6]] if year <= last)
    try:
        return date(century + year, int(digits[2:4]), int(digits[:2]))
    except ValueError:
        raise InvalidIdentifierError("CPR number", "its first six digits are no date") from None


def cvr(text: str) -> str:
    """The eight digits of a company or authority number (modulus 11).

    Raises:
        InvalidIdentifierError: not eight ASCII digits, or the check digit is wrong.
    """
    if not re.fullmatch(r"[1-9][0-9]{7}", text, re.ASCII):
        raise InvalidIdentifierError("CVR number", "it must be eight digits, the first not 0")
    if sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, text, strict=True)) % 11:
        raise InvalidIdentifierError("CVR number", "its check digit is wrong")
    return text


def municipality_code(text: str) -> str:
    """Four digits with leading zeros, ``"0265"``; whether the code is in use is not asked here.

    Raises:
        InvalidIdentifierError: not four ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        raise InvalidIdentifierError("municipality code", "it must be four digits, leading zeros kept")
    return text
