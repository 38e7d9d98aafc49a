"""From an envelope to a move: by the elements that the municipality has declared, or by the register. Pure.

What the register is asked for is its own history: the move counts, not where the person lives today, so the
period that begins on the event's day is looked for, whatever came after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rpa_commons.capabilities import AddressPeriod, Move, Origin, Person

from ._errors import MessageError
from ._message import Envelope, danish_day
from ._settings import MessageFields, Sf1461Settings

__all__ = ["PersonEvent", "by_fields", "by_register", "event_of"]

_FIRST_CODE, _LAST_CODE = "0101", "0899"  # Danish municipalities, past ones too, lie between
_LONGEST_CODE = 4
_CATALOGUE = "compare fields and origins in stack.toml with KOMBIT's catalogue of message types"


@dataclass(frozen=True, repr=False)
class PersonEvent:
    """That something happened to somebody on a day: all that an envelope says."""

    besked_id: str
    cpr: str
    day: date


def event_of(envelope: Envelope) -> PersonEvent:
    """Who and when.

    Raises:
        MessageError: the envelope does not say.
    """
    day = envelope.valid_from()
    if day is None:
        raise MessageError("GyldighedFra is missing, so the day of the move is not known")
    return PersonEvent(envelope.besked_id, envelope.cpr(), day)


def by_fields(envelope: Envelope, settings: Sf1461Settings, fields: MessageFields) -> Move:
    """The move that a message describes itself.

    Raises:
        MessageError: an element is missing or not what it is declared to be.
    """
    moved_on = envelope.value(fields.moved_on) if fields.moved_on else ""
    if fields.moved_on and not moved_on:
        raise MessageError(f"element {fields.moved_on} is missing or empty", remedy=_CATALOGUE)
    origin, previous = _origin(envelope.value(fields.from_municipality), settings, fields)
    return Move(
        id=envelope.besked_id,
        cpr=envelope.cpr(),
        moved_on=danish_day(moved_on, f"element {fields.moved_on}") if moved_on else event_of(envelope).day,
        origin=origin,
        from_municipality=previous,
        to_municipality=_municipality(envelope.value(fields.to_municipality), fields.to_municipality),
        address_id=(envelope.value(fields.address_id) or None) if fields.address_id else None,
    )


def _origin(text: str, settings: Sf1461Settings, fields: MessageFields) -> tuple[Origin, str | None]:
    declared = {value.strip().casefold(): origin for value, origin in settings.origins.items()}
    origin = declared.get(text.casefold())
    if origin is None:
        return "municipality", _municipality(text, fields.from_municipality)
    if origin == "municipality":
        return origin, _municipality(text, fields.from_municipality)
    return origin, None


def _municipality(text: str, name: str) -> str:
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_CODE:
        code = text.zfill(_LONGEST_CODE)  # "265" and "010" stand for four digits
        if _FIRST_CODE <= code <= _LAST_CODE:
            return code
    raise MessageError(f"element {name} holds no Danish municipality's code", remedy=_CATALOGUE)


def by_register(event: PersonEvent, person: Person, digest: Callable[..., str]) -> Move:
    """The move that the register's history shows on the day of the event.

    A person without any former address has moved in once: from nowhere that the register knows.

    Args:
        event: Who and when.
        person: As the register knows them now.
        digest: Makes an id of an address, so that a household can be seen.

    Raises:
        MessageError: the history shows no move on that day, or not from where.
    """
    stays = _stays(person)
    for number, stay in enumerate(stays):
        if stay.municipality is None or not (stay.moved_in == event.day or len(stays) == 1):
            continue
        before = stays[number + 1] if number + 1 < len(stays) else None
        if before is not None and before.municipality is None:
            raise MessageError("the register does not say from which municipality the person moved")
        address = person.address if number == 0 else None
        return Move(
            id=event.besked_id,
            cpr=event.cpr,
            moved_on=event.day,
            origin="none" if before is None else "municipality",
            from_municipality=None if before is None else before.municipality,
            to_municipality=stay.municipality,
            address_id=digest("address", address.postal_code, address.street_line) if address else None,
        )
    raise MessageError(
        "the register shows no move on the day of the event",
        remedy="look the person up; a return from abroad or a corrected event shows like this",
    )


def _stays(person: Person) -> list[AddressPeriod]:
    """Where the person lived, newest first; today's address begins where the last one before it ended."""
    history = list(person.address_history)
    if person.address is None:
        return history
    since = history[0].moved_out if history else None
    return [AddressPeriod(municipality=person.address.municipality, moved_in=since), *history]
