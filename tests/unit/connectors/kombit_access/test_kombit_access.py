"""Tokens: asked for as the services want it, kept, renewed in time, discarded when refused."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    CertificateError,
    HttpClient,
    HttpSettings,
    UnexpectedAnswerError,
)
from rpa_commons.connectors.kombit_access import KombitAccess, KombitSettings
from rpa_commons.connectors.kombit_access._saml import lifetime_of

ENTITY = "http://entityid.kombit.dk/service/kombipostafsend/1"
OTHER = "http://entityid.kombit.dk/service/postforespoerg/1"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"


def assertion(ends: str, issued: str = "2026-11-21T12:00:00Z") -> str:
    """A SAML assertion in base64."""
    conditions = f'<s:Conditions NotBefore="{issued}" NotOnOrAfter="{ends}"/>'
    head = f'<s:Assertion xmlns:s="{SAML}" ID="_1" IssueInstant="{issued}" Version="2.0">'
    text = f"{head}{conditions}</s:Assertion>"
    return base64.b64encode(text.encode()).decode()


class Clocks:
    """A monotonic clock and a time of day that a test moves."""

    def __init__(self) -> None:
        self.monotonic = 1000.0
        self.day = NOW

    def sleep(self, seconds: float) -> None:
        """Let time pass on both."""
        self.monotonic += seconds
        self.day += timedelta(seconds=seconds)


class Services:
    """Answers as STS and token service do; a test changes what they say."""

    def __init__(self, stub: Any, clocks: Clocks) -> None:
        self.stub = stub
        self.clocks = clocks
        self.issued = 0
        self.lasts = 3600
        self.assertion_lasts = timedelta(hours=8)
        self.token_answer: dict[str, Any] | None = None
        self.pause = threading.Event()
        self.pause.set()
        stub.then(self.answer)

    def answer(self, asked: Any) -> bytes:
        """The answer of whichever service was asked."""
        if asked.path.endswith("/issue"):
            ends = (self.clocks.day + self.assertion_lasts).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
            issued = self.clocks.day.strftime("%Y-%m-%dT%H:%M:%SZ")
            found: dict[str, Any] = {"RequestedSecurityToken": {"Assertion": assertion(ends, issued)}}
        else:
            self.pause.wait(5)
            self.issued += 1
            token = {
                "token_type": "Holder-of-key",
                "access_token": f"t{self.issued}",
                "expires_in": self.lasts,
            }
            found = token if self.token_answer is None else self.token_answer
        return bytes(self.stub.reply(200, json.dumps(found).encode()))


@pytest.fixture
def clocks() -> Clocks:
    """Time stands until a test moves it."""
    return Clocks()


@pytest.fixture
def services(strict_stub: Any, clocks: Clocks) -> Services:
    """Both token services, which ask for a client certificate."""
    return Services(strict_stub, clocks)


@pytest.fixture
def access(services: Services, surroundings: Surroundings, clocks: Clocks) -> Iterator[KombitAccess]:
    """Access for Roskilde, on the test's clocks."""
    url = services.stub.url
    settings = KombitSettings.model_validate(
        {
            "url": url,
            "sts_url": url,
            "ca_bundle": "ca.pem",
            "certificate": {"file": "client.pem"},
            "attempts": 1,
            "read_timeout": 5.0,
        }
    )
    client = HttpClient("system", settings, surroundings, addresses=[url])
    yield KombitAccess(
        client, settings, cvr="29189404", clock=lambda: clocks.monotonic, now=lambda: clocks.day
    )
    client.close()


def test_the_services_are_asked_as_they_want_it(
    services: Services, access: KombitAccess, client_pair: Any
) -> None:
    """The issue call carries the CVR number, the entity id and the certificate without its key."""
    token = access.token(ENTITY)

    issue, exchange = services.stub.asked
    wish = json.loads(issue.body)
    sent = x509.load_der_x509_certificate(base64.b64decode(wish["UseKey"]))
    assert "Holder-of-key t1" == token
    assert ("POST", "/runtime/api/rest/wstrust/v1/issue") == (issue.method, issue.path)
    assert {"Cvr": "29189404"} == wish["AnvenderKontekst"]
    assert {"EndpointReference": {"Address": ENTITY}} == wish["AppliesTo"]
    assert client_pair.certificate == sent
    assert "\n" not in wish["UseKey"]
    assert wish["OnBehalfOf"] is None
    assert "/service/AccessTokenService_1/token" == exchange.path
    assert "application/x-www-form-urlencoded" == exchange.headers["content-type"]
    assert ["saml-token"] == list(parse_qs(exchange.body.decode()))


def test_a_token_is_kept_per_service(services: Services, access: KombitAccess) -> None:
    """Asked again it comes from memory; another entity id has another token."""
    tokens = [access.token(ENTITY), access.token(ENTITY), access.token(OTHER)]

    assert ["Holder-of-key t1", "Holder-of-key t1", "Holder-of-key t2"] == tokens


def test_the_lanes_of_a_run_share_a_token(
    services: Services, access: KombitAccess, surroundings: Surroundings
) -> None:
    """Another client of the same run has the first one's token; for another authority it asks anew."""
    token = access.token(ENTITY)
    client = HttpClient("system", access._settings, surroundings, addresses=[services.stub.url])
    same, other = (
        KombitAccess(client, access._settings, cvr=cvr, now=access._now) for cvr in ("29189404", "29189420")
    )

    assert (token, "Holder-of-key t2") == (same.token(ENTITY), other.token(ENTITY))
    client.close()


def test_a_token_is_renewed_before_it_ends(services: Services, access: KombitAccess, clocks: Clocks) -> None:
    """Five minutes before its end a token counts as used up, and not a second after."""
    access.token(ENTITY)
    clocks.sleep(3299)
    before = access.token(ENTITY)
    clocks.sleep(2)

    assert "Holder-of-key t1" == before
    assert "Holder-of-key t2" == access.token(ENTITY)


def test_a_short_token_is_used_at_all(services: Services, access: KombitAccess, clocks: Clocks) -> None:
    """A token of one minute is renewed after 48 seconds, not at every call."""
    services.lasts = 60
    access.token(ENTITY)
    clocks.sleep(47)
    before = access.token(ENTITY)
    clocks.sleep(2)

    assert "Holder-of-key t1" == before
    assert "Holder-of-key t2" == access.token(ENTITY)


def test_setting_the_wall_clock_back_keeps_no_old_token(
    services: Services, access: KombitAccess, clocks: Clocks
) -> None:
    """Only time that really passed counts, so a corrected clock neither ends nor prolongs a token."""
    access.token(ENTITY)
    clocks.monotonic += 3400
    clocks.day -= timedelta(days=1)

    assert "Holder-of-key t2" == access.token(ENTITY)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change a process's time zone")
@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "America/New_York"])
def test_the_machines_time_zone_does_not_matter(
    services: Services, access: KombitAccess, clocks: Clocks, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """An assertion of half an hour lasts half an hour, east and west of Greenwich."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    services.assertion_lasts = timedelta(minutes=30)
    try:
        access.token(ENTITY)
        clocks.sleep(1499)
        before = access.token(ENTITY)
        clocks.sleep(2)
        after = access.token(ENTITY)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert ("Holder-of-key t1", "Holder-of-key t2") == (before, after)


def test_threads_share_one_renewal(services: Services, access: KombitAccess) -> None:
    """Eight threads that find no token make one call, and all get its token."""
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: access.token(ENTITY), range(8)))

    assert ["Holder-of-key t1"] * 8 == tokens
    assert 2 == len(services.stub.asked)


def test_a_refused_token_is_discarded_once(services: Services, access: KombitAccess) -> None:
    """A late 401 to an old token does not throw away the newer one."""
    door = access.to(ENTITY)
    old = door.headers()
    door.invalidate(old)
    new = door.headers()
    door.invalidate(old)

    assert {"authorization": "Holder-of-key t2"} == new
    assert new == door.headers()


def test_an_assertion_that_ended_names_the_clock(services: Services, access: KombitAccess) -> None:
    """When the assertion is over as it comes, the machine's clock is wrong: the remedy says so."""
    services.assertion_lasts = timedelta(hours=-1)

    with pytest.raises(AccessRefusedError) as caught:
        access.token(ENTITY)

    assert "clock" in caught.value.remedy


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 451])
def test_a_refusal_names_the_agreement(services: Services, access: KombitAccess, status: int) -> None:
    """No agreement is nobody's case: every case waits, and the remedy says what to check."""
    services.stub.answers[:] = [services.stub.reply(status, b"Cvr 29189404 has no agreement")]

    with pytest.raises(AccessRefusedError) as caught:
        access.token(ENTITY)

    assert "no" == caught.value.sent
    assert f"system: the security token service refuses (status {status})" == str(caught.value)
    assert "agreement" in caught.value.remedy


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"token_type": "Holder-of-key", "access_token": "t"},
        {"token_type": "Holder-of-key", "access_token": "t", "expires_in": "soon"},
        {"token_type": "Holder-of-key", "access_token": "t", "expires_in": 0},
        {"token_type": "Holder-of-key", "access_token": "t\r\nX-Evil: 1", "expires_in": 60},
        {"token_type": None, "access_token": "t", "expires_in": 60},
    ],
)
def test_an_answer_without_a_token_is_refused(
    services: Services, access: KombitAccess, answer: dict[str, Any]
) -> None:
    """A token that cannot be a header, or that never ends, is none."""
    services.token_answer = answer

    with pytest.raises(UnexpectedAnswerError):
        access.token(ENTITY)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"RequestedSecurityToken": 7}', b"<html>"])
def test_an_answer_without_an_assertion_is_refused(
    services: Services, access: KombitAccess, body: bytes
) -> None:
    """Whatever comes instead of an assertion is told as that."""
    services.stub.answers[:] = [services.stub.reply(200, body)]

    with pytest.raises(UnexpectedAnswerError):
        access.token(ENTITY)


def test_access_needs_a_certificate(surroundings: Surroundings, access: KombitAccess) -> None:
    """A client without a certificate is refused when the connector is made."""
    client = HttpClient("system", HttpSettings(), surroundings, addresses=["https://localhost"])

    with pytest.raises(CertificateError):
        KombitAccess(client, access._settings, cvr="29189404")


@pytest.mark.parametrize(
    ("ends", "issued", "seconds"),
    [
        ("2026-11-21T13:00:00Z", "2026-11-21T12:00:00Z", 3600.0),
        ("2026-11-21T14:00:00+01:00", "2026-11-21T12:00:00.1234567Z", 3599.876544),
        ("2026-11-21T13:00:00", "2026-11-21T11:00:00", 3600.0),
        ("2026-11-21T13:00:00Z", "2026-11-21T12:30:00Z", 1800.0),
        ("never", "2026-11-21T12:00:00Z", None),
    ],
    ids=["plain", "with an offset", "without a zone", "our clock is behind", "unreadable"],
)
def test_an_assertions_own_end_is_read(ends: str, issued: str, seconds: float | None) -> None:
    """The end is read as UTC, and the shorter of the two spans counts."""
    assert seconds == pytest.approx(lifetime_of(assertion(ends, issued), NOW))


@pytest.mark.parametrize(
    "text", ["no base64!", base64.b64encode(b"<a/>").decode(), base64.b64encode(b"<").decode()]
)
def test_an_assertion_that_cannot_be_read_says_nothing(text: str) -> None:
    """It is passed on as it is; the token service judges it."""
    assert lifetime_of(text, NOW) is None
