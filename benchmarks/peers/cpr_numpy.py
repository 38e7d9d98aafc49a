"""The limit: digits as integers in NumPy, dates by table, a yes or no for each row and nothing else.

``list`` begins with the list of texts, as an extract is read; ``array`` with NumPy's own array of them.
"""

import sys
from calendar import isleap
from datetime import date

import numpy as np
from config_loop import serve
from cpr_case import column, kind, wrong_rows

_LENGTH = 10
_EVERY_DAY = np.zeros(10_000, dtype=bool)
for _day in range(365):
    _one = date.fromordinal(date(2001, 1, 1).toordinal() + _day)
    _EVERY_DAY[_one.day * 100 + _one.month] = True


def _century(digit: int, year: int) -> int:
    if digit <= 3:  # noqa: PLR2004 - CPR-kontoret's table
        return 1900
    if digit in (4, 9):
        return 2000 if year <= 36 else 1900  # noqa: PLR2004 - the same
    return 2000 if year <= 57 else 1800  # noqa: PLR2004 - the same


_LEAP = np.array([[isleap(_century(digit, year) + year) for year in range(100)] for digit in range(10)])


def right(texts: "np.ndarray[tuple[int], np.dtype[np.str_]]") -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether each text is a CPR number."""
    width = texts.dtype.itemsize // 4
    codes = texts.view(np.uint32).reshape(len(texts), width)
    digits = (codes[:, :_LENGTH] - 48).astype(np.uint8)
    found = (codes[:, :_LENGTH] - 48 < 10).all(axis=1)  # noqa: PLR2004 - unsigned: what is below "0" is huge
    if width > _LENGTH:
        found &= codes[:, _LENGTH] == 0
    digits[~found] = 0
    wide = digits.astype(np.int32)
    dates = ((wide[:, 0] * 10 + wide[:, 1]) * 10 + wide[:, 2]) * 10 + wide[:, 3]
    leap = (dates == 2902) & _LEAP[wide[:, 6], wide[:, 4] * 10 + wide[:, 5]]  # noqa: PLR2004 - 29 February
    answer: np.ndarray[tuple[int], np.dtype[np.bool_]] = found & (_EVERY_DAY[dates] | leap)
    return answer


if __name__ == "__main__":
    values = column(kind())
    array = np.array(values)
    serve(
        (lambda: right(np.array(values))) if sys.argv[2] == "list" else (lambda: right(array)),
        lambda answer: wrong_rows(int(row) + 1 for row in np.flatnonzero(~answer)),
    )
