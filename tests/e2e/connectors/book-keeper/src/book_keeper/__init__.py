"""A bot that posts one voucher in whatever ledger the stack names: a test fixture."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from rpa_commons.capabilities import Ledger, Money, Posting, PostingLine
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


class Settings(BotSettings):
    """What a municipality may set."""

    amount: int = Field(100, ge=1, le=1000, description="What is posted.", unit="DKK")


class BookKeeper(Bot[Settings]):
    """Posts one voucher."""

    name = "book-keeper"
    benefit = Benefit(minutes_per_case=2, method="estimated")
    record: ClassVar[ProcessingRecord] = ProcessingRecord(
        kle=("00.01.10",),
        purpose="testing connectors",
        legal_basis=("none: a test",),
        data_categories=("none",),
        person_categories=("none",),
        sources=("none",),
        recipients=("none",),
        retention="none",
        decisions=Decisions(kind="none", paragraph=""),
    )

    ledger: Ledger

    def find(self) -> Iterable[WorkItem[Nothing]]:
        """One case."""
        yield WorkItem(reference="voucher-1", payload=Nothing())

    def process(self, item: WorkItem[Nothing]) -> Outcome:
        """Post it."""
        amount = Decimal(self.settings.amount)
        lines = (
            PostingLine(account="1001", amount=Money(amount=amount, currency="DKK"), text="debit"),
            PostingLine(account="2002", amount=Money(amount=-amount, currency="DKK"), text="credit"),
        )
        posting = Posting(reference=item.reference, booked_on=date(2026, 1, 2), text="a voucher", lines=lines)
        return Done(receipt=self.ledger.post(posting).id)


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The one bot."""
    return (BookKeeper,)
