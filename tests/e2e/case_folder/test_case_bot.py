"""A bot and the case folder through real workers: planned, killed after every effect, once in the end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).parent / "plugin"
EFFECTS = ("open_case", "add_document", "add_task", "update_task", "add_note")


def run(folder: Path, **changes: Any) -> tuple[int, list[dict[str, Any]]]:
    """A worker from beginning to end: its exit code and what it said."""
    job = {
        "mode": "run",
        "municipality": {"code": "0265", "name": "Roskilde"},
        "folder": str(folder),
        "state_dir": str(folder / "state"),
        "environment": "test",
        "instance": {
            "name": "cases",
            "id": "0b6f0c1e-0000-4000-8000-0000000000ca",
            "bot": "case-bot",
            "bot_version": "1.0.0",
            "minutes_per_case": 3.0,
        },
        "settings": {"applications": changes.pop("applications", 1)},
        "bindings": [
            {"capability": "CaseSystem", "connector": "case-folder", "settings": {"folder": "cases"}}
        ],
        "backoff": [0.01],
    }
    done = subprocess.run(
        [sys.executable, "-m", "rpa_commons.runtime.worker"],
        input=json.dumps(job | changes) + "\n",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PLUGIN), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    for text in ("2211771212", "Hemmelig"):
        assert text not in done.stdout + done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.endswith("}")]


def counts(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    tables = ("cases", "documents", "tasks", "notes", "effects")
    with closing(sqlite3.connect(folder / "cases" / ".rpac" / "cases.sqlite")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - fixed names
            for table in tables
        }


def test_a_plan_names_every_effect_and_creates_nothing(tmp_path: Path) -> None:
    """Five effects, those after the first assumed; the folder stays empty."""
    (tmp_path / "cases").mkdir()

    code, events = run(tmp_path, mode="plan")
    (planned,) = [event for event in events if event["event"] == "planned"]

    assert 0 == code
    assert [f"CaseSystem.{name}" for name in EFFECTS] == [effect["call"] for effect in planned["effects"]]
    assert [False, True, True, True, True] == [effect["assumed"] for effect in planned["effects"]]
    assert "27.60.04" == planned["effects"][0]["shown"]["case.kle"]
    assert "started" == planned["effects"][3]["shown"]["change.status"]
    assert [] == list((tmp_path / "cases").iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_that_dies_after_each_effect_does_each_once(tmp_path: Path) -> None:
    """Killed when the case folder had done it and the journal did not know it: each effect, once."""
    (tmp_path / "cases").mkdir()

    # Worker n ends the item that the last one died over, and dies after the n-th effect of the next one.
    dead = [run(tmp_path, applications=5, die_at=[f"after-effect:{at}"])[0] for at in (1, 7, 7, 7, 7)]
    between = counts(tmp_path)
    code, _ = run(tmp_path, applications=5)

    assert [-signal.SIGKILL] * 5 == dead
    assert {"cases": 5, "documents": 5, "tasks": 5, "notes": 5, "effects": 25} == between
    assert 0 == code
    assert between == counts(tmp_path)


def test_a_share_that_is_away_keeps_the_items(tmp_path: Path) -> None:
    """Without its folder the run does nothing and says why; with it the same items are done."""
    code, events = run(tmp_path)
    (tmp_path / "cases").mkdir()
    again, _ = run(tmp_path)

    assert 1 == code
    assert "create the folder, or mount the share" in json.dumps(events)
    assert 0 == again
    assert 1 == counts(tmp_path)["cases"]
