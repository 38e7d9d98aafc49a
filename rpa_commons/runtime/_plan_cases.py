"""Which cases a run would take up now, and in which order; found out without a trace.

Rules this module keeps: the order is the queue's own, so a plan and a run with the same limit take the same
cases; what another instance of the same bot has claimed is left to it, as in a run; every case is looked at
before the first is planned, so the counts are those of a run.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from . import _clock
from ._codec import payload_bytes
from ._crypto import Keys
from ._database import guarded, instance_folder
from ._find import BATCH, Finding, find_items
from ._job import Job
from ._journal import Claimed, EffectRow, Journal
from ._outfit import ConnectorSet, Outfit
from ._reader import reading_municipality
from ._slots import holder_of
from ._tables import claims, items

__all__ = ["Case", "Cases"]

_Rank = tuple[int, int, str, str]


@dataclass(frozen=True)
class Case:
    """An item to plan, and what is already done for it."""

    item: Claimed
    done: dict[tuple[str, str], EffectRow] = field(default_factory=dict)


class Cases:
    """The cases of one plan.

    Attributes:
        finding: How the looking went.
        known: Cases found that the instance's state has already, by their state there.
        elsewhere: Cases found that another instance of the bot has claimed.
    """

    def __init__(
        self, outfit: Outfit, connectors: ConnectorSet, keys: Keys, engine: sa.Engine | None
    ) -> None:
        self._outfit = outfit
        self._connectors = connectors
        self._keys = keys
        self._engine = engine
        self.finding = Finding()
        self.known: Counter[str] = Counter()
        self.elsewhere = 0

    def in_order(self) -> list[Case]:
        """Every case that a run would take up now.

        Raises:
            StateVersionError: another release wrote the municipality's state.
            JournalFailure: a state cannot be read.
        """
        now = _clock.now()
        states: dict[str, str] = {}
        ranked = [*self._queued(now, states), *self._found(now, states)]
        return [case for _, case in sorted(ranked, key=lambda one: one[0])]

    def _found(self, now: datetime, states: dict[str, str]) -> Iterator[tuple[_Rank, Case]]:
        taken = _claimed_elsewhere(self._outfit.job)
        seen: set[str] = set()
        for number, found in enumerate(find_items(self._outfit, self._connectors, now, self.finding)):
            reference = found.reference
            if reference in taken:
                self.elsewhere += 1
            elif reference in states:
                self.known[states[reference]] += 1
            elif reference not in seen:
                seen.add(reference)
                payload, _ = payload_bytes(found.payload)
                item = Claimed(reference, 1, 0, payload, now, first_time=True, tries=0)
                yield (0, 1, f"{number // BATCH:09}", reference), Case(item)

    def _queued(self, now: datetime, states: dict[str, str]) -> Iterator[tuple[_Rank, Case]]:
        """What the queue holds already: new items and waiting ones that are due; fills ``states``."""
        if self._engine is None:
            return
        job = self._outfit.job
        holder = holder_of(instance_folder(job.state_dir, job.instance.id))
        died = holder is not None and not holder.left
        with Journal(self._engine, self._keys.sealer) as journal:
            with guarded(), self._engine.connect() as connection:
                rows = connection.execute(sa.select(items)).all()
            for row in rows:
                states[row.reference] = row.state
                due = row.state == "waiting" and row.until is not None and _clock.parse(row.until) <= now
                if row.state not in {"new", "running"} and not due:
                    continue
                payload = self._keys.sealer.unseal(row.payload, f"payload/{row.reference}")
                clock = now if due or row.now is None else _clock.parse(row.now)
                item = Claimed(
                    row.reference, row.generation, row.phase, payload, clock, row.claims == 0, row.tries
                )
                deaths = row.deaths + int(died and row.state == "running")
                yield (deaths, 0, row.enqueued_at, row.reference), Case(item, journal.effects_of(item))


def _claimed_elsewhere(job: Job) -> frozenset[str]:
    """References of this bot that another instance has, where one is unique in the municipality."""
    instance = job.instance
    if instance.unique != "municipality":
        return frozenset()
    with reading_municipality(job.state_dir) as engine:
        if engine is None:
            return frozenset()
        statement = sa.select(claims.c.reference).where(
            claims.c.bot == instance.bot, claims.c.instance != instance.id
        )
        with guarded(), engine.connect() as connection:
            return frozenset(connection.execute(statement).scalars())
