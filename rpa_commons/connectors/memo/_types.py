"""The data types of MeMo (MeMo_dataTypes.xsd): what a text may be, and how a value is written."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

__all__ = ["READERS", "WRITERS", "Comment", "Language", "Notification", "Text", "Uri", "UtcTime", "Uuid"]

# XML 1.0, 2.2: the characters a document may hold; what is left out cannot be written at all.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?[0-9]*Z", re.ASCII)


def _writable(text: str) -> str:
    if _UNWRITABLE.search(text):
        raise ValueError("it holds a control character")
    return text


def _utc(time: datetime) -> datetime:
    if time.utcoffset() != timedelta(0):
        raise ValueError("a time must be aware and in UTC")
    return time


_Plain = AfterValidator(_writable)
Text = Annotated[str, StringConstraints(max_length=256), _Plain]
"""``memoTextType``."""
Notification = Annotated[str, StringConstraints(max_length=160), _Plain]
"""``memoNotificationType``; the guidance allows 150, which is checked for what we send."""
Comment = Annotated[str, StringConstraints(max_length=512), _Plain]
"""``memoCommentType``."""
Uri = Annotated[str, StringConstraints(max_length=256), _Plain]
"""``memoUriType``; non-ASCII letters are allowed, as in the official example."""
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
"""``memoLanguageType``: two letters (ISO 639-1)."""
Uuid = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-4[a-fA-F0-9]{3}-[aAbB89][a-fA-F0-9]{3}-[a-fA-F0-9]{12}$"
    ),
]
"""``memoUuidType``: the shape of version 4."""
UtcTime = Annotated[datetime, AfterValidator(_utc)]
"""``memoDateTimeType``: ends in Z."""


def _read_bool(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.strip()]


def _read_time(text: str) -> datetime:
    match = _DATE_TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    return datetime.fromisoformat(text.strip()[:19] + (match[1] or "")).replace(tzinfo=UTC)


def _read_bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError from error


READERS: Mapping[type, tuple[Callable[[str], Any], str]] = MappingProxyType(
    {
        str: (str, "text"),
        bool: (_read_bool, "true or false"),
        date: (lambda text: date.fromisoformat(text.strip()), "a date"),
        datetime: (_read_time, "a time that ends in Z"),
        bytes: (_read_bytes, "base64"),
    }
)
"""Type -> how its text is read (``ValueError`` or ``KeyError`` when it cannot be), and what it should be."""

WRITERS: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {
        str: str,
        bool: lambda value: "true" if value else "false",
        date: date.isoformat,
        datetime: lambda value: value.isoformat().replace("+00:00", "Z"),
        bytes: lambda value: base64.b64encode(value).decode(),
    }
)
"""Type -> how a value is written."""
