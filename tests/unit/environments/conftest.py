"""Wheels made by hand, honest or not, and a municipality to install them for."""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rpa_commons.config.documents import Reader
from rpa_commons.manifest import Benefit, Decisions, Manifest, ProcessingRecord

WheelMaker = Callable[..., Path]

_WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Folder:
    """A municipality as the environments see it: two folders and the instances' names."""

    folder: Path
    state_dir: Path
    reader: Reader = field(default_factory=Reader)

    def how_to_install(self, _: str = "") -> str:
        """No registry is named."""
        return "rpac install WHEEL"

    def instances(self) -> tuple[str, ...]:
        """File stems of ``bots/*.toml``."""
        return tuple(sorted(path.stem for path in (self.folder / "bots").glob("*.toml")))


@pytest.fixture
def municipality(tmp_path: Path) -> Folder:
    """An empty municipality."""
    made = Folder(tmp_path / "roskilde", tmp_path / "state")
    (made.folder / "bots").mkdir(parents=True)
    made.state_dir.mkdir()
    return made


@pytest.fixture
def manifest() -> Manifest:
    """A complete manifest of a bot that does nothing."""
    return Manifest(
        kind="bot",
        name="quiet-bot",
        version="1.2.0",
        summary="Does nothing.",
        sdk_version="0.1.0",
        entry="quiet_bot:QuietBot",
        languages=("da",),
        benefit=Benefit(minutes_per_case=0, method="it does nothing"),
        record=ProcessingRecord(
            kle=("00.14.00",),
            purpose="none",
            legal_basis=("none",),
            data_categories=("none",),
            person_categories=("none",),
            sources=("none",),
            recipients=("none",),
            retention="none",
            decisions=Decisions(kind="none", paragraph=""),
        ),
    )


@pytest.fixture
def make_wheel(tmp_path: Path, manifest: Manifest) -> WheelMaker:
    """Write a wheel: honest as it stands, hostile through the arguments."""

    def make(
        file: str = "quiet_bot-1.2.0-py3-none-any.whl",
        *,
        info: str = "quiet_bot-1.2.0.dist-info",
        metadata: str = "Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\n",
        text: str | None = manifest.to_json(),
        extra: Mapping[str | zipfile.ZipInfo, bytes] | None = None,
        unrecorded: Mapping[str, bytes] | None = None,
        record: Callable[[str], str] = str,
    ) -> Path:
        members: dict[str | zipfile.ZipInfo, bytes] = {
            "quiet_bot/__init__.py": b"",
            f"{info}/METADATA": metadata.encode(),
            f"{info}/WHEEL": _WHEEL.encode(),
            **(extra or {}),
        }
        if text is not None:
            members[f"{info}/extra_metadata/rpac.json"] = text.encode()
        rows = "".join(_row(name, content) for name, content in members.items())
        path = tmp_path / file
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in [*members.items(), *(unrecorded or {}).items()]:
                archive.writestr(name, content)
            archive.writestr(f"{info}/RECORD", record(rows + f"{info}/RECORD,,\n"))
        return path

    return make


def _row(name: str | zipfile.ZipInfo, content: bytes) -> str:
    plain = name if isinstance(name, str) else name.filename
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{plain},sha256={digest},{len(content)}\n"
