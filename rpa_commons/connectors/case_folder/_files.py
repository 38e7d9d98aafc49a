"""Documents as files: their names, and how one gets into its case's folder.

Rules this module keeps: a name is a number and an extension from a closed list, so that nothing a stranger
wrote becomes a name, and no double click starts a program; a file is written and synced aside, then renamed
in one step; what lies there already is never overwritten.

A killed process may leave a file without a row. The next one that files the same bytes takes it over;
otherwise it stays, and is told.
"""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.connectors._durable import make_folder, sync_folder, write_whole
from rpa_commons.connectors._folder import OURS

from ._rows import BrokenRowError

__all__ = ["CaseFiles", "FolderState"]

INDEX = "index.html"
_EXTENSIONS = re.compile(
    "pdf|txt|csv|rtf|docx?|odt|xlsx?|ods|pptx?|odp|jpe?g|png|gif|tiff?|heic|bmp|webp|eml|msg|xml|json|zip|"
    "mp3|m4a|wav|mp4|mov"
)
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{6,}", re.ASCII)
_FILE = re.compile(r"[0-9]{4,9}\.[a-z0-9]{1,5}", re.ASCII)
_MODE = 0o640  # the caseworkers' group may read, the world may not; the folder's own permissions say the rest


def _sha256_of(path: Path) -> str:
    """The digest of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class CaseFiles:
    """The folders of the cases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staging = folder / OURS / "staging"

    @staticmethod
    def checked(name: str) -> None:
        """Refuse a file name of a row that was changed by hand: it could lead anywhere.

        Raises:
            BrokenRowError: it is none of ours.
        """
        if not _FILE.fullmatch(name):
            raise BrokenRowError("file: it is no file name of this store")

    @staticmethod
    def numbered(number: str) -> None:
        """Refuse a case number that was changed by hand, as :meth:`checked`."""
        if not _NUMBER.fullmatch(number):
            raise BrokenRowError("number: it is no case number of this store")

    def of(self, number: str) -> Path:
        """The folder of a case, whose number was checked."""
        return self._folder / number[:4] / number

    def make(self, number: str) -> bool:
        """Make the folder of a new case; false when there is one with something in it."""
        return next(self._made(number).iterdir(), None) is None

    def _made(self, number: str) -> Path:
        """The folder of a case, which is made where it is not there: somebody may have removed it."""
        folder = self.of(number)
        make_folder(folder.parent)
        make_folder(folder)
        return folder

    @contextmanager
    def staged(self, document: str, content: bytes) -> Iterator[Path]:
        """The bytes in a synced file aside; gone at the end, unless it was moved.

        Called by one writer at a time: whatever else lies there was left by a process that was killed.
        """
        self._staging.mkdir(exist_ok=True)  # its parent is there, or the share is not
        part = self._staging / f"{document}.{secrets.token_hex(4)}"
        try:
            descriptor = os.open(
                part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _MODE
            )
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield part
        finally:
            with contextlib.suppress(OSError):  # what failed is the news, not that its rest is there
                part.unlink(missing_ok=True)
        for rest in self._staging.iterdir():
            rest.unlink(missing_ok=True)

    def place(self, staged: Path, number: str, file_name: str, sha256: str, rows: AbstractSet[str]) -> str:
        """Move a staged file into a case's folder, or take over one with its bytes that has no row.

        Called by one writer at a time.

        Args:
            staged: The file, synced.
            number: The case.
            file_name: As the sender called it; only its extension is looked at.
            sha256: Of the bytes.
            rows: The files of this case that rows name.

        Returns:
            The file's name in the folder.
        """
        folder, extension = self._made(number), _extension(file_name)
        names = {path.name for path in folder.iterdir()}
        # Numbers go on from those of our rows: a number that a stranger's file begins with may be anybody's.
        last = max((int(name.partition(".")[0]) for name in rows if _FILE.fullmatch(name)), default=0)
        numbers = [f"{last + one:04d}" for one in range(1, len(names) + 2)]
        size = staged.stat().st_size
        for name in (f"{one}.{extension}" for one in numbers):
            path = folder / name
            if name not in names or not path.is_file() or path.stat().st_size != size:
                continue
            if _sha256_of(path) == sha256:
                return name
        taken = {name.partition(".")[0] for name in names}
        name = next(f"{one}.{extension}" for one in numbers if one not in taken)
        staged.rename(folder / name)  # not replace: Windows refuses where a file appeared meanwhile
        sync_folder(folder)
        return name

    def write_index(self, number: str, page: bytes) -> None:
        """Write a case's index; called by one writer at a time, so that what is half is nobody's."""
        folder = self._made(number)
        for rest in folder.glob(f".{INDEX}.*"):
            rest.unlink(missing_ok=True)
        write_whole(folder / INDEX, page)

    def state(self, number: str, rows: AbstractSet[str]) -> "FolderState":
        """How a case's folder and the files that its rows name fit together."""
        folder = self.of(number)
        names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        strangers = {name for name in names - rows if name != INDEX and not name.startswith(".")}
        return FolderState(number, tuple(sorted(rows - names)), len(strangers))


@dataclass(frozen=True)
class FolderState:
    """What of a case's folder does not fit its rows.

    Attributes:
        number: The case's.
        lost: Files of documents that are not there.
        strangers: How many files are of no document; their names may say something about somebody.
    """

    number: str
    lost: tuple[str, ...]
    strangers: int

    @property
    def problems(self) -> tuple[str, ...]:
        """One line each, for a run's findings."""
        lines = [
            f"{self.number}/{name}: the file of this document is gone: put it back from a backup"
            for name in self.lost
        ]
        if self.strangers:
            lines.append(
                f"{self.number}: files in its folder that belong to no document of the case: "
                f"{self.strangers}: move them elsewhere, or have them filed"
            )
        return tuple(lines)


def _extension(file_name: str) -> str:
    extension = file_name.rpartition(".")[2].lower()
    return extension if _EXTENSIONS.fullmatch(extension) else "bin"
