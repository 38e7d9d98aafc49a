"""The SF1601 connector keeps the contract of DigitalPost, against the sandbox."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from rpa_commons.capabilities import Channel, Receipt
from rpa_commons.config import SecretRef, resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import DigitalPostCases, DigitalPostContract, FailureCases
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
            "read_timeout": 0.3,
            "attempts": 1,
            **changes,
        }
    )


def surroundings(folder: Path) -> Surroundings:
    """Roskilde, with its secrets in files."""
    municipality = Municipality("0265", "Roskilde", "29189404")
    return Surroundings(municipality, "sandbox", folder, lambda ref: resolve_secret(ref, folder))


SERVICES = ("sf1601", "postforespoerg")
FAULTS = ("time-out", "401", "429", "500", "half-answer", "invalid-answer", "reset", "taken-then-time-out")


class Town:
    """A sandbox, its people, and the connectors that reach it."""

    def __init__(self, box: Sandbox, folder: Path, channel: Channel, **settings: object) -> None:
        self.box = box
        self.folder = folder
        self.channel: Channel = channel
        self.settings = {"receipts_folder": str(box.folder / "receipts"), **settings}
        self.registered = next(person.cpr for person in box.people if person.digital_post)
        self.unregistered = next(person.cpr for person in box.people if not person.digital_post)

    def connect(self) -> Sf1601:
        """A new connector."""
        return Sf1601(settings_for(self.box, **self.settings), surroundings(self.folder))

    def letters(self) -> list[bytes]:
        """What the sandbox has taken."""
        taken = [entry for entry in self.box.journal() if entry["outcome"] == "accepted"]
        return [(self.box.folder / "letters" / entry["document"]).read_bytes() for entry in taken]

    @contextmanager
    def silence(self) -> Iterator[None]:
        """No service answers."""
        for service in ("sf1601", "postforespoerg"):
            self.box.fault(service, "time-out", times=100)
        yield
        self.box.faults.clear()

    def failing(self, service: str, kind: str) -> Callable[[], AbstractContextManager[None]]:
        """One service fails in one way, each time."""

        @contextmanager
        def fail() -> Iterator[None]:
            self.box.fault(service, kind, times=100)
            yield
            self.box.faults.clear()

        return fail

    def cases(self) -> DigitalPostCases:
        """The contract's cases for this channel."""
        statuses = cast("Any", self.box.services["sf1601"]).receipts
        return DigitalPostCases(
            connect=self.connect,
            letters=self.letters,
            channel=self.channel,
            recipient=self.registered,
            registered=self.registered,
            unregistered=self.unregistered,
            silence=self.silence,
            tell=statuses.tell,
        )


def failures_of(town: Town, cases: DigitalPostCases) -> list[FailureCases]:
    """Sending, and both questions, each with every failure."""
    sending = {kind: town.failing("sf1601", kind) for kind in FAULTS}
    asking = {kind: town.failing("postforespoerg", kind) for kind in FAULTS if kind != "taken-then-time-out"}
    absent = {"duplicate": "who is registered is a state: asking for it delivers no event"}
    personal = (town.registered, "Hemmelig")

    def question(ask: Callable[[Sf1601], bool]) -> FailureCases:
        return FailureCases(connect=town.connect, call=ask, fails=asking, absent=absent, personal=personal)

    return [
        cases.failures({**sending, "duplicate": town.failing("sf1601", "duplicate-receipt")}),
        question(lambda post: post.registered(town.registered)),
        question(lambda post: post.reachable_by_sms(town.registered)),
    ]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with its certificates, made once: each test's sandbox begins with a copy."""
    folder = tmp_path_factory.mktemp("authority")
    with Sandbox(folder, people=20, only=()):
        return folder / "certificates"


@pytest.fixture
def start(tmp_path: Path, certificates: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts the test's sandbox, with the services that a letter needs."""
    with ExitStack() as stack:

        def started(**more: Any) -> Sandbox:
            shutil.copytree(certificates, tmp_path / "box" / "certificates")
            return stack.enter_context(Sandbox(tmp_path / "box", seed=7, people=20, only=SERVICES, **more))

        yield started


class TestSf1601(DigitalPostContract):
    @pytest.fixture
    def town(self, tmp_path: Path, start: Callable[..., Sandbox]) -> Town:
        """A sandbox that answers a repeated message with the first receipt."""
        return Town(start(), tmp_path, "digital")

    @pytest.fixture
    def cases(self, town: Town) -> DigitalPostCases:
        """Digital Post."""
        return town.cases()

    @pytest.fixture
    def failures(self, town: Town, cases: DigitalPostCases) -> list[FailureCases]:
        """Every failure of each call."""
        return failures_of(town, cases)


@pytest.mark.parametrize("repeated", ["duplicate-error", "duplicate-error-400"])
def test_a_complaint_about_a_duplicate_is_one_letter(
    tmp_path: Path, start: Callable[..., Sandbox], repeated: str
) -> None:
    """A receiver that complains about a repeated message instead of repeating its receipt has the letter."""
    town = Town(start(repeated=repeated), tmp_path, "digital")
    call = town.cases().failures({}).call
    receipts = []
    for _ in range(2):  # a restarted worker repeats what it cannot know to be done
        post = town.connect()
        receipts.append(call(post))
        post.close()

    assert 1 == len(town.letters())
    assert [False, True] == [cast("Receipt", one).repeated for one in receipts]


class TestSf1601Otherwise(DigitalPostContract):
    @pytest.fixture(params=["sms", "physical", "automatic"])
    def town(self, tmp_path: Path, start: Callable[..., Sandbox], request: pytest.FixtureRequest) -> Town:
        """The channels beside Digital Post, through KombiPostAfsend too."""
        return Town(start(), tmp_path, request.param, shipment_type=4711)

    @pytest.fixture
    def cases(self, town: Town) -> DigitalPostCases:
        """One channel."""
        return town.cases()

    @pytest.fixture
    def failures(self, town: Town, cases: DigitalPostCases) -> FailureCases:
        """Every failure of sending; the questions are asked above."""
        return failures_of(town, cases)[0]


class TestSf1601IntoAnOutbox(DigitalPostContract):
    @pytest.fixture
    def town(self, tmp_path: Path, start: Callable[..., Sandbox]) -> Town:
        """A municipality that has its own print room beside KOMBIT."""
        (tmp_path / "outbox").mkdir()
        return Town(start(), tmp_path, "physical", physical_outbox="outbox")

    @pytest.fixture
    def cases(self, town: Town) -> DigitalPostCases:
        """The same connector sending on paper, through its outbox."""
        outbox = town.folder / "outbox"

        @contextmanager
        def silence() -> Iterator[None]:
            town.box.fault("postforespoerg", "time-out", times=100)
            away = outbox.rename(town.folder / "share not mounted")
            yield
            away.rename(outbox)
            town.box.faults.clear()

        return DigitalPostCases(
            connect=town.connect,
            letters=lambda: [path.read_bytes() for path in outbox.glob("*.pdf")],
            channel="physical",
            recipient=town.unregistered,
            registered=town.registered,
            unregistered=town.unregistered,
            silence=silence,
        )

    @pytest.fixture
    def failures(self, town: Town, cases: DigitalPostCases) -> FailureCases:
        """What a question to KOMBIT can meet; what a folder can, the PDF outbox shows."""
        return failures_of(town, cases)[1]
