"""What one client of a run is told holds for all: breaker, ``Retry-After`` and tokens, not sessions."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors import Memory, Surroundings
from rpa_commons.connectors.http import (
    BusyError,
    CircuitOpenError,
    ClientCredentials,
    HttpClient,
    HttpSettings,
)

Connect = Callable[[Surroundings], HttpClient]


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that clients waited."""
    return []


@pytest.fixture
def surroundings(surroundings: Surroundings, pauses: list[float]) -> Surroundings:
    """Where nobody really waits."""

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return True

    return replace(surroundings, pause=pause)


@pytest.fixture
def connect(stub: Any) -> Iterator[Connect]:
    """Makes clients of one system, as each lane of a run has its own; one attempt a call."""
    settings = HttpSettings(ca_bundle="ca.pem", read_timeout=0.5, attempts=1, breaker_failures=2)
    with ExitStack() as stack:

        def connected(surroundings: Surroundings) -> HttpClient:
            client = HttpClient("vendor", settings, surroundings, addresses=[stub.url])
            stack.callback(client.close)
            return client

        yield connected


def elsewhere(surroundings: Surroundings) -> Surroundings:
    """Those of another run, or of another binding."""
    return replace(surroundings, memory=Memory())


def test_what_is_kept_may_keep_something_itself() -> None:
    """A login that is kept has its own tokens kept; both are made once."""
    memory, made = Memory(), []

    def outer() -> str:
        made.append("outer")
        return memory.kept("inner", lambda: made.append("inner") or "both")

    assert ["both"] * 3 == [
        memory.kept("outer", outer),
        memory.kept("outer", outer),
        memory.kept("inner", str),
    ]
    assert ["outer", "inner"] == made


def test_what_one_was_asked_to_wait_the_other_waits(
    connect: Connect, surroundings: Surroundings, stub: Any, pauses: list[float]
) -> None:
    """``Retry-After: 7`` to one lane keeps the other one off as long, and nobody of another run."""
    stub.then(stub.reply(429, Retry_After="7"), stub.reply(200))
    with pytest.raises(BusyError):
        connect(surroundings).request("GET", stub.url, kind="query")

    connect(elsewhere(surroundings)).request("GET", stub.url, kind="query")
    assert [] == pauses
    connect(surroundings).request("GET", stub.url, kind="query")

    assert [7.0] == [round(seconds) for seconds in pauses]


def test_a_host_that_failed_one_is_left_alone_by_the_other(
    connect: Connect, surroundings: Surroundings, stub: Any
) -> None:
    """The breaker that one client opened is open for the next one, which begins with nothing of its own."""
    stub.then(stub.reply(500))
    for _ in range(2):
        with pytest.raises(TransientError):
            connect(surroundings).request("GET", stub.url, kind="query")

    with pytest.raises(CircuitOpenError):
        connect(surroundings).request("GET", stub.url, kind="query")

    assert 2 == len(stub.asked)


def test_a_token_is_asked_for_once(connect: Connect, surroundings: Surroundings, stub: Any) -> None:
    """Two lanes, one token; another client id, scope or run asks for its own."""

    def issue(_asked: object) -> bytes:
        text = f"t{len(stub.asked)}"
        body = {"access_token": text, "token_type": "Bearer", "expires_in": 3600}
        return bytes(stub.reply(200, json.dumps(body).encode()))

    def token(around: Surroundings, who: str = "rpac", scope: str = "") -> str:
        access = ClientCredentials(
            connect(around),
            token_url=f"{stub.url}/token",
            client_id=who,
            secret=lambda: "s3cret",
            scope=scope,
        )
        return access.headers()["Authorization"]

    stub.then(issue)

    assert token(surroundings) == token(surroundings)
    others = (
        token(surroundings, who="other"),
        token(surroundings, scope="read"),
        token(elsewhere(surroundings)),
    )
    assert 4 == len({token(surroundings), *others}) == len(stub.asked)


def test_a_token_that_was_refused_to_one_is_renewed_for_all(
    connect: Connect, surroundings: Surroundings, stub: Any
) -> None:
    """A 401 in one lane: it renews the token, and the other lane has the new one and no 401 of its own."""
    good = {"t2"}

    def answer(asked: Any) -> bytes:
        if asked.path == "/token":
            issued = sum(one.path == "/token" for one in stub.asked)
            body = {"access_token": f"t{issued}", "token_type": "Bearer", "expires_in": 3600}
            return bytes(stub.reply(200, json.dumps(body).encode()))
        sent = asked.headers["authorization"].removeprefix("Bearer ")
        return bytes(stub.reply(200 if sent in good else 401))

    stub.then(answer)
    for _ in range(2):
        client = connect(surroundings)
        access = ClientCredentials(
            client, token_url=f"{stub.url}/token", client_id="rpac", secret=lambda: "s3cret"
        )
        client.request("GET", f"{stub.url}/q", kind="query", authorization=access)

    assert ["/token", "/q", "/token", "/q", "/q"] == [one.path for one in stub.asked]
