"""Callers that mean no good, or do not know better: slow, large, half, malformed, many; and a full disk."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa_commons.sandbox import SERVICES, Refusal, Request, Response, Sandbox

BUG = b"a bug in the sandbox"
MEGABYTE = 1024 * 1024


@contextmanager
def connected(box: Sandbox) -> Iterator[ssl.SSLSocket]:
    """A raw connection to the port with client certificates."""
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    context.load_cert_chain(box.client_certificate)
    port = urlsplit(box.url).port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as caller,
    ):
        yield caller


def said(box: Sandbox, head: bytes) -> bytes:
    """Everything that comes back for these bytes."""
    with connected(box) as caller:
        caller.sendall(head)
        pieces = []
        while piece := caller.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def status(answer: bytes) -> int:
    """The status of a raw answer."""
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/service/../../../etc/passwd", 404),
        (b"/service/%2e%2e/%2e%2e/seal.key", 404),
        (b"/service/KombiPostAfsend_1/memos%00", 404),
        (b"//attacker.example/service", 404),
        (b"http://[/", 400),
        (b"/" + b"x" * 70_000, 414),
        (b"/\xff\xfe", 404),
    ],
    ids=["dots", "encoded dots", "zero byte", "network path", "no address", "long", "bytes"],
)
def test_hostile_paths_reach_nothing(box: Sandbox, target: bytes, expected: int) -> None:
    """Paths are compared, never opened."""
    answer = said(box, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert expected == status(answer)


@pytest.mark.parametrize("length", [b"-1", b"x", b"1e3", b"9" * 5000, "١".encode(), b""])
def test_a_length_that_is_none_is_refused(box: Sandbox, length: bytes) -> None:
    """Also one with thousands of digits and one in other digits."""
    head = (
        b"POST /service/KombiPostAfsend_1/memos HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + length
        + b"\r\n\r\n"
    )

    assert 411 == status(said(box, head))


def test_half_a_body_is_no_request(box: Sandbox) -> None:
    """A caller that dies in the middle of its letter has sent nothing: no call, no entry in the journal."""
    head = b"POST /service/KombiPostAfsend_1/memos HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n<kombi"
    with connected(box) as caller:
        caller.sendall(head)
    time.sleep(0.1)

    assert [] == box.calls()
    assert [] == box.journal()


def test_a_body_that_is_too_large_is_refused_and_not_kept(box: Sandbox, caller: Any) -> None:
    """151 MB get a 413 that the sender sees, and the next call goes through."""
    token = caller.token("sf1601")
    answer = caller.send(b" " * (151 * MEGABYTE), token=token)

    assert 413 == answer.status_code
    assert 200 == caller.ask_sts("sf1601").status_code
    assert [] == box.journal()


@pytest.mark.parametrize("size", [10 * MEGABYTE, 150 * MEGABYTE])
def test_a_large_body_that_is_no_letter_is_refused(box: Sandbox, caller: Any, size: int) -> None:
    """Within the limit it is read, and turned down for what it is."""
    answer = caller.send(b"<kombi_request>" + b" " * (size - 40) + b"</kombi_request>")

    assert 400 == answer.status_code
    assert ["refused"] == [entry["outcome"] for entry in box.journal()]


def test_a_question_of_megabytes_is_refused(box: Sandbox, caller: Any) -> None:
    """SF1520 takes questions, no documents."""
    answer = caller.look_up(caller.soap("2211771212") + " " * (2 * MEGABYTE))

    assert 500 == answer.status_code
    assert "larger than" in answer.text or "bytes" in answer.text


def test_whoever_sends_drop_by_drop_is_cut(box: Sandbox, caller: Any) -> None:
    """A head that never ends holds a thread for as long as the server's patience, and nobody else up."""
    for server in box._running._servers.values():
        server.patience = 0.5
    began = time.monotonic()
    with connected(box) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        others = caller.ask_sts("sf1601").status_code
        ended = False
        while time.monotonic() - began < 8 and not ended:
            try:
                slow.sendall(b"X-Drop: 1\r\n")
                time.sleep(0.05)
            except OSError:
                ended = True

    assert 200 == others
    assert ended
    assert time.monotonic() - began < 5


def test_a_silent_handshake_is_cut(box: Sandbox) -> None:
    """Who connects and never speaks TLS is cut as well."""
    for server in box._running._servers.values():
        server.patience = 0.3
    with socket.create_connection(("127.0.0.1", urlsplit(box.url).port), timeout=5) as silent:
        assert b"" == silent.recv(1)


def test_a_slow_answer_is_not_cut(box: Sandbox, caller: Any) -> None:
    """Patience is for requests; an ordered delay may be longer."""
    for server in box._running._servers.values():
        server.patience = 0.2
    box.fault("sts", "slow", milliseconds=900)

    assert 200 == caller.ask_sts("sf1601").status_code


def test_not_even_tls(box: Sandbox, caller: Any) -> None:
    """Plain HTTP and noise on the TLS port end their own connection only."""
    port = urlsplit(box.url).port
    for noise in (
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        os.urandom(1000),
        b"\x16\x03\x01\xff\xff" + b"\0" * 100,
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            raw.sendall(noise)
            with suppress(OSError):  # it may have been reset already
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(4096):
                    pass

    assert 200 == caller.ask_sts("sf1601").status_code


def test_many_callers_at_once(box: Sandbox, calling: Callable[[Sandbox], Any], good_letter: Any) -> None:
    """32 threads, half of them with the same letter: that one is taken once, the others once each."""
    same = str(uuid.uuid4())
    token = calling(box).token("sf1601")

    def send(number: int) -> int:
        key = same if number % 2 else str(uuid.uuid4())
        status_code: int = calling(box).send(good_letter(key), token=token).status_code
        return status_code

    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(send, range(96)))

    assert {200} == set(statuses)
    assert {1} == set(box.letters().values())
    assert 49 == box.letters().total()
    assert list(range(1, 97)) == [entry["n"] for entry in box.journal()]


def test_too_many_connections_are_turned_away(
    box: Sandbox, caller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit a connection is closed at once; when there is room again, calls go through."""
    monkeypatch.setattr("rpa_commons.sandbox._http._MOST_CONNECTIONS", 3)
    port = urlsplit(box.url).port
    idle = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(3)]
    time.sleep(0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as fourth:
        turned_away = fourth.recv(1)
    for one in idle:
        one.close()
    time.sleep(0.2)

    assert b"" == turned_away
    assert 200 == caller.ask_sts("sf1601").status_code


FULL_DISK = """
import resource, signal, sys, pathlib
sys.path.insert(0, sys.argv[2])
from conftest import Caller, letter
from rpa_commons.sandbox import Sandbox
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Sandbox(pathlib.Path(sys.argv[1])) as box:
    caller = Caller(box)
    token = caller.token("sf1601")
    limit = box.journal_path.stat().st_size + 3000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    statuses = [caller.send(letter(), token=token).status_code for _ in range(30)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    statuses.append(caller.send(letter(), token=token).status_code)
    caller.session.close()
print(" ".join(map(str, statuses)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes cannot be limited there")
def test_a_full_disk_loses_nothing_that_was_acknowledged(folder: Path) -> None:
    """Letters are answered with 200 until there is no room, then with 500; afterwards it goes on."""
    command = [sys.executable, "-c", FULL_DISK, str(folder), str(Path(__file__).parent)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    statuses = result.stdout.split()
    with Sandbox(folder) as box:
        letters, entries = box.letters(), box.journal()

    assert {"200", "500"} == set(statuses)
    assert "200" == statuses[-1]
    assert statuses.count("200") == letters.total() == len(entries)
    assert [] == [path.name for path in folder.rglob(".*") if path.is_file()]


KILLED = """
import os, pathlib, sys
from rpa_commons.sandbox import Sandbox
box = Sandbox(pathlib.Path(sys.argv[1]), only=("sf1520",)).start()
print(box.url, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX signal")
def test_a_killed_sandbox_leaves_a_folder_that_can_be_used(folder: Path) -> None:
    """While it runs a second one is refused; killed, its lock is gone and the next one starts."""
    from rpa_commons.sandbox import FolderInUseError

    command = [sys.executable, "-c", KILLED, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(FolderInUseError):
            Sandbox(folder).start()
        process.communicate("now\n")
    stale = json.loads((folder / "running.json").read_bytes())["pid"]
    with Sandbox(folder, keep_ports=True) as box:
        fresh = json.loads((folder / "running.json").read_bytes())["pid"]
        people = len(box.people)

    assert stale == process.pid
    assert fresh == os.getpid()
    assert 60 == people


def test_two_that_start_together_do_not_both_run(folder: Path) -> None:
    """Of eight threads on one folder one gets it; the others are told so."""
    from rpa_commons.sandbox import FolderInUseError

    outcomes: list[Any] = []
    gate = threading.Barrier(8)

    def begin() -> None:
        box = Sandbox(folder, only=("sf1520",))
        gate.wait()
        try:
            outcomes.append(box.start())
        except FolderInUseError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running = [one for one in outcomes if isinstance(one, Sandbox)]
    for box in running:
        box.stop()

    assert 1 == len(running)
    assert 8 == len(outcomes)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with every service."""
    with Sandbox(tmp_path_factory.mktemp("everything")) as box:
        yield box


NUMBER = "2211771212"
NOISE = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=6,
    ).map(lambda data: json.dumps(data).encode()),
    st.sampled_from(
        [
            b"",
            b"<a/>",
            b"<a>" * 500,
            b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            b"[" * 2000,
            b'{"a":' * 2000,
            b'{"a": 1e999, "b": NaN}',
            b"\xff\xfe<\x00a\x00/\x00>\x00",
            b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
            b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>',
            NUMBER.encode(),
        ]
    ),
)
KINDS = st.sampled_from(
    [
        "",
        "text/xml",
        "application/xml",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "x/" + "y" * 500,
        "\u00e6/\u00f8",
    ]
)
BELOW = st.sampled_from(["", "x", "..", "%00", "..%2f..%2f", "x" * 3000, NUMBER, "a/b/c", "\u202e"])


@pytest.mark.parametrize("name", SERVICES)
def test_no_noise_is_a_bug(everything: Sandbox, name: str) -> None:
    """Whatever comes, each service answers, or refuses in its own format, without the body in it."""
    service = everything.services[name]
    der = x509.load_pem_x509_certificate(everything.client_certificate.read_bytes()).public_bytes(
        Encoding.DER
    )
    if not service.routes:
        pytest.skip(f"{name} speaks no HTTP")

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=NOISE, kind=KINDS, below=BELOW, route=st.sampled_from(list(service.routes)), value=BELOW)
    def noise(body: bytes, kind: str, below: str, route: Any, value: str) -> None:
        headers = Message()
        headers["Content-Type"] = kind
        headers["Authorization"] = value
        headers["SOAPAction"] = value
        path = route.path.replace("*", below)
        request = Request(route.method, path, {"cprNumber": value, "api-version": value}, headers, body, der)
        try:
            answer = service.serve(request)
        except Refusal as refusal:
            answer = service.refuse(refusal)

        assert isinstance(answer, Response)
        assert answer.status >= 200
        assert NUMBER.encode() not in answer.body

    noise()


def test_a_foreign_content_type_is_refused_by_all(everything: Sandbox, caller: Any) -> None:
    """Over the wire nothing of it is a bug, either."""
    answers = []
    for service in everything.services.values():
        for route in service.routes:
            url = everything.url_of(service.name) + route.path.replace("*", "x")
            with requests.Session() as session:
                session.trust_env = False
                session.verify, session.cert = str(everything.ca_bundle), str(everything.client_certificate)
                answers.append(
                    session.request(
                        route.method, url, data=b"\0", headers={"Content-Type": "a/b"}, timeout=10
                    )
                )

    assert answers
    assert [] == [answer.url for answer in answers if answer.content == BUG or answer.status_code < 400]
