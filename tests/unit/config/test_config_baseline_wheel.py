"""A baseline may be a wheel: opened like a folder, refused when it is hostile, never half there."""

import base64
import contextlib
import hashlib
import io
import os
import random
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import BaselineWheelError, Finding, baseline_members, wheel_name
from rpa_commons.config.findings._findings import display_path
from rpa_commons.config.municipality import unpack_baseline
from rpa_commons.manifest import Manifest

NAME = "digit_baseline-2026.1-py3-none-any.whl"
INFO = "digit_baseline-2026.1.dist-info"
TOP = "digit_baseline"
FILES = {
    "baseline.toml": 'name = "DIGIT baseline"\nversion = "2026.1"\n',
    "bots/welcome-letters.toml": "[settings]\n# the whole cooperation\nwindow_days = 21\n",
    "letters/welcome-letters/adults.md.j2": "{% extends 'bot:adults.md.j2' %}\n",
}
Members = Mapping[str | zipfile.ZipInfo, str | bytes]


def a_manifest(**changes: Any) -> Manifest:
    """What the wheel says of itself."""
    fields: dict[str, Any] = {"kind": "baseline", "name": "digit-baseline", "version": "2026.1"}
    return Manifest(summary="DIGIT baseline", sdk_version="0.1.0", **(fields | changes))


def wheel_bytes(
    files: Members = FILES, extra: Members | None = None, record: str | None = None, **changes: Any
) -> bytes:
    """A wheel made by hand: ``files`` below its folder, ``extra`` as they are called."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{TOP}/{name}", content)
        archive.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.4\nName: digit-baseline\nVersion: 2026.1\n")
        archive.writestr(f"{INFO}/extra_metadata/rpac.json", a_manifest(**changes).to_json())
        for member, content in (extra or {}).items():
            archive.writestr(member, content)
        archive.writestr(f"{INFO}/RECORD", record_of(archive) if record is None else record)
    return packed.getvalue()


def record_of(archive: zipfile.ZipFile) -> str:
    """The RECORD of what is in an archive so far."""
    lines = []
    for member in archive.infolist():
        digest = base64.urlsafe_b64encode(hashlib.sha256(archive.read(member)).digest()).decode().rstrip("=")
        lines.append(f'"{member.filename}",sha256={digest},{member.file_size}')
    return "\n".join([*lines, f"{INFO}/RECORD,,", ""])


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """An honest wheel in a folder of its own."""
    path = tmp_path / "wheels" / NAME
    path.parent.mkdir()
    path.write_bytes(wheel_bytes())
    return path


def use_wheel(town: Any) -> None:
    """Let the municipality name the wheel instead of the folder."""
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace("../baseline", f"../wheels/{NAME}"))


def problem_of(path: Path, content: bytes) -> str:
    """Why a wheel is refused; nothing of it may lie anywhere."""
    path.write_bytes(content)
    state = path.parent.parent / "state"
    with pytest.raises(BaselineWheelError) as caught:
        unpack_baseline(path, state)

    assert not state.exists() or not any(state.rglob("*"))
    assert caught.value.remedy
    return caught.value.problem


def test_a_wheel_gives_what_the_folder_would(town: Any, wheel: Path) -> None:
    """Values of the baseline hold, and their origin is a line in the wheel."""
    use_wheel(town)

    instance = town.resolve()

    assert 21 == instance.settings["window_days"]
    origin = instance.origin("window_days")
    assert f"../wheels/{NAME}/bots/welcome-letters.toml:3" == str(origin)
    assert origin.file.is_file()
    assert (town.folder.parent / "state" / "baselines") in origin.file.parents


def test_the_opened_baseline_says_what_it_is(town: Any, wheel: Path) -> None:
    """Name, version, label, wheel and digest are there; a folder has no wheel."""
    as_folder = town.open().baseline_info
    use_wheel(town)
    info = town.open().baseline_info

    assert ("DIGIT baseline", "2026.1") == (info.name, info.version)
    assert f"../wheels/{NAME}" == info.label
    assert wheel.resolve() == info.wheel
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == info.sha256 == info.folder.name
    assert (None, "") == (as_folder.wheel, as_folder.sha256)


def test_letters_of_the_wheel_are_found(town: Any, wheel: Path) -> None:
    """What is no TOML works too, since it lies in a folder."""
    use_wheel(town)

    [folder] = town.resolve().letter_folders

    assert ["adults.md.j2"] == [path.name for path in folder.iterdir()]


def test_a_finding_names_the_line_in_the_wheel(
    town: Any, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People read the wheel's name and not the folder that it was unpacked to."""
    files = {**FILES, "bots/welcome-letters.toml": "[settings]\nwindw_days = 3\n"}
    wheel.write_bytes(wheel_bytes(files))
    use_wheel(town)

    finding = town.finding()

    assert f"wheels/{NAME}/bots/welcome-letters.toml:2" == finding.place
    assert f"wheels/{NAME}/bots/welcome-letters.toml" == finding.to_json()["file"]
    monkeypatch.chdir(town.folder)
    assert f"../wheels/{NAME}/bots/welcome-letters.toml:2" == finding.place


def test_a_broken_file_in_the_wheel_is_named_there(town: Any, wheel: Path) -> None:
    """A typing error of the cooperation is a finding with a line, as in a folder."""
    wheel.write_bytes(wheel_bytes({**FILES, "baseline.toml": "name = \n"}))
    use_wheel(town)

    [finding] = town.opening_findings()

    assert ("E104", f"wheels/{NAME}/baseline.toml:1") == (finding.code, finding.place)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "bot"}, "holds a bot, not a baseline"),
        ({"version": "2025.1"}, "holds digit-baseline 2025.1, which its file name does not say"),
        ({"name": "ddv-baseline"}, "holds ddv-baseline 2026.1, which its file name does not say"),
    ],
)
def test_a_wheel_that_says_something_else_is_refused(
    wheel: Path, changes: dict[str, str], words: str
) -> None:
    """Kind, name and version must be what the file's name promises."""
    assert words in problem_of(wheel, wheel_bytes(**changes))


@pytest.mark.parametrize(
    "head", ['name = "DIGIT"\nversion = "2026.1"', 'name = "DIGIT baseline"\nversion = "3"']
)
def test_baseline_toml_and_manifest_must_agree(town: Any, wheel: Path, head: str) -> None:
    """A wheel whose two descriptions differ is refused at the line that names it."""
    wheel.write_bytes(wheel_bytes({**FILES, "baseline.toml": head}))
    use_wheel(town)

    [finding] = town.opening_findings()

    assert ("E103", "baseline", "roskilde/municipality.toml:5") == (finding.code, finding.key, finding.place)
    assert "says it is digit-baseline 2026.1, its baseline.toml says" in finding.message


def test_a_missing_wheel_is_guessed(town: Any, wheel: Path) -> None:
    """A wrong version in the file name is the likeliest mistake."""
    use_wheel(town)
    wheel.rename(wheel.with_name(NAME.replace("2026.1", "2026.2")))

    [finding] = town.opening_findings()

    assert f"../wheels/{NAME} does not exist" == finding.message
    assert "did you mean ../wheels/digit_baseline-2026.2-py3-none-any.whl?" == finding.help


def test_a_file_of_another_kind_is_no_baseline(town: Any, wheel: Path) -> None:
    """An archive is not a wheel because it could be."""
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace("../baseline", "../wheels/baseline.zip"))
    wheel.rename(wheel.with_name("baseline.zip"))

    [finding] = town.opening_findings()

    assert "../wheels/baseline.zip is neither a folder nor a wheel" == finding.message


def a_link(name: str) -> zipfile.ZipInfo:
    """A member that would become a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def a_pipe(name: str) -> zipfile.ZipInfo:
    """A member that would become a named pipe."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFIFO | 0o644) << 16
    return info


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("/etc/cron.d/x", "is no relative path"),
        ("C:/x.toml", "is no relative path"),
        (f"{TOP}/a\\b.toml", "is no relative path"),
        (f"{TOP}/../../x.toml", "leads out of the folder it is unpacked to"),
        ("../x.toml", "leads out of the folder it is unpacked to"),
        (f"{TOP}/./x.toml", "is no plain path"),
        (f"{TOP}//x.toml", "is no plain path"),
        (a_link(f"{TOP}/policies.toml"), "is a symbolic link"),
        (a_pipe(f"{TOP}/policies.toml"), "is no regular file"),
        (f"{TOP}/BASELINE.toml", "is there twice"),
        (f"{TOP}/bots", "is there twice"),
        (f"{TOP}/baseline.toml/x", "lies below a file"),
        (f"{TOP}/nul.toml", "not every system can hold"),
        (f"{TOP}/x\n.toml", "not every system can hold"),
        (f"{TOP}/x.", "not every system can hold"),
        ("elsewhere/x.py", f"is not below {TOP}/"),
        ("sitecustomize.py", f"is not below {TOP}/"),
    ],
)
def test_hostile_members_are_refused(wheel: Path, member: str | zipfile.ZipInfo, words: str) -> None:
    """Nothing leaves the folder, nothing hides behind a second name, nothing is left behind."""
    assert words in problem_of(wheel, wheel_bytes(extra={member: "x"}))


def test_a_member_named_in_no_encoding_is_refused(wheel: Path) -> None:
    """A name that is not UTF-8 would be another one on every system."""
    marked = wheel_bytes(extra={f"{TOP}/bots/\u00e6\u00f8.toml": "x"})
    unmarked = marked.replace("æø".encode(), b"\xe6\xf8zz")  # still flagged as UTF-8, and is not
    cp437 = bytearray(
        wheel_bytes(extra={f"{TOP}/bots/zz.toml": "x"}).replace(b"bots/zz.toml", b"bots/\xe6\xf8.toml")
    )

    assert "not UTF-8" in problem_of(wheel, unmarked)
    assert "not UTF-8" in problem_of(wheel, bytes(cp437))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_cut_off_wheel_is_refused(wheel: Path, share: float) -> None:
    """A download that broke off is said to be no wheel."""
    whole = wheel_bytes()

    assert "cannot be read as a wheel" in problem_of(wheel, whole[: int(len(whole) * share)])


def test_a_flipped_byte_is_found(wheel: Path) -> None:
    """Each member's own checksum is looked at before anything is written."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr(f"{TOP}/baseline.toml", FILES["baseline.toml"])
        archive.writestr(f"{INFO}/extra_metadata/rpac.json", a_manifest().to_json())

    assert "Bad CRC-32" in problem_of(wheel, stored.getvalue().replace(b"DIGIT b", b"DIGIT B"))


def test_a_thousand_broken_wheels_are_refused_or_right(wheel: Path) -> None:
    """Whatever bytes are wrong: one clear error, or the files as they were; never a crash."""
    whole, chance = wheel_bytes(), random.Random(7)  # noqa: S311 - the same thousand each time
    wanted = {name: content.encode() for name, content in FILES.items()}
    for _ in range(1000):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5, 30))):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        wheel.write_bytes(bytes(content))
        with contextlib.suppress(BaselineWheelError):
            assert wanted == baseline_members(wheel)[1]


def test_bombs_are_refused_before_they_are_unpacked(wheel: Path) -> None:
    """What would become too large, or too many, never becomes anything."""
    large = {**FILES, "letters/a/a.j2": b"\0" * (65 * 1024 * 1024)}
    many = {**FILES, **{f"letters/a/{number}.j2": b"" for number in range(5_001)}}

    assert "unpacks to" in problem_of(wheel, wheel_bytes(large))
    assert "files; a baseline may have 5000" in problem_of(wheel, wheel_bytes(many))


def test_a_wheel_of_ten_megabytes_of_toml_is_a_finding(town: Any, wheel: Path) -> None:
    """The wheel may be large, a configuration file in it not."""
    wheel.write_bytes(wheel_bytes({**FILES, "stack.toml": "# x\n" * 2_500_000}))
    use_wheel(town)

    codes = {(one.code, one.place) for one in town.findings()}

    assert ("E103", f"wheels/{NAME}/stack.toml") in codes


def test_a_file_that_is_too_large_is_not_read(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path may lead to a disk image."""
    monkeypatch.setattr("rpa_commons.config.municipality._baseline_wheel._LARGEST_WHEEL", 100)

    assert "is larger than" in problem_of(wheel, wheel_bytes())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_does_not_wait_for_ever(wheel: Path, tmp_path: Path) -> None:
    """What is no regular file is refused without reading it."""
    wheel.unlink()
    os.mkfifo(wheel)

    with pytest.raises(BaselineWheelError, match="no regular file"):
        unpack_baseline(wheel, tmp_path / "state")


def test_it_is_unpacked_once(wheel: Path, tmp_path: Path) -> None:
    """The second opening writes nothing."""
    state = tmp_path / "state"
    first = unpack_baseline(wheel, state)
    before = {path: path.stat().st_mtime_ns for path in state.rglob("*")}
    second = unpack_baseline(wheel, state)

    assert first == second
    assert before == {path: path.stat().st_mtime_ns for path in state.rglob("*")}


def test_another_wheel_under_the_same_name_is_another_baseline(town: Any, wheel: Path) -> None:
    """A wheel that was swapped after unpacking counts at once; the old folder stays for who uses it."""
    use_wheel(town)
    old = town.open().baseline_info
    wheel.write_bytes(wheel_bytes({**FILES, "bots/welcome-letters.toml": "[settings]\nwindow_days = 30\n"}))

    assert 30 == town.resolve().settings["window_days"]
    assert old.sha256 != town.open().baseline_info.sha256
    assert (old.folder / "baseline.toml").is_file()


@pytest.mark.parametrize("how", ["changed", "same length", "added", "gone", "link"])
def test_an_unpacked_folder_that_was_changed_is_refused(town: Any, wheel: Path, how: str) -> None:
    """Editing the unpacked policies gets nobody round them, and the remedy works."""
    use_wheel(town)
    folder = town.open().baseline_info.folder
    file = folder / "bots" / "welcome-letters.toml"
    text = file.read_text()
    if how == "changed":
        file.write_text(text + "#\n")
    elif how == "same length":
        file.write_text(text.replace("21", "59"))
    elif how == "added":
        file = folder / "policies.toml"
        file.write_text("")
    else:
        file.unlink()
    if how == "link":
        file.symlink_to(town.write("elsewhere.toml", text))

    [finding] = town.opening_findings()

    assert "E103" == finding.code
    assert "was changed after it was unpacked" in finding.message
    assert str(folder) in finding.help
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    assert 21 == town.resolve().settings["window_days"]


def test_half_unpacked_folders_are_never_used(wheel: Path, tmp_path: Path) -> None:
    """What a killed process left is passed over, and removed when it is old."""
    baselines = tmp_path / "state" / "baselines"
    fresh, old = baselines / ".unpacking-1-a", baselines / ".unpacking-2-b"
    for folder in (fresh, old):
        folder.mkdir(parents=True)
        (folder / "baseline.toml").write_text("name =")
    os.utime(old, (time.time() - 7200,) * 2)

    unpacked = unpack_baseline(wheel, tmp_path / "state")

    assert FILES["baseline.toml"] == (unpacked.folder / "baseline.toml").read_text()
    assert (True, False) == (fresh.exists(), old.exists())


KILLED = """\
import os, sys
from pathlib import Path
from rpa_commons.config.municipality import _baseline_wheel as at
written = 0
real = os.fsync
def fsync(number):
    global written
    written += 1
    if written == 2:
        os.kill(os.getpid(), 9) if hasattr(os, "kill") and os.name == "posix" else os._exit(9)
    real(number)
os.fsync = fsync
at.unpack_baseline(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_process_killed_while_unpacking_leaves_nothing_to_be_used(wheel: Path, tmp_path: Path) -> None:
    """After kill -9 in the middle the next process unpacks the whole."""
    state = tmp_path / "state"
    done = subprocess.run([sys.executable, "-c", KILLED, str(wheel), str(state)], check=False)
    names = [path.name for path in (state / "baselines").iterdir()]

    unpacked = unpack_baseline(wheel, state)

    assert 0 != done.returncode
    assert [True] == [name.startswith(".unpacking-") for name in names]
    assert FILES["baseline.toml"] == (unpacked.folder / "baseline.toml").read_text()


TOGETHER = """\
import sys
from pathlib import Path
from rpa_commons.config.municipality import unpack_baseline
sys.stdin.readline()
print(unpack_baseline(Path(sys.argv[1]), Path(sys.argv[2])).folder)
"""


def test_many_processes_at_once_agree(wheel: Path, tmp_path: Path) -> None:
    """Whoever is first wins, the others use the same folder, and nothing is left over."""
    state = tmp_path / "state"
    command = [sys.executable, "-c", TOGETHER, str(wheel), str(state)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = {process.communicate()[0].strip() for process in started}
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()

    assert [0] * 4 == [process.returncode for process in started]
    assert {str(state / "baselines" / sha256)} == outputs
    assert [sha256, f"{sha256}.wheel"] == sorted(path.name for path in (state / "baselines").iterdir())


def refuse_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is read-only, also for root."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    for name in ("mkdir", "rename", "replace", "write_text", "write_bytes"):
        monkeypatch.setattr(Path, name, refuse)


def test_a_read_only_disk_is_said(town: Any, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finding says what could not be written, and that it is needed once."""
    use_wheel(town)
    refuse_to_write(monkeypatch)

    [finding] = town.opening_findings()

    assert "E103" == finding.code
    assert "cannot be unpacked into" in finding.message
    assert "Read-only file system" in finding.message
    assert "once" in finding.help


def test_a_read_only_disk_does_once_it_is_unpacked(
    town: Any, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading needs no right to write, also when the wheel has moved meanwhile."""
    use_wheel(town)
    town.open()
    refuse_to_write(monkeypatch)

    assert 21 == town.resolve().settings["window_days"]


def test_an_unpacked_folder_of_somebody_else_is_told_from_a_changed_one(
    town: Any, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the night's account may not read what a person unpacked, the remedy is a right, not a removal."""
    use_wheel(town)
    folder = town.open().baseline_info.folder

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BaselineWheelError) as caught:
        unpack_baseline(wheel, town.folder.parent / "state")

    assert "cannot be read where it was unpacked" in caught.value.problem
    assert f"this user must be able to read {folder} and everything in it" == caught.value.remedy


def test_state_in_the_wrong_place_unpacks_nothing(town: Any, wheel: Path) -> None:
    """A state folder inside the municipality's is refused before a baseline lands in version control."""
    use_wheel(town)
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace("../state", "state"))

    [finding] = town.opening_findings()

    assert "state_dir" == finding.key
    assert not (town.folder / "state").exists()


def test_members_can_be_read_without_writing(wheel: Path, tmp_path: Path) -> None:
    """Whoever compares baselines needs no state folder."""
    manifest, files = baseline_members(wheel)

    assert "digit-baseline" == manifest.name
    assert {name: content.encode() for name, content in FILES.items()} == files
    assert ["wheels"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("DIGIT baseline", "digit-baseline"),
        ("  DDV   Fælles/grundlag 2 ", "ddv-faelles-grundlag-2"),
        ("Øresund å", "oeresund-aa"),
        ("Örebro é", "orebro-e"),
        ("---", ""),
        ("協力", ""),
    ],
)
def test_names_become_wheel_names(name: str, wanted: str) -> None:
    """Nordic letters are spelt out, everything else that a wheel's name cannot hold is a hyphen."""
    assert wanted == wheel_name(name)


def test_paths_are_shown_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below and beside the current folder paths are relative; a folder that only looks unpacked is itself."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    lookalike = tmp_path / "baselines" / ("0" * 64) / "stack.toml"

    assert "x/y.toml" == display_path(here / "x" / "y.toml")
    assert "../there/y.toml" == display_path(tmp_path / "there" / "y.toml")
    assert tmp_path.parent.as_posix() == display_path(tmp_path.parent)
    assert f"../baselines/{'0' * 64}/stack.toml" == display_path(lookalike)


def test_findings_are_plain_when_the_note_is_gone(town: Any, wheel: Path) -> None:
    """Without the note beside it, the unpacked folder's own path is shown; it is noted again on opening."""
    use_wheel(town)
    folder = town.open().baseline_info.folder
    note = folder.with_name(f"{folder.name}.wheel")
    finding = Finding("E101", "", "unknown", folder / "stack.toml", 1)
    note.unlink()
    without = finding.place
    town.open()

    assert f"state/baselines/{folder.name}/stack.toml:1" == without
    assert f"wheels/{NAME}/stack.toml:1" == finding.place
