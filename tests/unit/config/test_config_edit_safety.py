"""Changing a file while others do, when the disk is full, and with values that mean harm."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import ConfigError, FileNotWrittenError, awaiting_in, confirm
from rpa_commons.config.instances import _edit_lock as locking
from rpa_commons.config.instances._edit_lock import _own_folder, changing
from rpa_commons.editing import EditRequest, EditTools, edit, editor_schemas, write_editor_schemas
from rpa_commons.editing._edit_diff import redacted_diff
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"


class FreeSettings(BotSettings):
    """Settings that take any text."""

    contact: str = Field(description="Who is asked.", personal=True)
    words: dict[str, Any] = Field({}, description="Anything.")
    limit: int = Field(300, description="The highest amount.", unit="DKK", sensitive=True)


@pytest.fixture
def free(town: "Town") -> "Town":
    """The town with a bot that takes anything."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": FreeSettings.model_json_schema()})
    return town


def _edit(town: "Town", key: str, value: str, **rest: Any) -> Any:
    tools = EditTools(lambda _: town.manifest_of, town.connectors)
    return edit(EditRequest(town.folder, key, "welcome-letters", value, **rest), tools, write=True)


def _content(town: "Town") -> bytes:
    return (town.folder / INSTANCE).read_bytes()


def _state(town: "Town") -> Path:
    return town.open().state_dir


@pytest.mark.skipif(os.name != "posix", reason="on Windows a file inherits its rights from the folder")
def test_the_second_person_may_take_the_lock_that_the_first_has_made(town: "Town") -> None:
    """Two people have two logins: whoever may write in the folder of state may take the lock in it."""
    old = os.umask(0o077)
    try:
        with changing(town.folder):
            pass
    finally:
        os.umask(old)

    assert 0o666 == stat.S_IMODE((_state(town) / "config.lock").stat().st_mode)


def test_a_lock_that_cannot_be_had_is_said(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """As an error of ours that names the file; nothing was written."""

    def refuse(_: object, *__: object, **___: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    before = _content(town)
    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    with pytest.raises(FileNotWrittenError) as caught:
        _edit(town, "window_days", "20")

    assert "config.lock cannot be had: Permission denied" in caught.value.message
    assert before == _content(town)


def test_the_lock_is_free_again_when_the_change_fails(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command does not wait for one that was refused, though its error is still looked at."""
    monkeypatch.setattr(locking, "_PATIENCE", 0)
    with pytest.raises(ConfigError) as caught:
        _edit(town, "window_days", "2000")

    assert caught.value.__traceback__
    assert _edit(town, "window_days", "20").is_written


def test_a_broken_municipality_is_locked_in_the_user_s_own_folder(
    town: "Town", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command may be what mends it, and one at a time does; nobody else can put a file there first."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(locking, "_own_folder", _own_folder)  # not the one of the tests
    monkeypatch.setattr("tempfile.gettempdir", lambda: pytest.fail("a folder that everybody may write to"))
    town.write("municipality.toml", "name = \n")
    with changing(town.folder):
        [lock] = (tmp_path / "cache" / "locks").glob("*.lock")
        monkeypatch.setattr(locking, "_PATIENCE", 0)
        with pytest.raises(FileNotWrittenError), changing(town.folder):
            pytest.fail("two at once")

    assert lock.stem.isalnum()


WRITER = """
import sys, time
from pathlib import Path
from rpa_commons.config.instances._edit_lock import _own_folder, changing
from rpa_commons.editing._toml_edit import with_value
from rpa_commons.config.documents._write import replace_text
folder, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
file = folder / "stack.toml"
for number in range(times):
    with changing(folder):
        replace_text(file, with_value(file.read_text(), ("A", f"{name}{number}"), number))
"""


def test_two_commands_at_once_lose_nothing(town: "Town") -> None:
    """What each has written is there at the end."""
    town.write("stack.toml", "# ours\n[A]\n")
    arguments = [sys.executable, "-c", WRITER, str(town.folder)]
    both = [subprocess.Popen([*arguments, name, "20"]) for name in ("one", "two")]

    assert [0, 0] == [process.wait(60) for process in both]

    written = tomllib.loads((town.folder / "stack.toml").read_text())["A"]
    assert {f"{name}{number}" for name in ("one", "two") for number in range(20)} == written.keys()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_a_killed_command_leaves_a_whole_file_and_no_lock(town: "Town") -> None:
    """The file is one that some command had finished; the next command writes at once."""
    for pause in (0.0, 0.02, 0.05):
        town.write("stack.toml", "# ours\n[A]\n")
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(town.folder), "n", "5000"])
        while "n0" not in (town.folder / "stack.toml").read_text():
            time.sleep(0.01)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()

        written = tomllib.loads((town.folder / "stack.toml").read_text())["A"]
        assert [f"n{number}" for number in range(len(written))] == list(written)
        with changing(town.folder):
            pass


def test_a_full_disk_leaves_file_and_record_as_they_were(
    free: "Town", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is left behind, and nobody is on record for what is not there."""

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = _content(free)
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(FileNotWrittenError) as caught:
        _edit(free, "limit", "400", person="anna")

    assert "No space left" in caught.value.message
    assert before == _content(free)
    assert not (free.folder / "confirmations.toml").exists()
    assert [] == list(free.folder.rglob("*.part"))


def test_a_record_that_cannot_be_written_is_told(free: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The change stands, and production waits for two people, since nobody is on record."""
    calls: list[int] = []

    def refuse_the_second(_: int) -> None:
        calls.append(1)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse_the_second)
    change = _edit(free, "limit", "400", person="anna")
    monkeypatch.undo()

    assert change.is_written
    assert any("nobody is on record for this change" in note for note in change.notes)
    [one] = awaiting_in(free.open("production"), free.manifest_of, connectors=free.connectors)
    assert "two people" == one.needed


def test_two_who_confirm_at_once_are_two(free: "Town") -> None:
    """Both looked while nobody vouched: the first becomes the first person, the other one the second."""
    town = free
    town.write(INSTANCE, _content(town).decode() + "limit = 400\n")
    seen = awaiting_in(town.open("production"), town.manifest_of, connectors=town.connectors)
    now = datetime(2026, 11, 2, tzinfo=UTC)
    first = confirm(town.open("production"), seen, person="anna", now=now)
    second = confirm(town.open("production"), seen, person="bo", now=now)

    assert [False, True] == [one.is_complete for one in (*first, *second)]
    assert () == awaiting_in(town.open("production"), town.manifest_of, connectors=town.connectors)


def test_one_who_confirms_twice_from_an_old_look_is_one(free: "Town") -> None:
    """What was looked at before one's own vouching does not make a second person."""
    town = free
    town.write(INSTANCE, _content(town).decode() + "limit = 400\n")
    seen = awaiting_in(town.open("production"), town.manifest_of, connectors=town.connectors)
    now = datetime(2026, 11, 2, tzinfo=UTC)
    confirm(town.open("production"), seen, person="anna", now=now)
    with pytest.raises(RpaCommonsError) as caught:
        confirm(town.open("production"), seen, person=" ANNA", now=now)

    assert 5 == caught.value.exit_code


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param("x" * 1_100_000, "a configuration file may have 1 MiB", id="large"),
        pytest.param("{a=" * 40 + "1" + "}" * 40, "more than 32 levels deep", id="deep"),
    ],
)
def test_a_value_that_would_make_the_file_unreadable_is_refused(free: "Town", value: str, said: str) -> None:
    """The limits of reading hold before writing: else the next command could read nothing any more."""
    before = _content(free)
    with pytest.raises(ConfigError) as caught:
        _edit(free, "words.a", value)

    assert said in caught.value.findings[0].message
    assert before == _content(free)


@pytest.mark.parametrize("key", ["words.\udcff", 'words."\udc80 a"', "\ud800"])
def test_a_key_that_no_file_can_hold_is_no_key(free: "Town", key: str) -> None:
    """As a terminal in another encoding gives it; the message can be printed."""
    with pytest.raises(RpaCommonsError) as caught:
        _edit(free, key, "x")

    assert (2, "this is no key") == (caught.value.exit_code, caught.value.message[-len("this is no key") :])
    caught.value.message.encode()


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_a_diff_counts_lines_as_toml_does(sign: str) -> None:
    """A sign at which Python would break a line does not put another line's text into the diff."""
    before = (
        f'a = "x" # one{sign}two\nb = 1\nc = 2\n' if sign in "\u2028\u2029\x85" else 'a = "x"\nb = 1\nc = 2\n'
    )
    after = before.replace("c = 2", "c = 3")
    shown = redacted_diff("f", before, after, lambda _: False, lambda _: False).split("\n")

    assert ["-c = 2", "+c = 3"] == [line for line in shown if line[0] in "+-" and line[1:2] not in "+-"]
    assert "@@ -1,3 +1,3 @@" in shown
    assert 4 == len([line for line in shown if line[0] == " " or line in {"-c = 2", "+c = 3"}])


def test_writing_schemas_waits_for_a_change(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line of a file is not written over what another command writes below it."""
    municipality = town.open()
    schemas, _ = editor_schemas(municipality, town.manifest_of, connectors=town.connectors)
    monkeypatch.setattr(locking, "_PATIENCE", 0)
    with changing(town.folder), pytest.raises(FileNotWrittenError, match="another command"):
        write_editor_schemas(municipality, schemas)

    assert not (town.folder / ".rpac").exists()
