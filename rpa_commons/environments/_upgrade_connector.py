"""``rpac upgrade CONNECTOR``: a connector wheel to another version, the stack files along with it.

Rules this module keeps: those of :mod:`._upgrade`; every bot whose stack names one of its connectors moves
with it, for a municipality has one version of a connector wheel.

Usage::

    wheel = Path("connector_kmd_nova-2.0.0-py3-none-any.whl")
    prepared = prepare_connector_upgrade(roskilde, "kmd-nova", wheel)
    prepared.plan.errors or carry_out_upgrade(prepared, progress=print)
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.upgrades import Catalogues, plan_connector_upgrade

from ._connector_wheels import connectors_of, connectors_of_lock
from ._errors import NotInstalledError, WheelRefusedError
from ._instances import heads_of
from ._lock import LockedConnector, LockFile, read_lock
from ._store import WheelStore
from ._upgrade import PreparedUpgrade, python_changes
from ._use import locked
from ._wheels import check_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rpa_commons.config import MunicipalityFolder

__all__ = ["locked_connector", "prepare_connector_upgrade", "users_of"]


def locked_connector(municipality: "MunicipalityFolder", name: str) -> LockedConnector | None:
    """The connector wheel of this name, or that ships a connector of this name; ``None``: there is none.

    Raises:
        LockMismatchError: the lock was edited.
    """
    return read_lock(municipality.folder).connector(name)


def users_of(municipality: "MunicipalityFolder", lock: LockFile, wheel: str) -> "Iterator[str]":
    """The bot instances whose environment holds a connector wheel."""
    bots = {entry.name for entry in lock.entries if wheel in entry.connectors}
    return (head.name for head in heads_of(municipality) if head.bot in bots)


def prepare_connector_upgrade(
    municipality: "MunicipalityFolder", name: str, wheel: Path | None = None
) -> PreparedUpgrade:
    """Plan moving a connector wheel, and every bot that uses it, to a version.

    Args:
        municipality: Whose.
        name: Of the wheel, or of one of its connectors.
        wheel: The version to come; ``None``: the locked one, for files that are older than it.

    Raises:
        NotInstalledError: no such connector is installed.
        LockMismatchError: the lock was edited, or the locked wheel is gone.
        WheelRefusedError: the wheel is not what it claims to be, or another one.
        ConfigError: a file cannot be read.
    """
    lock, store = read_lock(municipality.folder), WheelStore(municipality.state_dir)
    record = lock.connector(name)
    if record is None:
        raise NotInstalledError(name, known={one.name for one in lock.connectors})
    now = check_wheel(store.get(record.wheel, record.sha256))
    later = check_wheel(wheel or now.path)
    if later.name != record.name or later.manifest.kind != "connector":
        problem = f"it is {later.name}, a {later.manifest.kind}; the connector here is {record.name}"
        raise WheelRefusedError(later.path, [problem], remedy=f"name a wheel of {record.name}")
    plan = plan_connector_upgrade(
        municipality,
        tuple(users_of(municipality, lock, record.name)),
        now.manifest,
        later.manifest,
        Catalogues(
            lambda bot: locked(municipality, bot).manifest,
            connectors_of(municipality),
            connectors_of_lock(lock, store, later.manifest),
        ),
    )
    changes = (*plan.changes, *python_changes(now, later))
    return PreparedUpgrade(municipality, later.path, replace(plan, changes=changes))
