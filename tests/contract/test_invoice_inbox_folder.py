"""The invoice folder keeps the contract of InvoiceInbox."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import (
    INVOICE_PERSONAL,
    FailureCases,
    InvoiceInboxCases,
    InvoiceInboxContract,
    contract_invoice,
)
from rpa_commons.connectors.invoice_folder import InvoiceFolder, InvoiceFolderSettings
from rpa_commons.connectors.invoice_folder._files import document_id
from rpa_commons.sdk import Municipality

ABSENT: Mapping[str, str] = {
    "401": "a folder asks nobody for a password; one that may not be read is the time-out",
    "429": "a folder does not ask its callers to come back later",
    "500": "a folder does not answer with a status",
    "reset": "nothing is sent over a connection of ours; a share that vanishes is the time-out",
}
KEY = "0123456789abcdef" * 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The inbox."""
    folder = tmp_path / "invoices"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa_commons.connectors.invoice_folder._files._PATIENCE", 0.2)


def connect(folder: Path, **changes: object) -> InvoiceFolder:
    """The connector, as a restarted worker makes it."""
    surroundings = Surroundings(Municipality("0265", "Roskilde", "29189404"), "test", folder.parent, str)
    settings = {"folder": folder.name, "settle_seconds": 0, "check_rules": False, **changes}
    return InvoiceFolder(InvoiceFolderSettings.model_validate(settings), surroundings)


@contextmanager
def share_gone(folder: Path) -> Iterator[None]:
    """The share is not mounted."""
    away = folder.rename(folder.with_name("share not mounted"))
    yield
    away.rename(folder)


@contextmanager
def content(path: Path, changed: Callable[[bytes], bytes]) -> Iterator[None]:
    """A file holds something else for a while."""
    before, came = path.read_bytes(), path.stat()
    path.write_bytes(changed(before))
    yield
    path.write_bytes(before)
    os.utime(path, ns=(came.st_atime_ns, came.st_mtime_ns))


class TestInvoiceFolder(InvoiceInboxContract):
    @pytest.fixture
    def cases(self, folder: Path) -> InvoiceInboxCases:
        """An inbox that a gateway fills."""
        numbers = count(1)

        def deliver(document: bytes) -> None:
            (folder / f"document-{next(numbers)}.xml").write_bytes(document)

        return InvoiceInboxCases(
            connect=lambda: connect(folder), deliver=deliver, silence=lambda: share_gone(folder)
        )

    @pytest.fixture
    def failures(self, folder: Path) -> list[FailureCases]:
        """Reading a document, and taking one out of the inbox."""
        document, file = contract_invoice(), folder / "bill.xml"
        file.write_bytes(document)
        invoice = document_id(document)
        note = folder / ".rpac" / f"{invoice}.json"

        @contextmanager
        def twice() -> Iterator[None]:
            copy = folder / "bill again.xml"
            copy.write_bytes(document)
            yield
            copy.unlink(missing_ok=True)

        @contextmanager
        def damaged(text: str) -> Iterator[None]:
            note.parent.mkdir(exist_ok=True)
            note.write_text(text, encoding="utf-8")
            yield
            note.unlink()

        @contextmanager
        def locked() -> Iterator[None]:
            note.parent.mkdir(exist_ok=True)
            with FileLock(note.parent / "lock", is_singleton=False):
                yield

        return [
            FailureCases(
                connect=lambda: connect(folder),
                call=lambda inbox: inbox.invoice(invoice),
                fails={
                    "time-out": lambda: share_gone(folder),
                    "half-answer": lambda: content(file, lambda whole: whole[: len(whole) // 2]),
                    "invalid-answer": lambda: content(file, lambda _: b"<html/>"),
                    "duplicate": twice,
                },
                absent=ABSENT,
                personal=INVOICE_PERSONAL,
            ),
            FailureCases(
                connect=lambda: connect(folder),
                call=lambda inbox: inbox.acknowledge(invoice, "done", key=KEY),
                fails={
                    "time-out": locked,
                    "half-answer": lambda: damaged('{"id": "0'),
                    "invalid-answer": lambda: damaged('{"handled": "eaten"}'),
                    "duplicate": twice,
                },
                absent=ABSENT,
                personal=INVOICE_PERSONAL,
                taken=lambda: len(list((folder / "done").glob("bill.xml"))),
            ),
        ]
