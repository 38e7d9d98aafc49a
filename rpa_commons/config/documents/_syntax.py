"""What ``tomllib`` refuses, said so that somebody without a developer can mend it.

Rules this module keeps: no value is repeated, since nothing tells which value is a secret while the document
cannot be parsed; the line named is the one to edit; every sentence comes with the form to write.

Usage::

    trouble = read_trouble('sender = Borgerservice', "Invalid value (at line 1, column 10)")
    trouble.line, trouble.message  # 1, "this is no value (column 10)"
"""

import re
from typing import NamedTuple

from rpa_commons.config.findings import HIDDEN

__all__ = ["Trouble", "read_trouble"]


class Trouble(NamedTuple):
    """What is wrong with a document that cannot be parsed.

    ``line`` counts from 1 and is ``None`` when nothing tells where; ``quoted`` holds no value.
    """

    line: int | None
    quoted: str
    message: str
    help: str


_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER_LINE = re.compile(r"""\s*\[{1,2}[\w\s."'-]*\]{0,2}\s*""")
_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY_LINE = re.compile(rf"(\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=)\s*(\S?.*)")

_KEY_FORM = "write key = value; a key with other signs than a-z, 0-9, - and _ stands in quotes"
_VALUE_FORM = 'text stands in quotes: key = "text"'
_ONE_LINE = f"each key = value has a line of its own; {_VALUE_FORM}"
_TWICE_FORM = "keep one of the two"
_BACKSLASH = "a \\ in double quotes stands twice; or take single quotes: 'C:\\post'"

# What tomllib says begins with, what we say, and the form to write.
_READINGS = (
    ("Invalid value", "this is no value", _VALUE_FORM),
    ("Unterminated string", "a text is not closed", "put the quote that begins it at its end too"),
    ("Expected \"'", "a text is not closed", "put the quote that begins it at its end too"),
    ("Illegal character '\\n'", "a text is not closed", "put the quote that begins it at its end too"),
    ("Illegal character", "a sign stands here that cannot be seen", "write the line again"),
    ("Unclosed array", "a list is not closed, or lacks a comma", 'write it as ["a", "b"]'),
    ("Unclosed inline", "a table in braces is not closed", "write it on one line: {a = 1, b = 2}"),
    ("Expected '='", "an equals sign is missing", _KEY_FORM),
    ("Invalid statement", "this is no key", _KEY_FORM),
    ("Invalid initial", "this is no key", _KEY_FORM),
    ("Expected ']", "the table's name is not closed", "write it as [name]"),
    ("Cannot declare", "this table stands twice", _TWICE_FORM),
    ("Cannot overwrite", "this key stands twice", _TWICE_FORM),
    ("Duplicate inline", "a key stands twice", _TWICE_FORM),
    ("Expected newline", "more stands here than one value", _ONE_LINE),
    ("Invalid date", "there is no such day or time", "a date is written year first: 2026-11-01"),
    ("Invalid hex", "this backslash begins nothing", _BACKSLASH),
    ("Unescaped '\\'", "this backslash begins nothing", _BACKSLASH),
)

_CURLY = "[\u201c\u201d\u201e\u2018\u2019\u00b4`\u00ab\u00bb]"  # what word processors put for quotes

# What a value looks like, and what was probably meant.
_HINTS = (
    (r"\[", 'a list is closed with ]: ["a", "b"]'),
    (r"(#|$)", "a value must stand behind the equals sign"),
    (r"\d{1,2}[-./]\d{1,2}[-./]\d{4}\b", "a date is written year first: 2026-11-01"),
    (r"0\d+\s*(#|$)", 'a code with leading zeros stands in quotes: "0265"'),
    (r"[+-]?\d+,\d+\s*(#|$)", "decimals stand behind a point: 1.5"),
    (r"(?i)(true|false|yes|no|ja|nej)\s*(#|$)", "write true or false, in small letters"),
    (
        "[\u201c\u201d\u201e\u2018\u2019\u00b4`\u00ab\u00bb]",
        'take the straight quotes of the keyboard: "text"',
    ),
)
# How the line begins that leaves something open to the end of the document.
_OPENINGS = {
    "Unclosed array": r"=\s*\[",
    "Unclosed inline": r"=\s*\{",
    "Invalid value": r"=\s*(\[[^\]]*)?$",
    "Unterminated": r'=\s*"""(?!.*""")',
    "Expected \"'''": r"=\s*'''(?!.*''')",
    'Expected "\'"': r"=\s*'[^']*$",
}


def read_trouble(text: str, problem: str) -> Trouble:
    """What ``tomllib`` said about a document, with place, quoted line and remedy.

    Args:
        text: The document, line ends as line feeds.
        problem: The message of the exception.
    """
    match = _PLACE.search(problem)
    if match is None:  # int() speaks, and not of a place
        return Trouble(None, "", "not TOML: a number is too long", "is this the right file?")
    said = problem[: match.start()]
    lines = text.split("\n")
    given, column = (int(match.group(1)), int(match.group(2))) if match.group(1) else (len(lines), 0)
    line = _line_to_edit(lines, said, given, column)
    at_column = f" (column {column})" if column and line == given else ""
    message, advice = _reading(said, lines, line)
    return Trouble(line, _quoted(lines, line), f"not TOML: {message}{at_column}", advice)


def _line_to_edit(lines: list[str], said: str, given: int, column: int) -> int:
    """The given line, or where something begins that was still open when tomllib came to the given line."""
    if column:
        text = lines[given - 1]
        is_next = (
            bool(_KEY_LINE.match(text) or _HEADER_LINE.fullmatch(text)) and not text[: column - 1].strip()
        )
        if not (said.startswith("Unclosed") and is_next):
            return given
        lines = lines[: given - 1]
    filled = [number for number, line in enumerate(lines, start=1) if line.strip()] or [given]
    opening = next((shape for begin, shape in _OPENINGS.items() if said.startswith(begin)), None)
    opened = [number for number in filled if opening and re.search(opening, lines[number - 1])]
    return (opened or filled)[-1]


def _reading(said: str, lines: list[str], line: int) -> tuple[str, str]:
    message, advice = next((rest for begin, *rest in _READINGS if said.startswith(begin)), (said, ""))
    if advice == _TWICE_FORM:
        first = _first_twin(lines, line)
        return message, f"keep one of lines {first} and {line}" if first else advice
    match = _KEY_LINE.match(lines[line - 1])
    if match and advice in {_VALUE_FORM, _ONE_LINE}:
        advice = next((hint for shape, hint in _HINTS if re.match(shape, match.group(3))), advice)
    return message, advice


def _first_twin(lines: list[str], line: int) -> int | None:
    """The earlier line with the same header, or with the same key below the same header."""
    text = lines[line - 1].strip()
    match = _KEY_LINE.match(lines[line - 1])
    for number in range(line - 1, 0, -1):
        other = lines[number - 1]
        if match is None and other.strip() == text:
            return number
        if match is not None and _HEADER_LINE.fullmatch(other) and other.strip():
            return None
        twin = _KEY_LINE.match(other)
        if match is not None and twin and twin.group(2).strip() == match.group(2).strip():
            return number
    return None


def _quoted(lines: list[str], line: int) -> str:
    """The line without its value."""
    text, before = lines[line - 1], "\n".join(lines[: line - 1])
    if not text.strip():
        return ""
    if '"""' in before or "'''" in before:  # it may stand inside a long text: a quote in a comment counts not
        return HIDDEN
    if _HEADER_LINE.fullmatch(text):
        return text
    match = _KEY_LINE.match(text)
    if match is None:
        return HIDDEN
    return f"{match.group(1)} {HIDDEN}" if match.group(3) else match.group(1)
