"""The journal of one lane: items taken up, intents, results and outcomes, each written before what follows.

Rules this module keeps:

* an intent is committed before its effect is carried out, the result right after it;
* query results wait for the next commit, for nothing outside has happened before it;
* an item's outcome and the taking up of the next one share a commit, which saves a third of the commits;
* ``RETURNING`` says whether a row was written, ``rowcount`` is never asked.

Usage::

    with Journal(engine, sealer) as journal:
        item = journal.advance(None, Claim("ref-1", run=7, now=now))
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from . import _clock
from ._crypto import Sealer
from ._database import guarded
from ._errors import JournalFailure
from ._slots import SLOT
from ._tables import effects, items, queries

__all__ = ["Claim", "Claimed", "EffectRow", "Ended", "Intent", "Journal", "QueryRow", "outcome_place"]


@dataclass(frozen=True)
class Claim:
    """The wish to take up an item in a run, at an aware time.

    Attributes:
        over_dead: Also an item over which a worker has died.
    """

    reference: str
    run: int
    now: datetime
    over_dead: bool = True


@dataclass(frozen=True)
class Claimed:
    """An item taken up: its identity, its payload and its own clock."""

    reference: str
    generation: int
    phase: int
    payload: bytes
    now: datetime
    first_time: bool
    """Nothing can have been journalled for it yet."""
    tries: int


@dataclass(frozen=True)
class QueryRow:
    """A query's recorded result, not yet or already committed."""

    name: str
    args_hash: str
    result: bytes
    at: str


@dataclass(frozen=True)
class Intent:
    """What is about to be done: one call of one effect."""

    name: str
    call_key: str
    effect_class: str
    args_hash: str
    key: str


@dataclass
class EffectRow:
    """An intent and how it ended: ``open``, ``done``, ``refused``, ``unsent`` or ``settled``."""

    intent: Intent
    state: str
    phase: int
    intent_at: datetime
    result: bytes | None


@dataclass(frozen=True)
class Ended:
    """How the work on an item ended this time; ``state`` ``new`` puts it back into the queue."""

    item: Claimed
    state: str
    record: bytes
    bot_version: str
    queries: Sequence[QueryRow] = ()
    until: datetime | None = None
    transient: bool = field(default=False)


def outcome_place(reference: str, generation: int) -> str:
    """The place an outcome's record is sealed for."""
    return f"outcome/{reference}/{generation}"


def _where(item: Claimed) -> dict[str, Any]:
    return {"b_reference": item.reference, "b_generation": item.generation}


_THIS_ITEM = (items.c.reference == sa.bindparam("b_reference"), items.c.state == "running")
_TAKE_UP = (
    items.update()
    .where(
        items.c.reference == sa.bindparam("b_reference"),
        # A chunk that a dead worker left names what has come to wait since: that is not due yet.
        sa.or_(
            items.c.state == "new",
            sa.and_(items.c.state == "waiting", items.c.until <= sa.bindparam("b_now")),
        ),
        # What this very run has put back waits for the next one, though a recovered chunk names it again.
        sa.or_(items.c.run.is_(None), items.c.run != sa.bindparam("b_run")),
        sa.or_(items.c.deaths == 0, sa.bindparam("b_over_dead")),
    )
    .values(
        state="running",
        phase=items.c.phase + sa.case((items.c.state == "waiting", 1), else_=0),
        now=sa.case(
            (items.c.state == "waiting", sa.bindparam("b_now")),
            else_=sa.func.coalesce(items.c.now, sa.bindparam("b_now")),
        ),
        claims=items.c.claims + 1,
        slot=SLOT,
        run=sa.bindparam("b_run"),
    )
    .returning(
        items.c.reference, items.c.generation, items.c.phase, items.c.payload, items.c.now, items.c.claims,
        items.c.tries,
    )
)  # fmt: skip
_END = (
    items.update()
    .where(*_THIS_ITEM)
    .values(
        state=sa.bindparam("b_state"),
        outcome=sa.bindparam("b_outcome"),
        until=sa.bindparam("b_until"),
        tries=items.c.tries + sa.bindparam("b_tries"),
        finished_at=sa.bindparam("b_at"),
        bot_version=sa.bindparam("b_version"),
        slot=None,
    )
    .returning(items.c.reference)
)
_QUERY = insert(queries).on_conflict_do_nothing()
_INTENT = insert(effects).on_conflict_do_nothing().returning(effects.c.reference)
_THIS_EFFECT = (
    effects.c.reference == sa.bindparam("b_reference"),
    effects.c.generation == sa.bindparam("b_generation"),
    effects.c.name == sa.bindparam("b_name"),
    effects.c.call_key == sa.bindparam("b_call_key"),
)
_RESULT = (
    effects.update()
    .where(*_THIS_EFFECT)
    .values(state=sa.bindparam("b_state"), result=sa.bindparam("b_result"), result_at=sa.bindparam("b_at"))
)
_AGAIN = (
    effects.update()
    .where(*_THIS_EFFECT)
    .values(
        state="open",
        intent_at=sa.bindparam("b_at"),
        args_hash=sa.bindparam("b_args"),
        phase=sa.bindparam("b_phase"),
        effect_class=sa.bindparam("b_class"),
    )
)
_EFFECTS = sa.select(effects).where(
    effects.c.reference == sa.bindparam("b_reference"),
    effects.c.generation == sa.bindparam("b_generation"),
)
_QUERIES = sa.select(queries).where(
    queries.c.reference == sa.bindparam("b_reference"),
    queries.c.generation == sa.bindparam("b_generation"),
    queries.c.phase == sa.bindparam("b_phase"),
)


class Journal:
    """One lane's way to the tables; not shared between threads.

    Every method raises :class:`JournalFailure` when the database cannot be written.
    """

    def __init__(self, engine: sa.Engine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer

    def __enter__(self) -> Self:
        with guarded():
            self._connection = self._engine.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def advance(self, ended: Ended | None, claim: Claim | None) -> Claimed | None:
        """Write how one item ended and take up another, in one commit.

        Returns:
            The item taken up; ``None`` when there was no ``claim`` or the item is not to be had.
        """
        with self._write() as connection:
            if ended is not None:
                self._end(connection, ended)
            if claim is None:
                return None
            wish = {
                "b_reference": claim.reference, "b_run": claim.run, "b_now": _clock.text(claim.now),
                "b_over_dead": claim.over_dead,
            }  # fmt: skip
            row = connection.execute(_TAKE_UP, wish).one_or_none()
        if row is None:
            return None
        payload = self._sealer.unseal(row.payload, f"payload/{row.reference}")
        return Claimed(
            row.reference,
            row.generation,
            row.phase,
            payload,
            _clock.parse(row.now),
            row.claims == 1,
            row.tries,
        )

    def effects_of(self, item: Claimed) -> dict[tuple[str, str], EffectRow]:
        """What was intended and done for this generation of an item, by name and call key."""
        with guarded():
            rows = self._connection.execute(_EFFECTS, _where(item)).all()
            self._connection.rollback()
        return {(row.name, row.call_key): self._effect(item, row) for row in rows}

    def queries_of(self, item: Claimed) -> dict[tuple[str, str], bytes]:
        """What was asked in this phase of an item, by name and digest of the arguments."""
        with guarded():
            rows = self._connection.execute(_QUERIES, _where(item) | {"b_phase": item.phase}).all()
            self._connection.rollback()
        return {
            (row.name, row.args_hash): self._sealer.unseal(
                row.result, _query_place(item, row.name, row.args_hash)
            )
            for row in rows
        }

    def intend(self, item: Claimed, intent: Intent, asked: Sequence[QueryRow]) -> EffectRow:
        """Commit an intent, and with it the queries that led to it."""
        now = _clock.now()
        row = {
            "reference": item.reference, "generation": item.generation, "name": intent.name,
            "call_key": intent.call_key, "phase": item.phase, "effect_class": intent.effect_class,
            "args_hash": intent.args_hash, "key": intent.key, "state": "open", "intent_at": _clock.text(now),
        }  # fmt: skip
        with self._write() as connection:
            self._write_queries(connection, item, asked)
            if connection.execute(_INTENT, row).first() is None:
                raise JournalFailure(
                    f"{item.reference}: another worker intends {intent.name} at the same time"
                )
        return EffectRow(intent, "open", item.phase, now, None)

    def intend_again(self, item: Claimed, intent: Intent, asked: Sequence[QueryRow]) -> None:
        """Commit that an effect is tried again: what was not carried out, or what may be repeated."""
        with self._write() as connection:
            self._write_queries(connection, item, asked)
            values = {
                "b_at": _clock.text(_clock.now()), "b_args": intent.args_hash, "b_phase": item.phase,
                "b_class": intent.effect_class,
            }  # fmt: skip
            connection.execute(_AGAIN, _effect_key(item, intent) | values)

    def conclude(self, item: Claimed, intent: Intent, state: str, result: bytes | None) -> None:
        """Commit how an effect ended: ``done``, ``refused`` or ``unsent``."""
        sealed = None if result is None else self._sealer.seal(result, _effect_place(item, intent))
        values = {"b_state": state, "b_result": sealed, "b_at": _clock.text(_clock.now())}
        with self._write() as connection:
            connection.execute(_RESULT, _effect_key(item, intent) | values)

    def _end(self, connection: sa.Connection, ended: Ended) -> None:
        item = ended.item
        self._write_queries(connection, item, ended.queries)
        values = {
            "b_reference": item.reference,
            "b_state": ended.state,
            "b_outcome": self._sealer.seal(ended.record, outcome_place(item.reference, item.generation)),
            "b_until": None if ended.until is None else _clock.text(ended.until),
            "b_tries": int(ended.transient),
            "b_at": _clock.text(_clock.now()),
            "b_version": ended.bot_version,
        }
        if connection.execute(_END, values).first() is None:
            raise JournalFailure(f"{item.reference}: another worker has taken this item")

    def _write_queries(self, connection: sa.Connection, item: Claimed, rows: Sequence[QueryRow]) -> None:
        for row in rows:
            sealed = self._sealer.seal(row.result, _query_place(item, row.name, row.args_hash))
            values = {
                "reference": item.reference, "generation": item.generation, "phase": item.phase,
                "name": row.name, "args_hash": row.args_hash, "result": sealed, "at": row.at,
            }  # fmt: skip
            connection.execute(_QUERY, values)

    def _effect(self, item: Claimed, row: Any) -> EffectRow:  # noqa: ANN401 - a row of the table
        intent = Intent(row.name, row.call_key, row.effect_class, row.args_hash, row.key)
        result = None
        if row.result is not None:
            result = self._sealer.unseal(row.result, _effect_place(item, intent))
        return EffectRow(intent, row.state, row.phase, _clock.parse(row.intent_at), result)

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with guarded(), self._connection.begin():
            yield self._connection


def _effect_key(item: Claimed, intent: Intent) -> dict[str, Any]:
    return _where(item) | {"b_name": intent.name, "b_call_key": intent.call_key}


def _effect_place(item: Claimed, intent: Intent) -> str:
    return f"effect/{item.reference}/{item.generation}/{intent.name}/{intent.call_key}"


def _query_place(item: Claimed, name: str, args_hash: str) -> str:
    return f"query/{item.reference}/{item.generation}/{item.phase}/{name}/{args_hash}"
