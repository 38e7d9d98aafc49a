"""The connector over HTTP, against a small server on this machine."""

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import BusinessError, PersonNotFoundError, PopulationRegister, TransientError
from rpa_commons.connectors import Surroundings, load
from rpa_commons.connectors.http import AccessRefusedError, AddressRefusedError
from rpa_commons.connectors.sf1520 import FaultError, Sf1520, Sf1520Settings
from rpa_commons.sdk import Municipality

CPR = "0101505555"
IDS = {
    "service_agreement": "00000000-0000-4000-8000-000000000001",
    "user_system": "00000000-0000-4000-8000-000000000002",
    "user": "00000000-0000-4000-8000-000000000003",
    "service": "00000000-0000-4000-8000-000000000004",
}
Reply = tuple[int, bytes]


class Service:
    """A server that answers each request with the next reply, the last one for ever, and keeps what came."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): text for name, text in self.headers.items()}
                service.requests.append((self.path, headers, body))
                status, answer = service.replies[0] if len(service.replies) == 1 else service.replies.pop(0)
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[Callable[..., tuple[Sf1520, Service]]]:
    """Opens the connector against a server of the given replies."""
    opened: list[tuple[Sf1520, Service, threading.Thread]] = []

    def open_connector(*replies: Reply, **settings: Any) -> tuple[Sf1520, Service]:
        service = Service(*replies)
        thread = threading.Thread(target=service.server.serve_forever, args=(0.01,))
        thread.start()
        given = {"url": service.url, "attempts": 1, **IDS, **settings}
        surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", tmp_path, lambda _: "")
        connector = Sf1520(
            Sf1520Settings.model_validate(given), surroundings, today=lambda: date(2056, 11, 10)
        )
        opened.append((connector, service, thread))
        return connector, service

    yield open_connector
    for connector, service, thread in opened:
        connector.close()
        service.server.shutdown()
        thread.join()
        service.server.server_close()


Connected = Callable[..., tuple[Sf1520, Service]]


def test_a_question_and_its_answer(connected: Connected, answer: Callable[..., bytes]) -> None:
    """One POST with the contract's action, type and path; the answer becomes a person."""
    connector, service = connected((200, answer()))

    person = connector.person(CPR)

    ((path, headers, body),) = service.requests
    assert "Anna Sand" == person.name
    assert "/service/CPR/PersonBaseDataExtended/4" == path
    assert "text/xml; charset=utf-8" == headers["content-type"]
    assert (
        '"http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/PersonLookup"'
        == headers["soapaction"]
    )
    assert b">0101505555</" in body
    assert all(value.encode() in body for value in IDS.values())
    assert b"CallContext" not in body


def test_the_call_context_is_sent_when_set(connected: Connected, answer: Callable[..., bytes]) -> None:
    """What the platform's log shall show comes from the settings."""
    connector, service = connected((200, answer()), call_identifier="welcome-letters")
    connector.person(CPR)

    assert b"CallersServiceCallIdentifier>welcome-letters<" in service.requests[0][2]


def test_a_number_with_a_hyphen_is_sent_as_ten_digits(
    connected: Connected, answer: Callable[..., bytes]
) -> None:
    """The service takes at most ten characters."""
    connector, service = connected((200, answer()))
    connector.person("010150-5555")

    assert b">0101505555</" in service.requests[0][2]


def test_what_is_no_number_is_not_sent(connected: Connected) -> None:
    """Nonsense is refused here, and the register's log stays clean."""
    connector, service = connected((200, b""))

    with pytest.raises(BusinessError, match="not a CPR number"):
        connector.person("Anna")

    assert [] == service.requests


def test_an_unknown_number(connected: Connected, fault: Callable[..., bytes]) -> None:
    """A fault with status 500 is read, not repeated."""
    connector, service = connected((500, fault(("1", "PNR not found"))), attempts=3)

    with pytest.raises(PersonNotFoundError):
        connector.person(CPR)

    assert 1 == len(service.requests)


def test_a_refusal(connected: Connected, fault: Callable[..., bytes]) -> None:
    """Another fault is for a person, with its code."""
    connector, _ = connected((500, fault(("SP-7", "No agreement"))))

    with pytest.raises(FaultError, match="refused with SP-7: No agreement"):
        connector.person(CPR)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, TransientError),
        (502, TransientError),
        (503, TransientError),
        (403, AccessRefusedError),
        (404, AccessRefusedError),
        (415, AccessRefusedError),
    ],
)
def test_a_failing_service_is_asked_again_later(
    connected: Connected, status: int, error: type[Exception]
) -> None:
    """HTML with a failure's status says nothing about the case: a wrong address hands over nobody."""
    connector, _ = connected((status, b"<html/>"))

    with pytest.raises(error):
        connector.person(CPR)


def test_a_passing_failure_is_asked_again_at_once(connected: Connected, answer: Callable[..., bytes]) -> None:
    """A question changes nothing, so it is repeated within the call."""
    connector, service = connected((503, b""), (200, answer()), attempts=2)

    assert "Anna Sand" == connector.person(CPR).name
    assert 2 == len(service.requests)


def test_no_number_in_any_log(
    connected: Connected,
    answer: Callable[..., bytes],
    fault: Callable[..., bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At the most talkative level, neither number nor name is logged."""
    caplog.set_level("DEBUG")
    connector, _ = connected((200, answer()), (500, fault(("1", f"odd {CPR}"))))
    connector.person(CPR)
    with pytest.raises(FaultError):
        connector.person(CPR)

    assert caplog.records
    assert [] == [text for text in (CPR, "Anna") if text in caplog.text]


def test_it_names_the_hosts_it_calls(connected: Connected) -> None:
    """Whoever guards the network can ask the connector."""
    connector, service = connected((200, b""))

    assert {f"127.0.0.1:{service.server.server_port}"} == connector.hosts


def test_plain_http_is_for_this_machine_only(tmp_path: Path) -> None:
    """A personal number never leaves the machine unencrypted."""
    settings = Sf1520Settings.model_validate({"url": "http://platform.example", **IDS})
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", tmp_path, lambda _: "")

    with pytest.raises(AddressRefusedError):
        Sf1520(settings, surroundings)


def test_it_is_in_the_catalogue() -> None:
    """The name in ``stack.toml`` leads to the class, and the class to its capability."""
    assert Sf1520 is load("sf1520")
    assert PopulationRegister is Sf1520.capability


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("user", "00000000-0000-4000-8000-00000000000G"),
        ("user", "ABCDEFAB-0000-4000-8000-000000000001"),
        ("user", ""),
        ("url", "platform.example"),
        ("url", "https://platform.example/?x=1"),
        ("path", "no-slash"),
        ("call_identifier", "x" * 256),
        ("certificate", "secrets/kombit.p12"),
        ("uuid", "x"),
    ],
)
def test_settings_are_strict(key: str, value: str) -> None:
    """Ids in the contract's own form, an address, references for secrets, and nothing unknown."""
    with pytest.raises(ValidationError) as caught:
        Sf1520Settings.model_validate({"url": "https://platform.example", **IDS, key: value})

    assert {key} == {error["loc"][0] for error in caught.value.errors()}
