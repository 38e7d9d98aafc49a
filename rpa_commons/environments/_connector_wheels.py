"""Connector wheels of a municipality: what they bring, and which of them a bot's environment holds.

Rules this module keeps: nothing of a wheel is imported, its manifest in the store says all; a bot's
environment holds the connector wheels that the stack names for what the bot asks for, in any environment of
the municipality, and no others; of rpa-commons it gets the extras that its connectors need, and no others.

Usage::

    known = connectors_of(municipality)          # built-in and installed, for the configuration
    beside = beside_of(municipality, manifest, lock, store)
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config import named_connectors
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.connectors import catalogue, entries_of_wheel, extra_of
from rpa_commons.manifest import Manifest, ManifestError, read_manifest

from ._errors import ConnectorNotReadyError, LockMismatchError
from ._lock import LockedConnector, LockEntry, LockFile, read_lock
from ._store import WheelStore
from ._use import locked
from ._wheels import check_wheel

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = [
    "Beside",
    "ConnectorWheel",
    "beside_of",
    "connector_manifest",
    "connectors_of",
    "connectors_of_lock",
    "connectors_of_wheels",
    "refuse_unready",
]


@dataclass(frozen=True)
class ConnectorWheel:
    """A connector wheel in the store.

    Attributes:
        record: As the lock has it.
        path: Where it lies, checked.
        manifest: What it says.
        requires: Normalised names of the packages that it asks for.
    """

    record: LockedConnector
    path: Path
    manifest: Manifest
    requires: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """What a bot's environment holds for the sake of the stack.

    Attributes:
        wheels: Connector wheels, by name.
        extras: Of rpa-commons, sorted.
    """

    wheels: tuple[ConnectorWheel, ...] = ()
    extras: tuple[str, ...] = ()

    def is_in(self, entry: LockEntry) -> bool:
        """Whether an entry of the lock was resolved with exactly these."""
        packages = {one.name: one for one in entry.packages}
        return (
            entry.connectors == tuple(one.record.name for one in self.wheels)
            and entry.extras == self.extras
            and all(_same_file(packages.get(one.record.name), one.record) for one in self.wheels)
        )


def _same_file(package: object, record: LockedConnector) -> bool:
    return getattr(package, "hashes", None) == record.package.hashes


class _Installed(Mapping[str, ConnectorEntry]):
    """The connectors of a lock by name; a wheel's manifest is read when one of them is looked up."""

    def __init__(self, lock: LockFile, store: WheelStore, given: Mapping[str, ConnectorEntry]) -> None:
        self._given = given
        self._records = {name: one for one in lock.connectors for name in one.connectors}
        self._store = store
        self._read: dict[str, dict[str, ConnectorEntry]] = {}

    def __getitem__(self, name: str) -> ConnectorEntry:
        if name in self._given:
            return self._given[name]
        record = self._records[name]
        if record.name not in self._read:
            self._read[record.name] = entries_of_wheel(connector_manifest(record, self._store))
        return self._read[record.name][name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._given, *self._records)))

    def __len__(self) -> int:
        return len(self._given.keys() | self._records.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._given or name in self._records  # Mapping's own would read the wheel


def connectors_of(municipality: "MunicipalityFolder") -> Mapping[str, ConnectorEntry]:
    """The connectors that a municipality's stack may name: those of rpa-commons and those installed here.

    Looking one up may raise :class:`LockMismatchError`: its wheel is not on this machine. A lock that cannot
    be read brings none: whoever asks for a bot's manifest says what is wrong with it.
    """
    try:
        lock = read_lock(municipality.folder)
    except LockMismatchError:
        lock = LockFile()
    return connectors_of_lock(lock, WheelStore(municipality.state_dir))


def connectors_of_lock(
    lock: LockFile, store: WheelStore, given: Manifest | None = None
) -> Mapping[str, ConnectorEntry]:
    """The same for a lock that is not written yet, with a wheel that is not kept yet."""
    if given is None:
        return catalogue(_Installed(lock, store, {}))
    return catalogue(_Installed(lock.without_connector(given.name), store, entries_of_wheel(given)))


def connectors_of_wheels(wheels: "Iterator[Path]") -> Mapping[str, ConnectorEntry]:
    """Those of rpa-commons and of wheel files, where there is no municipality: a cooperation's baseline.

    What is no connector wheel is passed over.
    """
    found: dict[str, ConnectorEntry] = {}
    for wheel in wheels:
        try:
            manifest = read_manifest(wheel)
        except ManifestError:
            continue
        if manifest.kind == "connector":
            found.update(entries_of_wheel(manifest))
    return catalogue(found)


def connector_manifest(record: LockedConnector, store: WheelStore) -> Manifest:
    """What a locked connector wheel says.

    Raises:
        LockMismatchError: it is gone, or not the one in the lock.
    """
    wheel = store.get(record.wheel, record.sha256)
    try:
        manifest = read_manifest(wheel)
    except ManifestError as error:
        raise LockMismatchError(wheel, error.problem) from None
    if (manifest.digest, manifest.name, manifest.version) != (
        record.manifest_sha256,
        record.name,
        record.version,
    ):
        raise LockMismatchError(wheel, "its manifest is not the one in rpac.lock")
    return manifest


def beside_of(
    municipality: "MunicipalityFolder", manifest: Manifest, lock: LockFile, store: WheelStore
) -> Beside:
    """What a bot's environment must hold for the connectors that the stack names.

    A connector that nobody here has is left out: the check of the configuration speaks about it.

    Raises:
        LockMismatchError: a wheel is gone or changed.
    """
    names = _named(municipality, manifest)
    records = {one.name: one for one in map(lock.bringing, names) if one is not None}
    extras = sorted({extra for name, given in names.items() if (extra := extra_of(name, given))})
    return Beside(tuple(_wheel(records[name], store) for name in sorted(records)), tuple(extras))


def _named(municipality: "MunicipalityFolder", manifest: Manifest) -> dict[str, frozenset[str]]:
    """The connectors of the bot's capabilities and their settings, in every environment there is."""
    asked = [entry.name for entry in manifest.capabilities]
    if not asked:
        return {}
    own = [one for one in ENVIRONMENTS if (municipality.folder / "environments" / one).is_dir()]
    found: dict[str, frozenset[str]] = {}
    for environment in dict.fromkeys((municipality.environment, ENVIRONMENTS[0], *own)):
        named = named_connectors(replace(municipality, environment=environment), asked)
        for connector, given in named.items():
            found[connector] = found.get(connector, frozenset()) | given
    return dict(sorted(found.items()))


def _wheel(record: LockedConnector, store: WheelStore) -> ConnectorWheel:
    checked = check_wheel(store.get(record.wheel, record.sha256))
    if checked.manifest.digest != record.manifest_sha256:
        raise LockMismatchError(checked.path, "its manifest is not the one in rpac.lock")
    return ConnectorWheel(record, checked.path, checked.manifest, checked.requires)


def refuse_unready(
    municipality: "MunicipalityFolder", bot: str, connectors: Mapping[str, Collection[str]] | None = None
) -> None:
    """Refuse a run whose environment was made before the stack named what it names now.

    Args:
        municipality: Whose.
        bot: The bot.
        connectors: Those that the stack binds for this run, and the names of the settings that each is
            given; ``None``: as the stack files have them.

    Raises:
        ConnectorNotReadyError: the bot's environment has no such connector, or another version of it.
        LockMismatchError: the lock was edited.
    """
    lock = read_lock(municipality.folder)
    entry = lock.find(bot)
    if entry is None:  # whoever asks for its manifest or its interpreter says so
        return
    ready = _Ready(lock, entry)
    if connectors is None:
        asked = [one.name for one in locked(municipality, bot).manifest.capabilities]
        connectors = named_connectors(municipality, asked)
    missing = [name for name in sorted(connectors) if not ready.has(name, connectors[name])]
    if missing:
        raise ConnectorNotReadyError(bot, missing)


@dataclass(frozen=True)
class _Ready:
    lock: LockFile
    entry: LockEntry

    @cached_property
    def _packages(self) -> dict[str, tuple[str, ...]]:
        return {one.name: one.hashes for one in self.entry.packages}

    def has(self, connector: str, settings: Collection[str]) -> bool:
        record = self.lock.bringing(connector)
        if record is None:
            extra = extra_of(connector, settings)
            return not extra or extra in self.entry.extras
        return (
            record.name in self.entry.connectors and self._packages.get(record.name) == record.package.hashes
        )
