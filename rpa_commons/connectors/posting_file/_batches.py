"""From a promise to a file, once: the order of steps that makes it so.

The ledger's import takes files away, so "is the file there?" does not say whether a posting was delivered:

1. a posting is written to ``.rpac/promised`` and fsynced: from here on its receipt may be given;
2. :meth:`Batches.deliver` puts all that is promised into one file under ``.rpac/staging``;
3. the batch (which postings, SHA-256 of the file) is written to ``.rpac/batches``: from here on it is fixed;
4. the file is renamed into the folder, one atomic step of the file system;
5. the promises become receipts without lines and amounts, and the batch is marked delivered.

Killed before 3, the promises stand and the next delivery begins anew. Killed between 3 and 4, the staged file
is still there and is renamed. Killed after 4, it is not there any more: delivered, whoever has fetched it.

All this happens under one lock, so only the last batch can be undelivered, and whatever else lies in
``.rpac/staging`` was left by a process that was killed: it names payees, and is removed. ``.rpac/references``
says which vouchers a reference has, so that looking one up does not read every note there ever was.
"""

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from rpa_commons.capabilities import BusinessError, Posting, PostingReceipt
from rpa_commons.connectors._base import message_uuid
from rpa_commons.connectors._durable import make_folder, sync_folder, write_whole
from rpa_commons.connectors._folder import OURS, FolderError, Sent, guarded, read_note, refuse_missing

from ._layout import Layout, render
from ._notes import Batch, Promise, Taken

__all__ = ["Batches", "PostingFileError"]

_Result = TypeVar("_Result")
_SYSTEM = "posting-file"
_PATIENCE = 30.0  # seconds to wait for another process that delivers


class PostingFileError(FolderError):
    """The folder takes no posting now; the cases wait."""


class Batches:
    """A folder that posting files are put into; safe for several threads and processes."""

    def __init__(
        self, folder: Path, layout: Layout, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Touch nothing yet.

        Args:
            folder: Where files go.
            layout: How they are written.
            now: The time, UTC.
        """
        self._folder, self._layout, self._now = folder, layout, now
        self._ours = ours = folder / OURS
        self._promised, self._receipts = ours / "promised", ours / "receipts"
        self._staging, self._batches = ours / "staging", ours / "batches"
        self._references = ours / "references"
        self._lock = FileLock(ours / "lock", timeout=_PATIENCE)
        self._turn = threading.Lock()  # threads wait in turn; asking for the file again and again is unfair
        self._owes = False

    def promise(self, posting: Posting, key: str) -> PostingReceipt:
        """Take a posting, or find that it was taken before.

        Raises:
            PostingFileError: the folder cannot be written; ``sent="maybe"`` when the promise may stand.
            BusinessError: the key belongs to another posting, or the file cannot hold this one.
            ValueError: ``key`` is not an idempotency key.
        """
        voucher = message_uuid(key)
        content = json.dumps(posting.model_dump(mode="json"), sort_keys=True).encode()
        render([(voucher, posting)], self._layout)
        promise = Promise(
            id=voucher,
            reference=posting.reference,
            sha256=hashlib.sha256(content).hexdigest(),
            accepted_at=self._now(),
            posting=posting,
        )
        receipt = self._locked(lambda: self._promise(promise))
        self._owes = True
        return receipt

    def deliver(self) -> Sequence[Path]:
        """Put all that is promised into a file, and finish what a killed process left.

        Returns:
            The files that were put into the folder; empty when nothing was to be delivered.

        Raises:
            PostingFileError: the folder cannot be written; the promises stand.
            BusinessError: what was promised cannot be written in the encoding that is set now.
        """
        if not self._owes and not self._promised.is_dir():
            return []  # nothing was ever promised; or the share is not there, and nothing of ours is missed
        return self._locked(self._deliver)

    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """What was taken under a reference, oldest first; what others posted in the ledger is not known.

        Raises:
            PostingFileError: the folder cannot be read.
        """
        found = self._guarded(lambda: self._find(reference))
        return [one.receipt() for one in sorted(found, key=lambda one: (one.accepted_at, one.id))]

    def _promise(self, promise: Promise) -> PostingReceipt:
        known = self._taken(promise.id)
        if known is None:
            self._guarded(lambda: self._note(promise), sent="maybe")
            return promise.receipt()
        if known.sha256 != promise.sha256:
            remedy = "look the voucher up by its reference; then settle the case or reopen it"
            raise BusinessError(f"{_SYSTEM}: another posting has this key", remedy=remedy)
        return known.receipt(repeated=True)

    def _note(self, promise: Promise) -> None:
        """Write a promise down; its reference first, for that one alone says nothing."""
        place = self._place_of(promise.reference)
        make_folder(place)
        (place / promise.id).touch()
        sync_folder(place)
        write_whole(self._promised / f"{promise.id}.json", promise.model_dump_json(indent=1).encode())

    def _find(self, reference: str) -> list[Taken]:
        refuse_missing(self._folder)
        place = self._place_of(reference)
        vouchers = [path.name for path in place.iterdir()] if place.is_dir() else []
        taken = map(self._taken, vouchers)
        return [one for one in taken if one is not None and one.reference == reference]

    def _taken(self, voucher: str) -> Taken | None:
        """The note of a voucher; in this order, for a delivery writes a receipt before a promise goes."""
        for folder in (self._promised, self._receipts):
            with contextlib.suppress(FileNotFoundError):
                return read_note(PostingFileError, _SYSTEM, folder / f"{voucher}.json", Taken)
        return None

    def _deliver(self) -> Sequence[Path]:
        numbers = [int(path.stem) for path in self._batches.glob("*.json") if _is_number(path.stem)]
        last, delivered = max(numbers, default=0), []
        if last and not self._batch(last).delivered:
            delivered.append(self._finish(last))
        for rest in (*self._staging.iterdir(), *self._promised.glob(".*")):
            rest.unlink(missing_ok=True)
        notes = self._promised.glob("*.json")
        promises = [read_note(PostingFileError, _SYSTEM, path, Promise) for path in notes]
        if promises:
            # Where our notes were lost, a file with the next number may wait for the import.
            waiting = (path.stem.rpartition("-")[2] for path in self._folder.glob("postings-*.csv"))
            number = 1 + max([last, *(int(one) for one in waiting if _is_number(one))])
            self._fix(number, sorted(promises, key=lambda one: (one.accepted_at, one.id)))
            delivered.append(self._finish(number))
        return delivered

    def _fix(self, number: int, promises: Sequence[Promise]) -> None:
        """Stage a file with these postings and write down that it is the batch of this number."""
        content, _ = render([(one.id, one.posting) for one in promises], self._layout)
        batch = Batch(
            file=f"postings-{self._now():%Y-%m-%d}-{number:06d}.csv",
            sha256=hashlib.sha256(content).hexdigest(),
            postings=tuple(one.id for one in promises),
            delivered=False,
        )
        write_whole(self._staging / batch.file, content)
        self._write_batch(number, batch)

    def _finish(self, number: int) -> Path:
        """Steps 4 and 5 of a fixed batch."""
        batch = self._batch(number)
        staged, target = self._staging / batch.file, self._folder / batch.file
        if staged.exists():
            staged.replace(target)
            sync_folder(self._folder)
            sync_folder(self._staging)
        for voucher in batch.postings:
            promise = self._promised / f"{voucher}.json"
            if promise.exists():
                taken = read_note(PostingFileError, _SYSTEM, promise, Taken)
                note = taken.model_copy(update={"file": batch.file}).model_dump_json()
                write_whole(self._receipts / promise.name, note.encode())
                promise.unlink()
        sync_folder(self._promised)  # or a power cut could bring a promise back after its batch was closed
        self._write_batch(number, batch.model_copy(update={"delivered": True}))
        return target

    def _batch(self, number: int) -> Batch:
        return read_note(PostingFileError, _SYSTEM, self._batches / f"{number:06d}.json", Batch)

    def _write_batch(self, number: int, batch: Batch) -> None:
        write_whole(self._batches / f"{number:06d}.json", batch.model_dump_json(indent=1).encode())

    def _place_of(self, reference: str) -> Path:
        return self._references / hashlib.sha256(reference.encode()).hexdigest()[:32]

    def _locked(self, work: Callable[[], _Result]) -> _Result:
        def alone() -> _Result:
            refuse_missing(self._folder)
            folders = (self._promised, self._receipts, self._staging, self._batches, self._references)
            for folder in (self._ours, *folders):
                make_folder(folder)
            with self._turn, self._lock:
                return work()

        return self._guarded(alone)

    def _guarded(self, work: Callable[[], _Result], *, sent: Sent = "no") -> _Result:
        return guarded(PostingFileError, _SYSTEM, self._folder, work, sent=sent)


def _is_number(stem: str) -> bool:
    return stem.isascii() and stem.isdecimal()
