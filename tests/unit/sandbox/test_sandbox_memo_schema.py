"""The sandbox and MeMo_core.xsd: with the official schema it validates, without it says that it does not."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from rpa_commons.cli.sandbox._up import _list_services
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


def test_a_damaged_one_is_said(start: Callable[..., Sandbox], small: Path) -> None:
    """The sandbox starts, and says by what it does not validate."""
    core = small.joinpath("memo", "xsd", "Version1.2", "MeMo_core.xsd")
    for content in (b"", b"<x/>", core.read_bytes()[:-20]):
        core.write_bytes(content)
        box = start(schemas=small)
        box.stop()

        assert "MeMo_core.xsd of the folder given is no whole schema" in box.services["sf1601"].unvalidated
        assert "" == box.services["sf1601"].validated


def test_what_is_validated_in_part_is_said(
    start: Callable[..., Sandbox], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By ``up`` and on the page: by which schema letters are, and what is not."""
    box = start(schemas=small)
    _list_services(box, None)
    page = requests.get(box.page_url, timeout=5).text

    assert "sf1601 validates letters by MeMo_core.xsd, not all: " in capsys.readouterr().out
    assert "letters by MeMo_core.xsd; else no: " in page


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
