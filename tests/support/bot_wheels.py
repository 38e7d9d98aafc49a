"""Wheels of an invented bot, written byte by byte: as a registry takes them, or as it must not."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rpa_commons.manifest import Manifest


def bot_manifest(name: str, version: str, **changes: Any) -> Manifest:
    """The manifest of a bot that greets new residents; ``changes`` replace its fields."""
    values: dict[str, Any] = {
        "kind": "bot",
        "name": name,
        "version": version,
        "summary": "Greets each new resident once.",
        "sdk_version": "0.1.0",
        "entry": f"{name.replace('-', '_')}:Letters",
        "capabilities": [
            {
                "attribute": "population",
                "name": "PopulationRegister",
                "version": "1",
                "calls": [{"method": "person"}],
            },
            {
                "attribute": "post",
                "name": "DigitalPost",
                "version": "1",
                "calls": [{"method": "send", "effect": "keyed"}],
            },
        ],
        "steps": [{"name": "recipient", "arguments": ["person"], "description": "Who gets the letter."}],
        "languages": ["da", "en"],
        "settings_schema": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "window_days": {
                    "type": "integer",
                    "default": 10,
                    "minimum": 1,
                    "maximum": 60,
                    "description": "Look this many days back for moves.",
                    "unit": "days",
                }
            },
        },
        "benefit": {"minutes_per_case": 6.0, "method": "Measured on 40 letters in May 2026."},
        "record": {
            "kle": ["23.05.01"],
            "purpose": "To greet new residents.",
            "legal_basis": ["GDPR art. 6(1)(e)"],
            "data_categories": ["name and address"],
            "person_categories": ["new residents"],
            "sources": ["population register"],
            "recipients": ["the resident"],
            "retention": "90 days",
            "decisions": {"kind": "none", "paragraph": ""},
        },
    }
    return Manifest.model_validate_json(json.dumps({**values, **changes}))


def make_wheel(
    folder: Path,
    name: str = "welcome-letters",
    version: str = "1.0.0",
    *,
    manifest: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = ("rpa-commons>=0.1",),
    readme: str = "# Welcome letters\n\nGreets each new resident once.\n",
    files: Mapping[str, str] | None = None,
    filename: str = "",
) -> Path:
    """Write an honest bot wheel.

    Args:
        folder: Where.
        name: Project.
        version: Its version.
        manifest: Fields of the manifest that differ.
        metadata: Headers of METADATA that differ; an empty value leaves one out.
        requires: The ``Requires-Dist`` lines.
        readme: Body of METADATA.
        files: More members, by name, or others for those that are there.
        filename: Instead of the right one.
    """
    package = name.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    headers = {
        "Metadata-Version": "2.4",
        "Name": name,
        "Version": version,
        "Summary": "Greets each new resident once.",
        "License-Expression": "MIT",
        "Requires-Python": ">=3.11",
        "Description-Content-Type": "text/markdown",
        **(metadata or {}),
    }
    lines = [f"{key}: {value}" for key, value in headers.items() if value]
    lines += [f"Requires-Dist: {one}" for one in requires]
    members = {
        f"{package}/__init__.py": f'"""The bot {name} {version}."""\n\nclass Letters:\n    """It."""\n',
        **(files or {}),
        f"{info}/METADATA": "\n".join(lines) + "\n\n" + readme,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[rpa_commons]\n{name} = {package}:Letters\n",
        f"{info}/extra_metadata/rpac.json": bot_manifest(name, version, **(manifest or {})).to_json(),
    }
    record = "\n".join([*(_row(*member) for member in members.items()), f"{info}/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (filename or f"{package}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), text)
    return path


def _row(name: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(text.encode())}"
