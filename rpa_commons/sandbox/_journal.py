"""The effects journal: what was sent to the sandbox and what became of it, one JSON object a line.

Rules this module keeps:

* a line is on the disk (fsync) before the sender hears that the effect was taken, so that ``kill -9`` of the
  sandbox loses nothing that was acknowledged;
* a last line that a crash cut in two is dropped when the journal is opened: its sender was told nothing;
* only attempts to send stand here. Queries and tokens do not, so that a plan leaves the file as it was,
  byte for byte.
"""

import errno
import json
import os
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ._errors import JournalError

__all__ = ["ACCEPTED", "LETTERS", "Journal", "key_of", "moment_text"]

ACCEPTED = "accepted"
"""The outcome that means: one effect was taken."""
LETTERS = "sf1601"
"""The service that takes letters."""


class Journal:
    """Append-only; safe to use from several threads of one process."""

    def __init__(self, path: Path) -> None:
        """Open it, made when missing; what a crash cut in two is taken off its end.

        Raises:
            JournalError: a whole line is no entry.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._entries = _recovered(path)
        self._first: dict[tuple[str, str], dict[str, Any]] = {}
        for entry in self._entries:
            self._index(entry)
        self._descriptor = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600
        )

    @staticmethod
    def read(path: Path) -> list[dict[str, Any]]:
        """The entries of a journal that another process may be writing; changes nothing.

        Raises:
            JournalError: a whole line is no entry.
        """
        return _whole_lines(path)[0]

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever looks something up and appends depending on what was found."""
        return self._lock

    def append(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Write one entry, numbered ``n`` from 1; on the disk when this returns."""
        with self._lock:
            numbered = {"n": self.next_number, **entry}
            line = json.dumps(numbered, ensure_ascii=False, separators=(",", ":")) + "\n"
            self._write(line.encode())
            self._entries.append(numbered)
            self._index(numbered)
        return numbered

    def _write(self, line: bytes) -> None:
        before = os.fstat(self._descriptor).st_size
        try:
            _write_whole(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError:  # the disk is full: its sender is told so, and no line of it may stay behind
            os.ftruncate(self._descriptor, before)
            raise

    @property
    def next_number(self) -> int:
        """The number that the next entry gets."""
        with self._lock:
            return len(self._entries) + 1

    def entries(self) -> list[dict[str, Any]]:
        """Every entry, oldest first; copies."""
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def taken(self, key: str, service: str = LETTERS) -> dict[str, Any] | None:
        """The entry by which an effect with this business key was first accepted by a service."""
        with self._lock:
            return self._first.get((service, key))

    def effects(self, service: str) -> Counter[str]:
        """Business key -> how many effects a service accepted under it."""
        with self._lock:
            taken = [entry for entry in self._entries if entry["outcome"] == ACCEPTED]
            return Counter(key_of(e) for e in taken if e.get("service", LETTERS) == service)

    def letters(self) -> Counter[str]:
        """Business key -> how many letters were accepted under it."""
        return self.effects(LETTERS)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _index(self, entry: dict[str, Any]) -> None:
        if entry["outcome"] == ACCEPTED:
            self._first.setdefault((entry.get("service", LETTERS), key_of(entry)), entry)


def key_of(entry: Mapping[str, Any]) -> str:
    """An entry's business key; letters call theirs ``message_uuid``."""
    return str(entry.get("key") or entry.get("message_uuid", ""))


def moment_text(now: datetime) -> str:
    """A moment as the journal writes it: UTC with microseconds and ``Z``."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _write_whole(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _recovered(path: Path) -> list[dict[str, Any]]:
    """The entries of an existing journal; cuts off a torn last line."""
    entries, length, torn = _whole_lines(path)
    if torn:
        with path.open("r+b") as file:
            file.truncate(length)
    return entries


def _whole_lines(path: Path) -> tuple[list[dict[str, Any]], int, bool]:
    """The entries, how many bytes they take, and whether something follows them."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], 0, False
    whole = content[: content.rfind(b"\n") + 1]
    entries = [_entry(path, number, line) for number, line in enumerate(whole.split(b"\n")[:-1], 1)]
    return entries, len(whole), whole != content


def _entry(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or "outcome" not in entry:
        raise JournalError(path, number)
    return entry
