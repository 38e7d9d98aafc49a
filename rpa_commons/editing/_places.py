"""Where a cooperation's baseline lies, as far as a new municipality can find it.

Rules this module keeps: nothing is read but ``municipality.toml`` of a member that was named, and whether a
folder beside has a ``baseline.toml``; what is found is a proposal that the new file says in the open.

Usage::

    baselines_beside(Path("bots/greve"))  # (Path("bots/baseline"),)
"""

import os
from pathlib import Path

from rpa_commons.config.documents import read_optional_document
from rpa_commons.config.findings import ConfigError

__all__ = ["baseline_of", "baselines_beside", "is_baseline", "relative_place"]


def baseline_of(member: Path) -> Path | None:
    """The baseline that a member's ``municipality.toml`` names, absolute; ``None`` when it is not there."""
    try:
        document = read_optional_document(member / "municipality.toml", root=member, name="municipality.toml")
    except ConfigError:
        return None
    given = document.values.get("baseline") if document is not None else None
    if not isinstance(given, str) or not given.isprintable():
        return None
    place = (member / given).resolve()
    return place if is_baseline(place) else None


def baselines_beside(folder: Path) -> tuple[Path, ...]:
    """The folders beside this one that are a baseline, sorted."""
    try:
        return tuple(sorted(one for one in folder.parent.iterdir() if one != folder and is_baseline(one)))
    except OSError:
        return ()


def is_baseline(place: Path) -> bool:
    """Whether a place is a baseline: a folder with ``baseline.toml``, or a wheel."""
    return (place / "baseline.toml").is_file() or (place.suffix == ".whl" and place.is_file())


def relative_place(place: Path, folder: Path) -> str:
    """A place as ``municipality.toml`` of ``folder`` names it."""
    try:
        return Path(os.path.relpath(place, folder)).as_posix()
    except ValueError:  # on Windows, on another drive
        return place.as_posix()
