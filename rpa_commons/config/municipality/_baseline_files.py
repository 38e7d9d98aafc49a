"""Which files of a folder belong to a baseline.

Rules this module keeps: a file that nobody would ever read is refused, since it is most likely misspelt; what
every folder collects (hidden files, editors' backups, a README) is left out without a word of blame.

Usage::

    files, left_out, findings = sorted_files(Path("baseline"))
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from rpa_commons.config.findings import Finding, guess

__all__ = ["meant_name", "sorted_files"]

_BOT = r"[a-z0-9]+(-[a-z0-9]+)*"
_TABLES = rf"tables/{_BOT}/[A-Za-z0-9_-][A-Za-z0-9_.-]*\.(csv|toml)"
_KNOWN = re.compile(
    r"(baseline|policies|waivers)\.toml"
    rf"|letters/{_BOT}/[a-z0-9][a-z0-9_-]{{0,63}}\.md\.j2"
    rf"|(profiles/[^/]+/)?(stack\.toml|bots/{_BOT}\.toml|{_TABLES})"
)
_TOP = ("baseline.toml", "stack.toml", "policies.toml", "waivers.toml")
_FOLDERS = ("bots", "letters", "tables", "profiles")
_LEFT_OUT = re.compile(
    r"\..*|~\$.*|.*~|#.*#|.*\.(bak|orig|rej|swp|swo|tmp)|Thumbs\.db|desktop\.ini|__pycache__", re.IGNORECASE
)
_LEFT_OUT_AT_TOP = re.compile(r"dist|(readme|licen[cs]e|changelog|codeowners)(\..*)?", re.IGNORECASE)
_MOST_FILES = 5_000
_DEEPEST = 4  # folders within each other: profiles/NAME/tables/BOT


def sorted_files(folder: Path) -> tuple[list[str], list[str], list[Finding]]:
    """The files of a folder: those that belong there, those that do no harm, and a finding for each other."""
    sorting = _Sorting(folder)
    try:
        for number, (path, is_folder) in enumerate(_entries(folder, folder)):
            if number == _MOST_FILES:
                message, advice = f"holds more than {_MOST_FILES} files", "is this the right one?"
                sorting.findings.append(Finding("E103", "", message, folder, help=advice))
                break
            sorting.put(path, is_folder=is_folder)
    except OSError as error:
        place = Path(error.filename or folder)
        message = f"cannot be read: {error.strerror or type(error).__name__}"
        sorting.findings.append(Finding("E103", "", message, place))
    return sorted(sorting.files), sorted(sorting.left_out), sorting.findings


class _Sorting:
    """The three heaps."""

    def __init__(self, folder: Path) -> None:
        self.files: list[str] = []
        self.left_out: list[str] = []
        self.findings: list[Finding] = []
        self._folder = folder

    def put(self, path: Path, *, is_folder: bool) -> None:
        """Put one entry onto its heap; a folder that may hold something is on none."""
        name = path.relative_to(self._folder).as_posix()
        if _is_left_out(name):
            self.left_out.append(name)
        elif path.is_symlink() or not (is_folder or stat.S_ISREG(path.lstat().st_mode)):
            message = "is a link or no regular file, which a wheel cannot hold"
            self.findings.append(Finding("E103", "", message, path, help="put the file itself there"))
        elif not is_folder and _KNOWN.fullmatch(name):
            self.files.append(name)
        elif not is_folder or not _is_entered(name):
            self.findings.append(_unknown(name, path))


def _entries(folder: Path, root: Path) -> Iterator[tuple[Path, bool]]:
    """Everything below a folder, with whether it is one; what is left out or unknown is not entered."""
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        path, is_folder = Path(entry.path), entry.is_dir(follow_symlinks=False)
        yield path, is_folder
        name = path.relative_to(root).as_posix()
        if is_folder and not _is_left_out(name) and _is_entered(name):
            yield from _entries(path, root)


def _is_entered(name: str) -> bool:
    """Whether a folder may hold something that is read."""
    return name.split("/", 1)[0] in _FOLDERS and name.count("/") < _DEEPEST


def _is_left_out(name: str) -> bool:
    first, *rest = name.split("/")
    last = rest[-1] if rest else first
    return bool(_LEFT_OUT.fullmatch(last) or (not rest and _LEFT_OUT_AT_TOP.fullmatch(first)))


def _unknown(name: str, path: Path) -> Finding:
    if "/" not in name:
        meant = meant_name(name, (*_TOP, *_FOLDERS))
        known = f"a baseline has {', '.join(_TOP)} and the folders {', '.join(_FOLDERS)}"
        advice = (
            f"did you mean {meant}? rename it" if meant else f"{known}; move anything else out of the folder"
        )
    else:
        advice = {
            "bots": "a bot's file is bots/BOT.toml, called as its wheel: small letters, digits, hyphens",
            "letters": "a letter is letters/BOT/NAME.md.j2, in small letters",
            "tables": "decision tables are tables/BOT/FIELD.csv or .toml, examples FIELD.examples.csv",
        }.get(
            name.split("/", 1)[0],
            "a profile is profiles/NAME/ with stack.toml, bots/BOT.toml and tables/BOT/",
        )
    return Finding("E101", "", "nothing ever reads this in a baseline", path, help=advice)


def meant_name(name: str, known: Iterable[str]) -> str | None:
    """The known file or folder that a name is most like; what follows the dot makes no two alike."""
    by_stem = {one.split(".", 1)[0]: one for one in known}
    meant = guess(name.split(".", 1)[0], by_stem)
    return None if meant is None else by_stem[meant]
