"""A folder of plain files that somebody serves while we change it.

Rules this module keeps: a file appears whole or not at all (written aside, synced, renamed); only what an
export wrote is ever removed; the list of what was written is on disk before the first of it is, so that a
program that was killed leaves nothing that the next one does not know.

Usage::

    target = TargetFolder(folder)
    target.begin({"names.json": etag})
    target.write("names.json", body)
    target.remove_others({"names.json"})
    target.finish()
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from rpa_registry.errors import ConflictError

__all__ = ["TargetFolder"]

_PRIVATE = ".rpac-export"  # a web server serves no name that starts with a dot
_STATE = "state.json"
_TRIES = 20  # a web server on Windows may have the old file open for a moment


class TargetFolder:
    """One export's folder.

    Attributes:
        folder: Its root.
        written: How many files were written.
        unchanged: How many were left as they were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.unchanged = 0
        self._stamps: dict[str, str] = {}
        self._count = 0

    @property
    def private(self) -> Path:
        """Where our own files lie: the lock, the list, what is being written."""
        return self.folder / _PRIVATE

    def prepare(self) -> None:
        """Make the folder, or see that it is an export.

        Raises:
            ConflictError: it holds something else.
        """
        if self.folder.exists() and not self.private.is_dir() and any(self.folder.iterdir()):
            raise ConflictError(
                f"{self.folder} is not empty and no earlier export",
                remedy="name an empty folder; nothing in this one was touched",
            )
        self.private.mkdir(parents=True, exist_ok=True)

    def begin(self, wanted: Mapping[str, str]) -> None:
        """Read what an earlier export wrote, and note what this one will: path -> stamp of its contents."""
        for left in self.private.glob("*.new"):
            left.unlink()
        with contextlib.suppress(FileNotFoundError):
            self._stamps = json.loads((self.private / _STATE).read_text(encoding="utf-8"))
        for path, stamp in wanted.items():
            if self._stamps.get(path) != stamp:
                self._stamps[path] = ""  # what lies there may be the old or the new: bytes will be compared
        self._save()

    def has(self, path: str, stamp: str) -> bool:
        """Whether an earlier export wrote exactly this; then it counts as unchanged."""
        found = self._stamps.get(path) == stamp and self._place(path).is_file()
        self.unchanged += found
        return found

    def write(self, path: str, body: bytes, *, stamp: str = "") -> None:
        """Write a file, unless it is there with these bytes."""
        place = self._place(path)
        if place.is_file() and place.stat().st_size == len(body) and place.read_bytes() == body:
            self.unchanged += 1
        else:
            new = self._new()
            with new.open("xb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            self._move(new, place)
        self._stamps[path] = stamp

    def link(self, path: str, source: Path, *, stamp: str, copy: bool) -> None:
        """Put a file that never changes there: as a hard link, or as a copy where none can be made."""
        place = self._place(path)
        if place.is_file() and place.stat().st_size == source.stat().st_size and not copy:
            self.unchanged += 1  # an export that was killed had put it there
        else:
            new = self._new()
            if copy or not _linked(source, new):
                shutil.copyfile(source, new)
                with new.open("rb+") as stream:
                    os.fsync(stream.fileno())
            self._move(new, place)
        self._stamps[path] = stamp

    def remove_others(self, kept: set[str]) -> int:
        """Remove what earlier exports wrote and is not kept: pages first, wheels last."""
        others = sorted(set(self._stamps) - kept, key=lambda path: (path.startswith("files/"), path))
        for path in others:
            place = self._place(path)
            place.unlink(missing_ok=True)
            for folder in place.parents:
                if folder == self.folder or (folder.is_dir() and any(folder.iterdir())):
                    break
                with contextlib.suppress(FileNotFoundError):
                    folder.rmdir()
            del self._stamps[path]
        return len(others)

    def finish(self) -> None:
        """Keep the list of what is there now."""
        self._save()

    def _place(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if not parts or any(part in {"..", "/"} or part.startswith(".") for part in parts):
            raise ValueError(f"no path of an export: {path!r}")
        return self.folder.joinpath(*parts)

    def _new(self) -> Path:
        self._count += 1
        return self.private / f"{os.getpid()}-{self._count}.new"

    def _move(self, new: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(new, place)
        self.written += 1

    def _save(self) -> None:
        new = self._new()
        with new.open("x", encoding="utf-8") as stream:
            json.dump(self._stamps, stream, indent=0, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        _replace(new, self.private / _STATE)


def _linked(source: Path, new: Path) -> bool:
    try:
        os.link(source, new)
    except OSError:  # another disk, a file system without links, or no right to
        return False
    return True


def _replace(new: Path, place: Path) -> None:
    for _ in range(_TRIES):
        try:
            new.replace(place)
        except PermissionError:  # Windows, while somebody reads the old one
            time.sleep(0.05)
        else:
            return
    new.replace(place)
