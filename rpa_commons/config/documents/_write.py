"""Writing a configuration file: wholly or not at all.

Rules this module keeps: whoever reads, also after a crash or on a full disk, finds the old file or the new;
a file keeps its mode (and its owner where the system allows); nothing is left behind when it fails, and what
a killed process left is removed by the next one that writes the same file.

Usage::

    replace_text(folder / "bots" / "welcome-letters.toml", text)
"""

import os
import re
import stat
import time
import uuid
from contextlib import suppress
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import display_path

__all__ = ["FileNotWrittenError", "remove_abandoned", "replace_file", "replace_text", "write_part"]

_OWNER_ONLY = 0o600
_ABANDONED = 3600  # seconds after which nobody still writes a part


class FileNotWrittenError(RpaCommonsError):
    """A file could not be written; what stood there before still does.

    Attributes:
        path: The file.
        problem: What the system says.
    """

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{display_path(path)} cannot be written: {problem}; nothing was changed",
            remedy="look whether the disk is full, and whether you may write in this folder",
        )
        self.path = path
        self.problem = problem


def replace_text(path: Path, text: str) -> None:
    """Write a configuration file as :func:`replace_file` does; a refusal says what a person can do.

    Raises:
        FileNotWrittenError: the system refuses; the old file is untouched.
    """
    try:
        replace_file(path, text)
        remove_abandoned(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise FileNotWrittenError(
            path, getattr(error, "strerror", None) or "it is no text or no usable path"
        ) from None


def remove_abandoned(path: Path) -> None:
    """Remove what killed processes left beside this file; what cannot be removed stays."""
    with suppress(OSError):
        target = path.resolve()
        is_part = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{32}}\.part").fullmatch
        parts = [one for one in target.parent.iterdir() if is_part(one.name)]
        for part in parts:
            if time.time() - part.lstat().st_mtime > _ABANDONED:
                part.unlink()


def replace_file(path: Path, text: str) -> None:
    """Write a text file as UTF-8, its line ends as they are in ``text``; folders on the way are made.

    A symbolic link stays one: the file it leads to is written.

    Raises:
        OSError: the system refuses; the old file is untouched.
        ValueError: UTF-8 cannot hold the text.
        RuntimeError: a loop of links, before Python 3.13.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.stat() if target.exists() else None
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        write_part(part, text, before)
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_part(part: Path, text: str, before: os.stat_result | None) -> None:
    """Write a new file that is going to replace another: its text on the disk, its mode as that one's.

    Args:
        part: Where; there must be nothing yet.
        text: What it holds.
        before: What the system says about the file to be replaced; ``None`` when there is none.

    Raises:
        OSError: the system refuses.
        ValueError: UTF-8 cannot hold the text.
    """

    def opener(name: str, flags: int) -> int:
        # Nobody may read the new text for a moment who could not read the old one.
        return os.open(name, flags, 0o666 if before is None else _OWNER_ONLY)

    with open(part, "x", encoding="utf-8", newline="", opener=opener) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if before is None:
        return
    if os.name == "posix":  # on Windows a file inherits its rights from the folder
        with suppress(OSError):  # only root may give files away
            os.chown(part, before.st_uid, before.st_gid)
    part.chmod(stat.S_IMODE(before.st_mode))
