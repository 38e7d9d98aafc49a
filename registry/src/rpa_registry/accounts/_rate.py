"""How often one token may write.

Rules this module keeps: a minute is the last sixty seconds, not the clock's; refused requests count too, for
they cost as much. It counts in one process: a restart forgets at most a minute, and two server processes let
through twice as much. That is enough against a script that runs wild, which is all it is for.

Usage::

    limiter = RateLimiter(30, "uploads")
    limiter.take("token 3")
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from rpa_registry.errors import TooManyError

__all__ = ["RateLimiter"]

_WINDOW = 60.0  # seconds


class RateLimiter:
    """Counts per key; safe to share between threads.

    Attributes:
        limit: How many in a minute.
    """

    def __init__(self, limit: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._what = what
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> None:
        """Count one.

        Raises:
            TooManyError: the minute's share is used up; it says for how many seconds.
        """
        with self._lock:
            moment = self._clock()
            taken = self._taken.setdefault(key, deque())
            while taken and taken[0] <= moment - _WINDOW:
                taken.popleft()
            if len(taken) >= self.limit:
                seconds = max(1, round(taken[0] + _WINDOW - moment))
                raise TooManyError(
                    f"more than {self.limit} {self._what} in a minute",
                    remedy=f"wait {seconds} seconds",
                    seconds=seconds,
                )
            taken.append(moment)
