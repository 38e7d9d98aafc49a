"""Who is greeted together, and under which reference.

Rules this module keeps: a reference is stable for as long as the register's ids are, it never holds a
personal number, and the same move or household on the same day always gets the same one.
"""

from collections.abc import Callable, Iterable
from itertools import groupby

from pydantic import BaseModel, ConfigDict, Field

from rpa_commons.capabilities import Move
from rpa_commons.validators import contains_personal_number

__all__ = ["Arrival", "Digest", "households", "move_reference"]

Digest = Callable[..., str]
"""The bot's keyed digest: ``digest(*parts) -> hex digits``."""

_GROUP = 4  # digits; a personal number needs six in a row, and a digest must never read as one


class Arrival(BaseModel):
    """The movers of one work item: one person, or a household that moved to one address on one day."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    moves: tuple[Move, ...] = Field(min_length=1)
    """Ordered by the register's id of the move."""
    household: bool = False
    """Made by address and day: members may be missing."""


def move_reference(move: Move, digest: Digest) -> str:
    """The register's own id of the move; a digest of it where the id happens to read as a personal number.

    An id made of hex digits can hold ten decimal ones that spell a date: rare, but a whole run must not
    stumble over it.
    """
    if contains_personal_number(move.id):
        return f"move-{_grouped(digest('move', move.id))}"
    return move.id


def households(moves: Iterable[Move], digest: Digest) -> Iterable[tuple[str, Arrival]]:
    """The moves as (reference, household): same address on the same day, in the order of the days.

    A move without an address id is a household of its own.
    """
    ordered = sorted(moves, key=lambda move: (move.moved_on, move.address_id or "", move.id))
    for (moved_on, address_id), group in groupby(ordered, key=lambda move: (move.moved_on, move.address_id)):
        members = tuple(group)
        if address_id is None:
            for move in members:
                yield move_reference(move, digest), Arrival(moves=(move,))
        else:
            reference = _grouped(digest("household", address_id, moved_on.isoformat()))
            yield f"household-{reference}", Arrival(moves=members, household=True)


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))
