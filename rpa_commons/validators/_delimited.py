"""Columns of a delimited file (CSV) looked through while it streams by, in memory that does not grow.

Rules this module keeps: it opens nothing, it is given bytes; a byte order mark is taken off, UTF-16 refused,
bytes that are no UTF-8 are read as ISO 8859-1 (identifiers are ASCII: only header and names differ), the
delimiter is the one that the header has most of; one line is one row, so that a quotation mark that is never
closed breaks its own line and not the rest of the file; rows are numbered as an editor numbers lines; no
message holds a value.

Usage:
    with path.open("rb") as stream:
        report = validate_delimited(iter(lambda: stream.read(1 << 20), b""), {"cpr": ColumnCheck(dk.Cpr)})
"""

import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from ._columns import ColumnCheck, ColumnFinding, ColumnReport
from ._errors import UnusableFileError

__all__ = ["FileReport", "validate_delimited"]

_LONGEST_LINE = 64 * 1024  # bytes; a row of an extract is a few hundred
_DELIMITERS = ";,\t|"
_ROWS_KEPT = 100
_MOST_NAMES = 40  # columns named in a message; a wide export has a hundred
_LONGEST_NAME = 40  # characters of each
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_UTF8_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_OVERLONG = b"\0"  # stands for a line too long to keep; a control character breaks its row in any case
_PERSON = re.compile(r"(?<![0-9])[0-9]{6}[- ]?[0-9]{4}(?![0-9])")


@dataclass(frozen=True)
class FileReport:
    """What a file holds.

    Attributes:
        encoding: As it was read.
        delimiter: The character between two values.
        rows: Rows below the header that are not blank, broken ones included.
        broken: Rows that could not be taken apart, by reason.
        columns: Header -> what the column holds; broken rows are not counted there.
    """

    encoding: str
    delimiter: str
    rows: int
    broken: tuple[ColumnFinding, ...]
    columns: Mapping[str, ColumnReport]

    @property
    def clean(self) -> bool:
        """Whether no row is broken and no value refused."""
        return not self.broken and not any(column.refused for column in self.columns.values())

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "rows": self.rows,
            "broken": [
                {"reason": one.reason, "count": one.count, "rows": list(one.rows)} for one in self.broken
            ],
            "columns": {name: column.to_json() for name, column in self.columns.items()},
        }


def validate_delimited(
    blocks: Iterable[bytes],
    checks: Mapping[str, ColumnCheck],
    *,
    encoding: str = "",
    delimiter: str = "",
) -> FileReport:
    """Look columns through.

    Args:
        blocks: The file, in pieces of any size.
        checks: Header -> what its values should be.
        encoding: As Python names it; recognised where it is left out.
        delimiter: One character; recognised where it is left out.

    Raises:
        UnusableFileError: empty, UTF-16, not in the encoding named, no header, or a column is missing.
    """
    batches = _batches(_without_mark(blocks))
    first = next(batches, [b""])
    decoder = _Decoder(encoding)
    header, *rest = decoder.decode(first)
    if not header.strip():
        raise UnusableFileError("is empty", "check the job that writes it: even without rows it has a header")
    reader = _Reader(delimiter or _delimiter_of(header), header, tuple(checks))
    number = 2
    for lines in chain((rest,), map(decoder.decode, batches)):
        numbers, columns = reader.take(lines, number)
        for check, column in zip(checks.values(), columns, strict=True):
            check.add(column, numbers)
        number += len(lines)
    return FileReport(
        encoding=decoder.encoding,
        delimiter=reader.delimiter,
        rows=reader.seen,
        broken=tuple(reader.broken.findings()),
        columns={name: check.report() for name, check in checks.items()},
    )


def _without_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes without a byte order mark.

    Raises:
        UnusableFileError: the mark is UTF-16's.
    """
    rest = iter(blocks)
    head = b""
    for block in rest:
        head += block
        if len(head) >= len(_UTF8_MARK):
            break
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            raise UnusableFileError(f"is {name}", "export it as UTF-8")
    return chain((head.removeprefix(_UTF8_MARK),), rest)


def _batches(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines by any line end, without it, some at a time; one that is far too long is ``_OVERLONG``."""
    rest, overlong = b"", False
    for block in blocks:
        text = (rest + block).replace(b"\r\n", b"\n")
        kept = b"\r" if text.endswith(b"\r") else b""  # the next block may begin with the line's "\n"
        *whole, rest = text.removesuffix(kept).replace(b"\r", b"\n").split(b"\n")
        if whole and (overlong or max(map(len, whole)) > _LONGEST_LINE):
            whole[0] = _OVERLONG if overlong else whole[0]
            whole = [_OVERLONG if len(line) > _LONGEST_LINE else line for line in whole]
            overlong = False
        if len(rest) > _LONGEST_LINE:
            rest, overlong = b"", True
        rest += kept
        if whole:
            yield whole
    rest = rest.removesuffix(b"\r")
    if rest or overlong:
        yield [_OVERLONG if overlong else rest]


class _Decoder:
    """Bytes of lines as text; UTF-8 until a line shows that it is not."""

    def __init__(self, declared: str) -> None:
        self.encoding = declared or "utf-8"
        self._declared = bool(declared)
        self._line = 1

    def decode(self, lines: Sequence[bytes]) -> list[str]:
        """Each line as text.

        Raises:
            UnusableFileError: the bytes are not in the encoding that was named, or it does not exist.
        """
        try:
            text = b"\n".join(lines).decode(self.encoding).split("\n")
        except UnicodeDecodeError:
            if self._declared:
                raise self._refused(lines) from None
            self.encoding = "iso-8859-1"
            text = b"\n".join(lines).decode(self.encoding).split("\n")
        except LookupError:
            raise UnusableFileError("cannot be read: no such encoding", "try utf-8 or iso-8859-1") from None
        self._line += len(lines)
        return text

    def _refused(self, lines: Sequence[bytes]) -> UnusableFileError:
        for at, line in enumerate(lines, self._line):
            try:
                line.decode(self.encoding)
            except UnicodeDecodeError:
                return UnusableFileError(
                    f"is not {self.encoding}: line {at} cannot be read",
                    "leave the encoding out to have it recognised, or name the right one",
                )
        raise AssertionError("no line was refused")  # pragma: no cover - the caller had one


@dataclass
class _Broken:
    """Rows that could not be taken apart."""

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, row: int) -> None:
        """One more of them."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        kept = self.rows.setdefault(reason, [])
        if len(kept) < _ROWS_KEPT:
            kept.append(row)

    def findings(self) -> Iterator[ColumnFinding]:
        """Each reason with its rows."""
        for reason, count in self.counts.items():
            yield ColumnFinding(reason, count, tuple(self.rows[reason]))


class _Reader:
    """Lines taken apart at one delimiter."""

    def __init__(self, delimiter: str, header: str, wanted: Sequence[str]) -> None:
        self.delimiter = delimiter
        self.broken = _Broken()
        self.seen = 0
        self._nothing = f' \t"\x1a{delimiter}'
        self._width, self._positions = self._find(header, wanted)

    def take(self, lines: Sequence[str], first: int) -> tuple[Sequence[int], list[list[str]]]:
        """Line numbers and the wanted columns of the rows that are whole; notes the others."""
        text = "".join(lines)
        if '"' not in text and not _CONTROL.search(text):
            rows = [line.split(self.delimiter) for line in lines]
            if set(map(len, rows)) == {self._width}:
                columns = self._wanted(rows)
                if any(map(all, columns)):  # a row with a value is no blank one
                    self.seen += len(rows)
                    return range(first, first + len(rows)), columns
        numbers, rows = [], []
        for number, line in enumerate(lines, first):
            cells = self._whole(line, number)
            if cells is not None:
                numbers.append(number)
                rows.append(cells)
        return numbers, self._wanted(rows)

    def _wanted(self, rows: Sequence[Sequence[str]]) -> list[list[str]]:
        return [[cells[at].strip() for cells in rows] for at in self._positions]

    def _whole(self, line: str, number: int) -> list[str] | None:
        """The values of a row; ``None`` for a blank line and for a broken row, which is noted."""
        # A spreadsheet leaves lines of nothing but delimiters, DOS programs a mark at the end.
        if not line.strip(self._nothing):
            return None
        self.seen += 1
        cells, problem = self._split(line)
        # Some systems end each row with one delimiter more than the header.
        if not problem and (len(cells) < self._width or any(cells[self._width :])):
            problem = f"has {len(cells)} values where the header has {self._width} columns"
        if problem:
            self.broken.add(f"the row {problem}", number)
            return None
        return cells

    def _find(self, header: str, wanted: Sequence[str]) -> tuple[int, list[int]]:
        """How many columns there are, and where the wanted ones stand.

        Raises:
            UnusableFileError: one is missing or stands twice, or there is no header.
        """
        cells, problem = self._split(header)
        if problem:
            raise UnusableFileError(f"line 1: the header {problem}", "check that it is a CSV file")
        if _PERSON.search(header):
            raise UnusableFileError("line 1 is a row, not a header", "export the file with its header")
        found = [_normal(cell) for cell in cells]
        for name in wanted:
            if found.count(_normal(name)) > 1:
                raise UnusableFileError(f'has the column "{name}" more than once', "rename one in the export")
            if _normal(name) not in found:
                raise UnusableFileError(f'has no column "{name}"', _missing_remedy(name, cells))
        return len(cells), [found.index(_normal(name)) for name in wanted]

    def _split(self, line: str) -> tuple[list[str], str]:
        if line == _OVERLONG.decode():
            return [], "is far too long; is the line break missing?"
        if _CONTROL.search(line.rstrip("\x1a")):
            return [], "holds control characters; is the encoding the right one?"
        if '"' not in line:
            return line.split(self.delimiter), ""
        try:
            return next(csv.reader([line], delimiter=self.delimiter, strict=True)), ""
        except (csv.Error, StopIteration):
            return [], "has a quotation mark that is not closed on the line, or text after a closed one"


def _delimiter_of(header: str) -> str:
    """The delimiter that the header has most of, outside quotation marks; ``;`` where it has none."""
    outside = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside.count)


def _normal(header: str) -> str:
    """Headers are compared without regard to case and spacing."""
    return " ".join(header.split()).casefold()


def _missing_remedy(name: str, cells: Sequence[str]) -> str:
    near = {_normal(cell): cell.strip() for cell in cells}
    if match := difflib.get_close_matches(_normal(name), near, 1, 0.7):
        return f'did you mean "{near[match[0]]}"?'
    names = [" ".join(cell.split())[:_LONGEST_NAME] for cell in cells if cell.strip()]
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"columns there are: {', '.join(f'{quoted!r}' for quoted in names[:_MOST_NAMES])}{rest}"
