"""The example cooperation, copied into a temporary folder and installed from a wheel built here."""

import re
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import MunicipalityFolder, declared_stack, open_municipality
from rpa_commons.environments import build_wheel, install
from rpa_commons.runtime import Worker, WorkerDiedError, instance_status, prepare, state_home
from rpa_commons.sandbox import Sandbox

ROOT = Path(__file__).parents[3]
INSTANCE = "welcome-letters"


def quiet(_: str) -> None:
    """Progress that nobody reads."""


@dataclass
class Town:
    """One of the two municipalities, with its systems' output in place."""

    folder: Path
    name: str

    @property
    def municipality(self) -> MunicipalityFolder:
        """Its folder, read anew."""
        return open_municipality(self.folder)

    def go(self, mode: Any = "run", **options: Any) -> dict[str, Any]:
        """A worker from beginning to end; its last word."""
        with Worker(prepare(self.municipality, INSTANCE, mode=mode, **options)) as worker:
            return list(worker.events())[-1]

    def killed_after(self, endings: int, **options: Any) -> bool:
        """Let a worker bring so many cases to an end, then ``kill -9`` it; false when it ended before."""
        seen = 0
        with Worker(prepare(self.municipality, INSTANCE, mode="run", **options)) as worker:
            try:
                for event in worker.events():
                    seen += event["event"] == "item"
                    if seen >= endings:
                        worker._process.send_signal(signal.SIGKILL)
                        worker._process.wait()
                        return True
            except WorkerDiedError:
                return True
        return False

    def states(self) -> Counter[str]:
        """How many cases are in which state."""
        municipality = self.municipality
        home = state_home(municipality)
        return Counter(instance_status(home, self.instance_id(municipality)).counts)

    def instance_id(self, municipality: MunicipalityFolder) -> str:
        """The id in the instance's file."""
        text = (municipality.folder / "bots" / f"{INSTANCE}.toml").read_text("utf-8")
        return re.search(r'id = "([^"]+)"', text).group(1)  # type: ignore[union-attr]


@dataclass
class Cooperation:
    """Both municipalities, and how to put them before a sandbox."""

    folder: Path
    wheel: Path

    def town(self, name: str, box: Sandbox) -> Town:
        """A municipality with the wheel installed and the sandbox's extracts and addresses."""
        folder = self.folder / name
        if not (folder / "rpac.lock").exists():
            install(open_municipality(folder), [self.wheel], progress=quiet)
        code = open_municipality(folder).code
        box.write_environment(folder, stack=declared_stack(open_municipality(folder)))
        for made in ("extracts", "outbox"):
            (folder / made).mkdir(exist_ok=True)
        since = datetime.now(UTC).date() - timedelta(days=30)
        box.write_moves_extract(folder / "extracts" / "moves-test.csv", code, since)
        if name == "hvidovre":
            box.write_register_extract(folder / "extracts" / "register.csv")
        return Town(folder, name)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bot's wheel, built once."""
    return build_wheel(ROOT / "plugins" / INSTANCE, tmp_path_factory.mktemp("wheels"), progress=quiet)


@pytest.fixture
def cooperation(tmp_path: Path, wheel: Path) -> Cooperation:
    """A copy of the example cooperation; the wheel is installed for whom a test asks for."""
    ignore = shutil.ignore_patterns("extracts", "outbox", "sandbox", "rpac.lock")
    shutil.copytree(ROOT / "examples" / "digit", tmp_path / "digit", ignore=ignore)
    for name in ("roskilde", "hvidovre"):
        file = tmp_path / "digit" / name / "municipality.toml"
        text = re.sub(r'state_dir = ".*"', f'state_dir = "../../state/{name}"', file.read_text("utf-8"))
        file.write_text(text, encoding="utf-8")
    return Cooperation(tmp_path / "digit", wheel)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that serves both municipalities."""
    with Sandbox(
        tmp_path / "box", municipality={"0265": "29189404", "0167": "55606617"}, people=30
    ) as running:
        yield running
