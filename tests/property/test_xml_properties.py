"""Whatever comes in: an answer or our own error, and nothing of the document in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.validators.invoices import InvoiceChecker
from rpa_commons.validators.invoices._places import place_of
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml
from rpa_commons.validators.xsd import XmlSchema
from tests.unit.validators.invoices.invoice_packs import BASIC, SVRL, invoice, rules

_PIECES = st.sampled_from(
    [
        b"<a>", b"</a>", b"<b c='1'/>", b"<!DOCTYPE a>", b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b"&e;", b"<!--",
        b"-->", b"<?x", b"?>", b"<?xml version='1.0'?>", b"<![CDATA[", b"]]>", b"\xef\xbb\xbf",
        b"\x00", b"\xff\xfe", "æ".encode(), b"secret", b" ", b"\n", b"encoding='utf-16'",
    ]
)  # fmt: skip
_DOCUMENTS = st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=12).map(b"".join))
_XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_SCHEMA = f"""<xs:schema {_XS}><xs:element name="a"><xs:complexType><xs:sequence>
<xs:element name="date" type="xs:date"/><xs:element name="code"><xs:simpleType>
<xs:restriction base="xs:string"><xs:enumeration value="x"/></xs:restriction></xs:simpleType></xs:element>
<xs:element name="short"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="2"/>
<xs:pattern value="[a-c]*"/></xs:restriction></xs:simpleType></xs:element>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
_VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cc", "Cs")), max_size=40
)


@given(_DOCUMENTS)
def test_any_bytes_are_a_root_or_refused(data: bytes) -> None:
    """No other exception, and a message without what was read."""
    try:
        safe_xml(data, limits=XmlLimits(size=150))
    except InvalidXmlError as error:
        said = str(error)
    else:
        said = ""
    assert "secret" not in said
    if not said:
        assert b"<!DOCTYPE" not in re.sub(
            rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", b"", data, flags=re.DOTALL
        )


@pytest.fixture(scope="module")
def schema() -> XmlSchema:
    """A schema with the kinds of rule that quote values."""
    return XmlSchema({"a.xsd": _SCHEMA.encode()}, "a.xsd")


@given(value=_VALUES)
def test_no_value_stands_in_a_problem(schema: XmlSchema, value: str) -> None:
    """The number is in every value; whatever stands around it, it is in no message."""
    text = f"{value}0706614818{value}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    document = f"<a><date>{text}</date><code>{text}</code><short>{text}</short></a>"

    problems = schema.problems(safe_xml(document.encode()))

    assert problems
    assert [] == [one for one in problems if "0706614818" in one.text + one.path]


@given(st.text(max_size=80))
def test_any_path_of_an_engine_is_a_place(xpath: str) -> None:
    """Somebody else's words never stop a check."""
    place = place_of(safe_xml(b"<a><b/></a>"), xpath)

    assert ("" == place.path) == (place.line is None)


@pytest.fixture(scope="module")
def checker() -> InvoiceChecker:
    """With one small rule set."""
    return InvoiceChecker([rules(SVRL)])


@given(data=_DOCUMENTS, at=st.integers(0, 400))
def test_any_invoice_has_a_verdict(checker: InvoiceChecker, data: bytes, at: int) -> None:
    """Whole, broken, or an invoice with something thrown in: a report, never an exception."""
    whole = invoice(notes=("a", "b"))

    report = checker.check(whole[:at] + data + whole[at:])

    assert report.verdict in {"accepted", "refused", "unchecked"}
    assert ("XML" in {one.rule for one in report.findings}) == (not report.kind)
    assert BASIC.encode() in whole
