"""Posting files are whole, and each posting is in one of them, whenever the process is killed."""

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, Money, Posting, PostingLine
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.contract import contract_key, contract_posting
from rpa_commons.connectors.posting_file import Batches, Layout, PostingFileError, read_file

LAYOUT = Layout()


class Killed(BaseException):
    """The process ends here, in the middle of everything."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the ledger's import empties."""
    folder = tmp_path / "postings"
    folder.mkdir()
    return folder


def vouchers(*files: Path) -> list[str]:
    """The vouchers in these files, once for each file they stand in; every file's totals are checked."""
    found = []
    for path in files:
        read_file(path.read_bytes(), LAYOUT)
        rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter=";")
        found += sorted({row["voucher"] for row in rows if row["record"] == "LINE"})
    return found


def post_and_deliver(folder: Path) -> None:
    """Two postings and their file, as one chunk of a run does it."""
    batches = Batches(folder, LAYOUT)
    for name in ("2026-0001", "2026-0002"):
        batches.promise(contract_posting(name), contract_key(name))
    batches.deliver()


def killed_before(step: int, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> bool:
    """Run until the given change of the disk would be made; whether it came so far."""
    left = step

    def count(change: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            if not left:
                raise Killed
            left -= 1
            return change(*arguments, **named)

        return counted

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "mkdir"):
            patch.setattr(Path, name, count(getattr(Path, name)))
        patch.setattr(os, "fsync", count(os.fsync))
        try:
            work()
        except Killed:
            return True
    return False


def test_a_run_killed_at_any_step_posts_each_voucher_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each single change of the disk, in turn, the run is killed and repeated; an importer empties."""
    steps = 0
    while True:
        folder = tmp_path / f"killed-before-{steps}"
        folder.mkdir()
        ended = not killed_before(steps, monkeypatch, lambda folder=folder: post_and_deliver(folder))
        imported = vouchers(*sorted(folder.glob("*.csv")))
        for path in folder.glob("*.csv"):
            path.unlink()
        post_and_deliver(folder)
        imported += vouchers(*sorted(folder.glob("*.csv")))

        assert sorted(message_uuid(contract_key(n)) for n in ("2026-0001", "2026-0002")) == sorted(imported)
        if ended:
            break
        steps += 1

    assert steps > 30


def test_what_a_killed_run_promised_is_delivered_without_another_posting(folder: Path) -> None:
    """A promise without its file is delivered by whoever closes next."""
    receipt = Batches(folder, LAYOUT).promise(contract_posting(), contract_key("one"))

    files = Batches(folder, LAYOUT).deliver()

    assert [receipt.id] == vouchers(*files)
    assert [] == list(Batches(folder, LAYOUT).deliver())


def test_a_delivered_posting_keeps_no_amount_and_no_payee(folder: Path) -> None:
    """What remains beside the files names the reference and the file, and nothing that is paid or to whom."""
    post_and_deliver(folder)
    notes = [path.read_text(encoding="utf-8") for path in (folder / ".rpac" / "receipts").glob("*.json")]

    assert 2 == len(notes)
    for note in notes:
        assert {"id", "reference", "sha256", "accepted_at", "file"} == set(json.loads(note))
        assert "Lægehuset" not in note


def test_a_folder_that_is_not_there_takes_nothing_and_says_so(tmp_path: Path) -> None:
    """Nothing is created beneath a share that is not mounted."""
    batches = Batches(tmp_path / "share" / "postings", LAYOUT)

    with pytest.raises(PostingFileError) as caught:
        batches.promise(contract_posting(), contract_key("one"))

    assert "no" == caught.value.sent
    assert "mount the share" in caught.value.remedy
    assert [] == list(tmp_path.iterdir())
    assert [] == list(batches.deliver())


def test_two_processes_deliver_each_voucher_once(folder: Path) -> None:
    """Two workers on one folder, each with postings of its own and the same ones, make no voucher twice."""
    script = (
        "import sys; from pathlib import Path\n"
        "from rpa_commons.connectors.contract import contract_key, contract_posting\n"
        "from rpa_commons.connectors.posting_file import Batches, Layout\n"
        "for number in range(10):\n"
        "    batches = Batches(Path(sys.argv[1]), Layout())\n"
        "    batches.promise(contract_posting(f'R{number}'), contract_key(f'R{number}'))\n"
        "    batches.deliver()\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", script, str(folder)]) for _ in range(2)]

    assert [0, 0] == [worker.wait(60) for worker in workers]
    assert sorted(message_uuid(contract_key(f"R{number}")) for number in range(10)) == sorted(
        vouchers(*folder.glob("*.csv"))
    )


def test_threads_share_a_folder(folder: Path) -> None:
    """Eight threads that promise and deliver at once put each voucher into one file."""
    batches = Batches(folder, LAYOUT)

    def one(number: int) -> None:
        batches.promise(contract_posting(f"R{number}"), contract_key(f"R{number}"))
        batches.deliver()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(16)))

    assert sorted(message_uuid(contract_key(f"R{number}")) for number in range(16)) == sorted(
        vouchers(*folder.glob("*.csv"))
    )


def test_a_damaged_note_stops_everything_and_is_named(folder: Path) -> None:
    """A note cut short could hide that a posting was made: nothing is guessed, the file is named."""
    batches = Batches(folder, LAYOUT)
    receipt = batches.promise(contract_posting(), contract_key("one"))
    note = folder / ".rpac" / "promised" / f"{receipt.id}.json"
    note.write_bytes(note.read_bytes()[:40])

    with pytest.raises(PostingFileError, match=note.name):
        batches.deliver()

    assert [] == list(folder.glob("*.csv"))


def test_the_encoding_is_asked_before_a_posting_is_promised(folder: Path) -> None:
    """A text that the declared encoding cannot hold is refused at once, not when the file is written."""
    batches = Batches(folder, Layout(encoding="iso-8859-1"))
    posting = contract_posting().model_copy(update={"text": "Łódź"})
    posting = posting.model_copy(
        update={"lines": tuple(line.model_copy(update={"text": "Łódź"}) for line in posting.lines)}
    )

    with pytest.raises(BusinessError, match="iso-8859-1") as caught:
        batches.promise(posting, contract_key("one"))

    assert "Łódź" not in str(caught.value)
    assert not (folder / ".rpac").exists()


def test_a_posting_that_could_not_be_read_back_is_refused_at_once(folder: Path) -> None:
    """Promised, it would keep everybody's postings from being delivered."""
    batches = Batches(folder, LAYOUT)
    line = contract_posting().lines[0]
    many = line.model_copy(update={"dimensions": {f"d{number}": "x" * 120 for number in range(1100)}})
    posting = contract_posting()
    posting = posting.model_copy(update={"lines": (many, *posting.lines[1:])})

    with pytest.raises(BusinessError, match="posting-file"):
        batches.promise(posting, contract_key("one"))

    batches.promise(contract_posting(), contract_key("two"))
    assert 1 == len(batches.deliver())


def test_a_file_that_nobody_has_fetched_is_never_overwritten(folder: Path) -> None:
    """Where our notes were lost, the numbers go on after the files that lie there."""
    post_and_deliver(folder)
    first = next(folder.glob("*.csv")).read_bytes()
    (folder / ".rpac").rename(folder.parent / "lost")

    batches = Batches(folder, LAYOUT)
    batches.promise(contract_posting("2026-0003"), contract_key("2026-0003"))
    batches.deliver()

    files = sorted(folder.glob("*.csv"))
    assert 2 == len(files)
    assert first == files[0].read_bytes()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own of a quarter of a megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    words = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    mounted = subprocess.run(words, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_posts_nothing_twice(small_disk: Path) -> None:
    """Postings that were promised are delivered when there is room again; the others were never promised."""
    batches = Batches(small_disk, LAYOUT)
    promised = []

    def fill() -> None:
        for number in range(1000):
            posting = contract_posting(f"R{number}")
            promised.append(batches.promise(posting, contract_key(f"R{number}")).id)

    with pytest.raises(PostingFileError) as caught:
        fill()
    with pytest.raises(PostingFileError):
        batches.deliver()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    files = batches.deliver()

    assert "free space" in caught.value.remedy
    assert 10 < len(promised) < 1000
    assert sorted(promised) == sorted(vouchers(*files))


def test_a_share_that_is_gone_is_no_ledger_without_postings(folder: Path) -> None:
    """Looking a reference up where nothing can be read is an error, not "nothing was posted"."""
    post_and_deliver(folder)
    folder.rename(folder.with_name("share not mounted"))

    with pytest.raises(PostingFileError) as caught:
        Batches(folder, LAYOUT).find("2026-0001")

    assert "mount the share" in caught.value.remedy


def test_who_has_promised_hears_that_the_share_has_gone(folder: Path, tmp_path: Path) -> None:
    """A file that cannot be made is told by the run that owes it, and made by the next one."""
    batches = Batches(folder, LAYOUT)
    receipt = batches.promise(contract_posting(), contract_key("one"))
    away = folder.rename(tmp_path / "share not mounted")

    with pytest.raises(PostingFileError):
        batches.deliver()

    away.rename(folder)
    assert [receipt.id] == vouchers(*Batches(folder, LAYOUT).deliver())


def test_a_promise_that_may_stand_is_not_called_unsent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails once the promise has its name: the posting may be delivered; the error says so."""
    Batches(folder, LAYOUT).promise(contract_posting("2026-0001"), contract_key("one"))

    def fail(_: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr("rpa_commons.connectors._durable.sync_folder", fail)
        with pytest.raises(PostingFileError) as caught:
            Batches(folder, LAYOUT).promise(contract_posting("2026-0001"), contract_key("two"))
    again = Batches(folder, LAYOUT).promise(contract_posting("2026-0001"), contract_key("two"))

    assert "maybe" == caught.value.sent
    assert 2 == len(vouchers(*Batches(folder, LAYOUT).deliver()))
    assert message_uuid(contract_key("two")) == again.id


def test_what_a_killed_process_left_half_written_does_not_stay(folder: Path) -> None:
    """Halves of promises and staged files name payees: the next delivery removes them."""
    batches = Batches(folder, LAYOUT)
    batches.promise(contract_posting(), contract_key("one"))
    halves = [
        folder / ".rpac" / "promised" / ".a.json.0123abcd",
        folder / ".rpac" / "staging" / "postings-2026-01-01-000001.csv",
    ]
    for half in halves:
        half.write_text("Lægehuset", encoding="utf-8")
    files = batches.deliver()

    assert 1 == len(vouchers(*files))
    assert [False, False] == [half.exists() for half in halves]
    assert [] == [path for path in folder.rglob("*.csv") if path.parent != folder]


def test_a_look_up_reads_its_own_notes_only(folder: Path) -> None:
    """Years of postings are not read for one reference: a note that is not asked for is not opened."""
    post_and_deliver(folder)
    other = folder / ".rpac" / "receipts" / f"{message_uuid(contract_key('2026-0002'))}.json"
    other.write_bytes(b"")
    batches = Batches(folder, LAYOUT)

    assert ["2026-0001"] == [receipt.reference for receipt in batches.find("2026-0001")]
    with pytest.raises(PostingFileError, match=other.name):
        batches.find("2026-0002")


def test_equal_amounts_are_one_posting(folder: Path) -> None:
    """100, 100.0 and 1E+2 are one amount: a repeat that writes it otherwise is a repeat."""
    batches = Batches(folder, LAYOUT)
    receipts = [
        batches.promise(
            Posting(
                reference="R1",
                booked_on=date(2026, 11, 2),
                lines=(
                    PostingLine(account="1", amount=Money(amount=Decimal(text))),
                    PostingLine(account="2", amount=Money(amount=-Decimal(text))),
                ),
            ),
            contract_key("one"),
        )
        for text in ("100", "100.0", "1E+2")
    ]

    assert [False, True, True] == [receipt.repeated for receipt in receipts]
