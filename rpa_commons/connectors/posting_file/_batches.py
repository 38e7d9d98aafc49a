"""From a promise to a file, once: the order of steps that makes it so.

The ledger's import takes files away, so "is the file there?" does not say whether a posting was delivered:

1. a posting is written to ``.rpac/promised`` and fsynced: from here on its receipt may be given;
2. :meth:`Batches.deliver` puts all that is promised into one file under ``.rpac/staging``;
3. the batch (which postings, SHA-256 of the file) is written to ``.rpac/batches``: from here on it is fixed;
4. the file is renamed into the folder, one atomic step of the file system;
5. the promises become receipts without lines and amounts, and the batch is marked delivered.

Killed before 3, the promises stand and the next delivery begins anew. Killed between 3 and 4, the staged file
is still there and is renamed. Killed after 4, it is not there any more: delivered, whoever has fetched it.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from pydantic import ValidationError

from rpa_commons.capabilities import BusinessError, Posting, PostingReceipt, TransientError
from rpa_commons.connectors._base import message_uuid
from rpa_commons.connectors._durable import sync_folder, write_whole

from ._layout import Layout, read_file, render

__all__ = ["Batches", "PostingFileError"]

_Result = TypeVar("_Result")
_OURS = ".rpac"
_PATIENCE = 30.0  # seconds to wait for another process that delivers
_OF_POSTING: Mapping[str, type] = MappingProxyType(
    {"id": str, "reference": str, "sha256": str, "accepted_at": str}
)
_OF_BATCH: Mapping[str, type] = MappingProxyType(
    {"file": str, "sha256": str, "postings": list, "delivered": bool}
)


class PostingFileError(TransientError):
    """The folder takes no posting now; the cases wait.

    Attributes:
        folder: Where the files go.
    """

    def __init__(self, folder: Path, problem: str, *, remedy: str) -> None:
        super().__init__("posting-file", f"{folder}: {problem}", sent="no", remedy=remedy)
        self.folder = folder


class Batches:
    """A folder that posting files are put into; safe for several threads and processes."""

    def __init__(
        self, folder: Path, layout: Layout, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Touch nothing yet."""
        self._folder, self._layout, self._now = folder, layout, now
        ours = folder / _OURS
        self._promised, self._receipts = ours / "promised", ours / "receipts"
        self._staging, self._batches = ours / "staging", ours / "batches"
        self._lock = FileLock(ours / "lock", timeout=_PATIENCE)

    def promise(self, posting: Posting, key: str) -> PostingReceipt:
        """Take a posting, or find that it was taken before.

        Raises:
            PostingFileError: the folder cannot be written.
            BusinessError: the key belongs to another posting, or the file's encoding cannot hold a text.
            ValueError: ``key`` is not an idempotency key.
        """
        voucher = message_uuid(key)
        content = posting.model_dump(mode="json")
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        render([(voucher, posting)], self._layout)
        return self._guarded(lambda: self._promise(voucher, posting.reference, content, digest))

    def deliver(self) -> Sequence[Path]:
        """Put all that is promised into a file, and finish what a killed process left.

        Returns:
            The files that were put into the folder; empty when nothing was to be delivered.

        Raises:
            PostingFileError: the folder cannot be written; the promises stand.
        """
        if not self._promised.is_dir():  # nothing was ever promised; also when the share is not there
            return []
        return self._guarded(self._deliver)

    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """What was taken under a reference, oldest first; what others posted in the ledger is not known.

        Raises:
            PostingFileError: the folder cannot be read.
        """
        try:
            notes = [
                _note(path) for folder in (self._promised, self._receipts) for path in folder.glob("*.json")
            ]
        except OSError as error:
            raise self._error(error) from None
        found = {note["id"]: _receipt(note) for note in notes if note["reference"] == reference}
        return sorted(found.values(), key=lambda one: (one.accepted_at or self._now(), one.id))

    def _promise(self, voucher: str, reference: str, content: Any, digest: str) -> PostingReceipt:  # noqa: ANN401 - JSON
        name = f"{voucher}.json"
        for path in (self._promised / name, self._receipts / name):
            if path.exists():
                note = _note(path)
                if note["sha256"] != digest:
                    remedy = "look the voucher up by its reference; then settle the case or reopen it"
                    raise BusinessError("posting-file: another posting has this key", remedy=remedy)
                return _receipt(note, repeated=True)
        note = {
            "id": voucher,
            "reference": reference,
            "sha256": digest,
            "accepted_at": self._now().isoformat(),
            "posting": content,
        }
        write_whole(self._promised / name, json.dumps(note, ensure_ascii=False, indent=1).encode())
        return _receipt(note)

    def _deliver(self) -> Sequence[Path]:
        delivered = [self._finish(path) for path in self._numbered() if _open(path)]
        notes = sorted(
            map(_note, self._promised.glob("*.json")), key=lambda one: (one["accepted_at"], one["id"])
        )
        if notes:
            delivered.append(self._finish(self._fix(notes)))
        return delivered

    def _fix(self, notes: Sequence[dict[str, Any]]) -> Path:
        """Stage a file with these postings and write down that it is the batch."""
        number = 1 + max((int(path.stem) for path in self._numbered()), default=0)
        content, _ = render([(note["id"], self._posting(note)) for note in notes], self._layout)
        read_file(content, self._layout)  # a file whose totals we could not check is not given to anybody
        name = f"postings-{self._now():%Y-%m-%d}-{number:06d}.csv"
        write_whole(self._staging / name, content)
        batch = {
            "file": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "postings": [note["id"] for note in notes],
            "delivered": False,
        }
        path = self._batches / f"{number:06d}.json"
        write_whole(path, json.dumps(batch, indent=1).encode())
        return path

    def _numbered(self) -> Sequence[Path]:
        """The batches in their order; a copy that somebody has laid beside them is none."""
        return sorted(path for path in self._batches.glob("*.json") if re.fullmatch("[0-9]{6,9}", path.stem))

    def _posting(self, note: Mapping[str, Any]) -> Posting:
        try:
            return Posting.model_validate(note.get("posting"))
        except ValidationError:  # its text could quote the posting
            pass
        raise _damaged(self._promised / f"{note['id']}.json")

    def _finish(self, path: Path) -> Path:
        """Steps 4 and 5 of a fixed batch."""
        batch = _note(path, _OF_BATCH)
        staged, target = self._staging / str(batch["file"]), self._folder / str(batch["file"])
        if staged.exists():
            staged.replace(target)
            sync_folder(self._folder)
            sync_folder(self._staging)
        for voucher in batch["postings"]:
            promise = self._promised / f"{voucher}.json"
            if promise.exists():
                note = {**_note(promise), "file": batch["file"]}
                note.pop("posting", None)
                write_whole(self._receipts / promise.name, json.dumps(note, ensure_ascii=False).encode())
                promise.unlink()
        write_whole(path, json.dumps({**batch, "delivered": True}, indent=1).encode())
        return target

    def _guarded(self, work: Callable[[], _Result]) -> _Result:
        try:
            if not self._folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            for folder in (self._promised, self._receipts, self._staging, self._batches):
                folder.mkdir(parents=True, exist_ok=True)
            with self._lock:
                return work()
        except OSError as error:
            failure = self._error(error)
        raise failure

    def _error(self, error: OSError) -> PostingFileError:
        if isinstance(error, Timeout):
            remedy = "another process writes there; try again when it has ended"
            return PostingFileError(self._folder, "is locked by another process", remedy=remedy)
        remedy = "check that the folder exists, is mounted, writable by the user that runs rpac, and not full"
        return PostingFileError(self._folder, error.strerror or "cannot be used", remedy=remedy)


def _note(path: Path, members: Mapping[str, type] = _OF_POSTING) -> dict[str, Any]:
    """One of our own files; it is what keeps a posting from being made twice, so a broken one stops us."""
    try:
        note = json.loads(path.read_bytes())
        if isinstance(note, dict) and all(isinstance(note.get(name), kind) for name, kind in members.items()):
            if members is _OF_POSTING:
                if note["id"] != path.stem:
                    raise ValueError("another posting's note")
                note["accepted_at"] = datetime.fromisoformat(note["accepted_at"]).astimezone(UTC).isoformat()
            return note
    except (ValueError, OverflowError, RecursionError):  # cut short or edited by hand
        pass
    raise _damaged(path)


def _damaged(path: Path) -> PostingFileError:
    remedy = "restore it from a backup; without it a posting could be made twice"
    return PostingFileError(path, "is no note of ours any more", remedy=remedy)


def _open(path: Path) -> bool:
    return not _note(path, _OF_BATCH)["delivered"]


def _receipt(note: dict[str, Any], *, repeated: bool = False) -> PostingReceipt:
    accepted = datetime.fromisoformat(note["accepted_at"])
    return PostingReceipt(id=note["id"], reference=note["reference"], accepted_at=accepted, repeated=repeated)
