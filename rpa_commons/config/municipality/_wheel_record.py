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
from collections.abc import Iterator

__all__ = ["record_problems"]

_LARGEST_RECORD = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_STRONG_ENOUGH = frozenset({"sha256", "sha384", "sha512"})
_COLUMNS = 3  # path, digest, size


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
        rows = list(csv.reader(io.StringIO(archive.read(own).decode(), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        yield "its RECORD cannot be read"
        return
    recorded = {row[0]: row[1] for row in rows if len(row) == _COLUMNS}
    if len(recorded) != len(rows):
        yield "its RECORD has a row twice or of the wrong length"
    for name in sorted(recorded.keys() - members):
        yield f"RECORD names {name!r}, which is not in the wheel"
    for name in sorted(members - {own, f"{own}.jws", f"{own}.p7s"}):
        if name not in recorded:
            yield f"{name!r} is in the wheel and not in RECORD"
        elif not _agrees(archive, name, recorded[name]):
            yield f"{name!r} is not the file that RECORD has the hash of"


def _agrees(archive: zipfile.ZipFile, name: str, recorded: str) -> bool:
    algorithm, _, expected = recorded.partition("=")
    if algorithm not in _STRONG_ENOUGH:
        return False
    digest = hashlib.new(algorithm)
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    try:
        return digest.digest() == base64.urlsafe_b64decode(expected + "=" * (-len(expected) % 4))
    except ValueError:  # no base64
        return False
