"""What the simulated Nova holds: cases, notes, uploaded files, documents and tasks, all out of the journal.

Rules this module keeps: an entity is in the journal before its sender is answered; a restart reads it back;
what is done with a UUID that is there already is told by the sandbox's ``repeated``, because no public source
says it. A UUID is one entity under every mode: ``accepts-twice`` differs from ``same-receipt`` in nothing.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from rpa_commons.sandbox._files import write_private
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._service import World

__all__ = ["NAME", "Kind", "Store"]

NAME = "kmd-nova"
Kind = Literal["case", "note", "file", "document", "task"]
_REFUSED = {"duplicate-error": 409, "duplicate-error-400": 400}


class Store:
    """Entities by kind and UUID.

    Args:
        world: Journal, clock, folder and what happens to a repeated UUID.
        settle: Seconds after which a new case is found; recorded tests wait up to ten for one.
    """

    def __init__(self, world: World, settle: float) -> None:
        self._world = world
        self._settle = settle
        self._entities: dict[str, dict[str, dict[str, Any]]] = {}
        self._found_from: dict[str, float] = {}
        for entry in world.journal.entries():
            if entry.get("service") == NAME and "entity" in entry:
                self._of(entry["kind"])[entry["key"]] = entry["entity"]

    @property
    def moment(self) -> str:
        """Now, UTC, as Nova would write it."""
        return self._world.moment

    @property
    def year(self) -> int:
        """The year that is written into numbers."""
        return self._world.clock().year

    def count(self, kind: Kind) -> int:
        """How many entities of a kind there are."""
        return len(self._of(kind))

    def get(self, kind: Kind, uuid: str) -> dict[str, Any] | None:
        """One entity; ``None`` where there is none, or a new case has not settled yet."""
        if time.monotonic() < self._found_from.get(uuid, 0.0):
            return None
        return self._of(kind).get(uuid)

    def all(self, kind: Kind) -> list[tuple[str, dict[str, Any]]]:
        """UUID and entity, in the order they came in; cases that have not settled are left out."""
        pairs = [(uuid, self.get(kind, uuid)) for uuid in list(self._of(kind))]
        return [(uuid, entity) for uuid, entity in pairs if entity is not None]

    def case(self, uuid: str) -> dict[str, Any]:
        """The case with this UUID.

        Raises:
            Refusal: 400 where there is none; the status is ours.
        """
        found = self.get("case", uuid)
        if found is None:
            raise Refusal(400, "case-unknown", "no case has this uuid")
        return found

    def create(
        self,
        kind: Kind,
        uuid: str,
        make: Callable[[], dict[str, Any]],
        transaction: str,
        content: bytes | None = None,
    ) -> None:
        """Take a new entity, once: a UUID that is there already is handled as ``repeated`` says.

        Args:
            kind: What it is.
            uuid: The caller's.
            make: What is kept; asked for anew to compare a repeat, so it must change nothing.
            transaction: The caller's id of this call.
            content: Of an uploaded file; on the disk before the journal says so.

        Raises:
            Refusal: 409 or 400 where a repeated UUID is refused.
        """
        with self._world.journal.lock:  # one at a time, so that two equal calls cannot both be the first
            first = self._of(kind).get(uuid)
            if first is None:
                if kind == "case" and self._settle:
                    self._found_from[uuid] = time.monotonic() + self._settle
                if content is not None:
                    write_private(self._file(uuid), content)
                outcome = "uploaded" if kind == "file" else "accepted"
                self._write(kind, uuid, outcome, make(), transaction)
                return
            refused = _REFUSED.get(self._world.repeated)
            self.note(
                "duplicate" if refused else "repeated",
                uuid,
                kind=kind,
                same_content=_digest(first) == _digest(make()),
                transaction_id=transaction,
            )
        if refused:
            raise Refusal(refused, "uuid-exists", "an entity with this uuid exists already")

    def change(self, kind: Kind, uuid: str, changes: Mapping[str, Any], transaction: str) -> None:
        """Change an entity that is there."""
        with self._world.journal.lock:
            self._write(kind, uuid, "changed", {**self._of(kind)[uuid], **changes}, transaction)

    def file(self, uuid: str) -> bytes:
        """An uploaded file's content."""
        return self._file(uuid).read_bytes()

    def note(self, outcome: str, key: str = "", **more: str | bool) -> None:
        """Put an attempt into the journal that changed nothing."""
        self._world.effect(NAME, outcome, key, **more)

    def _write(self, kind: Kind, uuid: str, outcome: str, entity: dict[str, Any], transaction: str) -> None:
        action = f"{'change' if outcome == 'changed' else 'new'} {kind}"
        told = {"kind": kind, "action": action, "transaction_id": transaction, "entity": entity}
        self._world.effect(NAME, outcome, uuid, **told)
        self._of(kind)[uuid] = entity

    def _of(self, kind: str) -> dict[str, dict[str, Any]]:
        return self._entities.setdefault(kind, {})

    def _file(self, uuid: str) -> Path:
        return self._world.folder / NAME / uuid


def _digest(entity: Mapping[str, Any]) -> str:
    """Of what the caller decides; numbers and times are Nova's."""
    given = {name: value for name, value in entity.items() if not name.startswith("nova_")}
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
