"""The folder with what was added: one folder a version, nothing half written, verified at each use.

Layout: ``<folder>/<name>/<version>/<path of the file>`` and ``spec.json`` beside the files. A known version
is verified against the table in this package; one that a person trusts against its ``spec.json``.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ._errors import DamagedSpecError, MissingSpecError
from ._known import families, family

__all__ = ["Check", "SpecsStore", "Stored", "Trust"]

_RECORD = "spec.json"


@dataclass(frozen=True)
class Trust:
    """Why a version that is not known by checksum is used, and who said so."""

    reason: str
    by: str
    at: str


@dataclass(frozen=True)
class Stored:
    """A version that is kept."""

    name: str
    version: str
    files: Mapping[str, str]
    """Path -> SHA-256 that it must have: of the table where it is known, else of the record."""
    valid_from: date | None
    trust: Trust | None
    """``None`` for a version known by checksum."""

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Check:
    """What verifying one kept version came to."""

    name: str
    version: str
    state: Literal["ok", "trusted", "damaged"]
    problems: tuple[str, ...] = ()


class SpecsStore:
    """What is kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stored(self) -> list[Stored]:
        """Every kept version, by name and version; a folder without a usable record is left out."""
        found = (self._stored(record.parent) for record in self.folder.glob(f"*/*/{_RECORD}"))
        return sorted((one for one in found if one), key=lambda one: (one.name, one.version))

    def versions(self, name: str) -> list[Stored]:
        """The kept versions of a family."""
        return [one for one in self.stored() if one.name == name]

    def newest(self, name: str) -> Stored | None:
        """The kept version to use of a family: the newest known one, else the last that is trusted."""
        kept = {one.version: one for one in self.versions(name)}
        known = family(name)
        by_age = [one.version for one in known.versions if one.version in kept] if known else []
        versions = by_age or sorted(kept)
        return kept[versions[-1]] if versions else None

    def load(self, name: str, version: str) -> dict[str, bytes]:
        """The files of a kept version: exactly the bytes that were verified.

        Raises:
            MissingSpecError: it is not kept here.
            DamagedSpecError: a file is gone or is not what it must be.
        """
        stored = self._stored(self._place(name, version))
        if stored is None:
            known = family(name)
            sources = [one.source for one in known.versions if one.version == version] if known else []
            raise MissingSpecError(f"{name} {version}", "".join(sources))
        files, problems = self._read(stored)
        if problems:
            raise DamagedSpecError(stored.label, problems)
        return files

    def verify(self) -> Iterator[Check]:
        """Read and compare every file that is kept."""
        for place in sorted(self.folder.glob("*/*/")):
            if place.parent.name.startswith("."):
                continue
            stored = self._stored(place)
            if stored is None:
                yield Check(place.parent.name, place.name, "damaged", (f"it has no usable {_RECORD}",))
                continue
            problems = (*self._read(stored)[1], *_strangers(place, stored))
            state: Literal["ok", "trusted"] = "trusted" if stored.trust else "ok"
            yield Check(stored.name, stored.version, "damaged" if problems else state, problems)

    def put(
        self,
        name: str,
        version: str,
        files: Mapping[str, bytes],
        *,
        valid_from: date | None,
        trust: Trust | None,
    ) -> None:
        """Keep a version; what was kept by this name and version is replaced, never mixed."""
        place = self._place(name, version)
        place.parent.mkdir(parents=True, exist_ok=True)
        new = self._scratch()
        try:
            digests = {}
            for path, data in files.items():
                digests[path] = hashlib.sha256(data).hexdigest()
                _write(new.joinpath(*PurePosixPath(path).parts), data)
            record = {
                "name": name,
                "version": version,
                "files": digests,
                "valid_from": valid_from.isoformat() if valid_from else None,
                "trust": asdict(trust) if trust else None,
                "added": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            _write(new / _RECORD, (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode())
            if place.exists():
                old = self._scratch()
                place.replace(old / "old")
                new.replace(place)
                shutil.rmtree(old, ignore_errors=True)
            else:
                new.replace(place)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _scratch(self) -> Path:
        # Not of tempfile, which makes folders that no other account may read; these become the kept ones.
        folder = self.folder / f".new-{uuid.uuid4().hex}"
        folder.mkdir()
        return folder

    def _place(self, name: str, version: str) -> Path:
        return self.folder / name / version

    def _stored(self, place: Path) -> Stored | None:
        """What a folder holds by its record; the checksums of a known version are those of the table."""
        try:
            record = json.loads((place / _RECORD).read_text(encoding="utf-8"))
            name, version, files, trust = (record[key] for key in ("name", "version", "files", "trust"))
            given = date.fromisoformat(record["valid_from"]) if record["valid_from"] else None
            trusted = Trust(**trust) if trust else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if (name, version) != (place.parent.name, place.name) or not _plain(files):
            return None
        known = next((one for one in families() if one.name == name), None)
        by_checksum = known.version(version) if known else None
        if by_checksum is not None:
            return Stored(name, version, by_checksum.files, by_checksum.valid_from, None)
        return Stored(name, version, files, given, trusted) if trusted else None

    def _read(self, stored: Stored) -> tuple[dict[str, bytes], tuple[str, ...]]:
        place = self._place(stored.name, stored.version)
        files, problems = {}, []
        for path, digest in stored.files.items():
            try:
                data = place.joinpath(*PurePosixPath(path).parts).read_bytes()
            except OSError as error:
                problems.append(f"{path} cannot be read ({type(error).__name__})")
                continue
            if hashlib.sha256(data).hexdigest() != digest:
                problems.append(f"{path} has another SHA-256 than {digest}")
            files[path] = data
        return files, tuple(problems)


def _plain(files: Any) -> bool:  # noqa: ANN401 - JSON from disk
    """Whether every path of a record stays inside its folder."""
    return isinstance(files, dict) and all(
        isinstance(path, str) and isinstance(digest, str) and not _escapes(path)
        for path, digest in files.items()
    )


def _escapes(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path


def _strangers(place: Path, stored: Stored) -> tuple[str, ...]:
    expected = {*stored.files, _RECORD}
    found = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return tuple(f"{path} does not belong to it" for path in sorted(found) if path not in expected)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
