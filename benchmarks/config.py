"""The same 41 keys in five layers through ours and its peers, all with the same result.

Every contestant is a process of its own on the same interpreter version and answers round by round. The
floor is ``tomllib``, a merge of a few lines and pydantic: it keeps no origins. Before anything is timed all
results are compared.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from ._contestants import Contestant, agreed
from ._measure import Figures, compare
from ._peers import peer_python
from .peers.config_case import write

__all__ = ["NOTE", "UNIT", "contestants", "run"]

UNIT = "milliseconds of processor time a resolution"
NOTE = (
    "41 keys, five layers (author, baseline, municipality, environment, this run), three TOML files; "
    "ours: reads, merges, validates strictly and names the layer of every leaf, whose file and line can be "
    "asked afterwards from the text that was read; beside it with every line asked; the host's whole "
    "resolution also looks for policies, waivers, profiles, tables, hooks, letters and double ids; "
    "every value comes from tomllib, lines from a scanner; "
    "limit: tomllib, merge and pydantic without origins; OmegaConf checks no bounds; "
    "aims: at most 1.6 of the limit, at most 0.25 with unchanged files"
)
FLOOR = "tomllib, merge, pydantic"
_TIMES = 40
_PEERS = {
    "pydantic-settings": ("config_pydantic_settings.py", "pydantic-settings>=2.10,<3"),
    "dynaconf": ("config_dynaconf.py", "dynaconf>=3.2,<4"),
    "OmegaConf": ("config_omegaconf.py", "omegaconf>=2.3,<3"),
}


@contextmanager
def contestants(folder: Path, *, peers: bool = True) -> Iterator[list[Contestant]]:
    """All of them, started on the files that are written to ``folder``; ours is the first.

    Args:
        folder: An empty folder.
        peers: Whether to include those that need an environment of their own.
    """
    write(folder)
    pydantic = f"pydantic=={version('pydantic')}"
    with ExitStack() as stack:

        def started(name: str, python: Path | str, script: str, *mode: str) -> Contestant:
            return stack.enter_context(Contestant(name, python, script, *mode, folder))

        yield [
            started("ours", sys.executable, "config_ours.py", "layers"),
            started("ours, unchanged files", sys.executable, "config_ours.py", "layers-unchanged"),
            started("ours, line of every leaf asked", sys.executable, "config_ours.py", "lines"),
            started("the host's whole resolution", sys.executable, "config_ours.py", "whole"),
            started("the same, unchanged files", sys.executable, "config_ours.py", "whole-unchanged"),
            started(FLOOR, sys.executable, "config_floor.py"),
            *(
                started(name, peer_python(name, pydantic, requirement), script)
                for name, (script, requirement) in (_PEERS.items() if peers else ())
            ),
        ]


def run() -> list[Figures]:
    """Eleven rounds of forty resolutions each, after one in each turn that is not counted."""
    with tempfile.TemporaryDirectory() as name, contestants(Path(name).resolve()) as found:
        agreed(found)
        others = {one.python for one in found if one.python != found[0].python}
        if others:
            raise RuntimeError(f"other interpreter versions: {', '.join(others)}; no comparison")
        return compare({one.name: partial(_milliseconds, one) for one in found}, rounds=11)


def _milliseconds(contestant: Contestant) -> float:
    return contestant.seconds(_TIMES) / _TIMES * 1000
