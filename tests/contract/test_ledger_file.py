"""The posting file keeps the contract of Ledger: what it was given stands in files, once."""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from rpa_commons.connectors import Surroundings, message_uuid
from rpa_commons.connectors.contract import (
    LEDGER_PERSONAL,
    FailureCases,
    LedgerCases,
    LedgerContract,
    contract_key,
    contract_posting,
)
from rpa_commons.connectors.posting_file import Batches, PostingFile, PostingFileSettings
from rpa_commons.sdk import Municipality

ABSENT: Mapping[str, str] = {
    "401": "a folder asks nobody for a password; a folder that may not be written is a time-out here",
    "429": "a folder does not ask its callers to come back later",
    "500": "a folder does not answer with a status; a full disk is shown by the unit tests",
    "reset": "nothing is sent over a connection of ours; a share that vanishes is the time-out",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the ledger's import empties."""
    folder = tmp_path / "postings"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa_commons.connectors.posting_file._batches._PATIENCE", 0.2)


def connect(folder: Path) -> PostingFile:
    """The connector, as a restarted worker makes it."""
    municipality = Municipality("0265", "Roskilde", "29189404")
    surroundings = Surroundings(municipality, "test", folder.parent, str)
    return PostingFile(PostingFileSettings(folder=folder.name), surroundings)


def taken(folder: Path) -> list[str]:
    """The references of the vouchers in all files, and of those that still wait for theirs."""
    Batches(folder, connect(folder)._layout).deliver()
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
        for row in rows:
            if row["record"] == "LINE":
                assert found.setdefault(row["voucher"] + path.name, row["reference"]) == row["reference"]
    return sorted(found.values())


class TestPostingFile(LedgerContract):
    @pytest.fixture
    def cases(self, folder: Path, tmp_path: Path) -> LedgerCases:
        """A folder; unreachable means that the share is not mounted."""

        @contextmanager
        def silence() -> Iterator[None]:
            away = folder.rename(tmp_path / "share not mounted")
            yield
            away.rename(folder)

        return LedgerCases(connect=lambda: connect(folder), taken=lambda: taken(folder), silence=silence)

    @pytest.fixture
    def failures(self, folder: Path) -> FailureCases:
        """What a folder can do wrong: another process holds it, or one of our notes is damaged."""
        note = folder / ".rpac" / "promised" / f"{message_uuid(contract_key('failing'))}.json"

        @contextmanager
        def damaged(content: str) -> Iterator[None]:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(content, encoding="utf-8")
            yield
            note.unlink()

        @contextmanager
        def locked() -> Iterator[None]:
            (folder / ".rpac").mkdir(exist_ok=True)
            with FileLock(folder / ".rpac" / "lock", is_singleton=False):
                yield

        @contextmanager
        def twice() -> Iterator[None]:
            yield

        half = json.dumps({"id": note.stem, "reference": "Lægehuset"})[:20]
        return FailureCases(
            connect=lambda: connect(folder),
            call=lambda ledger: ledger.post(contract_posting(), key=contract_key("failing")),
            fails={
                "time-out": locked,
                "half-answer": lambda: damaged(half),
                "invalid-answer": lambda: damaged("[]"),
                "duplicate": twice,
            },
            absent=ABSENT,
            personal=LEDGER_PERSONAL,
            taken=lambda: len(taken(folder)),
        )
