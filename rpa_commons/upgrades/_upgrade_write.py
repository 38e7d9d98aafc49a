"""Writing the files of a migration: all of them, or none as far as a file system allows.

Rules this module keeps: every new text lies beside its file before the first file is replaced; when replacing
fails, what was replaced is put back; a crash between two replacements leaves whole files, old and new, and
migrating again goes on from there, since a migrated file is not migrated twice.

Usage::

    write_migrated(plan.files)
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import FileNotWrittenError, replace_text
from rpa_commons.config.documents._write import _write as write_part
from rpa_commons.config.findings import display_path

from ._upgrade_files import FileMigration

__all__ = ["FileChangedError", "write_migrated"]

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


def write_migrated(files: Sequence[FileMigration]) -> None:
    """Write every file's new text.

    Raises:
        FileChangedError: a file was edited since the plan; none is written.
        FileNotWrittenError: the system refuses; what stood in the files still does.
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
        for file in done:
            replace_text(file.path, file.before)
        failed = files[min(len(done), len(files) - 1)].path
        raise FileNotWrittenError(failed, error.strerror or "the system refuses") from error
    finally:
        for part, _ in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)


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
