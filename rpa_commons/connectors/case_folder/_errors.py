"""What can go wrong with a folder and a SQLite file, told by what the caller does about it.

Rules this module keeps: a message names the folder and the operating system's reason, never a title, a party
or a statement with its values.
"""

import sqlite3
from pathlib import Path

from rpa_commons.connectors._folder import FolderError, Sent

__all__ = ["CaseFolderError", "database_failure"]

_WRITABLE = "let the user that runs rpac read and write there"
_SQLITE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("another process is writing", ""),
    sqlite3.SQLITE_LOCKED: ("another process is writing", ""),
    sqlite3.SQLITE_FULL: ("the disk is full", "free space on the disk"),
    sqlite3.SQLITE_READONLY: ("it cannot be written", _WRITABLE),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", _WRITABLE),
    sqlite3.SQLITE_IOERR: ("the disk or share failed", "check the disk, or mount the share again"),
    sqlite3.SQLITE_NOTADB: ("it is no SQLite file", "put the file back from the last backup"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "put the file back from the last backup"),
}
_PRIMARY = 0xFF  # an extended result code has the primary one in its lowest byte


class CaseFolderError(FolderError):
    """The case store cannot be read or written now; the cases wait."""


def database_failure(system: str, place: Path, error: sqlite3.Error, *, sent: Sent = "no") -> CaseFolderError:
    """The error for what SQLite said; its own words may hold values, so they are not repeated."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    problem, remedy = _SQLITE.get(code & _PRIMARY, (f"SQLite error {code}", "check the file"))
    return CaseFolderError(system, place, problem, remedy=remedy, sent=sent)
