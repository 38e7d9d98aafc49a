"""Which school an address belongs to."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from ._declare import capability, query

__all__ = ["School", "SchoolDistricts"]


class School(BaseModel):
    """A school, as a letter to citizens may name it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    name: str = Field(min_length=1)
    """The school's name."""
    phone: str = ""
    """Its telephone number as people write it; empty where the source has none."""


@capability(version="1.0")
class SchoolDistricts(Protocol):
    """The districts a municipality has drawn: each address belongs to one school (folkeskoleloven § 36).

    Raises (every method):
        BusinessError: the answer is not what the source's contract says, or a row is broken.
        TransientError: the source could not be read now.
    """

    @query
    def school_at(self, address_id: str) -> School | None:
        """The school of an address, by the id that the register's moves give it (``Move.address_id``).

        ``None`` where the source says nothing of the address: outside the municipality, or a new one.

        Args:
            address_id: The address, by the register's id.

        Returns:
            The school, or ``None``.
        """
        ...
