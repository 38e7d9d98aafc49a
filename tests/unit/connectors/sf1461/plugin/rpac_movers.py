"""A bot that looks at every move and is done with it, as a plugin on a worker's path."""

from collections.abc import Iterable
from datetime import date

from rpa_commons.capabilities import Move, PopulationEvents
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Done,
    Outcome,
    ProcessingRecord,
    WorkItem,
    hookimpl,
)


class Settings(BotSettings):
    """None."""


class Movers(Bot[Settings]):
    """Counts who moves in."""

    name = "movers"
    record = ProcessingRecord(
        kle=("00.01.00",),
        purpose="tests",
        legal_basis=("none",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=(),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )
    benefit = Benefit(minutes_per_case=3.0, method="guessed")

    events: PopulationEvents

    def find(self) -> Iterable[WorkItem[Move]]:
        """Everybody who has moved in, ever."""
        for move in self.events.moves_into(self.municipality.code, since=date.min):
            yield WorkItem(reference=move.id, payload=move)

    def process(self, item: WorkItem[Move]) -> Outcome:
        """Nothing is to be done."""
        return Done()


@hookimpl
def rpac_bots() -> list[type[Movers]]:
    """The bot of this plugin."""
    return [Movers]
