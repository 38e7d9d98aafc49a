"""A decision table for people: its rows with their places, an empty one to begin with, and its examples.

Rules this module keeps: nothing is shown of a table that the schema calls personal; examples ask the table
as a bot would, and only one in which nothing is wrong.

Usage::

    table = show_table(examination, "fees", date(2026, 11, 22))
    tests = table_tests(municipality, "small-invoices", examination)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import HIDDEN, ConfigError, Finding, KeyPath, in_order, printable
from rpa_commons.config.layers import Layer, Section
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.table_files import EXAMPLES, folders_of, table_fields, table_finding, table_text
from rpa_commons.tables import (
    BrokenTableError,
    Example,
    ReadExamples,
    Table,
    TableProblem,
    TableSpec,
    cases_text,
    read_examples,
    run_example,
    template,
)

from ._resolved import UnknownKeyError

if TYPE_CHECKING:
    from ._resolve import Examination

__all__ = [
    "ShownRow",
    "ShownTable",
    "TableTest",
    "example_findings",
    "show_table",
    "table_names",
    "table_template",
    "table_tests",
]


@dataclass(frozen=True)
class ShownRow:
    """One row.

    Attributes:
        cells: By heading, as people write them; ``…`` where nothing may be shown.
        origin: Where it stands.
        in_force: Whether it is, on the day that was asked for.
        note: What its author noted.
    """

    cells: Mapping[str, str]
    origin: str
    in_force: bool
    note: str


@dataclass(frozen=True)
class ShownTable:
    """One table.

    Attributes:
        key: The setting.
        description: What it is for.
        hit_policy: ``unique`` or ``first``.
        complete: Whether every case must meet a row; else gaps are allowed.
        units: Of the columns that have one.
        on: The day for which rows are in force.
        rows: Where the first one counts in their order, else by day and case.
    """

    key: str
    description: str
    hit_policy: str
    complete: bool
    units: Mapping[str, str]
    on: date
    rows: tuple[ShownRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The table as JSON values."""
        rows = [
            {"cells": dict(one.cells), "origin": one.origin, "in_force": one.in_force, "note": one.note}
            for one in self.rows
        ]
        return {
            "key": self.key,
            "description": self.description,
            "hit_policy": self.hit_policy,
            "complete": self.complete,
            "units": dict(self.units),
            "on": self.on.isoformat(),
            "rows": rows,
        }


@dataclass(frozen=True)
class TableTest:
    """The examples of one table.

    Attributes:
        instance: Whose table.
        key: The setting.
        examples: How many there are.
        findings: E805 for each that failed, and what else is wrong with the table or the examples' files.
        ran: Whether the table could be asked at all.
    """

    instance: str
    key: str
    examples: int
    findings: tuple[Finding, ...]
    ran: bool

    def to_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "instance": self.instance,
            "key": self.key,
            "examples": self.examples,
            "ran": self.ran,
            "findings": [one.to_json() for one in self.findings],
        }


def table_names(examination: "Examination") -> tuple[str, ...]:
    """The settings of an instance that are decision tables."""
    return tuple(_name(path) for path in table_fields(examination.sections[0].view))


def show_table(examination: "Examination", key: str, on: date) -> ShownTable:
    """A table as it holds for an instance.

    Raises:
        UnknownKeyError: the instance has no such table.
        BrokenTableError: a row cannot be read; the findings of the examination say why.
    """
    section = examination.sections[0]
    path, spec = _field(section, key)
    table = _table(section, path, spec)
    hidden = section.view.is_personal(path)
    rows = [
        ShownRow(
            _cells(spec, row, hidden=hidden), str(row.get("row", "")), in_force, _note(row, hidden=hidden)
        )
        for row, in_force in zip(table.to_json(), table.in_force(on), strict=True)
    ]
    if spec.hit_policy == "unique":
        order = table.in_order()
        rows = [rows[index] for index in order]
    units = {column.name: column.unit for column in spec.columns if column.unit}
    description = " ".join(str(section.view.note(path, "description") or "").split())
    return ShownTable(key, description, spec.hit_policy, spec.complete, units, on, tuple(rows))


def table_template(examination: "Examination", key: str) -> str:
    """An empty table as CSV, what each column means above its heading.

    Raises:
        UnknownKeyError: the instance has no such table.
    """
    return template(_field(examination.sections[0], key)[1])


def table_tests(
    municipality: MunicipalityFolder, name: str, examination: "Examination", key: str | None = None
) -> tuple[TableTest, ...]:
    """Run the examples kept beside the tables of an instance: of the given one, or of all.

    Examples of all layers count; one that asks the same as an example of a weaker layer takes its place.

    Raises:
        UnknownKeyError: the instance has no such table.
    """
    section = examination.sections[0]
    fields = table_fields(section.view) if key is None else dict([_field(section, key)])
    return tuple(_test(municipality, name, examination, path, spec) for path, spec in fields.items())


def example_findings(
    municipality: MunicipalityFolder, name: str, examination: "Examination"
) -> Iterator[Finding]:
    """What :func:`table_tests` finds beside what is wrong with the instance anyway."""
    for result in table_tests(municipality, name, examination):
        yield from (one for one in result.findings if one not in examination.findings)


def _test(
    municipality: MunicipalityFolder, name: str, examination: "Examination", path: KeyPath, spec: TableSpec
) -> TableTest:
    section, key = examination.sections[0], _name(path)
    findings = [one for one in examination.findings if one.code[:2] in {"E8", "W8"} and one.key == key]
    placed: dict[Any, tuple[Example, Document, bool]] = {}
    for document, read, is_shared in _examples(municipality, name, section, path, spec, findings):
        findings += (table_finding(one, document, key) for one in read.problems)
        placed |= {example.key: (example, document, is_shared) for example in read.examples}
    wrong = any(one.code[0] == "E" and one.key == key for one in examination.findings)
    ran = not wrong
    if ran:
        table = _table(section, path, spec)
        own = _own_rows(section, path)
        for example, document, is_shared in placed.values():
            problem = _failed(table, spec, example, hidden=section.view.is_personal(path))
            if problem is None:
                continue
            row = table.find(on=example.on, **example.inputs) if is_shared else None
            if row is not None and row.origin in own:
                findings.append(_at_own_row(problem, document, key, *own[row.origin]))
            else:
                findings.append(table_finding(problem, document, key))
    return TableTest(name, key, len(placed), in_order(findings), ran)


def _own_rows(section: Section, path: KeyPath) -> dict[str, tuple[Layer, KeyPath]]:
    """Where the rows of layers stand that are not the cooperation's, by their origin."""
    return {
        row["row"]: (one.layer, (*path, index))
        for one in section.merged.leaves.get(path, ())
        if not one.layer.is_shared and isinstance(one.value, list)
        for index, row in enumerate(one.value)
        if isinstance(row, dict) and isinstance(row.get("row"), str)
    }


def _at_own_row(problem: TableProblem, document: Document, key: str, layer: Layer, path: KeyPath) -> Finding:
    """What an example of the cooperation says of a row that is the member's own, at that row."""
    origin = layer.origin(path)
    message = f"{problem.message}, by the example {document.name}:{problem.line}"
    advice = "correct the row; or keep the same question, with your answer, in your own examples"
    advice = f"{problem.help}: {advice}" if problem.help else advice
    return Finding("E805", key, message, origin.file, origin.line, help=advice)


def _failed(table: Table, spec: TableSpec, example: Example, *, hidden: bool) -> TableProblem | None:
    result = run_example(table, example)
    if result is None:
        return None
    expected, found = (HIDDEN, HIDDEN) if hidden else result
    asked = cases_text(example, [column.name for column in spec.inputs])
    message = f"expected {expected}, found {found}"
    return TableProblem(
        "E805", message, f"asked for {asked}" if asked and not hidden else "", line=example.line
    )


def _examples(
    municipality: MunicipalityFolder,
    name: str,
    section: Section,
    path: KeyPath,
    spec: TableSpec,
    findings: list[Finding],
) -> Iterator[tuple[Document, ReadExamples, bool]]:
    """The examples of each layer, weakest first, and whether the layer is the cooperation's."""
    bot = str(section.values.get("bot", ""))
    for folder in folders_of(municipality, name, bot):
        file = folder.path / f"{_name(path)}{EXAMPLES}"
        try:
            text = table_text(file, folder)
        except ConfigError as error:
            findings += error.findings
            continue
        if text is not None:
            document = Document(file, f"{folder.name}/{file.name}", text)
            yield document, read_examples(text, spec), folder.root != municipality.folder


def _field(section: Section, key: str) -> tuple[KeyPath, TableSpec]:
    fields = {_name(path): (path, spec) for path, spec in table_fields(section.view).items()}
    if key not in fields:
        raise UnknownKeyError(key, sorted(fields))
    return fields[key]


def _name(path: KeyPath) -> str:
    return ".".join(map(str, path[1:]))


def _table(section: Section, path: KeyPath, spec: TableSpec) -> Table:
    candidates = section.merged.leaves.get(path, ())
    rows = candidates[-1].effective if candidates else []
    if not isinstance(rows, list):
        raise BrokenTableError("its rows are no list")
    return Table([row for row in rows if isinstance(row, dict)]).bound(spec, _name(path))


def _note(row: Mapping[str, Any], *, hidden: bool) -> str:
    text = printable(" ".join(str(row.get("note", "")).split()))
    return HIDDEN if hidden and text else text


def _cells(spec: TableSpec, row: Mapping[str, Any], *, hidden: bool) -> dict[str, str]:
    found = {}
    for column in spec.columns:
        given = row.get(column.role) if column.role in {"from", "until"} else None
        if column.role in {"input", "output"}:
            given = row["when" if column.role == "input" else "then"].get(column.name)
        text = "" if given is None else str(given).lower() if isinstance(given, bool) else str(given)
        found[column.name] = HIDDEN if hidden and text else text
    return found
