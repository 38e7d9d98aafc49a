"""OAuth 2.0 client credentials: what is asked, what is kept, and by which clock."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    Answer,
    BusyError,
    ClientCredentials,
    HttpClient,
    HttpSettings,
    Tokens,
    UnexpectedAnswerError,
    token_in,
)

SECRET = "s3cret/+ ø"  # noqa: S105 - a test's
MARKS = "rpac-token-"


@dataclass
class Server:
    """Both the token service and the system; its tokens are numbered."""

    stub: Any
    life: object = 3600
    issued: int = 0
    good: set[str] = field(default_factory=set)
    answer: bytes | None = None

    def __call__(self, asked: Any) -> bytes:
        """Answer a request."""
        if asked.path == "/token":
            if self.answer is not None:
                return self.answer
            self.issued += 1
            token = f"{MARKS}{self.issued}"
            self.good = {token}
            body = {"access_token": token, "token_type": "Bearer", "expires_in": self.life}
            return bytes(self.stub.reply(200, json.dumps(body).encode()))
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return bytes(self.stub.reply(200 if token in self.good else 401, b"yes"))


@dataclass
class Clock:
    """Monotonic seconds that a test moves."""

    now: float = 50_000.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now


@pytest.fixture
def server(stub: Any) -> Server:
    """The server behind the stub."""
    server = Server(stub)
    stub.then(server)
    return server


@pytest.fixture
def clock() -> Clock:
    """A clock at no special time."""
    return Clock()


@pytest.fixture
def client(surroundings: Surroundings, stub: Any) -> Iterator[HttpClient]:
    """One attempt a call."""
    settings = HttpSettings(ca_bundle="ca.pem", read_timeout=0.5, attempts=1)
    client = HttpClient("vendor", settings, surroundings, addresses=[stub.url])
    yield client
    client.close()


@pytest.fixture
def access(client: HttpClient, stub: Any, clock: Clock) -> ClientCredentials:
    """Credentials in the way that every server must take."""
    return ClientCredentials(
        client, token_url=f"{stub.url}/token", client_id="rpa:commons", secret=lambda: SECRET, clock=clock
    )


def ask(client: HttpClient, stub: Any, access: ClientCredentials) -> Answer:
    """One call of the system."""
    return client.request("POST", f"{stub.url}/q", kind="unsafe", body=b"x", authorization=access)


def failure(call: Callable[[], object]) -> RpaCommonsError:
    """What a call fails with."""
    with pytest.raises(RpaCommonsError) as caught:
        call()
    return caught.value


def test_id_and_secret_stand_in_http_basic(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server
) -> None:
    """Both form-encoded before they are joined (RFC 6749 2.3.1), the grant type in the form."""
    ask(client, stub, access)

    asked = stub.asked[0]
    pair = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert "rpa%3Acommons:s3cret%2F%2B+%C3%B8" == pair
    assert {"grant_type": "client_credentials"} == dict(parse_qsl(asked.body.decode()))
    assert "application/x-www-form-urlencoded" == asked.headers["content-type"]
    assert f"Bearer {MARKS}1" == stub.asked[1].headers["authorization"]


def test_or_in_the_form_with_scope_and_more(client: HttpClient, stub: Any, server: Server) -> None:
    """Where a server wants it that way."""
    access = ClientCredentials(
        client,
        token_url=f"{stub.url}/token",
        client_id="rpac",
        secret=lambda: SECRET,
        scope="read write",
        style="body",
        extra={"resource": "https://example.org"},
    )

    ask(client, stub, access)

    assert {
        "grant_type": "client_credentials",
        "scope": "read write",
        "resource": "https://example.org",
        "client_id": "rpac",
        "client_secret": SECRET,
    } == dict(parse_qsl(stub.asked[0].body.decode()))
    assert "authorization" not in stub.asked[0].headers


def test_a_token_is_renewed_before_it_ends(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server, clock: Clock
) -> None:
    """Five minutes before the end of an hour: 3299 s later the old one is used, 3300 s later a new one."""
    ask(client, stub, access)
    clock.now += 3299
    ask(client, stub, access)
    assert 1 == server.issued

    clock.now += 1
    ask(client, stub, access)

    assert 2 == server.issued


@pytest.mark.parametrize("jump", [-86_400 * 400.0, -3600.0, 3600.0, 86_400 * 400.0])
def test_a_jumping_wall_clock_changes_nothing(
    client: HttpClient,
    stub: Any,
    access: ClientCredentials,
    server: Server,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    jump: float,
) -> None:
    """Set forward or back by an hour or a year, the clock on the wall renews nothing and keeps nothing."""
    ask(client, stub, access)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: int((real() + jump) * 1e9))

    ask(client, stub, access)
    kept = server.issued
    clock.now += 3301
    ask(client, stub, access)

    assert (1, 2) == (kept, server.issued)


def test_the_age_of_a_token_counts_from_before_it_was_asked_for(clock: Clock) -> None:
    """A token that took 60 s to come has 60 s less to live: it is renewed the earlier."""
    tokens = Tokens(clock)

    def slow() -> tuple[str, float]:
        clock.now += 60
        return f"{clock.now}", 3600.0

    first = tokens.get("x", slow)
    clock.now += 3600 - 300 - 60 - 1
    kept = tokens.get("x", slow)
    clock.now += 1
    renewed = tokens.get("x", slow)

    assert first == kept
    assert first != renewed


def test_a_refused_token_is_renewed_once(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server
) -> None:
    """A 401 means nothing was done: a fresh token is tried, and a second 401 is the last word."""
    ask(client, stub, access)
    server.good.clear()

    assert 200 == ask(client, stub, access).status
    server.answer = stub.reply(200, b'{"access_token": "wrong", "token_type": "Bearer", "expires_in": 60}')
    server.good.clear()
    error = failure(lambda: ask(client, stub, access))

    assert isinstance(error, AccessRefusedError)
    assert 2 == server.issued
    assert MARKS not in str(error) + repr(error)


def test_a_secret_that_was_changed_is_used_without_a_restart(
    client: HttpClient, stub: Any, server: Server, clock: Clock
) -> None:
    """It is resolved for each renewal."""
    secrets = iter(["old", "new"])
    access = ClientCredentials(
        client,
        token_url=f"{stub.url}/token",
        client_id="x",
        secret=lambda: next(secrets),
        style="body",
        clock=clock,
    )
    ask(client, stub, access)
    clock.now += 3600

    ask(client, stub, access)

    sent = [dict(parse_qsl(one.body.decode())) for one in stub.asked if one.path == "/token"]
    assert ["old", "new"] == [form["client_secret"] for form in sent]


def test_threads_share_one_token(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server
) -> None:
    """Eight threads at once ask for one token."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: access.headers(), range(8)))

    assert 1 == server.issued


def test_threads_do_not_fail_one_after_another() -> None:
    """Who waited for a renewal that failed tries at once and together; no other token waits."""
    now, seen = [0.0], set()
    together = threading.Barrier(3)
    fails = threading.Event()

    def clock() -> float:
        seen.add(threading.get_ident())
        return now[0]

    def refused() -> tuple[str, float]:
        if not fails.is_set():
            assert fails.wait(30)
        else:
            together.wait(30)
        raise TransientError("nova", "the token service is away", sent="no")

    tokens = Tokens(clock)
    tokens.get("cases", lambda: ("old", 60))
    now[0] = 60.0
    seen.clear()
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(tokens.get, "cases", refused)
        _until(lambda: len(seen) == 1)
        others = [threads.submit(tokens.get, "cases", refused) for _ in range(3)]
        _until(lambda: len(seen) == 4)  # each has found the old token used up
        other = tokens.get("documents", lambda: ("another", 60))
        fails.set()
        ends = [one.exception(30) for one in (first, *others)]

    assert "another" == other
    assert ["nova: the token service is away"] * 4 == [str(one) for one in ends]


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"error": "invalid_scope"}', "status 400, invalid_scope"),
        (401, b'{"error": "invalid_client", "error_description": "s3cret"}', "status 401, invalid_client"),
        (400, b'{"error": "s3cret"}', "status 400)"),
        (403, b"<html>s3cret", "status 403)"),
        (401, b"[[]]", "status 401)"),
        (401, b'{"error": ["s3cret"]}', "status 401)"),
    ],
)
def test_a_refusal_says_which_and_nothing_else(
    client: HttpClient,
    stub: Any,
    access: ClientCredentials,
    server: Server,
    status: int,
    body: bytes,
    said: str,
) -> None:
    """A known code of RFC 6749 5.2 is named; other words are not. Nothing was sent, and a remedy is there."""
    server.answer = stub.reply(status, body)

    error = failure(lambda: ask(client, stub, access))

    assert isinstance(error, AccessRefusedError)
    assert said in str(error)
    assert "s3cret" not in f"{error}{error.remedy}"
    assert ("no", True) == (error.sent, bool(error.remedy))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        b'{"access_token": "t", "token_type": "mac", "expires_in": 60}',
        b'{"access_token": "t\\r\\nX: y", "token_type": "Bearer", "expires_in": 60}',
        b'{"access_token": "t", "token_type": "Bearer", "expires_in": -1}',
        b'{"access_token": "t", "token_type": "Bearer", "expires_in": NaN}',
        b'{"access_token": "t", "token_type": "Bearer", "expires_in": true}',
    ],
)
def test_a_broken_token_service_makes_cases_wait(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server, body: bytes
) -> None:
    """An answer without a usable token is not this case's fault: transient, nothing sent, no case refused."""
    server.answer = stub.reply(200, body)

    error = failure(lambda: ask(client, stub, access))

    assert isinstance(error, TransientError)
    assert not isinstance(error, BusinessError)
    assert "no" == error.sent


def test_a_busy_token_service_is_obeyed(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server
) -> None:
    """Its ``Retry-After`` travels with the error."""
    server.answer = stub.reply(429, Retry_After="90")

    error = failure(lambda: ask(client, stub, access))

    assert isinstance(error, BusyError)
    assert 90.0 == error.retry_after


def test_a_token_without_an_end_is_kept_for_a_while(
    client: HttpClient, stub: Any, access: ClientCredentials, server: Server, clock: Clock
) -> None:
    """``expires_in`` is only recommended: five minutes are taken, of which four are used."""
    server.answer = stub.reply(200, b'{"access_token": "t", "token_type": "bearer"}')
    access.headers()
    clock.now += 239
    access.headers()
    kept = len(stub.asked)
    clock.now += 1

    access.headers()

    assert (1, 2) == (kept, len(stub.asked))


words = st.text() | st.just("Bearer")
ends = st.integers() | st.floats() | st.text() | st.booleans() | st.none() | st.just(10**400)


@given(st.fixed_dictionaries({}, optional={"access_token": words, "token_type": words, "expires_in": ends}))
def test_any_answer_is_a_token_or_our_error(body: dict[str, object]) -> None:
    """Whatever stands in it: a token fit for a header and seconds of at most a day, or our error."""
    try:
        kind, token, seconds = token_in(Answer("x", 200, {}, json.dumps(body).encode()))
    except UnexpectedAnswerError as error:
        shown = f"{error}"
    else:
        shown = ""
        assert 0 < seconds <= 86_400
        assert all(32 < ord(letter) < 127 for letter in kind + token)

    assert shown in ("", "x: the token service's answer has no token", "x: the answer is no JSON")


@given(st.binary(max_size=200))
def test_bytes_are_a_token_or_our_error(body: bytes) -> None:
    """No other exception than ours for what is no JSON at all."""
    with pytest.raises(UnexpectedAnswerError):
        token_in(Answer("x", 200, {}, body))
