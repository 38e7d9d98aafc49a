"""One cell: from what people and spreadsheets write to one canonical text, or what is wrong with it.

Rules this module keeps: nothing is guessed and nothing repaired; where a cell can be read in two ways, both
are named; a number has no exponent, so that none is ever too large.

Usage::

    read_value(column, "12,50", comma=True)  # "12.50"
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._column import Column, Kind

__all__ = ["ANY", "CellError", "Value", "read_day", "read_value", "shown", "typed"]

Value = str | int | bool | Decimal | date

ANY = "*"
"""In an input: whatever the case has."""

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:([ .,'\u00a0\u202f\u2019])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
_LEADING_ZERO = re.compile(r"-?0")
_EXPONENT = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./ ]+([0-9]{1,2})[-./ ]+([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./ ]?([0-9]{1,2})[-./ ]?([0-9]{1,2})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY_DECIMALS = 2
_LONGEST = 200  # characters of a text
_BLANKS = " \t\u00a0\u202f"
_SIGNED = re.compile(r"([+\u2212\u2013])([0-9][0-9.,]*)")
_TRUTH: Mapping[str, str] = MappingProxyType(
    {  # what the spreadsheets of our countries write
        **dict.fromkeys(("true", "sand", "sann", "sant"), "true"),
        **dict.fromkeys(("false", "falsk", "usann", "falskt"), "false"),
    }
)


class CellError(Exception):
    """A cell cannot be read.

    Attributes:
        message: What is wrong.
        help: How to write it.
    """

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help_


def read_value(column: "Column", text: str, *, comma: bool | None, closed: bool = True) -> str:
    """The canonical text of one value.

    Args:
        column: Which column.
        text: The cell, without blanks around it.
        comma: Whether the file writes decimals with a comma; ``None``: a program wrote the text, with a
            point, so nothing in it can be meant in two ways.
        closed: Whether only the column's own values will do.

    Raises:
        CellError: it is no such value.
    """
    if text.startswith("="):
        advice = "in the spreadsheet: copy the cells, and paste them as values"
        raise CellError(f"{shown(text)} is a formula", advice)
    if not text:
        advice = f"write {ANY} where any value will do" if column.role == "input" else ""
        raise CellError("the cell is empty", advice or f"write {column.kind_text}")
    if column.kind in {"whole", "decimal", "money"}:
        value = _number(column, text, comma=comma)
    elif column.kind == "date":
        value = _date(text)
    elif column.kind == "boolean":
        value = _boolean(text)
    else:
        value = _text(column, text)
    if closed and column.one_of and value not in column.one_of:
        raise CellError(f"{shown(text)} is none of {', '.join(column.one_of)}", _guess(value, column))
    return value


def typed(kind: "Kind", text: str) -> Value:
    """The value that a canonical text writes.

    Raises:
        ValueError: it is not canonical.
    """
    if kind == "whole":
        return int(text)
    if kind in {"decimal", "money"}:
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, False)
    return text


def shown(text: str) -> str:
    """A cell in a message: signs that nobody can see as escapes, shortened when long."""
    text = "".join(sign if sign.isprintable() or sign in _BLANKS else escaped(sign) for sign in text[:41])
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - a line of a terminal has room


def escaped(sign: str) -> str:
    """A sign as TOML escapes it."""
    return f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else f"\\U{ord(sign):08x}"  # noqa: PLR2004 - four digits


def _number(column: "Column", text: str, *, comma: bool | None) -> str:
    if _EXPONENT.fullmatch(text):
        raise CellError(
            f"{shown(text)} has an exponent",
            "write the digits out; in a spreadsheet: format the column as Number without thousand separator",
        )
    plain = _plain(text, comma=comma)
    if plain is None or not _NUMBER.fullmatch(plain):
        unit = f", without {column.unit}: the heading says it" if column.unit and column.unit in text else ""
        raise CellError(
            f"{shown(text)} is no {column.kind_text}", f"write {_meant(text) or 'digits only'}{unit}"
        )
    whole, _, decimals = plain.partition(".")
    if column.kind == "whole" and decimals:
        raise CellError(f"{shown(text)} is no whole number")
    if column.kind == "money" and len(decimals) > _MONEY_DECIMALS:
        raise CellError(f"{shown(text)} has more than two decimals", "an amount has two at most")
    whole = re.sub(r"^(-?)0+(?=[0-9])", r"\1", whole)
    if column.role == "input":  # 12.50 and 12.5 are one condition
        decimals = decimals.rstrip("0")
    value = f"{whole}.{decimals}" if decimals else whole
    return value.removeprefix("-") if Decimal(value) == 0 else value


def _meant(text: str) -> str:
    """A number whose sign is another than the one of the keyboard, with that one."""
    match = _SIGNED.fullmatch(text)
    return f"{'' if match[1] == '+' else '-'}{match[2]}" if match else ""


def _plain(text: str, *, comma: bool | None) -> str | None:
    """The number with a point before its decimals; ``None`` when it is no number."""
    if comma is None:
        return text
    if comma and re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        return text.replace(",", ".")
    grouped = _GROUPED.fullmatch(text)
    if grouped and (grouped[1] != "." or comma or not _LEADING_ZERO.match(text)):
        digits = re.sub(r"[^0-9-]", "", text) if len(re.split(r"[^0-9]", text.removeprefix("-"))) == 2 else ""  # noqa: PLR2004 - one sign
        if digits and grouped[1] in ".,":
            less = _other_reading(text, "," if comma else ".")
            message = f"{shown(text)} can be read as {digits} or as {less}"
            raise CellError(message, f"write {digits} or {less}, whichever you mean")
        raise CellError(f"{shown(text)} has a thousand separator", "write the digits without it")
    if not comma and re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        raise CellError(
            f"{shown(text)} has a decimal comma where decimals have a point",
            f"write {text.replace(',', '.')}; a CSV file separated by semicolons may have decimal commas",
        )
    return text


def _other_reading(text: str, decimal: str) -> str:
    """Digits with three decimals so that they cannot be taken for thousands: ``1``, ``1.50``, ``1.2340``."""
    whole, decimals = re.split(r"[.,]", text)
    short = decimals.rstrip("0") or "0"
    return f"{whole}{decimal}{short if len(short) < len(decimals) else f'{decimals}0'}"


def _date(text: str) -> str:
    if _ISO.fullmatch(text):
        return _real_date(text, text)
    for shape, order in ((_DAY_FIRST, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3))):
        if match := shape.fullmatch(text):
            year, month, day = (int(match[index]) for index in order)
            iso = f"{year:04}-{month:02}-{day:02}"
            try:
                date.fromisoformat(iso)
            except ValueError:
                break
            raise CellError(f"{shown(text)} is not written year first", f"write {iso}")
    raise CellError(
        f"{shown(text)} is no date",
        "write it year first: 2026-12-31; in a spreadsheet: format the cells as yyyy-mm-dd",
    )


def _real_date(text: str, iso: str) -> str:
    try:
        date.fromisoformat(iso)
    except ValueError:
        raise CellError(f"{shown(text)} is no day of the calendar") from None
    return iso


def _boolean(text: str) -> str:
    value = _TRUTH.get(text.casefold())
    if value is None:
        raise CellError(f"{shown(text)} is neither true nor false", "write true or false")
    return value


def _text(column: "Column", text: str) -> str:
    if len(text) > _LONGEST:
        raise CellError(f"{shown(text)} is longer than {_LONGEST} characters")
    if not text.isprintable():
        unseen = next(sign for sign in text if not sign.isprintable())
        what = "a line break" if unseen == "\n" else f"a sign that nobody can see ({escaped(unseen)})"
        raise CellError(f"{shown(text)} holds {what}", "type the text anew, without copying")
    if column.kind == "code":
        _code(column, text)
    return text


def _code(column: "Column", text: str) -> None:
    lost = "in the spreadsheet: format the column as Text before typing, then write it again"
    if _EXPONENT.fullmatch(text):
        raise CellError(f"{shown(text)}: the spreadsheet has made a number of a code", lost)
    if column.length is None or len(text) == column.length:
        return
    if text.isdigit() and len(text) < column.length:
        raise CellError(
            f"{text} has {len(text)} of {column.length} characters: were leading zeros lost?",
            f"if it is {text.zfill(column.length)}, write that; {lost}",
        )
    raise CellError(f"{shown(text)} has {len(text)} characters, a code here has {column.length}")


def _guess(value: str, column: "Column") -> str:
    import difflib

    folded = {one.casefold(): one for one in column.one_of}
    close = difflib.get_close_matches(value.casefold(), folded, n=1)
    return f"did you mean {folded[close[0]]}?" if close else ""


def exactly(value: Any, kind: "Kind") -> bool:  # noqa: ANN401 - what a bot passes
    """Whether a value that a bot looks up is of the column's type; an int will do for an amount."""
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in {"decimal", "money"}:
        return isinstance(value, Decimal | int) and not isinstance(value, bool)
    if kind == "date":
        return type(value) is date
    return isinstance(value, str)


def read_day(text: str) -> date:
    """A day that somebody writes.

    Raises:
        CellError: it is none, or not written year first.
    """
    return date.fromisoformat(_date(text.strip()))
