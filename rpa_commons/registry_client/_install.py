"""From names to installed bots and connectors: choose, fetch, and hand the wheels to the environments.

Rules this module keeps: nothing is fetched before every name is settled; what was chosen, from where and
why, goes into ``rpac.lock``; a name that the registry owns is resolved from it alone, also under a bot that
came as a wheel file; a registry that cannot be asked stops only what needs it.

Usage::

    installed = install(municipality, ["welcome-letters==1.1.0"], registry=registry, progress=print)
"""

import contextlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rpa_commons.environments import (
    InstalledBot,
    LockedConnector,
    LockEntry,
    LockMismatchError,
    Origin,
    WheelStore,
    instance_head,
    read_lock,
)
from rpa_commons.environments import install as install_wheels

from ._choose import Choice, Wish, choose
from ._client import Registry
from ._documents import FileEntry, Project
from ._errors import NoRegistryError, RegistryError, ReleaseRefusedError, UnknownProjectError
from ._recalls import known
from ._usage import tell_usage

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = [
    "Wanted",
    "WantedError",
    "choice_of",
    "fetch_chosen",
    "install",
    "is_file_wish",
    "parse_wanted",
    "wheel_to_come",
]

_PREFIX = "registry:"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


class WantedError(RegistryError):
    """What is to be installed is neither a wheel file nor ``NAME`` nor ``NAME==VERSION``."""

    exit_code: int = 2

    def __init__(self, text: str, *, remedy: str = "") -> None:
        super().__init__(
            f"{text!r} is neither a wheel file nor the name of a bot",
            remedy=remedy or "write NAME, NAME==VERSION, or the path of a .whl file",
        )
        self.text = text


@dataclass(frozen=True)
class Wanted:
    """A project by name; ``version`` is empty for the newest that may be installed."""

    name: str
    version: str = ""


def is_file_wish(text: str) -> bool:
    """Whether an argument means a file and not a name: it ends in ``.whl`` or is a path."""
    return text.lower().endswith(".whl") or "/" in text or "\\" in text


def parse_wanted(text: str) -> Wanted:
    """``NAME`` or ``NAME==VERSION``.

    Raises:
        WantedError: it is neither.
    """
    name, equals, version = (part.strip() for part in text.partition("=="))
    try:
        normal = str(Version(version)) if equals else ""
    except InvalidVersion:
        raise WantedError(text) from None
    if not _NAME.fullmatch(name):
        raise WantedError(text)
    return Wanted(canonicalize_name(name), normal)


def _bot_name(text: str) -> Wanted:
    if text.startswith(_PREFIX):
        raise WantedError(text, remedy=f"a baseline is taken by `rpac install --baseline {text}`")
    return parse_wanted(text)


def choice_of(
    registry: Registry, wanted: Wanted, wish: Wish, *, kinds: Collection[str] = ("bot",)
) -> tuple[Project, Choice]:
    """The release that a wish comes to; a connector may be called as ``stack.toml`` calls it.

    Raises:
        UnknownProjectError: there is no such project.
        NoSuchReleaseError: there is no such version.
        ReleaseRefusedError: it may not be installed, or is of another kind.
    """
    try:
        project = registry.project(wanted.name)
    except UnknownProjectError:
        shipped = _shipping(registry, wanted.name) if "connector" in kinds else None
        if shipped is None:
            raise
        registry.progress(f"{wanted.name} is a connector of {shipped}")
        project = registry.project(shipped)
    if project.kind not in kinds:
        wrong = f"is a {project.kind}, not a {' or '.join(kinds)}"
        raise ReleaseRefusedError(project.name, "", wrong, remedy=_OTHER_KINDS.get(project.kind, ""))
    return project, choose(project, wanted.version, wish)


def _shipping(registry: Registry, connector: str) -> str | None:
    """The one connector wheel that ships a connector of this name, as far as the catalogue knows."""
    found = [one.name for one in registry.index() if one.kind == "connector" and connector in one.connectors]
    return found[0] if len(found) == 1 else None


_OTHER_KINDS = {
    "baseline": "`rpac install --baseline registry:NAME` takes it as this municipality's",
    "connector": "`rpac install NAME` installs a connector, `rpac upgrade NAME` moves it",
    "bot": "`rpac install NAME` installs a bot",
}


def fetch_chosen(
    registry: Registry, project: Project, choice: Choice, store: WheelStore | None = None
) -> Path:
    """The wheel of a choice; what whoever installs should know is said.

    Args:
        registry: Who is asked.
        project: Of the choice.
        choice: What was chosen.
        store: Where the wheel may be already, by its hash; then nothing is fetched.

    Raises:
        RegistryError: it cannot be had.
    """
    for one in choice.passed_over:
        registry.progress(f"passed over: {project.name} {one}")
    for note in choice.notes:
        registry.progress(f"note: {note}")
    file = choice.release.file
    if file is None:  # chosen releases have one
        raise ReleaseRefusedError(project.name, choice.release.version, "has no file", remedy="")
    if store is not None:
        with contextlib.suppress(LockMismatchError):  # it is not here: fetched
            return store.get(file.filename, file.sha256)
    return registry.download(FileEntry.model_validate(file.model_dump()))


def install(
    municipality: "MunicipalityFolder",
    wanted: Sequence[str],
    *,
    registry: Registry | None,
    progress: Callable[[str], None],
    wish: Wish | None = None,
    find_links: Sequence[Path] = (),
    offline: bool = False,
    upgrade: bool = False,
) -> tuple[InstalledBot, ...]:
    """Install bots and connectors by name or wheel file; without any, make what ``rpac.lock`` asks for.

    Args:
        municipality: Whose.
        wanted: Names, ``NAME==VERSION``, or paths of wheels.
        registry: Where names are looked up; ``None`` where the municipality names none.
        progress: Told each thing that takes over a second.
        wish: Channel and reason for what is installed by name.
        find_links: Folders with further wheels.
        offline: Use uv's cache alone, and no registry.
        upgrade: Resolve the packages beside the bots anew.

    Raises:
        RegistryError: a name cannot be had; nothing was installed.
        RpaCommonsError: whatever installing raises; nothing was installed.
    """
    wish = wish or Wish()
    if not wanted and _only_a_baseline(municipality):
        return ()  # the baseline is all there is, and it was fetched when the folder was opened
    names = [_bot_name(one) for one in wanted if not is_file_wish(one)]
    wheels = [Path(one) for one in wanted if is_file_wish(one)]
    origins: dict[str, Origin] = {}
    if names:
        if registry is None:
            raise NoRegistryError
        registry = replace(registry, channel=wish.channel)
        choices = [choice_of(registry, one, wish, kinds=_INSTALLED) for one in names]
        for project, choice in choices:
            _refuse_recalled(municipality, project.name, choice.release.version)
        for project, choice in choices:
            store = WheelStore(municipality.state_dir)
            wheels.append(fetch_chosen(registry, project, choice, store))
            origins[project.name] = Origin(registry.home, wish.channel, wish.because)
    bots = install_wheels(
        municipality,
        wheels,
        progress=progress,
        find_links=find_links,
        offline=offline,
        upgrade=upgrade,
        source=None if offline else registry,
        origins=origins,
    )
    if registry is not None:
        registry.forget_files()
        for bot in bots:
            if bot.changed:
                tell_usage(municipality, registry, bot.name, bot.version)
    return bots


_INSTALLED = ("bot", "connector")


def _only_a_baseline(municipality: "MunicipalityFolder") -> bool:
    lock = read_lock(municipality.folder)
    return lock.baseline is not None and not lock.entries and not lock.connectors


def _refuse_recalled(municipality: "MunicipalityFolder", name: str, version: str) -> None:
    """Refuse what is known here to be recalled, whatever the registry shows of it now.

    Raises:
        ReleaseRefusedError: it was recalled, and nobody withdrew that by signature.
    """
    for one in known(municipality).advisories:
        if one.project == name and one.names(version):
            raise ReleaseRefusedError(
                name, version, f"was recalled by {one.id}: {one.summary}", remedy=one.remedy
            )


def _installed(
    municipality: "MunicipalityFolder", name: str
) -> tuple[str, LockEntry | LockedConnector | None]:
    """The project that an instance, or the name of a connector, means, and its entry in the lock.

    Raises:
        InstanceFileError: there is neither.
    """
    lock = read_lock(municipality.folder)
    record = None if name in municipality.instances() else lock.connector(name)
    if record is not None:
        return record.name, record
    bot = instance_head(municipality, name).bot
    return bot, lock.find(bot)


def wheel_to_come(
    municipality: "MunicipalityFolder",
    registry: Registry | None,
    instance: str,
    version: str,
    wish: Wish | None = None,
) -> tuple[Path | None, Origin | None]:
    """The wheel that an instance's bot is to be upgraded to, and where it comes from.

    Args:
        municipality: Whose.
        registry: Who is asked; ``None``: nobody.
        instance: The bot instance, or a connector wheel or connector where no instance is called so.
        version: The one wanted; empty: the newest, where the bot came from the registry.
        wish: What is allowed; ``None``: the channel that the bot was installed from.

    Returns:
        ``None`` twice where the locked wheel is meant: nothing newer, or a bot that came as a file.

    Raises:
        RegistryError: it cannot be had.
        InstanceFileError: there is no such instance.
    """
    bot, entry = _installed(municipality, instance)
    if not version and (entry is None or not entry.registry or registry is None):
        return None, None
    if registry is None:
        raise NoRegistryError
    if wish is None:
        from_lock = Wish(entry.channel, entry.because) if entry is not None and entry.channel else None
        wish = from_lock or Wish.of(municipality)
    wanted = replace(parse_wanted(bot), version=parse_wanted(f"{bot}=={version}").version if version else "")
    project, choice = choice_of(registry, wanted, wish, kinds=_INSTALLED)
    _refuse_recalled(municipality, project.name, choice.release.version)
    file = choice.release.file
    if entry is not None and file is not None and file.sha256 == entry.sha256:
        return None, None
    return fetch_chosen(registry, project, choice), Origin(registry.home, wish.channel, wish.because)
