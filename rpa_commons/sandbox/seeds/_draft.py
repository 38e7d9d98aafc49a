"""An invoice or a credit note before it is written in a format: parties, lines, totals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ._parties import Buyer, Supplier

__all__ = ["Draft", "Line", "money"]

_CENT = Decimal("0.01")


def money(amount: Decimal) -> Decimal:
    """Two decimals, halves up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """So much of something at a price without VAT, in DKK."""

    name: str
    unit: str
    quantity: Decimal
    price: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times price, two decimals."""
        return money(self.quantity * self.price)


@dataclass(frozen=True)
class Draft:
    """One document. ``credits`` is the number and date of the invoice that a credit note takes back."""

    number: str
    uuid: str
    issued: date
    due: date
    supplier: Supplier
    buyer: Buyer
    order: str
    lines: tuple[Line, ...]
    payment_identifier: str
    uuid_of_credit: str
    credits: tuple[str, date] | None = None

    @property
    def net(self) -> Decimal:
        """Sum of the lines."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def vat(self) -> Decimal:
        """VAT of the whole; a supplier has one rate."""
        return money(self.net * self.supplier.rate / 100)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.vat

    def credited(self, number: str) -> "Draft":
        """The credit note that takes all of it back, three days later."""
        return replace(
            self,
            number=number,
            uuid=self.uuid_of_credit,
            issued=self.issued + timedelta(days=3),
            credits=(self.number, self.issued),
        )

    def facts(self) -> Mapping[str, Any]:
        """What the index says of it; amounts as text."""
        return {
            "kind": "credit note" if self.credits else "invoice",
            "number": self.number,
            "issued": self.issued.isoformat(),
            "supplier_cvr": self.supplier.cvr,
            "order": self.order,
            "total": str(self.total),
            "currency": "DKK",
            "fik": "" if self.credits else f"+71<{self.payment_identifier}+{self.supplier.creditor}<",
            **({"credits": self.credits[0]} if self.credits else {}),
        }
