"""CaseSystem in KMD Nova."""

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from rpa_commons.capabilities import (
    Case,
    CaseNotFoundError,
    CaseQuery,
    CaseReceipt,
    CaseSystem,
    Document,
    DocumentFile,
    EffectClass,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Note,
    Task,
    TaskChange,
    TransientError,
)
from rpa_commons.connectors import Access, ConnectorSettings, Rung, Surroundings, message_uuid
from rpa_commons.connectors.http import UnexpectedAnswerError, effect_of_steps

from ._access import ACCESS, VERIFIED
from ._answers import case_of, document_of, note_of, task_of
from ._api import PAGE, Api
from ._payloads import CASE_OUTPUT, Payloads, file_form, is_same, is_uuid
from ._settings import KmdNovaSettings
from ._shapes import NovaCase, NovaNote, NovaTask
from ._words import CLOSED_STATE, OPEN_STATES, midnight

__all__ = ["KmdNova"]

_T = TypeVar("_T")

_NOTE_OUTPUT = {
    "journalNotes": {
        "uuid": True,
        "approved": True,
        "journalNoteAttributes": dict.fromkeys(("title", "format", "note", "createdTime"), True),
    }
}
_FIRST_LOOK, _LONGEST_LOOK = 0.25, 2.0  # seconds between two looks for a new case
_NOBODY = uuid.UUID(int=0)


class KmdNova:
    """Cases in KMD Nova; the UUID of what is made comes from the idempotency key."""

    name: ClassVar[str] = "kmd-nova"
    capability: ClassVar[type] = CaseSystem
    Settings: ClassVar[type[ConnectorSettings]] = KmdNovaSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED
    # Task/Update carries no key of ours; the task itself tells whether it is as it was to become.
    effect_classes: ClassVar[Mapping[str, EffectClass]] = MappingProxyType({"update_task": "probe"})

    def __init__(self, settings: KmdNovaSettings, surroundings: Surroundings) -> None:
        """Check addresses; call nobody.

        Raises:
            AddressRefusedError: an address is not https.
            CertificateError: the CA bundle or client certificate cannot be used.
        """
        self._settings = settings
        self._api = Api(self.name, settings, surroundings)
        self._payloads = Payloads(self.name, settings)
        self._pause = surroundings.pause
        self.hosts = self._api.client.hosts

    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        """The cases asked for, by number."""
        body: dict[str, Any] = {"caseGetOutput": CASE_OUTPUT}
        attributes = {"userFriendlyCaseNumber": query.number or None, "title": query.title or None}
        body["caseAttributes"] = attributes
        if query.party:
            body["caseParty"] = self._payloads.party_number(query.party)
        if query.kle.count(".") == 2:  # noqa: PLR2004 - a subject, whole; Nova is not known to search by its beginning
            body["caseClassification"] = {"kleNumber": {"code": query.kle}}
        if query.status:
            states = OPEN_STATES if query.status == "open" else (CLOSED_STATE,)
            body["states"] = {"states": [{"progressState": state} for state in states]}
        found = (self._read_case(case) for case in self._api.cases(body))
        return tuple(sorted((case for case in found if query.matches(case)), key=lambda one: one.number))

    def case(self, case: str) -> Case:
        """The case with this UUID."""
        return self._read_case(self._needed(case))

    def documents(self, case: str) -> tuple[Document, ...]:
        """The documents of a case, as Nova lists them; sub-documents are not listed."""
        listed = self._api.documents(_known(self.name, case))
        if not listed:
            self._needed(case)
        return self._understood(lambda: tuple(document_of(one) for one in listed))

    def document_file(self, case: str, document: str) -> DocumentFile:
        """The bytes of a document of this case."""
        listed = [one for one in self.documents(case) if is_same(one.id, document)]
        if not listed:
            raise CaseNotFoundError(self.name, "document")
        return DocumentFile(id=document, file_name=listed[0].file_name, content=self._api.file(document))

    def tasks(self, case: str) -> tuple[Task, ...]:
        """The tasks of a case, as Nova lists them."""
        listed = self._api.tasks(_known(self.name, case))
        if not listed:
            self._needed(case)
        return self._understood(lambda: tuple(task_of(one, self._settings) for one in listed))

    def notes(self, case: str) -> tuple[Note, ...]:
        """The journal notes of a case, as Nova lists them."""
        listed = self._notes(case)
        return self._understood(lambda: tuple(note_of(one) for one in listed))

    def check_open_case(self, case: NewCase) -> None:
        """Refuse what Nova is not known to take; ask nobody."""
        self._payloads.case(case, str(_NOBODY), _today())

    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        """Open a case and wait until Nova shows it, with its number."""
        entity = message_uuid(key)
        body = self._payloads.case(case, entity, _today())
        with effect_of_steps(self.name) as steps:
            answer = self._api.change("POST", "Case/Import", body)
            steps.begun()
            taken = self._api.taken(answer)
            found = self._awaited(entity)
            number = self._read_case(found).number if found else ""
        if found is None and not taken:
            raise self._api.refusal(answer)
        if found is None:
            raise TransientError(self.name, "the case was taken and is not shown yet", sent="maybe")
        return CaseReceipt(id=entity, number=number, repeated=not taken)

    def check_add_document(self, case: str, document: NewDocument) -> None:
        """Refuse what Nova is not known to take; ask nobody."""
        self._payloads.document(document, str(_NOBODY), case=case, sensitivity="Fortrolige", today=_today())

    def add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt:
        """Upload a file and import it, both under one UUID: a crash between the two repeats the first."""
        entity = message_uuid(key)
        with effect_of_steps(self.name) as steps:
            home = self._needed(case)
            sensitivity = home.sensitivity.sensitivity if home.sensitivity else "Fortrolige"
            body = self._payloads.document(
                document, entity, case=case, sensitivity=sensitivity, today=_today()
            )
            form, content_type = file_form(document)
            # A refused upload may be of a file that is there from before; then the import goes through.
            self._api.taken(self._api.upload(entity, form, content_type))
            answer = self._api.change("POST", "Document/Import", body)
            steps.begun()
            taken = self._api.taken(answer)
            there = taken or any(is_same(one.document_uuid, entity) for one in self._api.documents(case))
        if not there:
            raise self._api.refusal(answer)
        return CaseReceipt(id=entity, repeated=not taken)

    def check_add_task(self, case: str, task: NewTask) -> None:
        """Refuse what Nova is not known to take; ask nobody."""
        self._payloads.task(task, str(_NOBODY), case)

    def add_task(self, case: str, task: NewTask, *, key: str = "") -> CaseReceipt:
        """Put a task into a case."""
        entity = message_uuid(key)
        body = self._payloads.task(task, entity, _known(self.name, case))
        with effect_of_steps(self.name) as steps:
            answer = self._api.change("POST", "Task/Import", body)
            steps.begun()
            taken = self._api.taken(answer)
            home = taken or self._find(case) is not None
            there = taken or (home and any(is_same(one.task_uuid, entity) for one in self._api.tasks(case)))
        if not there:
            raise self._api.refusal(answer) if home else CaseNotFoundError(self.name, "case")
        return CaseReceipt(id=entity, repeated=not taken)

    def check_update_task(self, case: str, task: str, change: TaskChange) -> None:  # noqa: ARG002 - the effect's signature
        """Refuse what Nova is not known to take; ask nobody."""
        self._payloads.worker_of(change.unit, change.person)

    def probe_update_task(
        self, case: str, task: str, change: TaskChange, *, key: str = ""
    ) -> CaseReceipt | None:
        """The receipt, where the task is as it was to become."""
        message_uuid(key)
        with effect_of_steps(self.name):
            changes = self._changes(self._task(case, task), change)
        return None if changes else CaseReceipt(id=task, repeated=True)

    def update_task(self, case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:
        """Change a task: it is read, and written whole with what is changed."""
        message_uuid(key)
        with effect_of_steps(self.name) as steps:
            found = self._task(case, task)
            changes = self._changes(found, change)
            if not changes:
                return CaseReceipt(id=task, repeated=True)
            body = self._payloads.changed_task(found, case, changes)
            answer = self._api.change("PUT", "Task/Update", body)
            steps.begun()
            taken = self._api.taken(answer)
        if not taken:
            raise self._api.refusal(answer)
        return CaseReceipt(id=task)

    def check_add_note(self, case: str, note: NewNote) -> None:
        """Refuse what Nova is not known to take; ask nobody."""
        self._payloads.note(note, str(_NOBODY), case=case, today=_today())

    def add_note(self, case: str, note: NewNote, *, key: str = "") -> CaseReceipt:
        """Write a journal note, in the letters that the settings say."""
        entity = message_uuid(key)
        body = self._payloads.note(note, entity, case=_known(self.name, case), today=_today())
        with effect_of_steps(self.name) as steps:
            answer = self._api.change("PATCH", "Case/Update", body)
            steps.begun()
            taken = self._api.taken(answer)
            home = taken or self._find(case) is not None
            there = taken or (home and any(is_same(one.uuid, entity) for one in self._notes(case)))
        if not there:
            raise self._api.refusal(answer) if home else CaseNotFoundError(self.name, "case")
        return CaseReceipt(id=entity, repeated=not taken)

    def close(self) -> None:
        """Close the connections."""
        self._api.client.close()

    def _find(self, case: str, output: Mapping[str, Any] = CASE_OUTPUT) -> NovaCase | None:
        found = self._api.cases({"common": {"uuid": case}, "caseGetOutput": output})
        return next((one for one in found if is_same(one.common.uuid, case)), None)

    def _needed(self, case: str) -> NovaCase:
        found = self._find(_known(self.name, case))
        if found is None:
            raise CaseNotFoundError(self.name, "case")
        return found

    def _awaited(self, case: str) -> NovaCase | None:
        """A case that was just imported, as soon as Nova shows it."""
        ends, wait = time.monotonic() + self._settings.settle, _FIRST_LOOK
        while (found := self._find(case)) is None and time.monotonic() + wait <= ends:
            if not self._pause(wait):  # the run is to stop
                break
            wait = min(wait * 2, _LONGEST_LOOK)
        return found

    def _notes(self, case: str) -> list[NovaNote]:
        found = self._find(_known(self.name, case), _NOTE_OUTPUT)
        if found is None:
            raise CaseNotFoundError(self.name, "case")
        notes = found.journal_notes.journal_notes if found.journal_notes else ()
        if len(notes) >= PAGE:
            # Whether paging is of cases or of notes here is not recorded; a part must not pass for all.
            raise UnexpectedAnswerError(self.name, f"{PAGE} notes or more, perhaps not all of them")
        return list(notes)

    def _task(self, case: str, task: str) -> NovaTask:
        listed = self._api.tasks(_known(self.name, case))
        found = [one for one in listed if is_same(one.task_uuid, task)]
        if not listed:
            self._needed(case)
        if not found:
            raise CaseNotFoundError(self.name, "task")
        return found[0]

    def _changes(self, task: NovaTask, change: TaskChange) -> dict[str, Any]:
        """What is to be written, in Nova's names; empty where the task is so already."""
        now = self._understood(lambda: task_of(task, self._settings))
        changes: dict[str, Any] = {}
        if change.status not in {None, now.status}:
            changes["statusCode"] = self._payloads.status(str(change.status))
            changes["closeDate"] = midnight(_today()) if change.status == "done" else None
            if change.status != "new" and not task.task_start_date:
                changes["startDate"] = midnight(_today())
        if change.deadline is not None and change.deadline != now.deadline:
            changes["deadline"] = midnight(change.deadline)
        worker = self._payloads.worker_of(change.unit, change.person)
        if worker is not None and (task.case_worker is None or not is_same(task.case_worker.id, worker)):
            changes["caseworkerPersonId"] = worker
        return changes

    def _read_case(self, case: NovaCase) -> Case:
        return self._understood(lambda: case_of(case, self._settings))

    def _understood(self, make: Callable[[], _T]) -> _T:
        try:
            return make()
        except ValueError:  # what its text says of the value is not for us to tell
            problem = "something in the answer is not as recorded"
        raise UnexpectedAnswerError(self.name, problem)


def _known(system: str, case: str) -> str:
    """The id, where it can be one of Nova's."""
    if not is_uuid(case):
        raise CaseNotFoundError(system, "case")
    return case


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Copenhagen")).date()
