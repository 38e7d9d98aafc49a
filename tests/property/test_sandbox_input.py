"""Whatever a caller who was let in sends to the sandbox: an answer, or the service's own refusal."""

import base64
import copy
import json
import struct
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from email.message import Message
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa_commons.connectors.contract import contract_posting
from rpa_commons.sandbox import Refusal, Request, Response, Sandbox
from rpa_commons.sandbox._tokens import Grant, Tokens
from rpa_commons.sandbox.getorganized._ntlm import Ntlm
from rpa_commons.sandbox.kmd_nova._access import AccessTokens
from rpa_commons.sandbox.rest_ledger import RestLedger
from rpa_commons.sandbox.sf1461._frames import METHOD, Reader, Split, frame
from tests.support.hostile import MARK, damaged

CVR = "29189404"
CHECK = Ntlm.check  # the sandbox below lets everybody in
PATIENT = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
IDS = {"transactionId": str(uuid.UUID(int=2)), "uuid": str(uuid.UUID(int=1))}
NOTE = {"title": "Note", "format": "Text", "note": base64.b64encode(b"abc").decode()}
ROW = '<z:row xmlns:z="#RowsetSchema" ows_Title="Sag" />'
FIELD = {"InternalName": "ows_Title", "Value": "Sag", "ComparisonType": "Equal"}
NOVA_CASE: Mapping[str, Any] = {
    "common": IDS,
    "caseAttributes": {"title": "Sag", "caseDate": "2026-11-02T00:00:00"},
    "caseClassification": {"kleNumber": {"code": "27.60.04"}, "proceedingFacet": {"code": "G01"}},
    "state": "Opstaaet",
    "sensitivity": "Fortrolige",
    "caseParties": [
        {"identificationType": "CprNummer", "identification": "2211771212", "participantRole": "Primær"}
    ],
    "securityUnit": {"losIdentity": {"administrativeUnitId": 818485, "fullName": "B", "userKey": "4B"}},
    "responsibleDepartment": {"losIdentity": {"administrativeUnitId": 1, "fullName": "B", "userKey": "4B"}},
}
# service, method, path, api-version, body
CALLS: tuple[tuple[str, str, str, str, Mapping[str, Any]], ...] = (
    ("kmd-nova", "POST", "/api/Case/Import", "2.0-Case", NOVA_CASE),
    (
        "kmd-nova", "PATCH", "/api/Case/Update", "2.0-Case",
        {
            "common": IDS,
            "caseAttributes": {"title": "Sag"},
            "journalNotes": [{"uuid": IDS["uuid"], "journalNoteAttributes": NOTE}],
        },
    ),
    (
        "kmd-nova", "PUT", "/api/Case/GetList", "2.0-Case",
        {
            "common": IDS,
            "states": {"states": ["Opstaaet"]},
            "paging": {"startRow": 1, "numberOfRows": 5},
            "caseGetOutput": {"caseAttributes": {"title": True}, "caseParties": {"identification": True}},
        },
    ),
    (
        "kmd-nova", "POST", "/api/Document/Import", "2.0-Case",
        {"common": IDS, "caseUuid": IDS["uuid"], "title": "Brev", "sensitivity": "Fortrolige"},
    ),
    (
        "kmd-nova", "PUT", "/api/Document/GetList", "2.0-Case",
        {"common": IDS, "caseUuid": IDS["uuid"], "getOutput": {"fileExtension": True}},
    ),
    (
        "kmd-nova", "POST", "/api/Task/Import", "2.0-Task",
        {
            "common": IDS, "caseUuid": IDS["uuid"], "title": "Opgave", "statusCode": "N",
            "deadline": "2026-12-01T00:00:00", "taskTypeName": "Aktivitet",
        },
    ),
    ("getorganized", "POST", "/_goapi/Cases", "", {"CaseTypePrefix": "GEO", "MetadataXml": ROW}),
    (
        "getorganized", "POST", "/_goapi/Cases/FindByCaseProperties", "",
        {"FieldProperties": [FIELD], "CaseTypePrefixes": ["GEO"], "LogicalOperator": "AND"},
    ),
    (
        "getorganized", "POST", "/_goapi/Cases/FindCases", "",
        {"CaseIdFilter": "GEO-*", "StartItemIndex": 0, "ItemCount": 30, "CustomProperties": ""},
    ),
    (
        "getorganized", "POST", "/_goapi/Documents/AddToDocumentLibrary", "",
        {
            "bytes": [80, 78, 71], "CaseId": "GEO-2026-000001", "ListName": "Dokumenter", "FolderPath": "",
            "FileName": "a.png", "Metadata": ROW, "Overwrite": True,
        },
    ),
    ("getorganized", "POST", "/_goapi/Documents/FinalizeMultiple/ByDocumentId", "", {"DocumentIds": [1]}),
    ("rest-ledger", "POST", "/ledger/v1/postings", "", contract_posting().model_dump(mode="json")),
)  # fmt: skip
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 10**30, 1e308, "", " ", "a", MARK, "2026-02-30", "9999-12-31T23:59:59-14:00",
     "x" * 5000, "\u0663", "a/../b", "<z:row/>", "\x00", "\u202e", "=1+1", "AAAA", [], {}, [[]], ["a"],
     {"a": 1}, [None] * 50]
)  # fmt: skip
MEMO = """<kombi_request><KombiValgKode>Digital Post</KombiValgKode><memo:Message \
xmlns:memo="https://DigitalPost.dk/MeMo-1" memoVersion="1.2"><memo:MessageHeader><memo:messageType>\
DIGITALPOST</memo:messageType><memo:messageUUID>0f3c4a52-6f0e-4f5e-8d3b-1c2d3e4f5a6b</memo:messageUUID><memo:label>V\
</memo:label><memo:notification>Post</memo:notification><memo:Sender><memo:senderID>29189404</memo:senderID>\
<memo:idType>CVR</memo:idType><memo:label>K</memo:label></memo:Sender><memo:Recipient><memo:recipientID>\
2211771212</memo:recipientID><memo:idType>CPR</memo:idType></memo:Recipient></memo:MessageHeader>\
<memo:MessageBody><memo:createdDateTime>2026-11-20T12:00:00Z</memo:createdDateTime><memo:MainDocument>\
<memo:File><memo:encodingFormat>application/pdf</memo:encodingFormat><memo:filename>V.pdf</memo:filename>\
<memo:language>da</memo:language><memo:content>JVBERi0xLjcgeA==</memo:content></memo:File></memo:MainDocument>\
</memo:MessageBody></memo:Message></kombi_request>"""
SSBT = "http://schema.forsakringskassan.se/integration/ssbt/10"
SSBTEK = f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>\
<hamtaBastjanstInformation xmlns="{SSBT}"><generellaFrageparametrar>\
<fraganSkallInkluderasISvaret>true</fraganSkallInkluderasISvaret><ingivare><organisationsnummer>162120002411\
</organisationsnummer><namn>P</namn><handlaggare>x</handlaggare></ingivare><personidentitet>192411026301\
</personidentitet><arendeidentitet>1</arendeidentitet><tidsperiod><fromDatum>2026-01-01</fromDatum><tomDatum>\
2026-02-01</tomDatum></tidsperiod><syfte>s</syfte><lagtext>l</lagtext></generellaFrageparametrar>\
<specifikaFrageparametrar><AF inkludera="true"/><CSN inkludera="true"/><FK inkludera="true"><lefiJsonFraga>\
e30=</lefiJsonFraga></FK><SKV inkludera="false"/><SO inkludera="true"/><TNS inkludera="true"/>\
<MIV inkludera="true"/>\
</specifikaFrageparametrar></hamtaBastjanstInformation></e:Body></e:Envelope>"""
CPR = "http://serviceplatformen.dk/xml"
SF1520 = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:PersonLookupRequest \
xmlns:p="{CPR}/wsdl/soap11/CPR/PersonBaseDataExtended/4/"><i:InvocationContext \
xmlns:i="{CPR}/schemas/InvocationContext/1/"><i:ServiceAgreementUUID>{{0}}</i:ServiceAgreementUUID>\
<i:UserSystemUUID>{{1}}</i:UserSystemUUID><i:UserUUID>{{2}}</i:UserUUID><i:ServiceUUID>{{3}}</i:ServiceUUID>\
</i:InvocationContext><c:PNR xmlns:c="{CPR}/schemas/cpr/PNR/1/">2211771212</c:PNR></p:PersonLookupRequest>\
</s:Body></s:Envelope>"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Every service, to a caller who is let in everywhere."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Tokens, "check", lambda *_: Grant(cvr=CVR))
        patched.setattr(Ntlm, "check", lambda *_: None)
        patched.setattr(AccessTokens, "check", lambda *_: None)
        folder = tmp_path_factory.mktemp("box")
        with Sandbox(folder, seed=7, people=20, municipality="0265", today=date(2026, 11, 20)) as running:
            yield running


def served(
    box: Sandbox, name: str, method: str, path: str, body: bytes, *, query: str = "", **headers: str
) -> Response:
    """What the service answers or refuses with; anything else that is raised is the test's failure."""
    message = Message()
    for header, text in headers.items():
        message[header.replace("_", "-")] = text
    certificate = x509.load_pem_x509_certificate(box.certificate("0265").pem.read_bytes())
    der = certificate.public_bytes(Encoding.DER)
    request = Request(method, path, {"api-version": query} if query else {}, message, body, der)
    service = box.services[name]
    try:
        return service.serve(request)
    except Refusal as refusal:
        return service.refuse(refusal)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inside:
        yield from places(one, (*above, step))


def put(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """The value with another one at a place."""
    if not place:
        return other
    changed = copy.deepcopy(value)
    inside = changed
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = other
    return changed


@pytest.mark.parametrize(("name", "method", "path", "query", "body"), CALLS, ids=[one[2] for one in CALLS])
def test_anything_at_any_place_of_json(
    box: Sandbox, name: str, method: str, path: str, query: str, body: Mapping[str, Any]
) -> None:
    """Each call of the services that take JSON, one value of it exchanged for an odd one."""
    headers = {"Content_Type": "application/json", "Idempotency_Key": f'"{IDS["uuid"]}"'}
    if name == "rest-ledger":
        ledger = box.services[name]
        assert isinstance(ledger, RestLedger)
        headers["Authorization"] = f"Bearer {ledger.token_file.read_text('utf-8')}"

    @PATIENT
    @given(place=st.sampled_from(list(places(dict(body)))), odd=ODD)
    def ask(place: tuple[Any, ...], odd: Any) -> None:
        sent = json.dumps(put(dict(body), place, odd)).encode()
        answer = served(box, name, method, path, sent, query=query, **headers)

        assert 200 <= answer.status < 500

    ask()
    assert served(box, name, method, path, json.dumps(body).encode(), query=query, **headers).status != 401


FORM = st.sampled_from(
    [
        *(b"--x\r\n", b"--x--\r\n", b"\r\n", b"--x", b"--"),
        b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n',
        b"Content-Disposition: (;filename*=utf-8''%ff%fe;filename*0*=x'y'z;,\r\n",
        *(b"Content-Type: a/b; charset=\xff\r\n", b"Content-Transfer-Encoding: base64\r\n", b"\x00\xff"),
    ]
)


@PATIENT
@given(
    pieces=st.lists(FORM | st.binary(max_size=20), max_size=8),
    boundary=st.sampled_from(["x", "", "x y", '"']),
)
def test_an_upload_of_any_pieces(box: Sandbox, pieces: list[bytes], boundary: str) -> None:
    """A form with a file is taken; what is none is refused."""
    answer = served(
        box, "kmd-nova", "POST", f"/api/Document/UploadFile/{IDS['transactionId']}/{uuid.uuid4()}",
        b"".join(pieces), query="2.0-Case", Content_Type=f"multipart/form-data; boundary={boundary}",
    )  # fmt: skip

    assert answer.status in {200, 400}


@PATIENT
@given(data=st.data())
def test_a_damaged_letter(box: Sandbox, data: st.DataObject) -> None:
    """An element lost, doubled, moved or with another text: taken, or refused with 400 and no word of it."""
    moment = {"X_TransaktionsId": str(uuid.UUID(int=3)), "X_TransaktionsTid": "2026-11-20T12:00:00.123Z"}
    sent = damaged(data, MEMO.encode())
    answer = served(
        box, "sf1601", "POST", "/service/KombiPostAfsend_1/memos", sent,
        Content_Type="application/xml", **moment,
    )  # fmt: skip

    assert answer.status in {200, 400, 409}
    assert MARK.encode() not in answer.body


@PATIENT
@given(data=st.data())
def test_a_damaged_question_about_benefits(box: Sandbox, data: st.DataObject) -> None:
    """The agencies answer it, or it is a fault."""
    sent = damaged(data, SSBTEK.encode(), ("inkludera",))
    answer = served(box, "ssbtek", "POST", "/ssbtek/10", sent, Content_Type="text/xml", SOAPAction='""')

    assert answer.status in {200, 500}
    assert b"Envelope" in answer.body


@PATIENT
@given(data=st.data())
def test_a_damaged_question_about_a_person(box: Sandbox, data: st.DataObject) -> None:
    """The register answers it, or it is a fault."""
    agreed = box.agreement()
    ids = (agreed.service_agreement, agreed.user_system, agreed.user, agreed.service)
    action = f'"{CPR}/wsdl/soap11/CPR/PersonBaseDataExtended/4/PersonLookup"'
    answer = served(
        box, "sf1520", "POST", "/service/CPR/PersonBaseDataExtended/4",
        damaged(data, SF1520.format(*ids).encode()), Content_Type="text/xml", SOAPAction=action,
    )  # fmt: skip

    assert answer.status in {200, 500}
    assert MARK.encode() not in answer.body


@given(st.binary(max_size=60) | st.binary(max_size=40).map(lambda data: frame(METHOD, 1, data)), st.data())
def test_bytes_that_are_frames_of_amqp_or_none(sent: bytes, data: st.DataObject) -> None:
    """Cut anywhere, the same frames come out; what is none is one of the two errors that end a connection."""
    at = data.draw(st.integers(0, len(sent)))

    def frames(*pieces: bytes) -> list[Any]:
        split = Split()
        found: list[Any] = []
        try:
            for piece in pieces:
                for one in split.feed(piece):
                    found.append(one)
                    read = Reader(one.payload)
                    read.short_string()
                    read.long_string()
        except (ValueError, struct.error) as error:
            found.append(type(error))
        return found

    assert frames(sent) == frames(sent[:at], sent[at:])


@given(st.binary(max_size=90), st.sampled_from([1, 2, 3]))
def test_bytes_that_are_a_message_of_ntlm_or_none(tail: bytes, number: int) -> None:
    """Nobody is let in by chance, and nothing but a refusal is raised."""
    door = Ntlm()
    for kind in (1, number):
        sent = b"NTLMSSP\0" + struct.pack("<I", kind) + tail
        headers = Message()
        headers["Authorization"] = f"NTLM {base64.b64encode(sent).decode()}"
        with pytest.raises(Refusal) as caught:
            CHECK(door, Request("GET", "/", {}, headers, b"", b""))

        assert 401 == caught.value.status
