"""One row of an extract file: values read by what they should be, errors by place and column.

Each reader returns the value or raises :class:`RowError`, whose text says file, line, column and what is
wrong, and never the value.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from rpa_commons.capabilities import BusinessError
from rpa_commons.validators import InvalidIdentifierError, dk

__all__ = ["DuplicateRowError", "Row", "RowError", "row_list"]

_Value = TypeVar("_Value")
_LOST_ZERO = "has {digits} digits: a spreadsheet has dropped the leading zero"
_TEXT_COLUMN = "export the column as text; never open and save the file in a spreadsheet"
_FIX_ROW = "correct the row, or the job that writes the file"


class RowError(BusinessError):
    """One row cannot be used.

    Attributes:
        place: ``file:line``.
        column: The header, or an empty string when the row as a whole is broken.
        reason: What is wrong; never the value.
    """

    def __init__(self, place: str, column: str, reason: str, *, remedy: str = _FIX_ROW) -> None:
        where = f'{place}: column "{column}"' if column else f"{place}: the row"
        super().__init__(f"{where} {reason}", remedy=remedy)
        self.place = place
        self.column = column
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """The declared columns of one line.

    Attributes:
        place: ``file:line``.
        cells: Our column name -> value without surrounding spaces; empty when the row is broken.
        headers: Our column name -> the header as declared.
        date_format: As :meth:`datetime.strptime` reads it.
        problem: What is wrong with the row as a whole; empty when nothing is.
    """

    place: str
    cells: Mapping[str, str]
    headers: Mapping[str, str]
    date_format: str
    problem: str = ""

    def error(self, name: str, reason: str, *, remedy: str = _FIX_ROW) -> RowError:
        """An error about one value of this row."""
        return RowError(self.place, self.headers[name], reason, remedy=remedy)

    def text(self, name: str) -> str:
        """A value as it stands; empty where it is blank or its column is not declared.

        Raises:
            RowError: the row as a whole is broken.
        """
        if self.problem:
            raise RowError(self.place, "", self.problem)
        return self.cells.get(name, "")

    def required(self, name: str) -> str:
        """A value that may not be blank.

        Raises:
            RowError: it is blank.
        """
        value = self.text(name)
        if not value:
            raise self.error(name, "is blank")
        return value

    def cpr(self, name: str) -> str:
        """A personal number, ten digits.

        Raises:
            RowError: it is blank or none; one that lost its leading zero is recognised and not repaired.
        """
        value = self.required(name)
        if re.fullmatch(r"[0-9]{9}", value):
            raise self.error(name, _LOST_ZERO.format(digits=9), remedy=_TEXT_COLUMN)
        if re.fullmatch(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+", value):
            raise self.error(
                name, "is in a spreadsheet's scientific notation: digits are lost", remedy=_TEXT_COLUMN
            )
        try:
            return dk.Cpr.parse(value)
        except InvalidIdentifierError as error:
            raise self.error(name, f"is no CPR number: {error.reason}") from None

    def municipality(self, name: str) -> str:
        """A municipality code of four digits.

        Raises:
            RowError: it is blank or none; one that lost its leading zero is recognised and not repaired.
        """
        value = self.required(name)
        if re.fullmatch(r"[0-9]{2,3}", value):
            raise self.error(name, _LOST_ZERO.format(digits=len(value)), remedy=_TEXT_COLUMN)
        try:
            return dk.municipality_code(value)
        except InvalidIdentifierError as error:
            raise self.error(name, f"is no municipality code: {error.reason}") from None

    def day(self, name: str) -> date:
        """A date in the declared format.

        Raises:
            RowError: it is blank, or not a date in that format.
        """
        value = self.required(name)
        # strptime would take the digits of any script.
        text = value if value.isascii() else ""
        try:
            return datetime.strptime(text, self.date_format).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise self.error(
                name,
                f"is no date in the format {self.date_format}",
                remedy="correct the row, or date_format in the settings",
            ) from None

    def day_or_none(self, name: str) -> date | None:
        """A date, or ``None`` where it is blank."""
        return self.day(name) if self.text(name) else None

    def count(self, name: str) -> int:
        """A number of persons, 0 to 99.

        Raises:
            RowError: it is blank, or no such number.
        """
        value = self.required(name)
        if not re.fullmatch(r"[0-9]{1,2}", value):
            raise self.error(name, "is no number from 0 to 99")
        return int(value)

    def choice(self, name: str, meanings: Mapping[str, _Value], setting: str) -> _Value:
        """What a value means by a declared map; blank is looked up too, as the key ``""``.

        Raises:
            RowError: the value is not in the map.
        """
        value = self.text(name).casefold()
        for key, meaning in meanings.items():
            if key.strip().casefold() == value:
                return meaning
        what = "a value that" if value else "a blank that"
        raise self.error(
            name, f"holds {what} is not in {setting}", remedy=f"declare in {setting} what it means"
        )


def row_list(places: Sequence[str], most: int = 3) -> str:
    """Places in a sentence: the first few, and how many more there are."""
    shown = ", ".join(places[:most])
    return shown if len(places) <= most else f"{shown} and {len(places) - most} more"


class DuplicateRowError(BusinessError):
    """Two rows are about the same thing and one cannot tell which is right.

    Attributes:
        places: ``file:line`` of each.
    """

    def __init__(self, places: Sequence[str], what: str) -> None:
        super().__init__(
            f"{row_list(places)}: {what}", remedy="have the job that writes the file give each once"
        )
        self.places = tuple(places)
