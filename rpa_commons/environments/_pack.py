"""Packing a project into a wheel, through uv and the project's own build backend.

Rules this module keeps: equal sources give equal bytes, unless ``SOURCE_DATE_EPOCH`` says another time (see
https://reproducible-builds.org); the workspace around a project changes nothing.
"""

import os
from pathlib import Path

from ._host import FIXED_EPOCH
from ._uv import Uv

__all__ = ["packed_wheel"]


def packed_wheel(project: Path, out: Path, uv: Uv, *, doing: str) -> Path:
    """Build a project's wheel and return where it lies.

    Args:
        project: The folder with ``pyproject.toml``.
        out: An empty folder, or none yet.
        uv: How to call it; it fetches the build backend.
        doing: What for, the start of the error message.

    Raises:
        UvError: the backend cannot be fetched, or fails.
    """
    epoch = {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", FIXED_EPOCH)}
    command = ["build", "--wheel", "--no-sources", "--quiet", "--out-dir", str(out), str(project)]
    uv.run(doing, command, resolving=True, extra=epoch)
    return next(out.glob("*.whl"))
