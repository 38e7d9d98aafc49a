"""What a municipality may decide about its welcome letters."""

from typing import Literal

from rpa_commons.letters import Letters
from rpa_commons.sdk import BotSettings, Field

__all__ = ["Settings", "WhoGreets"]

WhoGreets = Literal["send", "skip", "person"]
"""``send``: the bot greets. ``skip``: nobody does. ``person``: a person takes the case."""


class Settings(BotSettings):
    """The defaults are the careful choices: where a municipality might think twice, a person does."""

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
    letters: Letters = Field(
        Letters(),
        description="The letters' language and sender; each template is overridable block by block.",
    )
