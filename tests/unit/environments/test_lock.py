"""``rpac.lock``: equal contents, equal bytes; a changed file is noticed."""

import os
import tomllib
from pathlib import Path

import pytest

from rpa_commons.environments import LockMismatchError, NotInstalledError
from rpa_commons.environments._lock import LockedPackage, LockEntry, LockFile, read_lock, write_lock

ENTRY = LockEntry(
    name="quiet-bot",
    version="1.2.0",
    wheel="quiet_bot-1.2.0-py3-none-any.whl",
    sha256="a" * 64,
    manifest_sha256="b" * 64,
    python="3.11",
    packages=(
        LockedPackage(
            name="click",
            version="8.1.8",
            hashes=(
                "sha256:c100000000000000000000000000000000000000000000000000000000000000",
                "sha256:c200000000000000000000000000000000000000000000000000000000000000",
            ),
        ),
        LockedPackage(
            name="colorama",
            version="0.4.6",
            marker='sys_platform == "win32"',
            hashes=("sha256:d100000000000000000000000000000000000000000000000000000000000000",),
        ),
        LockedPackage(
            name="rpa-commons",
            version="0.1.0",
            file="rpa_commons-0.1.0-py3-none-any.whl",
            hashes=("sha256:e100000000000000000000000000000000000000000000000000000000000000",),
        ),
    ),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Markers, files and hashes survive the way through the file."""
    lock = LockFile().replacing(ENTRY)

    write_lock(tmp_path, lock)

    assert read_lock(tmp_path) == lock


def test_bots_are_sorted_so_that_merges_are_small(tmp_path: Path) -> None:
    """Two municipality branches that install two bots write the same file in the end."""
    other = ENTRY.model_copy(update={"name": "another-bot"})
    write_lock(tmp_path, LockFile().replacing(ENTRY).replacing(other))
    first = (tmp_path / "rpac.lock").read_bytes()

    write_lock(tmp_path, LockFile().replacing(other).replacing(ENTRY))

    assert first == (tmp_path / "rpac.lock").read_bytes()


def test_a_new_version_replaces_the_old_one() -> None:
    """A bot has one entry."""
    newer = ENTRY.model_copy(update={"version": "1.3.0"})

    lock = LockFile().replacing(ENTRY).replacing(newer)

    assert lock.entries == (newer,)


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    """A repeated installation leaves the file, and so version control, alone."""
    lock = LockFile().replacing(ENTRY)

    assert write_lock(tmp_path, lock) is True
    assert write_lock(tmp_path, lock) is False


def test_the_file_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    """The lock is under version control and read on other machines."""
    write_lock(tmp_path, LockFile().replacing(ENTRY))

    assert str(tmp_path) not in (tmp_path / "rpac.lock").read_text(encoding="utf-8")


def test_a_municipality_without_a_lock_has_no_bots(tmp_path: Path) -> None:
    """Before the first installation there is no file, which is no error."""
    assert read_lock(tmp_path) == LockFile()


def test_a_bot_that_is_not_locked_is_not_installed() -> None:
    """The remedy is the command that installs it."""
    with pytest.raises(NotInstalledError) as caught:
        LockFile().entry("quiet-bot")

    assert caught.value.remedy == "`rpac install WHEEL` installs it"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "8.1.8"', 'version = "8.1.7"'),
        (
            "sha256:d100000000000000000000000000000000000000000000000000000000000000",
            "sha256:d200000000000000000000000000000000000000000000000000000000000000",
        ),
        ("a" * 64, "f" * 64),
    ],
)
def test_an_edited_entry_is_noticed(tmp_path: Path, before: str, after: str) -> None:
    """Whoever wants another version installs it; an edit of the file is refused."""
    write_lock(tmp_path, LockFile().replacing(ENTRY))
    path = tmp_path / "rpac.lock"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")

    with pytest.raises(LockMismatchError, match="the entry of quiet-bot was changed by hand"):
        read_lock(tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<<<<<<< HEAD\n", "cannot be read"),
        ("lock_version = 5\n", "lock_version: Input should be 1, 2, 3 or 4"),
        ('lock_version = 1\n[[bot]]\nname = "x"\n', "Field required"),
        ("lock_version = 1\nextra = true\n", "Extra inputs are not permitted"),
        ("\xff", "cannot be read"),
    ],
)
def test_an_unreadable_lock_says_how_to_get_a_good_one(tmp_path: Path, text: str, problem: str) -> None:
    """A merge conflict or a newer format is a message with a way out."""
    (tmp_path / "rpac.lock").write_text(text, encoding="latin-1")

    with pytest.raises(LockMismatchError, match=problem) as caught:
        read_lock(tmp_path)

    assert "restore the file from version control" in caught.value.remedy


@pytest.mark.parametrize("file", ["../../evil.whl", "/tmp/evil.whl", "a\\b.whl", "evil"])  # noqa: S108 - refused
def test_a_lock_cannot_name_a_file_elsewhere(tmp_path: Path, file: str) -> None:
    """A lock from a stranger must not make us read or install a file outside the store."""
    write_lock(tmp_path, LockFile().replacing(ENTRY.model_copy(update={"wheel": file})))

    with pytest.raises(LockMismatchError, match="String should match pattern"):
        read_lock(tmp_path)


def test_the_file_is_the_documented_toml(tmp_path: Path) -> None:
    """Any TOML reader sees the tables that docs/reference/lock-file.md describes."""
    write_lock(tmp_path, LockFile().replacing(ENTRY))

    document = tomllib.loads((tmp_path / "rpac.lock").read_text(encoding="utf-8"))

    assert document["lock_version"] == 2
    assert [bot["name"] for bot in document["bot"]] == ["quiet-bot"]
    assert document["bot"][0]["digest"] == ENTRY.digest
    assert document["bot"][0]["packages"][1]["marker"] == 'sys_platform == "win32"'


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "# \n" * 3_000_000, "a = 1\na = 2\n"])
def test_a_lock_that_nobody_can_read_is_said_in_words(tmp_path: Path, text: str) -> None:
    """Nested without end, far too long, or no TOML."""
    (tmp_path / "rpac.lock").write_text(text, encoding="utf-8")

    with pytest.raises(LockMismatchError) as caught:
        read_lock(tmp_path)
    assert "restore the file" in caught.value.remedy


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes in folders")
def test_a_pipe_in_the_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    """Reading it would never end."""
    os.mkfifo(tmp_path / "rpac.lock")

    with pytest.raises(LockMismatchError, match="no regular file"):
        read_lock(tmp_path)
