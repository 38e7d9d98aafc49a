"""A set of connectors is closed whole; the sets of one run share what they know of a system."""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

import pytest

from rpa_commons.capabilities import capability, query
from rpa_commons.connectors import ConnectorSettings, Surroundings
from rpa_commons.runtime._crypto import ephemeral_keys
from rpa_commons.runtime._job import BindingEntry, InstanceEntry, Job, MunicipalityEntry
from rpa_commons.runtime._outfit import ConnectorSet, Outfit
from rpa_commons.runtime._redact import Redactor
from rpa_commons.sdk import Bot, BotSettings, Outcome, Skip, WorkItem, hookimpl


class Connector:
    """Notes that it was closed; one fails at it."""

    def __init__(self, closed: list[str], name: str, *, fails: bool = False) -> None:
        self._closed, self._name, self._fails = closed, name, fails

    def close(self) -> None:
        """Close, or fail at it."""
        self._closed.append(self._name)
        if self._fails:
            raise OSError(self._name)


def test_a_connector_that_fails_to_close_leaves_no_other_open() -> None:
    """All are closed, and the failure is told."""
    closed: list[str] = []
    made = ConnectorSet({name: Connector(closed, name, fails=name == "b") for name in "abc"})

    with pytest.raises(OSError, match="b"):
        made.close()

    assert ["a", "b", "c"] == sorted(closed)


class Settings(BotSettings):
    """None."""


class Idle(Bot[Settings]):
    """Does nothing."""

    name = "idle"

    def process(self, item: WorkItem[Settings]) -> Outcome:
        """Nothing."""
        return Skip("nothing to do")


@capability(version="1.0")
class Weather(Protocol):
    """One question."""

    @query
    def ask(self) -> str:
        """An answer."""
        ...


@capability(version="1.0")
class Tides(Protocol):
    """One question."""

    @query
    def ask(self) -> str:
        """An answer."""
        ...


class Station:
    """Knows the weather, and where it runs."""

    name = "station"
    capability: type = Weather
    Settings = ConnectorSettings

    def __init__(self, _settings: ConnectorSettings, surroundings: Surroundings) -> None:
        self.memory = surroundings.memory

    def ask(self) -> str:
        """Fine."""
        return "fine"

    def close(self) -> None:
        """Nothing is open."""


class Buoy(Station):
    """Another system behind another capability."""

    name = "buoy"
    capability: type = Tides


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Job:
    """A bot with two connectors, from the only plugin there is."""
    module: Any = ModuleType("plugin")
    module.rpac_bots = hookimpl(lambda: (Idle,))
    module.rpac_connectors = hookimpl(lambda: (Station, Buoy))
    entry = SimpleNamespace(name="plugin", load=lambda: module)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [entry])
    return Job(
        mode="run",
        municipality=MunicipalityEntry(code="0265", name="Roskilde"),
        folder=tmp_path,
        state_dir=tmp_path,
        environment="test",
        instance=InstanceEntry(name="idle", id="1", bot="idle", bot_version="1.0.0"),
        bindings=(
            BindingEntry(capability="Weather", connector="station"),
            BindingEntry(capability="Tides", connector="buoy"),
        ),
    )


def memories(outfit: Outfit) -> list[int]:
    """What a new set of connectors knows together, by identity."""
    with outfit.connectors() as made:
        return [id(made.by_capability[name].memory) for name in ("Weather", "Tides")]  # type: ignore[attr-defined]


def test_the_sets_of_a_run_know_together_what_a_system_said(job: Job) -> None:
    """Each binding has one memory for all lanes; no other binding and no other run has it."""
    keys = ephemeral_keys()
    first, other = (Outfit(job, keys.digester, Redactor()) for _ in range(2))

    assert memories(first) == memories(first)
    assert 4 == len({*memories(first), *memories(other)})
