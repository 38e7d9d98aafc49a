"""Receipts from a queue: kept before they are acknowledged, counted once, left alone in a plan."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import UnexpectedAnswerError
from rpa_commons.connectors.sf1461 import MissingClientError, StateMissingError, StoreError, StoreTooNewError
from rpa_commons.connectors.sf1601 import PostStatusError, ReceiptsQueue, Sf1601
from rpa_commons.connectors.sf1601._fetched import FetchedReceipts, message_of
from rpa_commons.runtime._crypto import Keys, ephemeral_keys
from rpa_commons.sandbox._post_status import _envelope
from tests.unit.connectors.sf1461.conftest import Tray

ID = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
OTHER = "8c2ea15d-61fb-4ba9-9366-42f8b194c115"
CPR = "2211771212"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLACE: dict[str, Any] = {"broker": "amqps://127.0.0.1:1", "queue": "dueslag-1"}


def told(end: Any, letter: str = ID, minutes: int = 0) -> bytes:
    """A message as the sandbox tells it, in the shape of the published examples; each has its own id."""
    entry = {
        "channel": "digital",
        "choice": "Digital Post",
        "cvr": "29189404",
        "receipt": "1ab6eb87-a457-4ad3-8952-ed8f18a1676a" if letter == ID else OTHER,
        "message_uuid": letter,
    }
    return _envelope(entry, end, NOON + timedelta(minutes=minutes))


class Reading:
    """A queue in memory, and what reads it."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.tray = Tray()
        self.opened = 0
        self.time = 0.0
        self.now = NOON

    def open(self) -> Tray:
        """The queue, counted."""
        self.opened += 1
        return self.tray

    def receipts(self, **changed: Any) -> FetchedReceipts:
        """A new reader, as a new process has it."""
        place = ReceiptsQueue.model_validate({**PLACE, "fetch_every": 0.0, **changed})
        return FetchedReceipts(place, self.around, self.open, now=lambda: self.now, clock=lambda: self.time)

    def planning(self) -> FetchedReceipts:
        """A reader in a plan."""
        place = ReceiptsQueue.model_validate(PLACE)
        return FetchedReceipts(place, replace(self.around, planning=True), self.open)

    @property
    def file(self) -> Path:
        """Where receipts are kept."""
        assert self.around.state is not None
        return self.around.state / "sf1601" / "receipts-dueslag-1.sqlite"


@pytest.fixture
def keys() -> Keys:
    """The municipality's keys."""
    return ephemeral_keys()


@pytest.fixture
def reading(surroundings: Surroundings, keys: Keys, tmp_path: Path) -> Reading:
    """A queue with nothing in it."""
    return Reading(replace(surroundings, state=tmp_path / "state", vault=keys))


def test_from_taken_to_delivered(reading: Reading) -> None:
    """Nothing said: unknown; received; delivered; of another letter: failed."""
    receipts = reading.receipts()
    before = receipts.of(ID)
    reading.tray.waiting = [told("received")]
    received = receipts.of(ID)
    reading.tray.waiting = [told("delivered", minutes=5), told("failed", OTHER)]

    states = [before.state, received.state, receipts.of(ID.upper()).state, receipts.of(OTHER).state]
    assert ["unknown", "accepted", "delivered", "failed"] == states
    assert "digital" == receipts.of(ID).channel
    assert [] == reading.tray.waiting
    assert () == receipts.problems


def test_a_late_word_of_an_earlier_moment_changes_nothing(reading: Reading) -> None:
    """The latest counts by its own time, in whatever order messages come."""
    reading.tray.waiting = [told("delivered", minutes=5), told("received")]

    assert "delivered" == reading.receipts().of(ID).state


def test_a_message_is_kept_before_it_is_acknowledged(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, it comes again and counts once."""
    reading.tray.waiting = [told("delivered")]

    def dies(tag: int) -> None:
        raise KeyboardInterrupt(tag)

    with monkeypatch.context() as patched:
        patched.setattr(reading.tray, "acknowledge", dies)
        with pytest.raises(KeyboardInterrupt):
            reading.receipts().of(ID)
    back = list(reading.tray.waiting)
    after = reading.planning().of(ID)
    again = reading.receipts()

    assert 1 == len(back)
    assert ("delivered", "delivered") == (after.state, again.of(ID).state)
    assert [] == reading.tray.waiting
    assert () == again.problems
    assert 1 == rows(reading)


def rows(reading: Reading) -> int:
    """How many messages are kept."""
    with closing(sqlite3.connect(reading.file)) as database:
        return int(database.execute("SELECT count(*) FROM messages").fetchone()[0])


def test_a_message_twice_is_one(reading: Reading) -> None:
    """In one batch, in the next, and with what distribution changes on the way."""
    one = told("delivered")
    changed = one.replace(b"</ns2:Leveranceinformation>", b"<ns2:x/></ns2:Leveranceinformation>")
    reading.tray.waiting = [one, one]
    receipts = reading.receipts()
    receipts.of(ID)
    reading.tray.waiting = [one, changed]

    assert one != changed
    assert "delivered" == receipts.of(ID).state
    assert () == receipts.problems
    assert 1 == rows(reading)


def test_one_id_with_two_contents_is_for_a_person(reading: Reading) -> None:
    """Neither counts, both are kept; other letters are not touched."""
    one, other = told("delivered"), told("failed", OTHER)
    number = message_of(one).key.encode()
    reading.tray.waiting = [one, other.replace(message_of(other).key.encode(), number)]
    receipts = reading.receipts()

    assert ["unknown", "unknown"] == [receipts.of(letter).state for letter in (ID, OTHER)]
    (problem,) = receipts.problems
    assert "two contents" in problem


def test_a_plan_takes_nothing(reading: Reading) -> None:
    """It asks no broker, makes no file, and knows what runs have fetched."""
    reading.tray.waiting = [told("received")]
    before = reading.planning().of(ID)
    existed = reading.file.exists()
    reading.receipts().of(ID)
    content = reading.file.read_bytes()
    reading.tray.waiting = [told("delivered", minutes=5)]

    assert ("unknown", False) == (before.state, existed)
    assert "accepted" == reading.planning().of(ID).state
    assert 1 == len(reading.tray.waiting)
    assert content == reading.file.read_bytes()


def test_the_broker_is_asked_now_and_then(reading: Reading) -> None:
    """Once in fetch_every, however many letters are asked about, and as often when it fails."""
    receipts = reading.receipts(fetch_every=60.0)
    for _ in range(3):
        receipts.of(ID)
    reading.time = 61.0
    reading.tray.breaks_after = 0
    for _ in range(3):
        with pytest.raises(TransientError):
            receipts.of(ID)
    asked = reading.opened
    reading.time = 122.0
    reading.tray.breaks_after = None

    assert 2 == asked
    assert "unknown" == receipts.of(ID).state


def test_the_lanes_of_a_run_ask_together(reading: Reading) -> None:
    """A run makes a connector for each lane: they ask the broker once, and know the same of it."""
    reading.tray = Tray([told("delivered")], breaks_after=1)
    lanes = [reading.receipts(fetch_every=60.0) for _ in range(3)]

    assert ["delivered"] * 3 == [lane.of(ID).state for lane in lanes]
    assert 1 == reading.opened
    assert 1 == len({lane.problems for lane in lanes})
    for lane in lanes:
        with pytest.raises(TransientError, match="broke off"):
            lane.of(OTHER)


def test_a_broker_that_is_none_is_no_letters_fault(reading: Reading) -> None:
    """What answers is no broker, or the token service says nonsense: the cases wait, asked once a while."""

    def opens() -> Any:
        reading.opened += 1
        raise UnexpectedAnswerError("sf1461", "what answers at 127.0.0.1 speaks no AMQP 0-9-1")

    place = ReceiptsQueue.model_validate({**PLACE, "fetch_every": 60.0})
    receipts = FetchedReceipts(place, reading.around, opens)

    for _ in range(3):
        with pytest.raises(TransientError, match="speaks no AMQP") as caught:
            receipts.of(ID)
        assert caught.value.remedy
    assert 1 == reading.opened
    assert 1 == len(receipts.problems)


def test_without_the_broker_only_ends_are_answered(reading: Reading) -> None:
    """A letter that is only received may be more by now: its case waits; the finding says why."""
    reading.tray.waiting = [told("delivered"), told("received", OTHER)]
    receipts = reading.receipts()
    receipts.of(ID)
    reading.tray.breaks_after = 0

    assert "delivered" == receipts.of(ID).state
    assert "broke off" in receipts.problems[0]
    with pytest.raises(TransientError, match="broke off"):
        receipts.of(OTHER)


def test_what_came_before_a_break_is_kept(reading: Reading) -> None:
    """And the finding says that the rest comes later; so does one of a limit."""
    reading.tray = Tray([told("delivered"), told("failed", OTHER)], breaks_after=1)
    receipts = reading.receipts()
    first = receipts.of(ID)
    broken = receipts.problems
    reading.tray = Tray([told("failed", OTHER), told("failed")])
    limited = reading.receipts(most_messages=1)

    assert "delivered" == first.state
    assert "after 1 receipts, which are kept" in broken[0]
    assert "failed" == limited.of(OTHER).state
    assert "most_messages" in limited.problems[0]


def test_a_letter_whose_word_may_still_wait_is_not_called_unknown(reading: Reading) -> None:
    """The broker broke off in the middle: what it did not give may be about this letter."""
    reading.tray = Tray([told("delivered"), told("failed", OTHER)], breaks_after=1)
    receipts = reading.receipts()

    with pytest.raises(TransientError, match="broke off"):
        receipts.of(OTHER)
    reading.tray.breaks_after = None
    assert ["failed", "delivered"] == [receipts.of(letter).state for letter in (OTHER, ID)]


def test_a_run_that_was_killed_at_its_start_does_not_hinder_a_plan(reading: Reading) -> None:
    """Its empty file is as good as none."""
    reading.file.parent.mkdir(parents=True)
    reading.file.touch()

    assert "unknown" == reading.planning().of(ID).state
    assert 0 == reading.file.stat().st_size


def test_what_cannot_be_read_is_kept_aside_sealed(reading: Reading) -> None:
    """It is a finding of every run without a word of it, hides no other, and goes when its time is over."""
    secret = f"<a>{CPR} Hemmelig</a>".encode()
    reading.tray.waiting = [secret, b"\xff\xfe", told("delivered"), secret]
    receipts = reading.receipts()
    state = receipts.of(ID).state
    content = reading.file.read_bytes()
    found = reading.receipts()
    found.of(ID)

    assert "delivered" == state
    assert 2 == len(receipts.problems)
    assert [*receipts.problems] == [*found.problems]
    assert not any(text in one for one in receipts.problems for text in (CPR, "Hemmelig"))
    assert b"Hemmelig" not in content
    reading.now += timedelta(days=401)
    assert "unknown" == found.of(ID).state
    assert 0 == rows(reading)


def test_what_a_later_release_can_read_counts_then(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be sent once more."""
    from rpa_commons.connectors.sf1601 import _fetched

    def fails(document: bytes) -> Any:
        raise PostStatusError(f"it has {len(document) and 'a new form'}")

    reading.tray.waiting = [told("delivered")]
    with monkeypatch.context() as patched:
        patched.setattr(_fetched, "read_post_status", fails)
        old = reading.receipts()
        unread = old.of(ID)
    receipts = reading.receipts()

    assert ("unknown", 1) == (unread.state, len(old.problems))
    assert ("delivered", ()) == (receipts.of(ID).state, receipts.problems)


def test_nothing_is_taken_that_cannot_be_kept(reading: Reading) -> None:
    """No state, a file of a newer release, a file that is none: the queue stays as it was."""
    reading.tray.waiting = [told("delivered")]
    homeless = Reading(replace(reading.around, state=None, vault=None))
    with pytest.raises(StateMissingError):
        homeless.receipts().of(ID)
    reading.file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(reading.file)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreTooNewError):
        reading.receipts().of(ID)
    reading.file.write_bytes(b"no database at all, and longer than a header of one would be" * 20)
    with pytest.raises(StoreError):
        reading.receipts().of(ID)

    assert (0, 1) == (homeless.opened, len(reading.tray.waiting))


@given(st.binary() | st.text().map(str.encode))
def test_whatever_comes_is_a_message_or_kept_aside(body: bytes) -> None:
    """Nothing is raised for one message's sake."""
    message = message_of(body)

    assert (message.status is None) == bool(message.reason)


class TestConnector:
    def test_folder_and_queue_tell_together(
        self, reading: Reading, connect: Callable[..., Sf1601], folder: Path
    ) -> None:
        """Some are pushed and some are fetched: the latest counts; the broker is a host that is reached."""
        (folder / "receipts").mkdir()
        (folder / "receipts" / "a.xml").write_bytes(told("delivered", minutes=9))
        reading.tray.waiting = [told("received"), told("failed", OTHER), b"<half"]
        post = connect(
            reading.around, receipts_folder="receipts", receipts_queue=PLACE, queue=lambda: reading.tray
        )

        assert ["delivered", "failed"] == [post.delivery(one).state for one in (ID, OTHER)]
        assert "127.0.0.1:1" in post.hosts
        assert 1 == len(post.problems)

    def test_a_broker_that_is_away_is_no_answer(
        self, reading: Reading, connect: Callable[..., Sf1601]
    ) -> None:
        """The case waits; the token service was asked for a fresh assertion."""
        post = connect(reading.around, receipts_queue=PLACE)

        with pytest.raises(TransientError, match=r"127\.0\.0\.1"):
            post.delivery(ID)

    def test_without_the_client_it_is_said_what_to_install(
        self, reading: Reading, connect: Callable[..., Sf1601], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The extra's name stands in the remedy."""
        monkeypatch.setitem(__import__("sys").modules, "pika", None)

        with pytest.raises(MissingClientError) as caught:
            connect(reading.around, receipts_queue=PLACE).delivery(ID)
        assert "rpa-commons[amqp]" in caught.value.remedy
