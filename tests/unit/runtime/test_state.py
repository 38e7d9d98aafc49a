"""The state on disk: how it is created, refused, enqueued into and read."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from rpa_commons.runtime import SettleRefusedError, _clock, instance_status, list_items, reading, settle
from rpa_commons.runtime._crypto import ephemeral_keys
from rpa_commons.runtime._database import open_instance, open_municipality_state
from rpa_commons.runtime._disks import file_system_of, refuse_network_disk
from rpa_commons.runtime._errors import JournalFailure, JournalKeyError, RunRefusedError, SlotTakenError
from rpa_commons.runtime._journal import Claim, Ended, Intent, Journal, QueryRow
from rpa_commons.runtime._queue import MOST_DEATHS, Arrival, Queue
from rpa_commons.runtime._slots import Slot, holder_of

ID = "0b6f0c1e-0000-4000-8000-000000000001"
KEYS = ephemeral_keys()
MOUNTS = [
    "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    "30 22 0:40 / /mnt/share rw,relatime shared:1 - cifs //server/share rw",
    "31 22 0:41 / /mnt/with\\040blank rw - fuse.sshfs host: rw",
    "32 30 0:42 / /mnt/share/local rw - xfs /dev/vdb rw",
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """A fresh instance's state."""
    opened = open_instance(tmp_path, ID, KEYS.sealer)
    yield opened
    opened.dispose()


def _arrival(reference: str, content: bytes = b"{}") -> Arrival:
    return Arrival(reference, content, content)


def _queue(engine: sa.Engine, municipality: sa.Engine | None = None, instance: str = ID) -> Queue:
    return Queue(engine, KEYS, municipality, ("letters", instance))


def test_state_is_created_in_wal_with_full_synchronisation(engine: sa.Engine) -> None:
    """And foreign keys, and a busy timeout, on every connection."""
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert values == ["wal", 2, 1, 30000]


def test_another_key_is_refused_when_the_state_is_opened(engine: sa.Engine, tmp_path: Path) -> None:
    """Before anything is written with it."""
    with pytest.raises(JournalKeyError):
        open_instance(tmp_path, ID, ephemeral_keys().sealer)

    assert engine.dialect.name == "sqlite"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/x", "ext4"),
        ("/mnt/share", "cifs"),
        ("/mnt/share/deep/er", "cifs"),
        ("/mnt/shared", "ext4"),
        ("/mnt/with blank/x", "fuse.sshfs"),
        ("/mnt/share/local/x", "xfs"),
    ],
)
def test_the_file_system_is_the_one_of_the_longest_mount(folder: str, kind: str) -> None:
    """As proc(5) describes the lines."""
    assert file_system_of(Path(folder), MOUNTS) == kind


def test_a_network_disk_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's write-ahead log needs one machine."""
    monkeypatch.setattr("rpa_commons.runtime._disks.file_system_of", lambda _: "nfs4")

    with pytest.raises(RunRefusedError, match="network file system") as caught:
        refuse_network_disk(tmp_path)

    assert "state_dir" in caught.value.remedy


def test_eight_parallel_enqueues_of_one_reference_make_one_row(tmp_path: Path, engine: sa.Engine) -> None:
    """One of them is told that it is new."""
    new: list[str] = []

    def enqueue() -> None:
        opened = open_instance(tmp_path, ID, KEYS.sealer)
        new.extend(_queue(opened).put([_arrival("case-1")]).new)
        opened.dispose()

    threads = [threading.Thread(target=enqueue) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert new == ["case-1"]
    assert [item.reference for item in list_items(engine)] == ["case-1"]


def test_the_same_reference_with_another_payload_is_a_conflict(engine: sa.Engine) -> None:
    """The first is kept; the same one again is none."""
    queue = _queue(engine)
    queue.put([_arrival("case-1", b"first")])

    again, other = queue.put([_arrival("case-1", b"first")]), queue.put([_arrival("case-1", b"second")])

    assert (again.new, again.conflicts) == ((), ())
    assert (other.new, other.conflicts) == ((), ("case-1",))


def test_of_two_instances_one_claims_a_reference_of_a_municipality(tmp_path: Path, engine: sa.Engine) -> None:
    """The other is told that it is handled elsewhere; the first may ask again."""
    municipality = open_municipality_state(tmp_path)
    other = open_instance(tmp_path, "other", KEYS.sealer)

    first = _queue(engine, municipality).put([_arrival("case-1")])
    second = _queue(other, municipality, "other").put([_arrival("case-1")])
    again = _queue(engine, municipality).put([_arrival("case-1")])
    other.dispose()
    municipality.dispose()

    assert (first.new, first.elsewhere) == (("case-1",), ())
    assert (second.new, second.elsewhere) == ((), ("case-1",))
    assert (again.new, again.elsewhere) == ((), ())


def test_deaths_are_counted_only_when_a_worker_died(engine: sa.Engine) -> None:
    """A worker that left in order, on a full disk say, blames no item; the fifth death sets it aside."""
    queue = _queue(engine)
    queue.put([_arrival("case-1")])
    aside: list[dict[str, str]] = []
    for run in range(1, MOST_DEATHS + 4):
        with Journal(engine, KEYS.sealer) as journal:
            journal.advance(None, Claim("case-1", run, _clock.now()))
        aside.append(queue.recover(died=run > 3).set_aside)

    assert aside == [{}] * (MOST_DEATHS + 2) + [{"case-1": "failed"}]


def test_an_item_is_taken_up_once_at_a_time_and_once_a_run(engine: sa.Engine) -> None:
    """A second claim finds nothing, and neither does one after it was put back in the same run."""
    _queue(engine).put([_arrival("case-1")])
    with Journal(engine, KEYS.sealer) as journal:
        first = journal.advance(None, Claim("case-1", 1, _clock.now()))
        second = journal.advance(None, Claim("case-1", 1, _clock.now()))
        assert first is not None
        journal.advance(Ended(first, "new", b"{}", "1.0.0"), None)
        third = journal.advance(None, Claim("case-1", 1, _clock.now()))
        later = journal.advance(None, Claim("case-1", 2, _clock.now()))

    assert (second, third) == (None, None)
    assert later is not None
    assert (first.first_time, later.first_time) == (True, False)


def test_intents_queries_and_results_come_back_as_they_were_written(engine: sa.Engine) -> None:
    """Queries are committed with the intent they led to; the same intent twice is our own failure."""
    _queue(engine).put([_arrival("case-1")])
    intent = Intent("Post.send", "", "keyed", "args", "key")
    asked = QueryRow("Register.person", "digest", b'"x"', "2026-11-01T00:00:00+00:00")
    with Journal(engine, KEYS.sealer) as journal:
        item = journal.advance(None, Claim("case-1", 1, _clock.now()))
        assert item is not None
        journal.intend(item, intent, [asked])
        open_state = journal.effects_of(item)["Post.send", ""].state
        journal.conclude(item, intent, "done", b'"receipt"')
        row = journal.effects_of(item)["Post.send", ""]
        queries = journal.queries_of(item)
        with pytest.raises(JournalFailure):
            journal.intend(item, intent, [])

    assert (open_state, row.state, row.result, row.intent) == ("open", "done", b'"receipt"', intent)
    assert queries == {("Register.person", "digest"): b'"x"'}


def test_a_slot_is_held_once_and_knows_whether_the_last_holder_left_in_order(tmp_path: Path) -> None:
    """The note beside the lock says who; a taken lock file is noticed, a released one is not missed."""
    slot = Slot(tmp_path, "letters")
    slot.acquire()
    with pytest.raises(SlotTakenError, match=r"letters is already running: process \d+"):
        Slot(tmp_path, "letters").acquire()
    lost_before = slot.lost()
    (tmp_path / "slot-0.lock").unlink()
    lost_after = slot.lost()
    died = Slot(tmp_path, "letters")
    died.acquire()
    died.recovered = True
    died.release()
    orderly = Slot(tmp_path, "letters")
    orderly.acquire()
    orderly.release()
    slot.release()

    assert (lost_before, lost_after, slot.lost()) == (False, True, False)
    assert (died.died_before, orderly.died_before) == (True, False)
    holder = holder_of(tmp_path)
    assert holder is not None
    assert not holder.alive()


def test_status_of_an_instance_that_never_ran_is_empty_and_creates_nothing(tmp_path: Path) -> None:
    """Also where there is no state folder at all."""
    status = instance_status(tmp_path / "none", ID)

    assert (status.counts, status.last_run, status.holder) == ({}, None, None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_a_clear_failure(tmp_path: Path) -> None:
    """Never an empty state."""
    path = tmp_path / "instances" / ID / "state.sqlite"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database, whatever its name says" * 100)

    with pytest.raises(JournalFailure, match="not a database"), reading(tmp_path, ID):
        pass
    with pytest.raises(JournalFailure, match="not a database"):
        open_instance(tmp_path, ID, KEYS.sealer)

    assert issubclass(sqlite3.DatabaseError, Exception)


def test_the_hosts_side_imports_neither_dbos_nor_plugins() -> None:
    """DBOS costs half a second and 60 MB, and only a worker may launch it."""
    code = "import sys, rpa_commons.runtime; print('dbos' in sys.modules, 'welcome_letters' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]


def test_a_waiting_item_is_not_taken_up_before_its_time(engine: sa.Engine) -> None:
    """Not even by a chunk that a dead worker left, which names it without asking what is due."""
    _queue(engine).put([_arrival("case-1")])
    due = _clock.now() + timedelta(days=14)
    with Journal(engine, KEYS.sealer) as journal:
        first = journal.advance(None, Claim("case-1", 1, _clock.now()))
        assert first is not None
        journal.advance(Ended(first, "waiting", b"{}", "1.0.0", until=due), None)
        early = journal.advance(None, Claim("case-1", 2, _clock.now()))
        later = journal.advance(None, Claim("case-1", 3, due))

    assert early is None
    assert later is not None
    assert later.phase == 1


def test_a_death_is_handed_on_until_what_it_left_is_put_back(tmp_path: Path) -> None:
    """A worker that only adopts, or is refused, sees to nothing and leaves the death to the next one."""
    (tmp_path / "slot-0.json").write_text('{"pid": 1, "host": "h", "since": "2026", "left": false}')
    adopting = Slot(tmp_path, "letters")
    adopting.acquire()
    adopting.release()
    running = Slot(tmp_path, "letters")
    running.acquire()
    seen = running.died_before
    running.recovered = True
    running.release()
    after = Slot(tmp_path, "letters")
    after.acquire()
    after.release()

    assert (seen, after.died_before) == (True, False)


def test_of_several_open_effects_a_person_settles_one_at_a_time(tmp_path: Path, engine: sa.Engine) -> None:
    """One word for all of them would say of one what was found out about another."""
    _queue(engine).put([_arrival("case-1")])
    with Journal(engine, KEYS.sealer) as journal:
        item = journal.advance(None, Claim("case-1", 1, _clock.now()))
        assert item is not None
        for key in ("first", "second"):
            journal.intend(item, Intent("Post.send", key, "unsafe", "args", key), [])
        journal.advance(Ended(item, "in_doubt", b"{}", "1.0.0"), None)

    with pytest.raises(SettleRefusedError, match=r"--effect Post\.send --key second") as caught:
        settle(tmp_path, ID, KEYS, "case-1", happened=True, by="A. Person")
    with pytest.raises(SettleRefusedError, match="no such effect is open"):
        settle(tmp_path, ID, KEYS, "case-1", happened=True, by="A. Person", effect="Post.read")
    names = settle(
        tmp_path, ID, KEYS, "case-1", happened=True, by="A. Person", effect="Post.send", call_key="second"
    )
    with Journal(engine, KEYS.sealer) as journal:
        states = {key: row.state for (_, key), row in journal.effects_of(item).items()}

    assert caught.value.exit_code == 5
    assert names == ("Post.send",)
    assert states == {"first": "open", "second": "settled"}
