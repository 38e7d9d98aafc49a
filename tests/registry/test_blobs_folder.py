"""The folder of wheels: whole or not at all, under their hash, never elsewhere."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from rpa_registry.blobs import FolderBlobStore, sweep_folder
from rpa_registry.errors import StorageError

NAME = "welcome_letters-1.0.0-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Some bytes."""
    path = tmp_path / "upload.tmp"
    path.write_bytes(b"wheel" * 1000)
    return path


@pytest.fixture
def store(tmp_path: Path) -> FolderBlobStore:
    """An empty store."""
    return FolderBlobStore(tmp_path / "files")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _left(store: FolderBlobStore) -> list[str]:
    return [path.name for path in store.folder.rglob("*") if path.is_file()]


def test_a_wheel_lies_under_its_hash_with_its_metadata(store: FolderBlobStore, wheel: Path) -> None:
    """As nginx would serve it; others may read it; nothing else is left."""
    sha256 = _sha256(wheel)
    store.put(wheel, sha256, NAME, b"Name: x\n")
    store.put(wheel, sha256, NAME, b"Name: x\n")
    path = store.path(sha256, NAME)

    assert store.folder / sha256[:2] / sha256 / NAME == path
    assert wheel.read_bytes() == path.read_bytes()
    assert b"Name: x\n" == path.with_name(f"{NAME}.metadata").read_bytes()
    assert [(sha256, NAME)] == list(store.names())
    assert sorted([NAME, f"{NAME}.metadata"]) == sorted(_left(store))
    if os.name == "posix":
        assert 0o644 == path.stat().st_mode & 0o777


def test_other_bytes_than_promised_are_not_kept(store: FolderBlobStore, wheel: Path) -> None:
    """The hash is taken of what was written."""
    with pytest.raises(StorageError, match="nothing was changed"):
        store.put(wheel, "0" * 64, NAME, b"")

    assert [] == list(store.names())


@pytest.mark.parametrize(
    "name", ["../x.whl", "a/b.whl", "a\\b.whl", ".whl", "x.tar.gz", "x.whl\n", "-x.whl", ""]
)
def test_a_name_that_leads_elsewhere_is_no_name(store: FolderBlobStore, name: str) -> None:
    """Whatever asks for a path gets one inside the folder, or an error."""
    with pytest.raises(ValueError, match="no wheel's file name"):
        store.path("0" * 64, name)


@pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, "../" + "0" * 61, "A" * 64])
def test_what_is_no_hash_is_no_place(store: FolderBlobStore, sha256: str) -> None:
    """Only the 64 small hexadecimal digits."""
    with pytest.raises(ValueError, match="is no SHA-256"):
        store.path(sha256, NAME)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing(
    store: FolderBlobStore, wheel: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """One error that says what to do; no half file stays, and it works when there is room again."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if call == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match="No space left on device; nothing was changed"):
            store.put(wheel, _sha256(wheel), NAME, b"x")

    assert [] == list(store.names())
    store.put(wheel, _sha256(wheel), NAME, b"x")
    assert [(_sha256(wheel), NAME)] == list(store.names())


def test_removing_takes_the_folder_along(store: FolderBlobStore, wheel: Path) -> None:
    """And removing nothing is no error."""
    sha256 = _sha256(wheel)
    store.put(wheel, sha256, NAME, b"x")
    store.remove(sha256, NAME)
    store.remove(sha256, NAME)

    assert [] == _left(store)
    assert not store.path(sha256, NAME).parent.exists()


def test_what_a_crash_left_is_swept_a_day_later(store: FolderBlobStore) -> None:
    """A running upload of today stays."""
    store.incoming.mkdir(parents=True)
    old, new = store.incoming / "old", store.incoming / "new"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (1, 1))

    assert 1 == sweep_folder(store.incoming)
    assert [new] == list(store.incoming.iterdir())
    assert 0 == sweep_folder(store.folder / "nothing")
