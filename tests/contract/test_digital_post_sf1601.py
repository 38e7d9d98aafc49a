"""The SF1601 connector keeps the contract of DigitalPost, against the sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpa_commons.config import SecretRef, resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import DigitalPostCases, DigitalPostContract
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality


def settings_for(box: Sandbox, **changes: object) -> Sf1601Settings:
    """Settings that reach the sandbox, with short time-outs."""
    return Sf1601Settings.model_validate(
        {
            "url": box.url,
            "sts_url": box.url,
            "ca_bundle": str(box.ca_bundle),
            "certificate": SecretRef(file=str(box.client_pkcs12)),
            "certificate_password": SecretRef(file=str(box.client_pkcs12_password_file)),
            "sender_label": "Roskilde Kommune",
            "read_timeout": 0.5,
            "attempts": 1,
            **changes,
        }
    )


def surroundings(folder: Path) -> Surroundings:
    """Roskilde, with its secrets in files."""
    municipality = Municipality("0265", "Roskilde", "29189404")
    return Surroundings(municipality, "sandbox", folder, lambda ref: resolve_secret(ref, folder))


class TestSf1601(DigitalPostContract):
    @pytest.fixture(params=["same-receipt", "duplicate-error", "duplicate-error-400"])
    def cases(self, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[DigitalPostCases]:
        """A sandbox that answers a repeated message in each way that means one letter."""
        with Sandbox(tmp_path / "box", seed=7, people=20, repeated=request.param) as box:
            registered = next(person.cpr for person in box.people if person.digital_post)
            unregistered = next(person.cpr for person in box.people if not person.digital_post)

            @contextmanager
            def silence() -> Iterator[None]:
                for service in ("sf1601", "postforespoerg"):
                    box.fault(service, "time-out", times=100)
                yield
                box.faults.clear()

            def letters() -> list[bytes]:
                taken = [entry for entry in box.journal() if entry["outcome"] == "accepted"]
                return [(box.folder / "letters" / entry["document"]).read_bytes() for entry in taken]

            yield DigitalPostCases(
                connect=lambda: Sf1601(settings_for(box), surroundings(tmp_path)),
                letters=letters,
                channel="digital",
                recipient=registered,
                registered=registered,
                unregistered=unregistered,
                silence=silence,
            )


class TestSf1601OnPaper(DigitalPostContract):
    @pytest.fixture
    def cases(self, tmp_path: Path) -> Iterator[DigitalPostCases]:
        """The same connector sending on paper, through its outbox."""
        outbox = tmp_path / "outbox"
        outbox.mkdir()
        with Sandbox(tmp_path / "box", seed=7, people=20) as box:
            registered = next(person.cpr for person in box.people if person.digital_post)
            unregistered = next(person.cpr for person in box.people if not person.digital_post)

            @contextmanager
            def silence() -> Iterator[None]:
                box.fault("postforespoerg", "time-out", times=100)
                away = outbox.rename(tmp_path / "share not mounted")
                yield
                away.rename(outbox)
                box.faults.clear()

            yield DigitalPostCases(
                connect=lambda: Sf1601(settings_for(box, physical_outbox="outbox"), surroundings(tmp_path)),
                letters=lambda: [path.read_bytes() for path in outbox.glob("*.pdf")],
                channel="physical",
                recipient=unregistered,
                registered=registered,
                unregistered=unregistered,
                silence=silence,
            )
