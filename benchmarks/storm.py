"""Storm A on the form that was not chosen: ``kill -9`` at random moments, then count at the receiver.

Ours goes through the same storm in ``tests/e2e/storm``; this one exists so that ADR 3 compares two forms
that were both shaken. ``python -m benchmarks.storm [ITEMS] [KILLS]``.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ._peers import peer_python

__all__ = ["main"]


def main(items: int = 500, kills: int = 20, seed: int = 2026) -> int:
    """Run the storm; prints killed, accepted, lost and twice; returns 1 when a case was lost or doubled."""
    python = peer_python("dbos", "dbos>=3.4,<3.5")
    peer = Path(__file__).parent / "peers" / "dbos_per_item.py"
    chance = random.Random(seed)  # noqa: S311 - the moments of the kills, not a secret
    with tempfile.TemporaryDirectory() as name:
        folder, receiver = Path(name), Path(name) / "receiver.txt"
        command = [str(python), str(peer), str(items), "8", str(folder), str(receiver)]
        killed = 0
        while True:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if killed < kills and working(process, receiver):
                time.sleep(chance.uniform(0.0, 0.25))
                process.kill()
                process.wait()
                killed += 1
            elif process.wait() == 0:
                break
        accepted = Counter(receiver.read_text(encoding="utf-8").split())
    twice = sum(count > 1 for count in accepted.values())
    lost = items - len(accepted)
    print(f"one workflow an item: {killed} kills, {len(accepted)} accepted, {lost} lost, {twice} twice")
    return int(bool(lost or twice))


def working(process: subprocess.Popen[bytes], receiver: Path) -> bool:
    """Whether the process has delivered something since it started; false when it ended instead."""
    before = receiver.stat().st_size if receiver.exists() else 0
    while process.poll() is None:
        if receiver.exists() and receiver.stat().st_size > before:
            return True
        time.sleep(0.005)
    return False


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
