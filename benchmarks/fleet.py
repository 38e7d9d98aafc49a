"""98 municipalities with 20 bot instances each, resolved against one manifest, against the floor.

Ours is the whole fleet check: it opens every municipality, resolves, validates and looks for everything
that a single resolution looks for. Before anything is timed the settings of all 1,960 are compared.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from ._contestants import PEERS, Contestant, agreed
from ._measure import Figures, compare

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "seconds of processor time for 1,960 instances"
NOTE = (
    "98 municipalities with 20 instances of 41 keys each, three files an instance, one process; ours: the "
    "whole fleet check, the baseline read once, every value from tomllib; limit: tomllib, merge and "
    "pydantic on the same files, no origins, no findings; aim: at most 1.6 of the limit"
)


def run() -> list[Figures]:
    """Five rounds."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name).resolve()
        subprocess.run([sys.executable, str(PEERS / "fleet_case.py"), str(folder)], check=True)
        found = [
            stack.enter_context(Contestant(title, sys.executable, script, *mode, folder))
            for title, script, *mode in (
                ("ours", "fleet_ours.py"),
                ("tomllib, merge, pydantic", "fleet_floor.py", "each"),
                ("the same, the baseline read once", "fleet_floor.py", "once"),
            )
        ]
        agreed(found)
        return compare({one.name: partial(one.seconds, 1) for one in found}, rounds=5)
