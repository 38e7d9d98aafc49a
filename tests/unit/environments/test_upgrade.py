"""An upgrade, from the wheel to the lock; the installation itself is put in from outside."""

import contextlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import pytest

from rpa_commons.config import (
    ConfigError,
    FileNotWrittenError,
    MunicipalityFolder,
    PolicyRefusedError,
    open_municipality,
)
from rpa_commons.config.documents import replace_text
from rpa_commons.config.instances import changing
from rpa_commons.environments import (
    InstalledBot,
    InstallError,
    InstanceFileError,
    NotInstalledError,
    WheelRefusedError,
    carry_out_baseline_upgrade,
    carry_out_upgrade,
    plan_baseline_upgrade,
    prepare_upgrade,
)
from rpa_commons.environments import _upgrade as module
from rpa_commons.environments._lock import LockEntry, LockFile, write_lock
from rpa_commons.environments._store import WheelStore
from rpa_commons.environments._wheels import check_wheel
from rpa_commons.letters import describe_templates
from rpa_commons.manifest import Manifest
from rpa_commons.sdk import Migration, rename
from rpa_commons.upgrades import FileChangedError, PartlyMigratedError, put_back, write_migrated
from rpa_commons.upgrades import _upgrade_write as write

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"
baseline = "../baseline"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1"]
"""
ID = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a1{}"
OLD = {"type": "object", "additionalProperties": False, "properties": {"window_days": {"type": "integer"}}}
NEW = {"type": "object", "additionalProperties": False, "properties": {"days": {"type": "integer"}}}
MOVE = Migration("2.0.0", rename("window_days", "days"), before="window_days = 1", after="days = 1").entry


@pytest.fixture
def wheel_of(make_wheel: Any, manifest: Manifest) -> Callable[..., Path]:
    """Make a wheel of the quiet bot in some version."""

    def make(
        version: str, *, requires: str = "", extra: dict[str, bytes] | None = None, **changes: Any
    ) -> Path:
        made = manifest.model_copy(update={"version": version, **changes})
        metadata = f"Metadata-Version: 2.4\nName: quiet-bot\nVersion: {version}\n"
        path: Path = make_wheel(
            f"quiet_bot-{version}-py3-none-any.whl",
            info=f"quiet_bot-{version}.dist-info",
            metadata=metadata + (f"Requires-Python: {requires}\n" if requires else ""),
            text=made.to_json(),
            extra=extra,
        )
        return path

    return make


@pytest.fixture
def newer(wheel_of: Callable[..., Path]) -> Path:
    """Version 2.0.0: one key is called otherwise."""
    return wheel_of("2.0.0", settings_schema=NEW, migrations=(MOVE,))


@pytest.fixture
def town(tmp_path: Path, wheel_of: Callable[..., Path]) -> MunicipalityFolder:
    """Roskilde with two instances of the quiet bot, version 1.0.0."""
    folder = tmp_path / "roskilde"
    for name in ("roskilde/bots", "baseline/bots", "baseline/profiles/kombit/bots"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "baseline" / "baseline.toml").write_text('name = "DIGIT"\nversion = "1"\n', "utf-8")
    (folder / "municipality.toml").write_text(MUNICIPALITY, "utf-8")
    for number, name in enumerate(("first", "second")):
        settings(folder / "bots" / f"{name}.toml", number)
    opened = open_municipality(folder)
    lock(opened, wheel_of("1.0.0", settings_schema=OLD))
    return opened


def lock(town: MunicipalityFolder, wheel: Path) -> None:
    """Let the lock name a wheel."""
    checked = check_wheel(wheel)
    WheelStore(town.state_dir).keep(wheel, checked.sha256)
    entry = LockEntry(
        name="quiet-bot",
        version=checked.version,
        wheel=wheel.name,
        sha256=checked.sha256,
        manifest_sha256=checked.manifest.digest,
        python="3.11",
    )
    write_lock(town.folder, LockFile(entries=(entry,)))


def settings(path: Path, number: int, line: str = "window_days = 3 # days") -> None:
    """Write an instance's file."""
    path.write_text(f'bot = "quiet-bot"\nid = "{ID.format(number)}"\n[settings]\n{line}\n', "utf-8")


class Installation:
    """Stands in for the installation: what it was asked for, and whether it fails before the lock."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception | None = None, *, late: bool = False
    ) -> None:
        self.wheels: list[Path] = []
        self.error = error
        self.late = late
        monkeypatch.setattr(module, "install", self)

    def __call__(self, _: Any, wheels: list[Path], *, before_lock: Any, **__: Any) -> tuple[InstalledBot]:
        """Install."""
        self.wheels += wheels
        if self.error is not None and self.late:
            before_lock()
        if self.error is not None:
            raise self.error
        before_lock()
        manifest = check_wheel(wheels[0]).manifest
        return (InstalledBot("quiet-bot", manifest.version, "", manifest, ("first", "second"), changed=True),)


def contents(town: MunicipalityFolder) -> list[str]:
    """The two instances' settings lines."""
    paths = (town.folder / "bots" / f"{name}.toml" for name in ("first", "second"))
    return [path.read_text(encoding="utf-8").splitlines()[3] for path in paths]


def test_a_plan_covers_all_instances_and_writes_nothing(town: MunicipalityFolder, newer: Path) -> None:
    """They share one entry of the lock, whichever was named."""
    before = {path: path.read_bytes() for path in town.folder.rglob("*") if path.is_file()}
    plan = prepare_upgrade(town, "second", newer).plan

    assert ("first", "second") == plan.instances
    assert ["bots/first.toml", "bots/second.toml"] == [one.name for one in plan.files]
    assert (("1.0.0", "2.0.0"), ()) == ((plan.before, plan.after), plan.findings)
    assert before == {path: path.read_bytes() for path in town.folder.rglob("*") if path.is_file()}


def test_carrying_it_out_installs_and_rewrites(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files follow when everything else stands."""
    installation, said = Installation(monkeypatch), list[str]()
    bot = carry_out_upgrade(prepare_upgrade(town, "first", newer), progress=said.append)

    assert (bot.version, [newer]) == ("2.0.0", installation.wheels)
    assert ["days = 3 # days"] * 2 == contents(town)
    assert ["rewriting bots/first.toml, bots/second.toml"] == said


def test_a_failed_installation_leaves_the_files_alone(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a network nothing changes, and the old version goes on running."""
    Installation(monkeypatch, InstallError("no network"))

    with pytest.raises(InstallError):
        carry_out_upgrade(prepare_upgrade(town, "first", newer), progress=print)
    assert ["window_days = 3 # days"] * 2 == contents(town)


def test_a_lock_that_cannot_be_written_takes_the_files_back(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the old version goes on running with the old files."""
    Installation(monkeypatch, InstallError("the disk is full"), late=True)

    with pytest.raises(InstallError):
        carry_out_upgrade(prepare_upgrade(town, "first", newer), progress=print)
    assert ["window_days = 3 # days"] * 2 == contents(town)


def test_a_file_that_is_edited_meanwhile_ends_it(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither file is written, so the lock is not either."""
    Installation(monkeypatch)
    prepared = prepare_upgrade(town, "first", newer)
    settings(town.folder / "bots" / "second.toml", 1, "window_days = 4")

    with pytest.raises(FileChangedError):
        carry_out_upgrade(prepared, progress=print)
    assert ["window_days = 3 # days", "window_days = 4"] == contents(town)


def test_what_a_crash_left_half_done_is_done_by_running_again(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file is new, the lock is old: the plan goes on from there."""
    write_migrated(prepare_upgrade(town, "first", newer).plan.files[:1])
    Installation(monkeypatch)
    again = prepare_upgrade(town, "first", newer)

    assert ["bots/second.toml"] == [one.name for one in again.plan.files]
    carry_out_upgrade(again, progress=print)
    assert ["days = 3 # days"] * 2 == contents(town)
    assert prepare_upgrade(town, "first", newer).plan.files == ()


def test_nobody_changes_a_file_between_the_rewriting_and_the_lock(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`rpac config set` waits meanwhile, so that its change is not overwritten."""
    held: list[bool] = []

    def fake(*_: Any, before_lock: Any, **__: Any) -> None:
        before_lock()
        lock = filelock.FileLock(town.state_dir / "config.lock", timeout=0, is_singleton=False)
        with contextlib.suppress(filelock.Timeout):
            lock.acquire()
        held.append(not lock.is_locked)
        lock.release()
        raise InstallError("the disk is full")

    monkeypatch.setattr(module, "install", fake)
    with pytest.raises(InstallError):
        carry_out_upgrade(prepare_upgrade(town, "first", newer), progress=print)

    assert held == [True]
    with changing(town.folder):
        assert ["window_days = 3 # days"] * 2 == contents(town)


def test_a_file_that_cannot_be_put_back_is_named(
    town: MunicipalityFolder, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says that nothing was changed; the other file is put back all the same."""
    Installation(monkeypatch, InstallError("the disk is full"), late=True)
    prepared, real = prepare_upgrade(town, "first", newer), replace_text

    def refuses(path: Path, text: str) -> None:
        if path.name == "first.toml":
            raise FileNotWrittenError(path, "No space left")
        real(path, text)

    monkeypatch.setattr(write, "replace_text", refuses)
    with pytest.raises(
        PartlyMigratedError, match=r"the disk is full; .*first\.toml could not be put back"
    ) as caught:
        carry_out_upgrade(prepared, progress=print)

    assert ["first.toml"] == [path.name for path in caught.value.paths]
    assert ["days = 3 # days", "window_days = 3 # days"] == contents(town)


def test_what_was_edited_since_is_not_put_back(town: MunicipalityFolder, newer: Path) -> None:
    """The old text would take somebody's words away."""
    files = prepare_upgrade(town, "first", newer).plan.files
    write_migrated(files)
    settings(town.folder / "bots" / "second.toml", 1, "days = 9")

    assert put_back(files) == ()
    assert ["window_days = 3 # days", "days = 9"] == contents(town)


def test_what_would_be_wrong_afterwards_ends_it(town: MunicipalityFolder, newer: Path) -> None:
    """Every finding at once; nothing is installed."""
    settings(town.folder / "bots" / "second.toml", 1, 'window_days = "three"')
    prepared = prepare_upgrade(town, "first", newer)

    assert ["E201"] == [one.code for one in prepared.plan.errors]
    with pytest.raises(ConfigError, match="expected whole number"):
        carry_out_upgrade(prepared, progress=print)
    assert contents(town)[0] == "window_days = 3 # days"


def test_only_a_policy_in_the_way_is_told_apart(town: MunicipalityFolder, newer: Path) -> None:
    """Exit code 5: nothing is misspelt, the cooperation says no."""
    policy = '[[policy]]\nkey = "days"\nmax = 2\nwhy = "x"\nowner = "y"\n'
    (town.folder.parent / "baseline" / "policies.toml").write_text(policy, "utf-8")
    prepared = prepare_upgrade(open_municipality(town.folder), "first", newer)

    with pytest.raises(PolicyRefusedError):
        carry_out_upgrade(prepared, progress=print)


def test_the_baselines_old_keys_do_not_hinder(town: MunicipalityFolder, newer: Path) -> None:
    """They are the cooperation's work: a warning."""
    (town.folder.parent / "baseline" / "bots" / "quiet-bot.toml").write_text(
        "[settings]\nwindow_days = 1\n", "utf-8"
    )
    plan = prepare_upgrade(open_municipality(town.folder), "first", newer).plan

    assert ((), {"W502"}) == (plan.errors, {one.code for one in plan.findings})


def test_a_downgrade_takes_the_same_care(town: MunicipalityFolder, wheel_of: Callable[..., Path]) -> None:
    """An older version may not know a key that is set."""
    older = wheel_of("0.9.0", settings_schema={**OLD, "properties": {}})
    plan = prepare_upgrade(town, "first", older).plan

    assert ("downgrade", {"E101"}) == (plan.direction, {one.code for one in plan.errors})


def test_without_a_wheel_the_files_follow_the_installed_version(
    town: MunicipalityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a file that came from elsewhere, written for an older version."""
    installation = Installation(monkeypatch)
    prepared = prepare_upgrade(town, "first")
    carry_out_upgrade(prepared, progress=print)

    assert prepared.plan.direction == "same version"
    assert ["quiet_bot-1.0.0-py3-none-any.whl"] == [one.name for one in installation.wheels]


def test_another_bots_wheel_is_refused(town: MunicipalityFolder, make_wheel: Any, manifest: Manifest) -> None:
    """Or one that is no bot."""
    other = make_wheel(
        "other-1.2.0-py3-none-any.whl",
        info="other-1.2.0.dist-info",
        metadata="Metadata-Version: 2.4\nName: other\nVersion: 1.2.0\n",
        text=manifest.model_copy(update={"name": "other"}).to_json(),
    )

    with pytest.raises(WheelRefusedError, match="it is other, a bot; the bot here is quiet-bot"):
        prepare_upgrade(town, "first", other)


def test_an_unknown_instance_or_bot_is_named(town: MunicipalityFolder, newer: Path) -> None:
    """With what there is instead."""
    (town.folder / "bots" / "third.toml").write_text(f'bot = "absent"\nid = "{ID.format(3)}"\n', "utf-8")

    with pytest.raises(InstanceFileError, match="no such bot instance"):
        prepare_upgrade(town, "forth", newer)
    with pytest.raises(NotInstalledError):
        prepare_upgrade(town, "third", newer)


@pytest.mark.parametrize(
    ("requires", "text"), [(">=3.11", ">=3.11 (was any)"), ("<3", "so it will not install")]
)
def test_another_python_is_named(
    town: MunicipalityFolder, wheel_of: Callable[..., Path], requires: str, text: str
) -> None:
    """And whether this one would do."""
    wheel = wheel_of("2.0.0", requires=requires, settings_schema=OLD)
    [change] = [one for one in prepare_upgrade(town, "first", wheel).plan.changes if one.key == "Python"]

    assert text in change.text


def test_a_baselines_files_are_planned_with_its_profiles(town: MunicipalityFolder, newer: Path) -> None:
    """And a policy on an old key is named, not rewritten: its sense is for its owner to keep."""
    folder = town.folder.parent / "baseline"
    for name in ("bots", "profiles/kombit/bots"):
        (folder / name / "quiet-bot.toml").write_text("[settings]\nwindow_days = 1\n", "utf-8")
    policy = '[[policy]]\nkey = "window_days"\nmax = 2\nwhy = "x"\nowner = "y"\n'
    (folder / "policies.toml").write_text(policy, "utf-8")
    plan = plan_baseline_upgrade(folder, "quiet-bot", newer)

    assert ["bots/quiet-bot.toml", "profiles/kombit/bots/quiet-bot.toml"] == [one.name for one in plan.files]
    assert [("E305", "window_days", 2)] == [(one.code, one.key, one.line) for one in plan.findings]


def test_a_baseline_is_checked_against_the_version_to_come(
    town: MunicipalityFolder, wheel_of: Callable[..., Path]
) -> None:
    """A value that it refuses is named with its line as it is, in profiles too, and nothing is written."""
    schema = {**NEW, "properties": {"days": {"type": "integer", "maximum": 20}}}
    wheel = wheel_of("2.0.0", settings_schema=schema, migrations=(MOVE,))
    folder = town.folder.parent / "baseline"
    own, profile = (folder / name / "quiet-bot.toml" for name in ("bots", "profiles/kombit/bots"))
    own.write_text("[settings]\n# month\nwindow_days = 25\n", "utf-8")
    profile.write_text("[settings]\nwindow_days = 20\nother = 1\n", "utf-8")
    plan = plan_baseline_upgrade(folder, "quiet-bot", wheel)

    found = [(one.code, one.key, one.file, one.line) for one in plan.errors]
    assert [("E202", "days", own, 3), ("E101", "other", profile, 3)] == found
    with pytest.raises(ConfigError):
        carry_out_baseline_upgrade(folder, plan)
    assert "window_days = 25" in own.read_text("utf-8")


def test_a_baseline_that_fits_is_rewritten(town: MunicipalityFolder, newer: Path) -> None:
    """Only its own keys are asked about: what it does not say a member may say."""
    folder = town.folder.parent / "baseline"
    (folder / "bots" / "quiet-bot.toml").write_text("[settings]\nwindow_days = 1\n", "utf-8")
    carry_out_baseline_upgrade(folder, plan_baseline_upgrade(folder, "quiet-bot", newer))

    assert "[settings]\ndays = 1\n" == (folder / "bots" / "quiet-bot.toml").read_text("utf-8")


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "x = 1\n" * 2_000_000, "id = 1\nid = 2\n"])
def test_an_instance_file_that_nobody_can_read_is_said_in_words(
    town: MunicipalityFolder, newer: Path, text: str
) -> None:
    """Nested without end, far too long, or no TOML."""
    (town.folder / "bots" / "first.toml").write_text(text, "utf-8")

    with pytest.raises(InstanceFileError, match="cannot be read"):
        prepare_upgrade(town, "first", newer)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no named pipes in folders")
def test_a_pipe_or_a_link_is_no_instance_file(town: MunicipalityFolder, newer: Path, tmp_path: Path) -> None:
    """A pipe would never end, a link may lead out of the folder."""
    outside = tmp_path / "outside.toml"
    settings(outside, 1)
    for name in ("first", "second"):
        (town.folder / "bots" / f"{name}.toml").unlink()
    (town.folder / "bots" / "first.toml").symlink_to(outside)
    os.mkfifo(town.folder / "bots" / "second.toml")

    with pytest.raises(InstanceFileError, match="leads out of its folder"):
        prepare_upgrade(town, "first", newer)
    if "second" in town.instances():
        with pytest.raises(InstanceFileError, match="no regular file"):
            prepare_upgrade(town, "second", newer)


def test_a_block_that_changed_is_shown_with_both_texts(
    town: MunicipalityFolder, wheel_of: Callable[..., Path]
) -> None:
    """And whoever overrides it here learns how to say that it still fits."""
    wheels = []
    for version, number in (("1.0.0", "12 34"), ("1.1.0", "56 78")):
        block = (
            f"{{% block title %}}Hi{{% endblock %}}\n{{% block school %}}\nCall {number}.\n{{% endblock %}}\n"
        )
        letters = town.folder.parent / version
        letters.mkdir()
        (letters / "families.md.j2").write_text(block, "utf-8")
        extra = {"quiet_bot/letters/families.md.j2": block.encode()}
        templates = describe_templates(letters)
        wheels.append(wheel_of(version, settings_schema=OLD, extra=extra, templates=templates))
    lock(town, wheels[0])
    own = town.folder / "letters" / "quiet-bot" / "families.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text('{% extends "bot:families.md.j2" %}{% block school %}Ring.{% endblock %}', "utf-8")
    plan = prepare_upgrade(town, "first", wheels[1]).plan
    [change] = [one for one in plan.changes if one.kind == "letter"]

    assert change.diff.splitlines()[-2:] == ["-Call 12 34.", "+Call 56 78."]
    assert "`rpac config accept`" in change.text


def test_the_wheels_here_are_honest(newer: Path) -> None:
    """What these tests rest on."""
    assert zipfile.is_zipfile(newer)
