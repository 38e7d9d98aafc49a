"""Identifiers and what they mean; pure, without I/O, importable without the rest."""

from . import dk, no, se
from ._bic import Bic
from ._catalogue import identifier_types, named_type, takes
from ._columns import ColumnCheck, ColumnFinding, ColumnReport, lost_zeros, validate_column
from ._delimited import FileReport, validate_delimited
from ._ean import Ean
from ._errors import InvalidIdentifierError, UnknownTypeError, UnusableFileError
from ._iban import Iban
from ._identifier import Identifier, ParseOptions, adapter
from ._modes import NumberMode, number_mode, numbers
from ._scrub import Scrubbed, StandIns, scrub
from ._text import (
    Found,
    contains_personal_number,
    cut_personal_numbers,
    find_identifiers,
    mask_personal_numbers,
)

__all__ = [
    "Bic",
    "ColumnCheck",
    "ColumnFinding",
    "ColumnReport",
    "Ean",
    "FileReport",
    "Found",
    "Iban",
    "Identifier",
    "InvalidIdentifierError",
    "NumberMode",
    "ParseOptions",
    "Scrubbed",
    "StandIns",
    "UnknownTypeError",
    "UnusableFileError",
    "adapter",
    "contains_personal_number",
    "cut_personal_numbers",
    "dk",
    "find_identifiers",
    "identifier_types",
    "lost_zeros",
    "mask_personal_numbers",
    "named_type",
    "no",
    "number_mode",
    "numbers",
    "scrub",
    "se",
    "takes",
    "validate_column",
    "validate_delimited",
]
