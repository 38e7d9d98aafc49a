"""A sandbox with the simulated GetOrganized, and the connector's way to it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connector_getorganized import GetOrganized, GetOrganizedSettings
from rpa_commons.config import SecretRef
from rpa_commons.connectors import Surroundings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.getorganized import DOMAIN, PASSWORD, USER, make
from rpa_commons.sdk import Municipality

KLE = {"27.60.04": "318;#27.60.04 Hjælpemidler", "85.02.01": "319;#85.02.01 Kontorforhold"}


class Go:
    """The simulated GetOrganized, as tests look at it from beside the connector."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box = box
        self._folder = folder

    def settings(self, **changes: Any) -> GetOrganizedSettings:
        """Settings that reach it, with short time-outs."""
        given = {
            "url": self.box.url_of("getorganized"),
            "user": f"{DOMAIN}\\{USER}",
            "password": SecretRef(env="GO"),
            "ca_bundle": str(self.box.ca_bundle),
            "case_type": "EMN",
            "search_types": ["EMN", "BOR"],
            "kle": KLE,
            "units": {"Borgerservice": "916;#Borgerservice"},
            "read_timeout": 0.4,
            "attempts": 1,
        }
        return GetOrganizedSettings.model_validate({**given, **changes})

    def connect(self, *, password: str = PASSWORD, **changes: Any) -> GetOrganized:
        """A new connector, as a restarted worker makes one."""
        roskilde = Municipality("0265", "Roskilde", "29189404")
        surroundings = Surroundings(roskilde, "sandbox", self._folder, lambda _: password)
        return GetOrganized(self.settings(**changes), surroundings)

    def entries(self, **wanted: str) -> list[Mapping[str, Any]]:
        """The journal's entries that have these values."""
        return [one for one in self.box.journal() if wanted.items() <= one.items()]

    def taken(self, method: str) -> int:
        """How many effects of a method GetOrganized has taken."""
        kind = {"open_case": "case", "add_document": "document"}.get(method, "none")
        return len(self.entries(outcome="accepted", kind=kind))

    @contextmanager
    def failing(self, kind: str) -> Iterator[None]:
        """While inside, every call fails that way."""
        milliseconds = {"milliseconds": 0} if kind in {"429", "503"} else {}
        self.box.fault("getorganized", kind, times=1000, **milliseconds)
        try:
            yield
        finally:
            self.box.faults.clear()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with its certificates, made once: each test's sandbox begins with a copy."""
    folder = tmp_path_factory.mktemp("authority")
    with Sandbox(folder, people=20, only=()):
        return folder / "certificates"


@pytest.fixture
def go(tmp_path: Path, certificates: Path) -> Iterator[Go]:
    """A GetOrganized without cases."""
    shutil.copytree(certificates, tmp_path / "box" / "certificates")
    with Sandbox(tmp_path / "box", seed=7, people=20, only=(), services=(make,)) as box:
        yield Go(box, tmp_path)
