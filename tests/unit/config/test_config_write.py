import os
import stat
import sys
import time
from pathlib import Path

import pytest

from rpa_commons.config import FileNotWrittenError, replace_text
from rpa_commons.config.documents import replace_file
from rpa_commons.environments._lock import LockFile, write_lock

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX's")


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    """UTF-8, and the line ends of the text; folders on the way are made."""
    path = tmp_path / "a" / "b.toml"
    replace_text(path, "é = 1\r\nb = 2\n")

    assert "é = 1\r\nb = 2\n".encode() == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


@posix
def test_a_file_keeps_who_may_read_it(tmp_path: Path) -> None:
    """Also for the moment in which the new text lies beside the old one."""
    path = tmp_path / "a.toml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    replace_text(path, "new")

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file it leads to is written."""
    real = tmp_path / "real.toml"
    real.write_text("old", encoding="utf-8")
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    replace_text(link, "new")

    assert link.is_symlink()
    assert "new" == real.read_text(encoding="utf-8")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whichever step fails: the old text stays, and nothing lies beside it."""
    path = tmp_path / "a.toml"
    path.write_text("old", encoding="utf-8")

    def fails(*words: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fails)  # type: ignore[arg-type]
    with pytest.raises(FileNotWrittenError) as caught:
        replace_text(path, "new")

    assert "old" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())
    assert "Read-only file system; nothing was changed" in caught.value.message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The system's own reason is said."""
    with pytest.raises(FileNotWrittenError):
        replace_text(tmp_path, "new")


def test_text_that_utf_8_cannot_hold_is_refused(tmp_path: Path) -> None:
    """Half a character is no text."""
    with pytest.raises(FileNotWrittenError):
        replace_text(tmp_path / "a.toml", "\ud800")

    assert [] == list(tmp_path.iterdir())


def test_other_files_are_written_the_same_way_with_the_systems_own_error(tmp_path: Path) -> None:
    """Whoever keeps no configuration in them says in their own words what a full disk means."""
    path = tmp_path / "a" / "rpac.lock"
    replace_file(path, "lock_version = 2\n")
    with pytest.raises(OSError, match=r"directory|denied"):
        replace_file(tmp_path, "new")

    assert "lock_version = 2\n" == path.read_text(encoding="utf-8")
    assert [path.parent] == list(tmp_path.iterdir())


def _old_part(path: Path) -> Path:
    """What a process left an hour and more ago that was killed while it wrote the file."""
    part = path.with_name(f".{path.name}.{'0a' * 16}.part")
    part.write_text("half", encoding="utf-8")
    long_ago = time.time() - 4000
    os.utime(part, (long_ago, long_ago))
    return part


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """Only what is old and of the same file: another process may be writing just now."""
    path = tmp_path / "a[1].toml"
    _old_part(path)
    young = path.with_name(f".{path.name}.{'1b' * 16}.part")
    young.write_text("half", encoding="utf-8")
    other = _old_part(tmp_path / "b.toml")
    replace_text(path, "new")

    assert sorted([path, young, other]) == sorted(tmp_path.iterdir())


def test_what_was_left_beside_the_lock_is_removed(tmp_path: Path) -> None:
    """The next installation that changes the lock removes it."""
    left = _old_part(tmp_path / "rpac.lock")

    assert write_lock(tmp_path, LockFile())
    assert not left.exists()


@posix
def test_what_cannot_be_removed_hinders_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written all the same."""
    path = tmp_path / "a.toml"
    left = _old_part(path)
    real = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self == left:
            raise PermissionError(1, "Operation not permitted")
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    replace_text(path, "new")

    assert "new" == path.read_text(encoding="utf-8")
    assert left.exists()
