"""The folder: which files are which documents, and how one leaves.

A document leaves in two steps: a note of it (id, how it was handled, when, its files' new names) is written
to ``.rpac`` and synced, then its files are renamed into ``done``, ``rejected`` or ``handed_over``. Killed in
between, a repeat finds the note and renames what is left.

The file system is asked once for each file, and a file is read once while it stays as it is: an inbox may
hold thousands, on a share.
"""

import contextlib
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, get_args

from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rpa_commons.capabilities import Handled
from rpa_commons.connectors._durable import make_folder, sync_folder, write_whole
from rpa_commons.connectors._folder import OURS, FolderError, Sent, guarded, read_note, refuse_missing
from rpa_commons.validators import mask_personal_numbers

__all__ = ["HANDLED", "Files", "Found", "InvoiceFolderError", "Left", "document_id", "shown_name"]

HANDLED: tuple[str, ...] = get_args(Handled)
_SYSTEM = "invoice-folder"
_PATIENCE = 30.0  # seconds to wait for another process
_LONGEST_NAME = 80  # characters of a file name in a message
_LONGEST_STEM = 50  # characters that are kept of a name that an id is put behind: 255 bytes in all
_AHEAD = 3600.0  # seconds that the clock of a share may be ahead of ours
_ID = re.compile(r"[0-9a-f]{32}")
_Result = TypeVar("_Result")


class InvoiceFolderError(FolderError):
    """The folder cannot be read or written now; the cases wait."""


@dataclass(frozen=True)
class Found:
    """One file.

    Attributes:
        path: Where it lies.
        id: Its document's id; empty where it was not read.
        came: When it came, UTC.
        problem: Why it was not read.
    """

    path: Path
    id: str
    came: datetime
    problem: str = ""


class Left(BaseModel):
    """The note of a document that has left the inbox.

    Attributes:
        id: The document's.
        handled: How it was handled.
        at: When, UTC.
        files: Names of its files in the folder ``handled``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str
    handled: Handled
    at: AwareDatetime = Field(strict=True)
    files: tuple[str, ...]


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
            largest: Bytes; a larger file is not read.
            now: The time, UTC.
        """
        self._folder, self._settle, self._largest, self._now = folder, settle, largest, now
        self._known: dict[tuple[Path, int, int], str] = {}

    def waiting(self) -> Sequence[Found]:
        """The files in the inbox that have settled, oldest first.

        Raises:
            InvoiceFolderError: the folder cannot be read.
        """
        return sorted(self._guarded(lambda: list(self._inbox(settle=self._settle))), key=_oldest)

    def holds(self, document: str) -> Found | None:
        """A file with this document, in the inbox or where handled ones go.

        Raises:
            InvoiceFolderError: the folder cannot be read.
        """
        return self._guarded(lambda: self._holds(document))

    def content(self, found: Found) -> bytes | None:
        """A file's content; ``None`` where it was taken away, or is another document by now.

        Raises:
            InvoiceFolderError: it cannot be read.
        """
        return self._guarded(lambda: self._content(found))

    def note(self, document: str) -> Left | None:
        """How a document was handled; ``None`` when it was not.

        Raises:
            InvoiceFolderError: the note is damaged, or cannot be read.
        """
        return self._guarded(lambda: self._read_note(document))

    def leave(self, document: str, handled: str) -> tuple[Left, bool] | None:
        """Take a document out of the inbox; a repeat ends what was begun.

        Returns:
            The note of it, whose ``handled`` may be another than asked for, and whether it was there before;
            ``None`` when there is no such document.

        Raises:
            InvoiceFolderError: the folder cannot be written; ``sent="maybe"`` once the note may stand.
        """

        def work() -> tuple[Left, bool] | None:
            refuse_missing(self._folder)
            make_folder(self._folder / OURS)
            with FileLock(self._folder / OURS / "lock", timeout=_PATIENCE):
                known = self._read_note(document)
                if known is not None and known.handled != handled:
                    return known, True
                moves = self._moves(document, handled)
                if known is None and not moves:
                    return None
                left = known or Left.model_validate(
                    {"id": document, "handled": handled, "at": self._now(), "files": ()}
                )
                if moves:
                    left = left.model_copy(update={"files": (*left.files, *moves.values())})
                    self._guarded(lambda: self._move(left, moves), sent="maybe")
                return left, known is not None

        return self._guarded(work)

    def _holds(self, document: str) -> Found | None:
        refuse_missing(self._folder)
        note = self._read_note(document)
        gone = [self._folder / note.handled / Path(name).name for name in note.files] if note else []
        # A copy in one step: another thread may add to it.
        seen = [path for (path, _, _), id_ in tuple(self._known.items()) if id_ == document]
        same = [one for one in self._of(dict.fromkeys((*gone, *seen))) if one.id == document]
        same = same or [one for one in self._inbox() if one.id == document]
        return min(same, key=_oldest, default=None)

    def _inbox(self, *, settle: float = 0.0) -> Iterator[Found]:
        return self._of(self._folder.iterdir(), settle=settle)

    def _of(self, paths: Iterable[Path], *, settle: float = 0.0) -> Iterator[Found]:
        now = time.time()
        for path in paths:
            if path.name.startswith(".") or path.suffix.lower() != ".xml":
                continue
            try:
                status = path.lstat()
                if not stat.S_ISREG(status.st_mode):
                    continue
                if status.st_mtime <= now - settle:
                    yield self._found(path, status)
                elif status.st_mtime > now + _AHEAD:  # or it would be a young one for as long
                    yield Found(path, "", self._now(), "its time lies in the future: is a clock wrong?")
            except FileNotFoundError:  # another process has taken it meanwhile
                continue

    def _found(self, path: Path, status: os.stat_result) -> Found:
        came = datetime.fromtimestamp(status.st_mtime, UTC)
        if status.st_size > self._largest:
            return Found(path, "", came, f"it is over {self._largest // 1024**2} MB")
        known = (path, status.st_mtime_ns, status.st_size)
        id_ = self._known.get(known)  # asked once: another thread may forget it
        if id_ is None:
            try:
                id_ = self._known[known] = document_id(path.read_bytes())
            except PermissionError:  # this one only: a gateway may keep others out while it writes
                return Found(path, "", came, "it may not be read")
        return Found(path, id_, came)

    def _content(self, found: Found) -> bytes | None:
        with contextlib.suppress(FileNotFoundError):
            data = found.path.read_bytes()
            if document_id(data) == found.id:
                return data
        refuse_missing(self._folder)
        for known in [one for one in tuple(self._known) if one[0] == found.path]:
            self._known.pop(known, None)  # name, time and size are the same, and it is another one
        return None

    def _moves(self, document: str, handled: str) -> dict[Path, str]:
        """The files of a document in the inbox, and what they are called where they go."""
        moves: dict[Path, str] = {}
        for found in self._inbox():
            if found.id == document and self._content(found) is not None:
                name = found.path.name
                if (self._folder / handled / name).exists():  # two suppliers may name their files alike
                    name = f"{found.path.stem[:_LONGEST_STEM]}~{document}{found.path.suffix}"
                moves[found.path] = name
        return moves

    def _move(self, left: Left, moves: dict[Path, str]) -> None:
        """Write the note, then rename: the order that a repeat relies on."""
        write_whole(self._note_path(left.id), left.model_dump_json().encode())
        target = self._folder / left.handled
        make_folder(target)
        for path, name in moves.items():
            path.replace(target / name)
        sync_folder(target)
        sync_folder(self._folder)

    def _note_path(self, document: str) -> Path:
        return self._folder / OURS / f"{document}.json"

    def _read_note(self, document: str) -> Left | None:
        try:
            if _ID.fullmatch(document):
                return read_note(InvoiceFolderError, _SYSTEM, self._note_path(document), Left)
        except FileNotFoundError:
            refuse_missing(self._folder)
        return None

    def _guarded(self, work: Callable[[], _Result], *, sent: Sent = "no") -> _Result:
        return guarded(InvoiceFolderError, _SYSTEM, self._folder, work, sent=sent)


def _oldest(one: Found) -> tuple[datetime, str]:
    return one.came, one.path.name


def document_id(content: bytes) -> str:
    """The id of a document: 32 hexadecimal digits of the SHA-256 of its bytes."""
    return hashlib.sha256(content).hexdigest()[:32]


def shown_name(path: Path) -> str:
    """A file's name as a message may show it: senders choose it, so it may hold anything."""
    printable = re.sub(r"[^\w .,~+=@()\[\]-]", "?", path.name)
    return mask_personal_numbers(printable)[:_LONGEST_NAME]
