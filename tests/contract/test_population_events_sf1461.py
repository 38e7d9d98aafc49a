"""SF1461 keeps the contract of ``PopulationEvents``, against the sandbox's broker."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from rpa_commons.connectors.contract import EventsCases, FailureCases, PopulationEventsContract
from rpa_commons.connectors.sf1461 import Sf1461
from rpa_commons.runtime._crypto import ephemeral_keys
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.sf1461 import Beskedfordeler, Dueslag, dueslag_of
from tests.support.beskedfordeler import SINCE, TODAY, connect, settings_of, told

PLACES = {"0265": "29189404", "0167": "55606617"}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """Two municipalities; in Roskilde's dueslag lie Hvidovre's moves, too, and some come twice."""
    with Sandbox(tmp_path / "box", municipality=PLACES, today=TODAY, only=["sf1461"]) as box:
        dueslag_in(box).put(_every(box, "0167"))
        dueslag_in(box).put(_every(box, "0265"))
        yield box


def dueslag_in(box: Sandbox) -> Dueslag:
    """Roskilde's."""
    service = box.services["sf1461"]
    assert isinstance(service, Beskedfordeler)
    return service.dueslag[dueslag_of("0265")]


def _every(box: Sandbox, code: str) -> list[bytes]:
    """What lies in a municipality's dueslag, left there."""
    service = box.services["sf1461"]
    assert isinstance(service, Beskedfordeler)
    queue, found = service.dueslag[dueslag_of(code)], []
    while (one := queue.next()) is not None:
        found.append(one)
    queue.give_back(found)
    return [one.body for one in found]


class TestSf1461(PopulationEventsContract):
    @pytest.fixture
    def connector(self, box: Sandbox, tmp_path: Path) -> Callable[[], Sf1461]:
        """Makes connectors to one dueslag, with one store."""
        keys = ephemeral_keys()
        return lambda: connect(settings_of(box), tmp_path, keys)

    @pytest.fixture
    def events(self, connector: Callable[[], Sf1461]) -> Iterator[Sf1461]:
        """The connector against the sandbox."""
        made = connector()
        yield made
        made.close()

    @pytest.fixture
    def cases(self, box: Sandbox) -> EventsCases:
        """The town's moves, as the sandbox knows them."""
        moves = sorted(
            (told(move) for move in box.moves_into("0265", SINCE)), key=lambda one: (one.moved_on, one.id)
        )
        return EventsCases("0265", moves[0].moved_on, tuple(moves), "0167")

    @pytest.fixture
    def failures(self, box: Sandbox, connector: Callable[[], Sf1461]) -> FailureCases:
        """The broker's ways to fail; 429 is the token service's, which stands before it."""
        everything = _every(box, "0265")

        def failing(kind: str, service: str = "sf1461") -> Callable[[], AbstractContextManager[None]]:
            @contextmanager
            def fails() -> Iterator[None]:
                dueslag_in(box).put(everything)  # so that there is something to break off in
                box.fault(service, kind, times=100)
                try:
                    yield
                finally:
                    box.faults.clear()

            return fails

        @contextmanager
        def twice() -> Iterator[None]:
            dueslag_in(box).put(everything)
            yield

        broken = {
            kind: failing(kind)
            for kind in ("time-out", "401", "500", "503", "half-answer", "invalid-answer", "reset")
        }
        return FailureCases(
            connect=connector,
            call=lambda events: tuple(events.moves_into("0265", SINCE)),
            fails={
                **broken,
                "429": failing("429", "sts"),
                "sts-500": failing("500", "sts"),
                "duplicate": twice,
            },
            personal=[move.cpr for move in box.moves_into("0265", SINCE)],
        )
