"""Small file habits of the sandbox: private files, whole or not at all, and one owner per folder.

POSIX permissions are 0600; on Windows the folder's own access list decides (untested on Windows).
"""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ._errors import FolderInUseError, SeedFolderError

__all__ = ["WRITTEN", "FolderLock", "read_json", "read_or_make", "replace_all", "write_json", "write_private"]

WRITTEN = ".written-by-rpac-sandbox.json"
"""Which files of a folder the sandbox wrote: name -> digests."""


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:  # the disk is full: leave nothing half-written behind
        part.unlink(missing_ok=True)
        raise


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write readable JSON, privately."""
    write_private(path, json.dumps(data, indent=2, ensure_ascii=False).encode() + b"\n")


def read_json(path: Path) -> dict[str, Any]:
    """The file's object, or an empty one when there is no such file or it is damaged."""
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """What a private file holds; what ``make`` gives, kept there, when there is none."""
    if not path.exists():
        write_private(path, make())
    return path.read_bytes()


def replace_all(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write each file privately, each whole or not at all, in place of those that this wrote there before.

    Raises:
        SeedFolderError: a file lies there that this did not write, or that was changed since.
    """
    note = folder / WRITTEN
    known = read_json(note)
    present = [one for one in folder.iterdir() if one.is_file() and one != note] if folder.is_dir() else []
    foreign = sorted(
        one.name
        for one in present
        if hashlib.sha256(one.read_bytes()).hexdigest() not in known.get(one.name, ())
    )
    if foreign:
        raise SeedFolderError(folder, foreign[0])
    told = {name: [hashlib.sha256(content).hexdigest()] for name, content in files.items()}
    write_json(note, {name: [*known.get(name, ()), *told.get(name, ())] for name in {**known, **told}})
    for one in present:
        if one.name not in files:
            one.unlink()
    for name, content in files.items():
        write_private(folder / name, content)
    write_json(note, told)
    return [folder / name for name in files]


class FolderLock:
    """Held while a sandbox runs on a folder; the operating system lets go of it when the process dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            FolderInUseError: another process holds it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "lock").open("a+b")
        try:
            self._take()
        except OSError:
            self._file.close()
            raise FolderInUseError(folder) from None

    def _take(self) -> None:
        if sys.platform == "win32":  # untested on Windows
            import msvcrt

            self._file.seek(0)
            msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Let go; closing the file does it."""
        self._file.close()
