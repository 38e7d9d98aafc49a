"""One RabbitMQ for all tests here, a queue for each."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors.sf1461 import Sf1461
from rpa_commons.runtime._crypto import Keys, ephemeral_keys
from rpa_commons.sandbox import Sandbox
from tests.e2e.rabbitmq.rabbit import Rabbit, channel, count, publish
from tests.support.beskedfordeler import TODAY, connect, settings_of

PLACES = {"0265": "29189404", "0167": "55606617"}


@dataclass
class Place:
    """A queue of the broker, and the municipality that reads it."""

    rabbit: Rabbit
    box: Sandbox
    folder: Path
    keys: Keys
    queue: str

    def connector(self, *, planning: bool = False, **changed: Any) -> Sf1461:
        """The connector; ``changed`` are settings."""
        reached = {"broker": f"amqps://127.0.0.1:{self.rabbit.port}", "queue": self.queue, "heartbeat": 2}
        given = settings_of(self.box, **{**reached, "connect_timeout": 2.0, "read_timeout": 2.0, **changed})
        return connect(given, self.folder, self.keys, planning=planning)

    def publish(self, *bodies: bytes) -> None:
        """Messages, each on the broker's disk when this returns."""
        with channel(self.rabbit.port, self.box.ca_bundle, self.box.certificate()) as one:
            publish(one, self.queue, bodies)

    def waiting(self) -> int:
        """Messages that nobody has acknowledged and nobody holds."""
        with channel(self.rabbit.port, self.box.ca_bundle, self.box.certificate()) as one:
            return count(one, self.queue)


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The token service and the certificates."""
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(folder, municipality=PLACES, today=TODAY, only=["sf1461", "sf1601"]) as box:
        yield box


@pytest.fixture(scope="session")
def rabbit(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    """The broker; it knows Roskilde's certificate and no other."""
    server = box.folder / "certificates" / "server.pem"
    broker = Rabbit(tmp_path_factory.mktemp("rabbit"), box.ca_bundle, server, ["rpa-commons sandbox 0265"])
    yield broker
    broker.stop()


@pytest.fixture
def place(rabbit: Rabbit, box: Sandbox, tmp_path: Path) -> Place:
    """A fresh queue that outlives the broker's restart."""
    queue = f"dueslag-{uuid.uuid4()}"
    with channel(rabbit.port, box.ca_bundle, box.certificate()) as one:
        one.queue_declare(queue, durable=True)
    return Place(rabbit, box, tmp_path, ephemeral_keys(), queue)
