"""GetOrganized's metadata is XML inside JSON: what is hostile in either is refused."""

import json

import pytest

from connector_getorganized._fields import read_row
from connector_getorganized._shapes import Cases, Metadata, read
from rpa_commons.connectors.http import Answer, UnexpectedAnswerError

MARK = "Hemmelig"
HEAD = 'z:row xmlns:z="#RowsetSchema"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ROWS = {
    "laughs": f'<!DOCTYPE z [<!ENTITY l0 "{MARK}">{LAUGHS}]><{HEAD} ows_Title="&l9;"/>',
    "file": f'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><{HEAD}>&x;</z:row>',
    "address": '<!DOCTYPE z SYSTEM "http://127.0.0.1:9/x.dtd"><z:row xmlns:z="#RowsetSchema"/>',
    "deep": '<z:row xmlns:z="#RowsetSchema">' + "<a>" * 20_000,
    "wide": '<z:row xmlns:z="#RowsetSchema">' + "<a/>" * 1_100_000 + "</z:row>",
    "another declared": f'<?xml version="1.0" encoding="utf-16"?><z:row xmlns:z="#RowsetSchema" a="{MARK}"/>',
    "large": f'<z:row xmlns:z="#RowsetSchema" ows_Title="{"x" * 21 * 1024 * 1024}"/>',
    "no character": f'<z:row xmlns:z="#RowsetSchema" ows_Title="{MARK}\ud800"/>',
    "another element": f"<row ows_Title='{MARK}'/>",
}


@pytest.mark.parametrize("kind", ROWS)
def test_hostile_metadata_is_refused(kind: str) -> None:
    """By the one error of the reader, without a word of the metadata."""
    with pytest.raises(ValueError, match=r"^metadata is no z:row element$"):
        read_row(ROWS[kind])


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"CasesInfo": [' + b"{}," * 400_000 + b"{}]}",
        json.dumps({"CasesInfo": []}).encode("utf-16"),
        '{"CasesInfo": [], "a": "\u00e6"}'.encode("latin-1"),
        b'{"CasesInfo": NaN}',
        b"",
    ],
    ids=["deep", "wide", "utf-16", "latin-1", "no number", "nothing"],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    """Depth, breadth and other encodings are our error."""
    with pytest.raises(UnexpectedAnswerError):
        read(Answer("getorganized", 200, {}, body), Cases)


@pytest.mark.parametrize("spelled", ["\\ud800", "\\uDFFF", "\\udc00\\ud800"])
def test_half_a_character_is_no_metadata(spelled: str) -> None:
    """JSON can spell half a character, which no file or database can hold."""
    with pytest.raises(UnexpectedAnswerError, match="no JSON"):
        read(Answer("getorganized", 200, {}, f'{{"Metadata": "{spelled}"}}'.encode()), Metadata)


def test_both_halves_of_a_character_are_one() -> None:
    """What JSON spells in two halves is read."""
    found = read(Answer("getorganized", 200, {}, b'{"Metadata": "\\ud83d\\ude00"}'), Metadata)

    assert found.row == "\U0001f600"
