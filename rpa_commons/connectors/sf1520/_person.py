"""A ``PersonLookupResponse`` as a person of the capability. Pure.

What the contract leaves open is decided here, and each decision has a test:

* **municipality**: ``kommunekode`` is an integer in the contract and a string of four digits with us
  (265 -> ``"0265"``). Only Danish municipalities' codes (0101 to 0899, past ones and Christiansø included)
  are passed on; the administrative ones (0010, 0011, 0012, 0019 for tax, see ``statusTypeType``) and
  Greenland's (0900 and up) become ``None``.
* **protection**: whoever either the flag ``beskyttet`` or the dates protect on the day of asking (both ends
  included) is protected. The copy the service answers from may be some days old, and where the two disagree
  the mistake that shows an address to the wrong reader is the worse one.
* **history**: a row with a ``retFortrydMarkering`` does not count: the register has corrected or undone it.
  The values are not published with the contract; public readers of the register's records (CPR Broker among
  them) count blank ones only, and so do we. A row that ends at the very moment it began does not count
  either: the register writes such rows for technical changes (CPR-kontoret on the division of Qaasuitsup,
  2017).
* **changed number**: never followed. The old number (status 50 or 60) is answered as ``inactive``, as the
  capability says; see :class:`NumberChangedError` for an answer that is about the new one.
* **times**: a day is the day in Denmark: an offset is Denmark's own and its day stands; UTC is converted.
* **uncertain dates** (``usikkerhedsmarkering``) are taken as they stand.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from rpa_commons.capabilities import Address, AddressPeriod, BusinessError, Person, PersonStatus
from rpa_commons.connectors.http import UnexpectedAnswerError

from ._address import street_line
from ._soap import NAMESPACE, SYSTEM

__all__ = ["NumberChangedError", "person_from_answer"]

_STATUSES: dict[str, PersonStatus] = {
    **dict.fromkeys(("1", "3", "5", "7"), "active"),
    **dict.fromkeys(("20", "30", "50", "60"), "inactive"),
    "70": "disappeared",
    "80": "emigrated",
    "90": "dead",
}
_FIRST_CODE, _LAST_CODE = 101, 899
_OURS = f"{{{NAMESPACE}}}"
# fromisoformat also takes week dates and dates without hyphens, which the schema does not.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_DENMARK = ZoneInfo("Europe/Copenhagen")


class NumberChangedError(BusinessError):
    """The service was asked for an old number and answers with the person as they are under the new one.

    It is not followed: a letter or a payment already under way may carry the old number, what was done under
    it cannot be found under the new one, and somebody should see that the source is behind.
    """

    def __init__(self) -> None:
        super().__init__(
            f"{SYSTEM}: the person has another number now",
            remedy="look the person up in the register, correct the number in the source, and handle this "
            "case by hand or let the bot find it again under the present number",
        )


class _Node:
    """An element of the answer, or an absent one: then every value is blank."""

    def __init__(self, element: etree._Element | None) -> None:
        self._element = element

    def __bool__(self) -> bool:
        return self._element is not None

    def child(self, name: str) -> "_Node":
        return _Node(next(self._found(name), None))

    def children(self, name: str) -> Iterator["_Node"]:
        return map(_Node, self._found(name))

    def text(self, name: str) -> str:
        found = next(self._found(name), None)
        return "" if found is None else " ".join((found.text or "").split())

    def _found(self, name: str) -> Iterator[etree._Element]:
        # A path (`find`) would be compiled and cached by its text; a person has some sixty of these.
        return iter(()) if self._element is None else self._element.iterchildren(_OURS + name)

    def integer(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        plain = text.removeprefix("+")
        if not (plain.isascii() and plain.isdecimal() and len(plain) <= 9):  # noqa: PLR2004 - far above any code or count
            raise _unexpected(name, "no whole number from 0")
        return int(plain)

    def boolean(self, name: str) -> bool | None:
        text = self.text(name)
        if text not in ("", "true", "false", "1", "0"):
            raise _unexpected(name, "neither true nor false")
        return None if not text else text in ("true", "1")

    def day(self, name: str) -> date | None:
        """An ``xs:date``; a zone after it says nothing about the day and is left out."""
        text = self.text(name)
        if not text:
            return None
        try:
            if _DAY.match(text):
                return date.fromisoformat(text[:10])
        except ValueError:
            pass  # the 30th of February
        raise _unexpected(name, "no date")

    def moment(self, name: str) -> datetime | None:
        """The time in a ``usikkerhedDatoTidType``, in Danish time and without its zone."""
        text = self.child(name).text("dato")
        if not text:
            return None
        try:
            if _MOMENT.match(text):
                moment = datetime.fromisoformat(text)
                utc = moment.utcoffset() == timedelta(0)
                return (moment.astimezone(_DENMARK) if utc else moment).replace(tzinfo=None)
        except (ValueError, OverflowError):
            pass  # the 30th of February, or the very end of the calendar
        raise _unexpected(name, "no time")


def _unexpected(name: str, problem: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(SYSTEM, f"{name} in the answer is {problem}")


def person_from_answer(answer: etree._Element, cpr: str, today: date) -> Person:
    """The person in an answer.

    Args:
        answer: The ``PersonLookupResponse``.
        cpr: The number that was asked for, ten digits.
        today: The day of asking, in Denmark.

    Raises:
        NumberChangedError: the person has another number now.
        UnexpectedAnswerError: the answer is not what the contract says.
    """
    root = _Node(answer)
    data = root.child("persondata")
    if not data:
        raise _unexpected("persondata", "missing")
    status = _STATUSES.get(data.child("status").text("status"))
    if status is None:
        raise _unexpected("status", "missing or none of the contract's codes")
    _same_number(data, cpr, status)
    children = data.integer("antalBoernUnder18")
    if children is None:
        raise _unexpected("antalBoernUnder18", "missing")
    return Person(
        cpr=cpr,
        name=_name(data.child("navn"), status),
        birth_date=data.child("foedselsdato").day("dato"),
        status=status,
        protected=_protected(data.child("adressebeskyttelse"), today),
        children_under_18=children,
        address=_address(root.child("adresse").child("aktuelAdresse")),
        address_history=_history(root.child("adresse")),
    )


def _same_number(data: _Node, cpr: str, status: PersonStatus) -> None:
    present, answered = data.text("gaeldendePersonnummer"), data.text("personnummer")
    about_the_old_one = status == "inactive" and answered in ("", cpr)
    if present and present != cpr and not about_the_old_one:
        raise NumberChangedError
    if answered and answered != cpr:
        raise UnexpectedAnswerError(SYSTEM, "the answer is about another number than was asked for")


def _name(name: _Node, status: PersonStatus) -> str:
    written = name.text("personadresseringsnavn") or " ".join(
        part for part in map(name.text, ("fornavn", "mellemnavn", "efternavn")) if part
    )
    if not written and status == "active":
        raise _unexpected("personadresseringsnavn", "missing")
    return written  # an annulled or deleted number has none


def _protected(protection: _Node, today: date) -> bool:
    start, end = protection.day("startdato"), protection.day("slutdato")
    if protection.boolean("beskyttet"):
        return True
    dated = start is not None or end is not None
    return dated and (start is None or start <= today) and (end is None or today <= end)


def _address(address: _Node) -> Address | None:
    if not address:
        return None
    postal_code = address.text("postnummer")
    if postal_code:
        if not (postal_code.isascii() and postal_code.isdecimal() and len(postal_code) <= 4):  # noqa: PLR2004 - Danish postal codes
            raise _unexpected("postnummer", "no postal code")
        postal_code = postal_code.zfill(4)
    return Address(
        co_name=address.text("conavn"),
        street_line=_street_line(address),
        locality=address.text("bynavn") or address.text("lokalitet"),
        postal_code=postal_code,
        city=address.text("postdistrikt"),
        municipality=_municipality(address),
    )


def _street_line(address: _Node) -> str:
    street = address.text("vejadresseringsnavn") or address.text("vejnavn")
    house = address.text("husnummer")
    if not (street and house) and address.text("standardadresse"):
        # Greenland's building numbers and special road codes: the register's own line says it best.
        return address.text("standardadresse")
    return street_line(street, house, address.text("etage"), address.text("sidedoer"))


def _municipality(address: _Node) -> str | None:
    code = address.integer("kommunekode")
    return f"{code:04}" if code is not None and _FIRST_CODE <= code <= _LAST_CODE else None


def _history(addresses: _Node) -> tuple[AddressPeriod, ...]:
    rows = []
    for row in addresses.children("adresseHistorik"):
        moved_in, moved_out = row.moment("tilflytningsdato"), row.moment("fraflytningsdato")
        technical = moved_in is not None and moved_in == moved_out
        if not row.text("retFortrydMarkering") and not technical:
            rows.append((moved_out or datetime.max, moved_in or datetime.min, _municipality(row)))  # noqa: DTZ901 - Danish wall time, only compared
    rows.sort(key=lambda row: row[:2], reverse=True)
    return tuple(
        AddressPeriod(
            municipality=municipality,
            moved_in=None if moved_in == datetime.min else moved_in.date(),  # noqa: DTZ901 - as above
            moved_out=None if moved_out == datetime.max else moved_out.date(),  # noqa: DTZ901 - as above
        )
        for moved_out, moved_in, municipality in rows
    )


def today_in_denmark() -> date:
    """The day it is in Denmark."""
    return datetime.now(UTC).astimezone(_DENMARK).date()
