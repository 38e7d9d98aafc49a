"""``<z:row xmlns:z="#RowsetSchema" ows_Title="..."/>``: how GetOrganized takes and gives metadata."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from xml.sax.saxutils import quoteattr

from rpa_commons.validators.xml import InvalidXmlError, safe_xml

__all__ = ["FACET", "KLE", "day_of", "day_text", "part_of", "read_row", "row"]

_ROW = "{#RowsetSchema}row"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
KLE = re.compile(r"(?<![0-9.])[0-9]{2}\.[0-9]{2}\.[0-9]{2}(?![0-9.])", re.ASCII)
FACET = re.compile(r"(?<![A-Za-zÆØÅ0-9])[A-ZÆØÅ][0-9]{2}(?![0-9])")


def row(fields: Mapping[str, str]) -> str:
    """The element that holds these fields; empty ones are left out, since GetOrganized refuses them."""
    held = {name: _NO_XML.sub(" ", value) for name, value in fields.items() if value}
    return f'<z:row xmlns:z="#RowsetSchema"{"".join(f" {n}={quoteattr(v)}" for n, v in held.items())} />'


def read_row(text: str) -> dict[str, str]:
    """Field -> value.

    Raises:
        ValueError: the text is no such element.
    """
    try:
        root = safe_xml(text.encode())
    except (InvalidXmlError, UnicodeEncodeError):
        root = None
    if root is None or root.tag != _ROW:
        raise ValueError("metadata is no z:row element")
    return {str(name): str(value) for name, value in root.attrib.items()}


def day_text(day: date) -> str:
    """A day as recorded metadata shows it."""
    return f"{day.isoformat()} 00:00:00"


def day_of(text: str | None) -> date | None:
    """The day in a date field; ``None`` for an empty one.

    Raises:
        ValueError: it is no date.
    """
    return datetime.fromisoformat(text).date() if text else None


def part_of(text: str, pattern: re.Pattern[str]) -> str:
    """The code in a lookup field such as ``318;#25.02.00 Ejendomsbeskatning``; empty where there is none."""
    found = pattern.search(text)
    return found[0] if found else ""
