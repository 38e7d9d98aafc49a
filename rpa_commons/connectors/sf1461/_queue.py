"""A queue as the connector needs it, and how it is emptied: keep a batch, then acknowledge it.

The order is the whole point: what is acknowledged is gone from the broker, so it is on our disk first; what
is kept and not acknowledged comes again, and its ``BeskedId`` is known then.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rpa_commons.capabilities import TransientError

__all__ = ["BATCH", "Delivery", "Drained", "Limits", "Queue", "drain"]

BATCH = 100
"""Messages kept in one transaction and acknowledged in one word."""
_BATCH_BYTES = 8 * 1024 * 1024  # a hundred messages have some 300 kB; who sends large ones fills no memory


@dataclass(frozen=True, repr=False)
class Delivery:
    """One message as the broker gave it; ``tag`` is its number on this connection."""

    tag: int
    body: bytes


class Queue(Protocol):
    """An open queue of the broker."""

    def next(self) -> Delivery | None:
        """The next message, or ``None`` when the queue is empty.

        Raises:
            TransientError: the broker does not go on.
        """
        ...

    def acknowledge(self, tag: int) -> None:
        """The broker may forget this message and all before it.

        Raises:
            TransientError: it may not have heard; what it has not forgotten comes again.
        """
        ...

    def close(self) -> None:
        """Give back what was not acknowledged; does not raise."""
        ...


@dataclass(frozen=True)
class Limits:
    """How much is taken in one go; ``seconds`` by a monotonic clock."""

    messages: int
    seconds: float
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Drained:
    """How it ended: how many messages were kept, and why it ended before the queue was empty, if it did."""

    kept: int
    failure: TransientError | None = None
    more: bool = False
    """A limit was reached; more may wait."""


def drain(
    queue: Queue, keep: Callable[[Sequence[bytes]], None], limits: Limits, *, acknowledge: bool = True
) -> Drained:
    """Take messages until the queue is empty or a limit is reached.

    A broker that breaks off is no error where something was kept: it is told in the result.

    Args:
        queue: Where from.
        keep: Puts bodies where they last; when it returns they may be acknowledged.
        limits: When to stop.
        acknowledge: ``False`` only looks: the broker gets everything back when the queue is closed.

    Raises:
        TransientError: the broker gave nothing at all, or what came could not be kept.
    """
    batch: list[Delivery] = []
    kept, ends = 0, limits.clock() + limits.seconds
    failure: TransientError | None = None
    while failure is None:
        limited = kept + len(batch) >= limits.messages or limits.clock() >= ends
        delivery: Delivery | None = None
        if not limited:
            try:
                delivery = queue.next()
            except TransientError as error:
                failure = error
        if delivery is not None:
            batch.append(delivery)
        if batch and (delivery is None or _full(batch)):
            keep([one.body for one in batch])
            kept += len(batch)
            failure = failure or (_acknowledged(queue, batch[-1].tag) if acknowledge else None)
            batch = []
        if delivery is None:
            break
    if failure is not None and not kept:
        raise failure
    return Drained(kept, failure, more=limited)


def _full(batch: Sequence[Delivery]) -> bool:
    return len(batch) >= BATCH or sum(len(one.body) for one in batch) >= _BATCH_BYTES


def _acknowledged(queue: Queue, tag: int) -> TransientError | None:
    try:
        queue.acknowledge(tag)
    except TransientError as error:
        return error
    return None
