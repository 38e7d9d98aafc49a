"""What the client's tests share: a simulated registry, its client, a municipality, and honest wheels."""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.manifest import Benefit, CapabilityEntry, Decisions, Manifest, ProcessingRecord
from rpa_commons.registry_client import Registry, Timeouts
from tests.registry_client.registry_simulator import (
    Simulator,
    changed,
    cut,
    halted,
    serving,
    slow,
    status,
)

WheelMaker = Callable[..., Path]
MUNICIPALITY = """\
name = "Hvidovre"
code = "0167"
cvr = "55606617"
cooperation = "DIGIT"
environment = "test"
state_dir = "../state"
{rest}
[letterhead]
name = "Hvidovre Kommune"
address = ["Hvidovrevej 278", "2650 Hvidovre"]
"""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running registry, empty."""
    with serving() as found:
        yield found


@pytest.fixture
def registry(simulator: Simulator, tmp_path: Path) -> Registry:
    """The client of the running registry; what it says is thrown away."""
    return Registry.at(simulator.url, tmp_path / "kept", timeouts=Timeouts(connect=2, read=2, attempts=2))


@pytest.fixture
def hvidovre(tmp_path: Path, simulator: Simulator) -> Path:
    """A municipality's folder that names the registry."""
    folder = tmp_path / "hvidovre"
    (folder / "bots").mkdir(parents=True)
    text = MUNICIPALITY.format(rest=f'registry = "{simulator.url}"')
    (folder / "municipality.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def make_wheel(tmp_path: Path) -> WheelMaker:
    """Write an honest wheel: name, version, what it needs, and the manifest of a quiet bot."""

    def make(
        name: str = "quiet-bot",
        version: str = "1.0.0",
        *,
        requires: tuple[str, ...] = (),
        kind: str = "bot",
        capabilities: tuple[str, ...] = (),
        has_manifest: bool = True,
        folder: Path | None = None,
        files: Mapping[str, str] | None = None,
    ) -> Path:
        module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
        lines = [f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"]
        lines += [f"Requires-Dist: {one}\n" for one in requires]
        members = {
            f"{module}/__init__.py": f"# {version}\n",
            f"{info}/METADATA": "".join(lines),
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            **{f"{module}/{file}": text for file, text in (files or {}).items()},
        }
        if has_manifest:
            members[f"{info}/extra_metadata/rpac.json"] = _manifest(
                name, version, kind, capabilities
            ).to_json()
        rows = "".join(_row(*one) for one in members.items()) + f"{info}/RECORD,,\n"
        place = folder or tmp_path / "made"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{module}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member, text in {**members, f"{info}/RECORD": rows}.items():
                archive.writestr(member, text)
        return path

    return make


def _manifest(name: str, version: str, kind: Any, capabilities: tuple[str, ...]) -> Manifest:
    if kind == "baseline":
        return Manifest(kind="baseline", name=name, version=version, summary="Shared.", sdk_version="0.1.0")
    return Manifest(
        kind=kind,
        name=name,
        version=version,
        summary="Does nothing, quietly.",
        sdk_version="0.1.0",
        entry=f"{name.replace('-', '_')}:Bot",
        capabilities=tuple(
            CapabilityEntry(attribute=one.lower(), name=one, version="1.0", calls=()) for one in capabilities
        ),
        languages=("da",),
        benefit=Benefit(minutes_per_case=0, method="it does nothing"),
        record=ProcessingRecord(
            kle=("32.03.00",),
            purpose="none",
            legal_basis=("none",),
            data_categories=("names",),
            person_categories=("none",),
            sources=("none",),
            recipients=("none",),
            retention="none",
            decisions=Decisions(kind="none", paragraph=""),
        ),
    )


def _row(name: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(text.encode())}\n"


@pytest.fixture
def fault_kinds() -> Any:
    """What may go wrong with an answer: ``slow``, ``cut``, ``halted``, ``status`` and ``changed``."""
    from types import SimpleNamespace

    return SimpleNamespace(slow=slow, cut=cut, halted=halted, status=status, changed=changed)
