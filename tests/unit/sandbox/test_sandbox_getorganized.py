"""The simulated GetOrganized, called by hand: NTLM really done, and the recorded pairs in the same shape."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree
from requests_ntlm import HttpNtlmAuth

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.getorganized import DOMAIN, PASSWORD, USER
from rpa_commons.sandbox.getorganized._md4 import md4

ROW = '<z:row xmlns:z="#RowsetSchema"{} />'
BYTES = list(b"PNG")
SPECS = Path(os.environ.get("RPAC_SPECS", "."))


class Caller(requests.Session):
    """Whoever calls GetOrganized without our connector."""

    def __init__(self, box: Sandbox, password: str = PASSWORD) -> None:
        super().__init__()
        self.box = box
        self.trust_env = False  # an authority in the environment would be trusted instead
        self.verify = str(box.ca_bundle)
        self.auth = HttpNtlmAuth(f"{DOMAIN}\\{USER}", password)

    def ask(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        """POST a body, or GET without one."""
        address = self.box.url_of("getorganized") + path
        return self.request("GET" if body is None else "POST", address, json=body, timeout=5, **more)

    def case(self, prefix: str = "GEO", fields: str = ' ows_Title="Sag"') -> str:
        """Open one."""
        body = {"CaseTypePrefix": prefix, "MetadataXml": ROW.format(fields)}
        return str(self.ask("/_goapi/Cases", body).json()["CaseID"])

    def document(self, case: str, name: str = "pipfugl.png", **changes: Any) -> requests.Response:
        """File one."""
        body = {
            "bytes": BYTES,
            "CaseId": case,
            "ListName": "Dokumenter",
            "FolderPath": "",
            "FileName": name,
            "Metadata": ROW.format(""),
            "Overwrite": True,
        }
        return self.ask("/_goapi/Documents/AddToDocumentLibrary", {**body, **changes})


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with GetOrganized alone."""
    with Sandbox(tmp_path / "box", seed=7, people=20, only=["getorganized"]) as running:
        yield running


@pytest.fixture
def go(box: Sandbox) -> Iterator[Caller]:
    """Whoever is let in."""
    with Caller(box) as caller:
        yield caller


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        ("1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_is_that_of_its_rfc(text: str, digest: str) -> None:
    """RFC 1320, A.5."""
    assert digest == md4(text.encode()).hex()


def test_a_connection_that_shook_hands_is_let_in(go: Caller) -> None:
    """An independent NTLM client opens the door, once for a connection."""
    first, second = go.ask("/_goapi/Cases/FindByCaseProperties", {}), go.ask("/_goapi/Cases/Metadata/X")

    assert (400, 404) == (first.status_code, second.status_code)
    assert (2, 0) == (len(first.history), len(second.history))


@pytest.mark.parametrize("token", ["", "NTLM", "NTLM !", "NTLM TlRMTVNTUAA=", "Basic c2FuZGJveDpzYW5kYm94"])
def test_whoever_does_not_shake_hands_stays_outside(box: Sandbox, token: str) -> None:
    """No token, half a one, or another scheme: 401 and an invitation to NTLM."""
    headers = {"Authorization": token} if token else {}
    address = box.url_of("getorganized") + "/_goapi/Cases/Metadata/X"
    answer = requests.get(address, headers=headers, verify=str(box.ca_bundle), timeout=5)

    assert (401, "NTLM") == (answer.status_code, answer.headers["WWW-Authenticate"])


def test_a_wrong_password_stays_outside(box: Sandbox) -> None:
    """The proof of another password is none."""
    with Caller(box, password="guessed") as caller:  # noqa: S106 - it opens nothing
        answer = caller.ask("/_goapi/Cases", {"CaseTypePrefix": "GEO", "MetadataXml": ROW.format("")})

    assert 401 == answer.status_code
    assert [] == box.journal()


def test_a_proof_is_good_once(go: Caller, box: Sandbox) -> None:
    """What one connection proved opens no other one."""
    go.auth = Eavesdropped(f"{DOMAIN}\\{USER}", PASSWORD)
    go.ask("/_goapi/Cases/Metadata/X")
    address = box.url_of("getorganized") + "/_goapi/Cases/Metadata/X"
    headers = {"Authorization": go.auth.proof}
    answer = requests.get(address, headers=headers, verify=str(box.ca_bundle), timeout=5)

    assert go.auth.proof.startswith("NTLM ")
    assert 401 == answer.status_code


class Eavesdropped(HttpNtlmAuth):  # type: ignore[misc]
    """Remembers what was sent last."""

    proof = ""

    def response_hook(self, r: requests.Response, **kwargs: Any) -> requests.Response:
        """Shake hands and listen."""
        answer: requests.Response = super().response_hook(r, **kwargs)
        self.proof = str(answer.request.headers.get("Authorization", ""))
        return answer


def test_cases_are_found_by_their_fields(go: Caller) -> None:
    """Equal or contains, all of them, in the types asked for."""
    one, two = go.case(fields=' ows_Title="Sag en"'), go.case(fields=' ows_Title="Sag to"')
    go.case("BOR", ' ows_Title="Sag en"')

    def found(value: str, comparison: str) -> list[str]:
        field = {"InternalName": "ows_Title", "Value": value, "ComparisonType": comparison}
        body = {"FieldProperties": [field], "CaseTypePrefixes": ["GEO"], "LogicalOperator": "AND"}
        answer = go.ask("/_goapi/cases/findbycaseproperties", body).json()
        return [case["CaseID"] for case in answer["CasesInfo"]]

    assert [one] == found("Sag en", "Equal")
    assert [one, two] == found("Sag ", "Contains")
    assert [] == found("Sag", "Equal")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"CaseId": "GEO-2026-999999"}, 404),
        ({"CaseId": None}, 400),
        ({"bytes": None}, 400),
        ({"bytes": [256]}, 400),
        ({"bytes": "no base64!"}, 400),
        ({"FileName": "a/b.png"}, 400),
        ({"Metadata": "<row/>"}, 400),
        ({"Metadata": "<!DOCTYPE z><z:row xmlns:z='#RowsetSchema'/>"}, 400),
        ({"ListName": "Andet"}, 400),
    ],
)
def test_a_document_that_no_recorded_call_looks_like_is_refused(
    go: Caller, changes: dict[str, Any], status: int
) -> None:
    """Nothing is filed, and the journal says why."""
    refused = go.document(go.case(), **changes)

    assert status == refused.status_code
    assert ["accepted", "refused"] == [entry["outcome"] for entry in go.box.journal()]


def test_a_case_on_somebody_who_may_exist_is_refused(go: Caller) -> None:
    """A sandbox folder never holds a number that may be somebody's."""
    fields = ' ows_CCMContactData="Navn;#;#0000000000;#;#"'
    body = {"CaseTypePrefix": "BOR", "MetadataXml": ROW.format(fields)}

    assert 400 == go.ask("/_goapi/Cases", body).status_code


def test_a_name_that_is_taken_is_overwritten_or_refused(go: Caller) -> None:
    """``Overwrite`` decides, and a finalised document stays as it is."""
    case = go.case()
    first = go.document(case).json()["DocId"]
    again = go.document(case, bytes=list(b"new")).json()["DocId"]
    kept = go.document(case, Overwrite=False).status_code
    finalise = {"DocumentIds": [first], "ShouldCloseOpenTasks": False}
    go.ask("/_goapi/Documents/MarkMultipleAsCaseRecord/ByDocumentId", {"DocumentIds": [first]})
    go.ask("/_goapi/Documents/FinalizeMultiple/ByDocumentId", finalise)

    assert (first, 409, 409) == (again, kept, go.document(case).status_code)
    assert b"new" == go.ask(f"/_goapi/Documents/DocumentBytes/{first}").content


def test_a_case_is_closed_and_opened_again(go: Caller, tmp_path: Path) -> None:
    """Its status follows, also after a restart."""
    case = go.case()
    statuses = []
    for call in ("CloseCase", "OpenCase", "CloseCase"):
        go.ask(f"/_goapi/Cases/{call}", {"CaseId": case, "Reason": "test"})
        statuses.append(fields_of(go, f"/_goapi/Cases/Metadata/{case}")["ows_CaseStatus"])
    go.box.stop()
    with Sandbox(tmp_path / "box", only=["getorganized"]) as again, Caller(again) as caller:
        statuses.append(fields_of(caller, f"/_goapi/Cases/Metadata/{case}")["ows_CaseStatus"])

    assert ["Lukket", "Åben", "Lukket", "Lukket"] == statuses


def fields_of(go: Caller, path: str) -> dict[str, str]:
    """The metadata at an address."""
    return dict(etree.fromstring(go.ask(path).json()["Metadata"]).attrib)  # type: ignore[arg-type]


def test_a_contact_is_somebody_of_the_town(go: Caller) -> None:
    """Name and id by number; an unknown number is an empty object."""
    person = next(iter(go.box.people))
    answers = [
        go.post(
            go.box.url_of("getorganized") + "/borgersager/_goapi/contacts/readitem",
            data={"Id": number, "ContactDataFieldName": "CCMContactData"},
            timeout=5,
        ).json()
        for number in (person.cpr, "0000000000")
    ]

    assert {"FullName", "ID"} == set(answers[0])
    assert {} == answers[1]


def test_answers_have_the_recorded_names(go: Caller) -> None:
    """Where the recorded pairs are not at hand, at least their names are."""
    case = go.case("AKT")
    number = go.document(case).json()["DocId"]
    found = go.ask("/_goapi/Cases/FindCases", FIND_CASES).json()

    assert RECORDED_FIELDS == set(fields_of(go, f"/_goapi/Documents/Metadata/{number}"))
    assert [("Case", ("CaseID", "Name")), ("Cases", ()), ("ServiceStatus", ("Status",))] == outline(
        found["ResultsXml"]
    )


RECORDED_FIELDS = {
    "ows_CCMLinkTitleFilename",
    "ows_CCMVisualId",
    "ows_CaseID",
    "ows_CaseRecordNumber",
    "ows_Dato",
    "ows_DocID",
    "ows_ExtendedDocIcon",
    "ows_Finalized",
    "ows_Korrespondance",
    "ows_Title",
}
"""Of the fifty or so in the recorded answer, those that the simulator has."""


@pytest.mark.specs
def test_the_recorded_pairs_have_the_same_shape(go: Caller) -> None:
    """FindCases, AddToDocumentLibrary and Metadata answer with the names that the recorded answers have."""
    recorded = {path.stem: path.read_text("utf-8") for path in (SPECS / "getorganized").rglob("*.yaml")}
    if len(recorded) < 3:
        pytest.skip(f"the recorded pairs (*.yaml) are not in {SPECS / 'getorganized'}")
    case = go.case("AKT", ' ows_Title="Indkøb &amp; test"')
    sent = requested(recorded["AddToDocumentLibrary"])
    filed = go.document(case, **{name: value for name, value in DOCUMENT_FIELDS.items() if name in sent})
    found = [json.loads(body)["ResultsXml"] for body in bodies(recorded["FindCases"])]
    (described,) = (json.loads(body) for body in bodies(recorded["Metadata"]))
    ours = go.ask("/_goapi/Cases/FindCases", FIND_CASES).json()
    metadata = fields_of(go, f"/_goapi/Documents/Metadata/{filed.json()['DocId']}")

    assert {"bytes", "CaseId", "ListName", "FolderPath", "FileName", "Metadata", "Overwrite"} == sent
    assert set(FIND_CASES) == requested(recorded["FindCases"])
    assert [set(json.loads(body)) for body in bodies(recorded["AddToDocumentLibrary"])] == [
        set(filed.json())
    ] * 2
    assert [outline(ours["ResultsXml"])] * 2 == [outline(xml) for xml in found]
    assert set(metadata) <= set(etree.fromstring(described["Metadata"]).attrib)


FIND_CASES: Mapping[str, Any] = {
    "CaseIdFilter": "AKT-*",
    "IncludeRegularCases": True,
    "IncludeOrphanedCases": False,
    "StartItemIndex": 0,
    "ItemCount": 30,
    "CustomProperties": "",
}
DOCUMENT_FIELDS: Mapping[str, Any] = {"bytes": BYTES, "FolderPath": "", "Overwrite": True}


def requested(text: str) -> set[str]:
    """The names in the recorded requests' bodies."""
    return set(re.findall(r"^ {8}(\w+):", text, re.MULTILINE))


def bodies(text: str) -> list[str]:
    """The recorded answers' bodies: one line in quotes, or an indented block."""
    quoted = [found.replace("''", "'") for found in re.findall(r"^    body: '(.*)'$", text, re.MULTILINE)]
    return quoted + re.findall(r"^    body: \|\n((?: {6}.*\n?)+)", text, re.MULTILINE)


def outline(xml: str) -> list[tuple[str, tuple[str, ...]]]:
    """Each kind of element with the names of its attributes."""
    return sorted(
        {(str(one.tag), tuple(sorted(map(str, one.attrib)))) for one in etree.fromstring(xml).iter()}
    )


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("FindByCaseProperties", {"ReturnCasesNumber": "many"}),
        ("FindByCaseProperties", {"ReturnCasesNumber": -1}),
        ("FindByCaseProperties", {"ReturnCasesNumber": [25]}),
        ("FindByCaseProperties", {"FieldProperties": [{"ComparisonType": []}]}),
        ("FindByCaseProperties", {"FieldProperties": ["ows_Title"]}),
        ("FindCases", {"StartItemIndex": -1}),
        ("FindCases", {"ItemCount": True}),
    ],
)
def test_a_question_of_another_kind_is_refused(go: Caller, path: str, changes: Mapping[str, Any]) -> None:
    """By a refusal, and not by a bug or an answer to another question."""
    asked = {
        "FieldProperties": [],
        "CaseTypePrefixes": ["GEO"],
        "CaseIdFilter": "GEO-*",
        "StartItemIndex": 0,
        "ItemCount": 10,
    }
    refused = go.ask(f"/_goapi/Cases/{path}", {**asked, **changes})

    assert 400 == refused.status_code
    assert "error" in refused.json()


def test_a_name_is_not_overwritten_by_a_word_that_is_none(go: Caller) -> None:
    """Only ``true`` overwrites."""
    case = go.case()
    words: tuple[Any, ...] = (True, [], "yes", None)
    answers = [go.document(case, Overwrite=word).status_code for word in words]

    assert [200, 409, 409, 409] == answers


@pytest.mark.parametrize("name", ["a\x00b.pdf", "a\nb.pdf", 'a"b.pdf'])
def test_a_name_that_no_file_can_have_is_refused(go: Caller, name: str) -> None:
    """What could stand in no answer, either: metadata is XML."""
    assert 400 == go.document(go.case(), name).status_code


@pytest.mark.parametrize(
    "fields",
    [
        ' ows_CCMContactData="Kaj;#1;#0101701234;#;#"',
        ' ows_CCMContactData_CPR="0101701234"',
        ' ows_CCMContactData="Kaj;#1;#0101701234;#;#" ows_CCMContactData_CPR="2211771212"',
    ],
)
def test_no_case_is_about_somebody_who_may_exist(go: Caller, fields: str) -> None:
    """Wherever the number stands, and nothing of it is kept."""
    body = {"CaseTypePrefix": "GEO", "MetadataXml": ROW.format(fields)}

    assert 400 == go.ask("/_goapi/Cases", body).status_code
    assert "0101701234" not in go.box.journal_path.read_text("utf-8")
