"""The files of decision tables: where they may stand, which field each is for, and what is in them.

Rules this module keeps: a file is found by its field's name below ``tables/<bot>`` or ``tables/<instance>``
of a layer; a file that nothing reads is said; reading has the limits that every configuration file has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document, Place, read_optional_text
from rpa_commons.config.findings import ConfigError, Finding, KeyPath, format_key, guess
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.schema import BrokenSchemaError, SchemaView
from rpa_commons.tables import BrokenTableError, ReadRows, TableProblem, TableSpec, read_csv, read_tables

from ._table_folders import TableFolder

__all__ = [
    "EXAMPLES",
    "TableDocument",
    "TableFile",
    "files_in",
    "read_file",
    "table_fields",
    "table_finding",
]

EXAMPLES = ".examples.csv"
"""How the file with a table's examples ends."""

_FORMATS = (".csv", ".toml")
_SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".tsv", ".txt")
_DEEPEST = 8  # tables of settings inside each other
_AS_CSV = "in the spreadsheet: save it as CSV UTF-8 (comma delimited)"


@dataclass(frozen=True)
class TableDocument(Document):
    """A file with rows.

    Attributes:
        field_path: The setting they are for.
        row_lines: Where each begins.
    """

    field_path: KeyPath = ()
    row_lines: tuple[int, ...] = field(default=())

    @cached_property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line of the field and of each of its rows."""
        return {path: place.line for path, place in self.places.items()}

    @cached_property
    def places(self) -> dict[KeyPath, Place]:
        """Where the field and each of its rows stand: whole lines."""
        starts = [0]
        for text in self.text.split("\n"):
            starts.append(starts[-1] + len(text) + 1)
        found = {self.field_path: Place(1, 0, 0)}
        for index, line in enumerate(self.row_lines):
            found[*self.field_path, index] = Place(line, starts[line - 1], starts[line] - 1)
        return found


@dataclass(frozen=True)
class TableFile:
    """One file of rows, found and read."""

    document: TableDocument
    read: ReadRows


def table_fields(view: SchemaView) -> Mapping[KeyPath, TableSpec]:
    """The settings that are decision tables, by path, with what they look like.

    Raises:
        BrokenSchemaError: the manifest describes one wrongly.
    """
    if "tables" not in view.memory:
        view.memory["tables"] = _table_fields(view, ("settings",))
    found: Mapping[KeyPath, TableSpec] = view.memory["tables"]
    return found


def _table_fields(view: SchemaView, path: KeyPath) -> dict[KeyPath, TableSpec]:
    found: dict[KeyPath, TableSpec] = {}
    for key in view.keys(path):
        here = (*path, key)
        given = view.note(here, "table")
        if given is not None:
            try:
                found[here] = TableSpec.from_json(given)
            except BrokenTableError as error:
                raise BrokenSchemaError(f"{format_key(here[1:])}: {error.problem}") from None
        elif len(here) < _DEEPEST and not view.is_secret(here):
            found |= _table_fields(view, here)
    return found


def files_in(
    folder: TableFolder, fields: Mapping[KeyPath, TableSpec], findings: list[Finding]
) -> dict[KeyPath, Path]:
    """The file of each field in a folder; a file for none, or two for one, becomes a finding."""
    try:
        names = sorted(one.name for one in folder.path.iterdir() if not one.name.startswith((".", "~$")))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        findings.append(Finding("E103", "", f"cannot be read: {error.strerror}", folder.path))
        return {}
    stems = {".".join(map(str, path[1:])): path for path in fields}
    found: dict[KeyPath, Path] = {}
    for name in names:
        path = folder.path / name
        stem, known = _stem(name), stems.get(_stem(name))
        if known is None or not name.endswith(_FORMATS):
            findings.append(_stray(path, stem, tuple(stems), is_known=known is not None))
        elif name.endswith(EXAMPLES):
            continue
        elif known in found:
            message = f"{found[known].name} stands beside it: one table has one file"
            findings.append(
                Finding("E801", format_key(known[1:]), message, path, help="keep the newer, remove the other")
            )
        else:
            found[known] = path
    return found


def read_file(
    path: Path, folder: TableFolder, field_path: KeyPath, spec: TableSpec, municipality: MunicipalityFolder
) -> TableFile | None:
    """The rows of a file; ``None`` when there is none.

    Raises:
        ConfigError: the file cannot be read at all.
    """
    name = f"{folder.name}/{path.name}"
    if path.suffix == ".toml":
        document = municipality.reader.optional(path, root=folder.root, name=name)
        if document is None:
            return None
        read, text = _toml_rows(document, spec), document.text
    else:
        given = table_text(path, folder)
        if given is None:
            return None
        read, text = read_csv(given, spec), given
    return TableFile(TableDocument(path, name, text, field_path=field_path, row_lines=read.lines), read)


def table_text(path: Path, folder: TableFolder) -> str | None:
    """The text of a CSV file; ``None`` when there is none.

    Raises:
        ConfigError: it cannot be read, or is no UTF-8.
    """
    try:
        text = read_optional_text(path, root=folder.root)
    except ConfigError as error:
        raise ConfigError([_as_sheet(one) for one in error.findings]) from None
    return text.replace("\r", "\n") if text is not None else None


def table_finding(problem: TableProblem, document: Document, key: str) -> Finding:
    """A problem of one line of a file."""
    line = problem.line
    text = document.text.split("\n")[line - 1] if line else ""
    return Finding(problem.code, key, problem.message, document.path, line, text[:200], help=problem.help)


def _toml_rows(document: Document, spec: TableSpec) -> ReadRows:
    values = document.values
    rows = values.get("row", [])
    problems = [
        TableProblem(
            "E801", f"unknown key {key}", "each row begins with [[row]]", line=document.line_of((key,))
        )
        for key in values
        if key != "row"
    ]
    if not isinstance(rows, list):
        problems.append(
            TableProblem(
                "E801", "row is one table", "begin each row with [[row]]", line=document.line_of(("row",))
            )
        )
        rows = []
    placed = [(document.line_of(("row", index)) or 1, row) for index, row in enumerate(rows)]
    read = read_tables(placed, spec)
    return ReadRows(read.rows, read.lines, (*problems, *read.problems))


def _stem(name: str) -> str:
    """A file's name without its ending."""
    for ending in (EXAMPLES, *_FORMATS):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return Path(name).stem


def _stray(path: Path, stem: str, known: Sequence[str], *, is_known: bool) -> Finding:
    if is_known or path.suffix.lower() in _SHEETS:
        advice = (
            f"{_AS_CSV}, and keep the workbook in another folder"
            if path.suffix.lower() in _SHEETS
            else f"call it {stem}.csv or {stem}.toml"
        )
        return Finding("E101", "", "nothing reads this file: a table is CSV or TOML", path, help=advice)
    meant = guess(stem, known)
    fields = f"its tables are {', '.join(known)}" if known else "the bot has no decision table"
    advice = f"did you mean {meant}{path.suffix}?" if meant else fields
    return Finding(
        "E101", "", f"the bot has no decision table {stem}, so nothing reads this file", path, help=advice
    )


def _as_sheet(finding: Finding) -> Finding:
    """What is said of a file's bytes, said to somebody who has a spreadsheet."""
    if finding.code != "E104":
        return finding
    return Finding("E801", "", finding.message, finding.file, finding.line, help=_AS_CSV)


def row_values(read: ReadRows, name: str) -> list[dict[str, Any]]:
    """Rows as they travel with the settings: each says where it stands."""
    return [{**row, "row": f"{name}:{line}"} for row, line in zip(read.rows, read.lines, strict=True)]
