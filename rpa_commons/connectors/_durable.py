"""Files that are there whole or not at all, also after the machine has lost power.

Usage::

    write_whole(folder / "0001.csv", content)
"""

import contextlib
import errno
import os
import secrets
from pathlib import Path

__all__ = ["make_folder", "sync_folder", "write_whole"]

_MODE = 0o640  # the group that fetches may read, the world may not; the folder's own permissions say the rest


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a name of its own, make it last, and give it its name in one step.

    Raises:
        OSError: it could not be written, and what was there before is untouched; or it stands there, and
            whether it outlasts a power cut is not known.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):  # what failed is the news, not that its rest could not be removed
            part.unlink()
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder within one that is there, so that it outlasts a power cut; nothing where there is one.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder last over a power cut.

    Raises:
        OSError: the folder cannot be opened.
    """
    if os.name == "nt":
        # Windows opens no folder for fsync; its file system journals renames. Untested on Windows.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(descriptor)
