"""One more entry in the log, inside the transaction of the act that it tells of.

Rules this module keeps: an entry's hash is the SHA-256 of its canonical JSON, which holds the hash of the
entry before it; so nobody can change, remove or insert one without every later hash telling. Whoever keeps
the newest hash elsewhere (an export, another member) also sees a log that was cut off or written anew.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

import sqlalchemy as sa

from rpa_registry.db import log, now

__all__ = ["START", "Actor", "append", "canonical", "entry_hash"]

START = "0" * 64
"""What the first entry names as the hash before it."""


class Actor(Protocol):
    """Who did it: an :class:`rpa_registry.accounts.Identity`, or whatever else has these."""

    @property
    def login(self) -> str:
        """Login of the person, ``operator`` for whoever sits at the server."""

    @property
    def member(self) -> str:
        """Code of their municipality."""

    @property
    def via(self) -> str:
        """How they came: ``token 3``, ``command line``."""


def canonical(document: Any) -> bytes:  # noqa: ANN401 - any JSON
    """The one JSON text of a document: sorted keys, no blanks, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the eight fields that an entry consists of."""
    return hashlib.sha256(canonical({name: entry[name] for name in _FIELDS})).hexdigest()


_FIELDS = ("seq", "at", "actor", "member", "act", "subject", "details", "previous")


def append(
    connection: sa.Connection, identity: Actor, act: str, subject: str, details: Mapping[str, Any]
) -> int:
    """Write one entry.

    Args:
        connection: Of :meth:`rpa_registry.db.Database.write`: two entries never get the same number.
        identity: Who did it.
        act: One word, ``publish``.
        subject: What it was done to, ``welcome-letters 1.0.0``.
        details: JSON; no personal data but logins, no secrets.

    Returns:
        Its number, from 1 without gaps.
    """
    last = connection.execute(sa.select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    seq = (last.seq if last else 0) + 1
    entry: dict[str, Any] = {
        "seq": seq,
        "at": now(),
        "actor": identity.login,
        "member": identity.member,
        "act": act,
        "subject": subject,
        "details": {**details, "via": identity.via},
        "previous": last.hash if last else START,
    }
    row = {**entry, "details": canonical(entry["details"]).decode(), "hash": entry_hash(entry)}
    connection.execute(sa.insert(log).values(row))
    return int(seq)
