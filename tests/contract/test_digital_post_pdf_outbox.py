"""The PDF outbox keeps the contract of DigitalPost, also where the print room takes files away at once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from rpa_commons.connectors import Surroundings, message_uuid
from rpa_commons.connectors.contract import DigitalPostCases, DigitalPostContract, FailureCases
from rpa_commons.connectors.pdf_outbox import PdfOutbox, PdfOutboxSettings
from rpa_commons.sdk import Municipality


class PrintRoom:
    """Empties the outbox and counts what it printed."""

    def __init__(self, outbox: Path, *, eager: bool) -> None:
        self._outbox = outbox
        self._eager = eager
        self._printed: list[bytes] = []

    def connect(self) -> PdfOutbox:
        """A new connector; an eager print room comes by first."""
        self.fetch()
        surroundings = Surroundings(
            Municipality("0265", "Roskilde"), "test", self._outbox.parent, lambda _: ""
        )
        return PdfOutbox(PdfOutboxSettings(folder=self._outbox.name), surroundings)

    def fetch(self) -> None:
        """Take away what lies there, if this print room does."""
        for path in self._outbox.glob("*.pdf") if self._eager else ():
            self._printed.append(path.read_bytes())
            path.unlink()

    def letters(self) -> list[bytes]:
        """Printed or waiting to be."""
        return self._printed + [path.read_bytes() for path in self._outbox.glob("*.pdf")]


RECEIPT = f".rpac/receipts/{message_uuid(hashlib.sha256(b'one').hexdigest())}.json"


@contextmanager
def not_mounted(outbox: Path) -> Iterator[None]:
    """The share is away."""
    away = outbox.rename(outbox.with_name("share not mounted"))
    yield
    away.rename(outbox)


@contextmanager
def broken(place: Path, content: bytes | None) -> Iterator[None]:
    """A file stands there that is not ours, in place of a folder too."""
    kept = place.with_name("kept") if place.exists() else None
    if kept is not None:
        place.rename(kept)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content or b"")
    yield
    place.unlink()
    if kept is not None:
        kept.rename(place)


class TestPdfOutbox(DigitalPostContract):
    @pytest.fixture(params=[False, True], ids=["files stay", "files are fetched"])
    def cases(self, tmp_path: Path, request: pytest.FixtureRequest) -> DigitalPostCases:
        """An outbox folder and its print room."""
        outbox = tmp_path / "outbox"
        outbox.mkdir()
        room = PrintRoom(outbox, eager=request.param)

        return DigitalPostCases(
            connect=room.connect,
            letters=room.letters,
            channel="physical",
            recipient="2512169996",
            registered=None,
            unregistered="2211771212",
            silence=lambda: not_mounted(outbox),
        )

    @pytest.fixture
    def failures(self, tmp_path: Path, cases: DigitalPostCases) -> FailureCases:
        """What a folder can show of a failing system."""
        outbox = tmp_path / "outbox"
        return cases.failures(
            {
                "time-out": lambda: not_mounted(outbox),
                "500": lambda: broken(outbox / ".rpac", None),
                "half-answer": lambda: broken(outbox / RECEIPT, b'{"id": "8c2ea15d", "accep'),
                "invalid-answer": lambda: broken(outbox / RECEIPT, b'["a letter"]'),
                "duplicate": nullcontext,
            },
            {
                "401": "a folder asks for no token; who may not write there is told as if it were away",
                "429": "a folder takes as many files as there is room for and never asks to wait",
                "reset": "no connection can break: a file is renamed into the folder in one step",
            },
        )
