"""A bot that looks applicants up, as a plugin on the worker's path: it hands over what nobody knows."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from rpa_commons.capabilities import BenefitData
from rpa_commons.sdk import (
    Benefit,
    Bot,
    BotSettings,
    Decisions,
    Done,
    Field,
    HandOver,
    Outcome,
    ProcessingRecord,
    WorkItem,
    hookimpl,
)


class Applicant(BaseModel):
    """Who applies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str


class Settings(BotSettings):
    """Where the applications stand."""

    cases: str = Field(description="A JSON file: reference -> number.")


class Lookup(Bot[Settings]):
    """Sums what was paid, where every agency has answered."""

    name = "lookup"
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

    benefits: BenefitData

    def find(self) -> Iterable[WorkItem[Applicant]]:
        """The applications of the file."""
        for reference, number in json.loads(Path(self.settings.cases).read_text("utf-8")).items():
            yield WorkItem(reference, Applicant(number=number))

    def process(self, item: WorkItem[Applicant]) -> Outcome:
        """Ask, and hand over where something is not known."""
        answer = self.benefits.benefits(
            item.payload.number, date(2026, 5, 1), date(2026, 11, 30), case=item.reference
        )
        if not answer.complete:
            return HandOver("; ".join(answer.gaps()))
        paid = [one.amount.amount for part in answer.agencies for one in part.known().payments]
        return Done(receipt=f"{len(paid)} payments" if sum(paid, Decimal(0)) else "nothing")


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot."""
    return (Lookup,)
