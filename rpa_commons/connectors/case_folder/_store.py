"""The case store itself: each effect in one transaction with its key, each question in one view.

Rules this module keeps: the key's row and what it did are committed together; numbers are given under the
writer's lock and never twice, also where the database is older than the folders; the index of a case is
written after the commit, under the same lock, from what was committed; a repeated effect writes it again.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseNotFoundError,
    CaseQuery,
    CaseReceipt,
    Document,
    DocumentFile,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Note,
    Task,
    TaskChange,
)

from ._database import Database
from ._files import CaseFiles
from ._index import CasePage, index_page
from ._reader import CaseReader
from ._rows import BrokenRowError, read_time
from ._writer import CaseWriter

__all__ = ["CaseStore"]


class CaseStore:
    """Cases in one file and their documents in folders; safe for several threads and processes."""

    def __init__(
        self,
        system: str,
        database: Database,
        folder: Path,
        *,
        language: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        reach: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Touch nothing yet.

        Args:
            system: The connector's name.
            database: The file.
            folder: The folder of the cases.
            language: Of the index files.
            now: The time, aware.
            reach: Is told each point that is reached; a test may let the process die there.
        """
        self._system = system
        self._database = database
        self._files = CaseFiles(folder)
        self._language = language
        self._now = now
        self._reach = reach

    def find(self, query: CaseQuery, most: int) -> tuple[Case, ...]:
        """The cases asked for, by number.

        Raises:
            BusinessError: there are more than ``most``, or a row was changed by hand.
        """
        with self._database.reading() as connection:
            found = CaseReader(self._system, connection).find(query, most + 1) if connection else ()
        if len(found) > most:
            raise BusinessError(
                f"{self._system}: more than {most} cases are found",
                remedy="let the bot ask more narrowly, or raise most_found in stack.toml",
            )
        return found

    def case(self, case: str) -> Case:
        """One case."""
        with self._database.reading() as connection:
            return self._reader(connection).case(case)

    def documents(self, case: str) -> tuple[tuple[Document, ...], Sequence[str]]:
        """A case's documents, and what is wrong with its folder."""
        with self._database.reading() as connection:
            reader = self._reader(connection)
            number, listed, files = reader.number(case), reader.documents(case), reader.files(case)
            return listed, self._files.state(number, frozenset(files.values())).problems

    def file(self, case: str, document: str) -> DocumentFile:
        """A document's bytes, if they are those that were filed.

        Raises:
            BusinessError: the file is gone or another one.
        """
        with self._database.reading() as connection:
            return self._reader(connection).file(case, document, self._files)

    def tasks(self, case: str) -> tuple[Task, ...]:
        """A case's tasks, in the order they were made."""
        with self._database.reading() as connection:
            return self._reader(connection).tasks(case)

    def notes(self, case: str) -> tuple[Note, ...]:
        """A case's notes, in the order they were written."""
        with self._database.reading() as connection:
            return self._reader(connection).notes(case)

    def open_case(self, new: NewCase, effect: str, *, unit: str) -> CaseReceipt:
        """Open a case, once per effect id."""
        return self._effect("open_case", effect, lambda writer: writer.open_case(new, effect, unit))

    def add_document(self, case: str, new: NewDocument, effect: str) -> CaseReceipt:
        """File a document, once per effect id."""
        return self._effect("add_document", effect, lambda writer: writer.add_document(case, new, effect))

    def add_task(self, case: str, new: NewTask, effect: str) -> CaseReceipt:
        """Make a task, once per effect id."""
        return self._effect("add_task", effect, lambda writer: writer.add_task(case, new, effect))

    def update_task(self, case: str, task: str, change: TaskChange, effect: str) -> CaseReceipt:
        """Change a task, once per effect id."""
        return self._effect("update_task", effect, lambda writer: writer.update_task(case, task, change))

    def add_note(self, case: str, new: NewNote, effect: str) -> CaseReceipt:
        """Write a note, once per effect id."""
        return self._effect("add_note", effect, lambda writer: writer.add_note(case, new, effect))

    def _effect(
        self, method: str, effect: str, carry_out: Callable[[CaseWriter], tuple[str, str]]
    ) -> CaseReceipt:
        with self._database.writing() as connection:
            done = connection.execute("SELECT * FROM effects WHERE id = ?", (effect,)).fetchone()
            if done is None:
                writer = CaseWriter(self._system, connection, self._files, self._now(), self._reach)
                case, target = carry_out(writer)
                connection.execute(
                    "INSERT INTO effects VALUES (?, ?, ?, ?, ?)",
                    (effect, method, case, target, self._now().isoformat()),
                )
            self._reach("before-commit")
        self._reach("after-commit")
        return self._receipt(method, effect, repeated=done is not None)

    def _receipt(self, method: str, effect: str, *, repeated: bool) -> CaseReceipt:
        """What was done under a key; the case's index is brought up to date first."""
        with self._database.writing(sent="maybe") as connection:
            row = connection.execute("SELECT * FROM effects WHERE id = ?", (effect,)).fetchone()
            if row["method"] != method:
                raise ValueError(f"this idempotency key is one of {row['method']}")
            reader = CaseReader(self._system, connection)
            # A row that was changed by hand is told to who asks for it; this effect is done all the same.
            with contextlib.suppress(BusinessError):
                self._write_index(reader, row["case_id"])
            return CaseReceipt(
                id=row["target"],
                number=reader.number(row["case_id"]) if method == "open_case" else "",
                accepted_at=_accepted(row),
                repeated=repeated,
            )

    def _write_index(self, reader: CaseReader, case: str) -> None:
        number, files = reader.number(case), reader.files(case)
        page = CasePage(
            case=reader.case(case),
            documents=reader.documents(case),
            tasks=reader.tasks(case),
            notes=reader.notes(case),
            files=files,
            state=self._files.state(number, frozenset(files.values())),
        )
        self._reach("before-index")
        self._files.write_index(number, index_page(page, self._language))

    def _reader(self, connection: sqlite3.Connection | None) -> CaseReader:
        if connection is None:
            raise CaseNotFoundError(self._system)
        return CaseReader(self._system, connection)


def _accepted(row: sqlite3.Row) -> datetime | None:
    try:
        return read_time(row, "accepted_at")
    except BrokenRowError:  # changed by hand: that it was taken stands all the same
        return None
