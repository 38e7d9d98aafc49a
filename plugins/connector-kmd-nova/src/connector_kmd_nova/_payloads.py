"""What is sent to Nova, as public clients send it, out of the capability's models and the settings."""

import mimetypes
import secrets
import uuid
from datetime import date
from typing import Any

from rpa_commons.capabilities import BusinessError, NewCase, NewDocument, NewNote, NewTask, Party
from rpa_commons.validators import InvalidIdentifierError, dk

from ._settings import KmdNovaSettings, NovaPerson, NovaUnit
from ._shapes import NovaTask
from ._words import (
    CONFIDENTIALITY,
    DIRECTION,
    NEW_STATE,
    PARTY_KIND,
    TASK_STATUS,
    encoded_note,
    midnight,
    reversed_words,
    spelled,
)

__all__ = ["CASE_OUTPUT", "Payloads", "file_form", "is_same", "is_uuid"]

CASE_OUTPUT: dict[str, Any] = {
    "caseAttributes": dict.fromkeys(("title", "userFriendlyCaseNumber", "caseDate"), True),
    "state": {"progressState": True, "activeCode": True},
    "caseClassification": {"kleNumber": {"code": True}, "proceedingFacet": {"code": True}},
    "sensitivity": {"sensitivity": True},
    "caseParty": dict.fromkeys(
        ("identificationType", "identification", "participantRole", "name", "index"), True
    ),
    "caseworker": {"kspIdentity": dict.fromkeys(("novaUserId", "racfId", "fullName"), True)},
    "responsibleDepartment": {
        "losIdentity": dict.fromkeys(("administrativeUnitId", "fullName", "userKey"), True)
    },
}
_THEIR_KIND, _THEIR_CONFIDENTIALITY = reversed_words(PARTY_KIND), reversed_words(CONFIDENTIALITY)
_THEIR_DIRECTION, _THEIR_STATUS = reversed_words(DIRECTION), reversed_words(TASK_STATUS)


class Payloads:
    """Makes bodies; refuses what Nova is not known to take, without asking it."""

    def __init__(self, system: str, settings: KmdNovaSettings) -> None:
        self._system = system
        self._settings = settings

    def case(self, case: NewCase, entity: str, today: date) -> dict[str, Any]:
        """Of ``Case/Import``.

        Raises:
            BusinessError: no facet, not one primary party, an unknown unit or caseworker.
        """
        settings = self._settings
        unit = self._unit(case.unit or settings.unit)
        person = case.person or settings.person
        body = {
            "common": {"uuid": entity},
            "caseAttributes": {"title": case.title, "caseDate": midnight(case.opened_on or today)},
            "caseClassification": {
                "kleNumber": {"code": case.kle},
                "proceedingFacet": {"code": self._facet(case)},
            },
            "state": NEW_STATE,
            "sensitivity": _THEIR_CONFIDENTIALITY[case.confidentiality],
            "caseParties": self._parties(case),
            "securityUnit": _los(self._unit(settings.security_unit) if settings.security_unit else unit),
            "responsibleDepartment": _los(unit),
            "SensitivityCtrlBy": "Bruger",
            "SecurityUnitCtrlBy": "Bruger",
            "ResponsibleDepartmentCtrlBy": "Bruger",
            "caseAvailability": {"unit": "År", "scale": 5},
            "AvailabilityCtrlBy": "Regler",
        }
        return {**body, "caseworker": _ksp(self._person(person))} if person else body

    def document(
        self, document: NewDocument, entity: str, *, case: str, sensitivity: str, today: date
    ) -> dict[str, Any]:
        """Of ``Document/Import``; ``sensitivity`` is Nova's word, for where the bot names none."""
        settings = self._settings
        given = document.confidentiality
        body = {
            "common": {"uuid": entity},
            "caseUuid": case,
            "title": document.title,
            "sensitivity": _THEIR_CONFIDENTIALITY[given] if given else sensitivity,
            "documentDate": midnight(document.dated or today),
            "documentType": _THEIR_DIRECTION[document.direction],
            "description": document.description or None,
            "securityUnit": _los(self._unit(settings.security_unit or settings.unit)),
            "approved": document.final,
            "accessToDocuments": True,
        }
        return {**body, "caseworker": _ksp(self._person(settings.person))} if settings.person else body

    def task(self, task: NewTask, entity: str, case: str) -> dict[str, Any]:
        """Of ``Task/Import``.

        Raises:
            BusinessError: no deadline, a unit, or nobody who could do it.
        """
        if task.deadline is None:
            raise self._refused("a task needs a deadline", "give the task a deadline")
        return {
            "common": {"uuid": entity},
            "caseUuid": case,
            "title": task.title,
            "description": task.description or None,
            "caseworkerPersonId": self._worker(task.unit, task.person),
            "statusCode": "N",
            "deadline": midnight(task.deadline),
            "startDate": None,
            "closeDate": None,
            "taskTypeName": "Aktivitet",
        }

    def changed_task(self, task: NovaTask, case: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Of ``Task/Update``: all of the task once more, with ``changes`` in Nova's names."""
        return {
            "uuid": task.task_uuid,
            "caseUuid": case,
            "title": task.task_title,
            "description": task.task_description,
            "caseworkerPersonId": task.case_worker.id if task.case_worker else None,
            "statusCode": task.task_status_code,
            "deadline": task.task_deadline,
            "startDate": task.task_start_date,
            "closeDate": task.task_close_date,
            "taskType": "Aktivitet",
            **changes,
        }

    def note(self, note: NewNote, entity: str, *, case: str, today: date) -> dict[str, Any]:
        """Of ``Case/Update`` with one note.

        Raises:
            BusinessError: the settings name nobody who signs it.
        """
        if not self._settings.person:
            raise self._refused("a note needs somebody who signs it", "set person in stack.toml")
        person = self._person(self._settings.person)
        attributes = {
            "journalNoteDate": midnight(today),
            "journalNoteAuthor": person.user,
            "author": _ksp(person),
            "title": note.title,
            "journalNoteType": "Bruger",
            "format": "Text",
            "note": encoded_note(spelled(note.text, self._settings.note_letters)),
        }
        noted = {"uuid": entity, "approved": note.final, "journalNoteAttributes": attributes}
        return {"common": {"uuid": case}, "journalNotes": [noted]}

    def worker_of(self, unit: str | None, person: str | None) -> str | None:
        """The novaUserId that a task is given to; ``None`` where no change is asked for."""
        return None if unit is None and person is None else self._worker(unit or "", person or "")

    def status(self, status: str) -> str:
        """Nova's word for a task's status."""
        return _THEIR_STATUS[status]

    def party_number(self, party: Party) -> dict[str, str]:
        """How a party is looked for."""
        return {"identificationType": _THEIR_KIND[party.kind], "identification": self._number(party)}

    def _parties(self, case: NewCase) -> list[dict[str, str]]:
        if sum(party.role == "primary" for party in case.parties) != 1:
            raise self._refused(
                "a case has exactly one primary party", "let the bot name whom the case is about"
            )
        roles = {"primary": "Primær", "secondary": "Sekundær"}
        return [
            {"name": party.name, "participantRole": roles[party.role], **self.party_number(party)}
            for party in case.parties
        ]

    def _number(self, party: Party) -> str:
        kinds = {"person": dk.Cpr, "organisation": dk.Cvr, "unit": dk.PNumber}
        if party.kind not in kinds:
            return party.id
        try:
            return str(kinds[party.kind].parse(party.id))
        except InvalidIdentifierError as error:
            problem = str(error)
        raise self._refused(f"a party is {problem}", "check the source of the work item")

    def _facet(self, case: NewCase) -> str:
        facet = case.facet or self._settings.facet
        if not facet:
            raise self._refused(
                "a case needs a KLE facet", "let the bot name one, or set facet in stack.toml"
            )
        return facet

    def _unit(self, word: str) -> NovaUnit:
        if word not in self._settings.units:
            raise self._refused("a unit is none of those in units", "add its word to units in stack.toml")
        return self._settings.units[word]

    def _person(self, word: str) -> NovaPerson:
        if word not in self._settings.people:
            raise self._refused(
                "a caseworker is none of those in people", "add their word to people in stack.toml"
            )
        return self._settings.people[word]

    def _worker(self, unit: str, person: str) -> str:
        word = person or self._settings.person
        if unit or not word:
            raise self._refused(
                "a task is given to a caseworker; of units no public client knows how",
                "let the bot name a person, or set person in stack.toml",
            )
        worker = self._person(word).id
        if not worker:
            raise self._refused("a caseworker has no id", "add id, the novaUserId, in people in stack.toml")
        return worker

    def _refused(self, problem: str, remedy: str) -> BusinessError:
        return BusinessError(f"{self._system}: {problem}", remedy=remedy)


def file_form(document: NewDocument) -> tuple[bytes, str]:
    """The upload as multipart/form-data (RFC 7578): body and content type."""
    boundary = secrets.token_hex(16)
    kind = mimetypes.guess_type(document.file_name)[0] or "application/octet-stream"
    # A quoted-string takes no quote and no line end; a safe file name has neither (safe_file_name).
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{document.file_name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = head.encode() + document.content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as Nova's ids are."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def is_same(one: str, other: str) -> bool:
    """Whether two UUIDs are one, in whichever letters each is written (RFC 9562 4)."""
    return one.lower() == other.lower()


def _los(unit: NovaUnit) -> dict[str, Any]:
    return {
        "losIdentity": {
            "administrativeUnitId": int(unit.id),
            "fullName": unit.name,
            "userKey": unit.key,
        }
    }


def _ksp(person: NovaPerson) -> dict[str, Any]:
    return {"kspIdentity": {"racfId": person.user, "fullName": person.name}}
