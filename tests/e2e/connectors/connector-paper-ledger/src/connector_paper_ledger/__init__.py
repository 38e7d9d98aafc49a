"""A connector wheel with one ledger, a file of lines: a test fixture."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import ClassVar

from rpa_commons.capabilities import Ledger, Posting, PostingReceipt
from rpa_commons.config import SecretRef
from rpa_commons.connectors import Access, ConnectorSettings, Rung, Surroundings
from rpa_commons.sdk import Field, hookimpl


class Settings(ConnectorSettings):
    """Where the lines go."""

    file: str = Field(description="The file, relative to the municipality's folder.")
    password: SecretRef = Field(description="What opens the ledger.")
    copies: int = Field(1, ge=1, le=9, description="How often a line is written.", unit="lines")


class PaperLedger:
    """A ledger of paper: each voucher is a line in a file."""

    name = "paper-ledger"
    capability = Ledger
    Settings = Settings
    effect_classes: ClassVar[dict[str, str]] = {"post": "probe"}
    access: ClassVar[Access] = Access(
        certificate="None: a password that the treasurer gives.",
        signed_by=("The treasurer.",),
        test=("Post a voucher of one krone.",),
    )
    verified: ClassVar[tuple[Rung, ...]] = (Rung(level="simulator", where="a file", date=date(2026, 11, 22)),)

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._path = surroundings.folder / settings.file
        self._copies = settings.copies
        self._seen = sorted(name for name in os.environ if name.endswith("_PASSWORD"))
        surroundings.secret(settings.password)

    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """Every voucher of a reference."""
        return [self._receipt(one) for one in self._lines() if one["reference"] == reference]

    def probe_post(self, posting: Posting, *, key: str = "") -> PostingReceipt | None:
        """The voucher of a key, where it was written."""
        found = [one for one in self._lines() if one["key"] == key]
        return self._receipt(found[0]) if found else None

    def post(self, posting: Posting, *, key: str = "") -> PostingReceipt:
        """Write a line."""
        line = {"reference": posting.reference, "key": key, "passwords": self._seen}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write((json.dumps(line) + "\n") * self._copies)
        return self._receipt(line)

    def close(self) -> None:
        """Nothing is open."""

    def _lines(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        return [json.loads(one) for one in self._path.read_text(encoding="utf-8").splitlines()]

    def _receipt(self, line: dict[str, str]) -> PostingReceipt:
        reference = line["reference"]
        return PostingReceipt(id=f"paper-{reference}", reference=reference, accepted_at=datetime.now(UTC))


@hookimpl
def rpac_connectors() -> Sequence[type[object]]:
    """The one connector."""
    return (PaperLedger,)
