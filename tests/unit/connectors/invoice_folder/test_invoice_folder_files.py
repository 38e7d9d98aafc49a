"""What stands in the inbox is found, told or left alone, and leaves it once."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import contract_invoice
from rpa_commons.connectors.invoice_folder import InvoiceFolder, InvoiceFolderSettings
from rpa_commons.sdk import Municipality

KEY = "0123456789abcdef" * 4


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The inbox."""
    folder = tmp_path / "invoices"
    folder.mkdir()
    return folder


def connect(folder: Path, **changes: object) -> InvoiceFolder:
    """The connector on the folder, without rules and without waiting."""
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", folder.parent, str)
    settings = {"folder": folder.name, "settle_seconds": 0, "check_rules": False, **changes}
    return InvoiceFolder(InvoiceFolderSettings.model_validate(settings), surroundings)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe", ""),
        (b"<Invoice>", ""),
        (b"<html/>", "no UBL 2 Invoice"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (contract_invoice().replace(b"2026-11-02", b"2026-13-02"), "IssueDate: is no date"),
        (contract_invoice().replace(b"2026-11-02", b"2026-11-022"), "IssueDate: is no date"),
        (contract_invoice().replace(b'"DKK">8412.37', b'"DKK">8412,37'), "PayableAmount: is no number"),
        (contract_invoice().replace(b'"DKK">8412.37', b'"DKK">8412.375'), "more than two decimals"),
        (contract_invoice().replace(b'"DKK">8412.37', b'"kroner">8412.37'), "has no currency"),
        (contract_invoice().replace(b'"DKK">8412.37', b'"DKK">NaN'), "is no number"),
        (contract_invoice().replace(b'"DKK">8412.37', b'"DKK">1e99'), "is no number"),
        (contract_invoice().replace(b"<cbc:ID>A-77-1</cbc:ID>", b""), "ID: is missing"),
        (contract_invoice().replace(b"AccountingSupplierParty", b"SellerSupplierParty"), "is missing"),
    ],
)
def test_what_cannot_be_read_stays_and_is_told(folder: Path, content: bytes, reason: str) -> None:
    """A broken document stays where it is, is a problem with file and place, and stops no other."""
    (folder / "broken.xml").write_bytes(content)
    (folder / "whole.xml").write_bytes(contract_invoice("A-1"))
    inbox = connect(folder)
    waiting = inbox.waiting()

    assert ["A-1"] == [one.number for one in waiting]
    assert 1 == len(inbox.problems)
    assert inbox.problems[0].startswith("broken.xml: ")
    assert reason in inbox.problems[0]
    assert not any(personal in inbox.problems[0] for personal in ("Hemmelig", "8412", "Lægehuset"))
    assert (folder / "broken.xml").exists()


def test_an_expansion_bomb_is_refused_in_little_memory(folder: Path) -> None:
    """Nested entities and a hundred thousand elements in one another are refused unread."""
    bomb = b"<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY a%d '&a%s;&a%s;'>" % (n, str(n - 1 or "").encode(), str(n - 1 or "").encode())
        for n in range(1, 30)
    )
    (folder / "bomb.xml").write_bytes(bomb + b"]><b>&a29;</b>")
    (folder / "deep.xml").write_bytes(b"<a>" * 100_000 + b"</a>" * 100_000)
    inbox = connect(folder)

    assert [] == list(inbox.waiting())
    assert 2 == len(inbox.problems)


def test_a_file_over_the_limit_is_told_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not read at all."""
    (folder / "large.xml").write_bytes(b" " * (1024 * 1024 + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    inbox = connect(folder, max_megabytes=1)

    assert [] == list(inbox.waiting())
    assert "over 1 MB" in inbox.problems[0]


def test_a_young_file_is_left_alone(folder: Path) -> None:
    """A file may still be written: it waits until it has settled."""
    path = folder / "young.xml"
    path.write_bytes(contract_invoice())
    inbox = connect(folder, settle_seconds=60)
    before = list(inbox.waiting())
    os.utime(path, (time.time() - 61, time.time() - 61))

    assert [] == before
    assert 1 == len(inbox.waiting())


def test_a_file_of_the_future_is_told(folder: Path) -> None:
    """A wrong clock of the sender hides no invoice for years."""
    path = folder / "future.xml"
    path.write_bytes(contract_invoice())
    inbox = connect(folder, settle_seconds=60)
    os.utime(path, (time.time() + 86400, time.time() + 86400))

    assert [] == list(inbox.waiting())
    assert inbox.problems[0].startswith("future.xml: ")
    assert "in the future" in inbox.problems[0]


def test_content_that_was_exchanged_is_not_given_under_the_old_id(folder: Path) -> None:
    """A file of the same name, size and time is another document: it is not paid as the first one."""
    path = folder / "bill.xml"
    path.write_bytes(contract_invoice("A-1"))
    inbox = connect(folder)
    first = inbox.waiting()[0].id
    status = path.stat()
    path.write_bytes(contract_invoice("A-2"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    with pytest.raises(BusinessError, match="no such invoice"):
        inbox.acknowledge(first, "done", key=KEY)
    with pytest.raises(BusinessError, match="no such invoice"):
        inbox.invoice(first)

    assert ["A-2"] == [one.number for one in inbox.waiting()]
    assert "A-2" == inbox.invoice(inbox.waiting()[0].id).number


def test_a_file_that_vanishes_stops_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken away between being listed and being read, it waits no more; the others do."""
    (folder / "gone.xml").write_bytes(contract_invoice("A-1"))
    (folder / "here.xml").write_bytes(contract_invoice("A-2"))
    inbox = connect(folder)
    inbox.waiting()
    read = Path.read_bytes

    def vanished(path: Path) -> bytes:
        if path.name == "gone.xml":
            path.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", vanished)

    assert ["A-2"] == [one.number for one in inbox.waiting()]
    assert [] == list(inbox.problems)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_long_name_leaves_beside_another_of_its_name(folder: Path) -> None:
    """A name as long as the file system takes has no room for more: it is cut, and the invoice leaves."""
    name = "å" * 125 + ".xml"
    inbox = connect(folder)
    for number in ("A-1", "A-2"):
        (folder / name).write_bytes(contract_invoice(number))
        inbox.acknowledge(inbox.waiting()[0].id, "done", key=KEY)

    assert [] == list(inbox.waiting())
    assert 2 == len(list((folder / "done").iterdir()))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_hostile_name_harms_nothing(folder: Path) -> None:
    """Names with line breaks, markup and a personal number are shown without them."""
    (folder / "a\nb\x1b[2J<script>0101405000.xml").write_bytes(b"")
    inbox = connect(folder)
    inbox.waiting()

    assert 1 == len(inbox.problems[0].splitlines())
    assert "\x1b" not in inbox.problems[0]
    assert "0101405000" not in inbox.problems[0]


@pytest.mark.skipif(os.name == "nt", reason="needs the right to make links")
def test_only_files_of_the_folder_are_read(folder: Path, tmp_path: Path) -> None:
    """Links, folders, hidden files and other kinds of files are no documents."""
    outside = tmp_path / "outside.xml"
    outside.write_bytes(contract_invoice())
    (folder / "link.xml").symlink_to(outside)
    (folder / "folder.xml").mkdir()
    (folder / ".part.xml").write_bytes(contract_invoice())
    (folder / "bill.pdf").write_bytes(b"%PDF-1.7")
    inbox = connect(folder)

    assert [] == list(inbox.waiting())
    assert [] == list(inbox.problems)


def test_a_handled_document_that_comes_again_is_told(folder: Path) -> None:
    """The same document delivered after it was handled is a problem, not a second case."""
    (folder / "bill.xml").write_bytes(contract_invoice())
    inbox = connect(folder)
    inbox.acknowledge(inbox.waiting()[0].id, "done", key=KEY)
    (folder / "bill 2.xml").write_bytes(contract_invoice())

    assert [] == list(inbox.waiting())
    assert "handled before" in inbox.problems[0]


def test_two_documents_of_one_name_are_both_kept(folder: Path) -> None:
    """A later file of the same name does not overwrite the handled one."""
    for number in ("A-1", "A-2"):
        (folder / "bill.xml").write_bytes(contract_invoice(number))
        inbox = connect(folder)
        inbox.acknowledge(inbox.waiting()[0].id, "done", key=KEY)

    assert 2 == len(list((folder / "done").iterdir()))


def test_a_document_leaves_once_whenever_the_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each single change of the disk, in turn, and repeated: it has left, whole, once."""
    steps = 0
    while True:
        folder = tmp_path / f"killed-{steps}"
        folder.mkdir()
        (folder / "bill.xml").write_bytes(contract_invoice())
        invoice = connect(folder).waiting()[0].id
        left = steps

        def counted(change: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **named: Any) -> Any:
                nonlocal left
                if not left:
                    raise Killed
                left -= 1
                return change(*arguments, **named)

            return call

        killed = False
        with monkeypatch.context() as patch:
            for name in ("replace", "mkdir"):
                patch.setattr(Path, name, counted(getattr(Path, name)))
            patch.setattr(os, "fsync", counted(os.fsync))
            try:
                connect(folder).acknowledge(invoice, "done", key=KEY)
            except Killed:
                killed = True
        connect(folder).acknowledge(invoice, "done", key=KEY)

        assert contract_invoice() == (folder / "done" / "bill.xml").read_bytes()
        assert [] == list(folder.glob("*.xml"))
        if not killed:
            break
        steps += 1

    assert steps > 5


def test_missing_packs_leave_an_invoice_unchecked(folder: Path, tmp_path: Path) -> None:
    """Without rule packs the verdict says so; nothing is called accepted that nobody checked."""
    (folder / "bill.xml").write_bytes(contract_invoice())
    inbox = connect(folder, check_rules=True, specs_folder=str(tmp_path / "no packs"))

    assert "unchecked" == inbox.invoice(inbox.waiting()[0].id).verdict


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    """A folder that is not there is a failure with a remedy, and is not created."""
    inbox = connect(tmp_path / "invoices")

    with pytest.raises(TransientError) as caught:
        inbox.waiting()

    assert "mount the share" in caught.value.remedy
    assert not (tmp_path / "invoices").exists()


def test_a_document_whose_note_may_stand_is_not_called_unsent(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails after the note: the document counts as handled, and the error does not deny it."""
    (folder / "bill.xml").write_bytes(contract_invoice())
    inbox = connect(folder)
    invoice = inbox.waiting()[0].id

    def fail(path: Path, target: Path) -> Path:
        if path.suffix == ".xml":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    rename = Path.replace
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(TransientError) as caught:
            inbox.acknowledge(invoice, "done", key=KEY)
    again = inbox.acknowledge(invoice, "done", key=KEY)

    assert ("maybe", True) == (caught.value.sent, again.repeated)
    assert "A-77-1" == inbox.invoice(invoice).number


def test_a_name_that_was_taken_meanwhile_hides_no_document(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between note and rename while another file takes the name: both are kept and both are read."""
    (folder / "bill.xml").write_bytes(contract_invoice("A-1"))
    inbox = connect(folder)
    first = inbox.waiting()[0].id

    def killed(path: Path, target: Path) -> Path:
        if path.suffix == ".xml":
            raise Killed
        return rename(path, target)

    rename = Path.replace
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            inbox.acknowledge(first, "done", key=KEY)
    (folder / "done").mkdir(exist_ok=True)
    (folder / "done" / "bill.xml").write_bytes(contract_invoice("A-2"))
    connect(folder).acknowledge(first, "done", key=KEY)

    assert 2 == len(list((folder / "done").iterdir()))
    assert "A-1" == connect(folder).invoice(first).number


def test_one_file_that_may_not_be_read_is_told_and_stops_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway may keep others out while it writes: the file waits for the next run, and is a problem."""
    (folder / "closed.xml").write_bytes(contract_invoice("A-1"))
    (folder / "open.xml").write_bytes(contract_invoice("A-2"))
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "closed.xml":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    inbox = connect(folder)

    assert ["A-2"] == [one.number for one in inbox.waiting()]
    assert inbox.problems[0].startswith("closed.xml: ")
    assert "may not be read" in inbox.problems[0]


def test_what_was_refused_moves_nothing(folder: Path) -> None:
    """A copy of a handled document stays in the inbox when it is to leave in another way."""
    (folder / "bill.xml").write_bytes(contract_invoice())
    inbox = connect(folder)
    invoice = inbox.waiting()[0].id
    inbox.acknowledge(invoice, "done", key=KEY)
    (folder / "bill 2.xml").write_bytes(contract_invoice())

    with pytest.raises(BusinessError, match="left the inbox as done"):
        inbox.acknowledge(invoice, "rejected", key=KEY)

    assert (folder / "bill 2.xml").exists()


def test_an_inbox_is_listed_once_for_many_invoices(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand invoices on a share are not a thousand listings of a thousand files."""
    for number in range(5):
        (folder / f"{number}.xml").write_bytes(contract_invoice(f"A-{number}"))
    listings = []
    iterdir = Path.iterdir

    def counted(path: Path) -> Iterator[Path]:
        listings.append(path)
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", counted)
    inbox = connect(folder)
    numbers = [inbox.invoice(one.id).number for one in inbox.waiting()]

    assert [f"A-{number}" for number in range(5)] == sorted(numbers)
    assert [folder] == listings


def test_an_id_that_leads_elsewhere_is_unknown(folder: Path) -> None:
    """An id is 32 hexadecimal digits; anything else is no name of a file."""
    (folder / "secret.json").write_text('{"handled": "done"}', encoding="utf-8")

    for invoice in ("../secret", "", "\0", "A" * 32):
        with pytest.raises(BusinessError, match="no such invoice"):
            connect(folder).acknowledge(invoice, "done", key=KEY)

    assert ["secret.json"] == [path.name for path in folder.glob("*") if path.is_file()]
