"""The wheels that an installation is given: which it takes, and what connectors of them change in the lock.

Rules this module keeps: one wheel of a name; a connector's name belongs to one wheel of the municipality, and
never to one that comes with rpa-commons: a stack must mean one thing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rpa_commons.connectors import built_in_names

from ._errors import WheelRefusedError
from ._lock import LockedConnector, LockFile
from ._sources import Origin
from ._store import WheelStore
from ._wheels import CheckedWheel, check_wheel

__all__ = ["check_given", "connector_record", "with_connectors"]

_NAME_IT = 'name it in municipality.toml: baseline = "../wheels/NAME.whl", relative to that file'


def check_given(wheels: Sequence[Path]) -> list[CheckedWheel]:
    """Check each wheel, and that it is a bot or a connector.

    Raises:
        WheelRefusedError: one is not, or is not what it claims to be.
    """
    checked = [check_wheel(path) for path in wheels]
    names = [wheel.name for wheel in checked]
    for wheel in checked:
        if names.count(wheel.name) > 1:
            raise WheelRefusedError(
                wheel.path, [f"two wheels of {wheel.name} were given"], remedy="name one wheel of each name"
            )
        if wheel.manifest.kind not in {"bot", "connector"}:
            raise WheelRefusedError(
                wheel.path, [f"it is a {wheel.manifest.kind}, not a bot or connector"], remedy=_NAME_IT
            )
        if wheel.manifest.kind == "connector" and not wheel.manifest.connectors:
            raise WheelRefusedError(wheel.path, ["it is a connector wheel and ships no connector"])
    return checked


def with_connectors(
    lock: LockFile, wheels: Sequence[CheckedWheel], store: WheelStore, origins: Mapping[str, Origin]
) -> LockFile:
    """The lock with these connector wheels, which are kept in the store.

    Raises:
        WheelRefusedError: a name is taken.
    """
    for wheel in wheels:
        store.keep(wheel.path, wheel.sha256)
        lock = lock.with_connector(connector_record(wheel, origins.get(wheel.name)))
    for wheel in wheels:
        _refuse_taken(lock, wheel)
    return lock


def connector_record(wheel: CheckedWheel, origin: Origin | None) -> LockedConnector:
    """What the lock keeps of a connector wheel."""
    origin = origin or Origin()
    return LockedConnector(
        name=wheel.name,
        version=wheel.version,
        wheel=wheel.path.name,
        sha256=wheel.sha256,
        manifest_sha256=wheel.manifest.digest,
        connectors=tuple(sorted(one.name for one in wheel.manifest.connectors)),
        registry=origin.registry,
        channel=origin.channel,
        because=origin.because,
    )


def _refuse_taken(lock: LockFile, wheel: CheckedWheel) -> None:
    others = {name: one.name for one in lock.connectors if one.name != wheel.name for name in one.connectors}
    for one in wheel.manifest.connectors:
        if one.name in built_in_names():
            problem = f"it ships a connector called {one.name}, which comes with rpa-commons"
            raise WheelRefusedError(wheel.path, [problem], remedy="ask its maintainer for another name")
        if one.name in others:
            problem = f"it ships a connector called {one.name}, as {others[one.name]} does, installed here"
            raise WheelRefusedError(
                wheel.path,
                [problem],
                remedy=f"`rpac remove {others[one.name]}` takes the other one away first",
            )
