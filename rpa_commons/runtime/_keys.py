"""The idempotency key of an effect, and identifiers that every replay gives again.

Rules this module keeps: a key depends on the municipality, the instance's id, the item's reference and
generation, the effect's name and the author's call key, and on nothing else. It never holds a run or workflow
id, so it is stable over retries, recovery, upgrades and a renamed instance file. For a bot that is unique per
municipality the bot's name stands in the place of the instance id, so two instances of it share their keys.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass

__all__ = ["ItemScope"]


@dataclass(frozen=True)
class ItemScope:
    """One generation of one work item, seen from the whole municipality.

    Attributes:
        municipality: Official code, ``"0265"``; outside production the environment is added.
        owner: The instance's id, or the bot's name where a reference is unique per municipality.
        reference: The item's reference.
        generation: 1 for the first; a person who reopens the item starts the next.
    """

    municipality: str
    owner: str
    reference: str
    generation: int

    def key(self, effect: str, call_key: str) -> str:
        """The idempotency key (64 hex digits) of one call of ``effect`` (``Capability.method``)."""
        return self._hash("key", effect, call_key).hex()

    def uuid(self, name: str) -> str:
        """A UUID of version-4 shape that belongs to this item and ``name``."""
        return str(uuid.UUID(bytes=self._hash("uuid", name)[:16], version=4))

    def _hash(self, purpose: str, *words: str) -> bytes:
        # JSON keeps the parts apart: ("ab", "c") and ("a", "bc") never meet.
        parts = ["rpac-1", purpose, self.municipality, self.owner, self.reference, self.generation, *words]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()
