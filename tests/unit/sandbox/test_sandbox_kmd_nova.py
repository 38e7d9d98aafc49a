"""The simulated Nova, called by hand: it says no where recorded callers show that Nova would."""

import base64
import json
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.kmd_nova import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, make, make_token

CASE, TRANSACTION = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
FORM = {"grant_type": "client_credentials", "scope": "client", **CREDENTIALS}
UNIT = {"losIdentity": {"administrativeUnitId": 818485, "fullName": "Borgerservice", "userKey": "4B"}}
NEW: Mapping[str, Any] = {
    "common": {"transactionId": TRANSACTION, "uuid": CASE},
    "caseAttributes": {"title": "Ansøgning", "caseDate": "2026-11-02T00:00:00"},
    "caseClassification": {"kleNumber": {"code": "27.60.04"}, "proceedingFacet": {"code": "G01"}},
    "state": "Opstaaet",
    "sensitivity": "Fortrolige",
    "caseParties": [
        {
            "identificationType": "CprNummer",
            "identification": "2211771212",
            "participantRole": "Primær",
        }
    ],
    "securityUnit": UNIT,
    "responsibleDepartment": UNIT,
}
QUESTION: Mapping[str, Any] = {
    "common": {"transactionId": TRANSACTION, "uuid": CASE},
    "paging": {"startRow": 1, "numberOfRows": 100},
    "caseGetOutput": {"caseAttributes": {"title": True}, "numberOfJournalNotes": True},
}


class Caller:
    """Whoever calls Nova without our connector."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.verify = str(box.ca_bundle)
        self.token = self.access().json()["access_token"]

    def access(self, **changes: str) -> requests.Response:
        """Ask for a token."""
        address = self.box.url_of("kmd-nova-token") + TOKEN_PATH
        return requests.post(address, data={**FORM, **changes}, verify=self.verify, timeout=5)

    def call(
        self, method: str, path: str, body: Any = None, *, version: str = "1.0-Case", **more: Any
    ) -> requests.Response:
        """Call the API."""
        given = {"json": body, "headers": {"Authorization": f"Bearer {self.token}"}, **more}
        address = f"{self.box.url_of('kmd-nova')}/api/{path}"
        params = {"api-version": version} if version else {}
        return requests.request(method, address, params=params, verify=self.verify, timeout=5, **given)


@pytest.fixture
def nova(tmp_path: Path) -> Iterator[Caller]:
    """One that is called by hand."""
    with Sandbox(tmp_path / "box", seed=7, people=20, only=["kmd-nova"]) as box:
        yield Caller(box)


def changed(body: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value at a path; ``None`` takes it out."""
    copy: dict[str, Any] = json.loads(json.dumps(body))
    *above, name = path.split(".")
    inside = copy
    for step in above:
        inside = inside[step]
    inside[name] = value
    if value is None:
        del inside[name]
    return copy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("common.uuid", None),
        ("common.uuid", "not a uuid"),
        ("common.transactionId", None),
        ("common.transactionId", "1"),
        ("caseAttributes.title", None),
        ("caseAttributes.title", 7),
        ("caseAttributes.title", "half a character \ud800"),
        ("caseAttributes.caseDate", "2. november"),
        ("caseClassification.kleNumber.code", "27-60"),
        ("caseClassification.proceedingFacet", None),
        ("state", "Åben"),
        ("sensitivity", "Hemmelig"),
        ("caseParties", []),
        ("caseParties", {}),
        ("caseParties", ["2211771212"]),
        ("caseAttributes", "Ansøgning"),
        ("responsibleDepartment", None),
        ("caseParties", [{**NEW["caseParties"][0], "identification": "0000000000"}]),
    ],
)
def test_a_case_that_no_recorded_call_looks_like_is_refused(nova: Caller, path: str, value: Any) -> None:
    """Each field that every recorded call sends is needed, in a form that it has there."""
    refused = nova.call("POST", "Case/Import", changed(NEW, path, value))

    assert 400 == refused.status_code
    assert ["refused"] == [entry["outcome"] for entry in nova.box.journal()]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"version": ""}, 400),
        ({"version": "3.0-Case"}, 400),
        ({"headers": {}}, 401),
        ({"headers": {"Authorization": "Bearer made.up"}}, 401),
        ({"headers": {"Authorization": "Basic c2FuZGJveA=="}}, 401),
        ({"json": None, "data": b"{}"}, 401),
        ({"body": [1]}, 400),
    ],
)
def test_a_call_without_version_token_or_object_is_refused(
    nova: Caller, more: dict[str, Any], status: int
) -> None:
    """No api-version, no token or a made up one, no JSON object: nothing is done."""
    if "data" in more:
        more["headers"] = {"Content-Type": "application/json"}

    assert status == nova.call("POST", "Case/Import", **{"body": dict(NEW), **more}).status_code
    assert {} == dict(nova.box.effects("kmd-nova"))


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "openid"}, 400, "invalid_scope"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
    ],
)
def test_a_token_is_for_whoever_knows_the_secret(
    nova: Caller, changes: dict[str, str], status: int, code: str
) -> None:
    """The token service refuses by the codes of RFC 6749."""
    answer = nova.access(**changes)

    assert (status, code) == (answer.status_code, answer.json()["error"])


def test_a_token_ends(tmp_path: Path) -> None:
    """A token whose time is over opens nothing."""
    services = (make, partial(make_token, lifetime=0))
    with Sandbox(tmp_path / "box", seed=7, people=20, only=(), services=services) as box:
        assert 401 == Caller(box).call("PUT", "Case/GetList", QUESTION).status_code


def test_a_list_says_what_it_was_asked_for(nova: Caller) -> None:
    """Only the fields asked for come; a list that would be empty is left out."""
    before = nova.call("PUT", "Case/GetList", QUESTION).json()
    nova.call("POST", "Case/Import", NEW)
    after = nova.call("PUT", "Case/GetList", QUESTION, version="2.0-Case").json()

    assert {"pagingInformation": {"numberOfRows": 0, "hasMoreRows": False}} == before
    assert [
        {"common": {"uuid": CASE}, "caseAttributes": {"title": "Ansøgning"}, "numberOfJournalNotes": 0}
    ] == after["cases"]


@pytest.mark.parametrize("paging", [None, {"startRow": 1}, {"startRow": 1, "numberOfRows": 501}])
def test_a_page_has_one_to_five_hundred_rows(nova: Caller, paging: Any) -> None:
    """Recorded: 1-500."""
    assert 400 == nova.call("PUT", "Case/GetList", changed(QUESTION, "paging", paging)).status_code


@pytest.mark.parametrize(
    ("repeated", "status"),
    [("same-receipt", 200), ("accepts-twice", 200), ("duplicate-error", 409), ("duplicate-error-400", 400)],
)
def test_a_repeated_uuid_is_one_case(tmp_path: Path, repeated: str, status: int) -> None:
    """Whatever Nova says to the second call, there is one case."""
    with Sandbox(tmp_path / "box", seed=7, people=20, repeated=repeated, only=["kmd-nova"]) as box:
        nova = Caller(box)
        statuses = [nova.call("POST", "Case/Import", NEW).status_code for _ in range(2)]

        assert [200, status] == statuses
        assert {CASE: 1} == dict(box.effects("kmd-nova"))


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """Cases and files are there again after the sandbox was stopped, and the token still opens."""
    with Sandbox(tmp_path / "box", seed=7, people=20, only=["kmd-nova"]) as box:
        nova = Caller(box)
        nova.call("POST", "Case/Import", NEW)
    with Sandbox(tmp_path / "box", only=["kmd-nova"]) as box:
        nova.box = box

        assert 1 == nova.call("PUT", "Case/GetList", QUESTION).json()["pagingInformation"]["numberOfRows"]


def test_a_document_needs_its_file_and_its_case(nova: Caller) -> None:
    """Import without an upload, or into no case, is refused; after both it is listed and read."""
    document = str(uuid.UUID(int=3))
    import_ = {
        "common": {"transactionId": TRANSACTION, "uuid": document},
        "caseUuid": CASE,
        "title": "Brev",
        "sensitivity": "Fortrolige",
        "documentType": "Indgående",
        "approved": True,
    }
    upload = f"Document/UploadFile/{TRANSACTION}/{document}"
    statuses = [nova.call("POST", "Document/Import", import_).status_code]
    nova.call("POST", "Case/Import", NEW)
    statuses += [nova.call("POST", "Document/Import", import_).status_code]
    statuses += [nova.call("POST", upload, {"file": "none"}).status_code]
    statuses += [nova.call("POST", "Document/UploadFile/1/2", files={"file": ("b.pdf", b"x")}).status_code]
    statuses += [nova.call("POST", upload, files={"file": ("brev.PDF", b"\r\n--x\r\n")}).status_code]
    statuses += [nova.call("POST", "Document/Import", import_).status_code]
    asked = {"common": {"transactionId": TRANSACTION}, "caseUuid": CASE, "getOutput": {"fileExtension": True}}
    listed = nova.call("PUT", "Document/GetList", asked).json()["documents"]
    file = nova.call("PUT", "Document/GetFile", {"common": import_["common"]})

    assert [400, 400, 415, 400, 200, 200] == statuses
    assert [(document, "pdf")] == [(one["documentUuid"], one["fileExtension"]) for one in listed]
    assert b"\r\n--x\r\n" == file.content


@pytest.mark.parametrize(
    ("text", "kept"),
    [(b"abc", "abc"), (b"abcd", "a"), ("på".encode(), "p??")],
    ids=["whole", "padded", "foreign"],
)
def test_a_note_is_damaged_as_recorded(nova: Caller, text: bytes, kept: str) -> None:
    """Padding and letters beyond ASCII do not come out as they went in."""
    nova.call("POST", "Case/Import", NEW)
    attributes = {"title": "Note", "format": "Text", "note": base64.b64encode(text).decode()}
    note = {"uuid": str(uuid.UUID(int=4)), "journalNoteAttributes": attributes}
    nova.call("PATCH", "Case/Update", {"common": NEW["common"], "journalNotes": [note]})
    wanted = {"journalNotes": {"journalNoteAttributes": {"note": True}}}
    (case,) = nova.call("PUT", "Case/GetList", changed(QUESTION, "caseGetOutput", wanted)).json()["cases"]
    (written,) = case["journalNotes"]["journalNotes"]

    assert kept == base64.b64decode(written["journalNoteAttributes"]["note"]).decode()


def test_names_are_read_in_either_case(nova: Caller) -> None:
    """Recorded calls write ``TaskTypeName`` and ``taskTypeName``: both are taken."""
    nova.call("POST", "Case/Import", NEW)
    task = {
        "Common": {"TransactionId": TRANSACTION, "Uuid": str(uuid.UUID(int=5))},
        "CaseUuid": CASE,
        "Title": "Opgave",
        "StatusCode": "N",
        "Deadline": "2026-12-01T00:00:00",
    }
    statuses = [
        nova.call("POST", "Task/Import", body, version="1.0-Task").status_code
        for body in (task, {**task, "TaskTypeName": "Aktivitet"})
    ]

    assert [400, 200] == statuses


@pytest.mark.parametrize(
    ("path", "value"), [("states", "Opstaaet"), ("states", {"states": "Opstaaet"}), ("caseGetOutput", True)]
)
def test_a_criterion_of_another_kind_is_not_passed_over(nova: Caller, path: str, value: Any) -> None:
    """Whoever asks wrongly is told, and does not get every case."""
    refused = nova.call("PUT", "Case/GetList", {**QUESTION, path: value})

    assert 400 == refused.status_code


@pytest.mark.parametrize("token", ["", ".", "e30.\u00e6", "\u00e6.\u00e6"])
def test_a_token_that_is_none_is_refused(nova: Caller, token: str) -> None:
    """Letters beyond ASCII are no token, either, and no bug."""
    nova.token = token
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    refused = nova.call("PUT", "Case/GetList", QUESTION, headers=headers)

    assert 401 == refused.status_code
    assert "Bearer" == refused.headers["WWW-Authenticate"]


def test_json_is_that_of_its_rfc(nova: Caller) -> None:
    """``NaN`` is none (RFC 8259, section 6)."""
    headers = {"Authorization": f"Bearer {nova.token}", "Content-Type": "application/json"}
    refused = nova.call("PUT", "Case/GetList", None, data=b'{"paging": NaN}', headers=headers)

    assert (400, "json") == (refused.status_code, refused.json()["error"])


@pytest.mark.parametrize(("repeated", "status"), [("same-receipt", 200), ("duplicate-error", 409)])
def test_an_upload_under_a_uuid_that_is_there_changes_nothing(
    tmp_path: Path, repeated: str, status: int
) -> None:
    """The file that came first stays, and the journal says that the second was another one."""
    with Sandbox(tmp_path / "box", seed=7, people=20, repeated=repeated, only=["kmd-nova"]) as box:
        nova = Caller(box)
        path = f"Document/UploadFile/{TRANSACTION}/{CASE}"
        answers = [
            nova.call("POST", path, None, files={"file": ("a.txt", content)}) for content in (b"one", b"two")
        ]
        kept = [file.read_bytes() for file in (tmp_path / "box" / "services" / "kmd-nova").iterdir()]

        assert [200, status] == [answer.status_code for answer in answers]
        assert [b"one"] == kept
        assert box.journal()[-1]["same_content"] is False


def test_documents_at_the_same_time_have_numbers_of_their_own(nova: Caller) -> None:
    """Two calls at a time do not get one number twice."""
    nova.call("POST", "Case/Import", NEW)
    uuids = [str(uuid.UUID(int=100 + n)) for n in range(8)]

    def file(document: str) -> int:
        nova.call(
            "POST", f"Document/UploadFile/{TRANSACTION}/{document}", None, files={"file": ("a.txt", b"x")}
        )
        body = {
            "common": {"transactionId": TRANSACTION, "uuid": document},
            "caseUuid": CASE,
            "title": "Bilag",
            "sensitivity": "Fortrolige",
            "documentType": "Internt",  # codespell:ignore internt
            "documentDate": "2026-11-02T00:00:00",
        }
        return nova.call("POST", "Document/Import", body).status_code

    with ThreadPoolExecutor(len(uuids)) as pool:
        answers = list(pool.map(file, uuids))
    numbers = [entry["entity"]["nova_number"] for entry in nova.box.journal() if entry["kind"] == "document"]

    assert [200] * len(uuids) == answers
    assert len(uuids) == len(set(numbers))


@pytest.mark.parametrize(
    "disposition",
    [
        "",
        'form-data; name="file"',
        'form-data; name="other"; filename="a.txt"',
        "(;filename*=utf-8''%ff%fe;filename*0*=x'y'z;,",
        "form-data; name*0*=\"file\"; name*=x'y'z; filename=a",
    ],
)
def test_a_form_without_a_file_is_refused(nova: Caller, disposition: str) -> None:
    """Also one whose parameters contradict each other (RFC 2231)."""
    form = f"--x\r\nContent-Disposition: {disposition}\r\n\r\nabc\r\n--x--\r\n".encode()
    headers = {"Authorization": f"Bearer {nova.token}", "Content-Type": "multipart/form-data; boundary=x"}
    path = f"Document/UploadFile/{TRANSACTION}/{CASE}"
    refused = nova.call("POST", path, None, data=form, headers=headers)

    assert (400, "file") == (refused.status_code, refused.json()["error"])
