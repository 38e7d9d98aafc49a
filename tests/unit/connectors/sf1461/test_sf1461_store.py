"""The store: a message is one row, what is personal is sealed, nothing is lost by being odd."""

import os
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rpa_commons.capabilities import Move
from rpa_commons.connectors.sf1461 import StoreError, StoreTooNewError
from rpa_commons.connectors.sf1461._store import VERSION, Arrival, State, Store
from rpa_commons.runtime._crypto import Keys, ephemeral_keys
from tests.support.beskedfordeler import SINCE, move, told

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def arrival(found: Move, **changed: str) -> Arrival:
    """A move as it arrives."""
    key = changed.get("key", found.id)
    content = changed.get("content", found.model_dump_json()).encode()
    return Arrival(key, "move", content, kept=found.model_dump_json().encode(), move=found)


def odd(key: str, state: State = "aside", content: bytes = b"cpr 0101505555") -> Arrival:
    """Something that is no move."""
    return Arrival(key, state, content, kept=content, reason="odd")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "state" / "sf1461" / "queue-x.sqlite"


@pytest.fixture
def keys() -> Keys:
    """The municipality's keys."""
    return ephemeral_keys()


def test_moves_are_found_by_place_and_day(path: Path, keys: Keys) -> None:
    """Those into the municipality from the day on, by day and id; the file may be closed in between."""
    moves = [told(move(number, moved_on=date(2026, 10, number))) for number in (3, 1, 2)]
    elsewhere = told(move(9, to_municipality="0167"))
    store = Store.open(path, keys)
    store.put([arrival(one) for one in (*moves, elsewhere)], NOW)
    store.close()
    store = Store.open(path, keys)

    assert [moves[2], moves[0]] == store.moves("0265", date(2026, 10, 2))
    assert [elsewhere] == store.moves("0167", SINCE)
    store.close()


def test_what_is_personal_is_not_in_the_file(path: Path, keys: Keys) -> None:
    """No number, no address, no body in clear; the same number twice gives no equal bytes."""
    store = Store.open(path, keys)
    store.put([arrival(told(move(1))), odd("a"), odd("b", "foreign")], NOW)
    store.close()
    raw = b"".join(file.read_bytes() for file in path.parent.iterdir())

    assert move(1).cpr.encode() not in raw
    assert b"0101505555" not in raw
    assert b"address-1" not in raw


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's; on Windows the folder's guard")
def test_the_file_is_the_owners(path: Path, keys: Keys) -> None:
    """Nobody else may read file or folder."""
    Store.open(path, keys).close()

    assert 0o600 == path.stat().st_mode & 0o777
    assert 0o700 == path.parent.stat().st_mode & 0o777


def test_another_municipalitys_key_opens_nothing(path: Path, keys: Keys) -> None:
    """What was sealed stays sealed."""
    store = Store.open(path, keys)
    store.put([arrival(told(move(1)))], NOW)
    store.close()
    other = Store.open(path, ephemeral_keys())

    with pytest.raises(Exception, match="another key"):
        other.moves("0265", SINCE)

    other.close()


def test_a_row_cannot_stand_in_for_another(path: Path, keys: Keys) -> None:
    """A sealed move put under another id is no move."""
    store = Store.open(path, keys)
    store.put([arrival(told(move(1))), arrival(told(move(2)))], NOW)
    store.close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE messages SET content = (SELECT min(content) FROM messages)")
    database.close()
    store = Store.open(path, keys)

    with pytest.raises(Exception, match="changed or moved"):
        store.moves("0265", SINCE)

    store.close()


def test_the_same_message_is_one_row(path: Path, keys: Keys) -> None:
    """In one batch, in another, and of whatever state."""
    store = Store.open(path, keys)
    for _ in range(2):
        store.put([arrival(told(move(1))), arrival(told(move(1))), odd("a"), odd("", content=b"?")], NOW)

    assert 1 == len(store.moves("0265", SINCE))
    assert 2 == len(store.asides())
    store.close()


def test_another_content_under_one_id_disputes_both(path: Path, keys: Keys) -> None:
    """Neither move is answered, each content is kept, and a third one is kept, too."""
    first, second = told(move(1)), told(move(2))
    store = Store.open(path, keys)
    store.put([arrival(first), arrival(told(move(3)))], NOW)
    store.put([arrival(second, key=first.id), arrival(first, content="a third")], NOW)
    store.put([arrival(second, key=first.id)], NOW)

    assert [told(move(3))] == store.moves("0265", SINCE)
    assert ["conflict", "conflict"] == [one.state for one in store.asides()]
    assert all(one.key.startswith(first.id) for one in store.asides())
    store.close()


def test_one_move_told_under_two_ids_is_one(path: Path, keys: Keys) -> None:
    """Two messages about one move are one greeting, also after the first has been deleted."""
    first = told(move(1))
    again = first.model_copy(update={"id": told(move(2)).id})
    third = first.model_copy(update={"id": told(move(3)).id})
    store = Store.open(path, keys)
    store.put([arrival(first), arrival(again)], NOW)

    assert [first] == store.moves("0265", SINCE)

    store.erase(NOW + timedelta(days=91), 90)
    store.put([arrival(third)], NOW + timedelta(days=91))

    assert [] == store.moves("0265", SINCE)
    store.close()


def test_what_is_old_is_deleted_and_stays_known(path: Path, keys: Keys) -> None:
    """After the days that are set, what messages said is gone; a late delivery does not bring it back."""
    store = Store.open(path, keys)
    store.put([arrival(told(move(1))), odd("a")], NOW)
    store.put([arrival(told(move(2)))], NOW + timedelta(days=50))

    store.erase(NOW + timedelta(days=91), 90)
    store.put([arrival(told(move(1))), odd("a")], NOW + timedelta(days=91))

    assert [told(move(2))] == store.moves("0265", SINCE)
    assert [] == store.asides()
    store.close()


def test_what_could_not_be_read_is_read_again(path: Path, keys: Keys) -> None:
    """Settings that say more make moves of what was kept aside."""
    store = Store.open(path, keys)
    found = told(move(1))
    store.put([odd(found.id), odd("b")], NOW)

    store.reread(lambda body: arrival(found) if body else odd("b"))
    store.reread(lambda _: odd("b"))

    assert [found] == store.moves("0265", SINCE)
    assert [] == [one.key for one in store.asides() if one.key == found.id]
    store.close()


def test_two_bot_instances_may_read_again_at_once(path: Path, keys: Keys) -> None:
    """What another process has made of a message meanwhile stays: the move is no repeat of itself."""
    store, other = Store.open(path, keys), Store.open(path, keys)
    found, event = told(move(1)), told(move(2, moved_on=date(2026, 11, 2)))
    store.put([odd(found.id), odd("b", "waiting")], NOW)

    def reads(_: bytes) -> Arrival:
        other.reread(lambda _: arrival(found))
        return arrival(found)

    store.reread(reads)
    for one in (store, other):
        one.settle("b", event)
    store.leave_undecided("b", "the register does not answer this one")

    assert [found, event] == store.moves("0265", SINCE)
    assert [] == store.asides()
    store.close()
    other.close()


def test_why_it_cannot_be_read_is_todays_reason(path: Path, keys: Keys) -> None:
    """A message of a type that was not read and now cannot be read says why, not nothing."""
    store = Store.open(path, keys)
    store.put([Arrival("a", "foreign", b"a", "type", kept=b"a")], NOW)
    reasons = ["element one is missing", "element two is missing"]

    for reason in reasons:
        store.reread(lambda body, why=reason: Arrival("a", "aside", body, "type", kept=body, reason=why))  # type: ignore[misc]

        assert [("aside", reason, "type")] == [
            (one.state, one.reason, one.message_type) for one in store.asides()
        ]
    store.close()


def test_a_waiting_event_is_settled_or_left(path: Path, keys: Keys) -> None:
    """The register's answer makes it a move; without one it is asked about for a week, and told."""
    store = Store.open(path, keys)
    store.put([odd("a", "waiting"), odd("b", "waiting")], NOW)

    store.settle("a", told(move(1)))
    store.leave_undecided("b", "the register shows no move")

    assert [told(move(1))] == store.moves("0265", SINCE)
    assert ["b"] == [key for key, _ in store.waiting(NOW + timedelta(days=6))]
    assert [] == [key for key, _ in store.waiting(NOW + timedelta(days=8))]
    assert [("b", "the register shows no move")] == [(one.key, one.reason) for one in store.asides()]
    store.close()


def test_a_copy_changes_nothing(path: Path, keys: Keys) -> None:
    """A plan's copy knows what the store knows; what is put into it is forgotten, no file is made."""
    assert [] == Store.copy_of(path, keys).moves("0265", SINCE)
    assert not path.parent.exists()

    store = Store.open(path, keys)
    store.put([arrival(told(move(1)))], NOW)
    store.close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    copy = Store.copy_of(path, keys)
    copy.put([arrival(told(move(2)))], NOW)

    assert 2 == len(copy.moves("0265", SINCE))
    assert before == {file.name: file.read_bytes() for file in path.parent.iterdir()}
    copy.close()


def test_a_newer_store_is_refused(path: Path, keys: Keys) -> None:
    """A release that does not know the version touches nothing and says what to do."""
    Store.open(path, keys).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()

    for make in (Store.open, Store.copy_of):
        with pytest.raises(StoreTooNewError) as caught:
            make(path, keys)

        assert "upgrade rpa-commons" in caught.value.remedy


def test_a_file_that_is_no_store(path: Path, keys: Keys) -> None:
    """Another file there is our error, to be tried again when it is mended; nothing is written over."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 100)

    for make in (Store.open, Store.copy_of):
        with pytest.raises(StoreError, match="cannot be used"):
            make(path, keys)

    assert path.read_bytes() == b"no database" * 100


def test_a_batch_is_kept_whole_or_not_at_all(path: Path, keys: Keys) -> None:
    """An error in the middle of a batch leaves none of it."""
    store = Store.open(path, keys)
    bad = Arrival("x", "aside", b"", kept=b"", reason=None)  # type: ignore[arg-type] - NOT NULL says no

    with pytest.raises(StoreError):
        store.put([arrival(told(move(1))), bad], NOW)

    store.put([Arrival("y", "no-move", b"")], NOW)
    assert [] == store.moves("0265", SINCE)
    store.close()
