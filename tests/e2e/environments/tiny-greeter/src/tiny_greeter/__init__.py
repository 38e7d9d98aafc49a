"""The smallest bot that can be built, installed and described: a test fixture."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from rpa_commons.capabilities import PopulationRegister
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
    step,
)


class Settings(BotSettings):
    """What a municipality may set."""

    window_days: int = Field(10, ge=1, le=60, description="Look this many days back.", unit="days")


class TinyGreeter(Bot[Settings]):
    """Says good day."""

    name = "tiny-greeter"
    benefit = Benefit(minutes_per_case=1.5, method="estimated")
    record: ClassVar[ProcessingRecord] = ProcessingRecord(
        kle=("23.05.10",),
        purpose="testing the build",
        legal_basis=("none: a test",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=("none",),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )

    population: PopulationRegister

    def find(self) -> Iterable[WorkItem[Nothing]]:
        """One case."""
        yield WorkItem(reference="one", payload=Nothing())

    def process(self, item: WorkItem[Nothing]) -> Outcome:
        """Say it."""
        return Done(note=self.say(item.reference))

    @step
    def say(self, words: str) -> str:
        """Put the words together."""
        return f"good day, {words}"


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The one bot."""
    return (TinyGreeter,)
