"""Writing the files of a migration: all of them, or none as far as a file system allows.

Rules this module keeps: every new text lies beside its file before the first file is replaced; when replacing
fails, what was replaced is put back, and what cannot be put back is named; a crash between two replacements
leaves whole files, old and new, and migrating again goes on from there, since a migrated file is not migrated
twice. The caller keeps other commands away meanwhile.

Usage::

    with changing(folder):
        write_migrated(plan.files)
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import FileNotWrittenError, replace_text, write_part
from rpa_commons.config.findings import display_path

from ._upgrade_files import FileMigration

__all__ = ["FileChangedError", "PartlyMigratedError", "put_back", "write_migrated"]

_SUFFIX = ".migrated.part"


class FileChangedError(RpaCommonsError):
    """A file is no longer what the plan was made from; nothing was written.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{display_path(path)} changed since the plan was made; nothing was written",
            remedy="run the command again: it plans anew",
        )
        self.path = path


class PartlyMigratedError(RpaCommonsError):
    """The upgrade ended halfway: files that were rewritten already could not be put back.

    Attributes:
        paths: The files that hold the new text.
        problem: What ended the upgrade.
    """

    def __init__(self, paths: Sequence[Path], problem: str) -> None:
        names = ", ".join(map(display_path, paths))
        super().__init__(
            f"{problem}; {names} could not be put back and is written for the new version",
            remedy="make room or get the right to write there, then run the same upgrade again: it goes on "
            "from here; or take the file back from version control",
        )
        self.paths = tuple(paths)
        self.problem = problem


def write_migrated(files: Sequence[FileMigration]) -> None:
    """Write every file's new text; within :func:`rpa_commons.config.changing` of its folder.

    Raises:
        FileChangedError: a file was edited since the plan; none is written.
        FileNotWrittenError: the system refuses; what stood in the files still does.
        PartlyMigratedError: the system refuses, and refuses too that the files before it are put back.
    """
    parts: list[tuple[Path, Path]] = []
    done: list[FileMigration] = []
    for file in files:
        if _text(file.path) != file.before:
            raise FileChangedError(file.path)
    try:
        for file in files:
            target = file.path.resolve()
            _tidy(target)
            part = target.with_name(f".{target.name}.{uuid.uuid4().hex}{_SUFFIX}")
            parts.append((part, target))
            write_part(part, file.after, target.stat())
        for file, (part, target) in zip(files, parts, strict=True):
            part.replace(target)
            done.append(file)
    except OSError as error:
        failed = files[min(len(done), len(files) - 1)].path
        problem = error.strerror or "the system refuses"
        if stuck := put_back(done):
            raise PartlyMigratedError(
                stuck, f"{display_path(failed)} cannot be written: {problem}"
            ) from error
        raise FileNotWrittenError(failed, problem) from error
    except BaseException:  # Ctrl-C
        put_back(done)
        raise
    finally:
        for part, _ in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def put_back(files: Sequence[FileMigration]) -> tuple[Path, ...]:
    """Write the old text of every file that holds the new one; returns those where the system refuses.

    A file that holds anything else was edited since, and stays.
    """
    stuck = []
    for file in files:
        if _text(file.path) == file.after:
            try:
                replace_text(file.path, file.before)
            except FileNotWrittenError:
                stuck.append(file.path)
    return tuple(stuck)


def _tidy(target: Path) -> None:
    """Remove what a crash left beside the file."""
    for left in target.parent.glob(f".{target.name}.*{_SUFFIX}"):
        with suppress(OSError):
            left.unlink()


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        return ""
