"""A row of the extract as a person of the capability."""

import re

from rpa_commons.capabilities import Address, AddressPeriod, Person
from rpa_commons.connectors._extract_row import Row

from ._settings import RegisterExtractSettings

__all__ = ["person_from_row"]

_ADDRESS_COLUMNS = ("street_line", "locality", "postal_code", "city", "municipality")


def person_from_row(row: Row, settings: RegisterExtractSettings) -> Person:
    """The person a row describes.

    Raises:
        RowError: a value of the row is not what its column is declared to hold.
    """
    cpr = row.cpr("cpr")
    status = row.choice("status", settings.statuses, "statuses")
    protected = row.choice("protected", settings.booleans, "booleans")
    # Extracts leave out the name of a protected person; anybody else without one is a broken row.
    name = row.text("name") if protected else row.required("name")
    return Person(
        cpr=cpr,
        name=name,
        birth_date=row.day_or_none("birth_date"),
        status=status,
        protected=protected,
        children_under_18=row.count("children_under_18"),
        address=_address(row),
        address_history=_history(row),
    )


def _address(row: Row) -> Address | None:
    if not any(row.text(column) for column in _ADDRESS_COLUMNS):
        return None
    postal_code = row.text("postal_code")
    if not re.fullmatch(r"([0-9]{4})?", postal_code):
        raise row.error("postal_code", "is no postal code of four digits")
    return Address(
        co_name=row.text("co_name"),
        street_line=row.text("street_line"),
        locality=row.text("locality"),
        postal_code=postal_code,
        city=row.text("city"),
        municipality=_municipality(row, "municipality"),
    )


def _history(row: Row) -> tuple[AddressPeriod, ...]:
    period = AddressPeriod(
        municipality=_municipality(row, "previous_municipality"),
        moved_in=row.day_or_none("previous_moved_in"),
        moved_out=row.day_or_none("previous_moved_out"),
    )
    return () if period == AddressPeriod() else (period,)


def _municipality(row: Row, column: str) -> str | None:
    return row.municipality(column) if row.text(column) else None
