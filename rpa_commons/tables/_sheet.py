"""A CSV text as spreadsheets write it -> headings and records, each with its line.

Rules this module keeps: cells are separated by semicolons, tabs or commas, whichever gives the most known
headings; a decimal comma is one only where no comma separates cells; lines that begin with ``#`` above the
headings are for people; blank lines are passed over, and so are columns at the end that are empty in every
line, the headings' too. Any other line with more cells than there are headings is refused, for its text may
hold a separator, and each cell behind it would stand below the wrong heading.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ._cells import shown
from ._check import TableProblem

__all__ = ["Record", "Sheet", "guess_text", "read_sheet", "sheet_problems"]

_SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
_SAID = re.compile(r"\"?sep=([;,\t])\"?\1*", re.IGNORECASE)
_LONGEST_CELL = 500  # characters; a cell holds a value
_MOST_CELLS = 500  # of the line with the headings
MOST_LINES = 20_000


@dataclass(frozen=True)
class Record:
    """One line of cells: by heading, without blanks around them.

    Attributes:
        line: Where it begins.
        cells: The text of each.
        numbers: Headings whose cell was a number, not a text that can be read in two ways.
    """

    line: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """What a CSV text holds.

    Attributes:
        headings: In order, only known ones.
        line: Where the headings stand.
        comma: Whether decimals are written with a comma.
        records: The lines below.
        problems: What is wrong with the text as a sheet.
    """

    headings: tuple[str, ...]
    line: int
    comma: bool
    records: tuple[Record, ...]
    problems: tuple[TableProblem, ...]


def read_sheet(text: str, known: Sequence[str]) -> Sheet:
    """Read a CSV text.

    Args:
        text: Line ends as line feeds, no byte order mark.
        known: The headings there may be.
    """
    number, separator = _head(text, known)
    if separator is None:
        problem = TableProblem(
            "E801", "there is no line with headings", f"begin with {';'.join(known)}", line=1
        )
        return Sheet((), 1, comma=False, records=(), problems=(problem,))
    lines = text.split("\n")[number - 1 :]
    problems: list[TableProblem] = []
    rows = list(_rows(lines, number, separator, problems))
    if not rows:  # the heading itself has a quote that nobody closes
        return Sheet((), number, comma=False, records=(), problems=tuple(problems))
    headings = _headings(rows[0][1], number, known, problems)
    if not headings:
        return Sheet((), number, comma=False, records=(), problems=tuple(problems))
    unused = len(rows[0][1]) if not any(any(cells[len(headings) :]) for _, cells in rows) else 0
    room = max(len(headings), unused)
    records = [
        record
        for line, cells in rows[1:]
        if (record := _record(line, cells, headings, (separator, room), problems))
    ]
    found = tuple(heading for heading in headings if heading)
    return Sheet(found, number, separator != ",", tuple(records), tuple(problems))


def sheet_problems(text: str) -> tuple[TableProblem, ...]:
    """What is wrong with a CSV text as such, where nobody knows which headings there may be.

    Args:
        text: Line ends as line feeds, no byte order mark.
    """
    number, separator = _head(text, ())
    if separator is None:
        return (TableProblem("E801", "there is no line with headings", line=1),)
    lines = text.split("\n")[number - 1 :]
    problems: list[TableProblem] = []
    headings = next(_rows(lines, number, separator, problems), (number, []))[1]
    return tuple(problems) or read_sheet(text, tuple(cell for cell in headings if cell)).problems


def guess_text(word: str, known: Sequence[str]) -> str:
    """The known heading that may have been meant, or all of them."""
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(word.strip().casefold().replace(" ", "_"), folded, n=1)
    return f"did you mean {folded[close[0]]}?" if close else f"the columns are {', '.join(known)}"


def _head(text: str, known: Sequence[str]) -> tuple[int, str | None]:
    """The number of the line with the headings, and what separates its cells."""
    said = None
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip().strip('"')
        if match := _SAID.fullmatch(line.strip(" ")):
            said = match[1]
        elif bare.strip(";,\t ") and not bare.startswith("#"):
            return number, said or _separator(line, known)
    return 1, None


def _separator(line: str, known: Sequence[str]) -> str:
    def score(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"').strip().casefold() for cell in line.split(separator)]
        return sum(cell in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=score)


def _rows(
    lines: Sequence[str], first: int, separator: str, problems: list[TableProblem]
) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on."""
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=separator, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = "the line cannot be read: a quote is not closed, or the line is far too long"
            advice = 'a quote inside quotes is written twice: "", and each one must be closed'
            problems.append(TableProblem("E801", message, advice, line=line))
            return
        if line - first > MOST_LINES:
            problems.append(TableProblem("E801", f"the file has more than {MOST_LINES} lines", line=line))
            return
        yield line, [cell.strip() for cell in cells]


def _headings(
    cells: Sequence[str], line: int, known: Sequence[str], problems: list[TableProblem]
) -> list[str]:
    """The heading of each column; empty where it is of no use."""
    found: list[str] = []
    cells = list(cells)
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > _MOST_CELLS:
        message = f"the line has {len(cells)} headings, {_MOST_CELLS} at most can be read"
        problems.append(TableProblem("E801", message, f"the columns are {', '.join(known)}", line=line))
        return found
    for cell in cells:
        if cell in found:
            problems.append(
                TableProblem(
                    "E801",
                    f"the heading {cell} stands twice",
                    "keep one of the columns",
                    line=line,
                    column=cell,
                )
            )
        elif cell not in known:
            message = f"unknown column '{shown(cell)}'" if cell else "a column has no heading"
            problems.append(TableProblem("E801", message, guess_text(cell, known), line=line, column=cell))
        found.append(cell if cell in known and cell not in found else "")
    return found


def _record(
    line: int,
    cells: list[str],
    headings: Sequence[str],
    form: tuple[str, int],
    problems: list[TableProblem],
) -> Record | None:
    """The cells of a line; ``form`` is what separates them, and how many there may be with empty ones."""
    if not any(cells):
        return None
    separator, room = form
    if len(cells) > room:
        one = _SEPARATORS[separator].removesuffix("s")
        advice = f"put text with a {one} in quotes"
        if separator == ",":
            advice += ', and write decimals with a point: "Main Street 1, Roskilde",12.50'
        message = f"the line has {len(cells)} cells, the headings are {len(headings)}"
        problems.append(TableProblem("E801", message, advice, line=line))
        return None
    cells = cells[: len(headings)]
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        problems.append(TableProblem("E801", f"a cell has more than {_LONGEST_CELL} characters", line=line))
        return None
    cells += [""] * (len(headings) - len(cells))
    return Record(line, {heading: cell for heading, cell in zip(headings, cells, strict=True) if heading})
