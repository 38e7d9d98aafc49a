"""Tells the desk for newcomers whom to invite: version 2.0.0, with a migration."""

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
    Migration,
    Outcome,
    ProcessingRecord,
    Skip,
    WorkItem,
    hookimpl,
    remove,
    rename,
    replace,
    scale,
)

Origin = Literal["abroad", "municipality", "none"]


class Desk(BotSettings):
    """The desk for newcomers."""

    name: str = Field(description="Who invites them, as the caseworker knows it.")
    days_to_answer: int = Field(14, ge=1, description="How long an invitation stands.", unit="days")


class Settings(BotSettings):
    """What a municipality may set."""

    migrations: ClassVar[tuple[Migration, ...]] = (
        Migration(
            "2.0.0",
            rename("window_days", "look_back_days"),
            rename("groups", "origins"),
            # Both old words stand for one value of the register or more; "danish" is what it mostly meant.
            replace("origins", {"foreign": "abroad", "danish": "municipality"}),
            rename("desk", "newcomers.name"),
            scale("overdue_hours", "1/24"),
            rename("overdue_hours", "overdue_days"),
            remove("print_list", because="the inbox shows the cases; nothing is printed any more"),
            before="""
                window_days = 14
                groups = ["foreign", "danish"]
                desk = "International House" # ground floor
                overdue_hours = 48
                print_list = true
            """,
            after="""
                look_back_days = 14
                origins = ["abroad", "municipality"]
                newcomers.name = "International House"
                overdue_days = 2
            """,
        ),
    )

    look_back_days: int = Field(14, ge=1, le=45, description="Look this many days back.", unit="days")
    origins: tuple[Origin, ...] = Field(("abroad",), description="Who is invited, by where they come from.")
    newcomers: Desk = Field(description="Who invites, and how long an invitation stands.")
    overdue_days: int = Field(3, ge=1, description="After this time a case is marked.", unit="days")


class NewcomerDesk(Bot[Settings]):
    """Hands each newcomer of the chosen origins over to the desk that invites them."""

    name = "newcomer-desk"
    benefit = Benefit(minutes_per_case=4, method="time taken for 20 cases by hand, median")
    record: ClassVar[ProcessingRecord] = ProcessingRecord(
        kle=("23.05.10",),
        purpose="inviting newcomers to the municipality's desk",
        legal_basis=("GDPR article 6(1)(e)",),
        data_categories=("personal number", "date and origin of a move", "municipality moved from"),
        person_categories=("people who moved into the municipality",),
        sources=("the population register",),
        recipients=("the desk for newcomers",),
        retention="until the case is closed, 90 days at most",
        decisions=Decisions(kind="none", paragraph=""),
    )

    events: PopulationEvents

    def find(self) -> Iterable[WorkItem[Move]]:
        """Each move into the municipality in the window."""
        since = self.today - timedelta(days=self.settings.look_back_days)
        for move in self.events.moves_into(self.municipality.code, since):
            yield WorkItem(reference=move.id, payload=move, occurred_on=move.moved_on)

    def process(self, item: WorkItem[Move]) -> Outcome:
        """Hand the chosen groups over; the rest needs nothing."""
        move = item.payload
        if move.origin not in self.settings.origins:
            return Skip("not of the invited groups")
        late = self.today - move.moved_on > timedelta(days=self.settings.overdue_days)
        desk = self.settings.newcomers
        text = f"{desk.name} invites this person, {desk.days_to_answer} days to answer"
        return HandOver(f"{text}{', overdue' if late else ''}")


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The one bot."""
    return (NewcomerDesk,)
