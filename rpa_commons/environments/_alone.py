"""One installation at a time per ``state_dir``.

Usage::

    with installing_alone(municipality, print):
        ...
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ._errors import InstallError, disk_error

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["installing_alone"]

_WAIT = 1800  # seconds for another installation to end


@contextlib.contextmanager
def installing_alone(municipality: "MunicipalityFolder", progress: Callable[[str], None]) -> Iterator[None]:
    """Let nobody else install or remove anything for a municipality meanwhile.

    Raises:
        InstallError: somebody else does, for half an hour; or the disk is full or cannot be written.
    """
    try:
        municipality.state_dir.mkdir(parents=True, exist_ok=True)
        with _alone(municipality.state_dir, progress):
            yield
    except OSError as error:
        places = (municipality.folder, municipality.state_dir)
        raise disk_error("the installation", error, *places) from error


@contextlib.contextmanager
def _alone(state_dir: Path, progress: Callable[[str], None]) -> Iterator[None]:
    lock = FileLock(state_dir / "install.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("another installation is running here; waiting for it to end")
        try:
            lock.acquire(timeout=_WAIT)
        except Timeout:
            raise InstallError(
                f"another installation holds {lock.lock_file}",
                remedy="end that one, then run the command again",
            ) from None
    try:
        yield
    finally:
        lock.release()
