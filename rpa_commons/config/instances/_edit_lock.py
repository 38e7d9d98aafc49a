"""One command at a time changes a municipality's files.

Rules this module keeps: the lock lies in ``state_dir``, since the folder itself is versioned; where that
cannot be had it lies in this user's own cache folder, where nobody else can put a file of that name first.

Usage::

    with changing(folder):
        ...  # read, change, write
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rpa_commons.config.documents import FileNotWrittenError
from rpa_commons.config.findings import ConfigError
from rpa_commons.config.municipality import open_municipality

__all__ = ["changing"]

_PATIENCE = 10  # seconds another command may take to write its change
_ANYBODY = 0o666  # of an empty file: the second person has a login of their own


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Keep other commands from changing the files of a municipality's folder.

    Raises:
        FileNotWrittenError: another command does not end, or the lock cannot be had.
    """
    import filelock

    lock = filelock.FileLock(_file(folder.resolve()), timeout=_PATIENCE, mode=_ANYBODY)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise FileNotWrittenError(folder, "another command is changing the configuration") from None
    except OSError as error:
        problem = f"the lock {lock.lock_file} cannot be had: {error.strerror or type(error).__name__}"
        raise FileNotWrittenError(folder, problem) from None
    try:
        yield
    finally:
        lock.release()


def _file(folder: Path) -> Path:
    try:
        state = open_municipality(folder).state_dir
        state.mkdir(parents=True, exist_ok=True)
        if os.access(state, os.W_OK):
            return state / "config.lock"
    except (ConfigError, OSError):
        pass  # a change may be what mends the municipality's file
    locks = _own_folder()
    with suppress(OSError):  # then taking the lock says what is wrong
        locks.mkdir(parents=True, exist_ok=True)
    return locks / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.lock"


def _own_folder() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("rpa-commons", appauthor=False) / "locks"
