"""Personal numbers that somebody packed with a wheel: Danish, Norwegian and Swedish.

Rules this module keeps: a finding says where, never the number; a number that cannot be anybody's is let
through, wherever it stands: Danish numbers that spell a birth date from 2040 to 2057 (none is given before),
the three in the published examples of Danish Digital Post, and Norwegian synthetic ones (month + 80 or + 65).
The Danish register's own test numbers are refused, for some of them are real people's too, by its own word.

Source: CPR-kontoret, "Personnummeret i CPR"; Skatteetaten, "Fødselsnummer" and "Syntetiske testdata";
Skatteverket, "Personnummer".

Usage::

    find_personal_numbers(batch, findings)
"""

import re
from collections.abc import Iterator
from datetime import date

from rpa_commons.validators import InvalidIdentifierError, contains_personal_number, dk

from ._report import Findings
from ._texts import Batch, positions

__all__ = ["find_personal_numbers", "published_test_number"]

_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_SHAPES = (b"000000", b"00.00.00", b"00 00 00")
_TEN = re.compile(
    rb"([0-9]{2})[ .]?([0-9]{2})[ .]?([0-9]{2})"
    rb"(\s?(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92)\s?|\s?)([0-9]{4})(?![0-9])"
)
_NORWEGIAN = re.compile(rb"([0-9]{6})[ ]?([0-9]{5})(?![0-9])")
_SWEDISH = re.compile(rb"((?:19|20)?[0-9]{6})([-+]?)([0-9]{4})(?![0-9])")
_GOES_ON = re.compile(rb"[0-9]+[A-Za-z_]|[0-9]{9,}[.][0-9]")
_JOINED = re.compile(rb"[A-Za-z_]\Z|[0-9][.,]\Z|[0-9A-Za-z]-\Z")
_LABEL = re.compile(rb"(?i:cpr|cprnr|pnr|fnr|personnr|personnummer|fodselsnummer|nr|no|nummer)[._:#-]?\Z")
_LONGEST_LABEL = 16
_RANDOM = re.compile(rb"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-")
_PUBLISHED = frozenset({"2211771212", "2512169996", "0706614818"})
_NOBODY_YET = (date(2040, 1, 1), date(2057, 12, 31))
_CPR_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_NO_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_NO_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_LONGEST_RUN = 12
_HELP = "take it out: use the published test numbers, or numbers that are nobody's"


def published_test_number(digits: str) -> bool:
    """Whether a Danish number is certainly nobody's."""
    if digits in _PUBLISHED:
        return True
    try:
        born = dk.Cpr.parse(digits).birth_date
    except InvalidIdentifierError:
        return False
    return born is not None and _NOBODY_YET[0] <= born <= _NOBODY_YET[1]


def find_personal_numbers(batch: Batch, findings: Findings) -> None:
    """Find personal numbers in many files (A152), and what only may be one (A182)."""
    text = batch.text
    shaped = text.translate(_AS_ZERO)
    done = 0
    for at in sorted(at for shape in _SHAPES for at in _first_of_runs(shaped, shape)):
        if at < done or _is_random(text, at):
            continue
        found = _judged(text, at)
        if found is not None:
            code, what, done = found
            said = "holds" if code == "A152" else "may hold"
            findings.add(code, batch.place(at), f"{said} a {what} personal number", _HELP)


def _first_of_runs(shaped: bytes, shape: bytes) -> Iterator[int]:
    """Where a run of digits begins; longer runs than any number are left out."""
    for at in positions(shaped, shape):
        if at and shaped.startswith(b"0", at - 1):
            continue
        if not shaped.startswith(b"0" * (_LONGEST_RUN + 1), at):
            yield at


def _is_random(text: bytes, at: int) -> bool:
    """Whether the digits stand inside a word, a digest or a UUID, or are the decimals of a number."""
    before = text[max(at - 2, 0) : at]
    is_labelled = _LABEL.search(text[max(at - _LONGEST_LABEL, 0) : at])  # "CPR070661-4818"
    if (_JOINED.search(before) and not is_labelled) or _RANDOM.match(text, at):
        return True
    return bool(_GOES_ON.match(text, at))


def _judged(text: bytes, at: int) -> tuple[str, str, int] | None:
    """The code, whose number it is, and where it ends."""
    match = _NORWEGIAN.match(text, at)
    if match and _is_norwegian((match[1] + match[2]).decode()):
        return "A152", "Norwegian", match.end()
    match = _SWEDISH.match(text, at)
    if match and (match[2] or len(match[1]) > 6) and _is_swedish(match[1][-6:].decode(), match[3].decode()):  # noqa: PLR2004 - with its century
        return "A152", "Swedish", match.end()
    match = _TEN.match(text, at)
    if match is None:
        return None
    digits = (match[1] + match[2] + match[3] + match[5]).decode()
    if not contains_personal_number(digits) or published_test_number(digits):
        return None
    has_dash = match[4].strip() != b""
    if has_dash or _weighted(digits, _CPR_WEIGHTS):
        return "A152", "Danish", match.end()
    return "A182", "Danish", match.end()  # issued without check digit since 2007: or any ten digits


def _weighted(digits: str, weights: tuple[int, ...]) -> bool:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11 == 0


def _is_norwegian(digits: str) -> bool:
    """A birth or D-number with both check digits right; not one that is synthetic."""
    day, month = int(digits[:2]), int(digits[2:4])
    day -= 40 if day > 40 else 0  # noqa: PLR2004 - a D-number
    month -= 40 if 40 < month <= 52 else 0  # noqa: PLR2004 - a help number
    return _is_day(day, month) and _weighted(digits, _NO_FIRST) and _weighted(digits, _NO_SECOND)


def _is_swedish(birth: str, end: str) -> bool:
    day = int(birth[4:])
    day -= 60 if day > 60 else 0  # noqa: PLR2004 - a coordination number
    return end[:3] != "000" and _is_day(day, int(birth[2:4])) and _luhn(birth + end)


def _is_day(day: int, month: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(digits)]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0  # noqa: PLR2004 - the cross sum
