"""Archives that two programs would read differently, or that hurt whoever unpacks them: refused."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rpa_commons.conformance import Limits, WheelReport, WheelUnreadableError, examine
from tests.support.wheels import WheelMaker

_END = b"PK\x05\x06"
_CENTRAL = b"PK\x01\x02"


def report_on(content: bytes, folder: Path, *, limits: Limits | None = None) -> WheelReport:
    """What is said of a wheel with these bytes."""
    path = folder / WheelMaker().filename
    path.write_bytes(content)
    return examine(path, limits=limits)


def codes_of(report: WheelReport) -> set[str]:
    """The codes that refuse a wheel."""
    return {finding.code for finding in report.findings if finding.severity == "error"}


def said_of(report: WheelReport, code: str) -> str:
    """The messages of a code, each with its place."""
    return "; ".join(f"{one.place}: {one.message}" for one in report.findings if one.code == code)


def moved(content: bytes, by: int) -> bytes:
    """An archive whose offsets are right for so many bytes in front of it."""
    end = content.rindex(_END)
    start = struct.unpack_from("<L", content, end + 16)[0]
    changed = bytearray(content)
    struct.pack_into("<L", changed, end + 16, start + by)
    at = start
    while changed[at : at + 4] == _CENTRAL:
        sizes = struct.unpack_from("<3H", changed, at + 28)
        offset = struct.unpack_from("<L", changed, at + 42)[0]
        struct.pack_into("<L", changed, at + 42, offset + by)
        at += 46 + sum(sizes)
    return bytes(changed)


def patched(content: bytes, name: bytes, fmt: str, offset: int, value: int, *, local: bool) -> bytes:
    """An archive in which one number of a member's header is another."""
    sign = b"PK\x03\x04" if local else _CENTRAL
    size = 30 if local else 46
    at = content.index(sign)
    while content[at + size : at + size + len(name)] != name:
        at = content.index(sign, at + 4)
    changed = bytearray(content)
    struct.pack_into(fmt, changed, at + offset, value)
    return bytes(changed)


def test_an_honest_wheel_is_taken(tmp_path: Path) -> None:
    """A wheel without a fault has no finding at all, and is described."""
    report = examine(WheelMaker().build(tmp_path))

    assert () == report.findings
    assert not report.refused
    assert ("quiet-bot", "1.2.0", "EUPL-1.2") == (report.name, report.version, report.licence)
    assert ">=3.11" == report.requires_python
    assert report.manifest is not None
    assert report.readme.startswith("# Quiet bot")
    assert report.metadata.startswith(b"Metadata-Version: 2.4")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil.py", "leads out of the folder"),
        ("quiet_bot/../../evil.py", "leads out of the folder"),
        ("/etc/evil", "is no relative path"),
        ("C:/evil.py", "is no relative path"),
        ("quiet_bot\\evil.py", "is no relative path"),
        ("quiet_bot/./evil.py", "is no plain path"),
        ("quiet_bot//evil.py", "is no plain path"),
        ("quiet_bot/aux.toml", "not every system can hold"),
        ("quiet_bot/COM1", "not every system can hold"),
        ("quiet_bot/evil.", "not every system can hold"),
        ("quiet_bot/evil ", "not every system can hold"),
        ("quiet_bot/what?.txt", "not every system can hold"),
        ("quiet_bot/\u202egpj.py", "not every system can hold"),
        ("quiet_bot/" + "x" * 600, "longer or deeper"),
        ("quiet_bot/" + "x/" * 40 + "y", "longer or deeper"),
    ],
)
def test_a_path_that_is_not_safe_everywhere_is_refused(tmp_path: Path, name: str, said: str) -> None:
    """Whatever one system takes for another folder, a drive, a device or an end is refused on all."""
    maker = WheelMaker(files={name: b"x"})
    report = report_on(maker.content(), tmp_path)

    assert "A105" in codes_of(report)
    assert said in said_of(report, "A105")


def test_a_null_character_in_a_path_is_refused(tmp_path: Path) -> None:
    """Some programs end a name there, others do not."""
    content = WheelMaker(files={"quiet_bot/a.pyX.txt": b"x"}).content()
    report = report_on(content.replace(b"quiet_bot/a.pyX.txt", b"quiet_bot/a.py\0.txt"), tmp_path)

    assert "is no relative path" in said_of(report, "A105")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quiet_bot/data.txt", "quiet_bot/DATA.txt"),
        ("quiet_bot/\u00e6ble\u0301.txt", "quiet_bot/\u00e6bl\u00e9.txt"),
        ("quiet_bot/stra\u00dfe.txt", "quiet_bot/STRASSE.txt"),
        ("quiet_bot/\ufb01le.txt", "quiet_bot/file.txt"),
        ("quiet_bot/place", "quiet_bot/place/file.txt"),
        ("quiet_bot/place/file.txt", "quiet_bot/place"),
        ("quiet_bot/Place/file.txt", "quiet_bot/place"),
    ],
)
def test_two_members_at_one_place_are_refused(tmp_path: Path, one: str, other: str) -> None:
    """Case, composed letters, a file where another has a folder: on some system one overwrites the other."""
    report = report_on(WheelMaker(files={one: b"1", other: b"2"}).content(), tmp_path)

    assert "A106" in codes_of(report)


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    """Which of the two is installed depends on the program."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = WheelMaker().content(unrecorded={"quiet_bot/__init__.py": b"import os\n"})

    assert "there twice" in said_of(report_on(content, tmp_path), "A106")


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (stat.S_IFLNK | 0o777, "is a symbolic link"),
        (stat.S_IFIFO | 0o600, "is no regular file"),
        (stat.S_IFCHR | 0o600, "is no regular file"),
        (stat.S_IFSOCK | 0o600, "is no regular file"),
        (stat.S_IFREG | stat.S_ISUID | 0o755, "another user's rights"),
    ],
)
def test_a_member_that_is_no_plain_file_is_refused(tmp_path: Path, mode: int, said: str) -> None:
    """Links, pipes, devices, and programs that run as somebody else."""
    member = zipfile.ZipInfo("quiet_bot/link")
    member.external_attr = mode << 16
    report = report_on(WheelMaker().content(unrecorded={member: b"/etc"}), tmp_path)

    assert said in said_of(report, "A107")


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """Nobody could review it."""
    content = WheelMaker().content()
    for local in (True, False):
        content = patched(content, b"quiet_bot/__init__.py", "<H", 6 if local else 8, 1, local=local)

    assert "is encrypted" in said_of(report_on(content, tmp_path), "A107")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_wheels_do_not_have_is_refused(tmp_path: Path, compression: int) -> None:
    """Not every installer can unpack it."""
    report = report_on(WheelMaker().content(compression=compression), tmp_path)

    assert {"A108"} == codes_of(report) - {"A104"}


def test_a_stored_wheel_is_taken(tmp_path: Path) -> None:
    """Members need not be compressed."""
    assert () == report_on(WheelMaker().content(compression=zipfile.ZIP_STORED), tmp_path).findings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content + b"x", "1 bytes stand behind"),
        (lambda content: content + content, "bytes stand before the archive"),
        (lambda content: b"#!/bin/sh\n" + content, "10 bytes stand before the archive"),
        (lambda content: b"#!/bin/sh\n" + moved(content, 10), "bytes of no member before it"),
        (lambda content: content[:-2] + b"\x05\x00hello", "comment of 5 bytes"),
        (lambda content: content[:-2] + b"\x05\x00", "announces a comment that is not there"),
        (lambda content: content[:-14] + b"\xff\xff\xff\xff" + content[-10:], "ZIP64"),
        (lambda content: content[:-18] + b"\x01\x00" + content[-16:], "several files"),
    ],
)
def test_bytes_that_belong_to_no_member_are_refused(
    tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    """Behind, before, in a comment: programs that begin at the other end would see another archive."""
    report = report_on(change(WheelMaker().content()), tmp_path)

    assert {"A104"} == codes_of(report)
    assert said in said_of(report, "A104")


def test_a_gap_between_members_and_directory_is_refused(tmp_path: Path) -> None:
    """A whole second archive fits into such a gap."""
    content = WheelMaker().content()
    end = content.rindex(_END)
    start = struct.unpack_from("<L", content, end + 16)[0]
    tail = bytearray(content[start:])
    struct.pack_into("<L", tail, len(tail) - 6, start + 4)
    report = report_on(content[:start] + b"gap!" + bytes(tail), tmp_path)

    assert "bytes of no member before its directory" in said_of(report, "A104")


@pytest.mark.parametrize(
    ("fmt", "offset", "value", "said"),
    [
        ("<H", 8, 0, "other flags in its own header"),
        ("<L", 14, 7, "another size or checksum"),
        ("<L", 22, 7, "another size or checksum"),
        ("<L", 18, 7, "another size or checksum"),
        ("<H", 6, 0x8, "other flags in its own header"),
        ("<B", 30, 0x51, "another name in its own header"),
    ],
)
def test_a_header_that_contradicts_the_directory_is_refused(
    tmp_path: Path, fmt: str, offset: int, value: int, said: str
) -> None:
    """Programs that read from the front believe the one, others the other."""
    content = patched(WheelMaker().content(), b"quiet_bot/__init__.py", fmt, offset, value, local=True)
    report = report_on(content, tmp_path)

    assert {"A104"} == codes_of(report)
    assert said in said_of(report, "A104")


@pytest.mark.parametrize("kind", [0x0001, 0x7075, 0x9901, 0xBEEF])
def test_an_additional_field_that_may_rename_a_member_is_refused(tmp_path: Path, kind: int) -> None:
    """ZIP64 sizes, Unicode paths, encryption, and what nobody knows."""
    member = zipfile.ZipInfo("quiet_bot/x.txt")
    member.extra = struct.pack("<2H", kind, 4) + b"abcd"
    report = report_on(WheelMaker().content(unrecorded={member: b"x"}), tmp_path)

    assert f"0x{kind:04x}" in said_of(report, "A104")


def test_times_and_owners_in_additional_fields_are_taken(tmp_path: Path) -> None:
    """What Info-ZIP writes of every file changes nothing."""
    member = zipfile.ZipInfo("quiet_bot/x.txt")
    member.extra = struct.pack("<2H", 0x5455, 5) + b"\x01abcd"
    report = report_on(WheelMaker().content(unrecorded={member: b"x"}), tmp_path)

    assert {"A112"} == codes_of(report)  # nothing but that RECORD does not name it


def test_a_comment_on_a_member_is_refused(tmp_path: Path) -> None:
    """Nobody would see it, and it is part of what is signed."""
    member = zipfile.ZipInfo("quiet_bot/x.txt")
    member.comment = b"hello"
    report = report_on(WheelMaker().content(unrecorded={member: b"x"}), tmp_path)

    assert "has a comment" in said_of(report, "A104")


def test_two_members_of_the_same_bytes_are_refused(tmp_path: Path) -> None:
    """Members that overlap make small files that unpack to large ones."""
    content = WheelMaker(files={"quiet_bot/a": b"same", "quiet_bot/b": b"same"}).content()
    first = content.index(b"PK\x03\x04")
    changed = patched(content, b"quiet_bot/b", "<L", 42, first, local=False)
    report = report_on(changed, tmp_path)

    assert "A104" in codes_of(report)


def test_a_member_with_its_size_behind_it_is_taken(tmp_path: Path) -> None:
    """Programs that write to a pipe do so; what stands behind must agree."""
    content = streamed(WheelMaker())
    wrong = content.replace(b"PK\x07\x08", b"PK\x07\x09", 1)

    assert () == report_on(content, tmp_path).findings
    assert {"A104"} == codes_of(report_on(wrong, tmp_path))


def streamed(maker: WheelMaker) -> bytes:
    """A wheel as it is written to a stream that cannot go back."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.written += piece
            return len(piece)

    pipe = Pipe()
    source = zipfile.ZipFile(io.BytesIO(maker.content()))
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    return bytes(pipe.written)


def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    """A megabyte that unpacks to a hundred is told by what the archive claims."""
    report = report_on(WheelMaker(files={"quiet_bot/zeros": bytes(20 * 1024 * 1024)}).content(), tmp_path)

    assert {"A109"} == codes_of(report)
    assert "times as much" in said_of(report, "A109")


def test_a_bomb_that_lies_about_its_size_is_found(tmp_path: Path) -> None:
    """No more is unpacked than was claimed."""
    content = WheelMaker(files={"quiet_bot/zeros": bytes(5 * 1024 * 1024)}).content()
    for local, offset in ((True, 22), (False, 24)):
        content = patched(content, b"quiet_bot/zeros", "<L", offset, 1000, local=local)
    report = report_on(content, tmp_path)

    assert "does not unpack to the size" in said_of(report, "A101")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(wheel_bytes=100), "larger than the 100 bytes"),
        (Limits(members=3), "a wheel may have 3"),
        (Limits(unpacked_bytes=500), "a wheel may have 500"),
        (Limits(record_bytes=10), "larger than the 10 bytes"),
        (Limits(code_bytes=10), "more than the 10 bytes of Python"),
    ],
)
def test_what_is_too_large_is_refused(tmp_path: Path, limits: Limits, said: str) -> None:
    """The file, the number of files, what they unpack to, RECORD: each has a limit."""
    assert said in said_of(report_on(WheelMaker().content(), tmp_path, limits=limits), "A109")


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04 half", bytes(100_000), b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_wheel_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing, text, half a download, nulls, and an archive of nothing."""
    assert {"A101"} == codes_of(report_on(content, tmp_path))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("quiet_bot-1.2.0.tar.gz", "A102"),
        ("quiet_bot.whl", "A102"),
        ("quiet bot-1.2.0-py3-none-any.whl", "A102"),
        ("quiet_bot-1.2.0+local-py3-none-any.whl", "A102"),
        ("quiet_b\u00f8t-1.2.0-py3-none-any.whl", "A102"),
        ("quiet_bot-1.2.0-py3-none-" + "x" * 300 + ".whl", "A102"),
        ("other_bot-1.2.0-py3-none-any.whl", "A103"),
        ("quiet_bot-1.2.1-py3-none-any.whl", "A103"),
        ("quiet_bot-1.2.0-cp311-abi3-win_amd64.whl", "A122"),
        ("quiet_bot-1.2.0-1-py3-none-any.whl", "A122"),
    ],
)
def test_a_file_name_that_lies_is_refused(tmp_path: Path, name: str, code: str) -> None:
    """Other kinds of files, other names and versions, other platforms than the wheel was built for."""
    report = examine(WheelMaker().build(tmp_path), filename=name)

    assert code in codes_of(report)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """A path that is no file is an error of usage, not a report."""
    for path in (tmp_path / "missing.whl", tmp_path):
        with pytest.raises(WheelUnreadableError, match="cannot be read") as caught:
            examine(path)

        assert 2 == caught.value.exit_code
        assert path == caught.value.path


def test_a_member_that_asks_for_a_newer_format_is_refused(tmp_path: Path) -> None:
    """Some installers stop at it; none of them may be left to guess."""
    content = patched(WheelMaker().content(), b"quiet_bot/__init__.py", "<H", 6, 84, local=False)
    report = report_on(content, tmp_path)

    assert {"A104"} == codes_of(report)
    assert "asks for version 8.4 of the format" in said_of(report, "A104")
