"""One pass through one item: from the bot's ``process`` to an ending that can be written down.

Rules this module keeps: a business error is handed over, a system that does not answer is tried again, no
sooner than it asks for, and then waits in the queue; anything else fails this item alone, an error of the
library with its own words; an effect whose end is unknown outweighs all of them; our own database failure is
no ending at all.
"""

import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.sdk import Done, HandOver, Propose, RuleRecord, Skip, Wait, WorkItem
from rpa_commons.validators import mask_personal_numbers

from ._calls import RunCalls, Surrounding
from ._codec import record_bytes
from ._context import ItemContext
from ._errors import BotMistake, InDoubt, Postponed, Vetoed
from ._journal import Claimed, Ended
from ._outfit import ConnectorSet, Outfit
from ._redact import Redactor

__all__ = ["Ending", "bug_in_words", "failure_of", "next_step", "place_in", "process", "sum_up"]

_SANDBOX = "sandbox"
_LONGEST_WAIT = 30.0  # seconds that an item holds its lane for a busy system; a longer wish is the queue's
_NO_SANDBOX = re.compile(r"\b(127\.0\.0\.1|localhost)\b.* takes no connection")
_START_IT = "start it: rpac sandbox up, as when it was set up"
_SETTLE = "find out from the receiver whether it happened, then say so: rpac items settle"


@dataclass(frozen=True)
class Ending:
    """How a pass ended: the item's next state, what is kept, and what may be shown.

    Attributes:
        state: The item's next state; ``new`` puts it back into the queue.
        reason: Why, in words without personal data; shown and logged.
        record: What is kept encrypted.
        until: When a waiting item is taken up again at the latest.
        system: The system that did not answer, where that ended the pass.
        outcome: What the bot returned, where it did.
        remedy: The next thing to do about it, where that is known.
        wait: Seconds that the system asked to be left alone for.
    """

    state: str
    reason: str
    record: Mapping[str, Any] = field(default_factory=dict)
    until: datetime | None = None
    system: str = ""
    outcome: object = None
    remedy: str = ""
    wait: float = 0.0


def process(
    item: Claimed, outfit: Outfit, connectors: ConnectorSet, lane: Surrounding
) -> tuple[Ending, Ended]:
    """Let the bot process an item that was taken up; tries again when a system does not answer.

    Raises:
        JournalFailure: our own database failed; the item stays as the journal has it.
    """
    scope = outfit.scope(item.reference, item.generation)
    calls = RunCalls(item, scope, lane, outfit.redact)
    for delay in (*outfit.job.backoff, None):
        calls.begin_pass()
        context = ItemContext(outfit.municipality, item.now, scope, outfit.digester, outfit.steps)
        ending = _attempt(item, outfit, connectors, calls, context)
        if not ending.system or delay is None or ending.wait > _LONGEST_WAIT:
            break
        if not lane.pause(max(delay, ending.wait)):
            break
    ending, record = _written(
        _redacted(ending, outfit.redact), context.rules, calls.open_effects(), outfit.redact
    )
    ended = Ended(
        item=item,
        state=ending.state,
        record=record,
        bot_version=outfit.job.instance.bot_version,
        queries=calls.flush(),
        until=ending.until,
        transient=bool(ending.system),
    )
    return ending, ended


def _written(
    ending: Ending, rules: list[RuleRecord], unknown: list[str], redact: Redactor
) -> tuple[Ending, bytes]:
    """The ending as it stands, and its record; a record that cannot be written fails its own item only."""
    ending = _doubted(ending, unknown)
    try:
        return ending, _record(ending, _rules(rules), redact)
    except Exception as error:  # noqa: BLE001 - a bot's facts may be anything; no value of them is kept or shown
        reason = f"{type(error).__name__}: what the bot gave as facts or rules cannot be written down"
        ending = _doubted(Ending("failed", reason), unknown)
        return ending, _record(ending, [], redact)


def _record(ending: Ending, rules: list[dict[str, Any]], redact: Redactor) -> bytes:
    shown = {"kind": ending.state, "reason": ending.reason, "remedy": ending.remedy, "rules": rules}
    # Looked through as JSON: a bot's facts may be objects whose text is not known before.
    return record_bytes(redact.kept(json.loads(record_bytes(dict(ending.record) | shown))))


def _attempt(  # noqa: PLR0911 - one way out per kind of ending, side by side
    item: Claimed, outfit: Outfit, connectors: ConnectorSet, calls: RunCalls, context: ItemContext
) -> Ending:
    try:
        payload = outfit.payload_type.model_validate_json(item.payload)
        bot = outfit.make(context, connectors, calls)
        return sum_up(bot.process(WorkItem(item.reference, payload)))
    except TransientError as error:
        remedy = next_step(error, outfit.job.environment)
        wait = error.retry_after or 0.0
        return Ending("new", _masked(error.message), system=error.system, remedy=remedy, wait=wait)
    except BusinessError as error:
        return Ending("handed_over", _masked(error.message), remedy=_masked(error.remedy))
    except Vetoed as veto:
        return Ending("handed_over", f"the municipality's hook: {_masked(str(veto))}")
    except InDoubt as doubt:
        return Ending("in_doubt", str(doubt), {"effect": doubt.effect}, remedy=_SETTLE)
    except Postponed as postponed:
        return Ending("new", str(postponed))
    except BotMistake as mistake:
        return failure_of(mistake, outfit, str(mistake))
    except RpaCommonsError as error:
        return failure_of(error, outfit, _masked(error.message), remedy=_masked(error.remedy))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a bot does wrong fails its own item only
        return failure_of(error, outfit, type(error).__name__)


def _redacted(ending: Ending, redact: Redactor) -> Ending:
    """The ending without secrets in the words that are shown; what is kept: ``_record``."""
    return replace(ending, reason=redact(ending.reason), remedy=redact(ending.remedy))


def sum_up(outcome: object) -> Ending:
    """The ending that an outcome stands for.

    Raises:
        BotMistake: it is none, has a text that is no text, or waits until a time without a zone.
    """
    _refuse_other_than_text(outcome)
    match outcome:
        case Done(receipt, note):
            return Ending("done", note, {"receipt": receipt, "note": note}, outcome=outcome)
        case Skip(reason):
            return Ending("skipped", reason, outcome=outcome)
        case HandOver(reason):
            return Ending("handed_over", reason, outcome=outcome)
        case Propose(decision, reasons, facts):
            record = {"decision": decision, "reasons": list(reasons), "facts": dict(facts)}
            return Ending("proposed", decision, record, outcome=outcome)
        case Wait(for_, until, then):
            if until.tzinfo is None:
                raise BotMistake("Wait(until=...) needs an aware time, such as self.now + timedelta(days=3)")
            return Ending("waiting", for_, {"for": for_, "then": then}, until=until, outcome=outcome)
        case _:
            raise BotMistake(f"process() returned {type(outcome).__name__}, which is no outcome")


def _refuse_other_than_text(outcome: object) -> None:
    match outcome:
        case Done(receipt, note):
            texts: dict[str, object] = {"receipt": receipt, "note": note}
        case Skip(reason) | HandOver(reason):
            texts = {"reason": reason}
        case Propose(decision, reasons, _):
            given = reasons if isinstance(reasons, tuple | list) else (None,)  # one text is no list of them
            texts = {f"reasons[{at}]": one for at, one in enumerate(given)}
            texts["decision"] = decision
        case Wait(for_, _, then):
            texts = {"for_": for_, "then": then}
        case _:
            return
    for name, value in texts.items():
        if not isinstance(value, str):
            kind = type(value).__name__
            raise BotMistake(f"{type(outcome).__name__}: {name} must be a text, not {kind}")


def next_step(error: TransientError, environment: str) -> str:
    """What to do about a system that does not answer; in a sandbox on this machine: start it."""
    remedy = _masked(error.remedy)
    if environment != _SANDBOX or not _NO_SANDBOX.search(error.message):
        return remedy
    return f"{_START_IT}; else: {remedy}" if remedy else _START_IT


def place_in(trace: TracebackType | None, module: str) -> str:
    """Where in the bot's own files an error came from: ``file.py:12 in process``, never a value."""
    package = module.partition(".")[0]
    place = ""
    for frame, line in traceback.walk_tb(trace):
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == package:
            place = f"{Path(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}"
    return place


def bug_in_words(error: BaseException) -> str:
    """An error of our own: its class and its place in the library, never its text."""
    place = place_in(error.__traceback__, "rpa_commons")
    return f"{type(error).__name__} ({place})" if place else type(error).__name__


def failure_of(error: BaseException, outfit: Outfit, what: str, *, remedy: str = "") -> Ending:
    """The ending of an item that failed; an error of the library says more than its place in the bot."""
    place = place_in(error.__traceback__, outfit.bot.__module__)
    reason = f"{what} ({place})" if place and not isinstance(error, RpaCommonsError) else what
    full = "".join(traceback.format_exception(error))
    record = {"error": type(error).__name__, "place": place, "text": full}
    return Ending("failed", reason, record, remedy=remedy)


def _doubted(ending: Ending, unknown: list[str]) -> Ending:
    """The ending, or the doubt that outweighs it."""
    if not unknown or ending.state == "new":
        return ending
    effect = unknown[0]
    why = f"{effect} was begun and its end is not known; then: {ending.reason or ending.state}"
    record = {**ending.record, "effect": effect, "instead": ending.state}
    return Ending("in_doubt", why, record, remedy=_SETTLE)


def _rules(rules: list[RuleRecord]) -> list[dict[str, Any]]:
    return [{"paragraph": rule.paragraph, "facts": dict(rule.facts), "result": rule.result} for rule in rules]


def _masked(text: str) -> str:
    return mask_personal_numbers(text)
