"""A service of one's own: what the interface promises to whoever writes the next simulator."""

import json
import os
import select
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from rpa_commons.sandbox import (
    FaultError,
    Refusal,
    Request,
    Response,
    Route,
    Sandbox,
    Service,
    UnknownServiceError,
    World,
    refusal_json,
    spoil_json,
    spoil_xml,
)


class Ledger(Service):
    """Takes postings, each key once."""

    name = "ledger"
    summary = "takes postings"
    routes = (Route("POST", "/ledger/postings"), Route("GET", "/ledger/postings/*"))
    mutual_tls = False
    takes_effects = True
    unvalidated = "the interface is ours"

    def __init__(self, world: World) -> None:
        """Keep the world."""
        self.world = world
        self.closed = False

    def serve(self, request: Request) -> Response:
        """Take a posting, or say what is known of one."""
        key = (
            request.path.rpartition("/")[2] if request.method == "GET" else request.header("Idempotency-Key")
        )
        if not key:
            raise Refusal(400, "key", "the header Idempotency-Key is missing")
        with self.world.journal.lock:
            known = self.world.taken(self.name, key)
            if request.method == "GET" and known is None:
                raise Refusal(404, "unknown", "no such posting")
            if request.method == "POST":
                entry = self.world.effect(self.name, "repeated" if known else "accepted", key)
                known = known or entry
        answer = {
            "number": (known or {})["n"],
            "repeated": known != entry if request.method == "POST" else None,
        }
        return Response(200, json.dumps(answer).encode(), "application/json")

    def refuse(self, refusal: Refusal) -> Response:
        """As JSON."""
        return refusal_json(refusal)

    def spoil(self, answer: Response) -> Response:
        """As JSON."""
        return spoil_json(answer)

    def note_fault(self, request: Request, kind: str) -> None:
        """A posting that failed stands in the journal."""
        self.world.effect(self.name, f"fault:{kind}", request.header("Idempotency-Key"))

    def close(self) -> None:
        """Remember it."""
        self.closed = True


def _answer(**content: object) -> Response:
    return Response(200, json.dumps(content).encode(), "application/json")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with the ledger and nothing else."""
    with Sandbox(tmp_path / "box", only=(), services=(Ledger,)) as running:
        yield running


@pytest.fixture
def session(box: Sandbox) -> Iterator[requests.Session]:
    """A caller without a client certificate."""
    with requests.Session() as calling:
        calling.trust_env = False
        calling.verify = str(box.ca_bundle)
        yield calling


def post(box: Sandbox, session: requests.Session, key: str = "k1") -> requests.Response:
    """One posting."""
    url = box.url_of("ledger") + "/ledger/postings"
    return session.post(url, json={}, headers={"Idempotency-Key": key}, timeout=5)


def test_it_is_served_without_a_client_certificate(box: Sandbox, session: requests.Session) -> None:
    """A service without mutual TLS has a port of its own; its effects are counted by key."""
    answers = [post(box, session).json(), post(box, session).json()]
    below = session.get(box.url_of("ledger") + "/ledger/postings/k1", timeout=5)

    assert [False, True] == [answer["repeated"] for answer in answers]
    assert 200 == below.status_code
    assert {"k1": 1} == box.effects("ledger")
    assert {} == box.letters()
    assert box.url != box.url_of("ledger")


def test_effects_survive_a_restart(tmp_path: Path) -> None:
    """A key that was taken before is known after."""
    for _ in range(2):
        with Sandbox(tmp_path / "box", only=(), services=(Ledger,)) as box, requests.Session() as session:
            session.trust_env = False
            session.verify = str(box.ca_bundle)
            post(box, session)

    assert {"k1": 1} == box.effects("ledger")
    assert ["accepted", "repeated"] == [entry["outcome"] for entry in box.journal()]


@pytest.mark.parametrize(
    ("kind", "status", "taken"),
    [("401", 401, 0), ("429", 429, 0), ("500", 500, 0), ("503", 503, 0), ("duplicate-receipt", 200, 1)],
)
def test_faults_by_status(
    box: Sandbox, session: requests.Session, kind: str, status: int, taken: int
) -> None:
    """Each answers with its status, before or after the effect, as it says."""
    box.fault("ledger", kind, milliseconds=1500)
    answer = post(box, session)

    assert status == answer.status_code
    assert ("2" if kind in {"429", "503"} else None) == answer.headers.get("Retry-After")
    assert taken == box.effects("ledger").total()
    assert taken or f"fault:{kind}" == box.journal()[-1]["outcome"]


def test_a_duplicate_receipt_says_repeated(box: Sandbox, session: requests.Session) -> None:
    """By default the second answer is sent for the first call."""
    box.fault("ledger", "duplicate-receipt")

    assert post(box, session).json()["repeated"]
    assert {"k1": 1} == box.effects("ledger")


def test_a_reset_is_one(box: Sandbox) -> None:
    """The effect is taken; half of the answer arrives, then TCP says that the connection was reset."""
    box.fault("ledger", "reset")
    port = int(box.url_of("ledger").rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    call = b"POST /ledger/postings HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k1\r\nContent-Length: 2\r\n\r\n{}"
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as caller,
    ):
        caller.sendall(call)
        got = caller.recv(4096) + caller.recv(4096)
        select.select([caller], [], [], 5)
        with pytest.raises(ConnectionResetError):  # below TLS, for Python's ssl takes a reset for an end
            os.read(caller.fileno(), 1)

    assert got.endswith(b'{"number": 1, "r')
    assert {"k1": 1} == box.effects("ledger")


def test_an_invalid_answer_is_well_formed(box: Sandbox, session: requests.Session) -> None:
    """HTTP 200 and JSON, but nothing that was promised."""
    box.fault("ledger", "invalid-answer")

    assert ["spoilt"] == list(post(box, session).json())


@pytest.mark.parametrize("kind", ["half-answer", "reset"])
def test_an_answer_without_a_body_can_break_off(tmp_path: Path, kind: str) -> None:
    """204 has no body to break off in: the head does, and no caller takes it for an answer."""

    class Quiet(Ledger):
        def serve(self, request: Request) -> Response:
            super().serve(request)
            return Response(204)

    with Sandbox(tmp_path / "box", only=(), services=(Quiet,)) as box, requests.Session() as session:
        session.trust_env = False
        session.verify = str(box.ca_bundle)
        box.fault("ledger", kind)
        with pytest.raises(requests.RequestException):
            post(box, session)
        whole = post(box, session, "k2")
        box.fault("ledger", "invalid-answer")
        spoilt = post(box, session, "k3")

    assert {"k1": 1, "k2": 1, "k3": 1} == box.effects("ledger")
    assert (204, b"") == (whole.status_code, whole.content)
    assert (200, b'{"spoilt": []}') == (spoilt.status_code, spoilt.content)


def test_answers_are_spoilt_whatever_they_are() -> None:
    """JSON and XML become what nobody asked for; so does what is neither."""
    json_bodies = [spoil_json(Response(200, body)).body for body in (b'{"a": 1}', b"", b"x")]
    xml_bodies = [spoil_xml(Response(200, body)).body for body in (b"<a/>", b"", b"x")]

    assert [b'{"spoilt": [{"a": 1}]}', b'{"spoilt": []}', b'{"spoilt": []}'] == json_bodies
    assert all(b"urn:rpa-commons:sandbox:spoilt" in body for body in xml_bodies)


def test_the_server_is_good_for_the_listed_host_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate made before a name was listed is made again; localhost and 127.0.0.1 stay."""
    with Sandbox(tmp_path / "box", only=()):
        pass
    monkeypatch.setattr("rpa_commons.sandbox._certificates.HOST_NAMES", ("real.example", "other.example"))
    with Sandbox(tmp_path / "box", only=(), services=(Ledger,)) as box:
        context = ssl.create_default_context(cafile=str(box.ca_bundle))
        port = int(box.url_of("ledger").rpartition(":")[2])
        for name in ("real.example", "other.example", "localhost", "127.0.0.1"):
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
                context.wrap_socket(raw, server_hostname=name) as caller,
            ):
                version = caller.version()

            assert version in {"TLSv1.2", "TLSv1.3"}


def test_the_other_port_does_not_serve_it(box: Sandbox) -> None:
    """What needs no client certificate is not found where one is needed."""
    with requests.Session() as session:
        session.trust_env = False
        url = box.url + "/ledger/postings"
        answer = session.post(
            url, json={}, verify=str(box.ca_bundle), cert=str(box.client_certificate), timeout=5
        )

    assert 404 == answer.status_code


def test_it_is_closed_with_the_sandbox(tmp_path: Path) -> None:
    """Files of its own are closed when the sandbox stops."""
    with Sandbox(tmp_path / "box", only=(), services=(Ledger,)) as box:
        ledger = box.services["ledger"]

    assert isinstance(ledger, Ledger)
    assert ledger.closed


def test_needs_come_along(tmp_path: Path) -> None:
    """Who asks for sf1601 gets the token services and PostForespoerg with it, and nothing else."""
    with Sandbox(tmp_path / "box", only=("sf1601",)) as box:
        assert {"sf1601", "postforespoerg", "sts", "token"} == set(box.services)
        with pytest.raises(FaultError, match="it is not started here; the services are sf1601, sts, token"):
            box.fault("sf1520", "500")
        with pytest.raises(UnknownServiceError):
            box.url_of("sf1520")


def test_an_unknown_name_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    """A typing error in ``only`` ends before anything listens."""
    with pytest.raises(UnknownServiceError) as caught:
        Sandbox(tmp_path / "box", only=("sf1061",)).start()

    assert "did you mean sf1601?" in caught.value.remedy


def test_two_services_on_one_path_are_a_mistake(tmp_path: Path) -> None:
    """The sandbox says so at the start."""

    class Twin(Ledger):
        name = "twin"

    with pytest.raises(ValueError, match="two services claim POST /ledger/postings"):
        Sandbox(tmp_path / "box", only=(), services=(Ledger, Twin)).start()


def test_a_kind_the_system_cannot_show_is_refused_with_its_reason(tmp_path: Path) -> None:
    """``lacks`` is the reason; a kind for effects is refused where there are none."""
    with Sandbox(tmp_path / "box", only=("sf1461",)) as box:
        for kind, reason in (("429", "no such answer"), ("taken-then-time-out", "takes no effects")):
            with pytest.raises(FaultError, match=reason):
                box.fault("sf1461", kind)
