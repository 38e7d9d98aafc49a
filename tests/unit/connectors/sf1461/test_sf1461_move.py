"""A message becomes a move: by declared elements, or by what the register's history shows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import Address, AddressPeriod, Move, Person
from rpa_commons.connectors.sf1461 import Sf1461Settings
from rpa_commons.connectors.sf1461._errors import MessageError
from rpa_commons.connectors.sf1461._message import read_envelope
from rpa_commons.connectors.sf1461._move import PersonEvent, by_fields, by_register
from rpa_commons.sandbox.sf1461 import FIELDS
from rpa_commons.validators import contains_personal_number
from tests.support.beskedfordeler import TODAY, body, move, settings, told

DAY = date(2026, 10, 20)
EARLIER = date(2020, 5, 1)
EVENT = PersonEvent("01157488-c45c-4fd2-b076-1de12effbf66", "0202605001", DAY)
HERE = Address(street_line="Algade 31", postal_code="4000", city="Roskilde", municipality="0265")


def read(data: bytes, given: Sf1461Settings | None = None) -> Move:
    """The move in a message."""
    given = given or settings()
    assert given.fields is not None
    return by_fields(read_envelope(data), given, given.fields)


def person(address: Address | None, *history: AddressPeriod) -> Person:
    """Somebody with this past, newest first."""
    return Person(
        cpr=EVENT.cpr, name="Nomen Nescio", status="active", protected=False, children_under_18=0,
        address=address, address_history=history,
    )  # fmt: skip


def lived(code: str | None, since: date | None, until: date | None) -> AddressPeriod:
    """A former address."""
    return AddressPeriod(municipality=code, moved_in=since, moved_out=until)


def asked(*history: AddressPeriod, address: Address | None = HERE) -> Move:
    """What the register's history makes of the event."""
    return by_register(EVENT, person(address, *history), lambda *parts: "#".join(parts))


@pytest.mark.parametrize(
    ("origin", "previous"),
    [("municipality", "0253"), ("abroad", None), ("none", None), ("municipality", "0265")],
)
def test_each_origin_is_read(origin: str, previous: str | None) -> None:
    """From a municipality, from abroad, from nowhere, and inside the municipality."""
    found = move(3, origin=origin, from_municipality=previous)

    assert told(found) == read(body(3, origin=origin, from_municipality=previous))


def test_without_a_declared_day_the_envelopes_counts() -> None:
    """``moved_on`` may be left out of the fields; then it is the day of ``GyldighedFra``."""
    fields = {key: name for key, name in FIELDS.items() if key in ("to_municipality", "from_municipality")}

    found = read(body(3), settings(fields=fields))

    assert TODAY == found.moved_on
    assert found.address_id is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"tilflytningsdato", b"dato", "tilflytningsdato is missing"),
        (b"2026-11-01</s:til", b"01-11-2026</s:til", "tilflytningsdato is no date"),
        (b">265<", b">0965<", "kommunekode holds no Danish municipality"),
        (b">265<", b"><", "kommunekode holds no Danish municipality"),
        (b">0253<", b">Sverige<", "fraflytningskommunekode holds no Danish municipality"),
        (b">0253<", b"><", "fraflytningskommunekode holds no Danish municipality"),
    ],
)
def test_what_is_not_declared_is_not_guessed(old: bytes, new: bytes, problem: str) -> None:
    """A missing element, another format, a value that nobody has given a meaning: told by its element."""
    assert old in body(3)
    with pytest.raises(MessageError, match=problem) as caught:
        read(body(3).replace(old, new))

    assert "Sverige" not in str(caught.value)


@given(st.uuids().map(str) | st.from_regex(r"[0-9]{8}(-[0-9]{4}){3}-[0-9]{12}", fullmatch=True))
def test_an_id_never_reads_as_a_personal_number(besked_id: str) -> None:
    """A ``BeskedId`` may be the reference of a case, even one of digits only."""
    assert not contains_personal_number(besked_id)


def test_the_register_knows_where_from() -> None:
    """The period that begins on the event's day is the move, the one before it says from where."""
    found = asked(lived("0253", EARLIER, DAY))

    assert ("municipality", "0253", "0265") == (found.origin, found.from_municipality, found.to_municipality)
    assert (EVENT.cpr, DAY, "address#4000#Algade 31") == (found.cpr, found.moved_on, found.address_id)


def test_who_has_moved_on_since_has_still_moved() -> None:
    """The move counts, not where the person lives when the register is asked."""
    found = asked(
        lived("0265", DAY, date(2026, 10, 28)),
        lived("0253", EARLIER, DAY),
        address=HERE.model_copy(update={"municipality": "0101"}),
    )

    assert ("0253", "0265", None) == (found.from_municipality, found.to_municipality, found.address_id)


def test_no_earlier_address_is_an_origin() -> None:
    """Birth and first registration have no row before them."""
    found = asked()

    assert ("none", None, "0265") == (found.origin, found.from_municipality, found.to_municipality)


@pytest.mark.parametrize(
    ("history", "problem"),
    [
        ((lived("0253", EARLIER, date(2026, 9, 1)),), "no move on the day"),
        ((lived(None, EARLIER, DAY),), "does not say from which"),
    ],
)
def test_what_the_register_does_not_show_is_for_a_person(
    history: tuple[AddressPeriod, ...], problem: str
) -> None:
    """Another day (a return from abroad shows so), or a former place that is no municipality: not guessed."""
    with pytest.raises(MessageError, match=problem):
        asked(*history)


def test_nobody_lives_nowhere() -> None:
    """A person without any address has not moved in."""
    with pytest.raises(MessageError, match="no move on the day"):
        asked(address=None)
