"""Wheels in a folder: ``ab/<sha256>/<file name>``, so that nginx or a copy serves them as they lie.

Rules this module keeps: bytes are written beside their place, synced, then renamed; METADATA comes before
the wheel, so a wheel that can be seen is whole and has its metadata; the hash is taken of what was written,
not of what was promised. What a crash leaves lies in ``.incoming`` and is swept a day later.
"""

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rpa_registry.errors import StorageError

__all__ = ["FolderBlobStore", "sweep_folder"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILENAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]{0,250}\.whl")
_CHUNK = 1024 * 1024  # bytes
_SWEEP_AFTER = 24 * 3600  # seconds; no upload takes a day


class FolderBlobStore:
    """The store that comes with the registry.

    Attributes:
        folder: Its root.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        """Where bytes lie until they have their place; on the same disk, so that a rename is enough."""
        return self.folder / ".incoming"

    def put(self, path: Path, sha256: str, filename: str, metadata: bytes) -> None:
        """See :meth:`rpa_registry.blobs.BlobStore.put`."""
        target = self.path(sha256, filename)
        if target.is_file() and target.with_name(f"{filename}.metadata").is_file():
            return
        try:
            is_first = not target.parent.parent.is_dir()
            target.parent.mkdir(parents=True, exist_ok=True)
            self.incoming.mkdir(exist_ok=True)
            with self._written(target.with_name(f"{filename}.metadata")) as stream:
                stream.write(metadata)
            with path.open("rb") as source, self._written(target) as stream:
                found = _copy(source, stream)
                if found != sha256:
                    raise StorageError(
                        f"{filename}: SHA-256 {sha256} was expected, {found} was read; nothing was changed",
                        remedy="send it again",
                    )
            _sync_folders(target.parent, target.parent.parent, *([self.folder] if is_first else []))
        except OSError as error:
            raise StorageError(
                f"{filename} could not be kept: {error.strerror or error}; nothing was changed",
                remedy="make room in the data folder and check who may write it, then send it again",
            ) from error

    def path(self, sha256: str, filename: str) -> Path:
        """See :meth:`rpa_registry.blobs.BlobStore.path`."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256")
        if not _FILENAME.fullmatch(filename):
            raise ValueError(f"{filename!r} is no wheel's file name")
        return self.folder / sha256[:2] / sha256 / filename

    def names(self) -> Iterator[tuple[str, str]]:
        """See :meth:`rpa_registry.blobs.BlobStore.names`."""
        for path in sorted(self.folder.glob("??/*/*.whl")):
            if _SHA256.fullmatch(path.parent.name):
                yield path.parent.name, path.name

    def remove(self, sha256: str, filename: str) -> None:
        """See :meth:`rpa_registry.blobs.BlobStore.remove`."""
        target = self.path(sha256, filename)
        target.unlink(missing_ok=True)
        target.with_name(f"{filename}.metadata").unlink(missing_ok=True)
        for folder in (target.parent, target.parent.parent):
            with contextlib.suppress(OSError):  # another wheel lies there
                folder.rmdir()

    @contextlib.contextmanager
    def _written(self, target: Path) -> Iterator[IO[bytes]]:
        with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as stream:
            try:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            except BaseException:
                stream.close()
                Path(stream.name).unlink(missing_ok=True)
                raise
        if os.name == "posix":
            Path(stream.name).chmod(0o644)  # nginx reads them as another user
        Path(stream.name).replace(target)


def sweep_folder(folder: Path) -> int:
    """Remove files that are a day old or older from a folder of unfinished ones; how many."""
    oldest = time.time() - _SWEEP_AFTER
    count = 0
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):  # another process sweeps too, or writes it at this moment
            if path.stat().st_mtime < oldest:
                path.unlink()
                count += 1
    return count


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _sync_folders(*folders: Path) -> None:
    if os.name != "posix":
        return  # Windows has no handle of a folder to sync; NTFS journals the rename
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
