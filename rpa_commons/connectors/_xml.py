"""XML from outside: no document type, no entities, no network, a limit on size.

Usage::

    root = parse_xml(answer.body)
"""

from lxml import etree

__all__ = ["InvalidXmlError", "parse_xml"]

_LARGEST = 150 * 1024 * 1024  # bytes; a Digital Post message of 99.5 MB in base64


class InvalidXmlError(ValueError):
    """A document is not XML that we read.

    Attributes:
        problem: Why; never text of the document.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(f"not readable as XML: {problem}")
        self.problem = problem


def parse_xml(data: bytes, *, largest: int = _LARGEST) -> etree._Element:
    """The root element of a UTF-8 document, comments and processing instructions left out.

    Args:
        data: The document.
        largest: Bytes above which it is not read.

    Raises:
        InvalidXmlError: it is too large, not well-formed, not UTF-8, or has a document type.
    """
    if len(data) > largest:
        raise InvalidXmlError(f"more than {largest} bytes")
    # A document type is where entities come from. It is looked for before parsing; the parser is held to
    # UTF-8, whatever encoding the document claims, so none can be spelt in a way that this search misses.
    if b"<!DOCTYPE" in data:
        raise InvalidXmlError("it has a document type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        # Lifts the limit of 10 MB on one text, which a letter in base64 exceeds; the entities that this limit
        # also guards against cannot occur.
        huge_tree=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
    raise InvalidXmlError("not well-formed" + (f" (line {line})" if line else ""))
