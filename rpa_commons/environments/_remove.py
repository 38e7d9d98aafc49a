"""``rpac remove``: a bot, an instance or a connector leaves this machine; what it did stays on record.

Rules this module keeps: the lock is written first, so what a crash leaves behind counts for nothing and the
same command clears it; work items, effects and decisions stay, for the law asks for them; an instance that is
at work is not removed; a file that a person wrote goes only when they ask for it.

Usage::

    removal = plan_removal(municipality, "welcome-letters")
    carry_out_removal(municipality, removal, with_config=False)
"""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config.layers import ENVIRONMENTS
from rpa_commons.config.stack import chosen_in

from ._alone import installing_alone
from ._errors import ConnectorInUseError, NotInstalledError
from ._instances import InstanceHead, heads_of
from ._lock import LockedConnector, LockFile, read_lock, write_lock
from ._pylock import forget_pylocks
from ._store import WheelStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rpa_commons.config import MunicipalityFolder

__all__ = ["Removal", "carry_out_removal", "plan_removal"]


@dataclass(frozen=True)
class Removal:
    """What a removal takes away.

    Attributes:
        bot: The bot's name, or the connector wheel's.
        version: As locked; empty when only an instance goes.
        instances: Whose environments go.
        whole: Whether the bot goes too: with its last instance, or because the bot was named.
        files: The files of these instances, relative to the municipality's folder.
        beside: Files that only they used and that stay: letters, hooks.
        kind: ``bot`` or ``connector``.
    """

    bot: str
    version: str
    instances: tuple[InstanceHead, ...]
    whole: bool
    files: tuple[str, ...]
    beside: tuple[str, ...]
    kind: str = "bot"


def plan_removal(municipality: "MunicipalityFolder", target: str) -> Removal:
    """What removing an instance, or a bot with all its instances, takes away; changes nothing.

    A name that both have means the instance where the bot has others besides.

    Raises:
        NotInstalledError: there is neither an instance nor an installed bot or connector of this name.
        ConnectorInUseError: it is a connector, and a stack file or an environment has it.
        LockMismatchError: the lock was edited.
    """
    lock = read_lock(municipality.folder)
    heads = list(heads_of(municipality))
    own = next((one for one in heads if one.name == target), None)
    entry = lock.find(own.bot if own is not None else target)
    if own is None and entry is None:
        if (record := lock.connector(target)) is not None:
            return _of_connector(municipality, record)
        known = {*(one.name for one in heads), *(one.name for one in lock.entries)}
        known |= {one.name for one in lock.connectors}
        raise NotInstalledError(target, known=known)
    bot = own.bot if own is not None else target
    of_bot = tuple(one for one in heads if one.bot == bot)
    whole = own is None or len(of_bot) == 1
    gone = of_bot if whole else tuple(one for one in of_bot if one.name == target)
    return Removal(
        bot=bot,
        version=entry.version if entry is not None else "",
        instances=gone,
        whole=whole,
        files=tuple(_files(municipality.folder, gone)),
        beside=tuple(_beside(municipality.folder, bot, gone, whole=whole)),
    )


def _of_connector(municipality: "MunicipalityFolder", record: LockedConnector) -> Removal:
    """A connector wheel goes only where nothing names what it brings, and no environment holds it."""
    own = [one for one in ENVIRONMENTS if (municipality.folder / "environments" / one).is_dir()]
    places = []
    for environment in ("", *own):
        for capability, connector in chosen_in(municipality, environment).items():
            if connector in record.connectors:
                where = f"the stack in {environment}" if environment else "the stack"
                places.append(f"{where} names {connector} for {capability}")
    lock = read_lock(municipality.folder)
    places += [
        f"the environment of {one.name} holds it" for one in lock.entries if record.name in one.connectors
    ]
    if places:
        raise ConnectorInUseError(record.name, list(dict.fromkeys(places)))
    return Removal(record.name, record.version, (), True, (), (), "connector")


def carry_out_removal(
    municipality: "MunicipalityFolder",
    removal: Removal,
    *,
    with_config: bool,
    progress: "Callable[[str], None]",
) -> None:
    """Take it away.

    Raises:
        InstallError: another installation does not end, or a file cannot be removed.
    """
    with installing_alone(municipality, progress):
        _remove(municipality, removal, with_config=with_config)


def _remove(municipality: "MunicipalityFolder", removal: Removal, *, with_config: bool) -> None:
    before = read_lock(municipality.folder)
    if removal.kind == "connector":
        lock = before.without_connector(removal.bot)
    else:
        lock = before.without(removal.bot) if removal.whole else before
    for head in removal.instances:
        lock = lock.without_instance(head.name)
    if lock != before:
        _write(municipality.folder, lock)
    if with_config:
        for name in removal.files:
            (municipality.folder / name).unlink(missing_ok=True)
    forget_pylocks(municipality.folder, lock, [removal.bot] if removal.whole else [])
    for head in removal.instances:
        shutil.rmtree(municipality.state_dir / "environments" / head.id, ignore_errors=True)
    with contextlib.suppress(OSError):
        WheelStore(municipality.state_dir).prune(lock)


def _write(folder: Path, lock: LockFile) -> None:
    if not lock.is_empty:
        write_lock(folder, lock)
    else:
        (folder / "rpac.lock").unlink(missing_ok=True)


def _files(folder: Path, heads: tuple[InstanceHead, ...]) -> "Iterator[str]":
    for head in heads:
        for name in (
            f"bots/{head.name}.toml",
            *(f"environments/{one}/bots/{head.name}.toml" for one in ENVIRONMENTS),
        ):
            if (folder / name).is_file():
                yield name


def _beside(folder: Path, bot: str, heads: tuple[InstanceHead, ...], *, whole: bool) -> "Iterator[str]":
    names = dict.fromkeys([head.name for head in heads] + ([bot] if whole else []))
    for name in names:
        for place in (f"letters/{name}", f"hooks/{name.replace('-', '_')}.py"):
            if (folder / place).exists():
                yield place
