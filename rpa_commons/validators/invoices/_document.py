"""From bytes to what the choice of rules needs: kind, customization, profile, date."""

from datetime import date
from typing import BinaryIO

from lxml import etree

from rpa_commons.validators.xml import XmlLimits, safe_xml

from ._model import Invoice

__all__ = ["LIMITS", "NotAnInvoiceError", "read_invoice"]

LIMITS = XmlLimits()
"""20 MB: attachments inside an invoice included."""

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_BASIC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_KINDS = {f"{{{_UBL}{kind}-2}}{kind}": kind for kind in ("Invoice", "CreditNote")}
_LONGEST = 500  # of an identifier that we compare and show


class NotAnInvoiceError(ValueError):
    """A document is readable, but no UBL invoice or credit note."""

    def __init__(self) -> None:
        super().__init__("it is no UBL 2 Invoice or CreditNote")


def read_invoice(source: bytes | BinaryIO, *, limits: XmlLimits = LIMITS) -> Invoice:
    """A UBL invoice or credit note.

    Raises:
        InvalidXmlError: it is not XML that we read.
        NotAnInvoiceError: it is something else.
    """
    root = safe_xml(source, limits=limits)
    kind = _KINDS.get(root.tag)
    if kind is None:
        raise NotAnInvoiceError
    return Invoice(
        root=root,
        kind=kind,
        customization=_text(root, "CustomizationID"),
        profile=_text(root, "ProfileID"),
        issued=_date(_text(root, "IssueDate")),
    )


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(_BASIC + name) or "").strip()[:_LONGEST]


def _date(text: str) -> date | None:
    # xs:date allows a time zone behind the day.
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
