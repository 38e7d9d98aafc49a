"""The files beside the TOML: a municipality's hook and its letter folders."""

import os
from pathlib import Path

from rpa_commons.config.findings import Finding

from ._municipality import MunicipalityFolder

__all__ = ["hook_of", "letter_folders_of"]


def hook_of(municipality: MunicipalityFolder, name: str, bot: str) -> tuple[Path | None, list[Finding]]:
    """The hook file of an instance, or else of its bot: ``hooks/welcome_letters.py``.

    Returns:
        The file, absolute, or ``None``; and a finding when it is no regular file of this folder.
    """
    if not _has_folder(municipality, "hooks"):
        return None, []
    for stem in dict.fromkeys((name, bot)):
        file = f"hooks/{stem.replace('-', '_')}.py"
        if not stem or not os.path.lexists(f"{municipality.folder}/{file}"):  # a path only where one is
            continue
        path = municipality.folder / file
        if not path.is_file() or not path.resolve().is_relative_to(municipality.folder):
            advice = "a hook is code that runs with the bot: put the file itself there"
            return None, [Finding("E103", "", "is no regular file of this folder", path, help=advice)]
        return path, []
    return None, []


def letter_folders_of(municipality: MunicipalityFolder, name: str, bot: str) -> tuple[Path, ...]:
    """Existing folders with letter templates, strongest first: the instance's, the bot's, the baseline's."""
    wanted: list[str] = []
    if _has_folder(municipality, "letters"):
        wanted += [f"{municipality.folder}/letters/{stem}" for stem in dict.fromkeys((name, bot))]
    if municipality.baseline is not None:
        wanted.append(f"{municipality.baseline}/letters/{bot}")
    return tuple(Path(folder) for folder in wanted if os.path.isdir(folder))  # noqa: PTH112 - asked often


def _has_folder(municipality: MunicipalityFolder, name: str) -> bool:
    """Whether the municipality has a folder at all: most have few of them, and each instance is asked."""
    path = f"{municipality.folder}/{name}"
    return municipality.reader.remembered(f"folder {path}", lambda: os.path.isdir(path))  # noqa: PTH112 - asked often
