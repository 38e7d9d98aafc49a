"""Reading an instance's state without leaving a trace: for the host, and for plans.

Rules this module keeps: nothing is created or changed beside the original, not even SQLite's own -wal and
-shm files; a state of another schema version is refused before anything else is read; references and counts
need no key, what is sealed is opened only by whoever has one.

How it reads: beside a live worker through a read-only connection; a closed database as immutable; one that a
dead worker left half-written from a copy of the database and its write-ahead log.
"""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from . import _clock
from ._database import guarded, instance_folder
from ._errors import StateVersionError
from ._slots import Holder, holder_of
from ._tables import SCHEMA_VERSION, items, meta, runs

__all__ = ["InstanceStatus", "ItemRow", "instance_status", "list_items", "reading"]


@dataclass(frozen=True)
class ItemRow:
    """One work item as a list shows it; times are ISO 8601 in UTC."""

    reference: str
    state: str
    generation: int
    enqueued_at: str
    finished_at: str | None
    until: str | None
    bot_version: str | None
    run: int | None


@dataclass(frozen=True)
class InstanceStatus:
    """One bot instance at a glance.

    Attributes:
        counts: Items by state.
        last_run: The latest run: number, times, versions and counts; ``None`` before the first.
        holder: The worker that is at it now; ``None`` when none is.
        due: Waiting items whose time has come.
    """

    counts: dict[str, int]
    last_run: dict[str, Any] | None
    holder: Holder | None
    due: int = 0


@contextmanager
def reading(state_dir: Path, instance_id: str) -> Iterator[sa.Engine | None]:
    """An engine that only reads; ``None`` where the instance has no state yet.

    Raises:
        StateVersionError: another release wrote the state.
        JournalFailure: it cannot be read.
    """
    folder = instance_folder(state_dir, instance_id)
    path = folder / "state.sqlite"
    if not path.exists():
        yield None
        return
    holder = holder_of(folder)
    with ExitStack() as stack:
        uri = _uri(path, live=holder is not None and holder.alive(), stack=stack)
        engine = sa.create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, timeout=30), poolclass=sa.NullPool
        )
        stack.callback(engine.dispose)
        with guarded(), engine.connect() as connection:
            found = None
            if sa.inspect(connection).has_table(meta.name):
                statement = sa.select(meta.c.value).where(meta.c.name == "schema_version")
                found = connection.execute(statement).scalar()
        if found is None:  # a worker died before its first commit
            yield None
            return
        if found != SCHEMA_VERSION:
            raise StateVersionError(path, found, SCHEMA_VERSION)
        yield engine


def instance_status(state_dir: Path, instance_id: str) -> InstanceStatus:
    """Counts, the latest run and the worker at it; raises as :func:`reading`."""
    with reading(state_dir, instance_id) as engine:
        if engine is None:
            return InstanceStatus({}, None, None)
        with guarded(), engine.connect() as connection:
            by_state = sa.select(items.c.state, sa.func.count()).group_by(items.c.state)
            counts = {row[0]: row[1] for row in connection.execute(by_state)}
            last = connection.execute(sa.select(runs).order_by(runs.c.number.desc()).limit(1)).first()
            now = _clock.text(_clock.now())
            due = sa.select(sa.func.count()).where(items.c.state == "waiting", items.c.until <= now)
            due_count = connection.execute(due).scalar_one()
    holder = holder_of(instance_folder(state_dir, instance_id))
    live = holder if holder is not None and holder.alive() else None
    return InstanceStatus(counts, None if last is None else _run(last), live, due_count)


def list_items(
    engine: sa.Engine, *, state: str | None = None, bot_version: str | None = None, since: date | None = None
) -> list[ItemRow]:
    """Items, oldest first; ``since`` compares the UTC day of the last change."""
    changed = sa.func.coalesce(items.c.finished_at, items.c.enqueued_at)
    statement = sa.select(*(items.c[name] for name in ItemRow.__annotations__)).order_by(
        items.c.enqueued_at, items.c.reference
    )
    if state is not None:
        statement = statement.where(items.c.state == state)
    if bot_version is not None:
        statement = statement.where(items.c.bot_version == bot_version)
    if since is not None:
        statement = statement.where(changed >= since.isoformat())
    with guarded(), engine.connect() as connection:
        return [ItemRow(*row) for row in connection.execute(statement)]


def _run(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    return {
        "number": row.number,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "environment": row.environment,
        "bot_version": row.bot_version,
        "config_digest": row.config_digest,
        "hook_sha256": row.hook_sha256,
        "counts": json.loads(row.counts) if row.counts else {},
    }


def _uri(path: Path, *, live: bool, stack: ExitStack) -> str:
    if live:
        return f"{path.absolute().as_uri()}?mode=ro"
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rpac-read-")))
    for original in (path, log):
        shutil.copyfile(original, folder / original.name)
    return f"{(folder / path.name).as_uri()}?mode=ro"
