"""A sandbox to test and a caller that knows the public specifications, written apart from both sides."""

import base64
import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from rpa_commons.cli.sandbox import _up as command_up
from rpa_commons.sandbox import Sandbox

ENTITY = {
    "sf1601": "http://entityid.kombit.dk/service/kombipostafsend/1",
    "postforespoerg": "http://entityid.kombit.dk/service/postforespoerg/1",
}
SEND = "/service/KombiPostAfsend_1/memos"
ASK = "/service/PostForespoerg_1/digitalpost"
LOOK_UP = "/service/CPR/PersonBaseDataExtended/4"
TWO = {"0265": "29189404", "0167": "55606617"}
PDF = b"%PDF-1.7 a letter"

MEMO = """<memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" memoVersion="1.2"><memo:MessageHeader>\
<memo:messageType>DIGITALPOST</memo:messageType><memo:messageUUID>{uuid}</memo:messageUUID>\
<memo:label>{label}</memo:label><memo:notification>Post</memo:notification>\
<memo:Sender><memo:senderID>{sender}</memo:senderID><memo:idType>CVR</memo:idType>\
<memo:label>Kommunen</memo:label></memo:Sender>\
<memo:Recipient><memo:recipientID>{recipient}</memo:recipientID><memo:idType>CPR</memo:idType></memo:Recipient>\
</memo:MessageHeader><memo:MessageBody><memo:createdDateTime>2026-11-20T12:00:00Z</memo:createdDateTime>\
<memo:MainDocument><memo:File><memo:encodingFormat>application/pdf</memo:encodingFormat>\
<memo:filename>Velkommen.pdf</memo:filename><memo:language>da</memo:language>\
<memo:content>{content}</memo:content></memo:File></memo:MainDocument></memo:MessageBody></memo:Message>"""


def letter(message_uuid: str = "", *, recipient: str = "2211771212", label: str = "Velkommen") -> str:
    """A whole kombi_request with a good message."""
    memo = MEMO.format(
        uuid=message_uuid or uuid.uuid4(),
        sender=TWO["0265"],
        recipient=recipient,
        label=label,
        content=base64.b64encode(PDF).decode(),
    )
    return f"<kombi_request><KombiValgKode>Digital Post</KombiValgKode>{memo}</kombi_request>"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now

    def forward(self, **much: int) -> None:
        """Move on by as much."""
        self.now += timedelta(**much)


class Caller:
    """Calls the services of a sandbox as one municipality."""

    def __init__(self, box: Sandbox, code: str = "0265") -> None:
        self.box = box
        self.code = code
        self.cvr = box.municipalities[code]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(box.ca_bundle)
        pem = box.certificate(code).pem
        self.session.cert = str(pem)
        self.der = x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER)

    def ask_sts(self, service: str, **changes: Any) -> requests.Response:
        """Ask for an assertion; ``changes`` replace good fields."""
        asked = {
            "TokenType": "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0",
            "RequestType": "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue",
            "KeyType": "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey",
            "AnvenderKontekst": {"Cvr": self.cvr},
            "UseKey": base64.b64encode(self.der).decode(),
            "AppliesTo": {"EndpointReference": {"Address": ENTITY.get(service, service)}},
            "OnBehalfOf": None,
        }
        return self.session.post(self.box.url + "/runtime/api/rest/wstrust/v1/issue", json=asked | changes)

    def exchange(self, assertion: str) -> requests.Response:
        """Ask for an access token."""
        url = self.box.url + "/service/AccessTokenService_1/token"
        return self.session.post(url, data={"saml-token": assertion})

    def token(self, service: str) -> str:
        """A good authorization header's value."""
        assertion = self.ask_sts(service).json()["RequestedSecurityToken"]["Assertion"]
        answer = self.exchange(assertion).json()
        return f"{answer['token_type']} {answer['access_token']}"

    def headers(self, token: str) -> dict[str, str]:
        """Good headers of a call with a token."""
        return {
            "authorization": token,
            "X-TransaktionsId": str(uuid.uuid4()),
            "X-TransaktionsTid": "2026-11-20T12:00:00.123Z",
            "Content-Type": "application/xml; charset=utf-8",
        }

    def send(
        self, body: str | bytes, *, path: str = SEND, token: str = "", timeout: float = 10, **headers: str
    ) -> requests.Response:
        """Send; ``headers`` replace good ones, with underscores for hyphens, an empty one removes it."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = self.headers(token or self.token("sf1601")) | changed
        kept = {name: value for name, value in merged.items() if value}
        content = body.encode() if isinstance(body, str) else body
        return self.session.post(self.box.url + path, data=content, headers=kept, timeout=timeout)

    def registered(
        self, cpr: str, *, token: str = "", timeout: float = 10, path: str = ASK
    ) -> requests.Response:
        """Ask PostForespoerg."""
        headers = self.headers(token or self.token("postforespoerg"))
        url = self.box.url + path
        return self.session.get(url, params={"cprNumber": cpr}, headers=headers, timeout=timeout)

    def soap(self, pnr: str) -> str:
        """A good SF1520 request."""
        agreement = self.box.agreement(self.code)
        base = "http://serviceplatformen.dk/xml/schemas"
        return (
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            '<p:PersonLookupRequest xmlns:p="http://serviceplatformen.dk/xml/wsdl/soap11/CPR/'
            f'PersonBaseDataExtended/4/"><i:InvocationContext xmlns:i="{base}/InvocationContext/1/">'
            f"<i:ServiceAgreementUUID>{agreement.service_agreement}</i:ServiceAgreementUUID>"
            f"<i:UserSystemUUID>{agreement.user_system}</i:UserSystemUUID>"
            f"<i:UserUUID>{agreement.user}</i:UserUUID><i:ServiceUUID>{agreement.service}</i:ServiceUUID>"
            f'</i:InvocationContext><c:PNR xmlns:c="{base}/cpr/PNR/1/">{pnr}</c:PNR>'
            "</p:PersonLookupRequest></soap:Body></soap:Envelope>"
        )

    def look_up(self, body: str, *, timeout: float = 10, **headers: str) -> requests.Response:
        """Call SF1520."""
        action = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/PersonLookup"
        good = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        return self.session.post(
            self.box.url + LOOK_UP, data=body.encode(), headers=good | headers, timeout=timeout
        )


@pytest.fixture
def clock() -> Clock:
    """What time it is in the sandbox."""
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the sandbox keeps its state."""
    return tmp_path / "box"


@pytest.fixture
def start(folder: Path, clock: Clock) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes on one folder; stops what the test leaves running."""
    started: list[Sandbox] = []

    def begin(**settings: Any) -> Sandbox:
        given = {"municipality": TWO, "people": 60, "today": date(2026, 11, 20), "clock": clock} | settings
        box = Sandbox(folder, **given).start()
        started.append(box)
        return box

    yield begin
    for box in started:
        box.stop()


@pytest.fixture
def box(start: Callable[..., Sandbox]) -> Sandbox:
    """A running sandbox for two municipalities."""
    return start()


@pytest.fixture
def calling() -> Iterator[Callable[..., Caller]]:
    """Makes callers; closes their connections."""
    callers: list[Caller] = []

    def make(box: Sandbox, code: str = "0265") -> Caller:
        callers.append(Caller(box, code))
        return callers[-1]

    yield make
    for caller in callers:
        caller.session.close()


@pytest.fixture
def caller(box: Sandbox, calling: Callable[..., Caller]) -> Caller:
    """Roskilde."""
    return calling(box)


@pytest.fixture
def good_letter() -> Callable[..., str]:
    """Makes requests that break no rule."""
    return letter


@pytest.fixture
def page(box: Sandbox) -> Iterator[requests.Session]:
    """A browser's worth of a session for the control page."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """``up`` ends as soon as it has said what runs."""

    @contextlib.contextmanager
    def ended() -> Iterator[threading.Event]:
        over = threading.Event()
        over.set()
        yield over

    monkeypatch.setattr(command_up, "_end_asked_for", ended)
