"""A bot that does with each application what bots do with a case system, as a plugin on the worker's path."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from rpa_commons.capabilities import (
    CaseQuery,
    CaseSystem,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Party,
    TaskChange,
)
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Done,
    Field,
    Outcome,
    ProcessingRecord,
    Skip,
    WorkItem,
    hookimpl,
)


class Application(BaseModel):
    """Who applies."""

    cpr: str = Field(personal=True, description="Ten digits.")


class Settings(BotSettings):
    """How many applications there are."""

    applications: int = Field(1, ge=1, le=9, description="How many.", unit="applications")


class CaseBot(Bot[Settings]):
    """Opens a case for each application."""

    name = "case-bot"
    record = ProcessingRecord(
        kle=("27.60.04",),
        purpose="tests",
        legal_basis=("none",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=("none",),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )
    benefit = Benefit(minutes_per_case=3.0, method="guessed")

    cases: CaseSystem

    def find(self) -> Iterable[WorkItem[Application]]:
        """One for each."""
        for number in range(self.settings.applications):
            yield WorkItem(f"application-{number}", Application(cpr="2211771212"))

    def process(self, item: WorkItem[Application]) -> Outcome:
        """A case with the application in it, a task that is begun, and a note."""
        party = Party(kind="person", id=item.payload.cpr, name="Ole Hemmelig")
        if self.cases.find_cases(CaseQuery(party=party, title=item.reference)):
            return Skip("there is a case already")
        case = self.cases.open_case(NewCase(title=item.reference, kle="27.60.04", parties=(party,)))
        application = NewDocument(title="Ansøgning", file_name="ansøgning.pdf", content=b"%PDF-1.7\n\xff\x00")
        self.cases.add_document(case.id, application)
        task = self.cases.add_task(case.id, NewTask(title="Vurdér", deadline=date(2026, 12, 1)))
        self.cases.update_task(case.id, task.id, TaskChange(status="started"))
        self.cases.add_note(case.id, NewNote(title="Modtaget", text="Af robotten"))
        return Done(receipt=case.number)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot."""
    return (CaseBot,)
