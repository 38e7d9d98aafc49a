"""Letters to citizens: who can be reached digitally, and sending once."""

from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from ._declare import capability, effect, query

__all__ = ["Channel", "DigitalPost", "Letter", "Receipt"]

Channel = Literal["digital", "physical"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Letter(_Model):
    """A rendered letter, ready to be sent. Personal throughout."""

    title: str = Field(min_length=1, max_length=256)
    """The line the citizen sees in the inbox; no personal data belongs here."""
    language: Literal["da", "nb", "sv", "en"]
    pdf: bytes = Field(repr=False)
    """A tagged PDF."""
    text: str = Field(default="", repr=False)
    """The same letter as plain text, for previews and search; never logged."""
    template: str = ""
    """Which template made it, e.g. ``welcome-letters:families``."""


class Receipt(_Model):
    """The receiver's word that it has taken the letter. Accepted is not delivered."""

    id: str
    """The receiver's or our own message id; what a caseworker asks about."""
    channel: Channel
    accepted_at: datetime | None = None
    """UTC; ``None`` in a plan."""
    repeated: bool = False
    """The receiver said that it already had this message: still one letter."""
    planned: bool = False
    """True only in a plan: nothing was sent."""


def _planned(letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:  # noqa: ARG001 - the effect's signature
    return Receipt(id="planned", channel=channel, planned=True)


@capability(version="1.0")
class DigitalPost(Protocol):
    """Sending letters, digitally where the citizen can be reached so, on paper otherwise.

    Raises (every method):
        TransientError: the system could not answer now; for ``send`` with ``sent="maybe"`` when the letter
            may have been taken.
        BusinessError: the receiver refuses this letter for good.
    """

    @query
    def registered(self, cpr: str) -> bool:
        """Whether the citizen (ten digits) can be reached by Digital Post.

        A time-out is *unknown*: it raises, it never answers yes.
        """
        ...

    @effect("keyed", planned=_planned)
    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Send ``letter`` to the citizen ``to`` (ten digits).

        Args:
            letter: The rendered letter.
            to: The recipient's number.
            channel: ``digital`` through Digital Post, ``physical`` on paper.
            key: From a bot, a word that tells two letters of one item apart. To a connector, the idempotency
                key: one key, one letter, however often the call is repeated.
        """
        ...
