"""Who reads receipts from a queue reads the sandbox's with ``-E sandbox``, and never the real one."""

import json
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rpa_commons.capabilities import Letter
from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings
from rpa_commons.runtime._crypto import Keys, ephemeral_keys
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.sf1461 import receipts_dueslag_of
from rpa_commons.sdk import Municipality

STACK = """
[DigitalPost]
connector = "sf1601"
[DigitalPost.settings]
sender_label = "Roskilde Kommune"
receipts_folder = "receipts"
[DigitalPost.settings.receipts_queue]
broker = "amqps://beskedfordeler.stoettesystemerne.dk:5671"
queue = "42e4601f-9fe0-411e-b7a9-1e4581474e18"
virtual_host = "OTHER"
"""


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes on one folder, by the real clock: a token that has ended is refused by its reader."""
    started: list[Sandbox] = []

    def begin(only: tuple[str, ...] = ("sf1601", "sf1461")) -> Sandbox:
        places = {"0265": "29189404", "0167": "55606617"}
        started.append(Sandbox(tmp_path / "box", municipality=places, people=40, only=only).start())
        return started[-1]

    yield begin
    for box in started:
        box.stop()


def settings(box: Sandbox, folder: Path) -> dict[str, Any]:
    """What the sandbox's environment says of Digital Post."""
    (folder / "municipality.toml").write_text('code = "0265"\ncvr = "29189404"\n', "utf-8")
    (folder / "stack.toml").write_text(STACK, "utf-8")
    written: dict[str, Any] = tomllib.loads(box.write_environment(folder).read_text("utf-8"))["DigitalPost"]
    found: dict[str, Any] = written["settings"]
    return found


def post(given: dict[str, Any], folder: Path, keys: Keys) -> Sf1601:
    """The connector, as a run in environment ``sandbox`` makes it."""
    queue = {**given["receipts_queue"], "fetch_every": 0.0, "heartbeat": 1}
    told = json.dumps({"sender_label": "Roskilde", **given, "receipts_queue": queue})
    around = Surroundings(
        Municipality("0265", "Roskilde", "29189404"),
        "sandbox",
        folder,
        partial(resolve_secret, folder=folder),
        state=folder / "state",
        vault=keys,
    )
    return Sf1601(Sf1601Settings.model_validate_json(told), around)


def test_what_is_told_comes_through_the_sandboxes_broker(
    begin: Callable[..., Sandbox], tmp_path: Path
) -> None:
    """Received, delivered, each fetched once; another municipality's receipts lie in another queue."""
    box = begin()
    given = settings(box, tmp_path)
    receipts: Any = box.services["sf1601"]
    beskedfordeler: Any = box.services["sf1461"]
    to = next(person.cpr for person in box.people if person.digital_post)
    connector = post(given, tmp_path, ephemeral_keys())
    letter = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7 x")
    sent = connector.send(letter, to=to, key=sha256(b"one").hexdigest()).id
    states = [connector.delivery(sent).state]
    for end in ("received", "delivered"):
        receipts.receipts.tell(sent, end)
        states.append(connector.delivery(sent).state)
    connector.close()
    queues = beskedfordeler.dueslag

    assert ["unknown", "accepted", "delivered"] == states
    assert () == connector.problems
    assert 2 == len(beskedfordeler._taken)
    others = [code for code in box.municipalities if code != "0265"]
    assert {0} == {queues[receipts_dueslag_of(code)].waiting() for code in others}


def test_a_restart_does_not_send_them_again(begin: Callable[..., Sandbox], tmp_path: Path) -> None:
    """What was acknowledged stays taken; what nobody fetched still waits."""
    keys = ephemeral_keys()
    box = begin()
    to = next(person.cpr for person in box.people if person.digital_post)
    connector = post(settings(box, tmp_path), tmp_path, keys)
    letter = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7 x")
    sent = connector.send(letter, to=to, key=sha256(b"one").hexdigest()).id
    first: Any = box.services["sf1601"]
    first.receipts.tell(sent, "received")
    connector.delivery(sent)
    connector.close()
    first.receipts.tell(sent, "delivered")
    box.stop()
    again = begin()
    beskedfordeler: Any = again.services["sf1461"]

    assert 1 == beskedfordeler.dueslag[receipts_dueslag_of("0265")].waiting()


@pytest.mark.parametrize("running", [("sf1601", "sf1461"), ("sf1601",)])
def test_the_real_broker_is_never_written(
    begin: Callable[..., Sandbox], tmp_path: Path, running: tuple[str, ...]
) -> None:
    """With or without the sandbox's broker, the address is this machine's and the folder is nobody's."""
    given = settings(begin(only=running), tmp_path)

    assert "127.0.0.1" == urlsplit(given["receipts_queue"]["broker"]).hostname
    assert ("BF", receipts_dueslag_of("0265")) == (
        given["receipts_queue"]["virtual_host"],
        given["receipts_queue"]["queue"],
    )
    assert "" == given["receipts_folder"]
