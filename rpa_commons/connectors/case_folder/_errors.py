"""What can go wrong with a folder and a SQLite file, told by what the caller does about it.

Rules this module keeps: a message names the folder and the operating system's reason, never a title, a party
or a statement with its values.
"""

import errno
import sqlite3
from pathlib import Path
from typing import Literal

from rpa_commons.capabilities import TransientError

__all__ = ["CaseFolderError", "Sent", "database_failure", "disk_failure"]

Sent = Literal["no", "maybe"]

_REMEDIES = {
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "raise the quota or free space",
    errno.EROFS: "mount the folder writable",
    errno.EACCES: "let the user that runs rpac read and write there",
    errno.EPERM: "let the user that runs rpac read and write there",
    # It is not created by itself: cases would pile up unseen beneath a share that is not mounted.
    errno.ENOENT: "create the folder, or mount the share it is on",
    errno.ENOTDIR: "name a folder",
    errno.ESTALE: "mount the share again",
}
_SQLITE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("another process is writing", ""),
    sqlite3.SQLITE_LOCKED: ("another process is writing", ""),
    sqlite3.SQLITE_FULL: ("the disk is full", _REMEDIES[errno.ENOSPC]),
    sqlite3.SQLITE_READONLY: ("it cannot be written", _REMEDIES[errno.EACCES]),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", _REMEDIES[errno.EACCES]),
    sqlite3.SQLITE_IOERR: ("the disk or share failed", "check the disk, or mount the share again"),
    sqlite3.SQLITE_NOTADB: ("it is no SQLite file", "put the file back from the last backup"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "put the file back from the last backup"),
}
_PRIMARY = 0xFF  # an extended result code has the primary one in its lowest byte


class CaseFolderError(TransientError):
    """The case store cannot be read or written now; the cases wait.

    Attributes:
        place: The folder or file.
    """

    def __init__(self, system: str, place: Path, problem: str, *, remedy: str, sent: Sent = "no") -> None:
        super().__init__(system, f"{place}: {problem}", sent=sent, remedy=remedy)
        self.place = place


def disk_failure(system: str, place: Path, error: OSError, *, sent: Sent = "no") -> CaseFolderError:
    """The error for what the operating system said."""
    remedy = _REMEDIES.get(error.errno or 0, "check the folder")
    return CaseFolderError(system, place, error.strerror or "it cannot be reached", remedy=remedy, sent=sent)


def database_failure(system: str, place: Path, error: sqlite3.Error, *, sent: Sent = "no") -> CaseFolderError:
    """The error for what SQLite said; its own words may hold values, so they are not repeated."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    problem, remedy = _SQLITE.get(code & _PRIMARY, (f"SQLite error {code}", "check the file"))
    return CaseFolderError(system, place, problem, remedy=remedy, sent=sent)
