"""One file from the registry: whole and with the hash that was asked for, or nothing.

Rules this module keeps: what was fetched before a break is kept beside the file as ``.part`` and goes on from
there (Range, with If-Range where the server says what it is); a file appears under its name only when its
SHA-256 is right; a part with a wrong hash is thrown away and fetched anew once; two fetches at a time take
turns.

Usage::

    path = Downloader(http, folder, progress).fetch(FileEntry(...))
"""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from ._documents import FileEntry
from ._errors import DownloadError, ReleaseRefusedError, UnreachableError
from ._http import RegistryHttp, reason_of

__all__ = ["Downloader", "file_path"]

_PIECE = 256 * 1024
_ATTEMPTS = 6  # in a row without a byte; each byte starts the count anew
_PAUSE = 0.3  # seconds, doubled
_LARGEST = 2 * 1024 * 1024 * 1024
_SAY_EVERY = 1.0  # seconds between progress lines
_OK, _PARTIAL, _NOT_SATISFIABLE = 200, 206, 416
_GONE = frozenset({403, 404, 410, 451})


def file_path(filename: str, sha256: str) -> str:
    """Where the registry has a file: named by its content, below the registry's address."""
    return f"/files/{sha256[:2]}/{sha256}/{filename}"


@dataclass(frozen=True)
class Downloader:
    """Fetches files into a folder.

    Attributes:
        http: The registry.
        folder: Where files go.
        progress: Told how far it is, about once a second.
        attempts: How often in a row nothing may come.
    """

    http: RegistryHttp
    folder: Path
    progress: Callable[[str], None]
    attempts: int = _ATTEMPTS

    def fetch(self, file: FileEntry) -> Path:
        """The file, from before or fetched now.

        Raises:
            ReleaseRefusedError: the registry withholds it: it was recalled, or is not there any more.
            DownloadError: it cannot be had whole, or is not the one asked for.
            UnreachableError: the registry does not answer.
            OSError: the folder cannot be written.
        """
        place = self.folder / file.sha256[:16] / file.filename
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_name(f"{place.name}.lock")):
            if place.is_file() and _sha256(place) == file.sha256:
                return place
            part = place.with_name(f"{place.name}.part")
            for again in (True, False):
                resumed = self._whole(file, part)
                if _sha256(part) == file.sha256:
                    part.replace(place)
                    return place
                part.unlink()
                if not (again and resumed):  # what was kept from before may be to blame, once
                    break
        raise DownloadError(
            file.filename,
            f"the file that came is not the one the registry lists ({file.sha256[:12]}…); nothing was kept",
            remedy="somebody changes files on the way or in the registry: tell the cooperation's coordinator",
        )

    def _whole(self, file: FileEntry, part: Path) -> bool:
        """Fetch what is missing; whether something was there before."""
        resumed = part.is_file() and part.stat().st_size > 0
        path = file.path or file_path(file.filename, file.sha256)
        idle = 0
        while True:
            before = part.stat().st_size if part.is_file() else 0
            try:
                if self._piece(path, file, part):
                    return resumed
                why = "the answer ended early"
            except UnreachableError as error:
                why = error.why
            came = part.stat().st_size if part.is_file() else 0
            idle = 0 if came > before else idle + 1
            if idle >= self.attempts:
                if not came:
                    raise UnreachableError(self.http.url(path), why)
                raise DownloadError(file.filename, f"{why} after {_size(came)} of {_size(file.size)}")
            time.sleep(min(_PAUSE * 2**idle, 5.0))

    def _piece(self, path: str, file: FileEntry, part: Path) -> bool:
        """One request for the rest; whether the file is whole now."""
        have = part.stat().st_size if part.is_file() else 0
        if file.size and have == file.size:
            return True
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self.http.stream(path, headers) as answer:
            if answer.status_code in _GONE:
                reason = reason_of(answer.raw.read(8192))
                raise ReleaseRefusedError(
                    file.filename,
                    "",
                    f"is withheld by the registry{f': {reason}' if reason else ''}",
                    remedy="`rpac outdated` shows what was recalled; ask the cooperation's coordinator",
                )
            if answer.status_code == _NOT_SATISFIABLE:  # the part is longer than the file
                part.unlink(missing_ok=True)
                return False
            if answer.status_code not in {_OK, _PARTIAL}:
                raise UnreachableError(self.http.url(path), f"the registry answers {answer.status_code}")
            goes_on = answer.status_code == _PARTIAL and _begins_at(answer.headers.get("Content-Range"), have)
            length = int(answer.headers.get("Content-Length") or 0)
            total = file.size or (have + length if goes_on else length)
            if total > _LARGEST:
                raise DownloadError(
                    file.filename, f"it is over {_size(_LARGEST)}", remedy="ask its owner for less"
                )
            with part.open("ab" if goes_on else "wb") as stream:
                done = self._copy(answer.raw, stream, have if goes_on else 0, total, file)
                stream.flush()
                os.fsync(stream.fileno())
        return done == total if total else True

    def _copy(self, raw: object, stream: object, done: int, total: int, file: FileEntry) -> int:
        shown = time.monotonic()
        read, write = raw.read, stream.write  # type: ignore[attr-defined] # urllib3's answer, a file
        while piece := read(_PIECE):
            write(piece)
            done += len(piece)
            if total and done > total:
                raise DownloadError(
                    file.filename,
                    f"it is longer than the {_size(total)} that the registry lists",
                    remedy="tell the cooperation's coordinator",
                )
            if time.monotonic() - shown >= _SAY_EVERY:
                shown = time.monotonic()
                self.progress(f"fetching {file.filename}: {_size(done)} of {_size(total)}")
        return done


def _begins_at(content_range: str | None, have: int) -> bool:
    return content_range is not None and content_range.replace("bytes=", "bytes ").startswith(
        f"bytes {have}-"
    )


def _size(number: int) -> str:
    if number < 1024 * 1024:
        return f"{number / 1024:.0f} KiB"
    return f"{number / 1024 / 1024:.1f} MiB"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
