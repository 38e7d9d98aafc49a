"""One run of a bot instance, from what a dead worker left to the summary.

Rules this module keeps: what was begun is recovered before anything new is taken up; the slot outlives
everything that writes; our own failure ends the run with its reason and leaves the queue as it is.
"""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.validators import mask_personal_numbers

from . import _clock
from ._codec import payload_bytes
from ._crypto import Keys
from ._database import open_municipality_state
from ._errors import Signal
from ._find import BATCH, Finding, find_items, start_warning
from ._job import Job
from ._lane import DyingFaults, work
from ._outfit import Outfit
from ._process import bug_in_words
from ._queue import Arrival, Queue
from ._redact import Redactor
from ._run_state import RunState
from ._runs import begin_run, end_broken_runs, end_run, keep_report, refuse_unprepared
from ._slots import Slot

__all__ = ["Run"]

_LARGEST_CHUNK = 1000
_INTERRUPTED = 130
_OUR_BUG = 70


class Run:
    """One run; ``go`` returns the summary that the host shows."""

    def __init__(
        self,
        job: Job,
        keys: Keys,
        database: sa.Engine,
        slot: Slot,
        emit: Callable[[dict[str, Any]], None],
        redact: Redactor,
    ) -> None:
        self._redact = redact
        self._job = job
        self._keys = keys
        self._database = database
        self._slot = slot
        self.state = RunState(limit=job.limit, emit=emit)
        self._started = _clock.now()
        self._finding = Finding()
        self._new = 0
        self._elsewhere = 0

    def go(self) -> dict[str, Any]:
        """Recover, find, process, count.

        Raises:
            RpaCommonsError: the run cannot start; nothing was done.
            JournalFailure: our own database failed before any item was taken up.
        """
        refuse_unprepared(self._database, self._job)
        outfit = Outfit(self._job, self._keys.digester, self._redact, self._keys, self.state.pause)
        outfit.refuse_broken_letters()
        with outfit.connectors():
            pass  # a misfit or a missing secret is found before anything runs
        with contextlib.ExitStack() as stack:
            municipality = open_municipality_state(self._job.state_dir)
            stack.callback(municipality.dispose)
            end_broken_runs(self._database, municipality, self._job)
            number = begin_run(self._database, self._keys.sealer, self._job, outfit.steps.sha256)
            self.state.emit(event="started", run=number, instance=self._job.instance.name)
            name = self._job.instance.name
            outfit.plugins.observe("rpac_run_started", instance=name, run_id=str(number))
            self._warn()
            queue = self._queue(municipality)
            self._recover(queue)
            self._work(number, outfit, queue)
            summary = self._summary(number, queue)
            if self.state.failure is None or not isinstance(self.state.failure, Signal):
                counts = {key: value for key, value in summary.items() if isinstance(value, int)}
                end_run(self._database, municipality, self._job, number, counts)
                keep_report(self._database, self._keys.sealer, number, self._redact.kept(_report(summary)))
                outfit.plugins.observe("rpac_run_finished", instance=name, run_id=str(number), counts=counts)
        return summary

    def _warn(self) -> None:
        warning = start_warning(self._job.instance.start_from, self._started)
        if warning:
            self.state.find(warning)

    def _queue(self, municipality: sa.Engine) -> Queue:
        instance = self._job.instance
        shared = municipality if instance.unique == "municipality" else None
        return Queue(self._database, self._keys, shared, (instance.bot, instance.id))

    def _recover(self, queue: Queue) -> None:
        recovered = queue.recover(died=self._slot.died_before)
        self._slot.recovered = True
        if recovered.resumed:
            self.state.emit(event="recovered", items=recovered.resumed)
        for reference, state in recovered.set_aside.items():
            self.state.ended(state, "workers died over this item again and again")
            self.state.find(f"{reference}: set aside as {state}, workers died over it again and again")

    def _work(self, number: int, outfit: Outfit, queue: Queue) -> None:
        faults = DyingFaults(self._job.die_at)

        def chunk(offered_by: int, references: Sequence[str]) -> None:
            work(
                references,
                run=number,
                over_dead=offered_by == number,  # this run's own chunks have them last
                outfit=outfit,
                engine=self._database,
                keys=self._keys,
                state=self.state,
                faults=faults,
            )

        try:
            self._find(outfit, queue)
            due = queue.due(_clock.now())
            if due and not self.state.stopping():
                self._carry(number, self._chunks(due), chunk)
        except Signal as failure:
            self.state.fail(failure)

    def _carry(
        self, number: int, chunks: list[list[str]], chunk: Callable[[int, Sequence[str]], None]
    ) -> None:
        from ._engine import Engine  # costs half a second: not where there is nothing to do

        engine = Engine(self._database, self._keys.sealer, self._job.threads, chunk)
        try:
            engine.start()
            engine.offer(number, chunks)
            while not engine.wait(0.5):
                if self.state.failure is not None and engine.wait(30.0):
                    break
        finally:
            engine.stop()

    def _find(self, outfit: Outfit, queue: Queue) -> None:
        with outfit.connectors() as connectors:
            batch: list[Arrival] = []
            for item in find_items(outfit, connectors, self._started, self._finding):
                batch.append(Arrival(item.reference, *payload_bytes(item.payload)))
                if len(batch) == BATCH:
                    self._put(queue, batch)
                    batch = []
            self._put(queue, batch)
            for problem in connectors.problems():
                self.state.find(problem)
        if self._finding.error:
            self.state.find(f"{self._finding.problem()}; what was queued before is worked on")
        self.state.emit(event="found", found=self._finding.seen, new=self._new)

    def _put(self, queue: Queue, batch: Sequence[Arrival]) -> None:
        arrivals = queue.put(batch)
        self._new += len(arrivals.new)
        self._elsewhere += len(arrivals.elsewhere)
        for reference in arrivals.conflicts:
            self.state.find(f"{reference}: came again with another content; the first one is kept")

    def _chunks(self, references: list[str]) -> list[list[str]]:
        if self._job.limit is not None:  # what recovered chunks take up counts against the limit too
            references = references[: self._job.limit + self._job.threads]
        lanes = self._job.threads * (
            4 if self._job.threads > 1 else 1
        )  # several each, so that none idles at the end
        size = min(max(1, math.ceil(len(references) / lanes)), _LARGEST_CHUNK)
        return [references[start : start + size] for start in range(0, len(references), size)]

    def _summary(self, number: int, queue: Queue) -> dict[str, Any]:
        state = self.state
        try:
            queued = len(queue.due(_clock.now()))
            open_items = queue.open_items()
        except Signal as failure:
            state.fail(failure)
            queued, open_items = -1, {}
        done = state.states["done"]
        names = ("done", "skipped", "handed_over", "proposed", "waiting", "in_doubt", "failed", "postponed")
        return {
            "run": number,
            "overrides": list(self._job.overrides),
            "found": self._finding.seen,
            "new": self._new,
            "before_start": self._finding.before_start,
            "elsewhere": self._elsewhere,
            **{name: state.states[name] for name in names},
            "queued": queued,
            "open": open_items,
            "effects": dict(sorted(state.effects.items())),
            "minutes": round(done * self._job.instance.minutes_per_case, 1),
            "seconds": round(self._elapsed(_clock.now()), 1),
            "findings": list(state.findings),
            "reasons": state.reasons.listed(),
            "stopped": state.stopped_because or _in_words(state.failure),
            "exit_code": self._exit_code(),
        }

    def _exit_code(self) -> int:
        state = self.state
        if _is_bug(state.failure):
            return _OUR_BUG
        if state.interrupted and state.failure is None:
            return _INTERRUPTED
        bad = any(state.states[name] for name in ("failed", "in_doubt", "postponed"))
        return int(bool(bad or state.failure or state.stopped_because or state.findings))

    def _elapsed(self, now: datetime) -> float:
        return (now - self._started).total_seconds()


def _is_bug(failure: BaseException | None) -> bool:
    return failure is not None and not isinstance(failure, Signal | RpaCommonsError)


def _in_words(failure: BaseException | None) -> str:
    if failure is None:
        return ""
    if _is_bug(failure):
        return f"a bug of rpa-commons, please report it: {bug_in_words(failure)}"
    return mask_personal_numbers(str(failure))


def _report(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: summary[name] for name in ("findings", "reasons", "stopped")}
