"""Rows of a table from CSV or TOML -> rows as JSON, each with its line, and everything that is wrong.

Rules this module keeps: a wrong cell loses its row, and the other rows are read all the same; nothing is
taken for something else: a number is no text, a text no number.

Usage::

    read = read_csv(path.read_text("utf-8-sig"), spec)
    read.rows, read.lines, read.problems
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ._cells import ANY, CellError, read_value, typed
from ._check import TableProblem
from ._column import NOTE, Column
from ._sheet import Record, guess_text, read_sheet
from ._spans import outside, read_span, span_between
from ._spec import TableSpec

__all__ = ["ReadRows", "read_csv", "read_tables", "template"]

_MOST_PROBLEMS = 50  # of one file
_LOWEST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class ReadRows:
    """What was read.

    Attributes:
        rows: Rows as JSON, see :mod:`rpa_commons.tables`.
        lines: The line of each.
        problems: What is wrong; the rows it is about are not among ``rows``.
    """

    rows: tuple[dict[str, Any], ...]
    lines: tuple[int, ...]
    problems: tuple[TableProblem, ...]


def read_csv(text: str, spec: TableSpec) -> ReadRows:
    """The rows of a CSV text.

    Args:
        text: Line ends as line feeds, no byte order mark.
        spec: What the table looks like.
    """
    known = (*(heading for column in spec.columns for heading in column.headings), NOTE)
    sheet = read_sheet(text, known)
    problems = list(sheet.problems)
    missing = list(_missing(spec, sheet.headings, sheet.line)) if sheet.headings else []
    if missing or not sheet.headings:
        guessed = {problem.help for problem in problems}  # said already: which heading was meant
        unsaid = (one for one in missing if f"did you mean {one.column}?" not in guessed)
        return ReadRows((), (), _at_most((*problems, *unsaid)))
    return _rows(spec, sheet.records, problems, comma=sheet.comma)


def read_tables(tables: Iterable[tuple[int, Any]], spec: TableSpec) -> ReadRows:
    """The rows of TOML tables ``[[row]]``, each given with its line."""
    problems: list[TableProblem] = []
    records = []
    for line, table in tables:
        if not isinstance(table, Mapping):
            problems.append(TableProblem("E801", "a row is a table", "begin each with [[row]]", line=line))
        elif record := _toml_record(line, table, spec, problems):
            records.append(record)
    return _rows(spec, records, problems, comma=False)


def template(spec: TableSpec) -> str:
    """An empty table as CSV: what each column means above its heading."""
    lines = [f"# {column.name}: {_advice(column)}" for column in spec.columns]
    lines.append(f"# {NOTE}: free words, for example the paragraph")
    return "\n".join([*lines, ";".join([*(column.name for column in spec.columns), NOTE]), ""])


def _advice(column: Column) -> str:
    forms = {
        "range": "a range, both ends included: 0..999; [0..1000) without the upper one; >= 1000; * for any",
        "band": "the lowest value of a band; it ends where the next one begins",
        "equals": f"{column.kind_text}; * for any",
    }
    kind = forms[column.match] if column.role == "input" else column.kind_text
    if column.kind == "date":
        kind += ", year first: 2026-12-31"
    text = f"{column.description.rstrip('.')}: {kind}"
    return " ".join(text.replace(";", ",").split())


def _missing(spec: TableSpec, headings: Sequence[str], line: int) -> Iterable[TableProblem]:
    for column in spec.columns:
        name, *split = column.headings
        present = [heading for heading in split if heading in headings]
        if name in headings and present:
            yield TableProblem(
                "E801",
                f"{name} stands beside {', '.join(present)}",
                f"give the range in {name} or in {' and '.join(split)}",
                line=line,
            )
        elif name not in headings and present and len(present) < len(split):
            [absent] = [heading for heading in split if heading not in headings]
            yield TableProblem(
                "E801",
                f"{present[0]} stands without {absent}",
                f"add the column {absent}",
                line=line,
                column=absent,
            )
        elif name not in headings and not present and not column.optional:
            meaning = f"{column.description.rstrip('.')}: {column.kind_text}"
            yield TableProblem("E801", f"the column {name} is missing", meaning, line=line, column=name)


def _rows(
    spec: TableSpec, records: Iterable[Record], problems: list[TableProblem], *, comma: bool
) -> ReadRows:
    rows, lines = [], []
    for record in records:
        found: list[TableProblem] = []
        row = _row(spec, record, found, comma=comma)
        problems += found
        if not found:
            rows.append(row)
            lines.append(record.line)
    return ReadRows(tuple(rows), tuple(lines), _at_most(problems))


def _row(spec: TableSpec, record: Record, problems: list[TableProblem], *, comma: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"when": {}, "then": {}}
    for column in spec.columns:
        try:
            is_number = column.name in record.numbers
            value = _cell(column, record, comma=None if is_number else comma)
        except CellError as error:
            message = f"{column.name}: {error.message}"
            problems.append(TableProblem("E801", message, error.help, line=record.line, column=column.name))
            continue
        if column.role in {"from", "until"}:
            if value is not None:
                row[column.role] = value
        elif column.role == "input":
            row["when"][column.name] = value
        elif value is not None:
            native = column.kind in {"whole", "boolean"}
            row["then"][column.name] = typed(column.kind, value) if native else value
    if record.cells.get(NOTE):
        row[NOTE] = record.cells[NOTE]
    return row


def _cell(column: Column, record: Record, *, comma: bool | None) -> str | None:
    """The canonical text of a cell; ``None`` where an optional one is empty."""
    cells = record.cells
    if column.match == "range" and column.name not in cells:
        low, high = (cells.get(heading, "") for heading in column.headings[1:])
        return _within(column, span_between(column, low, high, comma=comma))
    text = cells.get(column.name, "")
    if not text and column.optional:
        return None
    if column.role == "input" and text == "*":
        return text
    if column.match == "range":
        return _within(column, read_span(column, text, comma=comma))
    value = read_value(column, text, comma=comma)
    if column.role in {"from", "until"} and date.fromisoformat(value) < _LOWEST_DAY:
        raise CellError(f"{value} lies long ago", "is the year right?")
    return value


def _within(column: Column, text: str) -> str:
    """A canonical range of which no end lies outside what cases can have.

    Raises:
        CellError: one does.
    """
    if said := outside(column, text):
        raise CellError(f"{text} reaches too far: {said}", f"is a digit wrong? {ANY} stands for any value")
    return text


def _toml_record(
    line: int, table: Mapping[str, Any], spec: TableSpec, problems: list[TableProblem]
) -> Record | None:
    known = (*(heading for column in spec.columns for heading in column.headings), NOTE)
    kinds = {heading: column for column in spec.columns for heading in column.headings}
    cells: dict[str, str] = {}
    before = len(problems)
    for key, value in table.items():
        if key not in known:
            problems.append(
                TableProblem("E801", f"unknown column {key!r}", guess_text(key, known), line=line, column=key)
            )
            continue
        try:
            cells[key] = _toml_text(kinds.get(key), value)
        except CellError as error:
            problems.append(
                TableProblem("E801", f"{key}: {error.message}", error.help, line=line, column=key)
            )
    if before == len(problems):
        problems += _missing(spec, tuple(cells), line)
    numbers = frozenset(key for key, value in table.items() if isinstance(value, int | float))
    return Record(line, cells, numbers) if before == len(problems) else None


def _toml_text(column: Column | None, value: Any) -> str:  # noqa: ANN401 - any TOML value
    """A TOML value as the text of a cell."""
    if isinstance(value, str):
        return value.strip()
    if column is None or column.kind in {"text", "code"}:
        raise CellError("a text stands in quotes", f'write "{value}"' if isinstance(value, int) else "")
    if isinstance(value, bool):
        if column.kind == "boolean":
            return str(value).lower()
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    elif isinstance(value, int) and abs(value) < 10**18:
        return str(value)
    elif isinstance(value, float):
        text = repr(value)
        if len(text.strip("-").replace(".", "")) > 15 or "e" in text:  # noqa: PLR2004 - digits a float holds
            raise CellError("the number has more digits than are kept", "write it in quotes")
        return text.removesuffix(".0") if column.kind == "whole" else text
    raise CellError(f"it is no {column.kind_text}")


def _at_most(problems: Sequence[TableProblem]) -> tuple[TableProblem, ...]:
    if len(problems) <= _MOST_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - _MOST_PROBLEMS
    last = problems[_MOST_PROBLEMS]
    more = TableProblem(
        "E801", f"{rest} more findings follow in this file", "mend these first", line=last.line
    )
    return (*problems[:_MOST_PROBLEMS], more)
