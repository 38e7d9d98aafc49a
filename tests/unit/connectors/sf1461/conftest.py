"""A connector that reads a queue of the test's own, with a client certificate that nobody asks for."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors.sf1461 import Sf1461, Sf1461Settings
from rpa_commons.connectors.sf1461._queue import Delivery
from rpa_commons.runtime._crypto import Keys, ephemeral_keys
from tests.support.beskedfordeler import surroundings


class Tray:
    """A queue in memory that counts what it was told; breaks off where it should."""

    def __init__(self, bodies: Sequence[bytes] = (), breaks_after: int | None = None) -> None:
        self.waiting = list(bodies)
        self.out: list[bytes] = []
        self.acknowledged: list[int] = []
        self.closed = 0
        self.breaks_after = breaks_after

    def next(self) -> Delivery | None:
        """The next, until it breaks."""
        if self.breaks_after is not None and len(self.out) >= self.breaks_after:
            raise TransientError("sf1461", "127.0.0.1 broke off the connection")
        if not self.waiting:
            return None
        self.out.append(self.waiting.pop(0))
        return Delivery(len(self.out), self.out[-1])

    def acknowledge(self, tag: int) -> None:
        """Noted."""
        self.acknowledged.append(tag)

    def close(self) -> None:
        """Counted; what is not acknowledged goes back."""
        self.closed += 1
        self.waiting = self.out[max(self.acknowledged, default=0) :] + self.waiting
        self.out, self.acknowledged = [], []


Reader = Callable[..., Sf1461]


@pytest.fixture
def keys() -> Keys:
    """The municipality's keys."""
    return ephemeral_keys()


@pytest.fixture
def reader(folder: Path, keys: Keys) -> Reader:
    """Makes a connector: ``reader(settings, tray)``."""

    def make(given: Sf1461Settings, tray: Tray, *, planning: bool = False, **more: object) -> Sf1461:
        around = surroundings(folder, keys, planning=planning)
        return Sf1461(given, around, queue=lambda: tray, **more)  # type: ignore[arg-type]

    return make
