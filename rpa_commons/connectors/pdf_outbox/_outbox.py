"""One key, one file: the order of steps that makes it so.

The print room takes files away, so "is the file there?" does not say whether a letter was delivered. Hence:

1. the PDF is written to ``.rpac/staging`` and fsynced;
2. its receipt is written to ``.rpac/receipts`` and fsynced: from here on the letter is promised;
3. the PDF is renamed from staging into the folder, which is one atomic step of the file system.

Killed before 2, nothing is promised and a repeat begins anew. Killed between 2 and 3, a repeat finds the
receipt and the staged file, and does step 3. Killed after 3, a repeat finds the receipt and no staged file:
delivered, whether or not the file is still in the folder.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rpa_commons.capabilities import BusinessError, Letter, Receipt, TransientError
from rpa_commons.connectors._base import message_uuid

__all__ = ["Outbox", "OutboxError"]

_OURS = ".rpac"
_MODE = 0o640  # the print room's group may read, the world may not; the folder's own permissions say the rest
_REMEDIES = {
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "raise the quota or free space",
    errno.EROFS: "mount the folder writable",
    errno.EACCES: "let the user that runs rpac write there",
    errno.EPERM: "let the user that runs rpac write there",
    # It is not created by itself: letters would pile up unseen beneath a share that is not mounted.
    errno.ENOENT: "create the folder, or mount the share it is on",
    errno.ENOTDIR: "name a folder",
}


class OutboxError(TransientError):
    """The outbox takes no letter now; the cases wait.

    Attributes:
        folder: The outbox.
        errno: The operating system's number for it, or ``None``.
    """

    def __init__(self, system: str, folder: Path, error: OSError) -> None:
        remedy = _REMEDIES.get(error.errno or 0, "check the folder")
        super().__init__(
            system, f"{folder}: {error.strerror or 'cannot be written'}", sent="no", remedy=remedy
        )
        self.folder = folder
        self.errno = error.errno


class Outbox:
    """A folder that letters are put into, once each; safe for several threads of one process."""

    def __init__(
        self, system: str, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Touch nothing yet."""
        self._system = system
        self._folder = folder
        self._staging = folder / _OURS / "staging"
        self._receipts = folder / _OURS / "receipts"
        self._now = now
        self._lock = threading.Lock()

    def put(self, letter: Letter, key: str) -> Receipt:
        """Put a letter into the folder, or find that it was put there before.

        Raises:
            OutboxError: the folder cannot be written; a repeat with the same key ends what was begun.
            BusinessError: the letter has no PDF.
            ValueError: ``key`` is not an idempotency key.
        """
        letter_id = message_uuid(key)
        if not letter.pdf.startswith(b"%PDF-"):
            remedy = "mend the letter's template"
            raise BusinessError(f"{self._system}: the letter is no PDF", remedy=remedy)
        with self._lock:
            try:
                return self._put(letter, letter_id)
            except OSError as error:
                failure = OutboxError(self._system, self._folder, error)
        raise failure

    def _put(self, letter: Letter, letter_id: str) -> Receipt:
        staged, promise = self._staging / f"{letter_id}.pdf", self._receipts / f"{letter_id}.json"
        repeated = promise.exists()
        if not repeated:
            if not self._folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            for folder in (self._staging, self._receipts):
                folder.mkdir(parents=True, exist_ok=True)
            _write(staged, letter.pdf)
            _write(promise, self._promise(letter, letter_id))
        if staged.exists():
            staged.replace(self._folder / staged.name)
            _sync_folder(self._folder)
            _sync_folder(self._staging)
            repeated = False
            for part in self._staging.glob(f".{staged.name}.*"):  # begun by a process that was killed
                part.unlink(missing_ok=True)
        accepted_at = datetime.fromisoformat(json.loads(promise.read_bytes())["accepted_at"])
        return Receipt(id=letter_id, channel="physical", accepted_at=accepted_at, repeated=repeated)

    def _promise(self, letter: Letter, letter_id: str) -> bytes:
        content = {
            "id": letter_id,
            "title": letter.title,
            "language": letter.language,
            "template": letter.template,
            "bytes": len(letter.pdf),
            "sha256": hashlib.sha256(letter.pdf).hexdigest(),
            "accepted_at": self._now().isoformat(),
        }
        return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, also after the machine has lost power."""
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
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last over a power cut."""
    if (
        os.name == "nt"
    ):  # Windows opens no folder for fsync; its file system journals renames. Untested on Windows.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(descriptor)
