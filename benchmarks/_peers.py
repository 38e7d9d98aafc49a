"""One virtual environment per peer, made by uv once and reused."""

import os
import subprocess
from pathlib import Path

import uv

__all__ = ["CACHE", "peer_python"]

PROJECT = Path(__file__).parent.parent
CACHE = PROJECT / ".rpac" / "benchmarks"


def peer_python(name: str, *requirements: str) -> Path:
    """The interpreter of the peer's own environment, holding ``requirements`` and nothing else.

    Raises:
        subprocess.CalledProcessError: the environment could not be made; uv's own words are on stderr.
    """
    folder = CACHE / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    marker = folder / "requirements.txt"
    wanted = "\n".join(requirements)
    if not (marker.exists() and marker.read_text(encoding="utf-8") == wanted):
        binary = uv.find_uv_bin()
        subprocess.run([binary, "venv", "-q", "--clear", str(folder)], check=True)
        if requirements:
            subprocess.run(
                [
                    binary,
                    "pip",
                    "install",
                    "-q",
                    "--compile-bytecode",
                    "--python",
                    str(python),
                    *requirements,
                ],
                check=True,
            )
        marker.write_text(wanted, encoding="utf-8")
    return python
