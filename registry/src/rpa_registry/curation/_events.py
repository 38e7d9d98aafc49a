"""Who hears of an act, and how the news leaves the house.

Rules this module keeps: the news is written in the transaction of the act, so neither happens without the
other; it is delivered afterwards, in order, at least once (each line has an id), and a delivery that fails
changes nothing and is tried again with the next act; every act reaches the owner's people, what takes a
release out of use reaches those who run it, what waits for a signature reaches the coordinators.

Usage::

    announce(connection, identity, "yank", project_row, "1.0.0", {"reason": "wrong fee"})
    deliver(registry)  # after the transaction
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

import filelock
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.hooks import Event

__all__ = ["NOTIFY_NAME", "announce", "audience", "deliver"]

NOTIFY_NAME = "notify.jsonl"
"""In the data folder: one JSON object a line, for whatever sends mail or posts to a chat."""

_LOCK_WAIT = 5  # seconds; who holds it delivers ours too
_BATCH = 100
_TO_RUNNERS_OF_VERSION = frozenset({"deprecate", "undeprecate", "yank", "unyank"})
_TO_RUNNERS = frozenset(
    {"quarantine", "release_from_quarantine", "advisory_withdraw", "project_status", "certify"}
)
_TO_COORDINATORS = frozenset(
    {"submit", "accept name", "publish", "certify", "quarantine", "release_from_quarantine", "end_quarantine"}
)


def announce(
    connection: sa.Connection,
    identity: Identity,
    act: str,
    project: sa.RowMapping,
    version: str,
    details: Mapping[str, Any],
) -> None:
    """Put the news of an act into the outbox.

    Args:
        connection: Inside the act's transaction.
        identity: Who did it.
        act: Its name.
        project: The project's row.
        version: Of the release, or empty.
        details: As in the log.
    """
    document = {
        "act": act,
        "subject": f"{project['name']} {version}".strip(),
        "project": project["name"],
        "version": version or None,
        "actor": identity.login,
        "member": identity.member,
        "details": dict(details),
        "to": audience(connection, act, project, version),
    }
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    connection.execute(sa.insert(db.outbox).values(event=act, document=text, at=db.now()))


def audience(
    connection: sa.Connection, act: str, project: sa.RowMapping, version: str
) -> list[dict[str, str]]:
    """Whom an act concerns: each person once, with the first reason that holds."""
    people = db.people
    found: dict[str, dict[str, str]] = {}

    def add(members: Iterable[str], because: str, *, roles: Iterable[str]) -> None:
        query = sa.select(people).where(
            people.c.active.is_(True), people.c.member.in_(list(members)), people.c.role.in_(list(roles))
        )
        for row in connection.execute(query.order_by(people.c.login)):
            found.setdefault(
                row.login,
                {
                    "login": row.login,
                    "name": row.name,
                    "member": row.member,
                    "contact": row.contact,
                    "because": because,
                },
            )

    both = ("developer", "coordinator")
    add([project["owner"]], "your municipality owns it", roles=both)
    usage = sa.select(db.usage.c.member).where(db.usage.c.project == project["name"])
    if act in _TO_RUNNERS_OF_VERSION:
        usage = usage.where(db.usage.c.version == version)
    if act in _TO_RUNNERS | _TO_RUNNERS_OF_VERSION:
        add(connection.scalars(usage).all(), "your municipality runs it", roles=both)
    if act in _TO_COORDINATORS:
        members = connection.scalars(sa.select(db.members.c.code)).all()
        add(members, "you are a coordinator", roles=("coordinator",))
    return list(found.values())


def deliver(registry: Registry) -> int:
    """Hand out what waits in the outbox: to ``notify.jsonl`` and to the plugins; how much it was."""
    lock = filelock.FileLock(registry.settings.data_dir / f"{NOTIFY_NAME}.lock", timeout=_LOCK_WAIT)
    count = 0
    try:
        with lock:
            while waiting := _waiting(registry):
                _write_lines(registry, waiting)
                _mark(registry, [number for number, _, _ in waiting])
                count += len(waiting)
                for _, _, document in waiting:
                    registry.notify(_event(document))
    except (filelock.Timeout, OSError):
        return count  # the act stands; the next one delivers this too
    return count


def _waiting(registry: Registry) -> list[tuple[int, str, dict[str, Any]]]:
    table = db.outbox
    query = sa.select(table).where(table.c.delivered.is_(None)).order_by(table.c.id).limit(_BATCH)
    with registry.database.read() as connection:
        return [(row.id, row.at, json.loads(row.document)) for row in connection.execute(query)]


def _write_lines(registry: Registry, waiting: list[tuple[int, str, dict[str, Any]]]) -> None:
    lines = [
        json.dumps({"id": number, "at": at, **document}, sort_keys=True, ensure_ascii=False)
        for number, at, document in waiting
    ]
    with (registry.settings.data_dir / NOTIFY_NAME).open("a", encoding="utf-8", newline="\n") as stream:
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()
        os.fsync(stream.fileno())


def _mark(registry: Registry, numbers: list[int]) -> None:
    with registry.database.write() as connection:
        connection.execute(sa.update(db.outbox).where(db.outbox.c.id.in_(numbers)).values(delivered=db.now()))


def _event(document: Mapping[str, Any]) -> Event:
    return Event(
        document["act"],
        document["subject"],
        document["actor"],
        document["member"],
        {**document["details"], "to": document["to"]},
    )
