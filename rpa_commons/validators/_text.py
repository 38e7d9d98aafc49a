"""Personal numbers in free text: found so that they can be kept out of logs and references."""

import re
from collections.abc import Iterator

from . import dk
from ._errors import InvalidIdentifierError

__all__ = ["contains_personal_number", "mask_personal_numbers"]

# Ten digits that stand alone: together, ddmmyy-nnnn with any dash a word processor makes, or in groups.
_CANDIDATE = re.compile(
    r"(?<![0-9])[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}\s?[-\u2010-\u2015\u2212]?\s?[0-9]{4}(?![0-9])"
)
# UUIDs and digests: one of 1,300 UUIDs and one of 190 SHA-256 digests holds ten digits that happen to spell a
# date. They are made of random bits, and a reference that is refused for them would be a case lost.
_RANDOM = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32,})(?![0-9A-Za-z])",
    re.ASCII,
)


def _is_personal(digits: str) -> bool:
    day = int(digits[:2])
    if day > 60:  # noqa: PLR2004 - a replacement number: the day of birth plus 60
        digits = f"{day - 60:02}{digits[2:]}"
    try:
        dk.cpr(digits)
    except InvalidIdentifierError:
        return False
    return True


def _personal(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every personal number in the text."""
    random = [match.span() for match in _RANDOM.finditer(text)]
    for match in _CANDIDATE.finditer(text):
        start, end = match.span()
        if _is_personal(re.sub(r"[^0-9]", "", match.group())) and not any(
            first < end and start < last for first, last in random
        ):
            yield start, end


def contains_personal_number(text: str) -> bool:
    """Whether the text holds something that reads as a Danish personal number.

    What stands inside a UUID or a digest (32 hexadecimal digits or more) is random and does not count.
    """
    return any(True for _ in _personal(text))


def cut_personal_numbers(text: str) -> str:
    """The text with every personal number cut after the birth date: ``070661-••••``."""
    pieces, done = [], 0
    for start, end in _personal(text):
        digits = re.sub(r"[^0-9]", "", text[start:end])
        pieces += [text[done:start], f"{digits[:6]}-••••"]
        done = end
    return "".join((*pieces, text[done:]))


def mask_personal_numbers(text: str) -> str:
    """The text with every personal number replaced by ``…``; UUIDs and digests stay whole."""
    pieces, done = [], 0
    for start, end in _personal(text):
        pieces += [text[done:start], "…"]
        done = end
    return "".join((*pieces, text[done:]))
