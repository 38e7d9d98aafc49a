"""A folder that a connector keeps files and notes in: what can go wrong there, told with its remedy.

Rules this module keeps: no message holds what stands in a file; what the operating system said is not kept
beside an error, for it names files, and strangers may have named those; a note of ours that cannot be read
stops what relies on it, for it is what keeps an effect from being carried out twice.

Usage::

    return guarded(OutboxError, self._system, self._folder, lambda: self._put(letter))
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Self, TypeVar

from filelock import Timeout
from pydantic import BaseModel, ValidationError

from rpa_commons.capabilities import TransientError

__all__ = ["OURS", "FolderError", "Sent", "guarded", "read_note", "refuse_missing"]

OURS = ".rpac"
"""What is ours in a folder that others fetch files from or put files into."""
Sent = Literal["no", "maybe"]

_Model = TypeVar("_Model", bound=BaseModel)
_Result = TypeVar("_Result")
_RESTORE = "restore it from a backup; without it something could be done twice"
_REMEDIES = {
    errno.ENOSPC: "free space on the disk",
    errno.EDQUOT: "raise the quota or free space",
    errno.EROFS: "mount the folder writable",
    errno.EACCES: "let the user that runs rpac read and write there",
    errno.EPERM: "let the user that runs rpac read and write there",
    # It is not created by itself: files would pile up unseen beneath a share that is not mounted.
    errno.ENOENT: "create the folder, or mount the share it is on",
    errno.ENOTDIR: "name a folder",
    errno.ESTALE: "mount the share again",
}


class FolderError(TransientError):
    """A folder cannot be read or written now; the cases wait.

    Attributes:
        place: The folder or file.
        errno: The operating system's number for it; ``None`` where it said none.
    """

    def __init__(
        self,
        system: str,
        place: Path,
        problem: str,
        *,
        remedy: str,
        sent: Sent = "no",
        errno: int | None = None,
    ) -> None:
        super().__init__(system, f"{place}: {problem}", sent=sent, remedy=remedy)
        self.place = place
        self.errno = errno

    @classmethod
    def of(cls, system: str, place: Path, error: OSError, *, sent: Sent = "no") -> Self:
        """The error for what the operating system, or a lock, said."""
        if isinstance(error, Timeout):
            problem, remedy = "another process works there", "try again when it has ended"
        else:
            problem = error.strerror or "it cannot be used"
            remedy = _REMEDIES.get(error.errno or 0, "check the folder")
        return cls(system, place, problem, remedy=remedy, sent=sent, errno=error.errno)


def guarded(
    kind: type[FolderError], system: str, place: Path, work: Callable[[], _Result], *, sent: Sent = "no"
) -> _Result:
    """What some work in a folder gives.

    Args:
        kind: The connector's own error.
        system: The connector's name.
        place: The folder, as the message names it.
        work: Touches files.
        sent: What its failure says of the effect that asked for it: ``"maybe"`` once it may have been taken.

    Raises:
        FolderError: of the given kind; the folder or something in it cannot be used.
    """
    try:
        return work()
    except OSError as error:
        failure = kind.of(system, place, error, sent=sent)
    raise failure  # outside the handler, so that it does not carry the operating system's words along


def refuse_missing(folder: Path) -> None:
    """Refuse a folder that is not there: it is not ours to create.

    Raises:
        FileNotFoundError: there is none.
        NotADirectoryError: it is something else.
    """
    if not folder.is_dir():
        code = errno.ENOTDIR if folder.exists() else errno.ENOENT
        raise OSError(code, os.strerror(code))


def read_note(
    kind: type[FolderError], system: str, path: Path, model: type[_Model], *, remedy: str = _RESTORE
) -> _Model:
    """One of our own notes: JSON with what the model has; what it holds besides does no harm.

    Raises:
        FolderError: of the given kind; the note was cut short or changed by hand.
        OSError: it cannot be read.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError:
        pass  # its text would hold the note's values
    raise kind(system, path, "it is no note of ours any more", remedy=remedy, sent="maybe")
