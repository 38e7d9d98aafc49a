"""``rpac install``: from wheels to environments that work, or to exactly what was there before.

Rules this module keeps: a wheel is checked before anything of it is used; a bot is resolved together with the
connector wheels that the stack names; new environments are built beside the old ones; replacing ``rpac.lock``
is the one step that makes them count, so whatever stops the rest leaves the old ones in use, and running the
command again repairs; one installation at a time per ``state_dir``.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.manifest import Manifest, wheel_sha256

from ._alone import installing_alone
from ._connector_wheels import Beside, beside_of, connector_manifest, connectors_of_lock
from ._errors import (
    InstanceFileError,
    LockMismatchError,
    NotInstalledError,
    UvError,
)
from ._given_wheels import check_given, with_connectors
from ._host import HOST, HostPackage, host_package
from ._instances import InstanceHead, instance_head
from ._lock import LockEntry, LockFile, read_lock, write_lock
from ._pylock import has_pylock, pylock_text, write_pylock
from ._records import instance_records, schema_digest
from ._resolve import resolve
from ._sources import Origin, WheelSource
from ._store import WheelStore
from ._uv import Uv
from ._venv import Environment, python_version
from ._wheels import CheckedWheel, check_wheel

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["InstalledBot", "install"]

_TRIAL = "trial"
"""In place of an instance's id: an environment that is made to look at a wheel, and removed then."""


@dataclass(frozen=True)
class InstalledBot:
    """What an installation did for one bot, or one connector wheel.

    Attributes:
        name: The bot, or the connector wheel: its manifest says which.
        version: Now installed.
        sha256: Of its wheel, hex.
        manifest: Its description.
        instances: Bot instances that have an environment with it.
        changed: Whether anything had to be done.
        before: The version that was locked before, or an empty string.
    """

    name: str
    version: str
    sha256: str
    manifest: Manifest
    instances: tuple[str, ...]
    changed: bool
    before: str = ""


def install(  # noqa: PLR0913 - each is a choice of its own
    municipality: "MunicipalityFolder",
    wheels: Sequence[Path],
    *,
    progress: Callable[[str], None],
    find_links: Sequence[Path] = (),
    offline: bool = False,
    upgrade: bool = False,
    before_lock: Callable[[], None] = lambda: None,
    source: WheelSource | None = None,
    origins: Mapping[str, Origin] | None = None,
) -> tuple[InstalledBot, ...]:
    """Install bot and connector wheels for a municipality; without any, make what ``rpac.lock`` asks for.

    Bots whose stack names other connectors than their environment was made with are resolved anew, and the
    lock is written.

    Args:
        municipality: Whose ``rpac.lock`` and ``state_dir``.
        wheels: Bot or connector wheels, one of a name.
        progress: Told each thing that takes over a second.
        find_links: Folders with further wheels.
        offline: Use uv's cache alone.
        upgrade: Resolve the packages beside the bots anew, to their newest versions.
        before_lock: Called when every environment stands and nothing but ``rpac.lock`` is left to write;
            what it raises ends the installation, and the lock stays as it was.
        source: The registry that owns names, and has wheels that a lock names.
        origins: Where the wheels came from, by their names; one without came as a file.

    Returns:
        What was done for the wheels given, without any for every bot; then for bots that moved with them.

    Raises:
        WheelRefusedError: a wheel is not what it claims to be.
        ManifestMismatchError: a wheel's manifest is not the one its code gives.
        LockMismatchError: ``rpac.lock`` was edited, or a wheel that it names is not to be had.
        UvError: packages cannot be resolved or fetched.
        InstallError: the disk is full or cannot be written, or another installation does not end.
    """
    checked = check_given(wheels)
    uv = Uv(offline=offline, find_links=tuple(find_links))
    with installing_alone(municipality, progress):
        installation = _Installation(
            municipality,
            uv,
            progress,
            upgrade=upgrade,
            before_lock=before_lock,
            source=source,
            origins=origins or {},
        )
        return installation.carry_out(checked)


@dataclass
class _Installation:
    """One run of ``rpac install``, alone in its ``state_dir``."""

    municipality: "MunicipalityFolder"
    uv: Uv
    progress: Callable[[str], None]
    upgrade: bool
    before_lock: Callable[[], None] = lambda: None
    source: WheelSource | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)
    made: list[Environment] = field(default_factory=list)
    heads: dict[str, list[InstanceHead]] = field(default_factory=dict)
    proved: set[str] = field(default_factory=set)
    """Connector wheels whose manifest was found to be what their code gives."""

    def __post_init__(self) -> None:
        self.store = WheelStore(self.municipality.state_dir)
        self.before = self.lock = read_lock(self.municipality.folder)

    def carry_out(self, checked: Sequence[CheckedWheel]) -> tuple[InstalledBot, ...]:
        bots = [wheel for wheel in checked if wheel.manifest.kind == "bot"]
        connectors = [wheel for wheel in checked if wheel.manifest.kind == "connector"]
        try:
            self.lock = with_connectors(self.before, connectors, self.store, self.origins)
            entries = self._lock(bots) if checked else self._relock()
            entries = [*entries, *self._moved({entry.name for entry, _ in entries})]
            results = []
            for entry, manifest in entries:
                results.append(self._environments(entry, manifest))
                self.lock = self.lock.replacing(entry)
            results = [*(self._connector(wheel) for wheel in connectors), *results]
            changed = bool(checked) or self.lock.entries != self.before.entries
            pylocks = self._pylocks(self.lock) if changed else {}
            self.before_lock()
            if changed:  # without wheels the lock is carried out; it changes only with the stack
                self.lock = self._recorded(self.lock, {entry.name: manifest for entry, manifest in entries})
                write_lock(self.municipality.folder, self.lock)
                for name, text in pylocks.items():
                    write_pylock(self.municipality.folder, self.lock.entry(name), text)
        except BaseException:  # Ctrl-C too: nothing of a failed attempt is left behind
            self._take_back()
            raise
        self._prune(self.lock)
        return tuple(results)

    def _pylocks(self, lock: LockFile) -> dict[str, str]:
        """The texts of the ``pylock`` files that are missing or of another entry, by bot."""
        found = {}
        for entry in lock.entries:
            if has_pylock(self.municipality.folder, entry):
                continue
            try:
                found[entry.name] = pylock_text(entry, self.store, self.uv)
            except (UvError, LockMismatchError) as error:  # rpac goes by rpac.lock; this file is for others
                self.progress(f"left out: pylock.{entry.name}.toml ({error.message.splitlines()[0]})")
                (self.municipality.folder / f"pylock.{entry.name}.toml").unlink(missing_ok=True)
        return found

    def _recorded(self, lock: LockFile, manifests: dict[str, Manifest]) -> LockFile:
        """The lock with what the bots' instances are set to now."""
        known = connectors_of_lock(lock, self.store)
        records = instance_records(self.municipality.folder, manifests, self.before, known)
        return lock.recording(records, self.municipality.instances())

    def _lock(self, checked: Sequence[CheckedWheel]) -> list[tuple[LockEntry, Manifest]]:
        host = self._host() if checked else None
        entries = []
        for wheel in checked:
            old = self.before.find(wheel.name)
            self.store.keep(wheel.path, wheel.sha256)
            beside = beside_of(self.municipality, wheel.manifest, self.lock, self.store)
            if old is None or self.upgrade or not self._still_good(old, wheel, host, beside):
                entries.append(self._resolved(wheel, beside, self.origins.get(wheel.name)))
            else:
                entries.append(old.model_copy(update={"schema_sha256": schema_digest(wheel.manifest)}))
        return [(entry, wheel.manifest) for entry, wheel in zip(entries, checked, strict=True)]

    def _resolved(self, wheel: CheckedWheel, beside: Beside, origin: Origin | None) -> LockEntry:
        """A bot's entry, resolved anew with the connectors beside it."""
        named = "".join(f", {one.record.name} {one.record.version}" for one in beside.wheels)
        self.progress(f"resolving {wheel.name} {wheel.version}{named} and what it needs")
        kept = self.store.place(wheel.path.name, wheel.sha256)
        old = None if self.upgrade else self.before.find(wheel.name)
        entry = resolve(
            wheel, kept, self._host(), self.uv, old, source=self.source, origin=origin, beside=beside
        )
        self._fetch_packages(entry)
        return entry

    def _still_good(
        self, old: LockEntry, wheel: CheckedWheel, host: HostPackage | None, beside: Beside
    ) -> bool:
        origin = self.origins.get(wheel.name) or Origin()
        same = (old.registry, old.channel, old.because) == (origin.registry, origin.channel, origin.because)
        return same and host is not None and _still_good(old, wheel, host) and beside.is_in(old)

    def _moved(self, given: set[str]) -> list[tuple[LockEntry, Manifest]]:
        """Every other bot whose environment lacks what the stack names now, resolved anew."""
        entries = []
        for entry in self.before.entries:
            if entry.name in given:
                continue
            self._fetch(entry.wheel, entry.sha256, entry.registry)
            wheel = check_wheel(self.store.get(entry.wheel, entry.sha256))
            beside = beside_of(self.municipality, wheel.manifest, self.lock, self.store)
            if not beside.is_in(entry):
                origin = Origin(entry.registry, entry.channel, entry.because)
                entries.append((self._resolved(wheel, beside, origin), wheel.manifest))
        return entries

    def _relock(self) -> list[tuple[LockEntry, Manifest]]:
        if not self.before.entries and not self.before.connectors:
            raise NotInstalledError("", how=self.municipality.how_to_install())
        for record in self.before.connectors:
            self._fetch(record.wheel, record.sha256, record.registry)
            connector_manifest(record, self.store)
        entries = []
        for entry in self.before.entries:
            _check_python(self.municipality.folder, entry)
            self._fetch(entry.wheel, entry.sha256, entry.registry)
            self._fetch_packages(entry)
            checked = check_wheel(self.store.get(entry.wheel, entry.sha256))
            if checked.manifest.digest != entry.manifest_sha256:
                raise LockMismatchError(checked.path, "its manifest is not the one in rpac.lock")
            if beside_of(self.municipality, checked.manifest, self.lock, self.store).is_in(entry):
                entries.append((entry, checked.manifest))  # the others are resolved anew
        return entries

    def _fetch_packages(self, entry: LockEntry) -> None:
        for package in entry.packages:
            if package.file:
                self._fetch(package.file, package.hashes[0].removeprefix("sha256:"), package.registry)

    def _fetch(self, file: str, sha256: str, registry: str) -> None:
        """Make sure that a locked wheel is in the store: there, given, our own, the registry's."""
        with contextlib.suppress(LockMismatchError):
            self.store.get(file, sha256)
            return
        for folder in self.uv.find_links:
            if (folder / file).is_file() and wheel_sha256(folder / file) == sha256:
                self.store.keep(folder / file, sha256)
                return
        if (
            file.startswith("rpa_commons-")
            and (host := host_package(self.uv)).wheel
            and host.sha256 == sha256
        ):
            self.store.keep(host.wheel, sha256)
            return
        if registry and self.source is not None and not self.uv.offline:
            self.store.keep(self.source.fetch(registry, file, sha256), sha256)
            return
        self.store.get(file, sha256)

    def _host(self) -> HostPackage:
        host = host_package(self.uv)
        if host.wheel is not None:
            self.store.keep(host.wheel, host.sha256)
        return host

    def _environments(self, entry: LockEntry, manifest: Manifest) -> InstalledBot:
        heads = self.heads[entry.name] = list(self._heads(entry.name))
        places = [Environment(self.municipality.state_dir, head.id, entry) for head in heads]
        verified = any(place.complete() for place in places)
        old = self.before.find(entry.name)
        changed = old is None or old.digest != entry.digest
        for head, place in zip(heads, places, strict=True):
            if place.complete():
                continue
            self.progress(f"making the environment of {head.name} ({entry.name} {entry.version})")
            self._make(place, None if verified else manifest)
            verified = changed = True
        if not verified and changed:
            self.progress(f"checking {entry.name} {entry.version}; no bot instance uses it yet")
            trial = Environment(self.municipality.state_dir, _TRIAL, entry)
            self._make(trial, manifest)
            trial.remove()
        return InstalledBot(
            name=entry.name,
            version=entry.version,
            sha256=entry.sha256,
            manifest=manifest,
            instances=tuple(head.name for head in heads),
            changed=changed,
            before=old.version if old else "",
        )

    def _make(self, environment: Environment, manifest: Manifest | None) -> None:
        self.made.append(environment)
        environment.fill(self.store, self.uv)
        if manifest is not None:
            environment.verify(manifest)
        for name in environment.entry.connectors:
            record = self.lock.connector(name)
            if name not in self.proved and record is not None:
                environment.verify(connector_manifest(record, self.store))
                self.proved.add(name)
        environment.finish()

    def _connector(self, wheel: CheckedWheel) -> InstalledBot:
        """What was done for a connector wheel; one that nobody uses yet is tried by itself."""
        old = self.before.connector(wheel.name)
        record = self.lock.connector(wheel.name)
        changed = old is None or record is None or old.digest != record.digest
        users = [entry.name for entry in self.lock.entries if wheel.name in entry.connectors]
        if changed and wheel.name not in self.proved:
            self.progress(f"checking {wheel.name} {wheel.version}; no bot instance uses it yet")
            trial = Environment(self.municipality.state_dir, _TRIAL, self._resolved(wheel, Beside(), None))
            self._make(trial, wheel.manifest)
            trial.remove()
        return InstalledBot(
            name=wheel.name,
            version=wheel.version,
            sha256=wheel.sha256,
            manifest=wheel.manifest,
            instances=tuple(head.name for bot in users for head in self._heads(bot)),
            changed=changed,
            before=old.version if old else "",
        )

    def _heads(self, bot: str) -> Iterator[InstanceHead]:
        """The bot's instances; a broken file of another bot stops nothing."""
        for name in self.municipality.instances():
            try:
                head = instance_head(self.municipality, name)
            except InstanceFileError as error:
                self.progress(f"left out: {error.message}")
                continue
            if head.bot == bot:
                yield head

    def _take_back(self) -> None:
        for environment in self.made:
            known = {entry.digest for entry in self.before.entries}
            if environment.entry.digest not in known or not environment.complete():
                environment.remove()
        with contextlib.suppress(OSError):
            self.store.prune(self.before)

    def _prune(self, lock: LockFile) -> None:
        with contextlib.suppress(OSError):  # tidying up is never what an installation fails on
            self.store.prune(lock, self.before)
            shutil.rmtree(self.municipality.state_dir / "environments" / _TRIAL, ignore_errors=True)
            for bot, heads in self.heads.items():
                for head in heads:
                    Environment(self.municipality.state_dir, head.id, lock.entry(bot)).prune()


def _still_good(old: LockEntry, wheel: CheckedWheel, host: HostPackage) -> bool:
    own = next((package for package in old.packages if package.name == HOST), None)
    if own is None or old.sha256 != wheel.sha256 or _as_numbers(old.python) > _as_numbers(python_version()):
        return False
    if host.wheel is None:
        return not own.file and own.version == host.version
    return own.hashes == (f"sha256:{host.sha256}",)


def _check_python(folder: Path, entry: LockEntry) -> None:
    if _as_numbers(python_version()) < _as_numbers(entry.python):
        raise LockMismatchError(
            folder / "rpac.lock",
            f"it was resolved for Python {entry.python} or newer; this is {python_version()}",
            remedy="run rpac with the newer Python, or `rpac install NAME` or `rpac install WHEEL` anew",
        )


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
