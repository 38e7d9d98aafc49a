"""A baseline that comes as a wheel: checked as a whole, then unpacked once into the municipality's state.

Rules this module keeps: the wheel is read once, and what was checked is what is unpacked; its RECORD is
checked when it is unpacked, for the folder is named after the digest of a wheel that was right; a folder
appears under its final name only when everything is in it; one that is there already is compared with the
wheel byte by byte before it is used (somebody may have edited it, to get round a policy); nothing is run.

Usage::

    unpacked = unpack_baseline(Path("digit_baseline-2026.1-py3-none-any.whl"), state_dir)
    unpacked.folder / "policies.toml"
"""

import hashlib
import io
import os
import re
import secrets
import shutil
import stat
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.conformance import (
    Places,
    mode_problems,
    path_problems,
    portability_problems,
    record_problems,
)
from rpa_commons.manifest import Manifest, ManifestError, read_manifest

__all__ = ["BaselineWheelError", "UnpackedBaseline", "baseline_members", "unpack_baseline", "wheel_name"]

_LARGEST_WHEEL = 32 * 1024 * 1024
_LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes; a baseline is tables, letters and a few pages of TOML
_MOST_MEMBERS = 5_000
_FOLDER = "baselines"
_HALF = ".unpacking-"
_ABANDONED = 3600  # seconds after which nobody still works on a half-unpacked folder
_UTF_8 = 0x800  # flag of a member whose name is UTF-8
_ENCRYPTED = 0x1
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
_GET_AGAIN = "get the wheel again from the cooperation"


class BaselineWheelError(RpaCommonsError):
    """A wheel cannot serve as baseline.

    Attributes:
        problem: What is wrong, to follow the wheel's name.
    """

    def __init__(self, problem: str, remedy: str = _GET_AGAIN) -> None:
        super().__init__(problem, remedy=remedy)
        self.problem = problem


@dataclass(frozen=True)
class UnpackedBaseline:
    """A wheel's files as a folder.

    Attributes:
        folder: Where they lie, absolute.
        sha256: Of the wheel, hexadecimal.
        manifest: What the wheel says of itself.
    """

    folder: Path
    sha256: str
    manifest: Manifest


def wheel_name(name: str) -> str:
    """A baseline's name as wheels are called: ``"DIGIT baseline"`` is ``digit-baseline``; may be empty."""
    spelt = name.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def unpack_baseline(wheel: Path, state_dir: Path) -> UnpackedBaseline:
    """Check a wheel and give the folder with its files, unpacked now or before.

    Args:
        wheel: The file.
        state_dir: The municipality's; written only the first time that this wheel is seen.

    Raises:
        BaselineWheelError: the wheel is missing, broken or hostile; the folder was changed; or it cannot be
            written.
    """
    content = _content(wheel)
    sha256 = hashlib.sha256(content).hexdigest()
    folder = state_dir / _FOLDER / sha256
    manifest, files = _checked(wheel, content, with_record=not folder.is_dir())
    try:
        if not folder.is_dir():
            _unpack(folder, files)
        _remember_place(folder, wheel)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        remedy = f"this user must be able to write {folder.parent} once; later it is only read"
        raise BaselineWheelError(f"cannot be unpacked into {folder.parent}: {reason}", remedy) from None
    try:
        changed = next(_changed(folder, files), None)
    except PermissionError as error:
        remedy = f"this user must be able to read {folder} and everything in it"
        raise BaselineWheelError(f"cannot be read where it was unpacked: {error.filename}", remedy) from None
    if changed is not None:
        remedy = f"remove {folder}, it is unpacked anew; what you want otherwise belongs into your own files"
        raise BaselineWheelError(f"was changed after it was unpacked: {folder / changed}", remedy)
    return UnpackedBaseline(folder, sha256, manifest)


def baseline_members(wheel: Path) -> tuple[Manifest, dict[str, bytes]]:
    """What a wheel says of itself, and its files by their path in the baseline; nothing is written.

    Raises:
        BaselineWheelError: as for :func:`unpack_baseline`.
    """
    return _checked(wheel, _content(wheel), with_record=True)


def _content(wheel: Path) -> bytes:
    """The bytes of the file, read once: whoever swaps it meanwhile changes nothing."""
    try:
        with open(wheel, "rb", opener=_without_waiting) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BaselineWheelError("is no regular file")
            content = stream.read(_LARGEST_WHEEL + 1)
    except OSError as error:
        raise BaselineWheelError(f"cannot be read: {error.strerror or type(error).__name__}") from None
    if len(content) > _LARGEST_WHEEL:
        size = f"{_LARGEST_WHEEL // 1024 // 1024} MiB"
        raise BaselineWheelError(f"is larger than the {size} a baseline may have", "is this the right file?")
    return content


def _without_waiting(path: str, flags: int) -> int:
    # Opening a named pipe would wait for a writer for ever; Windows has neither the flag nor such files.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _checked(wheel: Path, content: bytes, *, with_record: bool) -> tuple[Manifest, dict[str, bytes]]:
    try:
        manifest = read_manifest(wheel, io.BytesIO(content))
        if manifest.kind != "baseline":
            remedy = "name the wheel that the cooperation built with `rpac build` from its baseline"
            raise BaselineWheelError(f"holds a {manifest.kind}, not a baseline", remedy)
        _check_file_name(wheel, manifest)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _files(archive, manifest)
            for problem in record_problems(archive, _info(manifest)) if with_record else ():
                raise BaselineWheelError(f"was changed after it was built: {problem}")
            return manifest, files
    except ManifestError as error:
        raise BaselineWheelError(f"is no baseline: {error.problem}") from None
    except _UNREADABLE as error:
        raise BaselineWheelError(f"cannot be read as a wheel: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    """What is wrong with an archive; the words of a Unicode error repeat its bytes."""
    return (
        "a name in it is not UTF-8" if isinstance(error, UnicodeError) else str(error) or type(error).__name__
    )


def _check_file_name(wheel: Path, manifest: Manifest) -> None:
    """A wheel whose name says another version than it holds would be a lie in every origin."""
    begin = f"{manifest.name.replace('-', '_')}-{manifest.version}-"
    if not wheel.name.casefold().startswith(begin.casefold()):
        problem = f"holds {manifest.name} {manifest.version}, which its file name does not say"
        raise BaselineWheelError(problem, f"call it {begin}py3-none-any.whl again")


def _files(archive: zipfile.ZipFile, manifest: Manifest) -> dict[str, bytes]:
    """The baseline's files by path below its top folder, every member of the archive checked first."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise BaselineWheelError(f"holds {len(members)} files; a baseline may have {_MOST_MEMBERS}")
    if (total := sum(member.file_size for member in members)) > _LARGEST_UNPACKED:
        raise BaselineWheelError(f"unpacks to {total} bytes; a baseline may have {_LARGEST_UNPACKED}")
    top = manifest.name.replace("-", "_")
    info = _info(manifest)
    places = Places()
    found: dict[str, bytes] = {}
    for member in members:
        for problem in _problems(member, places):
            raise BaselineWheelError(f"is refused: member {member.orig_filename!r} {problem}")
        begin, _, below = member.filename.partition("/")
        if begin.casefold() not in {top, info.casefold()}:
            raise BaselineWheelError(f"is refused: member {member.filename!r} is not below {top}/")
        if begin == top and not member.is_dir():
            found[below] = archive.read(member)
    if "baseline.toml" not in found:
        raise BaselineWheelError(f"holds no {top}/baseline.toml")
    return found


def _info(manifest: Manifest) -> str:
    """The wheel's folder of metadata."""
    return f"{manifest.name.replace('-', '_')}-{manifest.version}.dist-info"


def _problems(member: zipfile.ZipInfo, places: Places) -> Iterator[str]:
    """Why a member is not unpacked; first the worst."""
    name = member.orig_filename
    yield from path_problems(name)
    yield from mode_problems(member.external_attr)
    if member.flag_bits & _ENCRYPTED:
        yield "is encrypted"
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        yield "is packed in a way that wheels are not"
    if not name.isascii() and not member.flag_bits & _UTF_8:
        yield "has a name that is not UTF-8"
    yield from portability_problems(name)
    yield from places.problems(member.filename)


def _unpack(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside the final place, then rename; whoever was first wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    half = folder.parent / f"{_HALF}{os.getpid()}-{secrets.token_hex(8)}"
    try:
        for name, content in files.items():
            path = half / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        try:
            half.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same content
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """What killed processes left."""
    for path in parent.glob(f"{_HALF}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)


def _remember_place(folder: Path, wheel: Path) -> None:
    """Note where the wheel lies, so that findings name it and not the folder that it was unpacked to."""
    note = folder.with_name(f"{folder.name}.wheel")
    with suppress(OSError, ValueError):
        if note.read_text(encoding="utf-8") == str(wheel):
            return
    part = note.with_name(f"{note.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    with suppress(OSError):  # where nothing can be written, the folder's own path is shown
        part.write_text(str(wheel), encoding="utf-8")
        part.replace(note)
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _changed(folder: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """The files of the folder that are not as the wheel has them: changed, gone, added or links."""
    present = set()
    for here, folders, names in os.walk(folder, onerror=_only_permission):
        below = Path(here).relative_to(folder)
        present |= {(below / name).as_posix() for name in names}
        yield from ((below / name).as_posix() for name in folders if (Path(here) / name).is_symlink())
    yield from sorted(present ^ files.keys())
    for name, content in files.items():
        if not _holds(folder / name, content):
            yield name


def _only_permission(error: OSError) -> None:
    if isinstance(error, PermissionError):
        raise error


def _holds(path: Path, content: bytes) -> bool:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
            return False
        return path.read_bytes() == content
    except PermissionError:
        raise
    except OSError:
        return False
