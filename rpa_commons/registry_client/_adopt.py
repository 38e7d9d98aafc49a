"""A baseline of the registry for a municipality that has none yet, or another: fetched, pinned, written down.

Rules this module keeps: the wheel and its pin are there before the line that names it, since the line is
checked with the baseline it names; where that check refuses it, the lock is as it was.

Usage::

    adopt_baseline(Path("hvidovre"), "registry:digit-baseline", progress=print)
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config import open_municipality
from rpa_commons.config.municipality import REGISTRY_PREFIX
from rpa_commons.environments import (
    LockedBaseline,
    connectors_of,
    installing_alone,
    locked,
    read_lock,
    write_lock,
)

from ._baseline import ensure_baseline
from ._choose import Wish
from ._client import Registry
from ._install import WantedError, parse_wanted

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.environments import LockFile
    from rpa_commons.manifest import Manifest

__all__ = ["adopt_baseline"]


def adopt_baseline(
    folder: Path,
    given: str,
    url: str = "",
    *,
    progress: Callable[[str], None],
    wish: Wish | None = None,
) -> LockedBaseline:
    """Fetch a baseline, pin it in ``rpac.lock`` and name it in ``municipality.toml``.

    Args:
        folder: The municipality's.
        given: ``registry:NAME`` or ``NAME``.
        url: A registry instead of the one in its file.
        progress: Told each thing that takes over a second.
        wish: What is allowed; ``None``: as the municipality has it.

    Raises:
        WantedError: it is no name, or a name with a version: the pin names that.
        RegistryError: it cannot be had.
        ConfigError: with it something would be wrong that is right today; every such finding.
    """
    wanted = parse_wanted(given.removeprefix(REGISTRY_PREFIX))
    if wanted.version:
        raise WantedError(given, remedy=f"write --baseline {REGISTRY_PREFIX}{wanted.name}, without a version")
    early = open_municipality(folder, baseline=False)
    registry = Registry.at(url or early.registry.url, early.state_dir / "registry", progress=progress)
    before = read_lock(early.folder)
    ensure_baseline(early, registry, wanted.name, wish or Wish.of(early))
    after = read_lock(early.folder)
    try:
        _write_line(early.folder, wanted.name, progress)
    except BaseException:
        _back(early, before, after, progress)
        raise
    if after.baseline is None:  # it was pinned above
        raise AssertionError
    return after.baseline


def _write_line(folder: Path, name: str, progress: Callable[[str], None]) -> None:
    from rpa_commons.editing import EditRequest, EditTools, edit

    def manifest_of(municipality: "MunicipalityFolder") -> "Callable[[str], Manifest]":
        return lambda bot: locked(municipality, bot).manifest

    request = EditRequest(folder, "municipality.baseline", value=f"{REGISTRY_PREFIX}{name}")
    connectors = connectors_of(open_municipality(folder, baseline=False))
    change = edit(request, EditTools(manifest_of, connectors), write=True)
    for one in change.others:
        progress(one.text)


def _back(
    municipality: "MunicipalityFolder",
    before: "LockFile",
    after: "LockFile",
    progress: Callable[[str], None],
) -> None:
    """The lock as it was, unless somebody else wrote it meanwhile."""
    if before == after:
        return
    with installing_alone(municipality, progress):
        if read_lock(municipality.folder) != after:
            return
        if not before.is_empty:
            write_lock(municipality.folder, before)
        else:
            (municipality.folder / "rpac.lock").unlink(missing_ok=True)
