"""A plan: what a run would do, found out without doing it.

Rules this module keeps: queries are asked for real, every effect is written down and answered with its
capability's planned receipt, and what follows from such an answer is marked assumed; nothing is enqueued and
nothing is created or changed, neither state nor keys nor locks.
"""

import enum
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_origin

import sqlalchemy as sa
from pydantic import BaseModel

from rpa_commons.capabilities import BusinessError, CallSpec, TransientError
from rpa_commons.config import resolve_secret
from rpa_commons.sdk import RuleRecord, WorkItem
from rpa_commons.validators import mask_personal_numbers

from . import _clock
from ._codec import payload_bytes, read_result, result_bytes
from ._context import ItemContext
from ._crypto import Keys, ephemeral_keys, open_keys
from ._database import guarded
from ._errors import BotMistake, JournalKeyError, RunRefusedError, Vetoed
from ._find import Finding, find_items
from ._job import PRODUCTION, Job
from ._journal import Claimed, EffectRow, Journal
from ._outfit import ConnectorSet, Outfit
from ._process import Ending, place_in, sum_up
from ._reader import reading
from ._runs import refuse_unprepared
from ._tables import items

__all__ = ["PlanCalls", "plan"]

_GIVE_UP_AFTER = 3


@dataclass(frozen=True)
class _Case:
    """An item to plan, and what is already done for it."""

    item: Claimed
    done: dict[tuple[str, str], EffectRow]


class PlanCalls:
    """Effects are written down; what a replay would take from the journal is taken from it."""

    def __init__(self, done: dict[tuple[str, str], EffectRow]) -> None:
        self._done = done
        self._called: set[tuple[str, str]] = set()
        self.planned: list[dict[str, Any]] = []

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
        """Ask the system; nothing is kept."""
        return read_result(spec, result_bytes(spec, getattr(connector, spec.method)(**arguments)))

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:  # noqa: ANN401, ARG002 - the door's signature
        """Write the effect down and answer with the planned receipt."""
        call = (spec.name, call_key)
        if spec.decisive:
            raise BotMistake(f"{spec.name} carries out a decision and may be called in decided() only")
        if call in self._called:
            raise BotMistake(f"{spec.name} is called twice in one item under one call key")
        self._called.add(call)
        row = self._done.get(call)
        if row is not None and row.state == "done":
            return read_result(spec, row.result or b"null")
        assumed = bool(self.planned)
        self.planned.append({"call": spec.name, "shown": _shown(spec, arguments), "assumed": assumed})
        return spec.planned(**arguments, key=call_key) if spec.planned else None


def plan(job: Job, emit: Callable[[dict[str, Any]], None]) -> int:
    """Plan one instance; returns the exit code.

    Raises:
        RpaCommonsError: the plan cannot be made.
    """
    with ExitStack() as stack:
        engine = stack.enter_context(reading(job.state_dir, job.instance.id))
        keys = _keys(job, fresh=engine is None)
        outfit = Outfit(job, keys.digester)
        connectors = stack.enter_context(outfit.connectors())
        emit({"event": "started", "instance": job.instance.name})
        planner = _Planner(outfit, connectors, keys, engine, emit)
        summary = planner.go()
    emit({"event": "finished", **summary})
    return int(summary["exit_code"])


def _keys(job: Job, *, fresh: bool) -> Keys:
    secret = resolve_secret(job.journal_key, job.folder) if job.journal_key is not None else None
    try:
        return open_keys(job.state_dir, secret, create=False)
    except JournalKeyError:
        if fresh:
            return ephemeral_keys()
        raise


class _Planner:
    def __init__(
        self,
        outfit: Outfit,
        connectors: ConnectorSet,
        keys: Keys,
        engine: sa.Engine | None,
        emit: Callable[[dict[str, Any]], None],
    ) -> None:
        self._outfit = outfit
        self._connectors = connectors
        self._keys = keys
        self._engine = engine
        self._emit = emit
        self._finding = Finding()
        self._known = 0
        self._states: Counter[str] = Counter()
        self._findings: list[str] = []
        self._unanswered = 0

    def go(self) -> dict[str, Any]:
        """Plan every case and count."""
        limit = self._outfit.job.limit
        planned = 0
        for case in self._cases():
            if planned == limit or self._unanswered == _GIVE_UP_AFTER:
                break
            self._plan_one(case)
            planned += 1
        if self._unanswered == _GIVE_UP_AFTER:
            self._find("the plan stops here: a system does not answer")
        if self._finding.error:
            self._find(self._finding.error)
        for problem in self._connectors.problems():
            self._find(problem)
        self._check_cut_over()
        bad = self._findings or self._states["failed"] or self._states["unknown"]
        return {
            "found": self._finding.seen,
            "known": self._known,
            "before_start": self._finding.before_start,
            "planned": planned,
            "states": dict(sorted(self._states.items())),
            "findings": self._findings,
            "exit_code": 1 if bad else 0,
        }

    def _cases(self) -> Iterator[_Case]:
        now = _clock.now()
        known: set[str] = set()
        yield from self._queued(known)
        for found in find_items(self._outfit, self._connectors, now, self._finding):
            if found.reference in known:
                self._known += 1
                continue
            known.add(found.reference)
            payload, _ = payload_bytes(found.payload)
            yield _Case(Claimed(found.reference, 1, 0, payload, now, first_time=True, tries=0), {})

    def _queued(self, known: set[str]) -> Iterator[_Case]:
        """What the queue holds already: new items and waiting ones that are due; fills ``known``."""
        if self._engine is None:
            return
        now = _clock.now()
        with Journal(self._engine, self._keys.sealer) as journal:
            with guarded(), self._engine.connect() as connection:
                rows = connection.execute(
                    sa.select(items).order_by(items.c.enqueued_at, items.c.reference)
                ).all()
            known.update(row.reference for row in rows)
            for row in rows:
                due = row.state == "waiting" and row.until is not None and _clock.parse(row.until) <= now
                if row.state not in {"new", "running"} and not due:
                    continue
                payload = self._keys.sealer.unseal(row.payload, f"payload/{row.reference}")
                clock = now if due or row.now is None else _clock.parse(row.now)
                item = Claimed(
                    row.reference, row.generation, row.phase, payload, clock, row.claims == 0, row.tries
                )
                yield _Case(item, journal.effects_of(item))

    def _plan_one(self, case: _Case) -> None:
        item = case.item
        calls = PlanCalls(case.done)
        scope = self._outfit.scope(item.reference, item.generation)
        context = ItemContext(
            self._outfit.municipality, item.now, scope, self._outfit.digester, self._outfit.steps
        )
        ending = self._attempt(item, calls, context)
        self._states[ending.state] += 1
        self._unanswered = self._unanswered + 1 if ending.system else 0
        self._emit(
            {
                "event": "planned",
                "reference": item.reference,
                "state": ending.state,
                "reason": mask_personal_numbers(ending.reason),
                "effects": calls.planned,
                "assumed": bool(calls.planned),
                "rules": [_rule(rule) for rule in context.rules],
            }
        )

    def _attempt(self, item: Claimed, calls: PlanCalls, context: ItemContext) -> Ending:
        try:
            payload = self._outfit.payload_type.model_validate_json(item.payload)
            bot = self._outfit.make(context, self._connectors, calls)
            return sum_up(bot.process(WorkItem(item.reference, payload)))
        except TransientError as error:
            return Ending("unknown", mask_personal_numbers(error.message), system=error.system)
        except BusinessError as error:
            return Ending("handed_over", mask_personal_numbers(error.message))
        except Vetoed as veto:
            return Ending("handed_over", f"the municipality's hook: {mask_personal_numbers(str(veto))}")
        except BotMistake as mistake:
            return Ending("failed", str(mistake))
        except Exception as error:  # noqa: BLE001 - whatever a bot does wrong fails its own item only
            place = place_in(error.__traceback__, self._outfit.bot.__module__)
            return Ending("failed", f"{type(error).__name__} ({place})" if place else type(error).__name__)

    def _check_cut_over(self) -> None:
        job = self._outfit.job
        try:
            if self._engine is not None:
                refuse_unprepared(self._engine, job)
            elif job.environment == PRODUCTION and job.instance.start_from is None:
                self._find(
                    "the first run in production needs start_from, or rpac items adopt, before it may start"
                )
        except RunRefusedError as error:
            self._find(f"a run would be refused: {error.message}")

    def _find(self, finding: str) -> None:
        if finding not in self._findings:
            self._findings.append(finding)
            self._emit({"event": "finding", "message": finding})


def _rule(rule: RuleRecord) -> dict[str, str]:
    return {"paragraph": rule.paragraph, "result": mask_personal_numbers(rule.result)}


def _shown(spec: CallSpec, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments that may be shown: words of a closed list, and fields that a model does not hide."""
    shown: dict[str, Any] = {}
    for name, value in arguments.items():
        annotation = spec.signature.parameters[name].annotation
        if get_origin(annotation) is Literal or isinstance(value, bool | enum.Enum):
            shown[name] = value
        elif isinstance(value, BaseModel):
            for field, info in type(value).model_fields.items():
                inner = getattr(value, field)
                if info.repr and isinstance(inner, str | int | date) and inner != "":
                    shown[f"{name}.{field}"] = mask_personal_numbers(str(inner))
    return shown
