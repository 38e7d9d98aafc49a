"""TOML files: read within limits, each key with its line; written in one step."""

from ._bytes import LARGEST_FILE, read_optional_text
from ._deep_keys import line_of_deep_key
from ._document import DEEPEST, Document, Reader, parse_document, read_document, read_optional_document
from ._overlay import OverlayReader
from ._places import Place, find_places
from ._toml_text import Edit, MarkedText, Pair, TextSection, edited, mark
from ._toml_values import GONE, EditRefusedError, changed_tree, same_tree, toml_text
from ._write import FileNotWrittenError, remove_abandoned, replace_file, replace_text, write_part

__all__ = [
    "DEEPEST",
    "GONE",
    "LARGEST_FILE",
    "Document",
    "Edit",
    "EditRefusedError",
    "FileNotWrittenError",
    "MarkedText",
    "OverlayReader",
    "Pair",
    "Place",
    "Reader",
    "TextSection",
    "changed_tree",
    "edited",
    "find_places",
    "line_of_deep_key",
    "mark",
    "parse_document",
    "read_document",
    "read_optional_document",
    "read_optional_text",
    "remove_abandoned",
    "replace_file",
    "replace_text",
    "same_tree",
    "toml_text",
    "write_part",
]
