"""A bot of two queries and one effect that do nothing, and a stop watch around its run."""

import sys
import time
from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from rpa_commons.capabilities import capability, effect, query
from rpa_commons.connectors import ConnectorSettings, Surroundings
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Done,
    Field,
    Nothing,
    Outcome,
    ProcessingRecord,
    WorkItem,
    hookimpl,
)


class Slip(BaseModel):
    """The receiver's word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str


def _planned(what: str, *, key: str = "") -> Slip:  # noqa: ARG001 - the effect's signature
    return Slip(id="planned")


@capability(version="1.0")
class Void(Protocol):
    """Two questions and one effect."""

    @query
    def one(self, what: str) -> str:
        """A question."""
        ...

    @query
    def two(self, what: str) -> str:
        """Another."""
        ...

    @effect("keyed", planned=_planned)
    def act(self, what: str, *, key: str = "") -> Slip:
        """An effect."""
        ...


class VoidSettings(ConnectorSettings):
    """Nothing to say."""


class NoSystem:
    """Answers at once."""

    name: ClassVar[str] = "no-system"
    capability: ClassVar[type] = Void
    Settings: ClassVar[type[ConnectorSettings]] = VoidSettings

    def __init__(self, settings: VoidSettings, surroundings: Surroundings) -> None:
        """Keep nothing."""

    def one(self, what: str) -> str:
        """The question again."""
        return what

    def two(self, what: str) -> str:
        """The question again."""
        return what

    def act(self, what: str, *, key: str = "") -> Slip:  # noqa: ARG002 - the effect's signature
        """Done already."""
        return Slip(id=key[:8])

    def close(self) -> None:
        """Nothing is open."""


class Settings(BotSettings):
    """How much work there is."""

    items: int = Field(..., description="How many cases.", unit="cases")


class _Watch:
    """Times finding with enqueueing, then processing to the last written outcome.

    What lies between (importing and launching DBOS) is a fixed cost of a run that the peers' figures leave
    out as well.
    """

    def __init__(self) -> None:
        self.marks: dict[str, float] = {}

    def first(self, name: str) -> None:
        """Remember when something happened first."""
        self.marks.setdefault(name, time.perf_counter())

    def last(self, name: str) -> None:
        """Remember when something happened last."""
        self.marks[name] = time.perf_counter()

    @property
    def seconds(self) -> float:
        """The two spans together."""
        marks = self.marks
        return marks["found"] - marks["finding"] + marks["ended"] - marks["processing"]


_WATCH = _Watch()


class Bench(Bot[Settings]):
    """Three steps an item."""

    name = "bench"
    record = ProcessingRecord(
        kle=("00.01.00",),
        purpose="measuring",
        legal_basis=("none",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=(),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )
    benefit = Benefit(minutes_per_case=0.0, method="none")

    void: Void

    def find(self) -> Iterable[WorkItem[Nothing]]:
        """As many cases as the settings say."""
        _WATCH.first("finding")
        for number in range(self.settings.items):
            yield WorkItem(f"item-{number}", Nothing())
        _WATCH.last("found")

    def process(self, item: WorkItem[Nothing]) -> Outcome:
        """Ask twice, act once."""
        _WATCH.first("processing")
        self.void.one(item.reference)
        self.void.two(item.reference)
        return Done(receipt=self.void.act(item.reference).id)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Settings]]]:
    """The one bot."""
    return (Bench,)


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The one connector."""
    return (NoSystem,)


@hookimpl
def rpac_item_finished() -> None:
    """An outcome was written."""
    _WATCH.last("ended")


@hookimpl
def rpac_run_finished() -> None:
    """Say what the watch shows."""
    sys.stderr.write(f"seconds {_WATCH.seconds}\n")
    sys.stderr.flush()
