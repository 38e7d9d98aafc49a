"""The log of acts: it only grows, and each entry carries the hash of the one before.

Usage::

    with database.write() as connection:
        append(connection, identity, "publish", "welcome-letters 1.0.0", {"reason": "reviewed"})
    with database.read() as connection:
        verify_log(connection).problems
"""

from ._append import Actor, append, canonical
from ._documents import log_count, log_documents
from ._read import Entry, LogCheck, entries, every_entry, newest, verify_entries, verify_log

__all__ = [
    "Actor",
    "Entry",
    "LogCheck",
    "append",
    "canonical",
    "entries",
    "every_entry",
    "log_count",
    "log_documents",
    "newest",
    "verify_entries",
    "verify_log",
]
