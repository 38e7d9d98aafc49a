"""A bot that sends a letter with an attachment, tells of it by text message and waits for its end."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from rpa_commons.capabilities import Attachment, DigitalPost, Letter, TextMessage
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
    Wait,
    WorkItem,
    hookimpl,
)

PDF = b"%PDF-1.7\n\xff\x00"


class Citizen(BaseModel):
    """Who gets a letter."""

    cpr: str = Field(personal=True, description="Ten digits.")


class Settings(BotSettings):
    """Who gets what, and how."""

    people: str = Field(description="JSON file: case -> number.")
    channel: Literal["digital", "physical", "automatic"] = Field("digital", description="By which way.")
    attachment: str = Field("application/pdf", description="What the attachment is.")


class LetterBot(Bot[Settings]):
    """Writes to each citizen."""

    name = "letter-bot"
    record = ProcessingRecord(
        kle=("00.01.00",),
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

    post: DigitalPost

    def find(self) -> Iterable[WorkItem[Citizen]]:
        """One for each."""
        for reference, cpr in json.loads(Path(self.settings.people).read_text("utf-8")).items():
            yield WorkItem(reference, Citizen(cpr=cpr))

    def process(self, item: WorkItem[Citizen]) -> Outcome:
        """Letter, text message, and then the letter's end: until it is told, the case waits."""
        media_type = self.settings.attachment
        attachment = Attachment(name=f"bilag.{media_type[-3:]}", media_type=media_type, content=PDF)
        letter = Letter(title="Afgørelse", language="da", pdf=PDF, text="Hemmelig", attachments=(attachment,))
        receipt = self.post.send(letter, to=item.payload.cpr, channel=self.settings.channel)
        self.post.notify(TextMessage(title="Post", text="Der er post til dig"), to=item.payload.cpr)
        told = self.post.delivery(receipt.id)
        if told.state == "failed":
            return HandOver(f"the letter came back ({told.code})")
        if told.state == "delivered":
            return Done(receipt=receipt.id)
        return Wait(f"the letter's end ({told.state})", self.now + timedelta(seconds=1))


@hookimpl
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot."""
    return (LetterBot,)
