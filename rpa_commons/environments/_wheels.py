"""A wheel, checked before anything of it is used.

Rules this module keeps: nothing is unpacked or imported; every problem is found before one is reported; sizes
are checked before something is read. Source: the binary distribution format (PyPA specifications, "wheel").

Usage::

    checked = check_wheel(Path("welcome_letters-1.0.0-py3-none-any.whl"))
    checked.manifest.capabilities
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from rpa_commons.conformance import Places, mode_problems, path_problems, record_problems
from rpa_commons.manifest import Manifest, ManifestError, read_manifest, wheel_sha256

from ._errors import WheelRefusedError

__all__ = ["CheckedWheel", "check_wheel"]

_LARGEST_WHEEL = 512 * 1024 * 1024  # bytes unpacked; a bot is kilobytes, with a model perhaps 100 MB
_MOST_MEMBERS = 20_000
_LARGEST_TEXT = 16 * 1024 * 1024  # bytes of METADATA
_UNREADABLE = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,  # a compression that this Python does not know
    RuntimeError,  # an encrypted member
    zipfile.BadZipFile,
    zlib.error,
)
_BUILD_AGAIN = "`rpac build` packs the manifest; a plain `uv build` or `pip wheel` does not write it"


@dataclass(frozen=True)
class CheckedWheel:
    """A wheel that is what it claims to be.

    Attributes:
        path: The file.
        name: Normalised distribution name.
        version: As in the metadata.
        sha256: Hex digest of the file.
        requires_python: As in the metadata; empty when it says nothing.
        manifest: The bot's description.
        requires: Normalised names of the packages that it asks for.
    """

    path: Path
    name: str
    version: str
    sha256: str
    requires_python: str
    manifest: Manifest
    requires: tuple[str, ...] = ()


def check_wheel(path: Path) -> CheckedWheel:
    """Check file name, members, RECORD, METADATA and manifest of a wheel against each other.

    Raises:
        WheelRefusedError: something does not agree; every problem is named.
    """
    try:
        name, version = _name_and_version(path)
        digest = wheel_sha256(path)
        with zipfile.ZipFile(path) as archive:
            problems = list(_unsafe_members(archive))
            if problems:  # nothing in such an archive is worth reading further
                raise WheelRefusedError(path, problems)
            info = _metadata_folder(archive, path, name)
            problems += record_problems(archive, info)
            metadata = BytesHeaderParser().parsebytes(_read(archive, f"{info}/METADATA"))
        problems += _disagreements(name, version, metadata.get("Name", ""), metadata.get("Version", ""))
        manifest = read_manifest(path)
        problems += _disagreements(name, version, manifest.name, manifest.version, source="the manifest")
    except ManifestError as error:
        raise WheelRefusedError(path, [*problems, error.problem], remedy=_BUILD_AGAIN) from None
    except _UNREADABLE as error:
        raise WheelRefusedError(path, [f"cannot be read as a wheel: {error}"]) from error
    if problems:
        raise WheelRefusedError(path, problems)
    needs = str(metadata.get("Requires-Python", ""))
    required = tuple(dict.fromkeys(_names(metadata.get_all("Requires-Dist", []))))
    return CheckedWheel(path, name, version, digest, needs, manifest, required)


def _names(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            yield canonicalize_name(Requirement(str(line)).name)
        except InvalidRequirement:
            continue  # uv says what is wrong with it


def _name_and_version(path: Path) -> tuple[str, str]:
    if not path.is_file():
        raise WheelRefusedError(
            path, ["there is no such file"], remedy="name the wheel file that `rpac build` wrote"
        )
    try:
        name, version, _, _ = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise WheelRefusedError(path, [f"its file name is not that of a wheel: {error}"]) from None
    return str(name), str(version)


def _unsafe_members(archive: zipfile.ZipFile) -> Iterator[str]:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        yield f"it holds {len(members)} files, more than {_MOST_MEMBERS}"
    total = sum(member.file_size for member in members)
    if total > _LARGEST_WHEEL:
        yield f"it unpacks to {total} bytes, more than {_LARGEST_WHEEL}"
    places = Places()
    for member in members:
        name = member.orig_filename
        for problem in (*path_problems(name), *mode_problems(member.external_attr), *places.problems(name)):
            yield f"member {name!r} {problem}"


def _metadata_folder(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    folders = {
        member.split("/", 1)[0]
        for member in archive.namelist()
        if member.split("/", 1)[0].endswith(".dist-info")
    }
    if len(folders) != 1:
        raise WheelRefusedError(path, [f"expected one .dist-info folder, found {len(folders)}"])
    folder = folders.pop()
    owner = folder.removesuffix(".dist-info").rsplit("-", 1)[0]
    if canonicalize_name(owner) != name:
        raise WheelRefusedError(path, [f"its metadata folder {folder} belongs to another package"])
    return folder


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST_TEXT:
        raise ValueError(f"{name} is larger than {_LARGEST_TEXT} bytes")
    return archive.read(name)


def _disagreements(
    name: str, version: str, claimed_name: str, claimed_version: str, *, source: str = "METADATA"
) -> Iterator[str]:
    if canonicalize_name(claimed_name) != name:
        yield f"its file name says {name}, {source} says {claimed_name}"
    if not _same_version(version, claimed_version):
        yield f"its file name says version {version}, {source} says {claimed_version}"


def _same_version(version: str, claimed: str) -> bool:
    try:
        return Version(version) == Version(claimed)
    except InvalidVersion:
        return False
