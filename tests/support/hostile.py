"""What an attacker sends, for the tests of everything that reads: documents, and one document damaged.

Every text that a test's document holds besides its markup contains ``MARK``, so that one search tells whether
a message quotes it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hypothesis import strategies as st
from lxml import etree

__all__ = ["DOCUMENTS", "MARK", "damaged"]

MARK = "Hemmelig"

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

DOCUMENTS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {
        "laughs": lambda root: (
            f'<!DOCTYPE a [<!ENTITY l0 "{MARK}">{_LAUGHS}]><{root}>&l9;</{root.split()[0]}>'.encode()
        ),
        "quadratic": lambda root: (
            f'<!DOCTYPE a [<!ENTITY x "{MARK * 9000}">]><{root}>{"&x;" * 40_000}</{root.split()[0]}>'.encode()
        ),
        "file": lambda root: (
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root.split()[0]}>'.encode()
        ),
        "address": lambda root: (
            f'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/{MARK}.dtd"><{root}>&x;</{root.split()[0]}>'.encode()
        ),
        "deep": lambda root: (f"<{root}>" + f"<{MARK}>" * 20_000).encode(),
        "wide": lambda root: f"<{root}>{'<b/>' * 1_100_000}</{root.split()[0]}>".encode(),
        "utf-16": lambda root: f"<{root}>{MARK}</{root.split()[0]}>".encode("utf-16"),
        "utf-16 without a mark": lambda root: f"<{root}>{MARK}</{root.split()[0]}>".encode("utf-16-be"),
        "utf-32": lambda root: f"<{root}>{MARK}</{root.split()[0]}>".encode("utf-32"),
        "ebcdic": lambda root: f'<?xml version="1.0"?><{root}>{MARK}</{root.split()[0]}>'.encode("cp037"),
        "utf-7": lambda root: (
            f'<?xml version="1.0" encoding="utf-7"?><{root}>{MARK}</{root.split()[0]}>'.encode()
        ),
        "another declared": lambda root: (
            f'<?xml version="1.0" encoding="iso-8859-1"?><{root}>{MARK} \u00e6</{root.split()[0]}>'.encode(
                "latin-1"
            )
        ),
        "another undeclared": lambda root: f"<{root}>{MARK} \u00e6</{root.split()[0]}>".encode("latin-1"),
        "cut short": lambda root: f"<{root}><b>{MARK}".encode(),
        "nothing": lambda _: b"",
    }
)
"""Kind -> a document whose root is written so (name, and namespaces behind it)."""

_ODD = (
    "", " ", MARK, "0101505555", "2050-02-30", "2050-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "-1",
    "NaN", "9999999999999999.99", "1e999999999", "\u00e6\u00f8\u00e5", "\u0663\u0663", "AAAA", "%%", "true",
    "x" * 5000, "urn:x", "\u2028",
)  # fmt: skip
_ANY = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)
_TEXTS = st.sampled_from(_ODD) | _ANY


def damaged(data: st.DataObject, document: bytes, attributes: tuple[str, ...] = ("schemeID",)) -> bytes:
    """A document, one to three of its elements lost, doubled, moved, emptied or with another text."""
    root = etree.fromstring(document)
    for _ in range(data.draw(st.integers(1, 3))):
        elements = [one for one in root.iter() if isinstance(one.tag, str)]
        one = data.draw(st.sampled_from(elements))
        parent = one.getparent()
        what = data.draw(st.sampled_from(["lose", "double", "move", "empty", "text", "attribute"]))
        if what == "lose" and parent is not None:
            parent.remove(one)
        elif what == "double" and parent is not None:
            parent.append(etree.fromstring(etree.tostring(one, with_tail=False)))
        elif what == "move" and parent is not None:
            root.append(one)
        elif what == "empty":
            for child in list(one):
                one.remove(child)
        elif what == "attribute":
            one.set(data.draw(st.sampled_from(attributes)), data.draw(_TEXTS))
        else:
            one.text = data.draw(_TEXTS)
    return etree.tostring(root)
