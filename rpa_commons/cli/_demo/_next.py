"""The bot's next version: the plugin's folder with a patch on it, so that the source stands in one place.

Rules this module keeps: the plugin's own folder is never touched; each hunk of the patch is found by its
text, exactly once, or the next version is not made (line numbers are not looked at: the plugin may grow).

Usage::

    make_next(plugins / "welcome-letters", Path("welcome-letters-1.1.0.patch"), scratch / "1.1.0")
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["PatchDoesNotFitError", "make_next"]

_LEFT_OUT = ("build", "dist", "tests", "__pycache__", "*.egg-info", ".*_cache")


class PatchDoesNotFitError(RpaCommonsError):
    """The plugin has changed where the next version changes it, too."""

    def __init__(self, patch: Path, file: str, line: int) -> None:
        super().__init__(
            f"{patch.name}:{line}: what it changes in {file} does not stand there, or more than once",
            remedy="bring the patch up to date with the plugin; the folder's README says how",
        )
        self.file = file
        self.line = line


@dataclass(frozen=True)
class _Hunk:
    file: str
    line: int
    old: str
    new: str


def make_next(plugin: Path, patch: Path, folder: Path) -> Path:
    """Write the plugin's source with ``patch`` applied to ``folder``, anew, and return it.

    Raises:
        PatchDoesNotFitError: a hunk is not found, or found twice.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plugin, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for hunk in _hunks(patch.read_text(encoding="utf-8")):
        path = folder / hunk.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if text.count(hunk.old) != 1:
            raise PatchDoesNotFitError(patch, hunk.file, hunk.line)
        path.write_text(text.replace(hunk.old, hunk.new), encoding="utf-8", newline="\n")
    return folder


def _hunks(text: str) -> Iterator[_Hunk]:
    """The hunks of a unified diff, each as the text before and after it."""
    file, at = "", 0
    old: list[str] = []
    new: list[str] = []
    for number, line in enumerate([*text.splitlines(), "@@"], 1):
        if line.startswith(("--- ", "+++ ", "@@")):
            if old or new:
                yield _Hunk(file, at, "".join(old), "".join(new))
            old, new, at = [], [], number
            if found := re.match(r"\+\+\+ b/(\S+)", line):
                file = found[1]
            continue
        # An editor that trims line ends leaves nothing of a blank line of context.
        sign, rest = (line[:1] or " "), line[1:]
        if sign in " -":
            old.append(f"{rest}\n")
        if sign in " +":
            new.append(f"{rest}\n")
