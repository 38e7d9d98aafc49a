"""XML from the systems we talk to: :mod:`rpa_commons.validators.xml` with room for a letter in base64.

Usage::

    root = parse_xml(answer.body)
"""

from lxml import etree

from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

__all__ = ["InvalidXmlError", "parse_xml"]

_LARGEST = 150 * 1024 * 1024  # bytes; a Digital Post message of 99.5 MB in base64


def parse_xml(data: bytes, *, largest: int = _LARGEST) -> etree._Element:
    """The root element of a UTF-8 document, comments and processing instructions left out.

    Args:
        data: The document.
        largest: Bytes above which it is not read.

    Raises:
        InvalidXmlError: it is too large, not well-formed, not UTF-8, or has a document type.
    """
    return safe_xml(data, limits=XmlLimits(size=largest, long_texts=True))
