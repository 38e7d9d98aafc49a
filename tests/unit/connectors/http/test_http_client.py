"""The client: what is repeated, what was sent, and what never shows."""

import contextlib
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    AddressRefusedError,
    BusyError,
    HttpClient,
    HttpSettings,
    RequestRefusedError,
    UnexpectedAnswerError,
)

CPR = "2211771212"
Connect = Callable[..., HttpClient]


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that a client waited between attempts."""
    return []


@pytest.fixture
def connect(surroundings: Surroundings, pauses: list[float]) -> Iterator[Connect]:
    """Makes clients that do not really wait."""
    made: list[HttpClient] = []

    def connect(*addresses: str, largest_answer: int = 1000, **settings: Any) -> HttpClient:
        chosen = HttpSettings(**{"ca_bundle": "ca.pem", "read_timeout": 0.3, "attempts": 3, **settings})
        client = HttpClient(
            "system",
            chosen,
            replace(surroundings, pause=lambda seconds: pauses.append(seconds) is None),
            addresses=addresses,
            largest_answer=largest_answer,
        )
        made.append(client)
        return client

    yield connect
    for client in made:
        client.close()


def failure(call: Callable[[], object]) -> RpaCommonsError:
    """What a call fails with."""
    with pytest.raises(RpaCommonsError) as caught:
        call()
    return caught.value


def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def trickle(begin: bytes, piece: bytes) -> Iterator[bytes]:
    """An answer that goes on and on, a few bytes at a time."""
    yield begin
    for _ in range(1000):
        time.sleep(0.002)
        yield piece


class TestRepeating:
    def test_a_query_is_repeated_until_it_is_answered(self, stub: Any, connect: Connect) -> None:
        """Two failures and an answer are an answer."""
        stub.then(stub.reply(500), "reset", stub.reply(200, b"yes"))

        answer = connect(stub.url).request("GET", stub.url, kind="query")

        assert (200, b"yes") == (answer.status, answer.body)

    def test_a_keyed_effect_is_repeated_after_silence(self, stub: Any, connect: Connect) -> None:
        """The receiver knows the key, so a time-out is no reason to stop."""
        stub.then("silence", stub.reply(200))

        connect(stub.url).request("POST", stub.url, kind="keyed", body=b"letter")

        assert [b"letter"] * 2 == [one.body for one in stub.asked]

    @pytest.mark.parametrize("answer", ["silence", "reset", "500", "503", "half"])
    def test_an_unsafe_effect_is_never_sent_twice(self, stub: Any, connect: Connect, answer: str) -> None:
        """Once the request may have arrived, an unsafe effect is not tried again."""
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
        answers = {"500": stub.reply(500), "503": stub.reply(503, Retry_After="0"), "half": half}
        stub.then(answers.get(answer, answer))

        error = failure(lambda: connect(stub.url).request("POST", stub.url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent
        assert 1 == len(stub.asked)

    def test_an_unsafe_effect_that_was_not_sent_is_repeated(
        self, connect: Connect, pauses: list[float]
    ) -> None:
        """A refused connection carries nothing, so trying again is safe."""
        url = f"https://localhost:{unused_port()}"

        error = failure(lambda: connect(url).request("POST", url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert "no" == error.sent
        assert 2 == len(pauses)

    def test_an_attempt_that_may_have_arrived_is_not_forgotten(self, stub: Any, connect: Connect) -> None:
        """After a time-out, a later attempt that certainly was not sent leaves the whole call a maybe."""
        stub.then("silence", stub.reply(429, Retry_After="0"))

        error = failure(
            lambda: connect(stub.url, attempts=2).request("POST", stub.url, kind="keyed", body=b"x")
        )

        assert isinstance(error, BusyError)
        assert "maybe" == error.sent

    @pytest.mark.parametrize("first", ["silence", "reset", "500"])
    def test_a_refused_repeat_leaves_the_first_attempt_open(
        self, stub: Any, connect: Connect, first: str
    ) -> None:
        """A refusal of the repeat says nothing about the attempt before it, so the call stays a maybe."""
        stub.then(stub.reply(500) if first == "500" else first, stub.reply(422, CPR.encode()))

        error = failure(lambda: connect(stub.url).request("POST", stub.url, kind="keyed", body=b"x"))

        assert isinstance(error, TransientError)
        assert ("maybe", "system: refused a repeat (status 422)") == (error.sent, str(error))
        assert 2 == len(stub.asked)

    @pytest.mark.parametrize(("first", "kind"), [(429, "keyed"), (500, "query")])
    def test_a_refused_repeat_is_a_refusal_where_nothing_was_done(
        self, stub: Any, connect: Connect, first: int, kind: Any
    ) -> None:
        """After an attempt that was not taken, and for a query, a 4xx is the last word."""
        stub.then(stub.reply(first, Retry_After="0"), stub.reply(422))

        error = failure(lambda: connect(stub.url).request("POST", stub.url, kind=kind, body=b"x"))

        assert isinstance(error, RequestRefusedError)

    @pytest.mark.parametrize(("first", "doubt"), [(500, True), (429, False)])
    def test_an_answer_knows_of_the_doubt_before_it(
        self, stub: Any, connect: Connect, first: int, doubt: bool
    ) -> None:
        """Whoever reads a refusal itself is told whether an earlier attempt may have been carried out."""
        stub.then(stub.reply(first, Retry_After="0"), stub.reply(400))

        answer = connect(stub.url).request("POST", stub.url, kind="keyed", body=b"x", accept={400})

        assert doubt == answer.after_doubt

    def test_headers_are_made_for_each_attempt(self, stub: Any, connect: Connect) -> None:
        """A transaction id is fresh for each attempt."""
        stub.then(stub.reply(500), stub.reply(200))
        numbers = count(1)

        connect(stub.url).request("GET", stub.url, kind="query", headers=lambda: {"X-Id": str(next(numbers))})

        assert ["1", "2"] == [one.headers["x-id"] for one in stub.asked]

    def test_a_refusal_is_not_repeated(self, stub: Any, connect: Connect) -> None:
        """A 4xx is the receiver's last word, without its body."""
        stub.then(stub.reply(422, f"no {CPR}".encode()))

        error = failure(lambda: connect(stub.url).request("GET", stub.url, kind="query"))

        assert isinstance(error, RequestRefusedError)
        assert 422 == error.status
        assert 1 == len(stub.asked)
        assert CPR not in str(error)

    def test_a_status_that_the_caller_reads_is_given_to_it(self, stub: Any, connect: Connect) -> None:
        """A SOAP fault is status 500 with a body that says more."""
        stub.then(stub.reply(500, b"<fault/>"))

        answer = connect(stub.url).request("POST", stub.url, kind="query", body=b"x", accept={500})

        assert (500, b"<fault/>") == (answer.status, answer.body)


class TestBusy:
    def test_the_receivers_wish_is_waited_for(self, stub: Any, connect: Connect, pauses: list[float]) -> None:
        """Retry-After in seconds is what is waited."""
        stub.then(stub.reply(503, Retry_After="7"), stub.reply(200))

        connect(stub.url).request("GET", stub.url, kind="query")

        assert [7.0] == pauses

    def test_the_wish_may_be_a_date(self, stub: Any, connect: Connect, pauses: list[float]) -> None:
        """Retry-After as a date that has passed means now."""
        past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
        stub.then(stub.reply(429, Retry_After=past), stub.reply(200))

        connect(stub.url).request("GET", stub.url, kind="query")

        assert [0.0] == pauses

    def test_a_long_wish_is_the_queues_business(
        self, stub: Any, connect: Connect, pauses: list[float]
    ) -> None:
        """Nobody sleeps an hour inside a call: the error carries the wish."""
        stub.then(stub.reply(429, Retry_After="3600"))

        error = failure(lambda: connect(stub.url).request("GET", stub.url, kind="query"))

        assert isinstance(error, BusyError)
        assert (3600.0, "no") == (error.retry_after, error.sent)
        assert [] == pauses

    def test_pauses_grow(self, stub: Any, connect: Connect, pauses: list[float]) -> None:
        """Without a wish the pause doubles."""
        stub.then(stub.reply(502))

        failure(lambda: connect(stub.url, attempts=4).request("GET", stub.url, kind="query"))

        assert 3 == len(pauses)
        assert pauses == sorted(pauses)


class TestStopping:
    @pytest.fixture
    def stopped(self, surroundings: Surroundings, stub: Any) -> Iterator[HttpClient]:
        """A client in a run that is to stop."""
        settings = HttpSettings(ca_bundle="ca.pem", read_timeout=0.3, attempts=3)
        surroundings = replace(surroundings, pause=lambda _: False)
        client = HttpClient("system", settings, surroundings, addresses=[stub.url])
        yield client
        client.close()

    @pytest.mark.parametrize(("status", "sent"), [(500, "maybe"), (429, "no")])
    def test_a_run_that_is_to_stop_is_not_waited_in(
        self, stub: Any, stopped: HttpClient, status: int, sent: str
    ) -> None:
        """The first failure is raised as it is, and the next call of a busy host sends nothing."""
        stub.then(stub.reply(status, Retry_After="20"))

        first = failure(lambda: stopped.request("POST", stub.url, kind="keyed", body=b"x"))

        assert isinstance(first, TransientError)
        assert (sent, 1) == (first.sent, len(stub.asked))
        second = failure(lambda: stopped.request("POST", stub.url, kind="keyed", body=b"x"))
        assert isinstance(second, BusyError) == (status == 429)
        assert len(stub.asked) == (1 if status == 429 else 2)


class TestHalfAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Length: some\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 10\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 4\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: unchunked\r\n\r\nhalf",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
            b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nDate: today\r\n",
            b"HTTP/1.1",
            b"",
        ],
        ids=[
            "length",
            "a length of 5,000 digits",
            "a length that is no number",
            "a length below nothing",
            "one length twice",
            "two lengths",
            "a coding that is none",
            "no last chunk",
            "half a chunk",
            "half a header",
            "half a head",
            "half a status",
            "nothing",
        ],
    )
    def test_half_an_answer_is_no_answer(self, stub: Any, connect: Connect, answer: bytes) -> None:
        """However an answer breaks off, it is a failure, and the request may have been carried out."""
        stub.then(answer)

        error = failure(lambda: connect(stub.url).request("POST", stub.url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert ("maybe", 1) == (error.sent, len(stub.asked))

    def test_one_length_said_twice_is_one(self, stub: Any, connect: Connect) -> None:
        """An answer whose length stands there two times is whole when it is that long."""
        stub.then(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

        assert b"ok" == connect(stub.url).request("GET", stub.url, kind="query").body

    def test_a_chunked_answer_is_read_whole(self, stub: Any, connect: Connect) -> None:
        """An answer in chunks with its last one is whole."""
        stub.then(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            b"4\r\nhalf\r\n2\r\n+1\r\n0\r\n\r\n"
        )

        assert b"half+1" == connect(stub.url).request("GET", stub.url, kind="query").body

    def test_an_answer_over_the_limit_is_refused(self, stub: Any, connect: Connect) -> None:
        """A limit on size holds, also where the receiver announced nothing."""
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        stub.then(head + b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n")

        error = failure(lambda: connect(stub.url, attempts=1).request("GET", stub.url, kind="query"))

        assert "system: the answer is over 1000 bytes" == str(error)

    @pytest.mark.parametrize(
        ("begin", "piece"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", b"x"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
            (b"HTTP/1.1 ", b"2"),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ],
        ids=["body", "chunks", "header", "status", "continue"],
    )
    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_an_answer_that_trickles_meets_the_deadline(
        self, stub: Any, plain_stub: Any, connect: Connect, scheme: str, begin: bytes, piece: bytes
    ) -> None:
        """Bytes that keep coming do not keep a call alive for ever, wherever in an answer they come."""
        server = stub if scheme == "https" else plain_stub
        server.then(trickle(begin, piece))
        client = connect(server.url, attempts=1, answer_timeout=0.1)
        started = time.monotonic()

        error = failure(lambda: client.request("POST", server.url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent
        assert "did not answer in time" in str(error)
        assert 1 > time.monotonic() - started

    def test_a_compressed_answer_is_refused(self, stub: Any, connect: Connect) -> None:
        """Compression was not asked for, so its length and its size unfolded cannot be checked."""
        stub.then(stub.reply(200, b"\x1f\x8b", Content_Encoding="gzip"))

        error = failure(lambda: connect(stub.url, attempts=1).request("GET", stub.url, kind="query"))

        assert isinstance(error, TransientError)
        assert "identity" == stub.asked[0].headers["accept-encoding"]


class TestWhereItGoes:
    def test_another_host_is_not_called(self, stub: Any, plain_stub: Any, connect: Connect) -> None:
        """A connector calls the hosts it declares and no other."""
        error = failure(lambda: connect(stub.url).request("GET", plain_stub.url, kind="query"))

        assert isinstance(error, AddressRefusedError)
        assert 0 == plain_stub.connections

    def test_a_redirect_is_not_followed(self, stub: Any, plain_stub: Any, connect: Connect) -> None:
        """Neither the request nor its authorization goes where a redirect points."""
        stub.then(stub.reply(307, Location=plain_stub.url))

        error = failure(
            lambda: connect(stub.url, attempts=1).request("POST", stub.url, kind="keyed", body=b"x")
        )

        assert isinstance(error, TransientError)
        assert "set the system's present address in stack.toml; redirects are not followed" == error.remedy
        assert 0 == plain_stub.connections

    @pytest.mark.parametrize(
        "place", ["https://localhost:1/", "http://[hemmelig", "https://localhost:hemmelig"]
    )
    @pytest.mark.parametrize("body", [b"", b"<p>moved</p>"])
    def test_what_a_redirect_holds_is_not_looked_at(
        self, stub: Any, connect: Connect, place: str, body: bytes
    ) -> None:
        """A page comes with it, or an address that is none: it is told like any other."""
        stub.then(stub.reply(302, body, Location=place))

        error = failure(lambda: connect(stub.url, attempts=1).request("GET", stub.url, kind="query"))

        assert "system: moved elsewhere (status 302)" == str(error)

    def test_a_redirect_without_an_end_is_not_read(self, stub: Any, connect: Connect) -> None:
        """Its body counts against the limit of an answer."""
        stub.then(stub.reply(302, b"x" * 5000, Location="/"))

        error = failure(lambda: connect(stub.url, attempts=1).request("GET", stub.url, kind="query"))

        assert "system: the answer is over 1000 bytes" == str(error)

    @pytest.mark.parametrize(
        "url", ["http://example.dk", "ftp://example.dk", "https://", "https://u:p@example.dk", "https://h:x"]
    )
    def test_an_address_is_https_without_a_password(self, connect: Connect, url: str) -> None:
        """Anything else is refused when the connector is made, and the password is not shown."""
        error = failure(lambda: connect(url))

        assert isinstance(error, AddressRefusedError)
        assert "u:p" not in str(error)

    def test_plain_http_is_for_this_machine(self, plain_stub: Any, connect: Connect) -> None:
        """A simulator on loopback may do without TLS."""
        plain_stub.then(plain_stub.reply(200, b"ok"))

        assert b"ok" == connect(plain_stub.url).request("GET", plain_stub.url, kind="query").body

    def test_a_proxy_that_is_gone_means_not_sent(
        self, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The proxy of the environment is used, and its absence is told as that."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        url = "https://sp.example.invalid"

        error = failure(lambda: connect(url, attempts=1).request("POST", url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert ("no", "system: the proxy did not open a way to sp.example.invalid:443") == (
            error.sent,
            str(error),
        )

    def test_a_proxy_gets_its_login_from_a_secret(
        self, plain_stub: Any, connect: Connect, folder: Path
    ) -> None:
        """User and password go to the proxy, from a secret reference, encoded."""
        login = folder / "login"
        login.touch(mode=0o600)
        login.write_text("rpa:p@ss")
        plain_stub.then(plain_stub.reply(407))
        url = "https://sp.example.invalid"
        client = connect(url, attempts=1, proxy=plain_stub.url, proxy_login={"file": "login"})

        error = failure(lambda: client.request("GET", url, kind="query"))

        assert isinstance(error, TransientError)
        assert "no" == error.sent
        assert "Basic cnBhOnBAc3M=" == plain_stub.asked[0].headers["proxy-authorization"]
        assert "p@ss" not in str(error)

    @pytest.mark.skipif(sys.platform != "linux", reason="only there a variable adds to the system's trust")
    def test_a_proxy_is_not_offered_the_client_certificate(
        self, stub: Any, strict_stub: Any, connect: Connect, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An https proxy is spoken to without it; one that demands a certificate stays shut."""
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
        url = "https://sp.example.invalid"
        for proxy in (stub, strict_stub):
            proxy.then(proxy.reply(502))
            client = connect(url, attempts=1, proxy=proxy.url, certificate={"file": "client.pem"})
            failure(lambda client=client: client.request("GET", url, kind="query"))

        assert ["CONNECT"] == [one.method for one in stub.asked]
        assert ([], 1) == (strict_stub.asked, strict_stub.connections)

    def test_this_machine_is_reached_without_a_proxy(
        self, stub: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy of the environment does not come between a test and its simulator."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
        stub.then(stub.reply(200))

        assert 200 == connect(stub.url).request("GET", stub.url, kind="query").status

    def test_a_name_that_is_not_known_means_not_sent(
        self, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without an address nothing left this machine."""
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        url = "https://sp.example.invalid"

        error = failure(lambda: connect(url, attempts=1).request("POST", url, kind="unsafe", body=b"x"))

        assert isinstance(error, TransientError)
        assert "no" == error.sent

    def test_cookies_and_netrc_are_not_used(
        self, stub: Any, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What one answer set is not sent with the next request, and no login comes from the home folder."""
        netrc = tmp_path / "netrc"
        netrc.touch(mode=0o600)
        netrc.write_text("machine localhost login somebody password else\n")
        monkeypatch.setenv("NETRC", str(netrc))
        stub.then(stub.reply(200, Set_Cookie="a=b"), stub.reply(200))
        client = connect(stub.url)

        for _ in range(2):
            client.request("GET", stub.url, kind="query")

        assert all("cookie" not in one.headers and "authorization" not in one.headers for one in stub.asked)


class TestAuthorization:
    class Tokens:
        """Gives token 1, and the next one when that is refused."""

        def __init__(self) -> None:
            self.number = 1

        def headers(self) -> Mapping[str, str]:
            """The token of now."""
            return {"authorization": f"token {self.number}"}

        def invalidate(self, used: Mapping[str, str]) -> None:
            """Go on to the next token."""
            assert self.headers() == used
            self.number += 1

    def test_a_refused_token_is_renewed_once(self, stub: Any, connect: Connect) -> None:
        """401 means that nothing was done, so even an unsafe effect goes again with a new token."""
        stub.then(stub.reply(401), stub.reply(200))

        connect(stub.url).request("POST", stub.url, kind="unsafe", body=b"x", authorization=self.Tokens())

        assert ["token 1", "token 2"] == [one.headers["authorization"] for one in stub.asked]

    @pytest.mark.parametrize("status", [401, 403])
    def test_no_access_makes_cases_wait(self, stub: Any, connect: Connect, status: int) -> None:
        """A lapsed agreement is nobody's case: it is transient, was not sent, and names the remedy."""
        stub.then(stub.reply(status))

        error = failure(
            lambda: connect(stub.url).request(
                "POST", stub.url, kind="keyed", body=b"x", authorization=self.Tokens()
            )
        )

        assert isinstance(error, AccessRefusedError)
        assert ("no", 4) == (error.sent, error.exit_code)
        assert "agreement" in error.remedy
        assert len(stub.asked) == (2 if status == 401 else 1)

    @pytest.mark.parametrize(
        ("answers", "sent"), [((), "no"), ((500,), "maybe"), ((401,), "no"), ((500, 401), "maybe")]
    )
    def test_a_refusal_by_the_token_service_is_no_refusal_of_the_effect(
        self, stub: Any, connect: Connect, answers: tuple[int, ...], sent: str
    ) -> None:
        """Whenever it comes, the cases wait, and an attempt that may be carried out is not forgotten."""
        stub.then(*map(stub.reply, answers))
        given = len(answers)

        class Refused(self.Tokens):
            def headers(self) -> Mapping[str, str]:
                nonlocal given
                given -= 1
                if given < 0:
                    raise RequestRefusedError("tokens", 410)
                return super().headers()

            def invalidate(self, used: Mapping[str, str]) -> None:
                assert used

        error = failure(
            lambda: connect(stub.url).request(
                "POST", stub.url, kind="keyed", body=b"x", authorization=Refused()
            )
        )

        assert isinstance(error, TransientError)
        assert "token service refuses (status 410)" in str(error)
        assert (sent, len(answers)) == (error.sent, len(stub.asked))

    @pytest.mark.parametrize("secret", ["hemmelig\r\nX: y", "hemmelig\n", "hemmeligč"])
    def test_a_header_that_cannot_be_written_is_told(self, stub: Any, connect: Connect, secret: str) -> None:
        """A secret with a line break or a strange letter: nothing is sent, the remedy says where to look."""
        error = failure(
            lambda: connect(stub.url).request("POST", stub.url, kind="unsafe", headers={"X-Key": secret})
        )

        assert isinstance(error, TransientError)
        assert ("no", []) == (error.sent, stub.asked)
        assert "a header" in str(error)
        assert "secrets" in error.remedy
        assert "hemmelig" not in f"{error}{error.remedy}{error.__context__!r}{error.__cause__!r}"

    def test_a_token_that_cannot_be_had_means_not_sent(self, stub: Any, connect: Connect) -> None:
        """The token service timed out: this request was not sent, whatever happened there."""

        class NoTokens(self.Tokens):
            def headers(self) -> Mapping[str, str]:
                raise TransientError("tokens", "no answer", sent="maybe")

        error = failure(
            lambda: connect(stub.url).request(
                "POST", stub.url, kind="unsafe", body=b"x", authorization=NoTokens()
            )
        )

        assert isinstance(error, TransientError)
        assert "no" == error.sent
        assert [] == stub.asked


class TestPersonalData:
    @pytest.mark.parametrize("answer", ["silence", "reset", "refused", "half a head"])
    def test_a_number_in_the_query_shows_nowhere(
        self, stub: Any, connect: Connect, caplog: pytest.LogCaptureFixture, answer: str
    ) -> None:
        """Neither an error, nor what it carries along, nor the debug log of urllib3 shows a query string."""
        caplog.set_level(logging.DEBUG)
        answers = {"refused": stub.reply(404), "half a head": b"HTTP/1.1 200 OK\r\nX-Pers"}
        stub.then(answers.get(answer, answer))
        url = stub.url

        error: BaseException | None = failure(
            lambda: connect(url, attempts=2).request(
                "GET", url + "/q", kind="query", params={"cprNumber": CPR}
            )
        )

        assert CPR == stub.asked[0].query["cprNumber"]
        assert error is not None
        assert error.__context__ is None
        assert CPR not in repr(error) + str(error)
        assert CPR not in caplog.text

    def test_the_debug_log_still_says_what_happened(
        self, stub: Any, connect: Connect, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Path and query are left out of urllib3's log; host, method and status stay."""
        caplog.set_level(logging.DEBUG)
        stub.then(stub.reply(200))
        url = f"{stub.url}/persons/{CPR}"

        connect(stub.url).request("GET", url, kind="query", params={"name": "Hemmelig"})

        assert f'{stub.url} "GET /… HTTP/1.1" 200' in caplog.text
        assert not [word for word in (CPR, "Hemmelig", "persons") if word in caplog.text]

    @pytest.mark.parametrize("line", [f"Hemmelig {CPR}", f" {CPR} Hemmelig", f"X-Name\r: Hemmelig {CPR}"])
    def test_headers_that_cannot_be_parsed_are_not_logged(
        self, stub: Any, connect: Connect, caplog: pytest.LogCaptureFixture, line: str
    ) -> None:
        """Where urllib3 warns of such an answer, it says what is wrong and not what stood there."""
        caplog.set_level(logging.DEBUG)
        head = b"Content-Length: 2\r\nConnection: close\r\n\r\n"
        stub.then(b"HTTP/1.1 200 OK\r\n" + line.encode() + b"\r\n" + head + b"ok")

        with contextlib.suppress(TransientError):
            connect(stub.url, attempts=1).request("GET", stub.url, kind="query")

        assert "HeaderParsingError" in caplog.text
        assert not [word for word in (CPR, "Hemmelig") if word in caplog.text]

    def test_an_answer_shows_neither_body_nor_headers(self, stub: Any, connect: Connect) -> None:
        """The repr of an answer is its system and status."""
        stub.then(stub.reply(200, CPR.encode(), X_Person=CPR))

        assert "Answer(system='system', status=200)" == repr(
            connect(stub.url).request("GET", stub.url, kind="query")
        )

    def test_an_answer_that_is_no_json_is_not_quoted(self, stub: Any, connect: Connect) -> None:
        """What came instead of JSON may be anything, so it is not repeated."""
        stub.then(stub.reply(200, f"<p>{CPR}".encode()))
        answer = connect(stub.url).request("GET", stub.url, kind="query")

        error = failure(answer.json)

        assert isinstance(error, UnexpectedAnswerError)
        assert isinstance(error, BusinessError)
        assert error.__context__ is None
        assert CPR not in str(error)
