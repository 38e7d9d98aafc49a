"""A sandbox with the simulated Nova, and the connector's way to it."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connector_kmd_nova import KmdNova, KmdNovaSettings
from rpa_commons.config import SecretRef
from rpa_commons.connectors import Surroundings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.kmd_nova import CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, make, make_token
from rpa_commons.sdk import Municipality

UNITS = {"Borgerservice": {"id": "818485", "name": "Borgerservice", "key": "4BBORGER"}}
PEOPLE = {
    "robot": {"user": "AZX0001", "name": "Robot", "id": "0bacdddd-5c61-4676-9a61-b01a18cec1d5"},
    "Hanne": {"user": "AZX0002", "name": "Hanne", "id": "1bacdddd-5c61-4676-9a61-b01a18cec1d5"},
}


class Nova:
    """The simulated Nova, as tests look at it from beside the connector."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box = box
        self._folder = folder

    def settings(self, **changes: Any) -> KmdNovaSettings:
        """Settings that reach it, with short time-outs."""
        url = self.box.url_of("kmd-nova")
        given = {
            "url": url,
            "token_url": url + TOKEN_PATH,
            "client_id": CLIENT_ID,
            "client_secret": SecretRef(env="NOVA"),
            "ca_bundle": str(self.box.ca_bundle),
            "units": UNITS,
            "unit": "Borgerservice",
            "people": PEOPLE,
            "person": "robot",
            "facet": "G01",
            "read_timeout": 0.4,
            "attempts": 1,
            "settle": 0.3,
        }
        return KmdNovaSettings.model_validate({**given, **changes})

    def connect(
        self,
        *,
        secret: str = CLIENT_SECRET,
        pause: Callable[[float], bool] = Surroundings.pause,
        **changes: Any,
    ) -> KmdNova:
        """A new connector, as a restarted worker makes one."""
        roskilde = Municipality("0265", "Roskilde", "29189404")
        surroundings = Surroundings(roskilde, "sandbox", self._folder, lambda _: secret, pause=pause)
        return KmdNova(self.settings(**changes), surroundings)

    def entries(self, **wanted: str) -> list[Mapping[str, Any]]:
        """The journal's entries that have these values."""
        return [one for one in self.box.journal() if wanted.items() <= one.items()]

    def taken(self, method: str) -> int:
        """How many effects of a method Nova has taken."""
        if method == "update_task":
            return len(self.entries(outcome="changed", kind="task"))
        kind = {"open_case": "case", "add_document": "document", "add_task": "task", "add_note": "note"}
        return len(self.entries(outcome="accepted", kind=kind[method]))

    @contextmanager
    def failing(self, kind: str, service: str = "kmd-nova") -> Iterator[None]:
        """While inside, every call fails that way."""
        self.box.fault(service, kind, times=1000, **({"milliseconds": 0} if kind in {"429", "503"} else {}))
        try:
            yield
        finally:
            self.box.faults.clear()


Starter = Callable[..., Nova]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with its certificates, made once: each test's sandbox begins with a copy."""
    folder = tmp_path_factory.mktemp("authority")
    with Sandbox(folder, people=20, only=()):
        return folder / "certificates"


@pytest.fixture
def start(tmp_path: Path, certificates: Path) -> Iterator[Starter]:
    """Starts simulated Novas; they stop with the test."""
    boxes: list[Sandbox] = []

    def started(*, repeated: str = "same-receipt", settle: float = 0.0, token_lifetime: int = 3600) -> Nova:
        folder = tmp_path / f"box{len(boxes)}"
        shutil.copytree(certificates, folder / "certificates")
        services = partial(make, settle=settle), partial(make_token, lifetime=token_lifetime)
        box = Sandbox(folder, seed=7, people=20, repeated=repeated, only=(), services=services)
        boxes.append(box.start())
        return Nova(box, tmp_path)

    yield started
    for box in boxes:
        box.stop()


@pytest.fixture
def nova(start: Starter) -> Nova:
    """One that answers a repeat as it did the first time."""
    return start()
