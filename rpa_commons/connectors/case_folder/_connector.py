"""CaseSystem for a municipality without an interface to its case system."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseQuery,
    CaseReceipt,
    CaseSystem,
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
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import ConnectorSettings, Surroundings, message_uuid
from rpa_commons.connectors._folder import OURS

from ._access import ACCESS, VERIFIED
from ._database import Database
from ._settings import CaseFolderSettings
from ._store import CaseStore

__all__ = ["CaseFolder"]

_MEGABYTE = 1_000_000


class CaseFolder:
    """Cases in a SQLite file, their documents in folders. Safe to use from several threads and processes."""

    name: ClassVar[str] = "case-folder"
    capability: ClassVar[type] = CaseSystem
    Settings: ClassVar[type[ConnectorSettings]] = CaseFolderSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(
        self,
        settings: CaseFolderSettings,
        surroundings: Surroundings,
        *,
        reach: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Touch nothing yet; ``reach`` is told each point that an effect reaches, for tests."""
        self.settings = settings
        folder = surroundings.folder / Path(settings.folder).expanduser()
        named = settings.database
        path = surroundings.folder / Path(named).expanduser() if named else folder / OURS / "cases.sqlite"
        memory = surroundings.state and surroundings.state / self.name / _short(folder)
        database = Database(self.name, folder, path, wait=settings.wait, memory=memory)
        self._store = CaseStore(self.name, database, folder, language=settings.language, reach=reach)
        self.problems: Sequence[str] = ()

    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        """The cases asked for, by number."""
        self.problems = ()
        return self._store.find(query, self.settings.most_found)

    def case(self, case: str) -> Case:
        """One case."""
        self.problems = ()
        return self._store.case(case)

    def documents(self, case: str) -> tuple[Document, ...]:
        """A case's documents as they were filed; what is wrong with its folder stands in ``problems``."""
        documents, self.problems = self._store.documents(case)
        return documents

    def document_file(self, case: str, document: str) -> DocumentFile:
        """A document's bytes, if they are those that were filed."""
        self.problems = ()
        return self._store.file(case, document)

    def tasks(self, case: str) -> tuple[Task, ...]:
        """A case's tasks."""
        self.problems = ()
        return self._store.tasks(case)

    def notes(self, case: str) -> tuple[Note, ...]:
        """A case's notes."""
        self.problems = ()
        return self._store.notes(case)

    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        """Open a case, once per key."""
        effect = message_uuid(key)
        self.check_open_case(case)
        return self._store.open_case(case, effect, unit=self.settings.unit)

    def add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt:
        """File a document, once per key."""
        effect = message_uuid(key)
        self.check_add_document(case, document)
        return self._store.add_document(case, document, effect)

    def add_task(self, case: str, task: NewTask, *, key: str = "") -> CaseReceipt:
        """Put a task into a case, once per key."""
        return self._store.add_task(case, task, message_uuid(key))

    def update_task(self, case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:
        """Change a task, once per key."""
        return self._store.update_task(case, task, change, message_uuid(key))

    def add_note(self, case: str, note: NewNote, *, key: str = "") -> CaseReceipt:
        """Write a note, once per key."""
        return self._store.add_note(case, note, message_uuid(key))

    def check_open_case(self, case: NewCase) -> None:
        """Whether cases may be opened under this subject; a plan asks the same.

        Raises:
            BusinessError: the setting ``subjects`` has no such number.
        """
        subjects = self.settings.subjects
        if subjects and not any(f"{case.kle}.".startswith(f"{subject}.") for subject in subjects):
            raise BusinessError(
                f"{self.name}: cases are not opened under KLE {case.kle} here",
                remedy="correct the bot's KLE number, or add it to subjects in stack.toml",
            )

    def check_add_document(self, case: str, document: NewDocument) -> None:  # noqa: ARG002 - the effect's signature
        """Whether a document is small enough; a plan asks the same.

        Raises:
            BusinessError: it is larger than the setting ``largest_document``.
        """
        largest = self.settings.largest_document
        if len(document.content) > largest * _MEGABYTE:
            raise BusinessError(
                f"{self.name}: a document of more than {largest} MB is not filed",
                remedy="raise largest_document in stack.toml, or file it by hand",
            )

    def close(self) -> None:
        """Nothing is held open."""


def _short(folder: Path) -> str:
    """A name for what is remembered of a folder; a path has separators, and may be long."""
    return hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:16]
