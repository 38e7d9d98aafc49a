"""Personal numbers in free text: found so that they can be kept out of logs and references."""

import re

from . import dk
from ._errors import InvalidIdentifierError

__all__ = ["contains_personal_number", "mask_personal_numbers"]

# Ten digits that stand alone, written together or ddmmyy-nnnn / ddmmyy nnnn.
_CANDIDATE = re.compile(r"(?<![0-9])[0-9]{6}[- ]?[0-9]{4}(?![0-9])", re.ASCII)


def _is_personal(match: re.Match[str]) -> bool:
    digits = re.sub(r"[- ]", "", match.group())
    day = int(digits[:2])
    if day > 60:  # noqa: PLR2004 - a replacement number: the day of birth plus 60
        digits = f"{day - 60:02}{digits[2:]}"
    try:
        dk.cpr(digits)
    except InvalidIdentifierError:
        return False
    return True


def contains_personal_number(text: str) -> bool:
    """Whether the text holds something that reads as a Danish personal number."""
    return any(_is_personal(match) for match in _CANDIDATE.finditer(text))


def mask_personal_numbers(text: str) -> str:
    """The text with every personal number replaced by ``…``."""
    return _CANDIDATE.sub(lambda match: "…" if _is_personal(match) else match.group(), text)
