"""The decision tables that others may see: the columns the bot declares, without notes and comments.

Rules this module keeps: a table is written anew, cell by cell, each row on its line; one with a cell that may
not be seen is withheld as a whole, since a table with holes is another table; examples are not published.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import ConfigError, KeyPath, format_key
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.schema import BrokenSchemaError
from rpa_commons.config.table_files import TableFolder, files_in, folders_of, table_fields, table_text
from rpa_commons.tables import NOTE, BrokenTableError, TableSpec, read_sheet

from ._publish_fit import Taboo, is_fit_text
from ._publish_judges import SchemaJudge
from ._published_text import Verdict, published_text

__all__ = ["PublishedTable", "published_tables"]


@dataclass(frozen=True)
class PublishedTable:
    """One file of rows.

    Attributes:
        file: Its name below the municipality's folder.
        text: What is published; ``None`` when it is withheld.
        key: The setting, as a path in the instance's file.
    """

    file: str
    text: str | None
    key: str


def published_tables(
    municipality: MunicipalityFolder, name: str, bot: str, judge: SchemaJudge, taboo: Taboo
) -> Iterator[PublishedTable]:
    """The municipality's own tables of an instance.

    A file that cannot be read is withheld: the check of the configuration says what is wrong with it.
    """
    try:
        fields = table_fields(judge.view)
    except BrokenSchemaError:
        return
    for folder in folders_of(municipality, name, bot) if fields else ():
        if folder.root != municipality.folder:
            continue
        for path, file in files_in(folder, fields, []).items():
            is_seen = _may_be_seen(judge, path)
            text = _text(municipality, folder, file, fields[path], taboo) if is_seen else None
            yield PublishedTable(f"{folder.name}/{file.name}", text, format_key(path))


def _may_be_seen(judge: SchemaJudge, path: KeyPath) -> bool:
    return all(judge(path[:length]) is Verdict.SHOW for length in range(1, len(path) + 1))


def _text(
    municipality: MunicipalityFolder, folder: TableFolder, file: Path, spec: TableSpec, taboo: Taboo
) -> str | None:
    columns = frozenset(column.name for column in spec.columns if column.name != NOTE)
    name = f"{folder.name}/{file.name}"
    try:
        if file.suffix == ".toml":
            document = municipality.reader.optional(file, root=folder.root, name=name)
            return None if document is None else _toml(document, columns, taboo)
        given = table_text(file, folder)
        return None if given is None else _csv(given, columns, taboo)
    except (ConfigError, BrokenTableError):
        return None


def _toml(document: Document, columns: Collection[str], taboo: Taboo) -> str | None:
    def judge(path: KeyPath) -> Verdict:
        keys = [part for part in path if isinstance(part, str)]
        is_shown = keys[0] == "row" and (len(keys) == 1 or keys[1] in columns)
        return Verdict.SHOW if is_shown else Verdict.DROP

    text, withheld = published_text(document, judge, taboo)
    return None if withheld else text


def _csv(text: str, columns: Collection[str], taboo: Taboo) -> str | None:
    sheet = read_sheet(text, (*sorted(columns), NOTE))
    headings = [heading for heading in sheet.headings if heading in columns]
    cells = [cell for record in sheet.records for heading in headings if (cell := record.cells.get(heading))]
    if sheet.problems or not all(map(is_fit_text, cells)) or any(map(taboo.is_in, cells)):
        return None
    lines = [""] * (text.count("\n") + 1)
    separator = ";" if sheet.comma else ","
    lines[sheet.line - 1] = separator.join(headings)
    for record in sheet.records:
        row = [record.cells.get(heading, "") for heading in headings]
        if any("\n" in cell for cell in row):
            return None
        lines[record.line - 1] = _row(row, separator)
    return "\n".join(lines)


def _row(cells: list[str], separator: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="").writerow(cells)
    return stream.getvalue()
