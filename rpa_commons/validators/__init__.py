"""Identifiers and what they mean; pure, without I/O, importable without the rest."""

from . import dk
from ._errors import InvalidIdentifierError
from ._text import contains_personal_number, cut_personal_numbers, mask_personal_numbers

__all__ = [
    "InvalidIdentifierError",
    "contains_personal_number",
    "cut_personal_numbers",
    "dk",
    "mask_personal_numbers",
]
