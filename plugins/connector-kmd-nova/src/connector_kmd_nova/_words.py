"""Nova's words and the capability's, in both directions; dates and notes as Nova writes them."""

import base64
import binascii
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from rpa_commons.capabilities import Confidentiality, Direction, PartyKind, TaskStatus

__all__ = [
    "CLOSED_STATE",
    "CONFIDENTIALITY",
    "DIRECTION",
    "NEW_STATE",
    "OPEN_STATES",
    "PARTY_KIND",
    "TASK_STATUS",
    "day_of",
    "decoded_note",
    "encoded_note",
    "midnight",
    "moment_of",
    "reversed_words",
    "spelled",
]

CONFIDENTIALITY: Mapping[str, Confidentiality] = MappingProxyType(
    {
        "IkkeFortrolige": "open",
        "Fortrolige": "confidential",
        "Følsomme": "sensitive",
        "SærligFølsomme": "highly-sensitive",
    }
)
DIRECTION: Mapping[str, Direction] = MappingProxyType(
    {
        "Indgående": "incoming",
        "Udgående": "outgoing",
        "Internt": "internal",  # codespell:ignore internt
    }
)
PARTY_KIND: Mapping[str, PartyKind] = MappingProxyType(
    {
        "CprNummer": "person",
        "CvrNummer": "organisation",
        "PNummer": "unit",
        "BfeNummer": "property",
        "Frit": "other",
    }
)
TASK_STATUS: Mapping[str, TaskStatus] = MappingProxyType({"N": "new", "S": "started", "F": "done"})
NEW_STATE, CLOSED_STATE = "Opstaaet", "Afsluttet"
OPEN_STATES = (NEW_STATE, "Oplyst", "Afgjort", "Bestilt", "Udfoert")

_HERE = "Europe/Copenhagen"  # the time of dates that Nova writes without a zone; inferred
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def reversed_words(words: Mapping[str, str]) -> dict[str, str]:
    """Our word -> Nova's."""
    return {ours: theirs for theirs, ours in words.items()}


def midnight(day: date) -> str:
    """A day as recorded calls write it: without a zone."""
    return f"{day.isoformat()}T00:00:00"


def day_of(text: str | None) -> date | None:
    """The day, in Denmark, of a moment that Nova wrote; ``None`` for none.

    Raises:
        ValueError: the text is no moment.
    """
    moment = moment_of(text)
    return moment.astimezone(ZoneInfo(_HERE)).date() if moment else None


def moment_of(text: str | None) -> datetime | None:
    """A moment that Nova wrote, in UTC; ``None`` for none.

    Raises:
        ValueError: the text is no moment.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(_HERE))
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the year 1, an hour ahead of Greenwich
        raise ValueError("no moment that can be told in UTC") from error


def spelled(text: str, letters: Literal["ascii", "all"]) -> str:
    """A note's text in the letters that Nova keeps; the end without blanks."""
    if letters == "all":
        return text.rstrip()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return kept.encode("ascii", "replace").decode().rstrip()


def encoded_note(text: str) -> str:
    """Base64 without padding, which Nova is recorded to corrupt: blanks at the end make the length fit."""
    raw = text.encode()
    return base64.b64encode(raw + b" " * (-len(raw) % 3)).decode()


def decoded_note(text: str) -> str:
    """The text of an encoded note, the end without blanks.

    Raises:
        ValueError: it is no base64, or no UTF-8.
    """
    try:
        return base64.b64decode(text, validate=True).decode().replace("\r\n", "\n").rstrip()
    except binascii.Error as error:
        raise ValueError("a note's text is no base64") from error
