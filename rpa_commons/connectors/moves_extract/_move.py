"""A row of a daily file as a move of the capability."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date

from rpa_commons.capabilities import Move, Origin
from rpa_commons.connectors._extract_row import Row
from rpa_commons.validators import contains_personal_number

from ._settings import MovesExtractSettings

__all__ = ["derived_id", "move_from_row"]

_LONGEST_ID = 200
_FIRST_CODE, _LAST_CODE = "0101", "0899"  # Danish municipalities, past ones too, lie between
# Ten decimal digits in a row that happen to spell a date would read as a personal number, and a reference
# holding one is refused. Letters cannot.
_HEX_TO_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def derived_id(key: bytes, cpr: str, moved_on: date, to_municipality: str) -> str:
    """A stable id for a move whose source gives none: 64 letters, not guessable without the key.

    HMAC-SHA-256 (RFC 2104) over number, date and municipality. A person moving out and in again on another
    day gets another id; moving twice into one municipality on one day is one move.
    """
    message = f"{cpr}|{moved_on.isoformat()}|{to_municipality}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest().translate(_HEX_TO_LETTERS)


def move_from_row(row: Row, settings: MovesExtractSettings, key: Callable[[], bytes]) -> Move:
    """The move a row describes.

    Args:
        row: The row.
        settings: What the columns and values mean.
        key: Gives the key for derived ids; only called where the files have no event id.

    Raises:
        RowError: a value of the row is not what its column is declared to hold.
    """
    cpr, moved_on, to = row.cpr("cpr"), row.day("moved_on"), row.municipality("to_municipality")
    origin = _origin(row, settings)
    return Move(
        id=_event_id(row) if settings.columns.event_id else derived_id(key(), cpr, moved_on, to),
        cpr=cpr,
        moved_on=moved_on,
        origin=origin,
        from_municipality=row.municipality("from_municipality") if origin == "municipality" else None,
        to_municipality=to,
        address_id=row.text("address_id") or None,
    )


def _event_id(row: Row) -> str:
    value = row.required("event_id")
    if contains_personal_number(value):
        raise row.error(
            "event_id",
            "holds a personal number",
            remedy="leave out columns.event_id and set reference_key: ids are then derived",
        )
    if len(value) > _LONGEST_ID or not value.isprintable():
        raise row.error("event_id", f"is no id of at most {_LONGEST_ID} printable characters")
    return value


def _origin(row: Row, settings: MovesExtractSettings) -> Origin:
    if settings.columns.origin:
        return row.choice("origin", settings.origins, "origins")
    code = row.text("from_municipality").casefold()
    declared = {value.strip().casefold() for value in settings.origins}
    if code in declared or not code:
        return row.choice("from_municipality", settings.origins, "origins")
    if not _FIRST_CODE <= row.municipality("from_municipality") <= _LAST_CODE:
        # "0000", the register's administrative codes and Greenland's: what they mean here is not guessed.
        return row.choice("from_municipality", settings.origins, "origins")
    return "municipality"
