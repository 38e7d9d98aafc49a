"""The municipality's books: postings that balance, with a payment or without, once each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, Protocol, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ._declare import capability, effect, query
from ._money import Money

__all__ = ["Ledger", "Payee", "Payment", "Posting", "PostingLine", "PostingReceipt"]

_OneLine = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$", max_length=120)]
"""Text without line breaks and control characters: it ends up in files with one record a line."""
_Name = Annotated[str, StringConstraints(pattern=r"^[^\s=\x00-\x1f\x7f-\x9f]{1,40}$")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PostingLine(_Model):
    """One line of a posting: an account, and what is booked on it."""

    account: str = Field(pattern=r"^[0-9A-Za-z.\-]{1,40}$")
    """The account in the municipality's own chart of accounts."""
    amount: Money
    """Debit above zero, credit below."""
    text: _OneLine = ""
    """What the account's statement shows. No personal data: many people read it."""
    dimensions: Mapping[_Name, _OneLine] = {}
    """Further codes the ledger wants, by name (one word): cost centre, project, KLE number."""


class Payee(_Model):
    """Where money goes to. Of a person it is personal: it stays out of ``repr``."""

    scheme: Literal["fik", "account", "iban", "bankgiro", "plusgiro"]
    """``fik``: Danish payment slip, ``account``: a national account number."""
    account: str = Field(pattern=r"^[0-9A-Z+]{1,34}$", repr=False)
    """In canonical form, as :mod:`rpa_commons.validators` gives it: no spaces, no hyphens."""
    reference: str = Field(default="", pattern=r"^[0-9A-Za-z]{0,35}$", repr=False)
    """What the receiver recognises the payment by: FIK's payment id, KID, OCR number."""
    name: _OneLine = Field(default="", repr=False)
    """The receiver's name, where the way to pay asks for one."""


class Payment(_Model):
    """An order to pay out what a posting books."""

    payee: Payee
    """Who is paid."""
    amount: Money
    """What is paid, above zero; in the currency of the lines."""
    due: date
    """The day on which it is to be paid."""

    @model_validator(mode="after")
    def _is_paid_out(self) -> Self:
        if self.amount.amount <= 0:
            raise ValueError("a payment is above zero: what comes back is a posting without payment")
        return self


class Posting(_Model):
    """A voucher: lines that sum to zero, and perhaps a payment."""

    reference: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z ._/\-]{0,59}$")
    """The municipality's own reference, e.g. the invoice's number; what :meth:`Ledger.find` looks for."""
    booked_on: date
    """The day it counts for in the books."""
    text: _OneLine = ""
    """What the books show for the whole voucher. No personal data."""
    lines: tuple[PostingLine, ...] = Field(min_length=2, max_length=1000)
    """At least two; their amounts sum to zero, in one currency."""
    payment: Payment | None = None
    """What is to be paid out with it; ``None``: nothing."""

    @model_validator(mode="after")
    def _balances(self) -> Self:
        currencies = {line.amount.currency for line in self.lines}
        if self.payment is not None:
            currencies.add(self.payment.amount.currency)
        if len(currencies) > 1:
            raise ValueError("a posting is in one currency")
        if sum(line.amount.amount for line in self.lines):
            raise ValueError("the lines of a posting must sum to zero")
        return self


class PostingReceipt(_Model):
    """The ledger's word that it has a posting. Paid is another thing, and later."""

    id: str = Field(min_length=1)
    """The ledger's or our own number of the voucher; what a caseworker asks about."""
    reference: str
    """The posting's own :attr:`Posting.reference`."""
    accepted_at: AwareDatetime | None = None
    """UTC; ``None`` in a plan."""
    repeated: bool = False
    """The ledger had this posting already: still one."""
    planned: bool = False
    """True only in a plan: nothing was posted."""


def _planned(posting: Posting, *, key: str = "") -> PostingReceipt:  # noqa: ARG001 - the effect's signature
    return PostingReceipt(id="planned", reference=posting.reference, planned=True)


@capability(version="1.0")
class Ledger(Protocol):
    """Posting to the municipality's books, and paying from them.

    Raises (every method):
        TransientError: the ledger could not answer now; for ``post`` with ``sent="maybe"`` when the posting
            may have been taken.
        BusinessError: the ledger refuses this posting for good, or its answer is not what its contract says.
    """

    @query
    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """What was posted under a reference, oldest first; empty when nothing was.

        It is a help against paying an invoice that somebody posted by hand, not what makes a repeat safe.

        Args:
            reference: The :attr:`Posting.reference` to look for, whole.

        Returns:
            A receipt for each posting found.
        """
        ...

    @effect("keyed", planned=_planned)
    def post(self, posting: Posting, *, key: str = "") -> PostingReceipt:
        """Post one voucher, and order its payment where it has one.

        Args:
            posting: What to book.
            key: From a bot, a word that tells two postings of one item apart. To a connector, the idempotency
                key: one key, one voucher, however often the call is repeated. The same key with another
                posting is refused with a BusinessError.

        Returns:
            The receipt; its ``id`` is the number of the voucher.
        """
        ...
