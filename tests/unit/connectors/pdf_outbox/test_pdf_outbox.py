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

from rpa_commons.capabilities import (
    Attachment,
    BusinessError,
    Delivery,
    Letter,
    Link,
    PrintOptions,
    TextMessage,
    TransientError,
)
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
        (errno.EACCES, "let the user that runs rpac read and write there"),
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


class TestVersionOneOne:
    """What the capability gained: told honestly, or refused."""

    @pytest.fixture
    def post(self, folder: Path) -> PdfOutbox:
        """The connector on the folder."""
        municipality = Municipality("0265", "Roskilde")
        return PdfOutbox(
            PdfOutboxSettings(folder=str(folder)),
            Surroundings(municipality, "test", folder.parent, lambda _: ""),
        )

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            (
                {"attachments": (Attachment(name="a.pdf", media_type="application/pdf", content=b"%PDF"),)},
                "PDF",
            ),
            ({"links": (Link(label="Bestil tid", url="https://kommune.example"),)}, "print the address"),
            ({"printing": PrintOptions(colour=True)}, "print room"),
            ({"pdf": b"<html>"}, "template"),
        ],
    )
    def test_what_one_pdf_cannot_be_is_refused(
        self, post: PdfOutbox, folder: Path, changes: dict[str, Any], remedy: str
    ) -> None:
        """In a plan as in a run, and nothing lies in the folder."""
        letter = LETTER.model_copy(update=changes)
        for ask in (
            lambda: post.check_send(letter, to="", channel="physical"),
            lambda: post.send(letter, to="", channel="physical", key=KEY),
        ):
            with pytest.raises(BusinessError) as caught:
                ask()
            assert remedy in caught.value.remedy

        assert [] == list(folder.iterdir())

    def test_it_is_no_telephone(self, post: PdfOutbox) -> None:
        """Text messages are refused, and nobody is reached by them."""
        message = TextMessage(title="Husk", text="I morgen")
        for ask in (
            lambda: post.check_notify(message, to=""),
            lambda: post.notify(message, to="", key=KEY),
        ):
            with pytest.raises(BusinessError, match="no text messages"):
                ask()

        assert post.reachable_by_sms("2211771212") is False

    def test_it_knows_what_it_took_and_no_more(self, post: PdfOutbox, folder: Path) -> None:
        """Accepted, at its time, also after the print room came by."""
        receipt = post.send(LETTER, to="", channel="physical", key=KEY)
        (folder / NAME).unlink()

        expected = Delivery(state="accepted", channel="physical", at=receipt.accepted_at, source="outbox")
        assert expected == post.delivery(receipt.id)

    def test_a_changed_receipt_is_no_answer(self, post: PdfOutbox, folder: Path) -> None:
        """Whether the letter is there cannot be said any more; the file is named."""
        receipt = post.send(LETTER, to="", channel="physical", key=KEY)
        kept = folder / ".rpac" / "receipts" / f"{receipt.id}.json"
        for content in (
            b"",
            b"[]",
            b'{"accepted_at": 1}',
            b'{"accepted_at": "2026-11-20T12:00:00"}',
            b"\xff",
            b"[" * 100_000,
        ):
            kept.write_bytes(content)
            with pytest.raises(TransientError) as caught:
                post.delivery(receipt.id)
            assert kept.name in str(caught.value)
