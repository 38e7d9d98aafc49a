"""Letters and text messages to citizens: who can be reached how, sending once, and what became of it.

Rules this module keeps: *accepted* and *delivered* are two things, the receipt of :meth:`DigitalPost.send`
says the first and :meth:`DigitalPost.delivery` the second; what version 1.1 added to a letter has a default
that is not written down, so a letter of version 1.0 is recorded as it always was.

Usage::

    receipt = self.post.send(letter, to=person.cpr, channel="automatic")
    ...
    if self.post.delivery(receipt.id).state == "failed":
        return HandOver("the letter did not arrive")

Sources: Digitaliseringsstyrelsen, guidance on MeMo (notifications of at most 150 characters) and the
requirements in force since 10 September 2025 (file names, https links, 99.5 MB in all).
"""

from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from ._declare import added_in, capability, effect, query
from .population_register import Address

__all__ = [
    "Attachment",
    "Channel",
    "Delivery",
    "DigitalPost",
    "Letter",
    "Link",
    "LinkKind",
    "Postage",
    "PrintOptions",
    "Receipt",
    "TextMessage",
]

Channel = Literal["digital", "physical", "sms", "automatic"]
"""``automatic``: the receiver sends digitally where it can and on paper otherwise (*Automatisk Valg*)."""
LinkKind = Literal[
    "AFTALE",
    "BEKRAEFT",
    "BETALING",
    "FORBEREDELSE",
    "INFORMATION",
    "SELVBETJENING",
    "TILMELDING",
    "UNDERSKRIV",
]
"""What a link asks of the citizen, by the codes of the guidance on MeMo actions."""
Postage = Literal["priority", "economy", "bulk", "registered", "registered-with-proof", "service-of-process"]
"""How a letter on paper travels; which of them an agreement has, the printer says."""

_FILE_NAME = r'^[^<>:"/\\?*|\x00-\x1f\x7f-\x9f]+$'


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


class Attachment(_Model):
    """A document that goes with a letter. Personal throughout."""

    name: str = Field(min_length=1, max_length=256, pattern=_FILE_NAME, repr=False)
    r"""What the citizen sees, with its ending; none of ``< > : " / \ ? *`` and no vertical bar."""
    media_type: str = Field(pattern=r"^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$")
    """``application/pdf``."""
    content: bytes = Field(min_length=1, repr=False)
    """The document's bytes."""


class Link(_Model):
    """Something the citizen is asked to do, at a web address."""

    label: str = Field(min_length=1, max_length=256)
    """What the citizen reads instead of the address."""
    url: str = Field(pattern=r"^https://[^\s/?#]+[^\s]*$", max_length=256, repr=False)
    """Absolute and https; a link may carry a key, so it is never shown."""
    kind: LinkKind = "SELVBETJENING"
    """What the citizen is asked to do there."""


class PrintOptions(_Model):
    """How a letter on paper is made; ``None`` leaves it to the agreement with the printer."""

    two_sided: bool | None = None
    """Printed on both sides of the sheet."""
    colour: bool | None = None
    """Printed in colour."""
    envelope: Literal["C4", "C5"] | None = None
    """Its size: a sheet folded once goes into ``C5``, an unfolded one into ``C4``."""
    postage: Postage | None = None
    """How it travels."""


class Letter(_Model):
    """A rendered letter, ready to be sent. Personal throughout."""

    title: str = Field(min_length=1, max_length=256)
    """The line the citizen sees in the inbox; no personal data belongs here."""
    language: Literal["da", "nb", "sv", "en"]
    """The language it is written in."""
    pdf: bytes = Field(repr=False)
    """A tagged PDF; on paper its first page shows the address in the envelope's window."""
    text: str = Field(default="", repr=False)
    """The same letter as plain text, for previews and search; never logged."""
    template: str = ""
    """Which template made it, e.g. ``welcome-letters:families``."""
    attachments: tuple[Attachment, ...] = Field(default=(), repr=False)
    """In the order in which they are shown or printed; since 1.1."""
    links: tuple[Link, ...] = Field(default=(), repr=False)
    """Digital only; since 1.1."""
    notification: str = Field(default="", max_length=150, repr=False)
    """What the citizen is told of a digital letter by text message or e-mail; empty: the receiver's own
    words. Since 1.1."""
    addressee: str = Field(default="", max_length=256, repr=False)
    """Paper only: who it is to, where the printer is to know it beside the first page; since 1.1."""
    address: Address | None = Field(default=None, repr=False)
    """Paper only: as ``addressee``; since 1.1."""
    printing: PrintOptions | None = Field(default=None, repr=False)
    """Paper only; since 1.1."""

    @model_serializer(mode="wrap")
    def _as_version_1_0(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what 1.1 has added where it is not used.

        An effect that an earlier release began with this letter is then still begun with the same letter.
        """
        written: dict[str, Any] = handler(self)
        for name in ("attachments", "links", "notification", "addressee", "address", "printing"):
            if name in written and not getattr(self, name):
                del written[name]
        return written


class TextMessage(_Model):
    """A text message to a citizen's telephone (NemSMS). Personal; nothing confidential belongs in it."""

    title: str = Field(min_length=1, max_length=256)
    """For the sender's own overview; no personal data belongs here."""
    text: str = Field(min_length=1, max_length=150, repr=False)
    """At most 150 characters, whatever a telephone could show."""


class Receipt(_Model):
    """The receiver's word that it has taken the letter. Accepted is not delivered."""

    id: str
    """The receiver's or our own message id; what a caseworker asks about."""
    channel: Channel
    """The channel that was asked for; by which way an automatic one went, :class:`Delivery` says."""
    accepted_at: datetime | None = None
    """UTC; ``None`` in a plan."""
    repeated: bool = False
    """The receiver said that it already had this message: still one letter."""
    planned: bool = False
    """True only in a plan: nothing was sent."""
    reference: str = ""
    """The receiver's own number of this transmission, where it gave one; since 1.1."""


class Delivery(_Model):
    """What became of a message after it was accepted, as far as anybody has said."""

    state: Literal["accepted", "delivered", "failed", "unknown"]
    """``accepted``: taken, and no word of the end yet; ``delivered``: in the citizen's inbox or telephone, or
    handed over to the post; ``unknown``: nothing is known of such a message."""
    channel: Literal["digital", "physical", "sms"] | None = None
    """By which way it went, where the source says so."""
    at: datetime | None = None
    """UTC, by the source's clock: when it came into this state."""
    source: str = ""
    """Who says so, e.g. ``PKO_PostStatus``."""
    code: str = ""
    """Of a failed one: the source's code, never its text."""


def _planned(letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:  # noqa: ARG001 - the effect's signature
    return Receipt(id="planned", channel=channel, planned=True)


def _planned_notice(message: TextMessage, *, to: str, key: str = "") -> Receipt:  # noqa: ARG001 - the effect's signature
    return Receipt(id="planned", channel="sms", planned=True)


@capability(version="1.1")
class DigitalPost(Protocol):
    """Sending letters, digitally where the citizen can be reached so, on paper otherwise.

    Raises (every method):
        TransientError: the system could not answer now; for ``send`` and ``notify`` with ``sent="maybe"``
            when the letter may have been taken.
        BusinessError: the receiver refuses this letter for good, or the connector cannot do this.
    """

    @query
    def registered(self, cpr: str) -> bool:
        """Whether the citizen (ten digits) can be reached by Digital Post.

        A time-out is *unknown*: it raises, it never answers yes.

        Args:
            cpr: The citizen's number.

        Returns:
            True when the citizen is registered for it.
        """
        ...

    @added_in("1.1")
    @query
    def reachable_by_sms(self, cpr: str) -> bool:
        """Whether the citizen (ten digits) has signed up for text messages (NemSMS).

        A time-out is *unknown*, as in ``registered``.

        Args:
            cpr: The citizen's number.

        Returns:
            True when the citizen has signed up.
        """
        ...

    @effect("keyed", planned=_planned)
    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Send ``letter`` to the citizen ``to`` (ten digits).

        Args:
            letter: The rendered letter.
            to: The recipient's number.
            channel: ``digital`` through Digital Post, ``physical`` on paper, ``automatic`` by whichever the
                receiver can; ``sms`` is refused, a letter is no text message.
            key: From a bot, a word that tells two letters of one item apart. To a connector, the idempotency
                key: one key, one letter, however often the call is repeated.

        Returns:
            The receipt. Accepted is not delivered: that ``delivery`` says.
        """
        ...

    @added_in("1.1")
    @effect("keyed", planned=_planned_notice)
    def notify(self, message: TextMessage, *, to: str, key: str = "") -> Receipt:
        """Send a text message to the citizen ``to`` (ten digits).

        Args:
            message: The text message.
            to: The recipient's number.
            key: As for ``send``.

        Returns:
            The receipt. Accepted is not delivered: that ``delivery`` says.
        """
        ...

    @added_in("1.1")
    @query
    def delivery(self, receipt_id: str) -> Delivery:
        """What became of the message with this :attr:`Receipt.id`.

        Within one phase of an item a query is asked once: look again after a ``Wait``.

        Args:
            receipt_id: The receipt's ``id``.

        Returns:
            How far it came, as far as anybody has said; ``unknown`` where nobody has.
        """
        ...
