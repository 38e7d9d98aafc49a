"""Questions to one view of the case store."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseNotFoundError,
    CaseQuery,
    Document,
    DocumentFile,
    Note,
    Task,
)

from ._files import CaseFiles
from ._rows import BrokenRowError, read_case, read_document, read_file, read_note, read_task

__all__ = ["CaseReader"]

_T = TypeVar("_T")


class CaseReader:
    """Reads cases and their parts within a transaction that somebody else has begun."""

    def __init__(self, system: str, connection: sqlite3.Connection) -> None:
        self._system = system
        self._connection = connection

    def find(self, query: CaseQuery, most: int) -> tuple[Case, ...]:
        """At most so many of the cases asked for, by number."""
        conditions, values = _conditions(query)
        rows = self._connection.execute(
            f"SELECT * FROM cases WHERE {' AND '.join(conditions)} ORDER BY number LIMIT ?",  # noqa: S608 - fixed words, values bound
            (*values, most),
        ).fetchall()
        return tuple(self._case(row) for row in rows)

    def number(self, case: str) -> str:
        """A case's number.

        Raises:
            CaseNotFoundError: there is no such case.
        """
        return str(self._row(case)["number"])

    def case(self, case: str) -> Case:
        """One case; raises as :meth:`number`, and BusinessError for a row changed by hand."""
        return self._case(self._row(case))

    def documents(self, case: str) -> tuple[Document, ...]:
        """In the order they were filed; raises as :meth:`case`."""
        return self._parts(case, "documents", "position", read_document)

    def tasks(self, case: str) -> tuple[Task, ...]:
        """In the order they were made; raises as :meth:`case`."""
        return self._parts(case, "tasks", "created_at", read_task)

    def notes(self, case: str) -> tuple[Note, ...]:
        """In the order they were written; raises as :meth:`case`."""
        return self._parts(case, "notes", "written_at", read_note)

    def files(self, case: str) -> dict[str, str]:
        """Document id -> file name in the case's folder."""
        number = self.number(case)
        rows = self._connection.execute("SELECT id, file FROM documents WHERE case_id = ?", (case,))
        files = {}
        for row in rows:
            self._unbroken(number, "documents", partial(CaseFiles.checked, row["file"]))
            files[row["id"]] = row["file"]
        return files

    def file(self, case: str, document: str, files: CaseFiles) -> DocumentFile:
        """A document's bytes.

        Raises:
            CaseNotFoundError: there is no such case or document.
            BusinessError: the file is gone, or not the one that was filed.
        """
        number = self.number(case)
        row = self._connection.execute(
            "SELECT * FROM documents WHERE id = ? AND case_id = ?", (document, case)
        ).fetchone()
        if row is None:
            raise CaseNotFoundError(self._system, "document")
        self._unbroken(number, "documents", partial(CaseFiles.checked, row["file"]))
        path = files.of(number) / row["file"]
        if not path.is_file():
            raise self._changed(number, row["file"], "is gone")
        if path.stat().st_size != row["size"]:  # before it is read: it may be huge
            raise self._changed(number, row["file"], "is not the one that was filed")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise self._changed(number, row["file"], "is not the one that was filed")
        return self._unbroken(number, "documents", partial(read_file, row, content))

    def _changed(self, number: str, name: str, what: str) -> BusinessError:
        return BusinessError(
            f"{self._system}: the file {number}/{name} {what}", remedy="put it back from a backup"
        )

    def _row(self, case: str) -> sqlite3.Row:
        row: sqlite3.Row | None = self._connection.execute(
            "SELECT * FROM cases WHERE id = ?", (case,)
        ).fetchone()
        if row is None:
            raise CaseNotFoundError(self._system)
        self._unbroken("a case", "cases", partial(CaseFiles.numbered, row["number"]))
        return row

    def _case(self, row: sqlite3.Row) -> Case:
        self._unbroken("a case", "cases", partial(CaseFiles.numbered, row["number"]))
        parties = self._connection.execute(
            "SELECT * FROM parties WHERE case_id = ? ORDER BY position", (row["id"],)
        ).fetchall()
        return self._unbroken(row["number"], "cases", partial(read_case, row, parties))

    def _parts(self, case: str, table: str, order: str, read: Callable[[sqlite3.Row], _T]) -> tuple[_T, ...]:
        number = self.number(case)
        rows: Iterable[sqlite3.Row] = self._connection.execute(
            f"SELECT * FROM {table} WHERE case_id = ? ORDER BY {order}, rowid",  # noqa: S608 - fixed words, value bound
            (case,),
        )
        return tuple(self._unbroken(number, table, partial(read, row)) for row in rows)

    def _unbroken(self, where: str, table: str, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except BrokenRowError as error:
            said = str(error)
        raise BusinessError(
            f"{self._system}: {where}: a row of table {table} was changed by hand: {said}",
            remedy="put the row back from a backup",
        )


def _conditions(query: CaseQuery) -> tuple[list[str], list[Any]]:
    conditions, values = ["1"], list[Any]()
    for column in ("number", "title", "status"):
        asked = getattr(query, column)
        if asked:
            conditions.append(f"{column} = ?")
            values.append(asked)
    if query.kle:
        conditions.append("kle || '.' GLOB ? || '.*'")
        values.append(query.kle)
    if query.party is not None:
        conditions.append("id IN (SELECT case_id FROM parties WHERE kind = ? AND id = ?)")
        values += [query.party.kind, query.party.id]
    return conditions, values
