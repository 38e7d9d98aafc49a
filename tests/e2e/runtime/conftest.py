"""A bench for the runtime: real worker processes, a scripted bot and a receiver that appends to a file."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_commons.runtime import ItemStory, open_keys, reading, story_of

PLUGIN = Path(__file__).parent / "plugin"
INSTANCE_ID = "0b6f0c1e-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Result:
    """How a worker ended, and what it said."""

    code: int
    events: list[dict[str, Any]]
    log: str

    @property
    def last(self) -> dict[str, Any]:
        """The last event."""
        return self.events[-1] if self.events else {}

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Every event of a kind."""
        return [event for event in self.events if event["event"] == kind]


class Bench:
    """One municipality with one instance of the scripted bot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_dir = folder / "state"
        self.receiver = folder / "receiver.txt"
        self.worker = "rpa_commons.runtime.worker"

    def cases(self, cases: dict[str, str] | list[dict[str, Any]]) -> None:
        """What find() will come upon: reference -> script, or full cases."""
        if isinstance(cases, dict):
            cases = [{"reference": name, "words": _words(script)} for name, script in cases.items()]
        (self.folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")

    def mode(self, **methods: str) -> None:
        """How the receiver misbehaves, by method."""
        (self.folder / "mode.json").write_text(json.dumps(methods), encoding="utf-8")

    def job(self, *, connector: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """The job; ``instance`` entries are merged, the rest replaces."""
        instance = {
            "name": "letters",
            "id": INSTANCE_ID,
            "bot": "scripted",
            "bot_version": "1.0.0",
            "minutes_per_case": 3.0,
        } | changes.pop("instance", {})
        settings = {"file": str(self.receiver)} | (connector or {})
        job = {
            "mode": "run",
            "municipality": {"code": "0265", "name": "Roskilde"},
            "folder": str(self.folder),
            "state_dir": str(self.state_dir),
            "environment": "test",
            "instance": instance,
            "settings": {"cases": str(self.folder / "cases.json")},
            "bindings": [{"capability": "Receiver", "connector": "file-receiver", "settings": settings}],
            "backoff": [0.01],
        }
        return job | changes

    def start(self, **changes: Any) -> "subprocess.Popen[str]":
        """A worker that is working on its job."""
        process = subprocess.Popen(
            [sys.executable, *self._what()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PLUGIN), "PYTHONUTF8": "1"},
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(self.job(**changes)) + "\n")
        process.stdin.flush()
        return process

    def run(self, **changes: Any) -> Result:
        """A worker from beginning to end."""
        process = self.start(**changes)
        out, err = process.communicate(timeout=120)
        events = [json.loads(line) for line in out.splitlines() if line.endswith("}")]
        return Result(process.returncode, events, err)

    def accepted(self) -> list[tuple[str, str]]:
        """What the receiver has accepted: method and reference, in order."""
        lines = self.receiver.read_text("utf-8").splitlines() if self.receiver.exists() else []
        return [(line.split(" ")[0], line.split(" ")[1]) for line in lines]

    def states(self) -> dict[str, str]:
        """State by reference, as written down."""
        return {row.reference: row.state for row in self.rows("rpac_items")}

    def rows(self, table: str) -> list[Any]:
        """Every row of a table."""
        with reading(self.state_dir, INSTANCE_ID) as engine:
            if engine is None:
                return []
            with engine.connect() as connection:
                return list(connection.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608 - a fixed name

    def story(self, reference: str) -> ItemStory:
        """What is known of an item."""
        with reading(self.state_dir, INSTANCE_ID) as engine:
            assert engine is not None
            return story_of(engine, open_keys(self.state_dir, None, create=False), reference)

    def _what(self) -> list[str]:
        return [self.worker] if self.worker.endswith(".py") else ["-m", self.worker]


def _words(script: str) -> list[str]:
    return [word.strip() for word in script.split(",") if word.strip()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench of its own for each test."""
    return Bench(tmp_path)
