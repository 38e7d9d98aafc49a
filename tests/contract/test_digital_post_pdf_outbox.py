"""The PDF outbox keeps the contract of DigitalPost, also where the print room takes files away at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import DigitalPostCases, DigitalPostContract
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


class TestPdfOutbox(DigitalPostContract):
    @pytest.fixture(params=[False, True], ids=["files stay", "files are fetched"])
    def cases(self, tmp_path: Path, request: pytest.FixtureRequest) -> DigitalPostCases:
        """An outbox folder and its print room."""
        outbox = tmp_path / "outbox"
        outbox.mkdir()
        room = PrintRoom(outbox, eager=request.param)

        @contextmanager
        def silence() -> Iterator[None]:
            away = outbox.rename(tmp_path / "share not mounted")
            yield
            away.rename(outbox)

        return DigitalPostCases(
            connect=room.connect,
            letters=room.letters,
            channel="physical",
            recipient="2512169996",
            registered=None,
            unregistered="2211771212",
            silence=silence,
        )
