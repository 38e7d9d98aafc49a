"""A whole case of Nova's, with every member that we read, damaged anywhere: read, or refused in our words."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector_kmd_nova import KmdNovaSettings
from connector_kmd_nova._answers import case_of, document_of, note_of, task_of
from connector_kmd_nova._shapes import CaseList, DocumentList, TaskList, read
from connector_kmd_nova._words import encoded_note
from rpa_commons.config import SecretRef
from rpa_commons.connectors.http import Answer, UnexpectedAnswerError

MARK = "Hemmelig"
SETTINGS = KmdNovaSettings(
    url="https://nova.example",
    client_id="id",
    client_secret=SecretRef(env="NOVA"),
    units={"unit": {"id": "1", "name": "Unit"}},  # type: ignore[dict-item]
    unit="unit",
)
NOTE = {
    "uuid": "n",
    "approved": True,
    "journalNoteAttributes": {
        "title": MARK,
        "format": "Text",
        "note": encoded_note(MARK),
        "createdTime": "2026-11-02T12:00:00+01:00",
    },
}
CASES = {
    "pagingInformation": {"numberOfRows": 1, "hasMoreRows": False},
    "cases": [
        {
            "common": {"uuid": "c"},
            "caseAttributes": {"title": MARK, "userFriendlyCaseNumber": "S1", "caseDate": "2026-11-02"},
            "state": {"progressState": "Afsluttet"},
            "caseClassification": {"kleNumber": {"code": "27.60.04"}, "proceedingFacet": {"code": "G01"}},
            "sensitivity": {"sensitivity": "F\u00f8lsomme"},
            "caseworker": {"kspIdentity": {"racfId": MARK}},
            "responsibleDepartment": {"losIdentity": {"administrativeUnitId": 1, "fullName": "Unit"}},
            "caseParties": [
                {
                    "identificationType": "CprNummer",
                    "identification": MARK,
                    "participantRole": "Prim\u00e6r",
                    "name": MARK,
                }
            ],
            "journalNotes": {"journalNotes": [NOTE]},
        }
    ],
}
DOCUMENTS = {
    "documents": [
        {
            "documentUuid": "d",
            "title": MARK,
            "sensitivity": "Fortrolige",
            "documentType": "Indg\u00e5ende",
            "approved": True,
            "documentDate": "2026-11-02T00:00:00",
            "fileExtension": "pdf",
        }
    ]
}
TASKS = {
    "taskList": [
        {
            "taskUuid": "t",
            "taskTitle": MARK,
            "taskDescription": MARK,
            "taskStatusCode": "F",
            "taskDeadline": "2026-11-02T00:00:00",
            "taskCreateDate": "2026-11-01T00:00:00",
            "taskCloseDate": "2026-11-02T00:00:00",
            "caseWorker": {"id": "1", "ident": MARK},
        }
    ]
}
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [MARK, "", " ", "9999-12-31T23:59:59-14:00", "0001-01-01", "2026-W01", "..", "a/b", "\u0663\u0663"]
    ),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=9), inside, max_size=3),
    max_leaves=6,
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


def outcome(body: bytes, shape: Any) -> str:
    """What is said of an answer that is refused; empty where all of it is read."""
    try:
        found = read(Answer("kmd-nova", 200, {}, body), shape)
    except UnexpectedAnswerError as error:
        return f"{error!r} {error} {error.remedy}"
    try:
        for case in getattr(found, "cases", ()):
            case_of(case, SETTINGS)
            for note in case.journal_notes.journal_notes if case.journal_notes else ():
                note_of(note)
        for document in getattr(found, "documents", ()):
            document_of(document)
        for task in getattr(found, "task_list", ()):
            task_of(task, SETTINGS)
    except ValueError:  # the connector says this in words of its own, and shows none of the error's
        return "not as recorded"
    return ""


@pytest.mark.parametrize(("shape", "good"), [(CaseList, CASES), (DocumentList, DOCUMENTS), (TaskList, TASKS)])
@given(data=st.data())
@settings(deadline=None, max_examples=100)
def test_anything_anywhere(shape: Any, good: Any, data: st.DataObject) -> None:
    """No exception but ours and a ``ValueError``, which the connector turns into one of ours."""
    body = json.dumps(replaced(good, data.draw(st.sampled_from(places(good))), data.draw(ODD))).encode()

    assert MARK not in outcome(body, shape)


@pytest.mark.parametrize(("shape", "good"), [(CaseList, CASES), (DocumentList, DOCUMENTS), (TaskList, TASKS)])
def test_what_is_damaged_is_whole_to_begin_with(shape: Any, good: Any) -> None:
    """Each answer is read undamaged."""
    assert not outcome(json.dumps(good).encode(), shape)


@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(json.dumps(CASES, ensure_ascii=False).encode("utf-16"))
@example(json.dumps(CASES, ensure_ascii=False).encode("latin-1"))
@example(b'{"cases": [' + b"{}," * 400_000 + b"{}]}")
@example(b'{"pagingInformation": {"numberOfRows": NaN}}')
@settings(deadline=None)
def test_bodies_that_are_no_answer(body: bytes) -> None:
    """Depth, breadth, other encodings and noise are one error of ours."""
    assert outcome(body, CaseList)
