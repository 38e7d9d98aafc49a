"""Personal numbers in free text: found so that they can be kept out of logs, references and recordings.

Rules this module keeps: what was found is said by place, country and kind, never by value; a number that has
a check digit counts only where that is right, a Danish one where it spells a date; what stands inside a UUID
or a digest (32 hexadecimal digits or more) is random and does not count; the time taken grows with the length
of the text and no faster.

Usage:
    for found in find_identifiers(text):
        text[found.start : found.end]
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ._days import day_of
from ._errors import InvalidIdentifierError
from .dk import Cpr
from .no import Fodselsnummer
from .se import Interimsnummer, Personnummer, Samordningsnummer

__all__ = [
    "Found",
    "contains_personal_number",
    "cut_personal_numbers",
    "find_identifiers",
    "mask_personal_numbers",
]

COUNTRIES = ("dk", "no", "se")

_DASH = "[-\u2010-\u2015\u2212]"  # any dash a word processor makes
_DATE = r"[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}"
# Each stands alone among digits. They are looked for ahead of every place, so that one that turns out to be
# none cannot hide one that begins inside it: "4000 010150-5555" is a post code and a number.
_DANISH = re.compile(
    rf"(?<![0-9])(?=({_DATE}\s?{_DASH}?\s?[0-9]{{4}})(?![0-9])"
    r"|(?<![A-Za-z])([0-9]{6}[- ]?[0-9][A-Z]{2}[0-9])(?![0-9A-Za-z]))"
)
_GAP = rf"[ \u00a0]?{_DASH}?[ \u00a0]?"
_NORWEGIAN = re.compile(rf"(?<![0-9])(?=({_DATE}{_GAP}[0-9]{{3}} ?[0-9]{{2}})(?![0-9]))")
_SWEDISH = re.compile(
    rf"(?<![0-9])(?=((?:18|19|20)?[0-9]{{6}}(?:{_GAP}|\+)[0-9TRSUWXJKLMN][0-9]{{3}})(?![0-9]))"
)
# UUIDs and digests: one of 1,300 UUIDs and one of 190 SHA-256 digests holds ten digits that happen to spell a
# date. They are made of random bits, and a reference that is refused for them would be a case lost.
_RANDOM = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32,})(?![0-9A-Za-z])",
    re.ASCII,
)
_NO_SIGN = re.compile(r"[^0-9A-Z]")
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_RECENT = timedelta(days=400)
_FULL = 12
_DECEMBER = "12"
_COORDINATION = "60"  # the lowest day of a coordination number


class Found(NamedTuple):
    """Where a text holds a personal number, and of which sort; never the number itself."""

    country: str
    """``"dk"``, ``"no"`` or ``"se"``."""
    kind: str
    """The short name of its type: ``"cpr"``, ``"fodselsnummer"``, ``"personnummer"`` …"""
    start: int
    end: int


def find_identifiers(
    text: str, *, countries: Collection[str] = COUNTRIES, on: date | str | None = None
) -> tuple[Found, ...]:
    """Every personal number of Denmark, Norway and Sweden in the text, in order of place.

    Danish numbers with replacement numbers and eCPR, Norwegian with D-, help and synthetic numbers, Swedish
    with coordination and interim numbers. Ten digits that read as a Danish and as a Swedish number are found
    as both, at the same place.

    How often something else is taken for one, measured over a million random values of each length: of
    ten-digit numbers 7.3 % read as Danish (no check digit is in use there, a date is all it takes) and 0.8 %
    as Swedish, of eleven-digit ones 0.2 % as Norwegian, of twelve-digit ones 0.02 % as Swedish; of UUIDs and
    digests none. Twelve digits that are one of the last 400 days and a time of that day are a time stamp and
    no Swedish number: a tenth of them would read as one. The price: one of seven children born in those days
    is missed, and a tenth of older stamps is still taken for a number.

    Args:
        text: Any text.
        countries: Whose numbers to look for.
        on: The day as of which numbers are judged (today where it is left out).

    Raises:
        ValueError: a country that is not one of the three.
    """
    unknown = sorted(set(countries) - set(COUNTRIES))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: countries are {', '.join(COUNTRIES)}")
    day = day_of(on)
    random = [match.span() for match in _RANDOM.finditer(text)]
    found = [
        one for country in COUNTRIES if country in countries for one in _found(text, country, random, day)
    ]
    return tuple(sorted(found, key=lambda one: (one.start, -one.end, one.country)))


def contains_personal_number(text: str) -> bool:
    """Whether the text holds something that reads as a Danish, Norwegian or Swedish personal number.

    What stands inside a UUID or a digest (32 hexadecimal digits or more) is random and does not count.
    """
    return bool(find_identifiers(text))


def cut_personal_numbers(text: str) -> str:
    """The text with every personal number cut after the birth date: ``070661-••••``."""
    return _replaced(text, _cut)


def mask_personal_numbers(text: str) -> str:
    """The text with every personal number replaced by ``…``; UUIDs and digests stay whole."""
    return _replaced(text, lambda _: "…")


def _found(text: str, country: str, random: list[tuple[int, int]], day: date) -> Iterator[Found]:
    """The numbers of one country, also one that begins inside another: either may be the true one."""
    pattern, read = _READERS[country]
    spans = iter([*random, (len(text), len(text))])
    span = next(spans)
    for match in pattern.finditer(text):
        group = 1 if match.group(1) is not None else 2
        start, end = match.span(group)
        while span[1] <= start and span[0] < len(text):
            span = next(spans)
        kind = "" if span[0] < end and start < span[1] else read(match.group(group), day)
        if kind:
            yield Found(country, kind, start, end)


def _danish(written: str, day: date) -> str:  # noqa: ARG001 - the three are called alike
    bare = _NO_SIGN.sub("", written)
    if bare[2:4] > _DECEMBER:
        return ""
    return Cpr.name if _reads(lambda: Cpr.parse(bare, accept=("replacement", "ecpr"))) else ""


def _norwegian(written: str, day: date) -> str:
    digits = _NO_SIGN.sub("", written)
    if digits[0] > "7":
        return ""
    sorts = ("d", "h", "synthetic")
    return Fodselsnummer.name if _reads(lambda: Fodselsnummer.parse(digits, accept=sorts, on=day)) else ""


def _swedish(written: str, day: date) -> str:
    bare = _NO_SIGN.sub("", written)
    if bare[-8:-6] > _DECEMBER or _is_time_stamp(bare, day):
        return ""
    kind: type[Personnummer | Samordningsnummer | Interimsnummer] = Personnummer
    if bare[-6:-4] >= _COORDINATION:
        kind = Samordningsnummer
    if not bare[-4].isdigit():
        kind = Interimsnummer
    sign = "+" if "+" in written else "-" if len(bare) != len(written) else ""
    return kind.name if _reads(lambda: kind.parse(f"{bare[:-4]}{sign}{bare[-4:]}", on=day)) else ""


_READERS: dict[str, tuple[re.Pattern[str], Callable[[str, date], str]]] = {
    "dk": (_DANISH, _danish),
    "no": (_NORWEGIAN, _norwegian),
    "se": (_SWEDISH, _swedish),
}


def _reads(parse: Callable[[], object]) -> bool:
    try:
        parse()
    except InvalidIdentifierError:
        return False
    return True


def _is_time_stamp(digits: str, day: date) -> bool:
    """Whether twelve digits are a day of late and a time of that day, as in the name of a log file."""
    if len(digits) != _FULL or not _TIME_OF_DAY.fullmatch(digits[8:]):
        return False
    return f"{day - _RECENT:%Y%m%d}" <= digits[:8] <= f"{day:%Y%m%d}"


def _cut(written: str) -> str:
    """The birth date and as many dots as are left."""
    bare = _NO_SIGN.sub("", written)
    if len(bare) == 11:  # noqa: PLR2004 - a Norwegian number
        return f"{bare[:6]} •••••"
    return f"{bare[:-4]}-••••"


def _replaced(text: str, replace: Callable[[str], str]) -> str:
    """The text with what stands at each number replaced; of numbers that overlap the first is asked for."""
    pieces, done = [], 0
    for found in find_identifiers(text):
        if found.start >= done:
            pieces += [text[done : found.start], replace(text[found.start : found.end])]
        done = max(done, found.end)
    return "".join((*pieces, text[done:]))
