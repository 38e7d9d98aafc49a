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
        for number in range(self.settings.items):
            yield WorkItem(f"item-{number}", Nothing())

    def process(self, item: WorkItem[Nothing]) -> Outcome:
        """Ask twice, act once."""
        self.void.one(item.reference)
        self.void.two(item.reference)
        return Done(receipt=self.void.act(item.reference).id)


class _Watch:
    """Times the run, finding and enqueueing included, and says so on standard error."""

    @hookimpl
    def rpac_bots(self) -> Sequence[type[Bot[Settings]]]:
        """The one bot."""
        return (Bench,)

    @hookimpl
    def rpac_connectors(self) -> Sequence[type[object]]:
        """The one connector."""
        return (NoSystem,)

    @hookimpl
    def rpac_run_started(self) -> None:
        """Start the watch."""
        self.start = time.perf_counter()

    @hookimpl
    def rpac_run_finished(self) -> None:
        """Stop the watch."""
        sys.stderr.write(f"seconds {time.perf_counter() - self.start}\n")
        sys.stderr.flush()


_WATCH = _Watch()
rpac_bots = _WATCH.rpac_bots
rpac_connectors = _WATCH.rpac_connectors
rpac_run_started = _WATCH.rpac_run_started
rpac_run_finished = _WATCH.rpac_run_finished
