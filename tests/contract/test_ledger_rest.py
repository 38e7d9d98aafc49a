"""The REST ledger keeps the contract of Ledger, against the sandbox's ledger."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from rpa_commons.config import SecretRef, resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import (
    LEDGER_PERSONAL,
    FailureCases,
    LedgerCases,
    LedgerContract,
    contract_key,
    contract_posting,
)
from rpa_commons.connectors.rest_ledger import RestLedger, RestLedgerSettings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.rest_ledger import RestLedger as LedgerService
from rpa_commons.sdk import Municipality

FAULTS = ("time-out", "401", "429", "500", "half-answer", "invalid-answer", "reset")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with a ledger and nothing else."""
    with Sandbox(tmp_path / "box", seed=7, people=5, only=("rest-ledger",)) as box:
        yield box


def token_file(box: Sandbox) -> Path:
    """Where the sandbox's ledger keeps the token of its user."""
    ledger = box.services["rest-ledger"]
    assert isinstance(ledger, LedgerService)

    return ledger.token_file


def connect(box: Sandbox) -> RestLedger:
    """The connector, as a restarted worker makes it."""
    settings = RestLedgerSettings.model_validate(
        {
            "url": box.url_of("rest-ledger") + "/ledger/v1",
            "ca_bundle": str(box.ca_bundle),
            "token": SecretRef(file=str(token_file(box))),
            "read_timeout": 0.5,
            "attempts": 1,
        }
    )
    folder = box.folder
    municipality = Municipality("0265", "Roskilde", "29189404")
    return RestLedger(
        settings, Surroundings(municipality, "sandbox", folder, partial(resolve_secret, folder=folder))
    )


def taken(box: Sandbox) -> list[str]:
    """The references of what the ledger has taken."""
    entries = [entry for entry in box.journal() if entry["service"] == "rest-ledger"]
    return [entry["voucher"]["reference"] for entry in entries if entry["outcome"] == "accepted"]


def failing(box: Sandbox, kind: str) -> Callable[[], AbstractContextManager[None]]:
    """A context inside which the ledger fails that way."""

    @contextmanager
    def inside() -> Iterator[None]:
        box.fault("rest-ledger", kind, times=100)
        yield
        box.faults.clear()

    return inside


class TestRestLedger(LedgerContract):
    @pytest.fixture
    def cases(self, box: Sandbox) -> LedgerCases:
        """The sandbox's ledger."""
        return LedgerCases(
            connect=lambda: connect(box), taken=lambda: taken(box), silence=failing(box, "time-out")
        )

    @pytest.fixture
    def failures(self, box: Sandbox) -> list[FailureCases]:
        """Posting, and looking a reference up."""
        fails = {kind: failing(box, kind) for kind in FAULTS}
        taken_unseen, twice = failing(box, "taken-then-time-out"), failing(box, "duplicate-receipt")
        return [
            FailureCases(
                connect=lambda: connect(box),
                call=lambda ledger: ledger.post(contract_posting(), key=contract_key("failing")),
                fails={**fails, "taken-then-time-out": taken_unseen, "duplicate": twice},
                personal=LEDGER_PERSONAL,
                taken=lambda: len(taken(box)),
            ),
            FailureCases(
                connect=lambda: connect(box),
                call=lambda ledger: ledger.find("2026-0001"),
                fails={**fails, "503": failing(box, "503")},
                absent={"duplicate": "looking a reference up is a state, nothing is delivered twice"},
                personal=LEDGER_PERSONAL,
            ),
        ]
