"""``rpac --help`` against a bare click program: what our own imports cost before the first word is shown."""

from pathlib import Path

from ._measure import Figures, compare, seconds_of
from ._peers import PROJECT, peer_python

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "seconds for a whole process"
NOTE = "peer and limit: a click group with ten commands and no other import, in an environment of its own"


def run() -> list[Figures]:
    """Fifteen rounds, each starting both programs once."""
    ours = peer_python("ours", str(PROJECT))
    bare = peer_python("click", "click>=8.1,<9")
    script = Path(__file__).parent / "peers" / "bare_click.py"
    return compare(
        {
            "rpac --help": lambda: seconds_of([str(ours), "-m", "rpa_commons", "--help"]),
            "bare click": lambda: seconds_of([str(bare), str(script), "--help"]),
        },
        rounds=15,
    )
