"""The files that a person points at: one file, a folder, or a zip as a publisher hands it out.

Rules this module keeps: links are not followed, a zip is read entry by entry and never unpacked, and what is
read is bounded in size and number.
"""

import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from ._errors import SpecsError

__all__ = ["Candidate", "candidates"]

_LARGEST = 64 * 1024 * 1024  # bytes of one file; the largest known one has 2.5 MB
_MOST = 50_000  # files looked at
# What a zip that is damaged, or packed in a way that Python does not know, makes zipfile raise.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError)
_SUFFIXES = (".xsd", ".xsl", ".xslt", ".sch")


@dataclass(frozen=True)
class Candidate:
    """A file that may belong to a specification."""

    path: str
    """Inside the folder or zip, with ``/``."""
    sha256: str
    opened: Callable[[], AbstractContextManager[IO[bytes]]]

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            SpecsError: it is another file by now.
        """
        with self.opened() as stream:
            data = _bounded(stream, self.path)
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise SpecsError(f"{self.path}: it was changed meanwhile")
        return data


def candidates(place: Path) -> Iterator[Candidate]:
    """Every schema, stylesheet and Schematron in a file, folder or zip.

    Raises:
        SpecsError: there is no such place, it cannot be read, or it holds too much.
    """
    try:
        yield from _candidates(place)
    except (OSError, *_BROKEN) as error:
        raise SpecsError(f"{place}: cannot be read: {error}") from error


def _candidates(place: Path) -> Iterator[Candidate]:
    if place.is_dir():
        yield from _in_folder(place)
    elif zipfile.is_zipfile(place):
        yield from _in_zip(place)
    else:
        with _opened(place) as stream:
            yield _candidate(place.name, stream, partial(_opened, place))


def _in_folder(place: Path) -> Iterator[Candidate]:
    seen = 0
    for folder, _, names in os.walk(place):  # follows no links to folders
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix.lower() not in _SUFFIXES or path.is_symlink():
                continue
            seen += 1
            _refuse_many(place, seen)
            if path.stat().st_size <= _LARGEST:
                with _opened(path) as stream:
                    yield _candidate(path.relative_to(place).as_posix(), stream, partial(_opened, path))


def _in_zip(place: Path) -> Iterator[Candidate]:
    with zipfile.ZipFile(place) as archive:
        _refuse_many(place, len(archive.infolist()))
        for member in archive.infolist():
            if member.is_dir() or not member.filename.lower().endswith(_SUFFIXES) or member.flag_bits & 1:
                continue
            if member.file_size <= _LARGEST:
                with archive.open(member) as stream:
                    yield _candidate(member.filename, stream, partial(_member, place, member))


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


@contextmanager
def _member(place: Path, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(place) as archive, archive.open(member) as stream:
        yield stream


def _refuse_many(place: Path, count: int) -> None:
    if count > _MOST:
        raise SpecsError(
            f"{place}: more than {_MOST} files", remedy="point at the folder with the specification"
        )


def _candidate(
    path: str, stream: IO[bytes], opened: Callable[[], AbstractContextManager[IO[bytes]]]
) -> Candidate:
    return Candidate(path=path, sha256=hashlib.sha256(_bounded(stream, path)).hexdigest(), opened=opened)


def _bounded(stream: IO[bytes], path: str) -> bytes:
    # What a zip says of its sizes need not be true.
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SpecsError(f"{path}: more than {_LARGEST} bytes")
    return data
