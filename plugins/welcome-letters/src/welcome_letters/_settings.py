"""What a municipality may decide about its welcome letters."""

from typing import Literal

from rpa_commons.letters import Letters
from rpa_commons.sdk import BotSettings, Column, Field, Table, at_most, table

__all__ = ["Settings", "WhoGreets"]

WhoGreets = Literal["send", "skip", "person"]
"""``send``: the bot greets. ``skip``: nobody does. ``person``: a person takes the case."""


class Settings(BotSettings):
    """The defaults are the careful choices: where a municipality might think twice, a person does."""

    rules = (
        at_most(
            "retry_every_days",
            "retry_for_days",
            because="asking again later than giving up would never ask again",
        ),
    )

    window_days: int = Field(
        10, ge=1, le=60, unit="days", description="Look this many days back for moves into the municipality."
    )
    adult_from_age: int = Field(
        18,
        ge=15,
        le=18,
        unit="years",
        description="Write to people from this age on; younger ones are not written to themselves.",
    )
    household: Literal["one", "each_adult"] = Field(
        "each_adult",
        description=(
            "One letter to each adult, or one to a household that moved to one address on one day. "
            "When you change it, set start_from to that day: the two count by different references."
        ),
    )
    no_earlier_address: WhoGreets = Field(
        "person",
        description="What happens when the register has no earlier address (birth, first registration).",
    )
    from_abroad: WhoGreets = Field("send", description="What happens when somebody moves in from abroad.")
    protected: Literal["send", "digital_only", "person"] = Field(
        "person",
        sensitive=True,
        description=(
            "Name and address protection (CPR-loven § 28): send as to anybody, by Digital Post only, "
            "or leave it to a person."
        ),
    )
    unregistered: Literal["physical", "retry", "person"] = Field(
        "physical",
        description="Not registered for Digital Post: a letter on paper, try again later, or a person.",
    )
    retry_every_days: int = Field(
        3, ge=1, le=30, unit="days", description="With unregistered = retry: ask again after this many days."
    )
    retry_for_days: int = Field(
        21,
        ge=1,
        le=90,
        unit="days",
        description="With unregistered = retry: give up this many days after the day of the move.",
    )
    when_given_up: Literal["physical", "person"] = Field(
        "person",
        description="With unregistered = retry: a letter on paper, or a person, once the bot has given up.",
    )
    desks: Table = table(
        Column.valid_from(),
        Column.input(
            "postal_code",
            "whole",
            match="range",
            unit="postal code",
            lowest=1,
            highest=99999,
            description="Postal codes that the desk serves: 4000..4060, or one.",
        ),
        Column.output("desk", "text", description="The desk's name and address, as the letter says it."),
        Column.output("phone", "text", optional=True, description="Its telephone number."),
        complete=False,
        description="The desk nearest to a newcomer, by postal code; who meets no row reads of none.",
    )
    letters: Letters = Field(
        Letters(),
        description="The letters' language and sender; each template is overridable block by block.",
    )
