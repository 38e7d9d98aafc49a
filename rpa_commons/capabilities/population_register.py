"""What the population register says about one person."""

from datetime import date
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from ._declare import capability, query

__all__ = ["Address", "AddressPeriod", "Person", "PersonStatus", "PopulationRegister"]

PersonStatus = Literal["active", "dead", "disappeared", "emigrated", "inactive"]
"""``inactive`` covers annulled, deleted and changed numbers and administrative ones (CPR status 20-60)."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Address(_Model):
    """A postal address in Denmark, in the lines an envelope needs. Personal throughout."""

    co_name: str = Field(default="", repr=False)
    street_line: str = Field(repr=False)
    """Street, number, floor and door in one line: ``Algade 31, 2. tv``."""
    locality: str = Field(default="", repr=False)
    postal_code: str = Field(default="", pattern=r"^([0-9]{4})?$")
    city: str = ""
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    """Official municipality code; ``None`` where the register gives none or an administrative one."""


class AddressPeriod(_Model):
    """A former address: which municipality, from when, until when. Open ends are ``None``."""

    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    moved_in: date | None = None
    moved_out: date | None = None


class Person(_Model):
    """One person as the register knows them now."""

    cpr: str = Field(pattern=r"^[0-9]{10}$", repr=False)
    name: str = Field(repr=False)
    """The addressing name (``personadresseringsnavn``): how the register wants the person written to."""
    birth_date: date | None = Field(default=None, repr=False)
    """From the register's own field, never derived from the number."""
    status: PersonStatus
    protected: bool
    """Name and address protection (CPR-loven § 28) in force on the day of asking."""
    children_under_18: int = Field(ge=0)
    address: Address | None = Field(default=None, repr=False)
    address_history: tuple[AddressPeriod, ...] = ()
    """Former addresses, newest first."""


@capability(version="1.0")
class PopulationRegister(Protocol):
    """Facts about one person, from whatever register the municipality has.

    Raises (every method):
        PersonNotFoundError: the register knows nobody by the number.
        BusinessError: the answer is not what the register's contract says, or a row is broken.
        TransientError: the register could not answer now.
    """

    @query
    def person(self, cpr: str) -> Person:
        """The person with this number (ten digits)."""
        ...
