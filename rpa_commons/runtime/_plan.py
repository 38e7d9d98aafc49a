"""A plan: what a run would do, found out without doing it.

Rules this module keeps: queries are asked for real, every effect is written down and answered with its
capability's planned receipt, unless the connector's own ``check_METHOD`` refuses it without asking anybody;
what follows from such an answer is marked assumed; nothing is enqueued and nothing is created or changed,
neither state nor keys nor locks.
"""

import enum
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from typing import Any, Literal, get_origin

import sqlalchemy as sa
from pydantic import BaseModel

from rpa_commons.capabilities import BusinessError, CallSpec, RpaCommonsError, TransientError
from rpa_commons.sdk import RuleRecord, WorkItem
from rpa_commons.validators import mask_personal_numbers

from . import _clock
from ._calls import recorded
from ._codec import read_result, result_bytes
from ._context import ItemContext
from ._crypto import Keys, ephemeral_keys, open_keys
from ._errors import BotMistake, InDoubt, JournalKeyError, RunRefusedError, Vetoed
from ._find import start_warning
from ._job import PRODUCTION, Job
from ._journal import Claimed, EffectRow
from ._outfit import ConnectorSet, Outfit, journal_secret
from ._plan_cases import Case, Cases
from ._process import Ending, failure_of, next_step, sum_up
from ._reader import reading
from ._redact import Redactor
from ._run_state import Reasons
from ._runs import refuse_unprepared

__all__ = ["PlanCalls", "plan"]

_GIVE_UP_AFTER = 3


class PlanCalls:
    """Effects are written down; what a replay would take from the journal is taken from it."""

    def __init__(self, done: dict[tuple[str, str], EffectRow]) -> None:
        self._done = done
        self._called: set[tuple[str, str]] = set()
        self.planned: list[dict[str, Any]] = []

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
        """Ask the system; nothing is kept."""
        return read_result(spec, result_bytes(spec, getattr(connector, spec.method)(**arguments)))

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:  # noqa: ANN401 - the door's signature
        """Write the effect down and answer with the planned receipt."""
        call = (spec.name, call_key)
        if spec.decisive:
            raise BotMistake(f"{spec.name} carries out a decision and may be called in decided() only")
        if call in self._called:
            raise BotMistake(f"{spec.name} is called twice in one item under one call key")
        self._called.add(call)
        row = self._done.get(call)
        if row is not None and row.state in {"done", "refused", "settled"}:
            return recorded(spec, row, arguments)
        if row is not None and row.state == "open" and row.intent.effect_class == "unsafe":
            raise InDoubt(spec.name, "it was interrupted and cannot be repeated safely")
        check = getattr(connector, f"check_{spec.method}", None)
        if callable(check):  # what it would refuse whatever a system says, it refuses in a plan too
            check(**arguments)
        assumed = bool(self.planned)
        self.planned.append({"call": spec.name, "shown": _shown(spec, arguments), "assumed": assumed})
        return spec.planned(**arguments, key=call_key) if spec.planned else None


def plan(job: Job, emit: Callable[[dict[str, Any]], None], redact: Redactor) -> int:
    """Plan one instance; returns the exit code.

    Raises:
        RpaCommonsError: the plan cannot be made.
    """
    with ExitStack() as stack:
        engine = stack.enter_context(reading(job.state_dir, job.instance.id))
        keys = _keys(job, redact, fresh=engine is None)
        outfit = Outfit(job, keys.digester, redact, keys)
        outfit.refuse_broken_letters()
        connectors = stack.enter_context(outfit.connectors())
        emit({"event": "started", "instance": job.instance.name})
        planner = _Planner(outfit, connectors, keys, engine, emit)
        summary = planner.go()
    emit({"event": "finished", **summary})
    return int(summary["exit_code"])


def _keys(job: Job, redact: Redactor, *, fresh: bool) -> Keys:
    secret = journal_secret(job, redact)
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
        self._cases = Cases(outfit, connectors, keys, engine)
        self._engine = engine
        self._emit = emit
        self._states: Counter[str] = Counter()
        self._reasons = Reasons(every=True)
        self._findings: list[str] = []
        self._unanswered = ""
        self._in_a_row = 0

    def go(self) -> dict[str, Any]:
        """Plan every case and count."""
        job = self._outfit.job
        self._find(start_warning(job.instance.start_from, _clock.now()))
        cases = self._cases.in_order()
        planned = 0
        for case in cases[: job.limit]:
            if self._in_a_row == _GIVE_UP_AFTER:
                self._find(f"the plan stops after {planned} cases, for one reason: {self._unanswered}")
                break
            self._plan_one(case)
            planned += 1
        self._find(self._cases.finding.problem())
        for problem in self._connectors.problems():
            self._find(problem)
        self._check_cut_over()
        return self._summary(planned, len(cases))

    def _summary(self, planned: int, due: int) -> dict[str, Any]:
        cases = self._cases
        bad = self._findings or self._states["failed"] or self._states["unknown"]
        return {
            "found": cases.finding.seen,
            "known": cases.known.total(),
            "known_states": dict(sorted(cases.known.items())),
            "before_start": cases.finding.before_start,
            "elsewhere": cases.elsewhere,
            "due": due,
            "planned": planned,
            "states": dict(sorted(self._states.items())),
            "reasons": self._reasons.listed(),
            "findings": self._findings,
            "exit_code": 1 if bad else 0,
        }

    def _plan_one(self, case: Case) -> None:
        item = case.item
        calls = PlanCalls(case.done)
        scope = self._outfit.scope(item.reference, item.generation)
        context = ItemContext(
            self._outfit.municipality, item.now, scope, self._outfit.digester, self._outfit.steps
        )
        ending = self._attempt(item, calls, context)
        self._states[ending.state] += 1
        self._reasons.add(ending.state, ending.reason, ending.remedy)
        self._in_a_row = self._in_a_row + 1 if ending.system else 0
        self._unanswered = ending.reason
        self._emit(
            {
                "event": "planned",
                "reference": item.reference,
                "state": ending.state,
                "reason": mask_personal_numbers(ending.reason),
                "remedy": ending.remedy,
                "effects": calls.planned,
                "assumed": bool(calls.planned),
                "rules": [_rule(rule) for rule in context.rules],
            }
        )

    def _attempt(  # noqa: PLR0911 - one way out per kind of ending, side by side
        self, item: Claimed, calls: PlanCalls, context: ItemContext
    ) -> Ending:
        try:
            payload = self._outfit.payload_type.model_validate_json(item.payload)
            bot = self._outfit.make(context, self._connectors, calls)
            return sum_up(bot.process(WorkItem(item.reference, payload)))
        except TransientError as error:
            remedy = next_step(error, self._outfit.job.environment)
            return Ending("unknown", mask_personal_numbers(error.message), system=error.system, remedy=remedy)
        except BusinessError as error:
            return _said("handed_over", error)
        except Vetoed as veto:
            return Ending("handed_over", f"the municipality's hook: {mask_personal_numbers(str(veto))}")
        except InDoubt as doubt:
            return Ending("in_doubt", str(doubt))
        except BotMistake as mistake:
            return Ending("failed", str(mistake))
        except RpaCommonsError as error:
            return _said("failed", error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a bot does wrong fails its own item only
            return failure_of(error, self._outfit, type(error).__name__)

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
        if finding and finding not in self._findings:
            self._findings.append(finding)
            self._emit({"event": "finding", "message": finding})


def _said(state: str, error: RpaCommonsError) -> Ending:
    """The ending in the error's own words."""
    message, remedy = mask_personal_numbers(error.message), mask_personal_numbers(error.remedy)
    return Ending(state, message, remedy=remedy)


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
