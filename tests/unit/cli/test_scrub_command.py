"""``rpac scrub``: copies that may be read, files that stay as they were, and refusals that repeat nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli import scrub as command
from rpa_commons.cli._main import cli

PERSON = "0706614818"


def scrub(*arguments: object) -> Result:
    """Call ``rpac scrub``."""
    return CliRunner().invoke(cli, ["scrub", *map(str, arguments)])


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A request about somebody, recorded under that person's number."""
    path = tmp_path / f"case-{PERSON}.json"
    path.write_bytes(b'{"cpr": "070661-4818",\r\n"access_token": "hush"}\r\n')
    return path


def test_a_copy_has_neither_number_nor_secret_also_in_its_name(recording: Path, tmp_path: Path) -> None:
    """Number of the name and number of the content have one stand-in; the recording stays as it was."""
    before = recording.read_bytes()

    result = scrub(recording, "--out", tmp_path / "out")

    copy = tmp_path / "out" / "case-9999000001.json"
    assert 0 == result.exit_code
    assert b'{"cpr": "999900-0001",\r\n"access_token": "removed"}\r\n' == copy.read_bytes()
    assert before == recording.read_bytes()
    assert "case-9999000001.json: 1 cpr, 1 secret\n" == result.stdout
    assert "NOT looked for: names, addresses" in result.stderr
    assert PERSON not in result.output


def test_relations_between_files_survive(recording: Path, tmp_path: Path) -> None:
    """Request and answer of one person are of one person still; JSON says so for machines."""
    answer = tmp_path / "answer.xml"
    answer.write_text(f"<Cpr>{PERSON}</Cpr>", "utf-8")

    result = scrub(recording, answer, "--out", tmp_path / "out", "--json")

    assert "<Cpr>9999000001</Cpr>" == (tmp_path / "out" / "answer.xml").read_text("utf-8")
    assert {
        "files": [
            {"file": "case-9999000001.json", "counts": {"cpr": 1, "secret": 1}},
            {"file": "answer.xml", "counts": {"cpr": 1}},
        ],
        "numbers": 1,
    } == json.loads(result.stdout)


def test_the_same_again_is_done_and_another_is_refused(recording: Path, tmp_path: Path) -> None:
    """A copy that somebody has worked on is not overwritten."""
    out = tmp_path / "out"
    codes = [scrub(recording, "--out", out).exit_code, scrub(recording, "--out", out).exit_code]
    (out / "case-9999000001.json").write_text("worked on", "utf-8")

    result = scrub(recording, "--out", out)

    assert [0, 0, 2] == [*codes, result.exit_code]
    assert "is in the folder already and is another" in result.stderr
    assert "worked on" == (out / "case-9999000001.json").read_text("utf-8")


def test_a_recording_is_never_changed_in_place(tmp_path: Path) -> None:
    """Its own folder as the folder of copies is refused where the copy differs."""
    path = tmp_path / "answer.txt"
    path.write_text(PERSON, "utf-8")

    assert 2 == scrub(path, "--out", tmp_path).exit_code
    assert PERSON == path.read_text("utf-8")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """One of them would be lost."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(folder, "utf-8")

    result = scrub(tmp_path / "a" / "x.txt", tmp_path / "b" / "x.txt", "--out", tmp_path / "out")

    assert 2 == result.exit_code
    assert "two files would have this name" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (f"{PERSON}.txt", "blåbær".encode("latin-1"), "not UTF-8 at byte 2; save it as UTF-8"),
        (f"{PERSON}.har", "{}".encode("utf-16-be"), "binary, or UTF-16"),
        (f"{PERSON}.json", b"x" * 101, "larger than"),
        (f"{PERSON}.pdf", b"%PDF", "recordings are .har, .http, .json"),
        (f"{PERSON}.xml", None, "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_scrubbed_is_refused_before_anything_is_written(
    recording: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes | None,
    said: str,
) -> None:
    """With a remedy, with the scrubbed name, and with no half of the work done."""
    monkeypatch.setattr(command, "_LARGEST", 100)
    bad = tmp_path / name
    if content is not None:
        bad.write_bytes(content)

    result = scrub(recording, bad, "--out", tmp_path / "out")

    assert 2 == result.exit_code
    assert said in " ".join(result.stderr.split())
    assert PERSON not in result.output
    assert not (tmp_path / "out").exists()
