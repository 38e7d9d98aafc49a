"""CaseSystem in GetOrganized."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseCallUnsupportedError,
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
from ._answers import case_of, document_of
from ._api import Api
from ._payloads import CONTACT_NUMBER, Payloads, mark_of, marked_name, plain_name
from ._settings import GetOrganizedSettings
from ._shapes import CaseInfo

__all__ = ["GetOrganized"]

_T = TypeVar("_T")

_CASE_ID = re.compile(r"(?P<type>[A-Z]{3})-[0-9]{4}-[0-9]{6}(-[0-9]{1,4})?", re.ASCII)
_NO_TASKS = "no public client of GetOrganized has tasks"
_NO_NOTES = "no public client of GetOrganized has journal notes"
_NOBODY = "00000000-0000-4000-8000-000000000000"


class GetOrganized:
    """Cases and documents in GetOrganized; what was made is found again by our key in a field or a name."""

    name: ClassVar[str] = "getorganized"
    capability: ClassVar[type] = CaseSystem
    Settings: ClassVar[type[ConnectorSettings]] = GetOrganizedSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED
    effect_classes: ClassVar[Mapping[str, EffectClass]] = MappingProxyType(
        {"open_case": "probe", "add_document": "probe"}
    )

    def __init__(self, settings: GetOrganizedSettings, surroundings: Surroundings) -> None:
        """Check the address; call nobody.

        Raises:
            AddressRefusedError: the address is not https.
            CertificateError: the CA bundle cannot be used.
        """
        self._settings = settings
        self._api = Api(self.name, settings, surroundings)
        self._payloads = Payloads(self.name, settings)
        self.hosts = self._api.client.hosts

    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        """The cases asked for, by number; each one found is read."""
        fields = {"ows_CaseID": query.number, "ows_Title": query.title}
        if query.party:
            fields[CONTACT_NUMBER] = self._payloads.number_of(query.party)
        types = self._settings.search_types or [self._settings.case_type]
        found = self._api.find({name: value for name, value in fields.items() if value}, types)
        cases = (self._read_case(one.id) for one in sorted(found, key=lambda one: one.id))
        return tuple(case for case in cases if query.matches(case))

    def case(self, case: str) -> Case:
        """The case with this CaseID."""
        return self._read_case(self._info(case).id)

    def documents(self, case: str) -> tuple[Document, ...]:
        """The documents of a case, oldest first; each one is read."""
        return tuple(self._read_document(*one) for one in self._api.files(self._info(case)))

    def document_file(self, case: str, document: str) -> DocumentFile:
        """The bytes of a document of this case."""
        named = {str(number): name for number, name in self._api.files(self._info(case))}
        if document not in named:
            raise CaseNotFoundError(self.name, "document")
        content = self._api.content(int(document))
        return DocumentFile(id=document, file_name=plain_name(named[document]), content=content)

    def tasks(self, case: str) -> tuple[Task, ...]:  # noqa: ARG002 - the query's signature
        """Refused: no public client has tasks."""
        raise CaseCallUnsupportedError(self.name, "tasks", _NO_TASKS)

    def notes(self, case: str) -> tuple[Note, ...]:  # noqa: ARG002 - the query's signature
        """Refused: no public client has journal notes."""
        raise CaseCallUnsupportedError(self.name, "notes", _NO_NOTES)

    def check_open_case(self, case: NewCase) -> None:
        """Refuse what GetOrganized is not known to take; ask nobody."""
        self._payloads.case(case, _NOBODY, _today())

    def probe_open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt | None:  # noqa: ARG002 - the effect's signature
        """The case that keeps our key, if there is one."""
        entity, field = message_uuid(key), self._settings.key_field
        with effect_of_steps(self.name):
            found = self._api.find({field: entity}, [self._settings.case_type])
            # Read, not believed: a search that ignores a field it does not know finds everybody's cases.
            ours = [one.id for one in found if self._api.case_fields(one.id).get(field) == entity]
        if found and not ours:
            raise TransientError(
                self.name,
                f"the search by {field} finds cases that do not keep our key",
                remedy="set key_field to a text field of the case type that GetOrganized searches",
            )
        if len(ours) > 1:
            raise BusinessError(
                f"{self.name}: {len(ours)} cases keep the same key",
                remedy=f"look for cases whose {field} is equal, and keep the right one",
            )
        return CaseReceipt(id=ours[0], number=ours[0], repeated=True) if ours else None

    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        """Open a case that keeps our key."""
        number = self._api.create(self._payloads.case(case, message_uuid(key), _today()))
        return CaseReceipt(id=number, number=number)

    def check_add_document(self, case: str, document: NewDocument) -> None:  # noqa: ARG002 - the effect's signature
        """Refuse what GetOrganized is not known to take; ask nobody."""
        self._payloads.document(document, _today())

    def probe_add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt | None:
        """The document that has our key in its name, if there is one and it is journalised as asked."""
        entity = message_uuid(key)
        with effect_of_steps(self.name):
            number = self._filed(self._info(case), entity)
            done = number is not None and (
                not document.final or self._api.document_fields(number).get("ows_Finalized") == "1"
            )
        return CaseReceipt(id=str(number), repeated=True) if done else None

    def add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt:
        """File a document with our key in its name, then journalise it where asked."""
        entity = message_uuid(key)
        fields = self._payloads.document(document, _today())
        with effect_of_steps(self.name) as steps:
            # Asked first: what was filed before a crash is only journalised, and the connection logs in.
            number = there = self._filed(self._info(case), entity)
            if number is None:
                name = marked_name(document.file_name, entity)
                number = self._api.add(case, document, name, fields)
            steps.begun()
            if document.final:
                self._api.journalise(number)
        return CaseReceipt(id=str(number), repeated=there is not None)

    def check_add_task(self, case: str, task: NewTask) -> None:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has tasks."""
        raise CaseCallUnsupportedError(self.name, "add_task", _NO_TASKS)

    def add_task(self, case: str, task: NewTask, *, key: str = "") -> CaseReceipt:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has tasks."""
        raise CaseCallUnsupportedError(self.name, "add_task", _NO_TASKS)

    def check_update_task(self, case: str, task: str, change: TaskChange) -> None:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has tasks."""
        raise CaseCallUnsupportedError(self.name, "update_task", _NO_TASKS)

    def update_task(self, case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has tasks."""
        raise CaseCallUnsupportedError(self.name, "update_task", _NO_TASKS)

    def check_add_note(self, case: str, note: NewNote) -> None:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has journal notes."""
        raise CaseCallUnsupportedError(self.name, "add_note", _NO_NOTES)

    def add_note(self, case: str, note: NewNote, *, key: str = "") -> CaseReceipt:  # noqa: ARG002 - the effect's signature
        """Refused: no public client has journal notes."""
        raise CaseCallUnsupportedError(self.name, "add_note", _NO_NOTES)

    def close(self) -> None:
        """Close the connections."""
        self._api.client.close()

    def _info(self, case: str) -> CaseInfo:
        """Where a case is; its type is what stands before the first hyphen."""
        shape = _CASE_ID.fullmatch(case)
        found = self._api.find({"ows_CaseID": case}, [shape["type"]]) if shape else []
        here = [one for one in found if one.id == case]
        if not here:
            raise CaseNotFoundError(self.name, "case")
        return here[0]

    def _filed(self, case: CaseInfo, entity: str) -> int | None:
        """The document with our mark, whatever else has become of its name."""
        numbers = [number for number, name in self._api.files(case) if mark_of(entity) in name]
        return numbers[0] if numbers else None

    def _read_case(self, case: str) -> Case:
        fields = self._api.case_fields(case)
        return self._understood("case", lambda: case_of(case, fields, self._settings))

    def _read_document(self, document: int, name: str) -> Document:
        fields = self._api.document_fields(document)
        return self._understood("document", lambda: document_of(document, name, fields))

    def _understood(self, what: str, make: Callable[[], _T]) -> _T:
        try:
            return make()
        except ValueError:  # what its text says of the value is not for us to tell
            problem = f"a {what}'s metadata is not as recorded"
        raise UnexpectedAnswerError(self.name, problem)


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Copenhagen")).date()
