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
    """In whose home the person lives (c/o); empty where the register has none."""
    street_line: str = Field(repr=False)
    """Street, number, floor and door in one line: ``Algade 31, 2. tv``."""
    locality: str = Field(default="", repr=False)
    """A name of the place between street and town; empty where the register has none."""
    postal_code: str = Field(default="", pattern=r"^([0-9]{4})?$")
    """Four digits; empty where the register has none."""
    city: str = ""
    """The post town that belongs to the code."""
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    """Official municipality code; ``None`` where the register gives none or an administrative one."""


class AddressPeriod(_Model):
    """A former address: which municipality, from when, until when. Open ends are ``None``."""

    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    """Official municipality code."""
    moved_in: date | None = None
    """The first day there."""
    moved_out: date | None = None
    """The day of moving away."""


class Person(_Model):
    """One person as the register knows them now."""

    cpr: str = Field(pattern=r"^[0-9]{10}$", repr=False)
    """Ten digits. Personal: never logged."""
    name: str = Field(repr=False)
    """The addressing name (``personadresseringsnavn``): how the register wants the person written to."""
    birth_date: date | None = Field(default=None, repr=False)
    """From the register's own field, never derived from the number."""
    status: PersonStatus
    """Whether the person lives here, and if not, why."""
    protected: bool
    """Name and address protection (CPR-loven § 28) in force on the day of asking."""
    children_under_18: int = Field(ge=0)
    """How many children under 18 the register knows of."""
    address: Address | None = Field(default=None, repr=False)
    """Where the person lives now; ``None`` where the register has no address to give."""
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
        """The person with this number (ten digits).

        Args:
            cpr: The person's number.

        Returns:
            The person as the register knows them now.
        """
        ...
