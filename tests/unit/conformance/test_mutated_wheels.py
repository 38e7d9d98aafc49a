"""Wheels that were damaged or changed anywhere: the answer is a report, and a change is always found."""

import io
import itertools
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpa_commons.conformance import Limits, WheelReport, examine
from rpa_commons.conformance._archive import DamagedMemberError, chunks, read_directory, unpacked
from rpa_commons.conformance._report import Findings
from tests.support.wheels import WheelMaker

_HONEST = WheelMaker(files={"quiet_bot/letter.md": b"# Velkommen\n" * 20, "quiet_bot/empty": b""})
_CONTENT = _HONEST.content()
_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)


def report_on(content: bytes, folder: Path) -> WheelReport:
    """What is said of a wheel with these bytes."""
    path = folder / _HONEST.filename
    path.write_bytes(content)
    return examine(path)


@_FOLDER
@given(at=st.integers(0, len(_CONTENT) - 1), value=st.integers(1, 255))
def test_a_flipped_byte_is_never_missed(tmp_path: Path, at: int, value: int) -> None:
    """Whatever byte is changed: refused, unless nothing that is installed or read changed."""
    changed = bytearray(_CONTENT)
    changed[at] ^= value
    report = report_on(bytes(changed), tmp_path)

    assert report.refused or _same_files(bytes(changed))


def _same_files(content: bytes) -> bool:
    """Whether an archive holds the honest wheel's files under their names: only a time or a note is other."""
    with zipfile.ZipFile(io.BytesIO(content)) as one, zipfile.ZipFile(io.BytesIO(_CONTENT)) as other:
        return {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }


@_FOLDER
@given(cut=st.integers(0, len(_CONTENT) - 1))
def test_a_cut_wheel_is_refused(tmp_path: Path, cut: int) -> None:
    """Half an upload is told as one."""
    assert report_on(_CONTENT[:cut], tmp_path).refused


@_FOLDER
@given(at=st.integers(0, len(_CONTENT)), piece=st.binary(min_size=1, max_size=50))
def test_added_bytes_are_refused(tmp_path: Path, at: int, piece: bytes) -> None:
    """There is no place in a wheel where something could be put that nobody sees."""
    assert report_on(_CONTENT[:at] + piece + _CONTENT[at:], tmp_path).refused


@_FOLDER
@given(name=st.sampled_from(sorted(_HONEST.members())), text=st.binary(max_size=60))
def test_a_member_that_was_packed_again_is_found(tmp_path: Path, name: str, text: bytes) -> None:
    """The archive is whole, RECORD is the old one: the changed file does not have its hash."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_CONTENT)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.namelist():
            new.writestr(member, text if member == name else old.read(member))
        is_same = old.read(name) == text
    report = report_on(packed.getvalue(), tmp_path)
    told = {one.place for one in report.findings if one.code == "A112"}

    assert is_same or name in told


@_FOLDER
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=30).filter(lambda name: name[0] != "\0"), st.binary(max_size=100)
        ),
        max_size=5,
        unique_by=lambda pair: pair[0],
    )
)
def test_any_members_are_survived(tmp_path: Path, members: list[tuple[str, bytes]]) -> None:
    """Names and contents of every sort."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            archive.writestr(name.encode("utf-8", "replace").decode(), content)

    assert report_on(packed.getvalue(), tmp_path).refused


@_FOLDER
@given(
    part=st.sampled_from(["METADATA", "WHEEL", "entry_points.txt", "extra_metadata/rpac.json"]),
    text=st.binary(),
)
def test_any_metadata_are_survived(tmp_path: Path, part: str, text: bytes) -> None:
    """The four files that are parsed, filled with noise."""
    maker = WheelMaker(info={part: text})
    path = maker.build(tmp_path)

    assert part == "entry_points.txt" or examine(path).refused


@_FOLDER
@given(source=st.text(max_size=300))
def test_any_source_is_survived(tmp_path: Path, source: str) -> None:
    """Python or not."""
    maker = WheelMaker(files={"quiet_bot/any.py": source.encode("utf-8", "surrogatepass")})
    examine(maker.build(tmp_path))


def test_ten_megabytes_of_noise_are_survived(tmp_path: Path) -> None:
    """As a file, and as a member of a wheel."""
    noise = random.Random(1).randbytes(10 * 1024 * 1024)  # noqa: S311 - noise, no secret
    whole = report_on(noise, tmp_path)
    inside = examine(WheelMaker(files={"quiet_bot/noise.bin": noise}).build(tmp_path))

    assert ["A101"] == [one.code for one in whole.findings]
    assert () == inside.findings


@given(st.binary(max_size=5_000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_a_member_is_the_same_in_one_piece_and_in_many(content: bytes, compression: int) -> None:
    """Large members are read piece by piece, small ones at once."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("x", content)
    findings = Findings(Limits())
    entries = read_directory(packed.getvalue(), Limits(), findings)

    assert entries is not None
    assert content == unpacked(packed.getvalue(), entries[0])
    assert content == b"".join(chunks(packed.getvalue(), entries[0]))


def test_damage_is_found_in_one_piece_and_in_many() -> None:
    """Another checksum, too few bytes, too many, no deflated data at all."""
    content = WheelMaker(files={"quiet_bot/x": b"0123456789" * 50}).content()
    entry = next(
        one
        for one in read_directory(content, Limits(), Findings(Limits())) or ()
        if one.name == "quiet_bot/x"
    )
    wrong = [
        entry._replace(crc=entry.crc ^ 1),
        entry._replace(size=entry.size - 1),
        entry._replace(size=entry.size + 1),
        entry._replace(packed=entry.packed - 2),
        entry._replace(start=entry.start + 1),
        entry._replace(method=0),
    ]
    for one in wrong:
        with pytest.raises(DamagedMemberError):
            unpacked(content, one)
        with pytest.raises(DamagedMemberError):
            for _ in itertools.chain(chunks(content, one)):
                pass


@pytest.mark.parametrize("hostile", ["record", "pth", "hidden"])
def test_pip_installs_what_is_refused_here(tmp_path: Path, hostile: str) -> None:
    """A wrong hash in RECORD, a .pth file, a file that RECORD does not name: pip installs all three."""
    maker = WheelMaker()
    if hostile == "record":
        path = maker.build(tmp_path, record=lambda text: text.replace("sha256=", "sha256=AAAA", 1))
    elif hostile == "pth":
        maker.files["evil.pth"] = b"import os\n"
        path = maker.build(tmp_path)
    else:
        path = maker.build(tmp_path, unrecorded={"quiet_bot/hidden.py": b"x = 1\n"})
    target = tmp_path / "installed"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--target",
        str(target),
    ]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", str(path)], capture_output=True, text=True, check=False
    )
    landed = {"record": "quiet_bot/__init__.py", "pth": "evil.pth", "hidden": "quiet_bot/hidden.py"}[hostile]

    assert 0 == done.returncode, done.stderr
    assert (target / landed).exists()
    assert examine(path).refused
    shutil.rmtree(target)
