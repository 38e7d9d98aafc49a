"""Reading XML from a caller: UTF-8, no DOCTYPE, nothing fetched, nothing expanded."""

from typing import TYPE_CHECKING

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

from ._refusal import Refusal

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["SMALL", "parse_xml"]

_LIMITS = XmlLimits(size=150 * 1024 * 1024, long_texts=True)
"""A Digital Post message may hold 99.5 MB in base64."""
SMALL = XmlLimits(size=1024 * 1024, markup=20_000)
"""A question: a few elements, no documents."""


def parse_xml(body: bytes, limits: XmlLimits = _LIMITS) -> "etree._Element":
    """The root of a well-formed document.

    Raises:
        Refusal: 400 for anything else, and for a document type declaration.
    """
    try:
        return safe_xml(body, limits=limits)
    except InvalidXmlError as error:
        refused = error
    # Digital Post and SOAP have no use for a document type (SOAP 1.1, section 3).
    if "document type" in refused.problem:
        raise Refusal(400, "doctype", "a document type declaration is not accepted")
    raise Refusal(400, "xml", f"the body is no well-formed XML in UTF-8: {refused.problem}")
