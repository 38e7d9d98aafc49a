"""A lane: one thread's way through a chunk of references.

Rules this module keeps: an item is taken up and the previous one's ending is written in one commit; observers
and the host hear of an ending only after it was written; a failure of ours stops the run and changes no item.
"""

import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.validators import mask_personal_numbers

from . import _clock
from ._calls import Faults
from ._crypto import Keys
from ._errors import Signal
from ._journal import Claim, Claimed, Ended, Journal
from ._outfit import ConnectorSet, Outfit
from ._process import Ending, bug_in_words, process
from ._run_state import RunState

__all__ = ["DyingFaults", "Lane", "work"]

_LOG = logging.getLogger("rpa_commons.runtime")


class DyingFaults:
    """Lets the worker kill itself at a given point for the n-th time, as tests ask in ``Job.die_at``."""

    def __init__(self, points: Sequence[str]) -> None:
        self._points = {
            name: int(count or 1) for name, _, count in (point.partition(":") for point in points)
        }
        self._reached: Counter[str] = Counter()

    def reach(self, point: str) -> None:
        """A point is reached; the process may end here, without any cleaning up."""
        if point not in self._points:
            return
        self._reached[point] += 1
        if self._reached[point] == self._points[point]:
            if sys.platform == "win32":  # untested on Windows
                os._exit(137)
            os.kill(os.getpid(), signal.SIGKILL)


class Lane:
    """Works through references one after another; satisfies ``Surrounding`` for the calls of its items."""

    def __init__(
        self,
        run: int,
        outfit: Outfit,
        journal: Journal,
        connectors: ConnectorSet,
        state: RunState,
        faults: Faults,
    ) -> None:
        self._run = run
        self._outfit = outfit
        self._connectors = connectors
        self._state = state
        self.journal = journal
        self.digester = outfit.digester
        self.faults = faults

    def pause(self, seconds: float) -> bool:
        """Wait; false when the run is to stop."""
        return self._state.pause(seconds)

    def effect_done(self, name: str) -> None:
        """Count an effect that was carried out."""
        self._state.effect_done(name)

    def run(self, references: Sequence[str], *, over_dead: bool) -> None:
        """Take up each reference that is still to be had, until the run is to stop."""
        in_hand: tuple[Ending, Ended] | None = None
        for reference in references:
            if not self._state.take_one():
                break
            claim = Claim(reference, self._run, _clock.now(), over_dead)
            item = self._advance(in_hand, claim)
            in_hand = None
            if item is None:
                self._state.give_back()
                continue
            in_hand = process(item, self._outfit, self._connectors, self)
            self._state.answered(in_hand[0].system, in_hand[0].reason)
        self._advance(in_hand, None)

    def _advance(self, in_hand: tuple[Ending, Ended] | None, claim: Claim | None) -> Claimed | None:
        if in_hand is None:
            return self.journal.advance(None, claim) if claim is not None else None
        ending, ended = in_hand
        self.faults.reach("before-outcome")
        item = self.journal.advance(ended, claim)
        self.faults.reach("after-outcome")
        self._state.ended(ending.state, ending.reason, ending.remedy)
        reference = ended.item.reference
        reason = mask_personal_numbers(ending.reason)
        self._state.emit(event="item", reference=reference, state=ending.state, reason=reason)
        if ending.outcome is not None:
            self._outfit.plugins.observe(
                "rpac_item_finished",
                instance=self._outfit.job.instance.name,
                reference=reference,
                outcome=ending.outcome,
            )
        return item


def work(
    references: Sequence[str],
    *,
    run: int,
    over_dead: bool,
    outfit: Outfit,
    engine: sa.Engine,
    keys: Keys,
    state: RunState,
    faults: Faults,
) -> None:
    """One chunk in one lane; whatever goes wrong on our side ends the run, never an item."""
    try:
        with outfit.connectors() as connectors, Journal(engine, keys.sealer) as journal:
            Lane(run, outfit, journal, connectors, state, faults).run(references, over_dead=over_dead)
            for problem in connectors.problems():
                state.find(problem)
    except (Signal, RpaCommonsError) as error:
        state.fail(error)
    except Exception as error:  # noqa: BLE001 - our own bug ends the run like our own failure
        # Class and place only: an error's text may hold a name or an address, which no masking finds.
        _LOG.error("a lane failed: %s", bug_in_words(error))
        state.fail(error)
