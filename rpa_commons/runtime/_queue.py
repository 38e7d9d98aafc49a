"""The queue of work items: putting in, what is due, and what a dead worker left behind.

Rules this module keeps: a reference stands in the queue once per instance (primary key) or once per
municipality (claim); the first payload is kept and another one for the same reference is reported, never
taken; a worker that died over one item five times is not given it again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from . import _clock
from ._crypto import Keys
from ._database import guarded
from ._journal import outcome_place
from ._slots import SLOT
from ._tables import claims, effects, history, items

__all__ = ["MOST_DEATHS", "Arrival", "Arrivals", "Queue", "Recovered"]

MOST_DEATHS = 5
"""So many workers may die over one item; then it is set aside (a poison item)."""
_OPEN = ("new", "running", "waiting", "proposed", "in_doubt", "failed")


@dataclass(frozen=True)
class Arrival:
    """One item that ``find`` came upon: its payload to store, and in the form to compare."""

    reference: str
    payload: bytes
    compared: bytes


@dataclass(frozen=True)
class Arrivals:
    """What became of a batch: references newly enqueued, in conflict, and taken by another instance."""

    new: tuple[str, ...]
    conflicts: tuple[str, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Recovered:
    """What a dead worker left: how many items go on, and which ones are set aside (state by reference)."""

    resumed: int
    set_aside: dict[str, str]


class Queue:
    """Items of one instance; every method raises ``JournalFailure`` when the database cannot be written.

    Args:
        engine: The instance's state.
        keys: Seal payloads and compare them.
        municipality: The municipality's state, where the bot is unique per municipality.
        owner: ``(bot name, instance id)`` for the claims.
    """

    def __init__(
        self, engine: sa.Engine, keys: Keys, municipality: sa.Engine | None, owner: tuple[str, str]
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._municipality = municipality
        self._owner = owner

    def put(self, arrivals: Sequence[Arrival]) -> Arrivals:
        """Enqueue what is not known yet, in one commit."""
        with guarded():
            mine, elsewhere = self._claim(arrivals)
            now = _clock.text(_clock.now())
            new, conflicts = [], []
            with self._engine.begin() as connection:
                for arrival in mine:
                    digest = self._keys.digester.of_bytes(arrival.compared)
                    if self._insert(connection, arrival, digest, now):
                        new.append(arrival.reference)
                    elif self._other_payload(connection, arrival.reference, digest):
                        conflicts.append(arrival.reference)
        return Arrivals(tuple(new), tuple(conflicts), tuple(elsewhere))

    def adopt(self, references: Sequence[str]) -> int:
        """Mark what another robot already handled as done; known references stay as they are.

        Returns:
            How many references were marked.
        """
        now, count = _clock.text(_clock.now()), 0
        with guarded():
            arrivals = [Arrival(reference, b"", b"") for reference in references]
            mine, _ = self._claim(arrivals)
            with self._engine.begin() as connection:
                for arrival in mine:
                    place = outcome_place(arrival.reference, 1)
                    record = self._keys.sealer.seal(json.dumps({"kind": "adopted"}).encode(), place)
                    row = {
                        "reference": arrival.reference, "state": "done", "enqueued_at": now,
                        "finished_at": now, "outcome": record,
                    }  # fmt: skip
                    statement = insert(items).values(row)
                    statement = statement.on_conflict_do_update(  # queued and never taken up: marked as well
                        index_elements=[items.c.reference],
                        set_={name: statement.excluded[name] for name in ("state", "finished_at", "outcome")},
                        where=sa.and_(items.c.state == "new", items.c.claims == 0),
                    )
                    if connection.execute(statement.returning(items.c.reference)).first() is not None:
                        count += 1
                        note = {"reference": arrival.reference, "generation": 1, "at": now, "what": "adopted"}
                        connection.execute(history.insert().values(note))
        return count

    def due(self, now: datetime) -> list[str]:
        """References to take up now, oldest first; last those over which a worker has died.

        So a poison item stops nobody else, and an item that was merely in hand when a worker was killed is
        not in hand again at once, which would make it look like one.
        """
        waiting = sa.and_(items.c.state == "waiting", items.c.until <= _clock.text(now))
        statement = (
            sa.select(items.c.reference)
            .where(sa.or_(items.c.state == "new", waiting))
            .order_by(items.c.deaths, items.c.enqueued_at, items.c.reference)
        )
        with guarded(), self._engine.connect() as connection:
            return list(connection.execute(statement).scalars())

    def open_items(self) -> dict[str, int]:
        """How many items of the instance have not come to a good end, by state."""
        statement = sa.select(items.c.state, sa.func.count()).where(items.c.state.in_(_OPEN))
        with guarded(), self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement.group_by(items.c.state))}

    def recover(self, *, died: bool) -> Recovered:
        """Put back what was running when the last worker of this slot ended.

        Args:
            died: It ended by dying; when it left in order (a full disk, say) no item is to blame.
        """
        mine = sa.and_(items.c.state == "running", items.c.slot == SLOT)
        with guarded(), self._engine.begin() as connection:
            back = (
                items.update().where(mine).values(state="new", slot=None, deaths=items.c.deaths + int(died))
            )
            rows = connection.execute(
                back.returning(items.c.reference, items.c.generation, items.c.deaths)
            ).all()
            aside = {}
            for row in rows:
                if row.deaths >= MOST_DEATHS:
                    aside[row.reference] = self._set_aside(connection, row.reference, row.generation)
        return Recovered(len(rows) - len(aside), aside)

    def _set_aside(self, connection: sa.Connection, reference: str, generation: int) -> str:
        unknown = sa.select(effects.c.name).where(
            effects.c.reference == reference,
            effects.c.generation == generation,
            effects.c.state == "open",
        )
        name = connection.execute(unknown.limit(1)).scalar()
        state = "failed" if name is None else "in_doubt"
        record = {"kind": state, "reason": f"{MOST_DEATHS} workers died over this item", "effect": name}
        sealed = self._keys.sealer.seal(json.dumps(record).encode(), outcome_place(reference, generation))
        now = _clock.text(_clock.now())
        connection.execute(
            items.update()
            .where(items.c.reference == reference)
            .values(state=state, outcome=sealed, finished_at=now)
        )
        return state

    def _insert(self, connection: sa.Connection, arrival: Arrival, digest: str, now: str) -> bool:
        sealed = self._keys.sealer.seal(arrival.payload, f"payload/{arrival.reference}")
        row = {
            "reference": arrival.reference, "state": "new", "payload": sealed, "payload_hash": digest,
            "enqueued_at": now,
        }  # fmt: skip
        statement = insert(items).values(row).on_conflict_do_nothing().returning(items.c.reference)
        return connection.execute(statement).first() is not None

    def _other_payload(self, connection: sa.Connection, reference: str, digest: str) -> bool:
        statement = sa.select(items.c.payload_hash).where(items.c.reference == reference)
        known = connection.execute(statement).scalar()
        return known is not None and known != digest  # an adopted item has no payload to differ from

    def _claim(self, arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[str]]:
        if self._municipality is None or not arrivals:
            return list(arrivals), []
        bot, instance = self._owner
        mine, elsewhere = [], []
        now = _clock.text(_clock.now())
        with self._municipality.begin() as connection:
            for arrival in arrivals:
                row = {"bot": bot, "reference": arrival.reference, "instance": instance, "at": now}
                connection.execute(insert(claims).values(row).on_conflict_do_nothing())
                statement = sa.select(claims.c.instance).where(
                    claims.c.bot == bot, claims.c.reference == arrival.reference
                )
                if connection.execute(statement).scalar() == instance:
                    mine.append(arrival)
                else:
                    elsewhere.append(arrival.reference)
        return mine, elsewhere
