"""The sandbox's Beskedfordeler: who is let in, what lies in a dueslag, what a reader may rely on."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pika
import pytest
from lxml import etree
from pika.credentials import ExternalCredentials

from rpa_commons.sandbox import FaultError, Sandbox
from rpa_commons.sandbox.sf1461 import (
    Beskedfordeler,
    Dueslag,
    dueslag_of,
    messages_of,
    receipts_dueslag_of,
)
from rpa_commons.sandbox.sf1461._frames import PROTOCOL_HEADER, Split, frame
from rpa_commons.sandbox.sf1461._schema import envelope_schema
from tests.support.beskedfordeler import TODAY, connect, move, settings_of

PLACES = {"0265": "29189404", "0167": "55606617"}
CPR = re.compile(rb"urn:oio:cpr-nr:([0-9]{10})<")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """Two municipalities."""
    with Sandbox(tmp_path / "box", municipality=PLACES, today=TODAY, only=["sf1461"]) as box:
        yield box


def service(box: Sandbox) -> Beskedfordeler:
    """The Beskedfordeler in it."""
    found = box.services["sf1461"]
    assert isinstance(found, Beskedfordeler)
    return found


class _Token(ExternalCredentials):
    """EXTERNAL with a response of the test's."""

    def __init__(self, token: bytes) -> None:
        super().__init__()
        self._token = token

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "EXTERNAL", self._token


def assertion(box: Sandbox, code: str = "0265") -> bytes:
    """An assertion of the sandbox's token service, as the connector fetches it."""
    certificate = {"file": str(box.certificate(code).pem)}
    events = connect(settings_of(box, certificate=certificate, cvr=PLACES[code]), box.folder, _NO_VAULT)
    try:
        return events._assertion()
    finally:
        events.close()


class _Nothing:
    def seal(self, data: bytes, place: str) -> bytes:
        raise NotImplementedError

    def unseal(self, blob: bytes, place: str) -> bytes:
        raise NotImplementedError

    def digest(self, *parts: str) -> str:
        raise NotImplementedError


_NO_VAULT = _Nothing()


def opened(box: Sandbox, token: bytes, code: str = "0265", virtual_host: str = "BF") -> Any:
    """A connection by pika itself, without the connector."""
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    context.load_cert_chain(box.certificate(code).pem)
    port = int(box.url_of("sf1461").rpartition(":")[2])
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host="127.0.0.1",
            port=port,
            virtual_host=virtual_host,
            credentials=_Token(token),
            ssl_options=pika.SSLOptions(context, "127.0.0.1"),
            stack_timeout=5,
        )
    )


def test_each_dueslag_holds_its_own_moves(box: Sandbox) -> None:
    """Every move into the municipality is a message, and some messages are about something else."""
    for code in PLACES:
        queue = service(box).dueslag[dueslag_of(code)]
        bodies = []
        while (one := queue.next()) is not None:
            bodies.append(one.body)
        moved = {
            found.group(1).decode() for one in bodies if b"flytning" in one and (found := CPR.search(one))
        }

        assert {found.cpr for found in box.moves_into(code, date.min)} == moved
        assert len(bodies) > len(box.moves_into(code, date.min))


def test_the_same_seed_gives_the_same_messages(box: Sandbox) -> None:
    """Byte for byte, ids included."""
    moves = box.moves_into("0265", date.min)

    assert list(messages_of(moves, "29189404")) == list(messages_of(moves, "29189404"))


def test_a_reader_gets_what_it_may_read(box: Sandbox) -> None:
    """With the right assertion messages come, one by one, and the last is followed by the word "empty"."""
    connection = opened(box, assertion(box))
    channel = connection.channel()
    waiting = service(box).dueslag[dueslag_of("0265")].waiting()
    got = 0
    while channel.basic_get(dueslag_of("0265"), auto_ack=False)[0] is not None:
        got += 1
    connection.close()

    assert waiting == got
    assert waiting == service(box).dueslag[dueslag_of("0265")].waiting()


def test_what_is_not_acknowledged_comes_again_in_its_place(box: Sandbox) -> None:
    """After a lost connection the same messages come first, marked as redelivered."""
    token, name = assertion(box), dueslag_of("0265")
    first = opened(box, token)
    reading = first.channel()
    bodies = [reading.basic_get(name)[2], reading.basic_get(name)[2]]
    first.close()
    _until(lambda: service(box).dueslag[name].waiting() > 2)
    second = opened(box, token)
    channel = second.channel()
    again = [channel.basic_get(name) for _ in range(2)]
    second.close()

    assert bodies == [body for _, _, body in again]
    assert all(method.redelivered for method, _, _ in again)


def test_no_more_than_the_prefetch_is_out(box: Sandbox) -> None:
    """A consumer that acknowledges nothing holds as many messages as it asked for."""
    connection = opened(box, assertion(box))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=3)
    whole = service(box).dueslag[dueslag_of("0265")].waiting()
    got = []
    for given, _, _ in channel.consume(dueslag_of("0265"), inactivity_timeout=0.2):
        if given is None:
            break
        got.append(given)

    assert 3 == len(got)
    assert whole - 3 == service(box).dueslag[dueslag_of("0265")].waiting()
    connection.close()


def test_a_restart_sends_nothing_again(tmp_path: Path) -> None:
    """What was acknowledged is remembered in the folder."""
    folder, name = tmp_path / "box", dueslag_of("0265")
    with Sandbox(folder, municipality=PLACES, today=TODAY, only=["sf1461"]) as box:
        whole = service(box).dueslag[name].waiting()
        connection = opened(box, assertion(box))
        channel = connection.channel()
        method, _, _ = channel.basic_get(name)
        channel.basic_ack(method.delivery_tag)
        connection.close()
        _until(lambda: any(folder.rglob("sf1461-taken.json")))
    with Sandbox(folder, only=["sf1461"]) as box:
        left = service(box).dueslag[name].waiting()

    assert whole - 1 == left


@pytest.mark.parametrize("token", [b"", b"<x/>", b"\x00user\x00password"])
def test_no_assertion_no_entry(box: Sandbox, token: bytes) -> None:
    """What the token service did not issue opens nothing."""
    with pytest.raises(pika.exceptions.ProbableAuthenticationError, match="403"):
        opened(box, token)


def test_an_assertion_is_its_certificates(box: Sandbox) -> None:
    """Somebody else's assertion, though a good one, opens nothing (holder of key)."""
    with pytest.raises(pika.exceptions.ProbableAuthenticationError, match="403"):
        opened(box, assertion(box, "0167"))


def test_a_neighbours_dueslag_stays_shut(box: Sandbox) -> None:
    """Let in is not allowed to read everything; another virtual host there is none."""
    connection = opened(box, assertion(box))
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="403"):
        connection.channel().basic_get(dueslag_of("0167"))
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="404"):
        connection.channel().basic_get("no-such-dueslag")
    connection.close()

    with pytest.raises(pika.exceptions.ProbableAccessDeniedError, match="530"):
        opened(box, assertion(box), virtual_host="/")


def test_without_a_certificate_nobody_gets_that_far(box: Sandbox) -> None:
    """TLS itself asks for a certificate of the sandbox's authority."""
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    port = int(box.url_of("sf1461").rpartition(":")[2])

    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(OSError, match=r"(?i)certificate|handshake|reset|EOF"),
    ):
        _first_byte(context, plain)


def test_what_is_sent_back_is_that_and_nothing_else(box: Sandbox) -> None:
    """A reader that sends one of two back can still acknowledge the other."""
    name = dueslag_of("0265")
    whole = service(box).dueslag[name].waiting()
    connection = opened(box, assertion(box))
    channel = connection.channel()
    kept, sent_back = (channel.basic_get(name) for _ in range(2))
    channel.basic_nack(sent_back[0].delivery_tag)
    again = channel.basic_get(name)
    channel.basic_ack(kept[0].delivery_tag)
    channel.basic_reject(again[0].delivery_tag)
    connection.close()

    assert (sent_back[2], True) == (again[2], again[0].redelivered)
    _until(lambda: service(box).dueslag[name].waiting() == whole - 1)


def test_a_tag_that_is_not_out_ends_the_channel(box: Sandbox) -> None:
    """As RabbitMQ does; what was out comes again."""
    name = dueslag_of("0265")
    whole = service(box).dueslag[name].waiting()
    connection = opened(box, assertion(box))
    channel = connection.channel()
    channel.basic_get(name)
    channel.basic_ack(7)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="406"):
        channel.basic_get(name)
    connection.close()

    assert whole == service(box).dueslag[name].waiting()


def test_a_second_dueslag_beside_the_first_is_refused(box: Sandbox) -> None:
    """The sandbox gives one at a time, and mixes no two up."""
    connection = opened(box, assertion(box))
    channel = connection.channel()
    channel.basic_get(dueslag_of("0265"))
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="540"):
        channel.basic_get(receipts_dueslag_of("0265"))
    connection.close()


def test_a_stop_waits_for_nobody_who_says_nothing(box: Sandbox) -> None:
    """A caller that connects and does not even begin with TLS is cut at once."""
    port = int(box.url_of("sf1461").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as silent:
        time.sleep(0.2)  # until it is accepted
        before = time.monotonic()
        box.stop()

        assert time.monotonic() - before < 4
        assert not silent.recv(1)


def test_a_fault_that_it_cannot_show_says_why(box: Sandbox) -> None:
    """AMQP has no answer like 429; effects it takes none."""
    with pytest.raises(FaultError, match="token service"):
        box.fault("sf1461", "429")
    with pytest.raises(FaultError, match="takes no effects"):
        box.fault("sf1461", "taken-then-time-out")


def test_it_says_that_it_does_not_validate(box: Sandbox) -> None:
    """Without the official schema, the page says so."""
    assert "not validated" in service(box).unvalidated
    assert envelope_schema(None) is None


def test_the_envelope_is_checked_where_the_schema_is(tmp_path: Path) -> None:
    """A folder with Beskedkuvert.xsd is used: messages that fit it are there, and it is said that they do."""
    kuvert = etree.fromstring(next(iter(messages_of([move(1)], "29189404")))).tag.partition("}")[0][1:]
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "Beskedkuvert.xsd").write_text(
        f'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{kuvert}">'
        '<element name="Haendelsesbesked"/></schema>',
        "utf-8",
    )
    with Sandbox(tmp_path / "box", today=TODAY, only=["sf1461"], schemas=tmp_path / "specs") as box:
        assert "messages about moves by Beskedkuvert.xsd" == service(box).validated
        assert service(box).unvalidated.startswith("receipts for letters")
        assert service(box).dueslag[dueslag_of("0265")].waiting()


def test_a_dueslag_gives_back_in_place() -> None:
    """Order survives giving back; what is acknowledged is told and does not come again."""
    gone: list[bytes] = []
    queue = Dueslag(gone.extend)
    queue.put([b"1", b"2", b"3"])
    first, second = queue.next(), queue.next()
    assert first is not None
    assert second is not None
    queue.give_back([first, second])
    order = [one.body for one in iter(queue.next, None)]
    queue.acknowledged([first])

    assert [b"1", b"2", b"3"] == order
    assert [b"1"] == gone
    assert 0 == queue.waiting()


def test_a_stream_that_is_no_amqp_is_refused() -> None:
    """A frame that claims to be huge, or does not end, is an error and no waiting for more."""
    good = frame(8, 0, b"") + frame(1, 1, b"abcd")

    assert [8, 1] == [one.kind for part in (good[:5], good[5:]) for one in _split(part)]
    with pytest.raises(ValueError, match="no AMQP"):
        list(Split().feed(b"HTTP/1.1 400 Bad Request"))
    with pytest.raises(ValueError, match="does not end"):
        list(Split().feed(frame(8, 0, b"")[:-1] + b"\x00"))


_SPLIT = Split()


def _split(part: bytes) -> Any:
    return _SPLIT.feed(part)


def _first_byte(context: ssl.SSLContext, plain: socket.socket) -> None:
    """What comes first on a line; under TLS 1.3 the refusal does, after the client has already spoken."""
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as line:
        line.sendall(PROTOCOL_HEADER)
        line.recv(1)


def _until(true: Any) -> None:
    ends = time.monotonic() + 5
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)
