"""What the tests of several packages make by hand: a cooperation's baseline as a wheel."""

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rpa_commons.manifest import Manifest

_NAME, _VERSION = "digit_baseline", "2026.1"


@pytest.fixture
def pack_baseline() -> Callable[[Path, Mapping[str, str]], Path]:
    """Pack files, by their names in the baseline's folder, into a wheel in a folder; an honest one."""

    def pack(folder: Path, files: Mapping[str, str]) -> Path:
        info = f"{_NAME}-{_VERSION}.dist-info"
        name = _NAME.replace("_", "-")
        manifest = Manifest(
            kind="baseline", name=name, version=_VERSION, summary="Shared.", sdk_version="0.1.0"
        )
        members = {
            f"{_NAME}/baseline.toml": f'name = "DIGIT baseline"\nversion = "{_VERSION}"\n',
            **{f"{_NAME}/{file}": text for file, text in files.items()},
            f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {_VERSION}\n",
            f"{info}/extra_metadata/rpac.json": manifest.to_json(),
        }
        record = "\n".join([*(_row(*member) for member in members.items()), f"{info}/RECORD,,"])
        path = folder / f"{_NAME}-{_VERSION}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member, text in {**members, f"{info}/RECORD": record}.items():
                archive.writestr(member, text)
        return path

    return pack


def _row(name: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(text.encode())}"
