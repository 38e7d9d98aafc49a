r"""Examples kept beside a table: a case in each line, and what the table must answer.

Usage::

    examples = read_examples("income;on;fee\n1200;2026-11-22;12,50\n", spec).examples
    run_example(table, examples[0])  # () or what was found instead
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ._cells import CellError, Value, read_value, shown, typed
from ._check import TableProblem
from ._column import EXPECT, NOTE
from ._errors import NoRowError
from ._sheet import Record, guess_text, read_sheet
from ._spec import TableSpec
from ._table import Row, Table

__all__ = ["Example", "ReadExamples", "cases_text", "read_examples", "run_example"]

DAY = "on"
"""Heading of the day for which an example asks."""
NOTHING = "none"
"""In the column ``expect``: no row may answer."""


@dataclass(frozen=True)
class Example:
    """One case and its answer.

    Attributes:
        inputs: One value for each input.
        on: The day; ``None`` where the table has no days.
        expected: Some outputs with the value they must have; empty: no row may answer.
        line: Where it stands.
        note: What its author noted.
    """

    inputs: Mapping[str, Value]
    on: date | None
    expected: Mapping[str, Value]
    line: int
    note: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What two examples share when they ask the same."""
        return (self.on, *sorted((name, str(value)) for name, value in self.inputs.items()))


@dataclass(frozen=True)
class ReadExamples:
    """What was read; the lines that ``problems`` are about are not among the examples."""

    examples: tuple[Example, ...]
    problems: tuple[TableProblem, ...]


def read_examples(text: str, spec: TableSpec) -> ReadExamples:
    """The examples of a CSV text.

    Args:
        text: Line ends as line feeds, no byte order mark.
        spec: What the table looks like.
    """
    days = (DAY,) if spec.from_column else ()
    asked = [column.name for column in spec.inputs]
    answers = [column.name for column in spec.outputs]
    sheet = read_sheet(text, (*days, *asked, *answers, EXPECT, NOTE))
    problems = list(sheet.problems)
    missing = [name for name in (*days, *asked) if sheet.headings and name not in sheet.headings]
    for name in missing:
        advice = "each example says its day" if name == DAY else guess_text(name, sheet.headings)
        problems.append(
            TableProblem("E801", f"the column {name} is missing", advice, line=sheet.line, column=name)
        )
    if sheet.headings and not {*answers, EXPECT} & set(sheet.headings):
        advice = f"add {' or '.join(answers)}, or {EXPECT} with {NOTHING} where no row may answer"
        problems.append(TableProblem("E801", "no column says what is expected", advice, line=sheet.line))
        missing.append("")
    examples = []
    for record in sheet.records if sheet.headings and not missing else ():
        example = _example(record, spec, problems, comma=sheet.comma)
        if example is not None:
            examples.append(example)
    return ReadExamples(tuple(examples), tuple(problems))


def run_example(table: Table, example: Example) -> tuple[str, str] | None:
    """Ask the table.

    Returns:
        ``None`` when it answers as expected; else what was expected and what was found, in words.
    """
    if not example.expected:
        row = table.find(on=example.on, **example.inputs)
        return None if row is None else ("no row", _found(row, row.outputs))
    expected = _words(example.expected)
    try:
        row = table.lookup(on=example.on, **example.inputs)
    except NoRowError as error:
        return expected, error.message
    found = {name: row[name] for name in example.expected}
    if found == dict(example.expected):
        return None
    return expected, _found(row, found)


def _found(row: Row, outputs: Mapping[str, Value | None]) -> str:
    return f"{_words(outputs)} ({row.origin})" if row.origin else _words(outputs)


def _words(outputs: Mapping[str, Value | None]) -> str:
    def word(value: Value | None) -> str:
        return str(value).lower() if isinstance(value, bool) else "nothing" if value is None else str(value)

    return ", ".join(f"{name} {word(value)}" for name, value in outputs.items())


def _example(record: Record, spec: TableSpec, problems: list[TableProblem], *, comma: bool) -> Example | None:
    inputs: dict[str, Value] = {}
    expected: dict[str, Value] = {}
    before = len(problems)
    for column in (*spec.inputs, *spec.outputs):
        text = record.cells.get(column.name, "")
        if not text and column.role == "output":
            continue  # not compared
        try:
            value = typed(column.kind, read_value(column, text, comma=comma, closed=column.role == "output"))
        except CellError as error:
            advice = "an example asks about one value" if column.role == "input" else error.help
            message = f"{column.name}: {error.message}"
            problems.append(TableProblem("E801", message, advice, line=record.line, column=column.name))
            continue
        (inputs if column.role == "input" else expected)[column.name] = value
    on = _day(record, spec, problems)
    if before == len(problems):
        _says_what(record, expected, problems)
    if before != len(problems):
        return None
    return Example(inputs, on, expected, record.line, record.cells.get(NOTE, ""))


def _says_what(record: Record, expected: Mapping[str, Value], problems: list[TableProblem]) -> None:
    """Whether an example says what must come out, and in one way."""
    word = record.cells.get(EXPECT, "")
    if word not in {"", NOTHING}:
        message, advice = f"{EXPECT}: {shown(word)} is not {NOTHING}", f"write {NOTHING}, or leave it empty"
    elif word and expected:
        message = f"the example expects {NOTHING} and {', '.join(expected)}"
        advice = "leave the answers empty where no row may answer"
    elif not word and not expected:
        message = "the example expects nothing"
        advice = f"fill in an answer, or write {NOTHING} in a column {EXPECT} where no row may answer"
    else:
        return
    problems.append(TableProblem("E801", message, advice, line=record.line))


def _day(record: Record, spec: TableSpec, problems: list[TableProblem]) -> date | None:
    column = spec.from_column
    if column is None:
        return None
    try:
        return date.fromisoformat(read_value(column, record.cells.get(DAY, ""), comma=False))
    except CellError as error:
        advice = error.help if record.cells.get(DAY) else "each example says its day"
        problems.append(TableProblem("E801", f"{DAY}: {error.message}", advice, line=record.line, column=DAY))
        return None


def cases_text(example: Example, names: Sequence[str]) -> str:
    """What an example asks, in words."""
    parts = [f"{name} {example.inputs[name]}" for name in names]
    return ", ".join([*parts, *([f"on {example.on}"] if example.on else [])])
