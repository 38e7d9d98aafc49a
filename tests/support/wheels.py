"""Wheels made by hand: honest as they stand, hostile through what a test changes.

Usage::

    path = WheelMaker().build(tmp_path)  # quiet_bot-1.2.0-py3-none-any.whl, which every registry takes
    hostile = WheelMaker()
    hostile.files["quiet_bot/evil.pth"] = b"import os"
    hostile.build(tmp_path)
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rpa_commons.manifest import (
    Access,
    Benefit,
    ConnectorEntry,
    Decisions,
    Manifest,
    ProcessingRecord,
    Rung,
)

__all__ = ["WheelMaker", "bot_manifest", "connector_entry"]

_SOURCE = b'"""A bot that does nothing."""\n\n\nclass QuietBot:\n    """Does nothing."""\n'
_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "window_days": {
            "type": "integer",
            "default": 10,
            "description": "Look this many days back.",
            "unit": "days",
        },
        "sender": {"type": "string", "default": "", "description": "Who signs."},
    },
}


def bot_manifest(**changes: Any) -> Manifest:
    """A complete manifest of a bot that does nothing, with what a test wants otherwise."""
    said: dict[str, Any] = {
        "kind": "bot",
        "name": "quiet-bot",
        "version": "1.2.0",
        "summary": "Does nothing.",
        "sdk_version": "0.1.0",
        "entry": "quiet_bot:QuietBot",
        "languages": ("da",),
        "settings_schema": _SCHEMA,
        "benefit": Benefit(minutes_per_case=0, method="it does nothing"),
        "record": ProcessingRecord(
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
    }
    return Manifest(**{**said, **changes})


def connector_entry(package: str = "kmd_nova", **changes: Any) -> ConnectorEntry:
    """A complete description of a connector, with what a test wants otherwise."""
    said: dict[str, Any] = {
        "name": "paper-ledger",
        "summary": "A ledger of paper.",
        "entry": f"{package}:QuietBot",
        "capability": "Ledger",
        "version": "1.0",
        "settings_schema": _SCHEMA,
        "access": Access(certificate="none", signed_by=("nobody",), test=("look at it",)),
        "verified": (Rung(level="simulator", where="a file", date=date(2026, 11, 22)),),
    }
    return ConnectorEntry(**{**said, **changes})


@dataclass
class WheelMaker:
    """One wheel to be; every part may be replaced before it is built.

    Attributes:
        name: Normalised; file name, metadata and manifest follow it.
        version: Also theirs.
        kind: ``bot``, ``connector`` or ``baseline``.
        files: Path -> content of everything outside the folder of metadata.
        info: Path below the folder of metadata -> content; the standard files are added unless they are here.
        headers: Further lines of METADATA.
        description: Below them.
        manifest: Changes to :func:`bot_manifest`; ``None`` packs none.
    """

    name: str = "quiet-bot"
    version: str = "1.2.0"
    kind: str = "bot"
    files: dict[str, bytes] = field(default_factory=dict)
    info: dict[str, bytes] = field(default_factory=dict)
    headers: tuple[str, ...] = ("License-Expression: EUPL-1.2", "Requires-Python: >=3.11")
    description: str = "# Quiet bot\n\nDoes nothing, and never anything else.\n"
    manifest: dict[str, Any] | None = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The import package."""
        return self.name.replace("-", "_")

    @property
    def info_folder(self) -> str:
        """The folder of metadata."""
        return f"{self.package}-{self.version}.dist-info"

    @property
    def filename(self) -> str:
        """As wheels are called."""
        return f"{self.package}-{self.version}-py3-none-any.whl"

    def members(self) -> dict[str, bytes]:
        """Every file but RECORD."""
        info = {
            "METADATA": self._metadata().encode(),
            "WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            **self.info,
        }
        if self.kind != "baseline":
            info.setdefault("entry_points.txt", f"[rpa_commons]\n{self.name} = {self.package}\n".encode())
        if self.manifest is not None:
            info.setdefault("extra_metadata/rpac.json", self._manifest().to_json().encode())
        own = (
            {f"{self.package}/baseline.toml": f'name = "{self.name}"\nversion = "{self.version}"\n'.encode()}
            if self.kind == "baseline"
            else {f"{self.package}/__init__.py": _SOURCE}
        )
        return {**own, **self.files, **{f"{self.info_folder}/{name}": text for name, text in info.items()}}

    def content(
        self,
        *,
        unrecorded: Mapping[str | zipfile.ZipInfo, bytes] | None = None,
        record: Callable[[str], str] = str,
        compression: int = zipfile.ZIP_DEFLATED,
    ) -> bytes:
        """The wheel's bytes.

        Args:
            unrecorded: Members that RECORD does not name, behind the others.
            record: What becomes of RECORD's text.
            compression: As :mod:`zipfile` numbers them.
        """
        members = self.members()
        rows = "".join(_row(name, content) for name, content in members.items())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", compression) as archive:
            for name, content in [*members.items(), *(unrecorded or {}).items()]:
                archive.writestr(name, content)
            archive.writestr(f"{self.info_folder}/RECORD", record(f"{rows}{self.info_folder}/RECORD,,\n"))
        return packed.getvalue()

    def build(self, folder: Path, **how: Any) -> Path:
        """Write the wheel into a folder; takes what :meth:`content` takes."""
        path = folder / self.filename
        path.write_bytes(self.content(**how))
        return path

    def _metadata(self) -> str:
        fields = ["Metadata-Version: 2.4", f"Name: {self.name}", f"Version: {self.version}"]
        fields += ["Summary: Does nothing.", *self.headers]
        fields += ["Description-Content-Type: text/markdown"] * bool(self.description)
        return "\n".join(fields) + "\n\n" + self.description

    def _manifest(self) -> Manifest:
        own: dict[str, Any] = {"name": self.name, "version": self.version, "kind": self.kind}
        if self.kind == "bot":
            own["entry"] = f"{self.package}:QuietBot"
            return bot_manifest(**{**own, **(self.manifest or {})})
        if self.kind == "connector":
            own["connectors"] = (connector_entry(self.package),)
        return Manifest(**{"summary": "Shared.", "sdk_version": "0.1.0", **own, **(self.manifest or {})})


def _row(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return (
        f'"{name}",sha256={digest},{len(content)}\n'
        if "," in name
        else f"{name},sha256={digest},{len(content)}\n"
    )
