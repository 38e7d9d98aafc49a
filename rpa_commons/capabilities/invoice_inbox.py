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
InvoiceVerdict = Literal["accepted", "refused", "unchecked"]
"""What the rules say that the document claims to keep; ``unchecked``: some of them are not at hand."""
Handled = Literal["done", "rejected", "handed_over"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class InvoiceParty(_Model):
    """Who sends or gets an invoice. A supplier may be a person: it stays out of ``repr``."""

    name: str = Field(default="", repr=False)
    endpoint: str = Field(default="", repr=False)
    """The electronic address (BT-34, BT-49), as the document has it, e.g. ``5798009811530``."""
    endpoint_scheme: str = ""
    """``0088`` or ``GLN``, ``0184`` or ``DK:CVR``, ``0192`` …"""
    company: str = Field(default="", repr=False)
    """The legal registration id (BT-30, BT-47): CVR number, organisation number."""
    company_scheme: str = ""
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


class InvoiceLine(_Model):
    """One line (BG-25). Its text may name a citizen: it stays out of ``repr``."""

    id: str
    text: str = Field(default="", repr=False)
    note: str = Field(default="", repr=False)
    quantity: Decimal | None = None
    unit: str = ""
    amount: Money
    """Net of VAT (BT-131)."""
    item: str = ""
    """The seller's item number (BT-155)."""
    cost: str = ""
    """The buyer's accounting reference (BT-133)."""
    period_start: date | None = None
    period_end: date | None = None


class InvoiceAttachment(_Model):
    """A document that came with an invoice (BG-24)."""

    id: str
    """Its number in the document, from ``1``."""
    file_name: str = Field(default="", repr=False)
    media_type: str = ""
    size: int = Field(ge=0)
    """Bytes; 0 for one that is only referred to."""
    external: str = Field(default="", repr=False)
    """Where it lies, when it did not come along; nobody fetches it."""


class InvoiceFinding(_Model):
    """A rule that the document breaks."""

    rule: str
    severity: Literal["fatal", "warning"]
    path: str
    line: int | None
    text: str
    """In the words of the rule's publisher."""
    pack: str


class InvoiceSummary(_Model):
    """An invoice that waits: enough to decide whether it is this bot's business."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    """From the document's content: the same document delivered twice has one id."""
    kind: InvoiceKind
    number: str = Field(repr=False)
    """The supplier's number of it (BT-1)."""
    issued: date
    received_at: AwareDatetime
    """UTC."""
    supplier: InvoiceParty
    customer: InvoiceParty
    payable: Money
    """What is to be paid (BT-115); of a credit note, what is to be given back."""


class InvoiceDocument(InvoiceSummary):
    """An invoice whole, with what the rules say of it."""

    net: Money
    """Without VAT (BT-109)."""
    tax: Money
    """VAT in all (BT-110)."""
    due: date | None = None
    order: str = Field(default="", repr=False)
    """The order or requisition it refers to (BT-13)."""
    buyer_reference: str = Field(default="", repr=False)
    """BT-10, in OIOUBL the customer's contact id: often a person's reference number."""
    credits: tuple[str, ...] = Field(default=(), repr=False)
    """Numbers of the invoices that a credit note takes back (BT-25)."""
    note: str = Field(default="", repr=False)
    lines: tuple[InvoiceLine, ...]
    payments: tuple[InvoicePayment, ...] = ()
    attachments: tuple[InvoiceAttachment, ...] = ()
    verdict: InvoiceVerdict
    checked: tuple[str, ...] = ()
    """Rule packs that were applied."""
    findings: tuple[InvoiceFinding, ...] = ()


class Acknowledgement(_Model):
    """That an invoice has left the inbox."""

    id: str
    """The invoice's id."""
    handled: Handled
    acknowledged_at: AwareDatetime | None = None
    """UTC; ``None`` in a plan."""
    repeated: bool = False
    """It had left the inbox already, in the same way."""
    planned: bool = False


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
        """
        ...

    @query
    def invoice(self, invoice: str) -> InvoiceDocument:
        """One invoice whole, by its id; also one that was acknowledged."""
        ...

    @query
    def attachment(self, invoice: str, attachment: str) -> bytes:
        """The content of an attachment that came along, by the ids of invoice and attachment."""
        ...

    @effect("keyed", planned=_planned)
    def acknowledge(self, invoice: str, handled: Handled, *, key: str = "") -> Acknowledgement:
        """Take an invoice out of the inbox: it was handled, rejected, or handed over to a person.

        Repeated in the same way it changes nothing; in another way it is refused.
        """
        ...
