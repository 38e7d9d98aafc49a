"""Whatever GetOrganized answers: a shape we know, or an error of ours that shows nothing of it."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector_getorganized import GetOrganizedSettings
from connector_getorganized._answers import case_of, document_of, parties_of
from connector_getorganized._fields import FACET, KLE, day_of, part_of, read_row, row
from connector_getorganized._payloads import marked_name, plain_name
from connector_getorganized._shapes import Cases, Created, Filed, FolderList, Metadata, read
from rpa_commons.capabilities import safe_file_name
from rpa_commons.config import SecretRef
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.http import Answer, UnexpectedAnswerError

PERSONAL = "0706614818"  # a published test number
SETTINGS = GetOrganizedSettings(
    url="https://go.example", user="D\\u", password=SecretRef(env="GO"), case_type="EMN"
)
PATH = "/cases/EMN1/EMN-2026-000001"
LINK = f"Web/GetFileByServerRelativePath(decodedurl='{PATH}/Dokumenter/brev.pdf')"
GOOD: list[tuple[Any, Any]] = [
    (Cases, {"CasesInfo": [{"CaseID": "EMN-2026-000001", "RelativeUrl": PATH, "ItemExists": True}]}),
    (Created, {"CaseID": "EMN-2026-000001", "CaseRelativeUrl": PATH}),
    (Filed, {"DocId": 215820}),
    (Metadata, {"Metadata": row({"ows_Title": PERSONAL})}),
    (FolderList, {"value": [{"odata.editLink": LINK, "ListItemAllFields": {"DocID": 215820}}]}),
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(PERSONAL),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for name, value in inside for place in places(value, (*path, name)))]


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The value with another one at a place."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def refusal(body: bytes, shape: Any) -> str:
    """What is said of an answer that is refused; empty where it is read."""
    try:
        found = read(Answer("getorganized", 200, {}, body), shape)
        for file in getattr(found, "files", ()):
            safe_file_name(file.name)
    except UnexpectedAnswerError as error:
        return f"{error!r} {error.remedy}"
    return ""


@pytest.mark.parametrize(("shape", "good"), GOOD)
@given(data=st.data())
def test_an_answer_that_is_none_is_refused_without_showing_it(
    shape: Any, good: Any, data: st.DataObject
) -> None:
    """Anything at any place of a good answer is read, or refused by field names alone."""
    place = data.draw(st.sampled_from(places(good)))
    body = json.dumps(replaced(good, place, data.draw(anything))).encode()

    assert PERSONAL not in refusal(body, shape)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_refused(body: bytes) -> None:
    """Whatever comes, only our error does."""
    assert refusal(body, Cases)


@given(st.dictionaries(st.from_regex(r"ows_[A-Za-z]{1,20}", fullmatch=True), st.text(), max_size=5))
def test_fields_survive_as_attributes(fields: dict[str, str]) -> None:
    """What XML can hold comes back as it was, whatever it means elsewhere; nothing adds a field."""
    kept = read_row(row(fields))

    assert {name for name, value in fields.items() if value} == set(kept)
    assert all(kept[name] == fields[name] for name in kept if fields[name].isprintable())


@given(st.text())
def test_a_text_that_is_no_row_is_a_value_error(text: str) -> None:
    """Entities, other elements and nonsense are refused by one error."""
    try:
        read_row(text)
    except ValueError:
        return
    assert "RowsetSchema" in text


def test_entities_are_refused() -> None:
    """A document type that defines entities is no metadata."""
    bomb = '<!DOCTYPE z [<!ENTITY a "aaaa">]><z:row xmlns:z="#RowsetSchema" ows_Title="&a;"/>'
    with pytest.raises(ValueError, match="z:row"):
        read_row(bomb)


@given(
    st.dictionaries(st.sampled_from(["ows_CaseID", "ows_Modtaget", "ows_KLENummer", "ows_Dato"]), st.text())
)
def test_metadata_is_read_or_a_value_error(fields: dict[str, str]) -> None:
    """No field makes the readers fail otherwise, and no error shows it."""
    fields["ows_CCMContactData"] = f"Ole;#1;#{PERSONAL};#;#"
    for reader in (
        lambda: case_of("EMN-2026-000001", fields, SETTINGS),
        lambda: document_of(1, "a.pdf", fields),
        lambda: day_of(fields.get("ows_Dato")),
    ):
        try:
            reader()
        except ValueError as error:
            said = str(error)
        else:
            said = ""

        assert PERSONAL not in said


@pytest.mark.parametrize(
    ("text", "kle", "facet"),
    [
        ("318;#25.02.00 Ejendomsbeskatning i almindelighed", "25.02.00", ""),
        ("25.02.00", "25.02.00", ""),
        ("12;#G01 Generelle sager", "", "G01"),
        ("125.02.001", "", ""),
        ("", "", ""),
    ],
)
def test_a_code_is_found_in_its_lookup(text: str, kle: str, facet: str) -> None:
    """A field holds an id, a code and words."""
    assert (kle, facet) == (part_of(text, KLE), part_of(text, FACET))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("Ole;#7;#2211771212;#;#", [("person", "2211771212")]),
        ("Firma;#;#;#29189404;#", [("organisation", "29189404")]),
        ("Afdeling;#;#;#;#1003388394", [("unit", "1003388394")]),
        ("Ole", []),
        ("", []),
    ],
)
def test_a_party_is_read_out_of_its_field(data: str, found: list[tuple[str, str]]) -> None:
    """``name;#ID;#CPR;#CVR;#P-number``."""
    assert found == [(party.kind, party.id) for party in parties_of({"ows_CCMContactData": data})]


@pytest.mark.parametrize(
    "name", ["a." + "x" * 150, "\u00e9" * 99 + ".pdf", "\u20ac" * 60, "a.b.c" + " " * 300 + ".docx"]
)
def test_a_long_name_is_marked_within_what_systems_take(name: str) -> None:
    """SharePoint counts characters and file systems bytes; a long tail behind a dot is no extension."""
    marked = marked_name(name, message_uuid("1" * 64))

    assert len(marked) <= 120
    assert len(marked.encode()) <= 200
    assert safe_file_name(marked) == marked
    assert marked.startswith(name[0])


@example("☃" * 60, "0" * 64)
@given(st.text(min_size=1), st.from_regex("[0-9a-f]{64}", fullmatch=True))
def test_a_marked_name_is_safe_short_and_found_again(name: str, key: str) -> None:
    """One name and one key are one marked name; another key is another; the mark comes off."""
    marked = marked_name(name, message_uuid(key))
    other = marked_name(name, message_uuid("f" * 32 + key[32:]))

    assert safe_file_name(marked) == marked
    assert len(marked) <= 120
    assert marked == marked_name(name, message_uuid(key))
    assert (other == marked) == (message_uuid(key).replace("-", "")[:12] == "f" * 12)
    assert "rpac-" not in plain_name(marked) or "rpac-" in name
