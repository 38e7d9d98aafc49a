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
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from packaging.utils import canonicalize_version

from rpa_commons.validators import mask_personal_numbers

from . import _clock
from ._crypto import Sealer
from ._database import guarded, instance_folder
from ._errors import JournalKeyError, StateVersionError
from ._journal import outcome_place
from ._runs import overrides_place, report_place
from ._slots import Holder, holder_of
from ._tables import SCHEMA_VERSION, audit, effects, items, meta, queries, reports, run_connectors, runs

__all__ = [
    "InstanceStatus",
    "ItemRow",
    "UnusedState",
    "instance_status",
    "list_items",
    "reading",
    "reading_municipality",
    "unused_states",
]


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
    reason: str | None = None


@dataclass(frozen=True)
class InstanceStatus:
    """One bot instance at a glance.

    Attributes:
        counts: Items by state.
        last_run: The latest run: number, times, counts, and the versions of the bot and of what served its
            capabilities (``None`` in a run of an earlier release); ``None`` before the first.
        holder: The worker that is at it now; ``None`` when none is.
        due: Waiting items whose time has come.
        report: Findings, reasons and stop reason of the latest run; ``None`` without the key, or when it did
            not end.
    """

    counts: dict[str, int]
    last_run: dict[str, Any] | None
    holder: Holder | None
    due: int = 0
    report: dict[str, Any] | None = None


@dataclass(frozen=True)
class UnusedState:
    """State of an instance that no instance file names any more.

    Attributes:
        id: The instance id it was written under.
        name: What the instance was called in its latest run; empty when that is not known.
        runs: How many runs it had.
    """

    id: str
    name: str
    runs: int

    def __str__(self) -> str:
        return f"{self.id} ({self.name or 'name unknown'}, {self.runs} run{'' if self.runs == 1 else 's'})"


@contextmanager
def reading(state_dir: Path, instance_id: str) -> Iterator[sa.Engine | None]:
    """An engine that only reads; ``None`` where the instance has no state yet.

    Raises:
        StateVersionError: another release wrote the state.
        JournalFailure: it cannot be read.
    """
    folder = instance_folder(state_dir, instance_id)
    with _reading(folder / "state.sqlite", live=_held(folder)) as engine:
        yield engine


@contextmanager
def reading_municipality(state_dir: Path) -> Iterator[sa.Engine | None]:
    """The same for the municipality's own state, which the workers of all its instances share."""
    live = any(_held(folder) for folder in (state_dir / "instances").glob("*"))
    with _reading(state_dir / "municipality.sqlite", live=live) as engine:
        yield engine


@contextmanager
def _reading(path: Path, *, live: bool) -> Iterator[sa.Engine | None]:
    if not path.exists():
        yield None
        return
    with ExitStack() as stack:
        uri = _uri(path, live=live, stack=stack)
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


def instance_status(state_dir: Path, instance_id: str, sealer: Sealer | None = None) -> InstanceStatus:
    """Counts, the latest run, the worker at it and, with the key, what it reported; raises as above."""
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
            report = None if last is None else _report(connection, sealer, last.number)
            run = None if last is None else _run(last, sealer, _connectors(connection, last.number))
    holder = holder_of(instance_folder(state_dir, instance_id))
    live = holder if holder is not None and holder.alive() else None
    return InstanceStatus(counts, run, live, due_count, report)


def list_items(
    engine: sa.Engine,
    sealer: Sealer | None = None,
    *,
    state: str | None = None,
    bot_version: str | None = None,
    since: date | None = None,
) -> list[ItemRow]:
    """Items, oldest first; ``since`` compares the UTC day of the last change.

    ``bot_version`` takes what a version touched: what it brought to its state, and what it made a call for
    though another version ended it. It stands for every way to write it (PEP 440): ``1.1`` is ``1.1.0``.
    Reasons are shown to whoever has the key; without ``sealer``, or with another one, they are ``None``.
    """
    changed = sa.func.coalesce(items.c.finished_at, items.c.enqueued_at)
    names = [one.name for one in fields(ItemRow) if one.name != "reason"]
    columns = [*(items.c[name] for name in names), items.c.outcome]
    statement = sa.select(*columns).order_by(items.c.enqueued_at, items.c.reference)
    if state is not None:
        statement = statement.where(items.c.state == state)
    if since is not None:
        statement = statement.where(changed >= since.isoformat())
    with guarded(), engine.connect() as connection:
        if bot_version is not None:
            statement = statement.where(_touched_by(connection, bot_version))
        return [
            ItemRow(**{name: getattr(row, name) for name in names}, reason=_reason(sealer, row))
            for row in connection.execute(statement)
        ]


def _canonical(version: str) -> str:
    return canonicalize_version(version.strip())


def _touched_by(connection: sa.Connection, version: str) -> sa.ColumnElement[bool]:
    """Items that a version ended, or made a call for: a call belongs to the run in whose time it falls."""
    wanted = _canonical(version)

    def written(column: sa.Column[Any]) -> list[str]:
        there = connection.execute(sa.select(column).distinct()).scalars()
        return [one for one in there if one and _canonical(one) == wanted]

    touched: list[sa.ColumnElement[bool]] = [items.c.bot_version.in_(written(items.c.bot_version))]
    own_runs = runs.c.bot_version.in_(written(runs.c.bot_version))
    for table, at in ((effects, effects.c.intent_at), (queries, queries.c.at)):
        until = sa.func.coalesce(runs.c.ended_at, "9999")
        during = sa.and_(own_runs, at >= runs.c.started_at, at <= until)
        touched.append(items.c.reference.in_(sa.select(table.c.reference).join(runs, during)))
    return sa.or_(*touched)


def unused_states(state_dir: Path, used: Iterable[str]) -> list[UnusedState]:
    """States in the folder whose instance id is not among those ``used``; most runs first.

    Raises:
        StateVersionError: another release wrote the municipality's state.
        JournalFailure: it cannot be read.
    """
    ids = {path.parent.name for path in (state_dir / "instances").glob("*/state.sqlite")}
    ids.difference_update(used)
    found: dict[str, UnusedState] = {one: UnusedState(one, "", 0) for one in ids}
    with reading_municipality(state_dir) as engine:
        if ids and engine is not None:
            statement = sa.select(audit.c.instance, audit.c.name).order_by(audit.c.ended_at)
            with guarded(), engine.connect() as connection:
                for instance, name in connection.execute(statement):
                    if instance in found:
                        found[instance] = UnusedState(instance, name, found[instance].runs + 1)
    return sorted(found.values(), key=lambda one: (-one.runs, one.id))


def _held(folder: Path) -> bool:
    holder = holder_of(folder)
    return holder is not None and holder.alive()


def _reason(sealer: Sealer | None, row: Any) -> str | None:  # noqa: ANN401 - a row of the table
    if sealer is None:
        return None
    if not row.outcome:
        return ""
    try:
        record = json.loads(sealer.unseal(row.outcome, outcome_place(row.reference, row.generation)))
    except JournalKeyError:
        return None
    adopted = "adopted" if record.get("kind") == "adopted" else ""
    return mask_personal_numbers(str(record.get("reason") or adopted))


def _report(connection: sa.Connection, sealer: Sealer | None, number: int) -> dict[str, Any] | None:
    if sealer is None or not sa.inspect(connection).has_table(reports.name):
        return None
    sealed = connection.execute(sa.select(reports.c.report).where(reports.c.run == number)).scalar()
    if sealed is None:
        return None
    try:
        report: dict[str, Any] = json.loads(sealer.unseal(sealed, report_place(number)))
    except JournalKeyError:
        return None
    return report


def _overrides(row: Any, sealer: Sealer | None) -> list[str] | None:  # noqa: ANN401 - a row of the table
    """What was said by ``--set``, hidden values as ``…``; ``None`` without the key."""
    if sealer is None or row.overrides is None:
        return None
    try:
        said: list[str] = json.loads(sealer.unseal(row.overrides, overrides_place(row.number)))
    except JournalKeyError:
        return None
    return said


def _connectors(connection: sa.Connection, number: int) -> list[dict[str, str]] | None:
    """What served each capability in a run; ``None`` where nothing is written down about that."""
    if not sa.inspect(connection).has_table(run_connectors.name):
        return None
    columns = [one for one in run_connectors.c if one.name != "run"]
    statement = sa.select(*columns).where(run_connectors.c.run == number).order_by("capability")
    return [dict(one) for one in connection.execute(statement).mappings()] or None


def _run(
    row: Any,  # noqa: ANN401 - a row of the table
    sealer: Sealer | None,
    connectors: list[dict[str, str]] | None,
) -> dict[str, Any]:
    return {
        "number": row.number,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "environment": row.environment,
        "bot_version": row.bot_version,
        "connectors": connectors,
        "config_digest": row.config_digest,
        "hook_sha256": row.hook_sha256,
        "overrides": _overrides(row, sealer),
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
