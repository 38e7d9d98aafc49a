"""Which versions of bots and baseline a municipality runs: the heads of the entries in its ``rpac.lock``."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LockedBaselineHead", "locked_baseline", "locked_versions"]

_WHEEL = re.compile(r"[A-Za-z0-9_.+!-]+\.whl")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_LOCK = 16 * 1024 * 1024  # bytes; it lists every package with its hashes


def locked_versions(folder: Path, *, kind: str = "bot") -> Mapping[str, tuple[str, str]]:
    """The bots, or connector wheels, in a municipality's ``rpac.lock``: name -> version and manifest digest.

    Only the heads of the entries are read; a lock that cannot be read, or another file under that name,
    gives nothing: the check of the configuration does not hang on it.
    """
    path = folder / "rpac.lock"
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_LOCK:
            return {}
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    found: dict[str, tuple[str, str]] = {}
    for part in re.split(r"^(?=\[)", text, flags=re.MULTILINE):
        if part.startswith(f"[[{kind}]]"):
            found.update(_locked(part, kind))
    return found


@dataclass(frozen=True)
class LockedBaselineHead:
    """The wheel that ``rpac.lock`` pins the baseline to.

    Attributes:
        name: Of the project in the registry.
        version: Its version.
        wheel: File name.
        sha256: Hexadecimal.
    """

    name: str
    version: str
    wheel: str
    sha256: str

    def place(self, state_dir: Path) -> Path:
        """Where installing puts it: the store of wheels below ``state_dir``."""
        return state_dir / "wheels" / self.sha256[:16] / self.wheel


def locked_baseline(folder: Path) -> LockedBaselineHead | None:
    """What ``rpac.lock`` says of the baseline; ``None`` when it says nothing that can be read."""
    path = folder / "rpac.lock"
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_LOCK:
            return None
        text = path.read_text(encoding="utf-8")
        parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
        part = next((one for one in parts if one.startswith("[baseline]")), None)
        table = tomllib.loads(part)["baseline"] if part is not None else None
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(table, dict):
        return None
    name, version, wheel, sha256 = (
        str(table.get(key) or "") for key in ("name", "version", "wheel", "sha256")
    )
    if not name or not version or not _WHEEL.fullmatch(wheel) or not _SHA256.fullmatch(sha256):
        return None
    return LockedBaselineHead(name, version, wheel, sha256)


def _locked(part: str, kind: str) -> Iterator[tuple[str, tuple[str, str]]]:
    try:
        tables: Sequence[Mapping[str, Any]] = tomllib.loads(part)[kind]
    except (ValueError, RecursionError):
        return
    for table in tables:
        name, version, digest = (table.get(key) for key in ("name", "version", "manifest_sha256"))
        if isinstance(name, str) and isinstance(version, str) and isinstance(digest, str):
            yield name, (version, digest)
