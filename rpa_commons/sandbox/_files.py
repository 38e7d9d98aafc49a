"""Small file habits of the sandbox: private files, whole or not at all, and one owner per folder.

POSIX permissions are 0600; on Windows the folder's own access list decides (untested on Windows).
"""

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from ._errors import FolderInUseError

__all__ = ["FolderLock", "read_json", "write_json", "write_private"]


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.replace(path)


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
