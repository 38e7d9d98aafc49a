"""Keeping a registry: backups that are verified when they are restored, and a check of everything.

Rules this room keeps: a backup is of one moment, while the registry serves; nothing is ever overwritten; what
is restored was checked before it can be seen.

Usage::

    backup(registry, Path("/backup/registry-2026-11-22.zip"))
    restore(Path("/backup/registry-2026-11-22.zip"), Path("/srv/registry"))
"""

from ._archive import ArchiveError, BackupInfo, read_info
from ._backup import backup
from ._log_file import check_log_document, log_document, read_log_file
from ._restore import restore
from ._verify import Problem, Verification, verify

__all__ = [
    "ArchiveError",
    "BackupInfo",
    "Problem",
    "Verification",
    "backup",
    "check_log_document",
    "log_document",
    "read_info",
    "read_log_file",
    "restore",
    "verify",
]
