"""A large file is compared by a hash that nobody can forge."""

import itertools
import zipfile
import zlib
from pathlib import Path

import pytest

from rpa_registry.curation import _code_diff
from rpa_registry.curation._code_diff import code_diff


def two_with_one_checksum() -> tuple[bytes, bytes]:
    """Two contents of one size that have the same CRC-32."""
    seen: dict[int, bytes] = {}
    for number in itertools.count():
        content = b"%020d" % (number * 2_654_435_761)
        other = seen.setdefault(zlib.crc32(content), content)
        if other != content:
            return other, content
    raise AssertionError  # there are 2**32 checksums


def wheel(folder: Path, name: str, content: bytes) -> Path:
    """An archive with one large member."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bot/model.bin", content)
    return path


def test_files_with_the_same_checksum_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reviewer sees that a large file is another one, with size and SHA-256 of both."""
    monkeypatch.setattr(_code_diff, "_LARGEST_READ", 10)
    one, other = two_with_one_checksum()
    assert (zlib.crc32(one), len(one)) == (zlib.crc32(other), len(other))

    found = code_diff(wheel(tmp_path, "a.whl", one), wheel(tmp_path, "b.whl", other))
    same = code_diff(wheel(tmp_path, "c.whl", one), wheel(tmp_path, "d.whl", one))

    assert [(change.name, change.kind) for change in found.files] == [("bot/model.bin", "changed")]
    assert found.files[0].text.count("20 bytes, SHA-256 ") == 2
    assert same.files == ()
