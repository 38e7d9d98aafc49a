"""A real worker: a plan looks at the dueslag, a run empties it, another instance still finds everybody."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.sf1461 import Beskedfordeler, dueslag_of
from tests.support.beskedfordeler import CVR, TODAY, settings_of

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """Roskilde and its moves."""
    with Sandbox(tmp_path / "box", municipality="0265", cvr=CVR, today=TODAY, only=["sf1461"]) as box:
        yield box


def worker(box: Sandbox, folder: Path, mode: str, number: int = 1) -> dict[str, Any]:
    """The last word of a worker; ``number`` tells bot instances apart."""
    settings = settings_of(box, heartbeat=5, connect_timeout=5.0, read_timeout=5.0)
    job = {
        "mode": mode,
        "municipality": {"code": "0265", "name": "Roskilde", "cvr": CVR},
        "folder": str(folder),
        "state_dir": str(folder / "state"),
        "environment": "test",
        "instance": {
            "name": f"movers-{number}",
            "id": f"0b6f0c1e-0000-4000-8000-{number:012}",
            "bot": "movers",
            "bot_version": "1.0.0",
        },
        "bindings": [
            {
                "capability": "PopulationEvents",
                "connector": "sf1461",
                "settings": settings.model_dump(mode="json", exclude_none=True),
            }
        ],
    }
    done = subprocess.run(
        [sys.executable, "-m", "rpa_commons.runtime.worker"],
        input=json.dumps(job) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PLUGIN), "PYTHONUTF8": "1"},
    )
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert "finished" == last["event"], done.stderr
    return last


def test_a_plan_then_a_run_then_another_bot(box: Sandbox, tmp_path: Path) -> None:
    """The plan finds what the run finds and leaves it there; each instance handles each move once."""
    service = box.services["sf1461"]
    assert isinstance(service, Beskedfordeler)
    queue = service.dueslag[dueslag_of("0265")]
    moves, waiting = len(box.moves_into("0265", date.min)), queue.waiting()

    planned = worker(box, tmp_path, "plan")
    left = queue.waiting()
    state_after_plan = sorted(path.name for path in tmp_path.rglob("*.sqlite"))
    run = worker(box, tmp_path, "run")
    other = worker(box, tmp_path, "run", number=2)

    assert (moves, waiting, []) == (planned["due"], left, state_after_plan)
    assert [moves, moves] == [one["new"] for one in (run, other)]
    assert [[], []] == [one["findings"] for one in (run, other)]
    assert 0 == queue.waiting()
    cpr = box.moves_into("0265", date.min)[0].cpr.encode()
    assert not any(cpr in path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
