"""SF1601's receipts through a real RabbitMQ: what the sandbox tells of a letter reaches who asks, once."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import Delivery, Letter, TransientError
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings
from rpa_commons.runtime._crypto import Digester, Keys, Sealer
from tests.e2e.rabbitmq.conftest import Place
from tests.e2e.rabbitmq.rabbit import SERVER
from tests.support.beskedfordeler import surroundings

pytestmark = [
    pytest.mark.rabbitmq,
    pytest.mark.skipif(
        SERVER is None, reason="RabbitMQ is not installed here (apt-get install rabbitmq-server)"
    ),
]
ROOT = Path(__file__).parents[3]
LETTER = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7 x", text="Hemmelig")


class Post:
    """A municipality that sends letters and reads their receipts from a queue of its own."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.key = secrets.token_bytes(32)
        self._made: list[Sf1601] = []

    @property
    def settings(self) -> dict[str, Any]:
        """As a stack has them."""
        box = self.place.box
        return {
            "url": box.url,
            "sts_url": box.url,
            "ca_bundle": str(box.ca_bundle),
            "certificate": {"file": str(box.client_certificate)},
            "sender_label": "Roskilde Kommune",
            "connect_timeout": 2.0,
            "read_timeout": 2.0,
            "attempts": 1,
            "receipts_queue": {
                "broker": f"amqps://127.0.0.1:{self.place.rabbit.port}",
                "queue": self.place.queue,
                "heartbeat": 2,
                "fetch_every": 0.0,
            },
        }

    def connector(self, *, planning: bool = False) -> Sf1601:
        """A new connector."""
        settings = Sf1601Settings.model_validate_json(json.dumps(self.settings))
        keys = Keys(Sealer([self.key]), Digester(self.key))
        self._made.append(Sf1601(settings, surroundings(self.place.folder, keys, planning=planning)))
        return self._made[-1]

    def send(self, word: str) -> str:
        """A letter that the sandbox takes; its receipt's id."""
        to = next(person.cpr for person in self.place.box.people if person.digital_post)
        key = sha256(f"{word} {self.place.queue}".encode()).hexdigest()
        return self.connector().send(LETTER, to=to, key=key).id

    def tell(self, letter: str, end: str) -> bytes:
        """The sandbox's message about a letter's end, published; its bytes."""
        service: Any = self.place.box.services["sf1601"]
        body: bytes = service.receipts.tell(letter, end).read_bytes()
        self.place.publish(body)
        return body

    def delivery(self, letter: str, *, planning: bool = False) -> Delivery:
        """What a new process learns."""
        return self.connector(planning=planning).delivery(letter)

    def start(self, folder: Path, letters: list[str], die: str = "") -> "subprocess.Popen[str]":
        """Ask in a process of its own; see ``receipts_reader.py`` for where it may die."""
        told = folder / f"told-{secrets.token_hex(4)}.json"
        content = {
            "settings": self.settings,
            "folder": str(self.place.folder),
            "key": self.key.hex(),
            "letters": letters,
            "die": die,
        }
        told.write_text(json.dumps(content), "utf-8")
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("receipts_reader.py")), str(told)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def close(self) -> None:
        """Close the connections."""
        for one in self._made:
            one.close()


@pytest.fixture
def post(place: Place) -> Iterator[Post]:
    """A municipality with an empty queue."""
    made = Post(place)
    yield made
    made.close()


def test_from_accepted_to_delivered(post: Post) -> None:
    """Taken, then received, then delivered; another one fails; the queue is empty each time."""
    one, other = post.send("one"), post.send("other")
    silent = post.delivery(one)
    post.tell(one, "received")
    accepted = post.delivery(one)
    post.tell(one, "delivered")
    post.tell(other, "failed")
    ends = [post.delivery(letter) for letter in (one, other)]

    assert ("unknown", "accepted") == (silent.state, accepted.state)
    assert ["delivered", "failed"] == [end.state for end in ends]
    assert "recipient.not.registered" == ends[1].code
    assert 0 == post.place.waiting()


def test_a_status_that_comes_twice_counts_once(post: Post) -> None:
    """In one batch, and again after it was acknowledged; an old one that comes late changes nothing."""
    letter = post.send("one")
    received = post.tell(letter, "received")
    delivered = post.tell(letter, "delivered")
    post.place.publish(delivered, received)
    first = post.delivery(letter)
    post.place.publish(received, delivered)
    reader = post.connector()

    assert ("delivered", first) == (first.state, reader.delivery(letter))
    assert () == reader.problems
    assert 0 == post.place.waiting()


@pytest.mark.parametrize("die", ["before-commit", "before-acknowledge"])
def test_a_reader_killed_at_the_worst_moment_loses_no_receipt(post: Post, tmp_path: Path, die: str) -> None:
    """Killed before the commit, nothing is known and all comes again; after it, it is known already."""
    letters = [post.send(word) for word in ("one", "two")]
    post.tell(letters[0], "delivered")
    post.tell(letters[1], "failed")
    process = post.start(tmp_path, letters, die)
    process.communicate(timeout=60)
    kept = [post.delivery(letter, planning=True).state for letter in letters]
    again = post.start(tmp_path, letters)
    out, err = again.communicate(timeout=60)

    assert -signal.SIGKILL == process.returncode
    assert (["unknown"] * 2 if die == "before-commit" else ["delivered", "failed"]) == kept
    assert 0 == again.returncode, err
    assert {"states": ["delivered", "failed"], "problems": []} == json.loads(out)
    assert 0 == post.place.waiting()


def test_a_plan_leaves_the_queue_alone(post: Post) -> None:
    """What waits there waits on, and a run finds it."""
    letter = post.send("one")
    post.tell(letter, "delivered")
    planned = post.delivery(letter, planning=True)

    assert "unknown" == planned.state
    assert 1 == post.place.waiting()
    assert "delivered" == post.delivery(letter).state


def test_poison_hides_no_receipt(post: Post) -> None:
    """It is kept aside and told without a word of it."""
    letter = post.send("one")
    post.place.publish(b"<a>2211771212 Hemmelig</a>")
    post.tell(letter, "delivered")
    reader = post.connector()

    assert "delivered" == reader.delivery(letter).state
    (problem,) = reader.problems
    assert "kept aside" in problem
    assert not any(text in problem for text in ("2211771212", "Hemmelig"))
    assert 0 == post.place.waiting()


def test_a_broker_that_is_away_and_comes_back(post: Post) -> None:
    """A known end is answered meanwhile; for any other letter the case waits."""
    one, other = post.send("one"), post.send("other")
    post.tell(one, "delivered")
    post.tell(other, "received")
    post.delivery(one)
    post.place.rabbit.stop()
    reader = post.connector()
    try:
        known = reader.delivery(one)
        with pytest.raises(TransientError):
            reader.delivery(other)
    finally:
        post.place.rabbit.start()

    assert "delivered" == known.state
    assert "accepted" == post.delivery(other).state
