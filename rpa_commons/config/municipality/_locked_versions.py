"""Which version of each bot a municipality runs, from the heads of the entries in its ``rpac.lock``."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["locked_versions"]

_LARGEST_LOCK = 16 * 1024 * 1024  # bytes; it lists every package with its hashes


def locked_versions(folder: Path) -> Mapping[str, tuple[str, str]]:
    """The bots in a municipality's ``rpac.lock``: name -> version and manifest digest.

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
        if part.startswith("[[bot]]"):
            found.update(_locked(part))
    return found


def _locked(part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    try:
        tables: Sequence[Mapping[str, Any]] = tomllib.loads(part)["bot"]
    except (ValueError, RecursionError):
        return
    for table in tables:
        name, version, digest = (table.get(key) for key in ("name", "version", "manifest_sha256"))
        if isinstance(name, str) and isinstance(version, str) and isinstance(digest, str):
            yield name, (version, digest)
