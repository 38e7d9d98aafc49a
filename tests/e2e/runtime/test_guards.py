"""What keeps a run safe from outside: slots, stops, versions, keys, a full disk, reading without a trace."""

import hashlib
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.runtime import JournalKeyError, StateVersionError, instance_status, reading, settle

ID = "0b6f0c1e-0000-4000-8000-000000000001"
FULL_DISK = Path(__file__).parent / "full_disk.py"


def _wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_second_worker_is_refused_and_told_who_holds_the_instance(bench: Any) -> None:
    """It does nothing, and names the process."""
    bench.cases({"case-1": "hold, keyed"})

    with bench.start() as first:
        _wait_for(lambda: bench.states().get("case-1") == "running")
        second = bench.run()
        status = instance_status(bench.state_dir, ID)
        (bench.folder / "go.txt").touch()
        first.communicate(timeout=60)

    assert second.code == 5
    assert f"process {first.pid}" in second.last["message"]
    assert status.holder is not None
    assert status.holder.pid == first.pid
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_worker_whose_lock_file_is_taken_away_leaves_at_once(bench: Any) -> None:
    """Another worker might start now, so it carries out nothing more."""
    bench.cases({"case-1": "sleep:30, keyed"})

    with bench.start() as worker:
        _wait_for(lambda: bench.states().get("case-1") == "running")
        (bench.state_dir / "instances" / ID / "slot-0.lock").unlink()
        out, _ = worker.communicate(timeout=20)

    assert worker.returncode == 1
    assert "lock file was taken away" in out
    assert bench.accepted() == []


@pytest.mark.parametrize("how", ["signal", "end of input"])
def test_a_worker_that_is_told_to_stop_finishes_the_item_in_hand(bench: Any, how: str) -> None:
    """One item is done, the rest stays queued, nothing is lost."""
    bench.cases({f"case-{number}": "keyed, sleep:1" for number in range(3)})

    with bench.start(supervised=True) as worker:
        _wait_for(lambda: "running" in bench.states().values())
        if how == "signal":
            worker.send_signal(signal.SIGTERM)
        else:
            worker.stdin.close()
        worker.wait(60)
        worker.stdout.read()
    states = list(bench.states().values())
    bench.run()

    assert worker.returncode == 130
    assert "running" not in states
    assert "new" in states
    assert sorted(bench.accepted()) == [("keyed", f"case-{number}") for number in range(3)]


def test_a_wait_inside_a_call_ends_when_the_run_is_to_stop(bench: Any) -> None:
    """A system asks for ten minutes; the worker is told to stop, and the case is back in the queue."""
    bench.cases({"case-1": "keyed"})
    bench.mode(keyed="busy600")

    with bench.start() as worker:
        _wait_for(lambda: "running" in bench.states().values())
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=60)
    states = bench.states()
    bench.mode()
    bench.run()

    assert worker.returncode == 130
    assert states == {"case-1": "new"}
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_full_disk_stops_the_run_and_is_nobodys_outcome(bench: Any) -> None:
    """The message is about the state; afterwards every case is handled once, and no item is blamed."""
    bench.cases({f"case-{number:03}": "ask, keyed" for number in range(200)})
    bench.worker = str(FULL_DISK)

    full = bench.run()
    bench.worker = "rpa_commons.runtime.worker"
    broken_off = set(bench.states().values())
    again = bench.run()

    assert full.code == 1
    assert "the state could not be" in str(full.events)
    assert broken_off <= {"new", "running", "done"}
    assert again.code == 0
    assert sorted(bench.accepted()) == [("keyed", f"case-{number:03}") for number in range(200)]
    assert all(row.deaths == 0 for row in bench.rows("rpac_items"))


def test_nothing_personal_and_nothing_pickled_lies_in_the_state(bench: Any) -> None:
    """Raw bytes of database, write-ahead log and all other files, after a death and after the end."""
    bench.cases(
        {"case-1": "ask, rule, keyed, propose", "case-2": "ask, error", "case-3": "ask, rule, keyed, keyed:2"}
    )
    names = ("case-1", "case-3")

    dead = bench.run(die_at=["after-effect:2"])
    half = b"".join(path.read_bytes() for path in bench.state_dir.rglob("*") if path.is_file())
    end = bench.run()
    whole = b"".join(path.read_bytes() for path in bench.state_dir.rglob("*") if path.is_file())

    assert dead.code < 0
    assert bench.states() == {"case-1": "proposed", "case-2": "failed", "case-3": "done"}
    for content in (half, whole, dead.log.encode(), end.log.encode(), str(end.events).encode()):
        assert b"2211771212" not in content
        assert b"Name of somebody" not in content
        assert b"must not show" not in content
        assert b"gASV" not in content  # base64 of a pickle's first bytes
        assert b"\x80\x04\x95" not in content
        assert b"py_pickle" not in content
    assert all(name.encode() in whole for name in names)


def test_key_files_are_readable_by_their_owner_only(bench: Any) -> None:
    """Mode 0600 on POSIX."""
    bench.cases({"case-1": "keyed"})
    bench.run()

    modes = {(bench.state_dir / name).stat().st_mode & 0o777 for name in ("journal.key", "digest.key")}

    assert modes == {0o600}


def test_a_state_without_its_key_is_refused(bench: Any) -> None:
    """A run with another key would make a journal that nobody can read."""
    bench.cases({"case-1": "keyed"})
    bench.run()
    (bench.state_dir / "journal.key").unlink()

    result = bench.run()

    assert result.code == 4
    assert "another key" in result.last["message"]


def test_a_state_of_another_version_is_refused_clearly(bench: Any) -> None:
    """By a worker and by a reader; nothing is written."""
    bench.cases({"case-1": "keyed"})
    bench.run()
    path = bench.state_dir / "instances" / ID / "state.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE rpac_meta SET value = '99' WHERE name = 'schema_version'")
    connection.commit()
    connection.close()

    result = bench.run()

    assert result.code == 1
    assert "schema version 99" in result.last["message"]
    with pytest.raises(StateVersionError), reading(bench.state_dir, ID):
        pass


@pytest.mark.parametrize("state", ["none", "closed", "broken off"])
def test_a_plan_changes_no_byte(bench: Any, state: str) -> None:
    """Neither in a fresh municipality, nor beside a closed state, nor beside one that a dead worker left."""
    bench.cases({"case-1": "ask, keyed, rule", "case-2": "unsafe"})
    if state != "none":
        bench.run(die_at=["after-intent:1"] if state == "broken off" else [])
        bench.cases({"case-1": "ask, keyed, rule", "case-2": "unsafe", "case-3": "ask, probe, skip"})
    before = _fingerprint(bench.folder)

    result = bench.run(mode="plan")
    after = _fingerprint(bench.folder)

    assert result.code == 0
    after["asked.txt"] = before["asked.txt"] = ""  # the system is asked for real
    assert after == before
    expected = {
        "none": {"case-1", "case-2"},
        "closed": {"case-3"},
        "broken off": {"case-1", "case-2", "case-3"},
    }
    assert {event["reference"] for event in result.of("planned")} == expected[state]


def test_a_plan_shows_effects_rules_and_what_is_assumed(bench: Any) -> None:
    """The channel shows, the recipient does not; what follows a planned effect is assumed."""
    bench.cases({"case-1": "rule, keyed:a, keyed:b, skip"})

    case = bench.run(mode="plan").of("planned")[0]

    assert case["effects"] == [
        {"call": "Receiver.keyed", "shown": {"channel": "digital"}, "assumed": False},
        {"call": "Receiver.keyed", "shown": {"channel": "digital"}, "assumed": True},
    ]
    assert (case["state"], case["assumed"], case["reason"]) == ("skipped", True, "nothing to do")
    assert case["rules"] == [{"paragraph": "§ 1", "result": "applies"}]


def test_reading_a_state_that_a_dead_worker_left_sees_what_it_committed(bench: Any) -> None:
    """The write-ahead log is read from a copy; the original stays as it is."""
    bench.cases({"case-1": "keyed"})
    bench.run(die_at=["after-intent:1"])
    before = _fingerprint(bench.state_dir)

    status = instance_status(bench.state_dir, ID)

    assert status.counts == {"running": 1}
    assert status.holder is None
    assert _fingerprint(bench.state_dir) == before


def test_an_upgraded_host_settles_with_the_right_key_only(bench: Any) -> None:
    """A person's word is sealed with the municipality's key, or refused."""
    bench.cases({"case-1": "unsafe"})
    bench.run(die_at=["after-effect:1"])
    bench.run()
    from rpa_commons.runtime._crypto import ephemeral_keys

    with pytest.raises(JournalKeyError):
        settle(bench.state_dir, ID, ephemeral_keys(), "case-1", happened=True, by="A. Person")

    assert bench.states() == {"case-1": "in_doubt"}
