"""SF1461 against a real RabbitMQ: what a broker does to a reader, and what must not be lost by it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors.http import AccessRefusedError
from rpa_commons.connectors.sf1461._queue import Queue
from rpa_commons.runtime._crypto import Digester, Keys, Sealer
from rpa_commons.sandbox import Sandbox
from tests.e2e.rabbitmq.conftest import Place
from tests.e2e.rabbitmq.rabbit import SERVER
from tests.support.beskedfordeler import SINCE, body, move, told

pytestmark = [
    pytest.mark.rabbitmq,
    pytest.mark.skipif(
        SERVER is None, reason="RabbitMQ is not installed here (apt-get install rabbitmq-server)"
    ),
]
LONG_AGO, NEVER = date(2026, 1, 1), date(2030, 1, 1)
ROOT = Path(__file__).parents[3]


def ids(count: int, first: int = 0) -> list[str]:
    """The ids of so many moves."""
    return sorted(told(move(number)).id for number in range(first, first + count))


def bodies(count: int, first: int = 0) -> list[bytes]:
    """The messages about them."""
    return [body(number) for number in range(first, first + count)]


class Reading:
    """The connector in a process of its own."""

    def __init__(self, place: Place, folder: Path, **changed: Any) -> None:
        self._place = place
        self._folder = folder
        self._key = secrets.token_bytes(32)
        self._changed = changed
        place.keys = Keys(Sealer([self._key]), Digester(self._key))

    def start(self, die: str = "", at: int = 1, since: date = LONG_AGO) -> "subprocess.Popen[str]":
        """Start it; see ``reader.py`` for where it may die."""
        settings = self._place.connector(**self._changed).settings.model_dump(mode="json", exclude_none=True)
        told_ = self._folder / f"told-{secrets.token_hex(4)}.json"
        content = {
            "settings": settings,
            "folder": str(self._place.folder),
            "key": self._key.hex(),
            "die": die,
            "at": at,
            "since": since.isoformat(),
        }
        told_.write_text(json.dumps(content), "utf-8")
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("reader.py")), str(told_)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )


def said(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a reader that lived has printed."""
    out, err = process.communicate(timeout=60)
    assert 0 == process.returncode, err
    found: dict[str, Any] = json.loads(out)
    return found


def exhaust(queue: Queue) -> None:
    """Take what comes until the queue says that it is empty."""
    while queue.next() is not None:
        pass


def dead(process: "subprocess.Popen[str]") -> int:
    """How a reader ended."""
    process.communicate(timeout=60)
    return process.returncode


def test_what_is_told_is_answered_and_taken(place: Place) -> None:
    """Messages are answered as moves, the queue is empty then, and the next question finds them again."""
    place.publish(*bodies(250))
    events = place.connector()

    first = events.moves_into("0265", SINCE)
    again = events.moves_into("0265", SINCE)
    events.close()

    assert ids(250) == sorted(one.id for one in first)
    assert first == again
    assert 0 == place.waiting()
    assert () == events.problems


def test_a_plan_takes_nothing(place: Place) -> None:
    """A plan shows what a run would find, and leaves queue and state as they are."""
    place.publish(*bodies(30))
    events = place.connector(planning=True)

    looked = events.moves_into("0265", SINCE)
    events.close()

    assert ids(30) == sorted(one.id for one in looked)
    assert 30 == place.waiting()
    assert not (place.folder / "state").exists()
    assert looked == place.connector().moves_into("0265", SINCE)


@pytest.mark.parametrize(("die", "kept"), [("before-commit", 100), ("before-acknowledge", 200)])
def test_a_reader_killed_at_the_worst_moment_loses_nothing(
    place: Place, tmp_path: Path, die: str, kept: int
) -> None:
    """Killed between commit and acknowledgement, or before the commit: each move is there once."""
    place.publish(*bodies(250))
    reading = Reading(place, tmp_path)

    assert -signal.SIGKILL == dead(reading.start(die, at=2))
    stored = place.connector(plan_looks=False, planning=True).moves_into("0265", SINCE)
    after = said(reading.start())

    assert kept == len(stored)
    assert ids(250) == sorted(after["moves"])
    assert [] == after["problems"]
    assert 0 == place.waiting()


def test_a_message_delivered_again_is_one_move(place: Place) -> None:
    """Twice in the queue, and again after it was taken: still one."""
    place.publish(body(1), body(1), body(2))
    events = place.connector()
    events.moves_into("0265", SINCE)
    place.publish(body(1))

    moves = events.moves_into("0265", SINCE)

    assert ids(2, first=1) == sorted(one.id for one in moves)
    assert () == events.problems


def test_one_id_with_two_contents_is_for_a_person(place: Place) -> None:
    """Neither is acted on, both are kept, the finding names the id and nothing personal."""
    one, other = body(1), body(2, besked_id=told(move(1)).id)
    place.publish(one, other, body(3))
    events = place.connector()

    moves = events.moves_into("0265", SINCE)

    assert ids(1, first=3) == [found.id for found in moves]
    (problem,) = events.problems
    assert "another content" in problem
    assert told(move(1)).id in problem
    assert move(1).cpr not in problem
    assert move(2).cpr not in problem


def test_poison_does_not_stop_the_others(place: Place) -> None:
    """What is no message is kept aside and told, at every run, and is not in the queue any more."""
    place.publish(body(1), b"\xff\xfe no message", body(2).replace(b"tilflytningsdato", b"x"), body(3))
    events = place.connector()

    moves = events.moves_into("0265", SINCE)
    found = events.problems
    events.moves_into("0265", SINCE)

    assert sorted([told(move(1)).id, told(move(3)).id]) == sorted(one.id for one in moves)
    assert 2 == len(found)
    assert found == events.problems
    assert 0 == place.waiting()


def test_a_broker_that_restarts_in_the_middle(place: Place, tmp_path: Path) -> None:
    """The broker dies while a reader reads: what was kept is answered, the rest comes when it is back."""
    place.publish(*bodies(3000))
    reading = Reading(place, tmp_path)
    process = reading.start()
    store = place.folder / "state" / "sf1461" / f"queue-{place.queue}.sqlite"
    while process.poll() is None and not (store.exists() and store.stat().st_size > 100_000):
        time.sleep(0.002)
    place.rabbit.stop()
    out, _ = process.communicate(timeout=60)
    with pytest.raises(TransientError):
        place.connector().moves_into("0265", SINCE)
    place.rabbit.start()

    before, after = json.loads(out), said(reading.start())

    assert 0 < len(before["moves"]) < 3000
    assert "they are kept, the others come with the next run" in before["problems"][0]
    assert ids(3000) == sorted(after["moves"])
    assert 0 == place.waiting()


def test_a_broker_that_falls_silent(place: Place) -> None:
    """Silence is not an empty queue: the heartbeat ends the waiting, and what was given comes again."""
    place.publish(*bodies(10))
    queue = place.connector()._broker()
    given = queue.next()
    with place.rabbit.frozen():
        with pytest.raises(TransientError, match="did not answer in time"):
            exhaust(queue)
        queue.close()

    assert given is not None
    assert ids(10) == sorted(one.id for one in place.connector().moves_into("0265", SINCE))


def test_a_connection_reset_on_the_way(place: Place) -> None:
    """A gateway that cuts the line in the middle: an error or a finding now, everything the next time."""
    place.publish(*bodies(400))
    with Cutting(place.rabbit.port, after=90_000) as gateway:
        events = place.connector(broker=f"amqps://127.0.0.1:{gateway.port}")
        try:
            events.moves_into("0265", SINCE)
            told_ = "".join(events.problems)
        except TransientError as error:
            told_ = error.message
    moves = place.connector().moves_into("0265", SINCE)

    assert "broke off" in told_
    assert ids(400) == sorted(one.id for one in moves)


def test_a_stranger_is_refused(place: Place) -> None:
    """A certificate that the broker does not know: the access is to be mended, and nothing is taken."""
    stranger = place.box.certificate("0167")
    place.publish(body(1))
    events = place.connector(certificate={"file": str(stranger.pem)}, cvr="55606617")

    with pytest.raises(AccessRefusedError, match="refuses access"):
        events.moves_into("0265", SINCE)

    assert 1 == place.waiting()


def test_another_queue_is_refused(place: Place) -> None:
    """A dueslag that is not there is a matter of the settings, not of a case."""
    with pytest.raises(AccessRefusedError, match="knows no such queue"):
        place.connector(queue="no-such-dueslag").moves_into("0265", SINCE)


def test_another_virtual_host_is_refused(place: Place) -> None:
    """So is a virtual host."""
    with pytest.raises(AccessRefusedError, match="virtual host"):
        place.connector(virtual_host="elsewhere").moves_into("0265", SINCE)


def test_a_broker_that_nobody_vouches_for(place: Place, tmp_path: Path) -> None:
    """The broker's certificate is checked against the one authority that is named."""
    ours = place.box.ca_bundle.read_text("ascii")
    (tmp_path / "other.pem").write_text(ours, "ascii")
    with Sandbox(tmp_path / "other") as other:
        events = place.connector(sts_url=other.url, ca_bundle=str(other.ca_bundle))
        events._assertion = lambda: b"<x/>"  # type: ignore[method-assign] - the other town's STS knows us not

        with pytest.raises(AccessRefusedError, match=r"certificate of .* was not accepted"):
            events.moves_into("0265", SINCE)


def test_a_certificate_that_the_broker_does_not_trust(place: Place, tmp_path: Path) -> None:
    """Another authority's certificate ends the handshake, and the error says that it is about ours."""
    with Sandbox(tmp_path / "other") as other:
        events = place.connector(certificate={"file": str(other.client_certificate)})
        events._assertion = lambda: b"<x/>"  # type: ignore[method-assign] - the token service would refuse first

        with pytest.raises(AccessRefusedError, match="does not accept our client certificate"):
            events.moves_into("0265", SINCE)


def test_ten_thousand_messages_in_flat_memory(place: Place, tmp_path: Path) -> None:
    """Taking nine thousand messages needs no more memory than taking one thousand; all of them are there."""
    for start in range(0, 10_000, 2_500):
        place.publish(*bodies(2_500, first=start))
    first = said(Reading(place, tmp_path, most_messages=1_000).start(since=NEVER))
    second = said(Reading(place, tmp_path).start(since=NEVER))

    assert 0 == place.waiting()
    assert second["peak"] < first["peak"] * 1.15
    assert "most_messages" in first["problems"][0]
    assert [] == second["problems"]


def test_two_readers_at_once(place: Place, tmp_path: Path) -> None:
    """Two bot instances read one dueslag: between them each message counts once, and both know all."""
    place.publish(*bodies(1000))
    reading = Reading(place, tmp_path)
    both = [reading.start(), reading.start()]

    answers = [said(process) for process in both]
    after = place.connector().moves_into("0265", SINCE)

    assert ids(1000) == sorted(one.id for one in after)
    assert [[], []] == [answer["problems"] for answer in answers]
    assert 0 == place.waiting()


class Cutting:
    """A line to the broker that is cut after so many bytes from it."""

    def __init__(self, port: int, after: int) -> None:
        self._to = port
        self._left = after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept, ())
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, target: Any, args: Sequence[Any]) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        here, _ = self._listener.accept()
        there = socket.create_connection(("127.0.0.1", self._to))
        self._spawn(self._pump, (here, there, False))
        self._pump(there, here, counted=True)

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        try:
            while data := source.recv(4096):
                sink.sendall(data)
                self._left -= len(data) if counted else 0
                if self._left <= 0:
                    break
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        if counted:
            source.close()
            sink.close()
