"""Kept wheels, and what the runtime is told about a bot and an instance."""

import json
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.environments import (
    InstanceFileError,
    LockMismatchError,
    NotInstalledError,
    locked,
    locked_bots,
    python_of,
)
from rpa_commons.environments._lock import LockedPackage, LockEntry, LockFile, write_lock
from rpa_commons.environments._store import WheelStore
from rpa_commons.environments._venv import Environment, interpreter_in
from rpa_commons.manifest import Manifest, wheel_sha256

ID = "0b6f0c1e-0000-4000-8000-000000000001"


@pytest.fixture
def entry(municipality: Any, make_wheel: Any, manifest: Manifest) -> LockEntry:
    """A bot in the lock whose wheel is kept."""
    wheel = make_wheel()
    sha256 = wheel_sha256(wheel)
    WheelStore(municipality.state_dir).keep(wheel, sha256)
    made = LockEntry(
        name="quiet-bot",
        version="1.2.0",
        wheel=wheel.name,
        sha256=sha256,
        manifest_sha256=manifest.digest,
        python="3.11",
        packages=(
            LockedPackage(
                name="click",
                version="8.1.8",
                hashes=("sha256:c100000000000000000000000000000000000000000000000000000000000000",),
            ),
        ),
    )
    write_lock(municipality.folder, LockFile().replacing(made))
    return made


def make_instance(municipality: Any, text: str = f'bot = "quiet-bot"\nid = "{ID}"\n') -> None:
    """Write the file of the instance ``quiet``."""
    (municipality.folder / "bots" / "quiet.toml").write_text(text, encoding="utf-8")


def make_environment(municipality: Any, entry: LockEntry) -> Environment:
    """An environment that looks finished."""
    environment = Environment(municipality.state_dir, ID, entry)
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text("", encoding="utf-8")
    environment.finish()
    return environment


def test_a_locked_bot_is_its_kept_wheel_and_manifest(
    municipality: Any, entry: LockEntry, manifest: Manifest
) -> None:
    """The host reads everything from the wheel and imports nothing."""
    bot = locked(municipality, "quiet-bot")

    assert (bot.name, bot.version, bot.sha256) == ("quiet-bot", "1.2.0", entry.sha256)
    assert bot.manifest == manifest
    assert wheel_sha256(bot.wheel) == entry.sha256
    assert locked_bots(municipality) == ("quiet-bot",)


def test_a_wheel_that_changed_on_disk_is_refused(municipality: Any, entry: LockEntry) -> None:
    """Somebody who can write to the store cannot slip in another wheel unnoticed."""
    place = WheelStore(municipality.state_dir).place(entry.wheel, entry.sha256)
    place.write_bytes(place.read_bytes() + b"x")

    with pytest.raises(LockMismatchError, match=r"is not the one in rpac\.lock"):
        locked(municipality, "quiet-bot")


def test_a_wheel_that_is_gone_says_where_to_get_it(municipality: Any, entry: LockEntry) -> None:
    """After a move to another machine the lock is there and the wheel is not."""
    WheelStore(municipality.state_dir).place(entry.wheel, entry.sha256).unlink()

    with pytest.raises(LockMismatchError) as caught:
        locked(municipality, "quiet-bot")

    assert "--find-links" in caught.value.remedy
    assert entry.wheel in caught.value.remedy


def test_a_lock_with_another_manifest_is_refused(municipality: Any, entry: LockEntry) -> None:
    """The manifest's digest in the lock is what was agreed to when the bot was installed."""
    other = entry.model_copy(update={"manifest_sha256": "0" * 64})
    write_lock(municipality.folder, LockFile().replacing(other))

    with pytest.raises(LockMismatchError, match=r"its manifest is not the one in rpac\.lock"):
        locked(municipality, "quiet-bot")


def test_a_wheel_that_changes_while_it_is_kept_is_not_kept(municipality: Any, make_wheel: Any) -> None:
    """What was checked is what is kept, or nothing is."""
    wheel = make_wheel()
    store = WheelStore(municipality.state_dir)

    with pytest.raises(LockMismatchError, match="changed while it was installed"):
        store.keep(wheel, "0" * 64)

    assert [path for path in municipality.state_dir.rglob("*") if path.is_file()] == []


def test_pruning_keeps_what_a_lock_names(municipality: Any, entry: LockEntry, tmp_path: Path) -> None:
    """Wheels of no lock, and the rest of an interrupted copy, go."""
    store = WheelStore(municipality.state_dir)
    stray = store.place("other-1-py3-none-any.whl", "f" * 64)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"")
    half = store.place(f"{entry.wheel}.77.part", entry.sha256)
    half.write_bytes(b"")

    store.prune(LockFile().replacing(entry))

    assert [path for path in municipality.state_dir.rglob("*") if path.is_file()] == [
        store.place(entry.wheel, entry.sha256)
    ]


def test_requirements_carry_hashes_and_markers(municipality: Any, entry: LockEntry) -> None:
    """Nothing is installed that the lock has no hash of."""
    marked = entry.model_copy(
        update={
            "packages": (
                LockedPackage(
                    name="colorama",
                    version="0.4.6",
                    marker='sys_platform == "win32"',
                    hashes=("sha256:d100000000000000000000000000000000000000000000000000000000000000",),
                ),
            )
        }
    )
    store = WheelStore(municipality.state_dir)
    place = store.place(entry.wheel, entry.sha256).as_uri()

    assert store.requirements(marked) == (
        f"quiet-bot @ {place} --hash=sha256:{entry.sha256}\n"
        f'colorama==0.4.6 ; sys_platform == "win32" --hash=sha256:{"d1":0<64}\n'
    )


def test_an_instance_runs_on_its_own_interpreter(municipality: Any, entry: LockEntry) -> None:
    """The interpreter is the one of the environment named by the instance's id and the lock."""
    make_instance(municipality)
    environment = make_environment(municipality, entry)

    python = python_of(municipality, "quiet")

    assert python == interpreter_in(environment.folder)
    assert ID in str(python)


def test_an_environment_without_its_marker_does_not_count(municipality: Any, entry: LockEntry) -> None:
    """A kill in the middle of an installation leaves a folder without a marker."""
    make_instance(municipality)
    environment = make_environment(municipality, entry)
    (environment.folder / "rpac-environment.json").unlink()

    with pytest.raises(NotInstalledError) as caught:
        python_of(municipality, "quiet")

    assert caught.value.instance == "quiet"
    assert "rpac install" in caught.value.remedy


def test_an_environment_without_its_interpreter_does_not_count(municipality: Any, entry: LockEntry) -> None:
    """The Python that it was made with may have been removed from the machine."""
    make_instance(municipality)
    make_environment(municipality, entry).python.unlink()

    with pytest.raises(NotInstalledError):
        python_of(municipality, "quiet")


def test_an_environment_of_another_lock_does_not_count(municipality: Any, entry: LockEntry) -> None:
    """After ``git pull`` of a new lock the old environment is stale."""
    make_instance(municipality)
    make_environment(municipality, entry)
    newer = entry.model_copy(update={"python": "3.10"})
    write_lock(municipality.folder, LockFile().replacing(newer))

    with pytest.raises(NotInstalledError):
        python_of(municipality, "quiet")


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"digest": "0"})])
def test_a_broken_marker_does_not_count(municipality: Any, entry: LockEntry, text: str) -> None:
    """Half a marker, or one of something else, is none."""
    environment = make_environment(municipality, entry)
    (environment.folder / "rpac-environment.json").write_text(text, encoding="utf-8")

    assert environment.complete() is False


def test_the_newest_older_environment_stays_for_running_workers(municipality: Any, entry: LockEntry) -> None:
    """A worker that was started before an upgrade still finds its files."""
    import os

    folders = []
    for number, python in enumerate(("3.8", "3.9", "3.10", "3.11")):
        environment = make_environment(municipality, entry.model_copy(update={"python": python}))
        os.utime(environment.folder, (number, number))
        folders.append(environment.folder)

    environment.prune()

    assert [folder.exists() for folder in folders] == [False, False, True, True]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("bot = 'quiet-bot'\n", "it has no id"),
        ("bot = 'quiet-bot'\nid = '../../x'\n", "it has no id, or one that is no UUID"),
        (f'id = "{ID}"\n', "does not say which bot"),
        ("bot = [", "cannot be read"),
    ],
)
def test_an_instance_file_without_bot_or_id_says_what_to_write(
    municipality: Any, entry: LockEntry, text: str, problem: str
) -> None:
    """The id becomes a folder's name, so nothing but a UUID passes."""
    make_instance(municipality, text)

    with pytest.raises(InstanceFileError, match=problem):
        python_of(municipality, "quiet")


def test_an_unknown_instance_names_those_there_are(municipality: Any, entry: LockEntry) -> None:
    """A misspelt name is answered with the right ones."""
    make_instance(municipality)

    with pytest.raises(InstanceFileError) as caught:
        python_of(municipality, "quite")

    assert caught.value.remedy == "instances here: quiet"
