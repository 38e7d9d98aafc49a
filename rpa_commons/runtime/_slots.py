"""One worker at a time per bot instance: a slot, held by a lock.

Rules this module keeps: a second worker is refused and told who holds the slot; the lock goes with the
process that holds it, however it ends; a worker whose lock file is taken away knows it and must leave.

A second small file beside the lock says who holds it and whether the last holder left in order. It is
overwritten in place and never grows, so that it can be written on a full disk too.
"""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from . import _clock
from ._errors import SlotTakenError

__all__ = ["SLOT", "Holder", "Slot", "holder_of"]

SLOT = "slot-0"
"""Worker identity on SQLite, where one worker serves an instance."""
_NOTE_BYTES = 512


@dataclass(frozen=True)
class Holder:
    """Who holds, or last held, a slot; ``left`` when it went in order."""

    pid: int
    host: str
    since: str
    left: bool

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since[:19]}Z"

    def alive(self) -> bool:
        """Whether that process seems to live on this machine; used by readers only, never to take over."""
        return not self.left and self.host == socket.gethostname() and _process_lives(self.pid)


class Slot:
    """The right to be the one worker of an instance."""

    def __init__(self, folder: Path, instance: str) -> None:
        self._lock_path = folder / f"{SLOT}.lock"
        self._note_path = folder / f"{SLOT}.json"
        self._instance = instance
        self._lock = FileLock(self._lock_path)
        self._identity: tuple[int, int] | None = None
        self._held = False
        self.died_before = False
        """The holder before this one did not leave in order; known once acquired."""
        self.recovered = False
        """What a holder that died left is put back; until then its death is handed on to the next holder."""

    def acquire(self) -> None:
        """Take the slot.

        Raises:
            SlotTakenError: another worker holds it.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            holder = holder_of(self._note_path.parent)
            raise SlotTakenError(self._instance, str(holder or "by an unknown process")) from None
        status = self._lock_path.stat()
        self._identity = (status.st_dev, status.st_ino)
        self._held = True
        before = holder_of(self._note_path.parent)
        self.died_before = before is not None and not before.left
        self._since = _clock.text(_clock.now())
        self._write_note(left=False)

    def lost(self) -> bool:
        """Whether the lock file was taken away or replaced under the running worker."""
        try:
            status = self._lock_path.stat()
            here = (status.st_dev, status.st_ino) == self._identity
        except OSError:
            here = False
        return self._held and not here

    def release(self) -> None:
        """Leave in order; a death that was not seen to yet stays noted."""
        self._held = False  # before the file may go
        self._write_note(left=self.recovered or not self.died_before)
        self._lock.release()

    def _write_note(self, *, left: bool) -> None:
        note = {"pid": os.getpid(), "host": socket.gethostname(), "since": self._since, "left": left}
        content = json.dumps(note).encode().ljust(_NOTE_BYTES)
        handle = os.open(self._note_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)


def holder_of(folder: Path) -> Holder | None:
    """Who holds or last held the slot in an instance's folder; ``None`` where nobody ever did."""
    try:
        note = json.loads((folder / f"{SLOT}.json").read_bytes())
        return Holder(int(note["pid"]), str(note["host"]), str(note["since"]), bool(note["left"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _process_lives(pid: int) -> bool:
    if os.name != "posix":  # untested on Windows: os.kill would end the process there
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
