"""Three steps an item through the durable runtime, against bare DBOS and against a bare intent journal.

The steps do nothing, so what is measured is the price of never doing a thing twice. Ours encrypts what it
writes, validates what it reads and starts a bot for each item; the peers do none of that. Enqueueing is
included for all of them; starting the process and launching DBOS for none.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from ._measure import Figures, compare
from ._peers import PROJECT, peer_python

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "items a second"
NOTE = (
    "two queries and one effect an item, SQLite in WAL with synchronous FULL; limit: a bare intent journal "
    "of the same rows; peers: DBOS alone, and DBOS with one workflow an item plus intents and keys; "
    "aim: at least 0.4 of the limit"
)
_ITEMS = 2000
_PEER_ITEMS = 200
_PEERS = Path(__file__).parent / "peers"
_ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}


def run() -> list[Figures]:
    """Five rounds, each contestant from an empty folder."""
    dbos = peer_python("dbos", "dbos>=3.4,<3.5")
    plain = peer_python("plain")
    return compare(
        {
            "ours, 1 thread": lambda: _ours(1),
            "ours, 8 threads": lambda: _ours(8),
            "bare intent journal, 1 thread": lambda: _peer(plain, "bare_journal.py", _ITEMS),
            "bare DBOS, 8 threads": lambda: _peer(dbos, "bare_dbos.py", _PEER_ITEMS, 8),
            "one workflow an item, 8 threads": lambda: _peer(dbos, "dbos_per_item.py", _PEER_ITEMS, 8),
        },
        rounds=5,
    )


def _ours(threads: int) -> float:
    python = peer_python("ours", str(PROJECT))
    with tempfile.TemporaryDirectory() as folder:
        job = {
            "mode": "run",
            "municipality": {"code": "0265", "name": "Roskilde"},
            "folder": folder,
            "state_dir": f"{folder}/state",
            "environment": "test",
            "instance": {
                "name": "bench",
                "id": "0b6f0c1e-0000-4000-8000-00000000000b",
                "bot": "bench",
                "bot_version": "1.0.0",
            },
            "settings": {"items": _ITEMS},
            "bindings": [{"capability": "Void", "connector": "no-system", "settings": {}}],
            "threads": threads,
        }
        done = subprocess.run(
            [str(python), "-m", "rpa_commons.runtime.worker"],
            input=json.dumps(job) + "\n",
            env=_ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parent / "plugin")},
            capture_output=True,
            text=True,
            check=True,
        )
    last = json.loads(done.stdout.splitlines()[-1])
    if last["done"] != _ITEMS:
        raise RuntimeError(f"only {last['done']} of {_ITEMS} items were done: no measurement")
    seconds = next(float(line.split()[1]) for line in done.stderr.splitlines() if line.startswith("seconds "))
    return _ITEMS / seconds


def _peer(python: Path, script: str, *arguments: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        words = [str(argument) for argument in arguments]
        tail = ["-"] if script == "dbos_per_item.py" else []
        done = subprocess.run(
            [str(python), str(_PEERS / script), *words, folder, *tail],
            capture_output=True,
            text=True,
            check=True,
        )
    return float(done.stdout.split()[-1])
