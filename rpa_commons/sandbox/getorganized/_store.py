"""What the simulated GetOrganized holds: cases and documents, all out of the journal.

Rules this module keeps: what is taken is in the journal before its sender is answered, and a restart reads it
back; GetOrganized knows no key of the caller's, so every call that creates something creates another one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from rpa_commons.sandbox._files import write_private
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._service import World

__all__ = ["NAME", "Store"]

NAME = "getorganized"
_FIRST_DOCUMENT = 215_820  # a number such as recorded answers show
_Kind = Literal["case", "document"]
_Entity = dict[str, Any]


class Store:
    """Cases by CaseID, documents by DocID."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cases: dict[str, _Entity] = {}
        self._documents: dict[int, _Entity] = {}
        for entry in world.journal.entries():
            if entry.get("service") == NAME and "entity" in entry:
                self._keep(entry["kind"], entry["entity"])

    @property
    def today(self) -> str:
        """The day as a date field shows it."""
        return f"{self._world.clock():%Y-%m-%d} 00:00:00"

    def cases(self) -> list[_Entity]:
        """Every case, in the order they came in."""
        return list(self._cases.values())

    def documents(self, case: str) -> list[_Entity]:
        """The documents of a case, in the order they came in."""
        return [document for document in list(self._documents.values()) if document["case"] == case]

    def case(self, case: str) -> _Entity:
        """One case.

        Raises:
            Refusal: 404 where there is none; the status is ours.
        """
        if case not in self._cases:
            raise Refusal(404, "case-unknown", "no case has this CaseID")
        return self._cases[case]

    def document(self, number: object) -> _Entity:
        """One document.

        Raises:
            Refusal: 404 where there is none; the status is ours.
        """
        found = self._documents.get(number) if isinstance(number, int) else None
        if found is None:
            raise Refusal(404, "document-unknown", "no document has this DocID")
        return found

    def open_case(self, prefix: str, fields: Mapping[str, str]) -> _Entity:
        """Take a new case: CaseID ``BOR-2026-000001`` at ``/cases/BOR1/BOR-2026-000001``."""
        with self._world.journal.lock:
            number = 1 + sum(case["prefix"] == prefix for case in self._cases.values())
            name = f"{prefix}-{self._world.clock().year}-{number:06}"
            case = {"id": name, "prefix": prefix, "url": f"/cases/{prefix}1/{name}", "fields": dict(fields)}
            self._write("accepted", "case", name, case)
        return case

    def add_document(self, case: str, name: str, content: bytes, fields: Mapping[str, str]) -> int:
        """Take a new document, with a DocID of its own."""
        with self._world.journal.lock:
            number = _FIRST_DOCUMENT + len(self._documents)
            write_private(self._file(number), content)
            document = {
                "id": number,
                "case": case,
                "name": name,
                "size": len(content),
                "fields": dict(fields),
                "recorded": 0,
                "final": False,
            }
            self._write("accepted", "document", str(number), document)
        return number

    def replace_document(self, number: int, content: bytes, fields: Mapping[str, str]) -> None:
        """A new version of a document that is there."""
        with self._world.journal.lock:
            write_private(self._file(number), content)
            self.change_document(
                number, size=len(content), fields={**self._documents[number]["fields"], **fields}
            )

    def change_case(self, case: str, **fields: str) -> None:
        """Change fields of a case."""
        with self._world.journal.lock:
            old = self._cases[case]
            self._write("changed", "case", case, {**old, "fields": {**old["fields"], **fields}})

    def change_document(self, number: int, **changes: Any) -> None:  # noqa: ANN401 - JSON
        """Change a document."""
        with self._world.journal.lock:
            self._write("changed", "document", str(number), {**self._documents[number], **changes})

    def content(self, number: int) -> bytes:
        """A document's bytes."""
        return self._file(number).read_bytes()

    def note(self, outcome: str, **more: str) -> None:
        """Put an attempt into the journal that changed nothing."""
        self._world.effect(NAME, outcome, **more)

    @property
    def lock(self) -> Any:  # noqa: ANN401 - a lock
        """Held by whoever looks something up and writes depending on what was found."""
        return self._world.journal.lock

    def _write(self, outcome: str, kind: _Kind, key: str, entity: _Entity) -> None:
        action = f"{'change' if outcome == 'changed' else 'new'} {kind}"
        self._world.effect(NAME, outcome, key, kind=kind, action=action, entity=entity)
        self._keep(kind, entity)

    def _keep(self, kind: _Kind, entity: _Entity) -> None:
        if kind == "case":
            self._cases[entity["id"]] = entity
        else:
            self._documents[entity["id"]] = entity

    def _file(self, number: int) -> Path:
        return self._world.folder / NAME / str(number)
