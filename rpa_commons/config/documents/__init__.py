"""TOML files: read within limits, each key with its line; written in one step."""

from ._document import (
    LARGEST_FILE,
    Document,
    Reader,
    parse_document,
    read_document,
    read_optional_document,
    read_optional_text,
)
from ._places import Place, find_places
from ._toml_text import Edit, MarkedText, Pair, TextSection, edited, mark
from ._toml_values import GONE, EditRefusedError, changed_tree, same_tree, toml_text
from ._write import FileNotWrittenError, replace_text

__all__ = [
    "GONE",
    "LARGEST_FILE",
    "Document",
    "Edit",
    "EditRefusedError",
    "FileNotWrittenError",
    "MarkedText",
    "Pair",
    "Place",
    "Reader",
    "TextSection",
    "changed_tree",
    "edited",
    "find_places",
    "mark",
    "parse_document",
    "read_document",
    "read_optional_document",
    "read_optional_text",
    "replace_text",
    "same_tree",
    "toml_text",
]
