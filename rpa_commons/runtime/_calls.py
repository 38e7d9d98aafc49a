"""A run's calls: journalled, carried out at most once, answered from the journal when the item comes again.

Rules this module keeps (the order is the whole point):

* intent committed → effect → result committed; the key travels with the effect;
* an intent found without result: *keyed* and *local* repeat with the same key, *probe* asks the receiver
  first once its settle time is over, *unsafe* ends in doubt;
* the same effect twice in one item needs a call key, and the same call comes with the same arguments again;
* of the class that an intent was written with and the class that today's connector has, the weaker counts;
* what a system says to a repeat says nothing of the first attempt: a refused repeat ends in doubt;
* an effect that nobody can say of whether it happened never looks like an ordinary error to the bot.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from pydantic import BaseModel

from rpa_commons.capabilities import BusinessError, CallSpec, TransientError

from . import _clock
from ._codec import arguments_bytes, read_result, result_bytes
from ._crypto import Digester
from ._door import effect_class_of
from ._errors import BotMistake, InDoubt, Postponed
from ._journal import Claimed, EffectRow, Intent, Journal, QueryRow
from ._keys import ItemScope

__all__ = ["Faults", "RunCalls", "Surrounding", "recorded"]

SETTLE_SECONDS = 30.0
"""How long a receiver may need until a search finds what it took; a connector may say ``settle_seconds``."""
_LONGEST_PAUSE = 10.0  # seconds that a lane waits for a settle time rather than putting the item back
_WEAKNESS = {"keyed": 0, "local": 0, "probe": 1, "unsafe": 2}
_WEAKEST = 3


class Faults(Protocol):
    """Where a test may let the worker die."""

    def reach(self, point: str) -> None:
        """A point is reached."""
        ...


class Surrounding(Protocol):
    """What a lane offers to the calls of its items."""

    journal: Journal
    digester: Digester
    faults: Faults

    def pause(self, seconds: float) -> bool:
        """Wait; false when the run is to stop."""
        ...

    def effect_done(self, name: str) -> None:
        """Count an effect that was carried out."""
        ...


class RunCalls:
    """The calls of one pass through one item."""

    def __init__(
        self, item: Claimed, scope: ItemScope, lane: Surrounding, redact: Callable[[str], str]
    ) -> None:
        self._redact = redact
        self._item = item
        self._scope = scope
        self._lane = lane
        fresh = item.first_time
        self._effects = {} if fresh else lane.journal.effects_of(item)
        self._queries = {} if fresh else lane.journal.queries_of(item)
        self._called: set[tuple[str, str]] = set()
        self.asked: list[QueryRow] = []
        """Answers that are not committed yet."""

    def begin_pass(self) -> None:
        """The bot's ``process`` starts from its first line, with everything that is already known."""
        self._called.clear()

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
        """The recorded answer, or the system's, which is then recorded."""
        digest = self._digest(arguments)
        known = self._queries.get((spec.name, digest))
        if known is not None:
            return read_result(spec, known)
        data = result_bytes(spec, getattr(connector, spec.method)(**arguments))
        self._queries[spec.name, digest] = data
        self.asked.append(QueryRow(spec.name, digest, data, _clock.text(_clock.now())))
        return read_result(spec, data)  # what a replay will see, from the first time on

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:  # noqa: ANN401 - the capability's type
        """The recorded result, or the effect carried out under its key."""
        call = (spec.name, call_key)
        self._refuse_misuse(spec, call)
        intent = Intent(
            *call, effect_class_of(spec, connector), self._digest(arguments), self._scope.key(*call)
        )
        row = self._effects.get(call)
        if row is not None:
            self._refuse_other_arguments(row, intent)
            if row.state in {"done", "refused", "settled"}:
                return recorded(spec, row, arguments)
        repeat = False
        if row is None:
            self._lane.faults.reach("before-intent")
            row = self._effects[call] = self._lane.journal.intend(self._item, intent, self._flushed())
        elif row.state == "unsent":
            self._lane.journal.intend_again(self._item, intent, self._flushed())
            row.intent, row.state, row.intent_at = intent, "open", _clock.now()
        else:
            found = self._reenter(spec, connector, arguments, row, intent.effect_class)
            if found is not None:
                return self._done(spec, row, found)
            self._attempted(row)
            repeat = True
        self._lane.faults.reach("after-intent")
        return self._carry_out(spec, connector, arguments, row, repeat=repeat)

    def open_effects(self) -> list[str]:
        """Effects intended whose end nobody knows."""
        return sorted(name for (name, _), row in self._effects.items() if row.state == "open")

    def flush(self) -> list[QueryRow]:
        """Hand over the answers that are not committed yet."""
        return self._flushed()

    def _refuse_misuse(self, spec: CallSpec, call: tuple[str, str]) -> None:
        if spec.decisive:
            raise BotMistake(f"{spec.name} carries out a decision and may be called in decided() only")
        if call in self._called:
            raise BotMistake(
                f'{spec.name} is called twice in one item under one call key: give each its own, key="..."'
            )
        self._called.add(call)

    def _refuse_other_arguments(self, row: EffectRow, intent: Intent) -> None:
        # A later phase has a later clock, so a letter done earlier may well be dated anew: it stays done.
        # What a person has said of an effect stands too, or the only way out would be to do it again.
        stands = row.state in {"unsent", "settled"} or (row.phase < self._item.phase and row.state != "open")
        if row.intent.args_hash != intent.args_hash and not stands:
            raise BotMistake(
                f"{intent.name}: called again for the same item with other arguments than when it was begun "
                "(has the bot or a letter changed since?)"
            )

    def _reenter(
        self,
        spec: CallSpec,
        connector: object,
        arguments: dict[str, Any],
        row: EffectRow,
        class_today: str,
    ) -> Any:  # noqa: ANN401 - the capability's type
        """What to do with an intent whose result was never written; a receipt when the effect is found."""
        weaker = max(row.intent.effect_class, class_today, key=lambda one: _WEAKNESS.get(one, _WEAKEST))
        row.intent = replace(row.intent, effect_class=weaker)
        if weaker == "unsafe":
            raise InDoubt(spec.name, "it was interrupted and cannot be repeated safely")
        if weaker != "probe":
            return None
        probe = getattr(connector, f"probe_{spec.method}", None)
        if probe is None:  # the connector has changed since
            raise InDoubt(spec.name, "it was interrupted, and this connector cannot ask whether it happened")
        settle = timedelta(seconds=getattr(connector, "settle_seconds", SETTLE_SECONDS))
        left = (row.intent_at + settle - _clock.now()).total_seconds()
        if left > _LONGEST_PAUSE or (left > 0 and not self._lane.pause(left)):
            raise Postponed(f"{spec.name}: the receiver needs time before it is asked")
        return probe(**arguments, key=row.intent.key)

    def _carry_out(
        self, spec: CallSpec, connector: object, arguments: dict[str, Any], row: EffectRow, *, repeat: bool
    ) -> Any:  # noqa: ANN401 - the capability's type
        intent = row.intent
        try:
            value = getattr(connector, spec.method)(**arguments, key=intent.key)
        except BusinessError as error:
            if repeat:
                why = "a repeat was refused; the first attempt may have been taken"
                raise InDoubt(spec.name, why) from error
            said = self._redact(error.message).encode()
            self._lane.journal.conclude(self._item, intent, "refused", said)
            row.state, row.result = "refused", said
            raise
        except TransientError as error:
            if error.sent == "no" and not repeat:  # after a repeat the first attempt is as open as before
                self._lane.journal.conclude(self._item, intent, "unsent", None)
                row.state = "unsent"
            elif intent.effect_class == "unsafe":
                raise InDoubt(spec.name, "the system may have taken it and did not answer") from error
            elif error.sent != "no":
                self._attempted(row)
            self._called.discard((intent.name, intent.call_key))
            raise
        self._lane.faults.reach("after-effect")
        return self._done(spec, row, value)

    def _attempted(self, row: EffectRow) -> None:
        """Commit that an open effect is, or just was, attempted again: settle times count from here."""
        self._lane.journal.intend_again(self._item, row.intent, self._flushed())
        row.intent_at = _clock.now()

    def _done(self, spec: CallSpec, row: EffectRow, value: object) -> Any:  # noqa: ANN401 - the capability's type
        data = result_bytes(spec, value)
        self._lane.journal.conclude(self._item, row.intent, "done", data)
        row.state, row.result = "done", data
        self._lane.faults.reach("after-result")
        self._lane.effect_done(spec.name)
        return read_result(spec, data)

    def _digest(self, arguments: dict[str, Any]) -> str:
        return self._lane.digester.of_bytes(arguments_bytes(arguments))

    def _flushed(self) -> list[QueryRow]:
        asked, self.asked = self.asked, []
        return asked


def recorded(spec: CallSpec, row: EffectRow, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
    """What the bot sees of an effect whose end is known.

    Raises:
        BusinessError: the system refused it.
    """
    if row.state == "refused":
        raise BusinessError((row.result or b"").decode())
    if row.state == "settled":
        return _settled_receipt(spec, row, arguments)
    return read_result(spec, row.result or b"null")


def _settled_receipt(spec: CallSpec, row: EffectRow, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - the capability's type
    """What the bot sees of an effect that a person says has happened: the typed receipt, marked as such."""
    receipt = spec.planned(**arguments, key=row.intent.key) if spec.planned else None
    if not isinstance(receipt, BaseModel):
        return receipt
    marks = {"planned": False, "id": f"settled-{row.intent.key[:12]}"}
    fields = type(receipt).model_fields
    return receipt.model_copy(update={name: value for name, value in marks.items() if name in fields})
