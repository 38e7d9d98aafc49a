"""A breaker per host: a host that fails again and again is left alone for a while.

Rules this module keeps:

* *closed*: calls go through; so many failures in a row of one thread open it for all, and an answer to any
  thread starts every count anew: what eight threads meet in one second is one failure and not eight. An
  answer is no failure, be it a refusal; neither is "busy" with a time to come back, which every caller obeys
  instead;
* *open*: nothing is sent until the rest is over, by the monotonic clock;
* *half open*: after the rest one caller tries, the others are told to wait; its end closes or opens again.
  A trial that ends in neither (a mistake of ours) gives its place back.

Own code, with the reason in ADR 7.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rpa_commons.capabilities import TransientError

from ._errors import AccessRefusedError, BusyError, CircuitOpenError, RequestRefusedError

__all__ = ["Breaker"]

_A_MOMENT = 1.0  # seconds


@dataclass
class _Host:
    failures: Counter[int] = field(default_factory=Counter)
    """In a row, up to now, by thread."""
    tried_at: float | None = None
    """On the monotonic clock, when the rest is over; ``None`` while closed."""
    trial: bool = False
    """Half open: somebody is trying."""
    busy_until: float = 0.0
    busy_status: int = 0


class Breaker:
    """The state of one system's hosts; safe for several threads."""

    def __init__(
        self,
        system: str,
        *,
        failures: int,
        rest: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Every host begins closed.

        Args:
            system: The connector's name for the system.
            failures: So many in a row of one thread open it; 0 for never.
            rest: Seconds for which an open host is left alone.
            clock: Monotonic seconds.
        """
        self._system = system
        self._most = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def busy(self, host: str) -> BusyError | None:
        """What to tell a new caller while the receiver wants to be left alone; ``None`` when it does not."""
        with self._lock:
            state = self._hosts.get(host)
            left = 0.0 if state is None else state.busy_until - self._clock()
            if state is None or left <= 0:
                return None
            return BusyError(self._system, state.busy_status, sent=False, retry_after=left)

    @contextmanager
    def attempt(self, host: str) -> Iterator[None]:
        """Around each attempt: lets it through or not, and takes note of how it ends.

        Raises:
            CircuitOpenError: the host is left alone now.
        """
        trial = self._enter(host)
        end: BaseException | None = None
        try:
            yield
        except BaseException as error:
            end = error
            raise
        finally:
            self._leave(host, end, trial=trial)

    def _enter(self, host: str) -> bool:
        """Let an attempt through; whether it is the trial of a host that is half open."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            if state.tried_at is None:
                return False
            left = state.tried_at - self._clock()
            if left > 0 or state.trial:
                # While somebody tries, the end is a moment away.
                rest = max(left, _A_MOMENT)
                raise CircuitOpenError(self._system, host, failures=state.failures.total(), rest=rest)
            state.trial = True
            return True

    def _leave(self, host: str, end: BaseException | None, *, trial: bool) -> None:
        with self._lock:
            state = self._hosts[host]
            if trial:
                state.trial = False
            if isinstance(end, BusyError) and end.retry_after is not None:
                state.busy_until = self._clock() + end.retry_after
                state.busy_status = end.status
            if _is_failure(end):
                thread = threading.get_ident()
                state.failures[thread] += 1
                if trial or (state.tried_at is None and 0 < self._most <= state.failures[thread]):
                    state.tried_at = self._clock() + self._rest
            elif _is_answer(end) or (trial and isinstance(end, AccessRefusedError)):
                state.failures.clear()
                state.tried_at = None


def _is_failure(error: BaseException | None) -> bool:
    """Whether an end says that the host does not work; a refusal and "come back then" do not."""
    if isinstance(error, BusyError):
        return error.retry_after is None
    return isinstance(error, TransientError) and not isinstance(error, AccessRefusedError)


def _is_answer(end: BaseException | None) -> bool:
    """Whether an end says that the host works, whatever it thinks of the request."""
    return end is None or isinstance(end, RequestRefusedError | BusyError)
