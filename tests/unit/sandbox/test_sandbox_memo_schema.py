"""The sandbox and MeMo_core.xsd: with the official schema it validates, without it says that it does not."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox._memo_schema import MemoSchema
from rpa_commons.sandbox._refusal import Refusal

SMALL = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="https://DigitalPost.dk/MeMo-1"
 xmlns:dt="urn:types" xmlns:kle="http://kle-online.dk/" targetNamespace="https://DigitalPost.dk/MeMo-1"
 elementFormDefault="qualified">
 <xs:import namespace="urn:types" schemaLocation="../MeMo_dataTypes.xsd"/>
 <xs:import namespace="http://kle-online.dk/" schemaLocation="../MeMo_kle.xsd"/>
 <xs:element name="Message"><xs:complexType><xs:sequence>
  <xs:element name="label" type="dt:memoTextType"/><xs:element ref="kle:KLEdata" minOccurs="0"/>
 </xs:sequence></xs:complexType></xs:element></xs:schema>"""
TYPES = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:types">
 <xs:simpleType name="memoTextType"><xs:restriction base="xs:string"><xs:maxLength value="3"/>
 </xs:restriction></xs:simpleType></xs:schema>"""


def message(inside: str) -> Any:
    """A message of the small schema."""
    return etree.fromstring(f'<Message xmlns="https://DigitalPost.dk/MeMo-1">{inside}</Message>')


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of schemas with a small core, and nothing of what it imports."""
    core = tmp_path / "schemas" / "memo" / "xsd" / "Version1.2" / "MeMo_core.xsd"
    core.parent.mkdir(parents=True)
    core.write_text(SMALL)
    return tmp_path / "schemas"


def test_what_is_imported_and_missing_is_stood_in_for(small: Path) -> None:
    """The core keeps its teeth; the missing schemas are named and let everything pass."""
    schema = MemoSchema(small)
    schema.check(message('<label>long</label><KLEdata xmlns="http://kle-online.dk/"><a/></KLEdata>'))

    assert ("MeMo_dataTypes.xsd", "MeMo_kle.xsd") == schema.missing
    with pytest.raises(Refusal, match=r"400 memo-schema: MeMo_core\.xsd refuses secret"):
        schema.check(message("<secret>Mette</secret>"))


def test_what_lies_beside_it_is_used(small: Path) -> None:
    """A data type that is there is checked, and the refusal shows no value."""
    (small / "memo" / "xsd" / "MeMo_dataTypes.xsd").write_text(TYPES)
    schema = MemoSchema(small)

    assert ("MeMo_kle.xsd",) == schema.missing
    with pytest.raises(Refusal) as caught:
        schema.check(message("<label>Mette</label>"))
    assert "label" in caught.value.text
    assert "Mette" not in caught.value.text


@pytest.mark.parametrize("given", [False, True], ids=["no folder", "a folder without MeMo"])
def test_without_it_the_sandbox_says_so(start: Callable[..., Sandbox], tmp_path: Path, given: bool) -> None:
    """No schemas, or none of MeMo among them: rules of our own, and a sentence on the page."""
    box = start(schemas=tmp_path if given else None)

    assert "written down in the sandbox" in box.services["sf1601"].unvalidated


@pytest.mark.specs
@pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files")
def test_with_it_a_request_is_validated(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """A good letter passes the official schema too; broken in one place, the schema refuses its message."""
    schemas = Path(os.environ["RPAC_SPECS"])
    good = good_letter()
    found = etree.fromstring(good)[1]
    MemoSchema(schemas).check(found)
    found[0].append(etree.fromstring('<memo:label xmlns:memo="https://DigitalPost.dk/MeMo-1">x</memo:label>'))

    assert 200 == calling(start(schemas=schemas)).send(good).status_code
    with pytest.raises(Refusal, match="memo-schema"):
        MemoSchema(schemas).check(found)
