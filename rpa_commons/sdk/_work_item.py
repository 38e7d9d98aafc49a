"""One case to process."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel

from rpa_commons.validators import contains_personal_number

__all__ = ["Nothing", "WorkItem"]

PayloadT_co = TypeVar("PayloadT_co", bound=BaseModel, covariant=True)

_LONGEST_REFERENCE = 200


class Nothing(BaseModel):
    """The payload of a work item that its reference says everything about."""


@dataclass(frozen=True)
class WorkItem(Generic[PayloadT_co]):
    """One case: a unique reference and what is needed to process it.

    Attributes:
        reference: Unique per instance (or per municipality where the bot says so) and kept for good so that
            nothing is done twice; at most 200 characters, printable, never a personal number.
        payload: A pydantic model; kept encrypted.
        occurred_on: The day of what the case is about (the move, the invoice date), where there is one: what
            a cut-over date is compared with. ``None``: the bot cannot say.

    Raises:
        ValueError: the reference is empty, too long, unprintable or holds a personal number.
    """

    reference: str
    payload: PayloadT_co
    occurred_on: date | None = None

    def __post_init__(self) -> None:
        if not self.reference or len(self.reference) > _LONGEST_REFERENCE or not self.reference.isprintable():
            raise ValueError("a reference is 1 to 200 printable characters")
        if contains_personal_number(self.reference):
            raise ValueError("a reference must not hold a personal number; use the bot's digest() of it")
