"""Who moved in, when and from where."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from ._declare import capability, query

__all__ = ["Move", "Origin", "PopulationEvents"]

Origin = Literal["municipality", "abroad", "none"]
"""Where a mover comes from. ``none``: the register has no earlier address row (birth, first registration)."""


class Move(BaseModel):
    """One person's change of address, as the register reported it.

    The move is what counts for who is greeted; the person's address of today is another thing and must be
    asked of the population register.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    id: str = Field(min_length=1, max_length=200)
    """The register's own id of the event; stable over re-deliveries, never a personal number."""
    cpr: str = Field(pattern=r"^[0-9]{10}$", repr=False)
    """Ten digits. Personal: never logged."""
    moved_on: date
    """The day from which the new address counts (``tilflytningsdato``)."""
    origin: Origin
    """Where the person comes from."""
    from_municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$")
    """Official code, e.g. ``"0265"``; ``None`` unless origin is ``municipality``."""
    to_municipality: str = Field(pattern=r"^[0-9]{4}$")
    """Official code of the municipality moved to."""
    address_id: str | None = Field(default=None, repr=False)
    """Any stable id of the new address; movers with the same one on the same day are a household."""


@capability(version="1.0")
class PopulationEvents(Protocol):
    """Changes of address that a register has reported.

    Raises (every method):
        TransientError: the source could not be read now.
        BusinessError: the source answered with something that is not what its contract says.
    """

    @query
    def moves_into(self, municipality: str, since: date) -> Sequence[Move]:
        """Every change of address into ``municipality`` (four-digit code) with ``moved_on >= since``.

        Moves inside the municipality are included, for the bot decides what counts as a move in. Ordered by
        ``moved_on``, then ``id``. The same event is returned once, however often it was delivered.

        Args:
            municipality: Official code of the municipality, e.g. ``"0265"``.
            since: The first day that is asked about.

        Returns:
            The moves; empty where there are none.
        """
        ...
