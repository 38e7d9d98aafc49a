"""The cooperation's baseline from the registry: chosen, fetched into the store, pinned in ``rpac.lock``.

Rules this module keeps: the configuration itself never fetches, it finds the wheel in the store by the lock;
a pinned baseline moves only by an upgrade that was looked at; the wheel is in the store before the lock names
it; of a baseline that is recalled or not certified the same is said as of a bot.

Usage::

    municipality, registry = open_with_baseline(Path("hvidovre"), progress=print)
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config import ConfigError, Finding, MunicipalityFolder, open_municipality
from rpa_commons.config.municipality import REGISTRY_PREFIX
from rpa_commons.environments import (
    LockedBaseline,
    LockMismatchError,
    WheelRefusedError,
    WheelStore,
    check_wheel,
    installing_alone,
    read_lock,
    write_lock,
)

from ._choose import Wish
from ._client import Registry
from ._errors import NoRegistryError, UnknownProjectError
from ._install import WantedError, choice_of, fetch_chosen, parse_wanted

if TYPE_CHECKING:
    from rpa_commons.environments import LockFile
    from rpa_commons.manifest import Manifest

__all__ = [
    "BaselineUpgrade",
    "baseline_wheel",
    "ensure_baseline",
    "open_with_baseline",
    "prepare_baseline",
    "take_baseline",
]

_FILE = "municipality.toml"
_MOST_SHOWN = 200


@dataclass(frozen=True)
class BaselineUpgrade:
    """A baseline to come, and what it changes for the bots here.

    Attributes:
        municipality: Whose; opened with the baseline as it is.
        before: Version that is pinned.
        record: What the lock will say.
        changes: One line per value of an instance that would be another.
        findings: What would be wrong afterwards and is not today.
    """

    municipality: MunicipalityFolder
    before: str
    record: LockedBaseline
    changes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_new(self) -> bool:
        """Whether it is another wheel than the pinned one."""
        lock = read_lock(self.municipality.folder)
        return lock.baseline is None or lock.baseline.sha256 != self.record.sha256


def open_with_baseline(
    folder: Path,
    url: str = "",
    *,
    progress: Callable[[str], None],
    offline: bool = False,
    wish: Wish | None = None,
) -> "tuple[MunicipalityFolder, Registry | None]":
    """A municipality and its registry; a baseline of the registry is fetched where it is not here yet.

    Args:
        folder: The municipality's.
        url: A registry instead of the one in its file.
        progress: Told each thing that takes over a second.
        offline: Ask no registry.
        wish: What is allowed where no baseline is pinned yet; ``None``: as the municipality has it.

    Raises:
        ConfigError: a file is wrong.
        RegistryError: the baseline cannot be had.
    """
    early = open_municipality(folder, baseline=False)
    address = url or early.registry.url
    registry = Registry.at(address, early.state_dir / "registry", progress=progress) if address else None
    if early.baseline_given.startswith(REGISTRY_PREFIX) and not offline:
        name = early.baseline_given.removeprefix(REGISTRY_PREFIX)
        try:
            ensure_baseline(early, registry, name, wish or Wish.of(early))
        except (UnknownProjectError, WantedError) as error:
            error.message = f"{_line(early)}: the baseline: {error.message}"
            error.remedy = f"correct the line, or take it out: {error.remedy}"
            raise
    return open_municipality(folder), registry


def _line(early: MunicipalityFolder) -> str:
    """The place of the line that names the baseline: ``municipality.toml:3``."""
    path = early.folder / _FILE
    document = early.reader.optional(path, root=early.folder, name=_FILE)
    line = document.line_of(("baseline",)) if document is not None else None
    return f"{_FILE}:{line}" if line else _FILE


def ensure_baseline(early: MunicipalityFolder, registry: Registry | None, name: str, wish: Wish) -> None:
    """Have the pinned baseline in the store, or pin the newest that may be installed.

    Args:
        early: The municipality, opened without its baseline.
        registry: Who is asked.
        name: The baseline's.
        wish: What is allowed where none is pinned.

    Raises:
        RegistryError: it cannot be had.
    """
    lock = read_lock(early.folder)
    store = WheelStore(early.state_dir)
    pinned = lock.baseline
    if pinned is not None and pinned.name == name:
        try:
            store.get(pinned.wheel, pinned.sha256)
        except LockMismatchError:
            if registry is None:
                raise NoRegistryError from None
            store.keep(registry.fetch(pinned.registry, pinned.wheel, pinned.sha256), pinned.sha256)
            registry.forget_files()
        return
    if registry is None:
        raise NoRegistryError
    record = _chosen(early, registry, name, "", wish)
    _pin(early, lock, record, registry.progress)
    registry.progress(f"the baseline is {record.name} {record.version} from now on")
    registry.forget_files()


def baseline_wheel(registry: Registry, given: str) -> Path:
    """The wheel of a baseline by its name in the registry, to look at; whoever asked forgets the files.

    Args:
        registry: Who is asked.
        given: ``registry:NAME`` or ``registry:NAME==VERSION``; the newest certified one, without a version.

    Raises:
        RegistryError: it cannot be had, or is no baseline.
    """
    wanted = parse_wanted(given.removeprefix(REGISTRY_PREFIX))
    project, choice = choice_of(
        registry, wanted, Wish("all" if wanted.version else "certified"), kinds=("baseline",)
    )
    return fetch_chosen(registry, project, choice)


def prepare_baseline(
    municipality: MunicipalityFolder, registry: Registry, version: str, wish: Wish
) -> BaselineUpgrade:
    """The newest baseline that may be installed, or a version, and what it would change here.

    Raises:
        RegistryError: it cannot be had.
        ConfigError: a file of the municipality is wrong today.
    """
    name = municipality.baseline_given.removeprefix(REGISTRY_PREFIX)
    lock = read_lock(municipality.folder)
    record = _chosen(municipality, registry, name, version, wish)
    wheel = WheelStore(municipality.state_dir).get(record.wheel, record.sha256)
    changes, findings = _effect(municipality, wheel)
    before = lock.baseline.version if lock.baseline is not None else ""
    return BaselineUpgrade(municipality, before, record, changes, findings)


def take_baseline(upgrade: BaselineUpgrade, *, progress: Callable[[str], None]) -> None:
    """Pin the baseline that was prepared.

    Raises:
        InstallError: another installation does not end, or the lock cannot be written.
    """
    _pin(upgrade.municipality, read_lock(upgrade.municipality.folder), upgrade.record, progress)


def _chosen(
    municipality: MunicipalityFolder, registry: Registry, name: str, version: str, wish: Wish
) -> LockedBaseline:
    """The release that a wish comes to, its wheel in the store."""
    wanted = replace(parse_wanted(name), version=version)
    project, choice = choice_of(registry, wanted, wish, kinds=("baseline",))
    fetched = fetch_chosen(registry, project, choice)
    checked = check_wheel(fetched)
    if (checked.name, checked.manifest.kind) != (project.name, "baseline"):
        raise WheelRefusedError(fetched, [f"it is {checked.name}, a {checked.manifest.kind}"])
    WheelStore(municipality.state_dir).keep(fetched, checked.sha256)
    return LockedBaseline(
        name=checked.name,
        version=checked.version,
        wheel=checked.path.name,
        sha256=checked.sha256,
        manifest_sha256=checked.manifest.digest,
        registry=registry.home,
        channel=wish.channel,
        because=wish.because,
    )


def _pin(
    municipality: MunicipalityFolder,
    lock: "LockFile",
    record: LockedBaseline,
    progress: Callable[[str], None],
) -> None:
    with installing_alone(municipality, progress):
        write_lock(municipality.folder, lock.model_copy(update={"baseline": record}))


def _effect(municipality: MunicipalityFolder, wheel: Path) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Values that would be others, and findings that would be new, with another baseline."""
    today = _looked_at(municipality)
    later = _looked_at(open_municipality(municipality.folder, baseline=wheel))
    changes = []
    for key in sorted(today[0].keys() | later[0].keys()):
        old, new = (one[0].get(key, "not set") for one in (today, later))
        if old != new:
            changes.append(f"{key}: {new} (was {old})")
    known = {(one.code, one.key, one.message) for one in today[1]}
    new_findings = tuple(one for one in later[1] if (one.code, one.key, one.message) not in known)
    if len(changes) > _MOST_SHOWN:
        changes = [*changes[:_MOST_SHOWN], f"and {len(changes) - _MOST_SHOWN} more"]
    return tuple(changes), new_findings


def _looked_at(municipality: MunicipalityFolder) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Every instance's values as they are shown, and what a check finds."""
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.config import check_municipality, examine_instance, explain_sections, format_value
    from rpa_commons.environments import connectors_of, locked

    connectors = connectors_of(municipality)

    def manifest_of(bot: str) -> "Manifest":
        return locked(municipality, bot).manifest

    values: dict[str, str] = {}
    for name in municipality.instances():
        try:
            examined = examine_instance(municipality, name, manifest_of, connectors=connectors)
        except (RpaCommonsError, ConfigError):
            continue
        for one in explain_sections(examined.sections):
            values[f"{name}: {one.key}"] = "…" if one.hidden else format_value(one.value)
    return values, check_municipality(municipality, manifest_of, connectors=connectors).findings
