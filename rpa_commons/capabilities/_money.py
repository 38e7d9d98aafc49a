"""An amount with its currency: never a float, never a number without a currency.

Rules this module keeps: equal amounts are written alike (``100``, ``100.0`` and ``1E+2`` are ``100.00``), so
that their digests are equal too; a validation error never shows the amount.

Usage::

    Money(amount=Decimal("129.95"), currency="DKK")
"""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["Money"]

_Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217, e.g. ``DKK``, ``NOK``, ``SEK``, ``EUR``."""


def _no_float(value: object) -> object:
    if isinstance(value, bool | float):
        # 0.1 + 0.2 is not 0.3 there; what came as a float has lost its last digits already.
        raise ValueError("an amount is a Decimal, an int or a text, never a float")  # noqa: TRY004 - pydantic collects ValueError
    return value


def _two_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01")) + 0  # "-0.00" and "0.00" are one amount


_Amount = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(max_digits=18, decimal_places=2, allow_inf_nan=False),
    AfterValidator(_two_decimals),
]


class Money(BaseModel):
    """An amount of money. The amount of a case is personal: it stays out of ``repr`` and of messages."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    amount: _Amount = Field(repr=False)
    """At most two decimals and sixteen digits before them; negative for what goes back."""
    currency: _Currency = "DKK"
    """ISO 4217, e.g. ``DKK``, ``NOK``, ``SEK``, ``EUR``."""

    def __str__(self) -> str:
        """``129.95 DKK``: for letters and for pages that caseworkers see."""
        return f"{self.amount:.2f} {self.currency}"
