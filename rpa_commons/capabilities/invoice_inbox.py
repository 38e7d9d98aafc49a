"""Invoices and credit notes that have come in, and what became of each."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ._declare import capability, effect, query
from ._money import Money

__all__ = [
    "Acknowledgement",
    "Handled",
    "InvoiceAttachment",
    "InvoiceDocument",
    "InvoiceFinding",
    "InvoiceInbox",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceParty",
    "InvoicePayment",
    "InvoiceSummary",
    "InvoiceVerdict",
]

InvoiceKind = Literal["invoice", "credit_note"]
"""An invoice asks for money, a credit note gives it back."""
InvoiceVerdict = Literal["accepted", "refused", "unchecked"]
"""What the rules say that the document claims to keep; ``unchecked``: some of them are not at hand."""
Handled = Literal["done", "rejected", "handed_over"]
"""What became of an invoice: worked on to the end, turned down, or given to a person."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class InvoiceParty(_Model):
    """Who sends or gets an invoice. A supplier may be a person: it stays out of ``repr``."""

    name: str = Field(default="", repr=False)
    """The party's name, or else the one it is registered by (BT-27, BT-44)."""
    endpoint: str = Field(default="", repr=False)
    """The electronic address (BT-34, BT-49), as the document has it, e.g. ``5798009811530``."""
    endpoint_scheme: str = ""
    """``0088`` or ``GLN``, ``0184`` or ``DK:CVR``, ``0192`` …"""
    company: str = Field(default="", repr=False)
    """The legal registration id (BT-30, BT-47): CVR number, organisation number."""
    company_scheme: str = ""
    """Which register ``company`` is of, as the document has it."""
    tax_id: str = Field(default="", repr=False)
    """The VAT id (BT-31, BT-48)."""


class InvoicePayment(_Model):
    """One way to pay (BG-16), as the document says it: nothing in it has been checked."""

    code: str
    """UNTDID 4461: ``30``, ``42``, ``50``, ``58``, ``93``, ``97`` …"""
    channel: str = ""
    """OIOUBL: ``DK:BANK``, ``DK:GIRO``, ``DK:FIK``, ``DK:NEMKONTO``, ``IBAN``."""
    account: str = Field(default="", repr=False)
    """Account or creditor number."""
    branch: str = Field(default="", repr=False)
    """Registration number of a Danish account, or BIC."""
    card_type: str = ""
    """FIK and giro: ``71``, ``75``, ``04`` …"""
    reference: str = Field(default="", repr=False)
    """Payment id: what the receiver recognises the payment by."""
    due: date | None = None
    """The last day to pay this way; ``None`` where it names none."""


class InvoiceLine(_Model):
    """One line (BG-25). Its text may name a citizen: it stays out of ``repr``."""

    id: str
    """The line's number (BT-126)."""
    text: str = Field(default="", repr=False)
    """What was delivered: its name (BT-153), or else its description (BT-154)."""
    note: str = Field(default="", repr=False)
    """The supplier's note on the line (BT-127)."""
    quantity: Decimal | None = None
    """How much was invoiced (BT-129)."""
    unit: str = ""
    """Unit of ``quantity``, by its code (BT-130)."""
    amount: Money
    """Net of VAT (BT-131)."""
    item: str = ""
    """The seller's item number (BT-155)."""
    cost: str = ""
    """The buyer's accounting reference (BT-133)."""
    period_start: date | None = None
    """First day the line is for (BT-134)."""
    period_end: date | None = None
    """Last day the line is for (BT-135)."""


class InvoiceAttachment(_Model):
    """A document that came with an invoice (BG-24)."""

    id: str
    """Its number in the document, from ``1``."""
    file_name: str = Field(default="", repr=False)
    """What the sender called it."""
    media_type: str = ""
    """``application/pdf``; empty where the document does not say."""
    size: int = Field(ge=0)
    """Bytes; 0 for one that is only referred to."""
    external: str = Field(default="", repr=False)
    """Where it lies, when it did not come along; nobody fetches it."""


class InvoiceFinding(_Model):
    """A rule that the document breaks."""

    rule: str
    """The rule's own identifier, such as ``BR-16``."""
    severity: Literal["fatal", "warning"]
    """``fatal``: the document is refused for it."""
    path: str
    """Where in the document: the element's path."""
    line: int | None
    """Where in the document: the line; ``None`` where it is not known."""
    text: str
    """In the words of the rule's publisher."""
    pack: str
    """Name and version of the rule pack, such as ``en16931-ubl 1.3.16``."""


class InvoiceSummary(_Model):
    """An invoice that waits: enough to decide whether it is this bot's business."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    """From the document's content: the same document delivered twice has one id."""
    kind: InvoiceKind
    """Invoice or credit note."""
    number: str = Field(repr=False)
    """The supplier's number of it (BT-1)."""
    issued: date
    """The document's date (BT-2)."""
    received_at: AwareDatetime
    """When it came into the inbox, in UTC."""
    supplier: InvoiceParty
    """Who sends it."""
    customer: InvoiceParty
    """Who is to pay it."""
    payable: Money
    """What is to be paid (BT-115); of a credit note, what is to be given back."""


class InvoiceDocument(InvoiceSummary):
    """An invoice whole, with what the rules say of it."""

    net: Money
    """Without VAT (BT-109)."""
    tax: Money
    """VAT in all (BT-110)."""
    due: date | None = None
    """The last day to pay; ``None`` where the document names none."""
    order: str = Field(default="", repr=False)
    """The order or requisition it refers to (BT-13)."""
    buyer_reference: str = Field(default="", repr=False)
    """BT-10, in OIOUBL the customer's contact id: often a person's reference number."""
    credits: tuple[str, ...] = Field(default=(), repr=False)
    """Numbers of the invoices that a credit note takes back (BT-25)."""
    note: str = Field(default="", repr=False)
    """The supplier's note on the whole document (BT-22)."""
    lines: tuple[InvoiceLine, ...]
    """What is invoiced, line by line."""
    payments: tuple[InvoicePayment, ...] = ()
    """The ways to pay that the document offers."""
    attachments: tuple[InvoiceAttachment, ...] = ()
    """What came with it."""
    verdict: InvoiceVerdict
    """What the rules say of the document."""
    checked: tuple[str, ...] = ()
    """Rule packs that were applied."""
    findings: tuple[InvoiceFinding, ...] = ()
    """The rules that the document breaks."""


class Acknowledgement(_Model):
    """That an invoice has left the inbox."""

    id: str
    """The invoice's id."""
    handled: Handled
    """What became of the invoice."""
    acknowledged_at: AwareDatetime | None = None
    """UTC; ``None`` in a plan."""
    repeated: bool = False
    """It had left the inbox already, in the same way."""
    planned: bool = False
    """True only in a plan: nothing was acknowledged."""


def _planned(invoice: str, handled: Handled, *, key: str = "") -> Acknowledgement:  # noqa: ARG001 - the effect's signature
    return Acknowledgement(id=invoice, handled=handled, planned=True)


@capability(version="1.0")
class InvoiceInbox(Protocol):
    """Invoices in UBL that have come in.

    Raises (every method):
        TransientError: the inbox could not be read now; for ``acknowledge`` with ``sent="maybe"`` when it may
            have been taken.
        BusinessError: the inbox has no such invoice, or the document is not what it says to be.
    """

    @query
    def waiting(self) -> Sequence[InvoiceSummary]:
        """What waits, oldest first; a document that was delivered twice once.

        What cannot be read stays where it is and is a problem of the run, never silently passed over.

        Returns:
            What waits; empty where nothing does.
        """
        ...

    @query
    def invoice(self, invoice: str) -> InvoiceDocument:
        """One invoice whole, by its id; also one that was acknowledged.

        Args:
            invoice: The invoice's id (:attr:`InvoiceSummary.id`).

        Returns:
            The invoice, with what the rules say of it.
        """
        ...

    @query
    def attachment(self, invoice: str, attachment: str) -> bytes:
        """The content of an attachment that came along, by the ids of invoice and attachment.

        Args:
            invoice: The invoice's id (:attr:`InvoiceSummary.id`).
            attachment: The attachment's id (:attr:`InvoiceAttachment.id`).

        Returns:
            Its bytes.
        """
        ...

    @effect("keyed", planned=_planned)
    def acknowledge(self, invoice: str, handled: Handled, *, key: str = "") -> Acknowledgement:
        """Take an invoice out of the inbox: it was handled, rejected, or handed over to a person.

        Repeated in the same way it changes nothing; in another way it is refused.

        Args:
            invoice: The invoice's id (:attr:`InvoiceSummary.id`).
            handled: What became of it.
            key: From a bot, a word that tells two calls of one item apart. To a connector, the idempotency
                key: one key, one acknowledgement, however often the call is repeated.

        Returns:
            That it has left the inbox.
        """
        ...
