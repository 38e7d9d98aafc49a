"""What is wrong, how it is called and how a key or value is written: the words every other part uses."""

from ._codes import CODES
from ._findings import (
    ConfigError,
    Finding,
    PolicyRefusedError,
    SecretsUnresolvedError,
    config_error,
    display_path,
    in_order,
)
from ._keys import HIDDEN, KeyPath, format_key, guess, lookup, parse_key, printable, show, walk
from ._pages import UnknownCodeError, page_of

__all__ = [
    "CODES",
    "HIDDEN",
    "ConfigError",
    "Finding",
    "KeyPath",
    "PolicyRefusedError",
    "SecretsUnresolvedError",
    "UnknownCodeError",
    "config_error",
    "display_path",
    "format_key",
    "guess",
    "in_order",
    "lookup",
    "page_of",
    "parse_key",
    "printable",
    "show",
    "walk",
]
