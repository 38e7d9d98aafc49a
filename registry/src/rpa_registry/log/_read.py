"""The log read: a page of it, and the whole chain checked.

Usage::

    for entry in entries(connection, after=120):
        print(entry.at, entry.actor, entry.act, entry.subject)
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from rpa_registry.db import log

from ._append import START, entry_hash

__all__ = ["Entry", "LogCheck", "entries", "every_entry", "newest", "verify_entries", "verify_log"]

_BATCH = 500
_MOST_PROBLEMS = 20  # after one broken link the rest says little more


@dataclass(frozen=True)
class Entry:
    """One act: who (``actor`` of ``member``), what, to what, and the hashes that chain it."""

    seq: int
    at: str
    actor: str
    member: str
    act: str
    subject: str
    details: dict[str, Any]
    previous: str
    hash: str

    def to_json(self) -> dict[str, Any]:
        """As the API and ``--json`` give it."""
        return asdict(self)


@dataclass(frozen=True)
class LogCheck:
    """What a check of the whole chain found.

    Attributes:
        count: Entries read.
        head: Hash of the newest: keep it elsewhere, to notice a log that was cut off.
        problems: One sentence each, the oldest first; empty when the chain holds.
    """

    count: int
    head: str
    problems: tuple[str, ...]


def entries(
    connection: sa.Connection, *, after: int = 0, limit: int = 100, subject: str = ""
) -> tuple[Entry, ...]:
    """Entries with a higher number than ``after``, the oldest first.

    Args:
        connection: A reading one.
        after: Number of the last entry that the caller has.
        limit: How many at most.
        subject: Only what begins with this: a project's name.
    """
    query = sa.select(log).where(log.c.seq > after).order_by(log.c.seq).limit(limit)
    if subject:
        # Not LIKE: SQLite refuses a long pattern, and the subject comes from whoever asks.
        begins = sa.func.substr(log.c.subject, 1, len(subject) + 1) == f"{subject} "
        query = query.where(sa.or_(log.c.subject == subject, begins))
    return tuple(_entry(row) for row in connection.execute(query).all())


def newest(connection: sa.Connection, acts: Iterable[str], *, limit: int, until: int) -> tuple[Entry, ...]:
    """The newest entries of some acts, the newest first.

    Args:
        connection: A reading one.
        acts: Which.
        limit: How many at most.
        until: Number of the last entry that counts.
    """
    query = sa.select(log).where(log.c.act.in_(list(acts)), log.c.seq <= until)
    rows = connection.execute(query.order_by(log.c.seq.desc()).limit(limit)).all()
    return tuple(_entry(row) for row in rows)


def verify_log(connection: sa.Connection) -> LogCheck:
    """Check every entry's number, link and hash."""
    return verify_entries(every_entry(connection))


def verify_entries(chain: Iterable[Entry]) -> LogCheck:
    """As :func:`verify_log`, of entries that came from anywhere: a file, another member."""
    problems: list[str] = []
    count, head = 0, START
    for entry in chain:
        count += 1
        said = entry.to_json()
        if entry.seq != count:
            problems.append(f"entry {entry.seq}: number {count} was expected; entries are missing or added")
            count = entry.seq
        if entry.previous != head:
            problems.append(f"entry {entry.seq}: it does not follow the entry before it")
        if entry_hash(said) != entry.hash:
            problems.append(f"entry {entry.seq}: its text was changed after it was written")
        head = entry.hash
        if len(problems) >= _MOST_PROBLEMS:
            break
    return LogCheck(count, head, tuple(problems))


def every_entry(connection: sa.Connection) -> Iterator[Entry]:
    """The whole log, the oldest first; read in parts."""
    after = 0
    while batch := entries(connection, after=after, limit=_BATCH):
        yield from batch
        after = batch[-1].seq


def _entry(row: Any) -> Entry:  # noqa: ANN401 - a row of SQLAlchemy
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    try:
        details = json.loads(values["details"])
    except ValueError:
        details = {"unreadable": values["details"]}
    return Entry(**{**values, "details": details})
