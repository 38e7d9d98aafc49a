"""Nothing hides in a wheel: large files, documents, archives, names, programs without a suffix."""

import gzip
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.conformance import Limits, WheelReport, examine
from tests.support.wheels import WheelMaker

# Put together here, so that no search for personal numbers finds it in this file.
_NUMBER = "130972" + "-" + "4321"
_WORD = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def report_on(folder: Path, files: dict[str, bytes], **limits: Any) -> WheelReport:
    """What is said of a wheel with these files."""
    path = WheelMaker(files={f"quiet_bot/{name}": content for name, content in files.items()}).build(folder)
    return examine(path, limits=replace(Limits(), **limits))


def found(report: WheelReport) -> list[tuple[str, str]]:
    """Code and place of every finding."""
    return [(one.code, one.place) for one in report.findings]


def document(parts: dict[str, bytes]) -> bytes:
    """A document as word processors write it: an archive of XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def archive_of(kind: str) -> bytes:
    """One file, packed."""
    if kind == "gz":
        return gzip.compress(b"nothing of note")
    stream = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=stream, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("empty"))
    else:
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("a.txt", "nothing of note")
    return stream.getvalue()


@pytest.mark.parametrize("before", ["", "\n", "Hansen\n", "Hansen;", "CPR", "cpr_nr:", "fnr"])
def test_a_number_is_found_whatever_stands_before_it(tmp_path: Path, before: str) -> None:
    """At the front of a line above all: that is where columns begin."""
    report = report_on(tmp_path, {"x.csv": f"cpr,navn\n{before}{_NUMBER},Ole".encode()})

    assert ["A152"] == [code for code, _ in found(report)]


def test_a_large_file_is_searched_to_its_end(tmp_path: Path) -> None:
    """In pieces that overlap, so that a number cannot stand on a border."""
    filler = b"ord og atter ord\n" * 4096
    for at in (0, len(filler) - 5, len(filler)):
        content = filler[:at] + f"\n{_NUMBER}\n".encode() + filler[at:]
        report = report_on(tmp_path, {"large.csv": content}, kept_bytes=30_000)

        assert {"A152"} == {code for code, _ in found(report)}


def test_a_number_on_the_border_of_two_pieces_is_found(tmp_path: Path) -> None:
    """A piece is a megabyte."""
    for at in range(1024 * 1024 - 12, 1024 * 1024 + 3, 3):
        content = b" " * at + _NUMBER.encode() + bytes(range(256)) * 5000
        report = report_on(tmp_path, {"large.bin": content}, kept_bytes=1024 * 1024, ratio=10_000)

        assert {"A152"} == {code for code, _ in found(report)}


def test_a_module_too_large_to_read_is_refused(tmp_path: Path) -> None:
    """No person reviews it, and its size does not spare it."""
    code = b"import subprocess\nsubprocess.run(['x'])\n" + b"# more\n" * 10_000
    report = report_on(tmp_path, {"huge.py": code}, kept_bytes=30_000, module_bytes=20_000)

    assert [("A136", "quiet_bot/huge.py")] == found(report)


def test_a_number_in_a_files_name_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Letters are often saved under the number of whom they are for."""
    report = report_on(tmp_path, {f"brev {_NUMBER}.txt": b"Hej"})

    assert ("A152", "quiet_bot/brev ….txt") in found(report)
    assert _NUMBER not in str(report.to_json())


@pytest.mark.parametrize("suffix", ["docx", "odt", "xlsx"])
def test_the_text_of_a_document_is_searched(tmp_path: Path, suffix: str) -> None:
    """Also where the formatting cuts the number in two."""
    whole = document({"word/document.xml": _WORD.format(_NUMBER).encode()})
    cut = document({"word/document.xml": (_WORD.format("130972") + _WORD.format("-4321")).encode()})
    clean = document({"word/document.xml": _WORD.format("Kære borger").encode()})
    place = f"quiet_bot/a.{suffix}!word/document.xml:1"

    assert ("A152", place) in found(report_on(tmp_path, {f"a.{suffix}": whole}))
    assert ("A152", place) in found(report_on(tmp_path, {f"a.{suffix}": cut}))
    assert [] == found(report_on(tmp_path, {f"a.{suffix}": clean}))


def test_a_document_is_shown_to_the_reviewer_and_a_crowd_of_them_is_refused(tmp_path: Path) -> None:
    """Documents are archives; a few are let through."""
    files = {f"{n}.docx": document({"word/document.xml": b"<a/>"}) for n in range(4)}
    taken = report_on(tmp_path, files)
    refused = report_on(tmp_path, files, archives=3)

    assert (False, {"archive"}) == (taken.refused, {one.kind for one in taken.observations})
    assert [("A109", "")] == found(refused)


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"word/vbaProject.bin": b"x"}, "!word/vbaProject.bin"),
        ({"Basic/Standard/Module1.xml": b"<a/>"}, "!Basic/Standard/Module1.xml"),
        ({"word/embeddings/x.bin": archive_of("zip")}, "!word/embeddings/x.bin"),
        ({"word/big.xml": b"<a/>" * 20_000}, "!word/big.xml"),
    ],
)
def test_a_document_that_hides_something_is_refused(
    tmp_path: Path, parts: dict[str, bytes], place: str
) -> None:
    """Macros, archives in it, and what is too large to look at."""
    report = report_on(tmp_path, {"a.docx": document(parts)}, kept_bytes=50_000)

    assert [("A139", f"quiet_bot/a.docx{place}")] == found(report)


def test_a_document_that_is_none_is_refused(tmp_path: Path) -> None:
    """Half of one, a bomb, and one that says it is larger than it may be."""
    whole = document({"word/document.xml": b"<a/>"})
    bomb = document({"word/document.xml": bytes(70 * 1024 * 1024)})
    for content in (whole[: len(whole) // 2], whole + b"more", bomb):
        assert [("A139", "quiet_bot/a.docx")] == found(report_on(tmp_path, {"a.docx": content}))


def test_a_document_too_large_to_open_is_said(tmp_path: Path) -> None:
    """The one thing that a reviewer must look at without help."""
    content = document({"word/media/image1.jpg": bytes(range(256)) * 5}) + b""
    report = report_on(tmp_path, {"a.docx": content}, kept_bytes=len(content) - 1)

    assert [("A186", "quiet_bot/a.docx")] == found(report)


@pytest.mark.parametrize("kind", ["zip", "gz", "tar"])
@pytest.mark.parametrize("name", ["data.bin", "x.docx.backup", "other-1.0-py3-none-any.whl"])
def test_an_archive_is_refused_whatever_it_is_called(tmp_path: Path, kind: str, name: str) -> None:
    """Another wheel, a backup, a file without a telling name; large ones as well."""
    small = report_on(tmp_path, {name: archive_of(kind)})
    large = report_on(tmp_path, {name: archive_of(kind)}, kept_bytes=20)

    assert ("A139", f"quiet_bot/{name}") in found(small)
    assert ("A139", f"quiet_bot/{name}") in found(large)


@pytest.mark.parametrize("head", [b"\x7fELF\x02\x01", b"MZ\x90\x00\x03", b"\xcf\xfa\xed\xfe", b"\0asm\x01"])
def test_a_program_is_one_whatever_it_is_called(tmp_path: Path, head: bytes) -> None:
    """A bot is code that people can read."""
    report = report_on(tmp_path, {"data": head + bytes(100)})

    assert [("A135", "quiet_bot/data")] == found(report)
    assert ["native-code"] == [one.kind for one in report.observations]


def test_a_text_that_begins_like_a_program_is_none(tmp_path: Path) -> None:
    """Two letters make no program."""
    assert [] == found(report_on(tmp_path, {"names.txt": b"MZ Hansen\n" * 20}))


def test_a_script_without_a_suffix_is_shown(tmp_path: Path) -> None:
    """The reviewer sees that it names an interpreter."""
    report = report_on(tmp_path, {"setup": b"#!/bin/sh\necho\n"})

    assert [("subprocess", "quiet_bot/setup")] == [(one.kind, one.place) for one in report.observations]


def test_the_folder_of_metadata_is_not_kept_in_memory(tmp_path: Path) -> None:
    """Sixty files of eight megabytes there once took half a gigabyte."""
    import tracemalloc

    many = {f"licenses/{n}.txt": b"x" * 1024 * 1024 for n in range(40)}
    path = WheelMaker(info=many).build(tmp_path)
    tracemalloc.start()
    report = examine(path, limits=replace(Limits(), ratio=10_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert not report.refused
    assert 12 * 1024 * 1024 > peak
