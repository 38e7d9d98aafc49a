"""Whatever Nova answers: a shape we know, or an error of ours that shows nothing of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kmd_nova import KmdNovaSettings
from connector_kmd_nova._answers import case_of, document_of, task_of
from connector_kmd_nova._payloads import file_form, is_uuid
from connector_kmd_nova._shapes import CaseList, DocumentList, TaskList, read
from connector_kmd_nova._words import day_of, decoded_note, encoded_note, moment_of, spelled
from rpa_commons.capabilities import NewDocument
from rpa_commons.config import SecretRef
from rpa_commons.connectors.http import Answer, UnexpectedAnswerError

PERSONAL = "0706614818"  # a published test number
SETTINGS = KmdNovaSettings(
    url="https://nova.example",
    client_id="id",
    client_secret=SecretRef(env="NOVA"),
    units={"unit": {"id": "1", "name": "Unit"}},  # type: ignore[dict-item]
    unit="unit",
)
CASE = {
    "common": {"uuid": "c"},
    "caseAttributes": {"title": PERSONAL, "userFriendlyCaseNumber": "S2026-1", "caseDate": "2026-11-02"},
    "state": {"progressState": "Oplyst"},
    "caseClassification": {"kleNumber": {"code": "27.60.04"}},
    "caseParties": [
        {"identificationType": "CprNummer", "identification": PERSONAL, "participantRole": "Primær"}
    ],
}
DOCUMENT = {"documentUuid": "d", "title": PERSONAL, "fileExtension": "pdf", "documentDate": "2026-11-02"}
TASK = {"taskUuid": "t", "taskTitle": PERSONAL, "taskStatusCode": "N", "taskDeadline": "2026-11-02T00:00:00"}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(PERSONAL),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)
SHAPES = [(CaseList, "cases", CASE), (DocumentList, "documents", DOCUMENT), (TaskList, "taskList", TASK)]


def answer(body: bytes) -> Answer:
    """A whole answer."""
    return Answer("kmd-nova", 200, {}, body)


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


@pytest.mark.parametrize(("shape", "name", "row"), SHAPES)
@given(data=st.data())
def test_an_answer_that_is_none_is_refused_without_showing_it(
    shape: Any, name: str, row: Any, data: st.DataObject
) -> None:
    """Anything at any place of a good answer is read, or refused by field names alone."""
    good = {name: [row], "pagingInformation": {"numberOfRows": 1, "hasMoreRows": False}}
    place = data.draw(st.sampled_from(places(good)))
    body = json.dumps(replaced(good, place, data.draw(anything))).encode()

    assert PERSONAL not in refusal(body, shape)


def refusal(body: bytes, shape: Any) -> str:
    """What is said of an answer that is refused; empty where it is read."""
    try:
        listed = read(answer(body), shape)
        for one in getattr(listed, "cases", ()):
            case_of(one, SETTINGS)
        for one in getattr(listed, "documents", ()):
            document_of(one)
        for one in getattr(listed, "task_list", ()):
            task_of(one, SETTINGS)
    except (UnexpectedAnswerError, ValueError) as error:  # the latter: the connector says it in its own words
        return f"{error!r} {getattr(error, 'remedy', '')}"
    return ""


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_refused(body: bytes) -> None:
    """Whatever comes, only our error does."""
    try:
        read(answer(body), CaseList)
    except UnexpectedAnswerError:
        return
    raise AssertionError("bytes were taken for a list of cases")


@given(st.text())
def test_a_moment_is_one_or_a_value_error(text: str) -> None:
    """No text makes the readers of dates fail otherwise."""
    for reader in (day_of, moment_of):
        try:
            reader(text)
        except ValueError:
            continue


@given(st.text())
def test_a_note_is_encoded_without_padding_and_read_back(text: str) -> None:
    """What is spelled in the letters Nova keeps survives, but for blanks at the end."""
    kept = spelled(text, "ascii").replace("\r\n", "\n").rstrip()
    encoded = encoded_note(kept)

    assert kept.isascii()
    assert not encoded.endswith("=")
    assert kept == decoded_note(encoded)


@given(st.text())
def test_what_is_no_note_is_a_value_error(text: str) -> None:
    """No text makes the reader of notes fail otherwise."""
    try:
        decoded_note(text)
    except ValueError:
        return


@given(st.text(min_size=1, max_size=60), st.binary(min_size=1, max_size=300))
def test_an_upload_is_one_field_whatever_its_name(name: str, content: bytes) -> None:
    """A hostile file name opens no second header or field."""
    form, kind = file_form(NewDocument(title="t", file_name=name, content=content))
    boundary = b"--" + kind.partition("boundary=")[2].encode()
    head, _, rest = form.partition(b"\r\n\r\n")

    assert form.count(boundary) == 2
    assert len(head.split(b"\r\n")) == 3
    assert content == rest[: len(content)]


@given(st.text())
def test_only_a_uuid_is_one(text: str) -> None:
    """An id in another form is not taken for one of Nova's."""
    assert not is_uuid(text) or len(text) == 36
