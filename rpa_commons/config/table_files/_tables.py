"""Decision tables as configuration: the rows that each layer adds, and what is wrong with them together.

Rules this module keeps: a table is one leaf, a list of rows that say where they stand; rows of a stronger
layer are added to those below, one with the same conditions and first day replaces; the rows are checked as
they hold together, and each finding stands in the file and line of the row it is about.

Usage::

    layers, findings = table_layers(municipality, "small-invoices", "invoice-payment", view)
    findings += table_findings(section, today)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rpa_commons.config.findings import CODES, ConfigError, Finding, KeyPath, format_key, guess
from rpa_commons.config.layers import Candidate, Layer, Section
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.schema import SchemaView
from rpa_commons.tables import BrokenTableError, Rule, TableProblem, TableSpec, check_rules, read_rule

from ._table_files import files_in, read_file, row_values, table_fields, table_finding
from ._table_folders import TableFolder, folders_of

__all__ = ["TableLayer", "laid", "stray_table_folders", "table_findings", "table_layers"]


@dataclass(frozen=True)
class TableLayer(Layer):
    """The rows of one file.

    Attributes:
        is_partial: Whether some could not be read: what is missing is then no gap.
    """

    is_partial: bool = False


def table_layers(
    municipality: MunicipalityFolder, name: str, bot: str, view: SchemaView
) -> tuple[Sequence[Layer], Sequence[Finding]]:
    """The layers that files of decision tables make, weakest first, and what cannot be read in them.

    Args:
        municipality: Whose they are.
        name: The bot instance.
        bot: Its bot, whose manifest is known.
        view: The schema of the instance, its settings below ``settings``.

    Raises:
        BrokenSchemaError: the manifest describes a table wrongly.
    """
    fields = table_fields(view)
    layers: list[Layer] = []
    findings: list[Finding] = []
    for folder in folders_of(municipality, name, bot):
        for path, file in files_in(folder, fields, findings).items():
            try:
                read = read_file(file, folder, path, fields[path], municipality)
            except ConfigError as error:
                findings += (replace(one, key=format_key(path[1:])) for one in error.findings)
                layers.append(_layer(folder, path, [], TableLayer(folder.layer, {}, is_partial=True)))
                continue
            if read is None:
                continue
            problems = read.read.problems
            findings += (_shown(one, read.document, path, view) for one in problems)
            layer = TableLayer(folder.layer, {}, read.document, is_partial=bool(problems))
            layers.append(_layer(folder, path, row_values(read.read, read.document.name), layer))
    return layers, findings


def laid(layers: Sequence[Layer], tables: Sequence[Layer]) -> list[Layer]:
    """All layers by strength; of one layer, what its TOML says below what its tables say."""

    def strength(layer: Layer) -> int:
        ranks = ("baseline", "profile", "municipality", "environment")
        word = layer.name.partition(" ")[0]
        return ranks.index(word) if word in ranks else len(ranks) if word.startswith("--") else -1

    return sorted((*layers, *tables), key=strength)


def table_findings(section: Section, today: date) -> Iterator[Finding]:
    """What is wrong with the rows of each table of a section as they hold together.

    Nothing is said of a table of which a file could not be read.
    """
    for path, spec in table_fields(section.view).items():
        candidates = section.merged.leaves.get(path, ())
        rows = candidates[-1].effective if candidates else []
        broken = any(isinstance(one.layer, TableLayer) and one.layer.is_partial for one in candidates)
        if not broken and isinstance(rows, list):
            yield from _Placing(section, path, candidates, rows).findings(spec, today)


def stray_table_folders(municipality: MunicipalityFolder, bots: Sequence[str]) -> Iterator[Finding]:
    """E101 for each folder of tables that belongs to no instance and none of the given bots."""
    known = (*municipality.instances(), *bots)
    places = [municipality.folder / "tables"]
    environments = municipality.folder / "environments"
    if environments.is_dir():
        places += [one / "tables" for one in sorted(environments.iterdir())]
    for parent in places:
        for path in sorted(parent.iterdir()) if parent.is_dir() else ():
            if path.name.startswith(".") or path.name in known:
                continue
            meant = guess(path.name.split(".")[0], known)
            advice = f"did you mean {meant}?" if meant else "name it after a bot instance or its bot"
            message = f"nothing reads {path.name}: there is no such bot instance or bot"
            if not path.is_dir():
                message, advice = (
                    "nothing reads this file",
                    "put it into a folder named after the bot instance",
                )
            yield Finding("E101", "", message, path, help=advice)


def _layer(folder: TableFolder, path: KeyPath, rows: list[dict[str, Any]], layer: TableLayer) -> TableLayer:
    values: Any = rows
    for key in reversed(path):
        values = {key: values}
    text = "" if layer.document else folder.name
    return replace(layer, values=values, text=text)


def _shown(problem: TableProblem, document: Any, path: KeyPath, view: SchemaView) -> Finding:  # noqa: ANN401 - a document
    found = table_finding(problem, document, format_key(path[1:]))
    if view.is_personal(path):
        return replace(found, message=CODES[found.code], line_text="", help="")
    return found


class _Placing:
    """Findings of one table, each in the line of its row."""

    def __init__(
        self, section: Section, path: KeyPath, candidates: Sequence[Candidate], rows: list[Any]
    ) -> None:
        self._section = section
        self._path = path
        self._rows = rows
        self._layers = [one.layer for one in candidates]
        self._places: dict[object, tuple[Layer, int]] = {}
        for one in candidates:
            for index, row in enumerate(one.value if isinstance(one.value, list) else ()):
                self._places[id(row)] = (one.layer, index)
                if isinstance(row, Mapping) and isinstance(row.get("row"), str):
                    self._places[row["row"]] = (one.layer, index)

    def findings(self, spec: TableSpec, today: date) -> Iterator[Finding]:
        """Rows that are none, or else what is wrong with all of them."""
        rules: list[Rule] = []
        found: list[TableProblem] = []
        for index, row in enumerate(self._rows):
            try:
                rules.append(read_rule(spec, row))
            except BrokenTableError as error:
                advice = "a decision table stands in a file of its own below tables/"
                found.append(TableProblem("E801", error.problem, advice, (index,)))
        for problem in found or check_rules(spec, rules, today, list(map(self._rank, self._rows))):
            yield self._finding(problem)

    def _rank(self, row: Any) -> int:  # noqa: ANN401 - any TOML value
        """How strong the layer of a row is."""
        text = row.get("row") if isinstance(row, Mapping) else None
        place = self._places.get(id(row)) or self._places.get(text)
        return next((rank for rank, one in enumerate(self._layers) if place and one is place[0]), -1)

    def _finding(self, problem: TableProblem) -> Finding:
        view, path = self._section.view, self._path
        message, advice = problem.message, problem.help
        if view.is_personal(path):
            message, advice = CODES[problem.code], ""
        if not self._rows:
            advice = self._begin()
        layer, here = self._place(problem)
        origin = layer.origin(here)
        key = self._section.name_of(path)
        text = layer.quote(origin.line, view)
        return Finding(
            problem.code, key, message, origin.file, origin.line, text, help=advice, source=str(origin)
        )

    def _place(self, problem: TableProblem) -> tuple[Layer, KeyPath]:
        if problem.rows:
            row = self._rows[problem.rows[0]]
            text = row.get("row") if isinstance(row, Mapping) else None
            place = self._places.get(id(row)) or self._places.get(text)
            if place is not None:
                return place[0], (*self._path, place[1])
        return (self._layers or list(self._section.layers))[-1], self._path

    def _begin(self) -> str:
        field = ".".join(map(str, self._path[1:]))
        home = self._section.home
        name = home.document.path.stem if home is not None and home.document is not None else "INSTANCE"
        return f"write tables/{name}/{field}.csv; `rpac config table template {name} {field}` begins it"
