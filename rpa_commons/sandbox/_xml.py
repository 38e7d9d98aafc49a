"""Reading XML from a caller: UTF-8, no DOCTYPE, nothing fetched, nothing expanded."""

from lxml import etree

from ._refusal import Refusal

__all__ = ["parse_xml"]


def parse_xml(body: bytes) -> "etree._Element":
    """The root of a well-formed document.

    Raises:
        Refusal: 400 for anything else, and for a document type declaration.
    """
    # Looked for before parsing, so that no entity is ever read; Digital Post has no use for one.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Refusal(400, "doctype", "a document type declaration is not accepted")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):  # the parser's text could quote the letter
        raise Refusal(400, "xml", "the body is no well-formed XML in UTF-8") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal(400, "doctype", "a document type declaration is not accepted")
    return root
