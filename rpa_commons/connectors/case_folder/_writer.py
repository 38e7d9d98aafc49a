"""Effects within one transaction of the case store."""

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rpa_commons.capabilities import (
    BusinessError,
    CaseNotFoundError,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    TaskChange,
)

from ._files import CaseFiles

__all__ = ["CaseWriter"]

_LOCAL_TIME = ZoneInfo("Europe/Copenhagen")  # as a bot's today: a server's own zone may be UTC


class CaseWriter:
    """Writes a case or a part of one, within a transaction that somebody else ends.

    Each method returns the case's id and that of what was made or changed.
    """

    def __init__(
        self,
        system: str,
        connection: sqlite3.Connection,
        files: CaseFiles,
        now: datetime,
        reach: Callable[[str], None],
    ) -> None:
        self._system = system
        self._connection = connection
        self._files = files
        self._now = now
        self._today = now.astimezone(_LOCAL_TIME).date()
        self._reach = reach

    def open_case(self, new: NewCase, case: str, unit: str) -> tuple[str, str]:
        """Give the case its number and its folder."""
        number = self._next_number()
        self._reach("numbered")
        opened = (new.opened_on or self._today).isoformat()
        self._insert(
            "cases",
            id=case,
            number=number,
            title=new.title,
            status="open",
            kle=new.kle,
            facet=new.facet,
            confidentiality=new.confidentiality,
            opened_on=opened,
            unit=new.unit or unit,
            person=new.person,
        )
        parties = sorted(new.parties, key=lambda party: party.role != "primary")
        for position, party in enumerate(parties):
            self._insert("parties", case_id=case, position=position, **party.model_dump())
        return case, case

    def add_document(self, case: str, new: NewDocument, document: str) -> tuple[str, str]:
        """Put the file into the case's folder, then its row."""
        row = self._open_case(case)
        digest = hashlib.sha256(new.content).hexdigest()
        known = self._connection.execute("SELECT file FROM documents WHERE case_id = ?", (case,))
        names = frozenset(one["file"] for one in known)
        with self._files.staged(document, new.content) as staged:
            self._reach("staged")
            name = self._files.place(staged, row["number"], new.file_name, digest, names)
            self._reach("placed")
        self._insert(
            "documents",
            id=document,
            case_id=case,
            position=len(names) + 1,
            file=name,
            title=new.title,
            file_name=new.file_name,
            direction=new.direction,
            dated=(new.dated or self._today).isoformat(),
            confidentiality=new.confidentiality or row["confidentiality"],
            description=new.description,
            final=int(new.final),
            size=len(new.content),
            sha256=digest,
        )
        return case, document

    def add_task(self, case: str, new: NewTask, task: str) -> tuple[str, str]:
        """A new task, not begun."""
        self._open_case(case)
        self._insert(
            "tasks",
            id=task,
            case_id=case,
            title=new.title,
            description=new.description,
            status="new",
            deadline=new.deadline.isoformat() if new.deadline else None,
            unit=new.unit,
            person=new.person,
            created_at=self._now.isoformat(),
            done_at=None,
        )
        return case, task

    def update_task(self, case: str, task: str, change: TaskChange) -> tuple[str, str]:
        """Change what the change names."""
        self._open_case(case)
        values: dict[str, object] = change.model_dump(mode="json", exclude_none=True)
        if change.status is not None:
            values["done_at"] = self._now.isoformat() if change.status == "done" else None
        words = ", ".join(f"{name} = :{name}" for name in values)
        changed = self._connection.execute(
            f"UPDATE tasks SET {words} WHERE id = :task AND case_id = :case",  # noqa: S608 - a model's field names, values bound
            {**values, "task": task, "case": case},
        )
        if changed.rowcount != 1:
            raise CaseNotFoundError(self._system, "task")
        return case, task

    def add_note(self, case: str, new: NewNote, note: str) -> tuple[str, str]:
        """A new note."""
        self._open_case(case)
        self._insert(
            "notes",
            id=note,
            case_id=case,
            title=new.title,
            text=new.text,
            final=int(new.final),
            written_at=self._now.isoformat(),
        )
        return case, note

    def _open_case(self, case: str) -> sqlite3.Row:
        row: sqlite3.Row | None = self._connection.execute(
            "SELECT number, status, confidentiality FROM cases WHERE id = ?", (case,)
        ).fetchone()
        if row is None:
            raise CaseNotFoundError(self._system)
        if row["status"] != "open":
            raise BusinessError(
                f"{self._system}: the case {row['number']} is closed",
                remedy="let a person decide whether it is reopened",
            )
        return row

    def _next_number(self) -> str:
        """The next free number of the year; one whose folder holds something is skipped.

        That happens where the database was put back from a backup that is older than the folders.
        """
        year = self._today.year
        row = self._connection.execute("SELECT last FROM numbers WHERE year = ?", (year,)).fetchone()
        last = row["last"] if row else 0
        while True:
            last += 1
            number = f"{year}-{last:06d}"
            if self._files.make(number):
                break
        self._connection.execute(
            "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (year) DO UPDATE SET last = excluded.last",
            (year, last),
        )
        return number

    def _insert(self, table: str, **values: object) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608 - our own words, values bound
