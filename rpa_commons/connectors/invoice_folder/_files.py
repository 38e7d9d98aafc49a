"""The folder: which files are which documents, and how one leaves.

A document leaves in two steps: a note of it (id, how it was handled, when, its files' new names) is written
to ``.rpac`` and synced, then its files are renamed into ``done``, ``rejected`` or ``handed_over``. Killed in
between, a repeat finds the note and renames what is left.
"""

import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors._durable import sync_folder, write_whole
from rpa_commons.validators import mask_personal_numbers

__all__ = ["HANDLED", "Files", "Found", "InvoiceFolderError", "document_id", "shown_name"]

HANDLED = ("done", "rejected", "handed_over")
_OURS = ".rpac"
_PATIENCE = 30.0  # seconds to wait for another process
_LONGEST_NAME = 80  # characters of a file name in a message
_Result = TypeVar("_Result")


class InvoiceFolderError(TransientError):
    """The folder cannot be read or written now; the cases wait.

    Attributes:
        folder: The inbox.
    """

    def __init__(self, folder: Path, problem: str, *, remedy: str) -> None:
        super().__init__("invoice-folder", f"{folder}: {problem}", sent="no", remedy=remedy)
        self.folder = folder


@dataclass(frozen=True)
class Found:
    """One file: where it lies, its document's id (empty when it is too large), and when it came (UTC)."""

    path: Path
    id: str
    came: datetime
    size: int


class Files:
    """A folder of documents; safe for several threads and processes."""

    def __init__(
        self,
        folder: Path,
        *,
        settle: float,
        largest: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Touch nothing yet.

        Args:
            folder: The inbox.
            settle: Seconds; a younger file is left alone.
            largest: Bytes; a larger file has no id.
            now: The time, UTC.
        """
        self._folder, self._settle, self._largest, self._now = folder, settle, largest, now
        self._known: dict[tuple[str, int, int], str] = {}

    def waiting(self) -> Sequence[Found]:
        """The files in the inbox that have settled, oldest first.

        Raises:
            InvoiceFolderError: the folder cannot be read.
        """
        return self._guarded(
            lambda: sorted(
                self._in(self._folder, settle=self._settle), key=lambda one: (one.came, one.path.name)
            )
        )

    def holds(self, document: str) -> Found | None:
        """A file with this document, in the inbox or where handled ones go.

        Raises:
            InvoiceFolderError: the folder cannot be read.
        """

        def search() -> Found | None:
            note = self._read_note(document) or {"handled": "", "files": []}
            gone = [self._folder / str(note["handled"]) / str(name) for name in note["files"]]
            found = [*self._of(gone, settle=0.0), *self._in(self._folder, settle=0.0)]
            same = [one for one in found if one.id == document]
            return min(same, key=lambda one: (one.came, one.path.name), default=None)

        return self._guarded(search)

    def read(self, path: Path) -> bytes:
        """A file's content.

        Raises:
            InvoiceFolderError: it cannot be read.
        """
        return self._guarded(path.read_bytes)

    def note(self, document: str) -> Mapping[str, Any] | None:
        """How a document was handled; ``None`` when it was not.

        Raises:
            InvoiceFolderError: the note is damaged, or cannot be read.
        """
        return self._guarded(lambda: self._read_note(document))

    def leave(self, document: str, handled: str) -> tuple[Mapping[str, Any], bool]:
        """Take a document out of the inbox; a repeat ends what was begun.

        Returns:
            The note of it, and whether it was there before. Its ``handled`` may be another than asked for.

        Raises:
            InvoiceFolderError: the folder cannot be written.
        """

        def work() -> tuple[Mapping[str, Any], bool]:
            ours = self._folder / _OURS
            ours.mkdir(exist_ok=True)
            with FileLock(ours / "lock", timeout=_PATIENCE):
                note = self._read_note(document)
                repeated = note is not None
                if note is None:
                    files = list(self._moves(document, handled).values())
                    note = {"id": document, "handled": handled, "at": self._now().isoformat(), "files": files}
                    write_whole(self._note_path(document), json.dumps(note).encode())
                self._move(document, str(note["handled"]))
                return note, repeated

        return self._guarded(work)

    def _in(self, folder: Path, *, settle: float) -> Iterator[Found]:
        return self._of(sorted(folder.iterdir()), settle=settle)

    def _of(self, paths: Iterable[Path], *, settle: float) -> Iterator[Found]:
        youngest = time.time() - settle
        for path in paths:
            if path.name.startswith(".") or path.suffix.lower() != ".xml":
                continue
            try:
                status = path.lstat()
                if not path.is_file() or path.is_symlink() or status.st_mtime > youngest:
                    continue
                came = datetime.fromtimestamp(status.st_mtime, UTC)
                yield Found(path, self._id(path, status), came, status.st_size)
            except FileNotFoundError:  # another process has taken it meanwhile
                continue

    def _id(self, path: Path, status: os.stat_result) -> str:
        if status.st_size > self._largest:
            return ""
        known = (str(path), status.st_mtime_ns, status.st_size)
        if known not in self._known:
            self._known[known] = document_id(path.read_bytes())
        return self._known[known]

    def _moves(self, document: str, handled: str) -> dict[Path, str]:
        """The files of a document in the inbox, and what they are called where they go."""
        moves: dict[Path, str] = {}
        for found in self._in(self._folder, settle=0.0):
            if found.id == document:
                name = found.path.name
                if (self._folder / handled / name).exists():  # two suppliers may name their files alike
                    name = f"{found.path.stem}~{document}{found.path.suffix}"
                moves[found.path] = name
        return moves

    def _move(self, document: str, handled: str) -> None:
        target = self._folder / handled
        target.mkdir(exist_ok=True)
        for path, name in self._moves(document, handled).items():
            path.replace(target / name)
        sync_folder(target)
        sync_folder(self._folder)

    def _note_path(self, document: str) -> Path:
        return self._folder / _OURS / f"{document}.json"

    def _read_note(self, document: str) -> Mapping[str, Any] | None:
        path = self._note_path(document)
        if not path.exists():
            if not self._folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            return None
        try:
            note = json.loads(path.read_bytes())
            if isinstance(note, dict) and note["handled"] in HANDLED and isinstance(note["files"], list):
                datetime.fromisoformat(note["at"])
                return note
        except (KeyError, TypeError, ValueError):  # cut short or edited by hand
            pass
        remedy = "restore it from a backup; without it an invoice could be handled twice"
        raise InvoiceFolderError(path, "is no note of ours any more", remedy=remedy)

    def _guarded(self, work: Callable[[], _Result]) -> _Result:
        try:
            return work()
        except Timeout:
            remedy = "another process works there; try again when it has ended"
            failure = InvoiceFolderError(self._folder, "is locked by another process", remedy=remedy)
        except OSError as error:
            remedy = "check that the folder exists, is mounted, and may be read and written by this user"
            failure = InvoiceFolderError(self._folder, error.strerror or "cannot be used", remedy=remedy)
        raise failure


def document_id(content: bytes) -> str:
    """The id of a document: 32 hexadecimal digits of the SHA-256 of its bytes."""
    return hashlib.sha256(content).hexdigest()[:32]


def shown_name(path: Path) -> str:
    """A file's name as a message may show it: senders choose it, so it may hold anything."""
    printable = re.sub(r"[^\w .,~+=@()\[\]-]", "?", path.name)
    return mask_personal_numbers(printable)[:_LONGEST_NAME]
