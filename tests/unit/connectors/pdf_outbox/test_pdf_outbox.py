"""One key, one file, wherever the process is killed and whoever takes files away."""

import contextlib
import errno
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, Letter, TransientError
from rpa_commons.connectors import Surroundings, message_uuid
from rpa_commons.connectors.pdf_outbox import Outbox, OutboxError, PdfOutbox, PdfOutboxSettings
from rpa_commons.sdk import Municipality

KEY = hashlib.sha256(b"one").hexdigest()
NAME = f"{message_uuid(KEY)}.pdf"
LETTER = Letter(
    title="Velkommen", language="da", pdf=b"%PDF-1.7 Mette Hansen", text="Kære Mette", template="w:f"
)


STEPS = 24  # more than a letter takes; the last ones kill nothing


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An outbox."""
    folder = tmp_path / "outbox"
    folder.mkdir()
    return folder


def outbox(folder: Path) -> Outbox:
    """The outbox as a fresh process opens it."""
    return Outbox("pdf-outbox", folder)


def printed(folder: Path) -> list[str]:
    """The files the print room sees."""
    return sorted(path.name for path in folder.glob("*.pdf"))


def test_a_letter_lies_in_the_folder_whole(folder: Path) -> None:
    """The file's name is the message id and its bytes are the PDF's."""
    receipt = outbox(folder).put(LETTER, KEY)

    assert [NAME] == printed(folder)
    assert LETTER.pdf == (folder / NAME).read_bytes()
    assert (message_uuid(KEY), "physical", False) == (receipt.id, receipt.channel, receipt.repeated)


def test_names_and_receipts_say_nothing_about_anybody(folder: Path) -> None:
    """Beside the PDF itself nothing in the folder holds a name or the letter's text."""
    outbox(folder).put(LETTER, KEY)

    others = [path for path in folder.rglob("*") if path.is_file() and path.name != NAME]
    assert 1 == len(others)
    assert "Mette" not in others[0].read_text() + str(others[0])
    assert hashlib.sha256(LETTER.pdf).hexdigest() == json.loads(others[0].read_text())["sha256"]


def test_a_repeat_is_the_same_letter_after_it_was_fetched(folder: Path) -> None:
    """The print room has taken the file away: the repeat prints no second one, and names the first's time."""
    first = outbox(folder).put(LETTER, KEY)
    (folder / NAME).unlink()
    again = outbox(folder).put(LETTER, KEY)

    assert [] == printed(folder)
    assert (True, first.accepted_at, first.id) == (again.repeated, again.accepted_at, again.id)


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("fetched", [False, True])
def test_killed_at_any_step_it_is_one_letter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: int, fetched: bool
) -> None:
    """Killed before any system call that changes the folder, the repeat makes it exactly one letter."""
    calls = iter(range(100))

    def killing(real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == step:
                raise Killed
            return real(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        for name in ("fsync", "open", "replace", "rename", "mkdir"):
            patch.setattr(os, name, killing(getattr(os, name)))
        with contextlib.suppress(Killed):
            outbox(folder).put(LETTER, KEY)
    taken = [path.read_bytes() for path in folder.glob("*.pdf")]
    for path in folder.glob("*.pdf") if fetched else ():
        path.unlink()
    outbox(folder).put(LETTER, KEY)
    left = [path.read_bytes() for path in folder.glob("*.pdf")]

    assert [LETTER.pdf] == (taken + left if fetched and taken else left)
    assert fetched or [] == list((folder / ".rpac" / "staging").iterdir())


def test_threads_with_one_key_put_one_file(folder: Path) -> None:
    """Eight threads at once are one letter; one of them is told that it was first."""
    shared = outbox(folder)
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: shared.put(LETTER, KEY), range(8)))

    assert [NAME] == printed(folder)
    assert 1 == sum(not receipt.repeated for receipt in receipts)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free space on the disk"),
        (errno.EROFS, "mount the folder writable"),
        (errno.EACCES, "let the user that runs rpac write there"),
        (errno.EIO, "check the folder"),
    ],
)
def test_a_disk_that_takes_nothing_keeps_the_case_waiting(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    """The error names the folder and the remedy, nothing half lies there, and the repeat delivers."""

    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutboxError) as caught:
            outbox(folder).put(LETTER, KEY)
    left = [path for path in folder.rglob("*") if path.is_file()]
    outbox(folder).put(LETTER, KEY)

    assert isinstance(caught.value, TransientError)
    assert (remedy, number, "no") == (caught.value.remedy, caught.value.errno, caught.value.sent)
    assert str(folder) in str(caught.value)
    assert caught.value.__context__ is None
    assert [] == left
    assert [NAME] == printed(folder)


def test_a_folder_that_is_not_there_is_not_made(folder: Path) -> None:
    """A share that is not mounted must not be replaced by a local folder that nobody empties."""
    folder.rmdir()

    with pytest.raises(OutboxError) as caught:
        outbox(folder).put(LETTER, KEY)

    assert "create the folder, or mount the share it is on" == caught.value.remedy
    assert not folder.exists()


def test_what_is_no_pdf_is_handed_over(folder: Path) -> None:
    """A letter without a PDF would be an empty page: a person looks at it."""
    empty = LETTER.model_copy(update={"pdf": b""})

    with pytest.raises(BusinessError):
        outbox(folder).put(empty, KEY)

    assert [] == printed(folder)


def test_the_receipts_time_is_utc(folder: Path) -> None:
    """The time of taking is aware and in UTC."""
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    assert now == Outbox("pdf-outbox", folder, now=lambda: now).put(LETTER, KEY).accepted_at


@pytest.mark.skipif(os.name != "posix", reason="Windows has access lists instead of modes")
def test_the_world_cannot_read_a_letter(folder: Path) -> None:
    """A letter is for the owner and the print room's group."""
    outbox(folder).put(LETTER, KEY)

    assert 0 == (folder / NAME).stat().st_mode & 0o007


class TestConnector:
    @pytest.fixture
    def connector(self, folder: Path) -> PdfOutbox:
        """The connector of a municipality that sends on paper."""
        surroundings = Surroundings(Municipality("0167", "Hvidovre"), "test", folder.parent, lambda _: "")
        return PdfOutbox(PdfOutboxSettings(folder="outbox"), surroundings)

    def test_it_touches_nothing_until_it_sends(self, connector: PdfOutbox, folder: Path) -> None:
        """Making the connector and asking it leave the folder as it was."""
        connector.registered("2211771212")

        assert [] == list(folder.iterdir())

    def test_it_does_not_send_digitally(self, connector: PdfOutbox, folder: Path) -> None:
        """A digital letter is refused rather than printed without anybody having said so."""
        with pytest.raises(BusinessError, match="on paper only"):
            connector.send(LETTER, to="2211771212", key=KEY)

        assert [] == printed(folder)


def test_a_plan_hears_what_a_run_would_be_refused(folder: Path) -> None:
    """Paper only, with the same words; a letter on paper passes, and nothing is written."""
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder.parent, lambda _: "")
    connector = PdfOutbox(PdfOutboxSettings(folder="outbox"), surroundings)

    with pytest.raises(BusinessError, match="on paper only"):
        connector.check_send(channel="digital", letter=LETTER, to="x")

    connector.check_send(channel="physical", letter=LETTER, to="x")
    assert list(folder.iterdir()) == []
