"""A wheel's RECORD: every file of the wheel with its digest, compared with what is in the wheel.

Rules this module keeps: each file but RECORD itself and its signatures must be named with a strong digest;
sizes are checked before something is read. It finds a wheel that was cut, or packed again after somebody
changed a file in it; who built a wheel it does not say. Source: PyPA specification "Recording installed
projects", and the binary distribution format.

Usage::

    with zipfile.ZipFile(wheel) as archive:
        list(record_problems(archive, "digit_baseline-2026.1.dist-info"))  # nothing is wrong: []
"""

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

__all__ = ["BrokenRecordError", "Record", "read_record", "record_problems"]

_LARGEST_RECORD = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_STRONG_ENOUGH = frozenset({"sha256", "sha384", "sha512"})
_COLUMNS = 3  # path, digest, size


class BrokenRecordError(Exception):
    """A RECORD is no table of three columns."""


@dataclass(frozen=True)
class Record:
    """What RECORD says.

    Attributes:
        rows: Path -> its digest and size, as they are written.
        has_strange_rows: Whether a row was there twice or of the wrong length.
    """

    rows: Mapping[str, tuple[str, str]]
    has_strange_rows: bool

    def algorithm(self, name: str) -> str:
        """The hash that a file is recorded with; SHA-256 where that is not one to rely on."""
        algorithm = self.rows.get(name, ("", ""))[0].partition("=")[0]
        return algorithm if algorithm in _STRONG_ENOUGH else "sha256"

    def agrees(self, name: str, digest: bytes, size: int) -> bool:
        """Whether a file is the recorded one.

        Args:
            name: Its path.
            digest: By :meth:`algorithm`.
            size: Bytes of the file.
        """
        recorded, recorded_size = self.rows[name]
        algorithm, _, expected = recorded.partition("=")
        if algorithm not in _STRONG_ENOUGH or (recorded_size and recorded_size != str(size)):
            return False
        try:
            return digest == base64.urlsafe_b64decode(expected + "=" * (-len(expected) % 4))
        except ValueError:  # no base64
            return False

    def shape_problems(self, info: str, members: Iterable[str]) -> Iterator[str]:
        """What is wrong before any digest is compared, one sentence each.

        Args:
            info: The wheel's folder of metadata.
            members: Every file of the wheel.
        """
        there = set(members)
        if self.has_strange_rows:
            yield "its RECORD has a row twice or of the wrong length"
        for name in sorted(self.rows.keys() - there):
            yield f"RECORD names {name!r}, which is not in the wheel"
        for name in sorted(there - self.rows.keys() - unrecorded(info)):
            yield f"{name!r} is in the wheel and not in RECORD"


def unrecorded(info: str) -> frozenset[str]:
    """The files that RECORD cannot have the hash of: itself and its signatures."""
    own = f"{info}/RECORD"
    return frozenset({own, f"{own}.jws", f"{own}.p7s"})


def read_record(content: bytes) -> Record:
    """The table that RECORD is.

    Raises:
        BrokenRecordError: it is none.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise BrokenRecordError("its RECORD cannot be read") from error
    recorded = {row[0]: (row[1], row[2]) for row in rows if len(row) == _COLUMNS}
    return Record(recorded, len(recorded) != len(rows))


def record_problems(archive: zipfile.ZipFile, info: str) -> Iterator[str]:
    """What RECORD and the wheel do not agree on, one sentence each.

    Args:
        archive: The wheel, its members checked to be safe.
        info: Its metadata folder.

    Raises:
        OSError: a member cannot be read; so do the other errors of :mod:`zipfile`.
    """
    own = f"{info}/RECORD"
    members = {name for name in archive.namelist() if not name.endswith("/")}
    if own not in members:
        yield "it has no RECORD"
        return
    if archive.getinfo(own).file_size > _LARGEST_RECORD:
        yield f"its RECORD is larger than {_LARGEST_RECORD} bytes"
        return
    try:
        record = read_record(archive.read(own))
    except BrokenRecordError as error:
        yield str(error)
        return
    yield from record.shape_problems(info, members)
    for name in sorted(members & record.rows.keys() - unrecorded(info)):
        if not _agrees(archive, name, record):
            yield f"{name!r} is not the file that RECORD has the hash of"


def _agrees(archive: zipfile.ZipFile, name: str, record: Record) -> bool:
    digest = hashlib.new(record.algorithm(name))
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return record.agrees(name, digest.digest(), archive.getinfo(name).file_size)
