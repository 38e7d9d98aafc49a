"""What the lanes of one run share: counts, the limit, and whether to go on.

Rules this module keeps: every change happens under one lock; the run stops early for one clear reason, and
what it has not taken up stays in the queue.
"""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from rpa_commons.validators import mask_personal_numbers

__all__ = ["TOLD", "Reasons", "RunState"]

_MOST_FINDINGS = 200
_MOST_REASONS = 100
TOLD = ("postponed", "unknown", "failed", "in_doubt", "handed_over", "waiting")
"""States whose reasons a person is told, most urgent first."""
_GIVE_UP_AFTER = 3
"""So many items in a row that one system stopped end the run."""


class Reasons:
    """Why items ended as they did: distinct words, counted; no lock of its own.

    Args:
        every: Also where nobody need look, e.g. why a case would be skipped.
    """

    def __init__(self, *, every: bool = False) -> None:
        self._every = every
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, state: str, reason: str, remedy: str = "") -> None:
        """Count one ending."""
        if state in TOLD or (self._every and reason):
            self._counts[state, mask_personal_numbers(reason), mask_personal_numbers(remedy)] += 1

    def listed(self) -> list[dict[str, Any]]:
        """``{state, reason, remedy, count}``, by urgency and number; the rarest ones are counted together."""
        rows = sorted(self._counts.items(), key=lambda one: (_urgency(one[0][0]), -one[1], one[0]))
        others: Counter[str] = Counter()
        for (state, _, _), count in rows[_MOST_REASONS:]:
            others[state] += count
        return [_row(*key, count) for key, count in rows[:_MOST_REASONS]] + [
            _row(state, "other reasons", "", count) for state, count in others.items()
        ]


def _urgency(state: str) -> int:
    return TOLD.index(state) if state in TOLD else len(TOLD)


def _row(state: str, reason: str, remedy: str, count: int) -> dict[str, Any]:
    return {"state": state, "reason": reason, "remedy": remedy, "count": count}


class RunState:
    """The shared state of one run; ``emit`` sends an event to the host."""

    def __init__(self, *, limit: int | None, emit: Callable[[dict[str, Any]], None]) -> None:
        self._lock = threading.Lock()
        self._emit = emit
        self._left = limit
        self._unanswered: Counter[str] = Counter()
        self._stopping = threading.Event()
        self.states: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.reasons = Reasons()
        self.findings: list[str] = []
        self.stopped_because = ""
        self.interrupted = False
        self.failure: BaseException | None = None

    def emit(self, **event: Any) -> None:  # noqa: ANN401 - JSON values
        """Send one event to the host; an unreachable host stops the run."""
        try:
            with self._lock:
                self._emit(event)
        except (OSError, ValueError):  # the pipe is closed
            self.stop("nobody listens any more")

    def interrupt(self) -> None:
        """Somebody wants the run to stop: finish the items in hand and take up no more."""
        self.interrupted = True
        self.stop("it was told to stop")

    def stop(self, because: str) -> None:
        """Finish the items in hand and take up no more."""
        with self._lock:
            self.stopped_because = self.stopped_because or because
        self._stopping.set()

    def fail(self, error: BaseException) -> None:
        """Our own failure: the run stops, and it is nobody's outcome."""
        with self._lock:
            self.failure = self.failure or error
        self._stopping.set()

    def stopping(self) -> bool:
        """Whether no more items are to be taken up."""
        return self._stopping.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; false when the run is to stop."""
        return not self._stopping.wait(seconds)

    def take_one(self) -> bool:
        """Whether one more item may be taken up; counts it against the limit."""
        with self._lock:
            if self._stopping.is_set() or self._left == 0:
                return False
            if self._left is not None:
                self._left -= 1
            return True

    def give_back(self) -> None:
        """The item was not to be had after all."""
        with self._lock:
            if self._left is not None:
                self._left += 1

    def effect_done(self, name: str) -> None:
        """An effect was carried out."""
        with self._lock:
            self.effects[name] += 1

    def ended(self, state: str, reason: str, remedy: str = "") -> None:
        """An item's ending was written down."""
        state = "postponed" if state == "new" else state
        with self._lock:
            self.states[state] += 1
            self.reasons.add(state, reason, remedy)

    def answered(self, system: str, reason: str) -> None:
        """An item was worked on, and ``system`` (if any) did not answer; too many in a row end the run."""
        with self._lock:
            if not system:
                self._unanswered.clear()
                return
            self._unanswered[system] += 1
            give_up = self._unanswered[system] >= _GIVE_UP_AFTER
        if give_up:
            self.stop(f"{_GIVE_UP_AFTER} cases in a row were put back for one reason: {reason}")

    def find(self, finding: str) -> None:
        """Keep something that a person should look at; the same words once, and no endless list."""
        finding = mask_personal_numbers(finding)
        with self._lock:
            if finding in self.findings:
                return
            if len(self.findings) >= _MOST_FINDINGS:
                self.findings[-1] = "there are more findings than are listed here"
                return
            self.findings.append(finding)
        self.emit(event="finding", message=finding)
