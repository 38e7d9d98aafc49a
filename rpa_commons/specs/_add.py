"""Adding: files are recognised by what they are, not by where they lie or what they are called."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from ._errors import SpecsError, UnknownSpecError
from ._known import Family, KnownVersion, families, family, known_files
from ._sources import Candidate, candidates
from ._store import SpecsStore, Trust

__all__ = ["Added", "add_known", "add_trusted"]

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,40}")
_SHORTEST_REASON = 10  # characters


@dataclass(frozen=True)
class Added:
    """What adding came to."""

    added: tuple[str, ...]
    """Name and version of what is kept now."""
    incomplete: tuple[str, ...]
    """What was recognised in part and not kept, a sentence each."""


def add_known(store: SpecsStore, place: Path) -> Added:
    """Keep every known version whose files are all at a place.

    Args:
        store: Where to keep them.
        place: A file, a folder, or a zip.

    Raises:
        SpecsError: the place cannot be read.
        UnknownSpecError: no version is complete in it.
    """
    found = {one.sha256: one for one in candidates(place)}
    added, incomplete = [], []
    for one in families():
        for version in one.versions:
            missing = [path for path, digest in version.files.items() if digest not in found]
            if not missing:
                files = {path: found[digest].read() for path, digest in version.files.items()}
                store.put(one.name, version.version, files, valid_from=version.valid_from, trust=None)
                added.append(f"{one.name} {version.version}")
            elif len(missing) < len(version.files):
                incomplete.append(_in_part(one, version, missing))
    if not added:
        raise UnknownSpecError(str(place), [*incomplete, *_changed(found.values())])
    return Added(tuple(added), tuple(incomplete))


def add_trusted(
    store: SpecsStore, place: Path, *, name: str, version: str, valid_from: date | None, reason: str, by: str
) -> Added:
    """Keep a version that is not known by checksum, because a person says why.

    Args:
        store: Where to keep it.
        place: A file, a folder or a zip whose files lie as in the known versions of the family.
        name: A family of invoice rules or schemas; compilers are never taken so.
        version: Its version; not one that is known by checksum.
        valid_from: First invoice date that it is for.
        reason: Why it is trusted; kept beside it and shown by `rpac specs list`.
        by: Who says so.

    Raises:
        SpecsError: the family or the version may not be taken so, or files are missing.
    """
    one = _trustable(name, version, reason)
    files = _as_laid_out(place, one)
    trust = Trust(reason=reason.strip(), by=by, at=datetime.now(UTC).isoformat(timespec="seconds"))
    store.put(name, version, files, valid_from=valid_from, trust=trust)
    return Added((f"{name} {version}",), ())


def _trustable(name: str, version: str, reason: str) -> Family:
    one = family(name)
    if one is None:
        names = ", ".join(known.name for known in families())
        raise SpecsError(f"there is no family {name!r}", remedy=f"one of {names}")
    if one.kind == "compiler":
        raise SpecsError(
            f"{name} is only taken in the versions known by checksum: other releases lose fatal rules",
            remedy="`rpac specs list` says where they are",
        )
    if not _VERSION.fullmatch(version):
        raise SpecsError(f"{version!r} is no version", remedy="digits, letters and . + - only")
    if one.version(version):
        raise SpecsError(
            f"{name} {version} is known by checksum, and these files are not it",
            remedy="download it again; `rpac specs list` says from where",
        )
    if len(reason.strip()) < _SHORTEST_REASON:
        raise SpecsError("a reason is needed that somebody else understands later")
    return one


def _as_laid_out(place: Path, one: Family) -> dict[str, bytes]:
    """The files of a place by their paths in the pack: those of the family's newest known version."""
    wanted = list(one.versions[-1].files)
    by_end: dict[str, list[Candidate]] = {}
    for candidate in candidates(place):
        for path in wanted:
            if f"/{candidate.path}".endswith(f"/{path}") or candidate.path == PurePosixPath(path).name:
                by_end.setdefault(path, []).append(candidate)
    missing = [path for path in wanted if path not in by_end]
    if missing:
        raise SpecsError(f"{place}: there is no {', '.join(missing[:3])}")
    twice = [path for path, found in by_end.items() if len({one.sha256 for one in found}) > 1]
    if twice:
        raise SpecsError(f"{place}: there is more than one {twice[0]}", remedy="point at the folder of one")
    return {path: by_end[path][0].read() for path in wanted}


def _in_part(one: Family, version: KnownVersion, missing: Sequence[str]) -> str:
    here = len(version.files) - len(missing)
    return f"{one.name} {version.version}: {here} of {len(version.files)} files, without {missing[0]}"


def _changed(found: Iterable[Candidate]) -> list[str]:
    """A sentence for each file that is called like a known one and is not it."""
    by_name: dict[str, list[str]] = {}
    for _, one, version, path in known_files():
        by_name.setdefault(PurePosixPath(path).name, []).append(f"{one.name} {version.version}")
    said = []
    for candidate in found:
        versions = by_name.get(PurePosixPath(candidate.path).name)
        if versions:
            said.append(
                f"{candidate.path} is called like a file of {versions[-1]} and has the SHA-256 "
                f"{candidate.sha256}, which is not known: changed, or another release"
            )
    return said[:5]
