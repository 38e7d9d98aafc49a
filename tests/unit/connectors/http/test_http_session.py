"""One session: connections used again, logins of requests, and what is waited for."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from requests.auth import AuthBase

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    Answer,
    HttpClient,
    HttpSettings,
    UnclearAnswerError,
    UnexpectedAnswerError,
)
from rpa_commons.connectors.http._answer import _retry_after


class Handler(BaseHTTPRequestHandler):
    """Answers, and keeps the connection open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms between its head and its body
    server: "Server"

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.connection.settimeout(2)
        self.server.connections += 1

    def do_POST(self) -> None:
        """Five bytes, or a refusal with five bytes."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.logins.append(self.headers.get("Authorization", ""))
        self.send_response(404 if self.path == "/no" else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"yes..")

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class Server(ThreadingHTTPServer):
    """Counts connections."""

    daemon_threads = True
    connections = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.logins: list[str] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    """On this machine, without TLS."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def make(surroundings: Surroundings, url: str, auth: AuthBase | None = None) -> HttpClient:
    """A client of it."""
    settings = HttpSettings(read_timeout=2, attempts=1)
    return HttpClient("system", settings, surroundings, addresses=[url], auth=auth)


def test_many_calls_use_one_connection(surroundings: Surroundings, server: Server) -> None:
    """A hundred calls one after another, refused ones among them, open one TCP connection."""
    client = make(surroundings, server.url)

    for number in range(100):
        path = "/no" if number % 10 == 9 else "/yes"
        answer = client.request("POST", server.url + path, kind="query", body=b"x", accept=[404])
        assert b"yes.." == answer.body
    client.close()

    assert 1 == server.connections


def test_threads_use_a_connection_each(surroundings: Surroundings, server: Server) -> None:
    """Four threads with eighty calls open at most four connections."""
    client = make(surroundings, server.url)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.request("POST", server.url, kind="query", body=b"x"), range(80)))
    client.close()

    assert 1 <= server.connections <= 4


def test_a_login_of_requests_is_used_for_every_call(surroundings: Surroundings, server: Server) -> None:
    """``auth`` is whatever ``requests`` takes."""
    client = make(surroundings, server.url, auth=requests.auth.HTTPBasicAuth("rpac", "secret"))

    for _ in range(2):
        client.request("POST", server.url, kind="query", body=b"x")
    client.close()

    assert ["Basic cnBhYzpzZWNyZXQ="] * 2 == server.logins


class Broken(AuthBase):
    """A login whose library has errors of its own."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Fail with the user's name."""
        raise LookupError("user DOMAIN\\hemmelig")


def test_a_login_that_cannot_be_made_is_a_refused_access(surroundings: Surroundings, server: Server) -> None:
    """Its error's class is named, its text is not; cases wait until a person has mended it."""
    client = make(surroundings, server.url, auth=Broken())

    with pytest.raises(AccessRefusedError) as caught:
        client.request("POST", server.url, kind="query")
    client.close()

    assert "LookupError" in str(caught.value)
    assert "hemmelig" not in f"{caught.value}{caught.value.remedy}{caught.value.__context__!r}"
    assert 0 == server.connections


@pytest.mark.parametrize("body", [b"", b"<p>", b"\xff", b"[" * 200_000, b"{" + b'"a":{' * 50_000])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("query", UnexpectedAnswerError), ("keyed", UnclearAnswerError), ("unsafe", UnclearAnswerError)],
)
def test_nonsense_is_an_error_by_what_was_asked(body: bytes, kind: Any, expected: type[Exception]) -> None:
    """A query's is for a person; an effect's leaves open whether it was carried out."""
    with pytest.raises((BusinessError, TransientError)) as caught:
        Answer("system", 200, {}, body, kind=kind).json()

    assert expected is type(caught.value)
    assert "maybe" == getattr(caught.value, "sent", "maybe")


def test_an_answer_knows_what_was_asked(surroundings: Surroundings, server: Server) -> None:
    """The kind of the request comes with the answer."""
    client = make(surroundings, server.url)

    kinds = [client.request("POST", server.url, kind=kind).kind for kind in ("query", "keyed", "unsafe")]
    client.close()

    assert ["query", "keyed", "unsafe"] == kinds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "9" * 400}, 86_400.0),
        ({"retry-after": "٧"}, None),
        ({"retry-after": "-7"}, None),
        ({"retry-after": "1e3"}, None),
        ({}, None),
        # Both by the receiver's clock, whatever the time is here.
        (
            {"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", "date": "Fri, 31 Dec 1999 23:59:29 GMT"},
            30.0,
        ),
        ({"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        ({"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}, 86_400.0),
    ],
)
def test_the_wish_is_read_as_the_rfc_says(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date (RFC 9110 10.2.3), at most a day."""
    assert seconds == _retry_after(headers)


@given(
    st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9 ]{1,9} [A-Z][a-z]{2} [0-9]{1,9} [0-9:]{5,12} [+A-Z0-9-]+")
)
@example("Mon, 01 Jan 0001 00:00:00 +1400")
@example("Fri, 31 Dec 9999 23:59:59 -9959")
def test_any_wish_is_seconds_or_none(text: str) -> None:
    """No exception, nothing negative, nothing beyond a day."""
    for headers in ({"retry-after": text}, {"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT", "date": text}):
        seconds = _retry_after(headers)

        assert seconds is None or 0 <= seconds <= 86_400
