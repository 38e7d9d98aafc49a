"""Extract files: CSV files that another system writes and the extract connectors read.

Rules this module keeps:

* **the layout is declared** in the settings (encoding, delimiter, columns, date format), never guessed; a
  file that is visibly something else is refused with what it looks like;
* **one line is one row**: a quote that is never closed breaks its own line and not the rest of the file;
* **a broken row stops nobody else** (:class:`RowError`, when that row is asked for); only what makes every
  row doubtful stops the file (:class:`ExtractFileError`: missing column, wrong encoding, too large ...);
* **no repair**: a number that lost its leading zero is recognised, said and refused;
* messages name file, line, column and what is wrong, never a value.

Usage::

    extract = read_extract(ExtractSource(folder / "extracts/people.csv", "extracts/people.csv", settings),
                           {"cpr": "CPR", "name": "Name"})
    for line in extract.lines:
        name = extract.row(line).text("name")
"""

import csv
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from rpa_commons.capabilities import TransientError
from rpa_commons.sdk import Field
from rpa_commons.validators import contains_personal_number

from ._base import ConnectorSettings
from ._extract_row import Row

__all__ = [
    "Extract",
    "ExtractFileError",
    "ExtractSettings",
    "ExtractSource",
    "Line",
    "Stamp",
    "read_extract",
    "split_line",
]

_LONGEST_LINE = 64 * 1024  # characters; a person's row is a few hundred
_MOST_LINES = 5_000_000  # each 100 bytes of memory or more; the largest municipality has 660,000 people
_MEGABYTE = 1024 * 1024
_MOST_NAMES = 40  # columns named in a message; a wide export has a hundred
_LONGEST_NAME = 40  # characters of each
_MOST_KEYS = 3  # settings named in an advice
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def _date_format(text: str) -> str:
    parts = sorted(re.findall(r"%(.)", text))
    if parts != ["Y", "d", "m"]:
        # A two-digit year would be read as a wrong century without anybody noticing.
        raise ValueError("a date format holds %d, %m and %Y once each and nothing else after a %")
    return text


class ExtractSettings(ConnectorSettings):
    """How a file is laid out: what every extract connector asks."""

    encoding: Literal["utf-8", "iso-8859-1", "cp1252"] = "utf-8"
    """Character encoding of the file. Danish systems on Windows often write cp1252."""
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    """The character between two values; a quoted value may hold it."""
    date_format: Annotated[str, AfterValidator(_date_format)] = "%Y-%m-%d"
    """How dates are written, e.g. `%d-%m-%Y`; the year has four digits."""
    max_megabytes: int = Field(
        100, ge=1, le=2000, unit="MB", description="A larger file is refused before it is read."
    )


class ExtractFileError(TransientError):
    """The file as a whole cannot be used. Nothing is known about any case: items stay in the queue.

    Attributes:
        file: The file as the settings name it, with the line where one is to blame.
        problem: What is wrong.
    """

    def __init__(self, connector: str, file: str, problem: str, *, remedy: str) -> None:
        super().__init__(connector, f"{file}: {problem}", sent="no", remedy=remedy)
        self.file = file
        self.problem = problem


@dataclass(frozen=True)
class ExtractSource:
    """A file to read.

    Attributes:
        path: Where it lies.
        shown: How messages name it.
        settings: Its layout.
        connector: The connector's name, for messages.
    """

    path: Path
    shown: str
    settings: ExtractSettings
    connector: str

    def error(self, problem: str, *, remedy: str, line: int | None = None) -> ExtractFileError:
        """An error about the whole file, or about the line that spoils it."""
        file = self.shown if line is None else f"{self.shown}:{line}"
        return ExtractFileError(self.connector, file, problem, remedy=remedy)

    def stamp(self) -> "Stamp":
        """What changes when the file does.

        Raises:
            ExtractFileError: there is no such file, or it is none.
        """
        try:
            status = self.path.stat()
            if not self.path.is_file():  # a pipe would be read for ever
                raise self.error("is not a file", remedy="name a CSV file in the setting")
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise self.error(
                f"cannot be read: {getattr(error, 'strerror', None) or 'is no usable path'}",
                remedy="check the path (it starts at the municipality's folder), who may read it, and "
                "whether the job that writes it has run",
            ) from None
        return Stamp(status.st_mtime_ns, status.st_size)


@dataclass(frozen=True)
class Stamp:
    """Time of change (nanoseconds) and size (bytes) of a file when it was read."""

    changed: int
    size: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the header: its number in the file (from 1) and its text."""

    number: int
    text: str


@dataclass(frozen=True)
class Extract:
    """A file as read: its lines, and how to take one apart.

    Attributes:
        source: Where it came from.
        stamp: The state of the file that was read.
        lines: Every line below the header that is not blank.
        headers: Our column name -> the header as declared.
    """

    source: ExtractSource
    stamp: Stamp
    lines: Sequence[Line]
    headers: Mapping[str, str]
    positions: Mapping[str, int]
    width: int

    def row(self, line: Line) -> Row:
        """The values of a line. Never raises: a broken row raises when a value is asked for."""
        settings = self.source.settings
        cells, problem = split_line(line.text, settings.delimiter)
        # Some systems end each row with one delimiter more than the header: blanks at the end do no harm.
        if not problem and (len(cells) < self.width or any(cells[self.width :])):
            problem = f"has {len(cells)} values where the header has {self.width} columns"
        return Row(
            place=f"{self.source.shown}:{line.number}",
            cells={} if problem else {name: cells[at].strip() for name, at in self.positions.items()},
            headers=self.headers,
            date_format=settings.date_format,
            problem=problem,
        )


def split_line(text: str, delimiter: str) -> tuple[list[str], str]:
    """The values of one line, and what is wrong with it (empty when nothing is)."""
    if len(text) > _LONGEST_LINE:
        return [], f"is {len(text)} characters long; is the line break missing?"
    if _has_control(text):
        return [], "holds control characters; is the encoding the declared one?"
    if '"' not in text:
        return text.split(delimiter), ""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True)), ""
    except (csv.Error, StopIteration):
        return [], "has a quotation mark that is not closed on the line, or text after a closed one"


# Tab is a delimiter; C1 is what cp1252 leaves behind when it is read as iso-8859-1.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


def read_extract(source: ExtractSource, columns: Mapping[str, str]) -> Extract:
    """Read a file whole.

    Args:
        source: The file and its layout.
        columns: Our column name -> the header declared for it.

    Raises:
        ExtractFileError: the file cannot be used as a whole.
    """
    stamp = source.stamp()
    if stamp.size > source.settings.max_megabytes * _MEGABYTE:
        raise source.error(
            f"is {stamp.size / _MEGABYTE:.0f} MB, more than max_megabytes = {source.settings.max_megabytes}",
            remedy="check that it is the right file; raise max_megabytes if it is",
        )
    text = _decode(source, _read(source))
    if source.stamp() != stamp:
        raise source.error("changed while it was read", remedy="wait until the job that writes it is done")
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    positions, width = _positions(source, rows[0], columns)
    # Only "\n": str.splitlines would also break at characters that stand inside names in iso-8859-1.
    # A spreadsheet leaves lines of nothing but delimiters, DOS programs a mark at the end.
    nothing = f' \t"\x1a{source.settings.delimiter}'
    lines = [Line(number, row) for number, row in enumerate(rows[1:], 2) if row.strip(nothing)]
    return Extract(source, stamp, lines, dict(columns), positions, width)


def _read(source: ExtractSource) -> bytes:
    try:
        content = source.path.read_bytes()
    except OSError as error:
        raise source.error(
            f"cannot be read: {error.strerror}", remedy="check who may read the file"
        ) from None
    if content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") > _MOST_LINES:
        raise source.error(
            f"has more than {_MOST_LINES} lines", remedy="check that it is the right file, and what writes it"
        )
    return content


def _decode(source: ExtractSource, content: bytes) -> str:
    encoding = source.settings.encoding
    if not content.strip():
        raise source.error(
            "is empty", remedy="check the job that writes it: even without rows it has a header"
        )
    if content.startswith(_UTF16_MARKS):
        raise source.error("is UTF-16", remedy="export it as UTF-8")
    if encoding == "utf-8":
        encoding_used = "utf-8-sig"
    elif content.startswith(_UTF8_MARK) or (not content.isascii() and _can_be(content, "utf-8")):
        # Read as a single-byte encoding it would give wrong names without any error.
        raise source.error(f"is UTF-8, not {encoding}", remedy='set encoding = "utf-8"')
    else:
        encoding_used = encoding
    try:
        return content.decode(encoding_used)
    except UnicodeDecodeError as error:
        other = "cp1252" if encoding == "utf-8" else "utf-8"
        readable = f", but can be read as {other}" if _can_be(content, other) else ""
        raise source.error(
            f"is not {encoding}{readable}",
            remedy=f'set encoding = "{other}" if the system writes that, or export it as {encoding}',
            line=content.count(b"\n", 0, error.start) + 1,
        ) from None


def _can_be(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _normal(header: str) -> str:
    """Headers are compared without regard to case and spacing."""
    return " ".join(header.split()).casefold()


def _positions(source: ExtractSource, line: str, columns: Mapping[str, str]) -> tuple[dict[str, int], int]:
    cells, problem = split_line(line, source.settings.delimiter)
    if problem:
        raise source.error(f"the header {problem}", remedy="check that it is a CSV file", line=1)
    if contains_personal_number(line):
        raise source.error(
            "the first line is a person's row, not a header", remedy="export the file with its header", line=1
        )
    found = [_normal(cell) for cell in cells]
    wanted = {name: _normal(header) for name, header in columns.items()}
    twice = [columns[name] for name, header in wanted.items() if found.count(header) > 1]
    if twice:
        raise source.error(
            f"has the column {_quoted(twice)} more than once", remedy="rename one in the export", line=1
        )
    missing = [name for name, header in wanted.items() if header not in found]
    if missing:
        raise source.error(
            f"has no column {_quoted([columns[name] for name in missing])}",
            remedy=_missing_remedy(source, missing, columns, cells),
            line=1,
        )
    return {name: found.index(header) for name, header in wanted.items()}, len(cells)


def _missing_remedy(
    source: ExtractSource, missing: Sequence[str], columns: Mapping[str, str], cells: Sequence[str]
) -> str:
    near = {_normal(cell): cell.strip() for cell in cells}
    guesses = [
        f'columns.{name} = "{near[match[0]]}"'
        for name in missing
        if (match := difflib.get_close_matches(_normal(columns[name]), near, 1, 0.7))
    ]
    if guesses:
        advice = f"did you mean {', '.join(guesses)}?"
    elif len(cells) == 1:
        return f'check the delimiter (now "{source.settings.delimiter}") and the column names in columns'
    else:
        keys = ", ".join(f"columns.{name}" for name in missing[:_MOST_KEYS])
        keys += " …" if len(missing) > _MOST_KEYS else ""
        said = "`rpac config explain INSTANCE` shows which file says it, the cooperation's perhaps"
        advice = f"correct {keys} ({said}), or add the columns to the export"
    # Without a header line these would be a person's data: listed where a declared name shows it is one.
    if len(missing) == len(columns) and not guesses:
        return advice
    return f"{advice}{' ' if guesses else '; '}columns there are: {_listed(cells)}"


def _listed(cells: Sequence[str]) -> str:
    names = [" ".join(cell.split())[:_LONGEST_NAME] for cell in cells if cell.strip()]
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return _quoted(names[:_MOST_NAMES]) + rest


def _quoted(headers: Sequence[str]) -> str:
    return ", ".join(f'"{header}"' for header in headers)
