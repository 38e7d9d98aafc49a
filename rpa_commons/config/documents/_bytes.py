"""The bytes and the text of one file, read with limits.

Rules this module keeps: it must be a regular file of at most 1 MiB that stays below the folder it was found
in, also through links; what is refused says why and what to do.

Usage::

    status = status_of(path, root)
    text = decoded(path, read_bytes(path, status))
"""

import codecs
import enum
import os
import stat
from pathlib import Path

from rpa_commons.config.findings import ConfigError, Finding

__all__ = [
    "LARGEST_FILE",
    "MISSING",
    "check_size",
    "decoded",
    "read_bytes",
    "read_optional_text",
    "refused",
    "status_of",
]

LARGEST_FILE = 1024 * 1024
"""Bytes; a configuration file is a few kilobytes."""
MISSING = "there is no such file"

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how Windows editors begin such a file
_SAVE_AS = "save it again in the editor with UTF-8 as its encoding"


def read_optional_text(path: Path, *, root: Path) -> str | None:
    """The text of a file that is no TOML, with the same limits; ``None`` when there is no such file."""
    status = status_of(path, root)
    return None if status is None else decoded(path, read_bytes(path, status))


def status_of(path: Path, root: Path, folders: set[str] | None = None) -> os.stat_result | None:
    """What the system says about a file, itself or through links; ``None`` when nothing is there.

    Args:
        path: The file.
        root: The folder it must stay below.
        folders: Those that are known to be no links, for whoever looks at everything as at one time; those
            that are found are added.

    Raises:
        ConfigError: E103 it cannot be asked, or a link leads out of ``root`` or nowhere.
    """
    try:
        status = _plain_status(path, root, folders)
        if status is not _LOOK_CLOSER:
            return status
        if not path.is_symlink() and not path.exists():
            return None
        if not path.resolve().is_relative_to(root.resolve()):
            raise refused(path, "E103", "leads out of its folder through a symbolic link",
                           "put the file itself there")  # fmt: skip
        return path.stat()
    except FileNotFoundError:
        raise refused(path, "E103", MISSING) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links before Python 3.13
        raise _unreadable(path, error) from None


class _LookCloser(enum.Enum):
    """There is a link on the way, or something that is not understood."""

    LINK = 0


_LOOK_CLOSER = _LookCloser.LINK


def _plain_status(path: Path, root: Path, folders: set[str] | None) -> os.stat_result | _LookCloser | None:
    """The status of a file to which no link leads between ``root`` and itself; ``None``: there is nothing."""
    given, folder = str(path), str(root)
    if os.name == "nt" or not given.startswith(folder + "/") or "/.." in given:
        return _LOOK_CLOSER  # Windows has more kinds of links than one
    end = given.find("/", len(folder) + 1)
    try:
        while end >= 0:
            above = given[:end]
            end = given.find("/", end + 1)
            if folders is not None and above in folders:
                continue
            if stat.S_ISLNK(os.lstat(above).st_mode):
                return _LOOK_CLOSER
            if folders is not None:
                folders.add(above)
        status = os.lstat(given)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):  # ValueError: a null byte
        return _LOOK_CLOSER
    return _LOOK_CLOSER if stat.S_ISLNK(status.st_mode) else status


def read_bytes(path: Path, status: os.stat_result) -> bytes:
    """What stands in a file of which :func:`status_of` has told.

    Raises:
        ConfigError: E103 it is no regular file, too large, gone meanwhile, or cannot be read.
    """
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
        is_folder = stat.S_ISDIR(status.st_mode)
        raise refused(
            path, "E103", "is a folder where a file is expected" if is_folder else "is no regular file"
        )
    check_size(path, status.st_size)
    try:
        data = _bytes_of(str(path), status.st_size)
    except FileNotFoundError:
        raise refused(path, "E103", MISSING) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    return data


_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # which only Windows knows


def _bytes_of(path: str, size: int) -> bytes:
    """All of a file, by the three calls that it takes: a stream asks the system twice as often."""
    descriptor = os.open(path, _READING)
    try:
        data = os.read(descriptor, size + 1)
        while len(data) != size and len(data) <= LARGEST_FILE and (more := os.read(descriptor, LARGEST_FILE)):
            data += more  # a part was given, or it has grown meanwhile
    finally:
        os.close(descriptor)
    return data


def check_size(path: Path, size: int) -> None:
    if size > LARGEST_FILE:
        found = f"is {size / 1024 / 1024:.1f} MiB; a configuration file may have 1 MiB"
        raise refused(path, "E103", found, "is this the right file?")


def _unreadable(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or "a loop of symbolic links"
    return refused(path, "E103", f"cannot be read: {reason}")


def decoded(path: Path, data: bytes) -> str:
    """The text of a file, line ends as line feeds, without byte order mark."""
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        kind = "UTF-16" if data.startswith(_UTF_16) else "not UTF-8"
        advice = "is this the right file?" if b"\0" in data and kind != "UTF-16" else _SAVE_AS
        finding = Finding("E104", "", f"the file is {kind}", path, line, help=advice)
        raise ConfigError([finding]) from None
    return text.replace("\r\n", "\n") if "\r" in text else text


def refused(path: Path, code: str, problem: str, remedy: str = "") -> ConfigError:
    return ConfigError([Finding(code, "", problem, path, help=remedy)])
