"""The one door for XML from outside: bounded, UTF-8, without entities, document types or fetching.

Rules this module keeps: nothing is parsed before its size is known to be within the limit, and no more than
one byte above the limit is ever read; a document type is refused before a parser sees it, so no entity
exists; the document is UTF-8 and does not claim to be anything else; how deep and how rich in markup it may
be is bounded, so that a small file cannot become a large tree; nothing of the document stands in a message.

Usage::

    root = safe_xml(answer.body)
    with path.open("rb") as stream:
        root = safe_xml(stream, limits=XmlLimits(size=5 * 1024 * 1024))
"""

import re
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

__all__ = ["InvalidXmlError", "XmlLimits", "read_at_most", "safe_xml"]

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_OTHER_FAMILIES = {  # how a document starts that is not one byte a character; XML 1.0, appendix F
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"<\x00": "UTF-16",
    b"\x00<": "UTF-16",
    b"\x00\x00": "UTF-32",
    b"\x4c\x6f": "EBCDIC",
}
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_READ_AS_UTF8 = ("UTF-8", "UTF8", "US-ASCII", "ASCII")
_LONG = 10_000_000  # libxml2's own limit on one text
_USUAL_DEPTH = 256  # libxml2's own limit


class InvalidXmlError(ValueError):
    """A document is not XML that we read.

    Attributes:
        problem: Why; never text of the document.
        line: The line it was found in, where there is one.
    """

    def __init__(self, problem: str, *, line: int | None = None) -> None:
        super().__init__(f"not readable as XML: {problem}" + (f" (line {line})" if line else ""))
        self.problem = problem
        self.line = line


@dataclass(frozen=True)
class XmlLimits:
    """What a document may be at most."""

    size: int = 20 * 1024 * 1024
    """Bytes."""
    long_texts: bool = False
    """Whether one text may be longer than 10,000,000 bytes, as a letter in base64 is."""
    markup: int = 1_000_000
    """Signs ``<`` and ``=`` in the whole document: an upper bound of elements and attributes, some 100 bytes
    of memory each."""
    depth: int = _USUAL_DEPTH
    """Elements in one another, 256 at most."""


def safe_xml(source: bytes | BinaryIO, *, limits: XmlLimits | None = None) -> etree._Element:
    """The root element of a document, comments and processing instructions left out.

    Args:
        source: The document, or a stream that it is read from (to one byte above the limit at most).
        limits: What it may be at most.

    Raises:
        InvalidXmlError: it is above a limit, not UTF-8, has a document type, or is not well-formed.
    """
    limits = limits or XmlLimits()
    data = source if isinstance(source, bytes) else read_at_most(source, limits.size)
    _refuse_unparsed(data, limits)
    parser = etree.XMLParser(
        # Whatever the document claims: then nothing can be spelt in a way that the searches here miss.
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=limits.long_texts,
    )
    problem, line = "not well-formed", None
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # The parser's own text can quote the document.
        problem, line = _kind_of(error), error.lineno
    except ValueError:
        pass
    else:
        if root.getroottree().docinfo.internalDTD is not None:
            raise InvalidXmlError("it has a document type")
        if (limits.long_texts or limits.depth < _USUAL_DEPTH) and root.xpath(
            f"boolean({'/*' * (limits.depth + 1)})"
        ):
            raise InvalidXmlError(_too_deep(limits.depth))
        return root
    raise InvalidXmlError(problem, line=line)


def read_at_most(stream: BinaryIO, most: int) -> bytes:
    """Everything that a stream holds.

    Raises:
        InvalidXmlError: it holds more than ``most`` bytes; one byte more than these was read.
    """
    pieces, room = [], most + 1
    while room > 0 and (piece := stream.read(min(room, 1 << 20))):
        pieces.append(piece)
        room -= len(piece)
    if room <= 0:
        raise InvalidXmlError(_too_large(most))
    return b"".join(pieces)


def _refuse_unparsed(data: bytes, limits: XmlLimits) -> None:
    """What can be told without a parser, cheapest first."""
    if len(data) > limits.size:
        raise InvalidXmlError(_too_large(limits.size))
    if not data.strip(_SPACE):
        raise InvalidXmlError("it is empty")
    for start, family in _OTHER_FAMILIES.items():
        if data.startswith(start):
            raise InvalidXmlError(f"it is {family}; only UTF-8 is read")
    _refuse_declared(data)
    if _has_document_type(data):
        raise InvalidXmlError("it has a document type")
    if data.count(b"<") + data.count(b"=") > limits.markup:
        raise InvalidXmlError(f"more than {limits.markup} signs of markup")


def _refuse_declared(data: bytes) -> None:
    """An encoding other than UTF-8 in the XML declaration is not read as UTF-8 all the same."""
    found = _DECLARED.match(data.removeprefix(_BOM)[:300])
    if found:
        name = found.group(1).decode("ascii")
        if name.upper() not in _READ_AS_UTF8:
            raise InvalidXmlError(f"it declares the encoding {name}; only UTF-8 is read", line=1)


def _has_document_type(data: bytes) -> bool:
    """Whether a document type stands before the root element, the only place that XML has for it."""
    at = len(_BOM) if data.startswith(_BOM) else 0
    while True:
        while data[at : at + 1] and data[at : at + 1] in _SPACE:
            at += 1
        if data.startswith(b"<!--", at):
            end, length = data.find(b"-->", at + 4), 3
        elif data.startswith(b"<?", at):
            end, length = data.find(b"?>", at + 2), 2
        else:
            return data.startswith(b"<!", at)
        if end < 0:
            return False
        at = end + length


def _kind_of(error: etree.XMLSyntaxError) -> str:
    """The parser's reason in words of ours, for its words hold the document's."""
    text = str(error)
    if "Excessive depth" in text or "Maximum" in text:
        return _too_deep(_USUAL_DEPTH)
    if "too long" in text or "huge" in text.lower():
        return f"a text of more than {_LONG} bytes"
    if "encoding" in text.lower() or "not proper UTF-8" in text:
        return "not UTF-8"
    return "not well-formed"


def _too_large(most: int) -> str:
    return f"more than {most} bytes"


def _too_deep(depth: int) -> str:
    return f"more than {depth} elements in one another"
