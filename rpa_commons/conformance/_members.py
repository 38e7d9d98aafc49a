"""Which paths a member of an archive may have, so that unpacking it is safe on every system.

Rules this module keeps: what one system takes for a folder, a drive, a device or the same file as another is
refused on all of them; nothing but plain files and folders is let through.

Usage::

    places = Places()
    for member in archive.infolist():
        problems = [*path_problems(member.orig_filename), *mode_problems(member.external_attr)]
        problems += places.problems(member.filename)
"""

import re
import stat
import unicodedata
from collections.abc import Iterator

__all__ = ["Places", "mode_problems", "path_problems", "portability_problems", "suffix_of"]

_PLAIN = re.compile(r"[A-Za-z0-9_\-+@!~#,=()\[\]{}$%&']+(?:[.]+[A-Za-z0-9_\-+@!~#,=()\[\]{}$%&']+)*")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)", re.IGNORECASE)
_NO_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def path_problems(name: str) -> Iterator[str]:
    """Why a path is not unpacked, to follow the words "member 'x'"; first the worst.

    Args:
        name: As it stands in the archive; a folder ends with a slash.
    """
    if name.startswith("/") or ":" in name or "\\" in name or "\0" in name:
        yield "is no relative path"
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        yield "leads out of the folder it is unpacked to"
    elif "" in parts or "." in parts:
        yield "is no plain path"


def portability_problems(name: str) -> Iterator[str]:
    """Why a path cannot be held by every system (Windows' devices and signs), to follow "member 'x'"."""
    parts = name.removesuffix("/").split("/")
    if any(not _portable(part) for part in parts if part not in {"", ".", ".."}):
        yield "has a name that not every system can hold"


def _portable(part: str) -> bool:
    if _PLAIN.fullmatch(part):
        return not _DEVICE.match(part)
    return not (
        _NO_NAME.search(part)
        or _DEVICE.match(part)
        or part.endswith((".", " "))
        or any(unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for one in part)
    )


def mode_problems(external_attr: int) -> Iterator[str]:
    """Why a member's kind is not unpacked, to follow the words "member 'x'".

    Args:
        external_attr: Of its entry in the archive's directory.
    """
    mode = external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        yield "is a symbolic link"
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield "is no regular file"
    elif mode & (stat.S_ISUID | stat.S_ISGID):
        yield "would run with another user's rights"


def suffix_of(path: str) -> str:
    """The last ending of a file's name, in small letters: ``.py``; empty when there is none."""
    name = path.rpartition("/")[2]
    at = name.rfind(".")
    return name[at:].lower() if at > 0 else ""


class Places:
    """Finds two members at one place, also where a system takes two spellings for one."""

    def __init__(self) -> None:
        self._seen: dict[str, bool] = {}  # place -> whether it is a file

    def problems(self, name: str) -> Iterator[str]:
        """Why a member cannot lie beside those before it, to follow the words "member 'x'"."""
        folded = name.lower() if name.isascii() else _folded(name)
        is_file = not folded.endswith("/")
        place = folded.rstrip("/")
        before = self._seen.get(place)
        if before is not None and (is_file or before):
            yield "is there twice"
        self._seen[place] = is_file or bool(before)
        parent = place.rpartition("/")[0]
        while parent:
            known = self._seen.get(parent)
            if known is None:
                self._seen[parent] = False
            elif known:
                yield "lies below a file"
                return
            else:
                return
            parent = parent.rpartition("/")[0]


def _folded(name: str) -> str:
    """One spelling for all that a system could take for the same: case, composed and compatible letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
