"""An upgrade that is killed in the middle: what the check and a run say until it is run again."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rpa_commons.config import (
    FileNotWrittenError,
    MunicipalityFolder,
    check_municipality,
    open_municipality,
    unfinished_upgrades,
)
from rpa_commons.config.instances import UpgradeNote, begin_upgrade, end_upgrade
from rpa_commons.environments import PreparedUpgrade, carry_out_upgrade
from rpa_commons.environments import _upgrade as module
from rpa_commons.runtime.launch import prepare
from rpa_commons.upgrades import FileMigration, UpgradePlan

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1"]
"""
NAMES = ("bots/first.toml", "bots/second.toml")
LOCK = '[[bot]]\nname = "counter"\nversion = "{}"\nmanifest_sha256 = "0"\n'
KILLED = 9


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MunicipalityFolder:
    """A municipality with two instances of a bot in its version 1.0.0."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "roskilde"
    (folder / "bots").mkdir(parents=True)
    (folder / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
    (folder / "rpac.lock").write_text(LOCK.format("1.0.0"), encoding="utf-8")
    for name in NAMES:
        (folder / name).write_text("days = 1\n", encoding="utf-8")
    return open_municipality(folder)


def plan_of(town: MunicipalityFolder, *names: str, before: str = "1.0.0") -> UpgradePlan:
    """An upgrade to 2.0.0 that rewrites these files."""
    files = tuple(FileMigration(town.folder / one, one, "days = 1\n", "æra = 1\n", "") for one in names)
    return UpgradePlan("counter", before, "2.0.0", ("first", "second"), (), files, ())


def killed_at(town: MunicipalityFolder, point: int, *names: str) -> int:
    """Carry out an upgrade in another process that ends without a word at one replacement of a file."""
    script = f"""
        import os, sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_upgrade_interrupted import LOCK, plan_of
        from rpa_commons.config import open_municipality
        from rpa_commons.config.documents import replace_text
        from rpa_commons.environments import PreparedUpgrade, _upgrade, carry_out_upgrade

        town, real, done = open_municipality(Path({str(town.folder)!r})), Path.replace, []

        def replace(self, target):
            done.append(target)
            if len(done) > {point}:
                os._exit({KILLED})
            return real(self, target)

        def install(municipality, wheels, before_lock, **rest):
            before_lock()
            replace_text(town.folder / "rpac.lock", LOCK.format("2.0.0"))
            return ["installed"]

        Path.replace, _upgrade.install = replace, install
        if {point} > 3:
            _upgrade.end_upgrade = lambda *_: os._exit({KILLED})
        carry_out_upgrade(PreparedUpgrade(town, Path("x.whl"), plan_of(town, *{names!r})), progress=print)
    """
    return subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False).returncode


def written(town: MunicipalityFolder) -> list[str]:
    """What the findings say of, by the name of the file."""
    return [one.file.name for one in unfinished_upgrades(town) if one.file]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        (0, []),  # before the note
        (1, []),  # before the first file
        (2, ["first.toml"]),
        (3, ["first.toml", "second.toml"]),  # before the lock
        (4, []),  # before the note is taken away
    ],
)
def test_wherever_it_is_killed_the_check_tells_what_is_written_already(
    town: MunicipalityFolder, point: int, said: list[str]
) -> None:
    """Nothing before the first file, nothing when the lock has followed."""
    assert KILLED == killed_at(town, point, *NAMES)
    assert said == written(town)


def test_running_it_again_ends_it(town: MunicipalityFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is rewritten, the lock follows, and nothing remains in the state."""
    killed_at(town, 2, *NAMES)

    def install(*_: object, **rest: object) -> list[str]:
        rest["before_lock"]()  # type: ignore[operator]
        (town.folder / "rpac.lock").write_text(LOCK.format("2.0.0"), encoding="utf-8")
        return ["installed"]

    monkeypatch.setattr(module, "install", install)
    carry_out_upgrade(PreparedUpgrade(town, Path("x.whl"), plan_of(town, NAMES[1])), progress=print)

    assert [] == written(town)
    assert [] == list(town.state_dir.glob("upgrade-*"))


def test_a_second_kill_does_not_hide_what_the_first_left(town: MunicipalityFolder) -> None:
    """The second attempt has fewer files to rewrite, and dies before any of them."""
    killed_at(town, 2, *NAMES)
    killed_at(town, 1, NAMES[1])

    assert ["first.toml"] == written(town)


def test_files_from_version_control_end_it_too(town: MunicipalityFolder) -> None:
    """Who takes the files back is not told of an upgrade for ever."""
    killed_at(town, 3, *NAMES)
    (town.folder / NAMES[0]).write_text("days = 1\n", encoding="utf-8")
    assert ["second.toml"] == written(town)

    (town.folder / NAMES[1]).unlink()
    assert [] == written(town)


def test_the_finding_says_what_to_do(town: MunicipalityFolder) -> None:
    """Both versions, the command, and the way back."""
    killed_at(town, 2, *NAMES)
    [found] = unfinished_upgrades(town)

    assert ("E501", "roskilde/bots/first.toml") == (found.code, found.place)
    assert "is written for counter 2.0.0, and rpac.lock names 1.0.0" in found.message
    assert "`rpac upgrade first --to WHEEL` with the wheel of 2.0.0" in found.help
    assert "version control" in found.help


def test_the_check_of_the_configuration_has_it(town: MunicipalityFolder) -> None:
    """Of all instances or of those asked for; what the old version says of the files is left out."""

    def codes(*names: str) -> list[str]:
        checked = check_municipality(town, lambda _: None, connectors={}, names=names)  # type: ignore[arg-type, return-value]
        return [one.code for one in checked.findings if one.file and one.file.parent.name == "bots"]

    assert {"E101", "E102"} <= set(codes())  # the files of these tests are nobody's settings
    killed_at(town, 3, *NAMES)

    assert ["E501", "E501"] == codes()
    assert ["E501", "E501"] == codes("second")
    assert () == unfinished_upgrades(town, ["third"])


@pytest.mark.parametrize("mode", ["run", "plan"])
def test_nothing_starts_with_files_of_two_versions(town: MunicipalityFolder, mode: str) -> None:
    """A key that the upgrade took out would otherwise be its default, without a word."""
    killed_at(town, 2, *NAMES)

    with pytest.raises(Exception, match="the configuration has 1 finding") as caught:
        prepare(town, "second", mode=mode)  # type: ignore[arg-type]
    assert ["E501"] == [one.code for one in caught.value.findings]  # type: ignore[attr-defined]


def test_files_that_follow_the_installed_version_need_no_note(town: MunicipalityFolder) -> None:
    """What is old in them is found by the installed version itself."""
    begin_upgrade(town, plan_of(town, *NAMES, before="2.0.0").note())

    assert not town.state_dir.exists()


def test_without_files_there_is_nothing_to_note(town: MunicipalityFolder) -> None:
    """An upgrade that renames nothing leaves no trace when it is killed."""
    begin_upgrade(town, plan_of(town).note())
    end_upgrade(town, "counter")

    assert not town.state_dir.exists()


def test_a_state_that_cannot_be_written_ends_it_before_anything_is_changed(
    town: MunicipalityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is rewritten without the note."""
    town.state_dir.write_text("no folder", encoding="utf-8")
    monkeypatch.setattr(module, "install", lambda *_, before_lock, **__: before_lock())
    monkeypatch.setattr(module, "changing", lambda _: __import__("contextlib").nullcontext())

    with pytest.raises(FileNotWrittenError):
        carry_out_upgrade(PreparedUpgrade(town, Path("x.whl"), plan_of(town, *NAMES)), progress=print)
    assert "days = 1\n" == (town.folder / NAMES[0]).read_text(encoding="utf-8")
    assert [] == written(town)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        json.dumps({"bot": "counter"}),
        json.dumps({"bot": 1, "before": "1.0.0", "after": "2", "instances": [], "files": {}}),
        json.dumps({"bot": "counter", "before": "1.0.0", "after": "2", "instances": 1, "files": {}}),
        json.dumps({"bot": "counter", "before": "1.0.0", "after": "2", "instances": [], "files": {"a": 1}}),
        " " * (1024 * 1024 + 1),
    ],
)
def test_a_note_that_is_none_says_nothing(town: MunicipalityFolder, text: str) -> None:
    """Somebody else's file under that name is no finding, and an upgrade writes over it."""
    place = town.state_dir / "upgrade-counter.json"
    place.parent.mkdir()
    place.write_text(text, encoding="utf-8")
    assert () == unfinished_upgrades(town)

    begin_upgrade(town, UpgradeNote("counter", "1.0.0", "2.0.0", ("first",), {"bots/first.toml": "0"}))
    assert "2.0.0" == json.loads(place.read_text(encoding="utf-8"))["after"]
