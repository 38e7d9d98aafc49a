"""From an engine's XPath to the element, its line and a path that people read."""

import pytest

from rpa_commons.validators.invoices import Place
from rpa_commons.validators.invoices._places import place_of
from rpa_commons.validators.xml import safe_xml

DOCUMENT = b"""<Invoice xmlns="urn:i" xmlns:cac="urn:a" xmlns:cbc="urn:b" xmlns:x="urn:b">
<cbc:ID>1</cbc:ID>
<cac:Line><cbc:ID>1</cbc:ID></cac:Line>
<cac:Line><cbc:ID>2</cbc:ID>
<x:ID scheme="s">3</x:ID></cac:Line>
</Invoice>"""


def iso(*steps: tuple[str, str, int]) -> str:
    """As a stylesheet of ISO Schematron writes it."""
    return "".join(f"/*:{name}[namespace-uri()='{space}'][{count}]" for name, space, count in steps)


@pytest.mark.parametrize(
    ("xpath", "path", "line"),
    [
        (iso(("Invoice", "urn:i", 1)), "/Invoice", 1),
        (iso(("Invoice", "urn:i", 1), ("Line", "urn:a", 2)), "/Invoice/cac:Line[2]", 4),
        (
            iso(("Invoice", "urn:i", 1), ("Line", "urn:a", 2), ("ID", "urn:b", 2)),
            "/Invoice/cac:Line[2]/x:ID[2]",
            5,
        ),
        (
            iso(("Invoice", "urn:i", 1), ("Line", "urn:a", 2), ("ID", "urn:b", 2)) + "/@scheme",
            "/Invoice/cac:Line[2]/x:ID[2]/@scheme",
            5,
        ),
        (
            "/*:Invoice[namespace-uri()='urn:i'][1]/@*[local-name()='q' and namespace-uri()='']",
            "/Invoice/@q",
            1,
        ),
        ("/Q{urn:i}Invoice[1]/Q{urn:a}Line[1]/Q{urn:b}ID[1]", "/Invoice/cac:Line[1]/cbc:ID", 3),
        ("/Q{urn:i}Invoice[1]/Q{urn:a}Line[1]/@Q{}code", "/Invoice/cac:Line[1]/@code", 3),
        ("/Invoice[1]/cac:Line[2]/x:ID[1]", "/Invoice/cac:Line[2]/x:ID[2]", 5),
        ("/*/cac:Line[2]/cbc:ID", "/Invoice/cac:Line[2]/cbc:ID[1]", 4),
        ("/*/*[3]", "/Invoice/cac:Line[2]", 4),
        ("/*[local-name()='Invoice' and namespace-uri()='urn:i'][1]", "/Invoice", 1),
    ],
)
def test_a_place_in_each_engines_words(xpath: str, path: str, line: int) -> None:
    """Positions are shown where an element has brothers of its name."""
    assert Place(path, line) == place_of(safe_xml(DOCUMENT), xpath)


@pytest.mark.parametrize(
    ("xpath", "path"),
    [
        ("/Invoice/cac:Line[9]/cbc:ID", "/Invoice"),
        ("/Invoice/other:Line", "/Invoice"),
        ("/Invoice/following::*", "/Invoice"),
        ("/Other", ""),
        ("/", ""),
        ("", ""),
        ("count(//*)", ""),
    ],
)
def test_what_is_not_understood_ends_at_the_last_element_that_was(xpath: str, path: str) -> None:
    """A rule of somebody else's never makes the check fail by its path."""
    assert path == place_of(safe_xml(DOCUMENT), xpath).path


def test_a_place_among_very_many_is_found_by_the_parser() -> None:
    """A hostile invoice has sixty thousand lines, each with a finding."""
    document = b'<a xmlns:p="urn:p">' + b"<p:b/>\n" * 60_000 + b"</a>"
    root = safe_xml(document)

    for xpath in ("/a/p:b[59999]", "/*/*[59999]", "/*:a[namespace-uri()=''][1]/Q{urn:p}b[59999]"):
        assert Place("/a/p:b[59999]", 59_999) == place_of(root, xpath)
