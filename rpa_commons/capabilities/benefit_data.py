"""What public agencies say a person is paid and granted: benefits, pensions, student aid and the like.

Rules this module keeps:

* **each agency answers for itself.** One that could not answer, or whose answer breaks its contract, has no
  data at all (``data is None``), so that it cannot be read as "no benefits"; the others stand beside it;
* **"nothing" is said, never concluded**: ``no_data`` is an agency's own word. What an agency says that it
  left out, or what was not read of its answer, is in ``missing``, and the answer is then not ``complete``;
* kinds are the agency's own codes with its own words; no list of ours stands between.

The models name no country: an agency is a code and a name, a person a number of the country's register.

Usage::

    answer = self.benefits.benefits(number, first, last, case="2026-0417")
    if not answer.complete:
        return HandOver("; ".join(answer.gaps()))
    paid = [payment for agency in answer.agencies for payment in agency.known().payments]
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ._declare import capability, query
from ._errors import BusinessError
from ._money import Money

__all__ = [
    "AgencyAnswer",
    "AgencyData",
    "AgencyFact",
    "AgencyStatus",
    "BenefitAnswer",
    "BenefitData",
    "BenefitPayment",
    "Entitlement",
    "NotAnsweredError",
]

AgencyStatus = Literal["answered", "no_data", "unavailable", "refused"]
"""``answered``: there is data; see ``AgencyData.missing`` for what is not. ``no_data``: the agency says that
it has nothing about this person and period. ``unavailable``: the agency could not answer, or says that the
question failed. ``refused``: the agency's answer is not what its contract says, and is not used."""

_Agency = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
_Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=2, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _Spanned(_Model):
    """Something with a kind and the days it is about; an open end is ``None``."""

    kind: str = Field(min_length=1, max_length=200, repr=False)
    """The agency's own code, or its own word where it has no code."""
    text: str = Field(default="", repr=False)
    """The agency's words for it."""
    first: date | None = Field(default=None, repr=False)
    """First day it is about; ``None``: an open beginning."""
    last: date | None = Field(default=None, repr=False)
    """Last day it is about, included; ``None``: an open end."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("the last day lies before the first")
        return self


class BenefitPayment(_Spanned):
    """One payment, made or planned. ``first`` and ``last``: the days it is for."""

    payer: str = Field(min_length=1)
    """Who pays, by name: the agency, or the fund or authority that it speaks for."""
    amount: Money = Field(repr=False)
    """What is paid out, after tax and deductions; negative for what goes back."""
    after_tax: Money | None = Field(default=None, repr=False)
    """After tax but before other deductions (debts, fees), where the agency says it."""
    gross: Money | None = Field(default=None, repr=False)
    """Before tax and deductions, where the agency says it."""
    state: Literal["paid", "planned"]
    """Whether the money has been paid, or is to be."""
    paid_on: date | None = Field(default=None, repr=False)
    """The day it was or will be paid; ``None`` where none is set yet."""


class Entitlement(_Spanned):
    """A decision on a benefit. It says what somebody is granted, not what was paid."""

    granted: bool = Field(repr=False)
    """False for a refusal."""
    final: bool | None = Field(default=None, repr=False)
    """Whether the decision is final; ``None`` where the agency does not say."""
    decided_on: date | None = Field(default=None, repr=False)
    """The day of the decision; ``None`` where the agency does not say."""
    amount: Money | None = Field(default=None, repr=False)
    """Before tax; see ``per``."""
    per: str = Field(default="", repr=False)
    """For how long ``amount`` is, in the agency's words (``Månad``); empty for the whole period."""
    percent: _Percent | None = Field(default=None, repr=False)
    """To which extent, such as sickness benefit at 50 percent."""


class AgencyFact(_Spanned):
    """Anything else an agency says that can count: a permit, a vehicle, an income of capital."""

    amount: Money | None = Field(default=None, repr=False)
    """The money it is about, where it is about money."""
    details: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """The agency's own names and values."""


class AgencyData(_Model):
    """What one agency said."""

    payments: tuple[BenefitPayment, ...] = ()
    """Money paid or planned."""
    entitlements: tuple[Entitlement, ...] = ()
    """Decisions on benefits, refusals too."""
    facts: tuple[AgencyFact, ...] = ()
    """What else the agency says."""
    protected: bool = False
    """The agency marks the person's data as protected; nothing of it belongs in a letter or a list."""
    missing: tuple[str, ...] = ()
    """What the agency left out or what was not read, each a sentence without personal data."""

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.payments or self.entitlements or self.facts)


class NotAnsweredError(BusinessError):
    """An agency's data was asked of an answer that has none.

    Attributes:
        agency: Its code.
        status: Why there is none.
    """

    def __init__(self, agency: str, status: str, reason: str) -> None:
        super().__init__(
            f"{agency} has not answered ({status}{': ' if reason else ''}{reason})",
            remedy="ask again later, or ask the agency another way; this is not an answer of no benefits",
        )
        self.agency = agency
        self.status = status


class AgencyAnswer(_Model):
    """One agency's part of an answer."""

    agency: _Agency
    """Code, such as ``fk``."""
    name: str = Field(min_length=1)
    """The agency as people know it."""
    status: AgencyStatus
    """Whether it answered, and if not, why."""
    reason: str = ""
    """Why there is no data, or whose word it is that there is nothing; never personal data."""
    data: AgencyData | None = Field(default=None, repr=False)
    """``None`` unless the agency answered."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.data is not None) != (self.status in ("answered", "no_data")):
            raise ValueError("an agency has data exactly when it has answered")
        if self.data is not None and (self.status == "no_data") != (
            self.data.empty and not self.data.missing
        ):
            raise ValueError("no_data means that nothing is said and nothing is missing")
        if self.data is None and not self.reason:
            raise ValueError("an agency without an answer has a reason")
        return self

    @property
    def complete(self) -> bool:
        """Whether the agency has answered, and left nothing out."""
        return self.data is not None and not self.data.missing

    def known(self) -> AgencyData:
        """The data.

        Raises:
            NotAnsweredError: the agency has not answered.
        """
        if self.data is None:
            raise NotAnsweredError(self.agency, self.status, self.reason)
        return self.data


class BenefitAnswer(_Model):
    """The answers of all the agencies that were asked, in the order asked."""

    first: date
    """First day asked about."""
    last: date
    """Last day asked about, included."""
    agencies: tuple[AgencyAnswer, ...] = Field(min_length=1)
    """One part for each agency that was asked."""
    checked_by: str = ""
    """The official schema that the answer was checked by, such as ``ssbtek 10``; empty where none is kept
    here and only our own reader looked at its structure."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [one.agency for one in self.agencies]
        if len(codes) != len(set(codes)):
            raise ValueError("an agency answers once")
        return self

    @property
    def complete(self) -> bool:
        """Whether every agency has answered and left nothing out."""
        return all(one.complete for one in self.agencies)

    def agency(self, code: str) -> AgencyAnswer:
        """One agency's answer.

        Raises:
            NotAnsweredError: it was not asked.
        """
        for one in self.agencies:
            if one.agency == code:
                return one
        raise NotAnsweredError(code, "not asked", "")

    def gaps(self) -> tuple[str, ...]:
        """What is not known, a line each: ``so: unavailable: ...``; empty when :attr:`complete`."""
        lines = []
        for one in self.agencies:
            if one.data is None:
                lines.append(f"{one.agency}: {one.status}: {one.reason}")
            else:
                lines += [f"{one.agency}: {sentence}" for sentence in one.data.missing]
        return tuple(lines)


@capability(version="1.0")
class BenefitData(Protocol):
    """What agencies say about one person's benefits.

    Raises (every method):
        BusinessError: the question can be none (a number, period or agency that is none), or the whole answer
            is not what the service's contract says.
        TransientError: the service could not answer now, or does not let us in.
    """

    @query
    def benefits(
        self, person: str, first: date, last: date, *, case: str, agencies: Sequence[str] = ()
    ) -> BenefitAnswer:
        """What the agencies say about a person from ``first`` to ``last``, both included.

        Args:
            person: The person's number in the country's register.
            first: First day.
            last: Last day; not before ``first``.
            case: The case this is needed for, by its id in the municipality's own system. The agencies log
                it, for each look at a person's data has a reason; it is no personal number.
            agencies: Codes of the agencies to ask, no more than the case needs; empty: those the settings
                name.

        Returns:
            The answers, one for each agency asked. An agency that fails fails alone: see
            :class:`AgencyAnswer`.
        """
        ...
