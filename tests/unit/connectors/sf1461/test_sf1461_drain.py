"""The queue is emptied in an order that loses nothing."""

from collections.abc import Sequence
from itertools import count

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors.sf1461._queue import BATCH, Drained, Limits, drain
from tests.unit.connectors.sf1461.conftest import Tray

LOTS = Limits(messages=1_000_000, seconds=60)


def some(number: int) -> list[bytes]:
    """Messages."""
    return [str(one).encode() for one in range(number)]


def test_what_is_kept_is_acknowledged_afterwards() -> None:
    """At the moment of keeping a batch nothing of it has been acknowledged; then all of it is."""
    tray, seen = Tray(some(2 * BATCH + 5)), []

    def keep(bodies: Sequence[bytes]) -> None:
        seen.append((len(bodies), max(tray.acknowledged, default=0)))

    drained = drain(tray, keep, LOTS)

    assert [(BATCH, 0), (BATCH, BATCH), (5, 2 * BATCH)] == seen
    assert [BATCH, 2 * BATCH, 2 * BATCH + 5] == tray.acknowledged
    assert Drained(2 * BATCH + 5) == drained


def test_large_messages_are_kept_before_they_are_many() -> None:
    """Messages of 3 MB are kept in threes: what is in memory at a time is bounded in bytes, too."""
    tray, seen = Tray([b"x" * 3 * 1024 * 1024] * 7), list[int]()

    drained = drain(tray, lambda bodies: seen.append(len(bodies)), LOTS)

    assert [3, 3, 1] == seen
    assert [3, 6, 7] == tray.acknowledged
    assert Drained(7) == drained


def test_what_cannot_be_kept_is_not_acknowledged() -> None:
    """A full disk: the error goes on, the broker keeps the batch."""
    tray = Tray(some(BATCH + 1))

    def keep(_: Sequence[bytes]) -> None:
        raise TransientError("sf1461", "no space")

    with pytest.raises(TransientError, match="no space"):
        drain(tray, keep, LOTS)

    assert [] == tray.acknowledged


def test_a_look_acknowledges_nothing() -> None:
    """Everything is seen, nothing is taken."""
    tray, seen = Tray(some(BATCH + 1)), list[bytes]()

    drain(tray, seen.extend, LOTS, acknowledge=False)

    assert BATCH + 1 == len(seen)
    assert [] == tray.acknowledged


def test_a_limit_ends_it() -> None:
    """So many messages and no more; whoever reads the result knows that more may wait."""
    tray = Tray(some(30))

    drained = drain(tray, lambda _: None, Limits(messages=12, seconds=60))

    assert Drained(12, more=True) == drained
    assert 18 == len(tray.waiting)


def test_time_ends_it() -> None:
    """So long and no longer, by the clock that is given."""
    ticks = count()

    drained = drain(Tray(some(1000)), lambda _: None, Limits(1000, 10.0, clock=lambda: float(next(ticks))))

    assert drained.more
    assert drained.kept < 20


def test_a_broker_that_breaks_off() -> None:
    """Nothing at all is an error; where something came, it is kept and the rest is for the next time."""
    with pytest.raises(TransientError, match="broke off"):
        drain(Tray(some(5), breaks_after=0), lambda _: None, LOTS)

    kept: list[bytes] = []
    tray = Tray(some(5), breaks_after=3)
    drained = drain(tray, kept.extend, LOTS)

    assert some(3) == kept
    assert [] == tray.acknowledged  # nobody is there to hear it; they come again and are known then
    assert drained.failure is not None
    assert 3 == drained.kept


def test_an_acknowledgement_that_fails_is_no_loss() -> None:
    """It is told; what the broker did not hear of comes again and is known then."""

    class Deaf(Tray):
        def acknowledge(self, tag: int) -> None:
            raise TransientError("sf1461", "127.0.0.1 broke off the connection")

    kept: list[bytes] = []
    drained = drain(Deaf(some(3)), kept.extend, LOTS)

    assert some(3) == kept
    assert drained.failure is not None
