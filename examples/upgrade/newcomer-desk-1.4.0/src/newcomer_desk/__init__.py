"""Tells the desk for newcomers whom to invite: version 1.4.0, as its municipalities run it today."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Literal

from rpa_commons.capabilities import Move, PopulationEvents
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Field,
    HandOver,
    Outcome,
    ProcessingRecord,
    Skip,
    WorkItem,
    hookimpl,
)

Group = Literal["foreign", "danish"]


class Settings(BotSettings):
    """What a municipality may set."""

    window_days: int = Field(10, ge=1, le=60, description="Look this many days back for moves.", unit="days")
    groups: tuple[Group, ...] = Field(("foreign",), description="Who is invited.")
    desk: str = Field(description="Who invites them, as the caseworker knows it.")
    overdue_hours: int = Field(72, ge=24, description="After this time a case is marked.", unit="hours")
    print_list: bool = Field(False, description="Whether a list is printed each morning.")


class NewcomerDesk(Bot[Settings]):
    """Hands each newcomer of the chosen groups over to the desk that invites them."""

    name = "newcomer-desk"
    benefit = Benefit(minutes_per_case=4, method="time taken for 20 cases by hand, median")
    record: ClassVar[ProcessingRecord] = ProcessingRecord(
        kle=("23.05.10",),
        purpose="inviting newcomers to the municipality's desk",
        legal_basis=("GDPR article 6(1)(e)",),
        data_categories=("personal number", "date and origin of a move"),
        person_categories=("people who moved into the municipality",),
        sources=("the population register",),
        recipients=("the desk for newcomers",),
        retention="until the case is closed, 90 days at most",
        decisions=Decisions(kind="none", paragraph=""),
    )

    events: PopulationEvents

    def find(self) -> Iterable[WorkItem[Move]]:
        """Each move into the municipality in the window."""
        since = self.today - timedelta(days=self.settings.window_days)
        for move in self.events.moves_into(self.municipality.code, since):
            yield WorkItem(reference=move.id, payload=move, occurred_on=move.moved_on)

    def process(self, item: WorkItem[Move]) -> Outcome:
        """Hand the chosen groups over; the rest needs nothing."""
        move = item.payload
        group: Group = "foreign" if move.origin == "abroad" else "danish"
        if group not in self.settings.groups:
            return Skip("not of the invited groups")
        late = self.today - move.moved_on > timedelta(hours=self.settings.overdue_hours)
        return HandOver(f"{self.settings.desk} invites this person{', overdue' if late else ''}")


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The one bot."""
    return (NewcomerDesk,)
