"""A wheel is refused, with every reason, before anything of it is used."""

import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.environments import WheelRefusedError, check_wheel
from rpa_commons.manifest import Manifest, wheel_sha256


def refusal(path: Path) -> WheelRefusedError:
    """The error that a wheel is refused with."""
    with pytest.raises(WheelRefusedError) as caught:
        check_wheel(path)
    return caught.value


def test_an_honest_wheel_passes(make_wheel: Any, manifest: Manifest) -> None:
    """A wheel whose parts agree is described by its manifest and its hash."""
    path = make_wheel()

    checked = check_wheel(path)

    assert checked.name == "quiet-bot"
    assert checked.version == "1.2.0"
    assert checked.sha256 == wheel_sha256(path)
    assert checked.manifest == manifest


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../evil.py", "leads out of the folder"),
        ("quiet_bot/../../evil.py", "leads out of the folder"),
        ("/etc/evil", "is no relative path"),
        ("C:/evil.py", "is no relative path"),
        ("quiet_bot\\..\\evil.py", "is no relative path"),
    ],
)
def test_a_member_that_leads_out_is_refused(make_wheel: Any, name: str, reason: str) -> None:
    """No member may be written outside the folder it is unpacked to, on either platform."""
    error = refusal(make_wheel(extra={name: b"x"}))

    assert any(reason in problem for problem in error.problems)


def test_a_symbolic_link_is_refused(make_wheel: Any) -> None:
    """A link could lead a later member anywhere."""
    link = zipfile.ZipInfo("quiet_bot/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    error = refusal(make_wheel(extra={link: b"/etc"}))

    assert error.problems == ("member 'quiet_bot/link' is a symbolic link",)


def test_members_that_differ_in_case_only_are_refused(make_wheel: Any) -> None:
    """On Windows and macOS the second would overwrite the first."""
    error = refusal(make_wheel(extra={"quiet_bot/__INIT__.py": b"x"}))

    assert error.problems == ("member 'quiet_bot/__INIT__.py' is there twice",)


def test_a_wheel_that_unpacks_to_a_disk_full_is_refused_unread(
    make_wheel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sizes that the archive claims are added up before anything is read."""
    monkeypatch.setattr("rpa_commons.environments._wheels._LARGEST_WHEEL", 1000)

    error = refusal(make_wheel(extra={"quiet_bot/big": bytes(2000)}))

    assert "more than 1000" in error.problems[0]


def test_an_enormous_manifest_is_refused_unread(make_wheel: Any) -> None:
    """A manifest is a few kilobytes; one that claims megabytes is not parsed."""
    error = refusal(make_wheel(text="[" * (5 * 1024 * 1024)))

    assert error.problems == ("the manifest claims 5242880 bytes",)


def test_a_changed_file_is_refused(make_wheel: Any) -> None:
    """A file that is not the one RECORD has the hash of was changed after the build."""
    path = make_wheel(record=lambda rows: rows.replace("sha256=", "sha256=A", 1))

    error = refusal(path)

    assert error.problems == ("'quiet_bot/__init__.py' is not the file that RECORD has the hash of",)


def test_a_weak_hash_is_refused(make_wheel: Any) -> None:
    """The format allows nothing weaker than SHA-256."""
    path = make_wheel(record=lambda rows: rows.replace("sha256=", "md5=", 1))

    error = refusal(path)

    assert error.problems == ("'quiet_bot/__init__.py' is not the file that RECORD has the hash of",)


def test_an_unrecorded_file_is_refused(make_wheel: Any) -> None:
    """A file that RECORD does not know was added after the build."""
    error = refusal(make_wheel(unrecorded={"quiet_bot/added.py": b"x"}))

    assert error.problems == ("'quiet_bot/added.py' is in the wheel and not in RECORD",)


def test_a_missing_file_is_refused(make_wheel: Any) -> None:
    """A file that RECORD knows and the archive does not was taken away."""
    error = refusal(make_wheel(record=lambda rows: rows + "quiet_bot/gone.py,sha256=AAAA,1\n"))

    assert error.problems == ("RECORD names 'quiet_bot/gone.py', which is not in the wheel",)


def test_every_disagreement_about_the_name_is_told_at_once(make_wheel: Any) -> None:
    """File name, METADATA and manifest are compared, and each difference is a line."""
    error = refusal(make_wheel(metadata="Metadata-Version: 2.4\nName: other\nVersion: 9\n"))

    assert error.problems == (
        "its file name says quiet-bot, METADATA says other",
        "its file name says version 1.2.0, METADATA says 9",
    )


def test_a_renamed_wheel_is_refused(make_wheel: Any) -> None:
    """A wheel cannot pass for another package by its file name."""
    error = refusal(make_wheel(file="other_bot-1.2.0-py3-none-any.whl"))

    assert error.problems == ("its metadata folder quiet_bot-1.2.0.dist-info belongs to another package",)


def test_a_manifest_of_another_version_is_refused(make_wheel: Any, manifest: Manifest) -> None:
    """A manifest that was left over from another version describes another wheel."""
    stale = manifest.model_copy(update={"version": "1.1.0"})

    error = refusal(make_wheel(text=stale.to_json()))

    assert error.problems == ("its file name says version 1.2.0, the manifest says 1.1.0",)


def test_a_plain_wheel_is_refused_with_the_way_to_build_one(make_wheel: Any) -> None:
    """Any other wheel has no manifest; the remedy names the command that packs it."""
    error = refusal(make_wheel(text=None))

    assert error.problems == ("expected one extra_metadata/rpac.json in the wheel, found 0",)
    assert "rpac build" in error.remedy


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 half"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    """A half download is a refusal, never a traceback."""
    path = tmp_path / "quiet_bot-1.2.0-py3-none-any.whl"
    path.write_bytes(content)

    error = refusal(path)

    assert "cannot be read as a wheel" in error.problems[0]


def test_a_cut_wheel_is_refused(make_wheel: Any) -> None:
    """Bytes that were flipped inside a member are found."""
    path = make_wheel(extra={"quiet_bot/data": b"0123456789" * 100})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"0123456789", b"012345678X", 1))

    error = refusal(path)

    assert "quiet_bot/data" in error.problems[0]


@pytest.mark.parametrize("name", ["bot.zip", "quiet_bot.whl", "quiet bot-1-py3-none-any.whl"])
def test_a_file_name_that_is_no_wheels_is_refused(tmp_path: Path, name: str) -> None:
    """The file name is part of the format: it says name, version and platform."""
    path = tmp_path / name
    path.write_bytes(b"")

    error = refusal(path)

    assert "its file name is not that of a wheel" in error.problems[0]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """A typing mistake in the path is told as one."""
    error = refusal(tmp_path / "quiet_bot-1.2.0-py3-none-any.whl")

    assert error.problems == ("there is no such file",)
