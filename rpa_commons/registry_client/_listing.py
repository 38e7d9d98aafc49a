"""What is installed here, and what the registry says of it today.

Rules this module keeps: what the lock says is shown whether the registry answers or not; nothing is installed
or changed; a bot that came as a file is compared only where the registry owns its name.

Usage::

    for row in rows(municipality, registry):
        print(row.name, row.version, row.state)
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.environments import LockedConnector, LockFile, instance_head, read_lock

from ._choose import Wish, choose, state_text
from ._client import Registry
from ._documents import Project
from ._errors import RegistryError, UnknownProjectError
from ._recalls import Advisory, Recalls

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["InstalledRow", "InstanceRow", "rows"]

_TAKEN_BACK = frozenset({"yanked", "quarantined", "withdrawn"})


@dataclass(frozen=True)
class InstanceRow:
    """One bot instance, and who answers for it."""

    name: str
    owner: str = ""
    deputy: str = ""
    paused_by: str = ""


@dataclass(frozen=True)
class InstalledRow:
    """One bot, connector wheel, or the baseline, as it is installed here.

    Attributes:
        name: Its name.
        kind: ``bot``, ``connector`` or ``baseline``.
        version: As locked.
        channel: ``certified`` or ``all``; empty when it came as a file.
        source: The registry's address, or ``file``.
        because: Why it was installed though it is not certified.
        state: In the registry, with the day; empty when that is not known.
        why_unknown: Why it is not.
        is_known: Whether the registry said all that ``newest`` and ``taken_back`` depend on, or has nothing
            to say, as of a bot that came as a file and whose name it does not own.
        newest: A newer version that may be installed from its channel; empty when there is none.
        goes_back: Whether ``newest`` is older than what is installed, since that was taken back.
        advisories: Ids of advisories that are about it.
        recalls: The same with what they say.
        taken_back: Whether this version is yanked, quarantined or recalled.
        notes: Deprecation and the like.
        instances: Its bot instances; of a connector those whose environment holds it.
        connectors: What a connector wheel ships, as ``stack.toml`` names it.
    """

    name: str
    kind: str
    version: str
    channel: str
    source: str
    because: str = ""
    state: str = ""
    why_unknown: str = ""
    is_known: bool = True
    newest: str = ""
    goes_back: bool = False
    advisories: tuple[str, ...] = ()
    recalls: tuple[str, ...] = ()
    taken_back: bool = False
    notes: tuple[str, ...] = ()
    instances: tuple[InstanceRow, ...] = field(default=())
    connectors: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


def rows(
    municipality: "MunicipalityFolder", registry: Registry | None, recalls: Recalls
) -> tuple[InstalledRow, ...]:
    """Every locked bot and connector wheel, and the baseline where it came from a registry.

    Args:
        municipality: Whose.
        registry: Who is asked; ``None``: nobody.
        recalls: What is known of recalls.

    Raises:
        RpaCommonsError: the lock cannot be read.
    """
    lock = read_lock(municipality.folder)
    found = [
        _row(
            registry,
            InstalledRow(
                name=entry.name,
                kind="bot",
                version=entry.version,
                channel=entry.channel,
                source=entry.registry or "file",
                because=entry.because,
                instances=tuple(_instances(municipality, lock, entry.name, recalls)),
                **_recalled(hit.advisory for hit in recalls.of(lock, entry.name)),
            ),
        )
        for entry in lock.entries
    ]
    found += [_of_connector(municipality, registry, lock, one, recalls) for one in lock.connectors]
    if (base := lock.baseline) is not None:
        about = (one for one in recalls.advisories if one.project == base.name and one.names(base.version))
        row = InstalledRow(
            base.name,
            "baseline",
            base.version,
            base.channel,
            base.registry,
            base.because,
            **_recalled(about),
        )
        found.append(_row(registry, row))
    return tuple(found)


def _of_connector(
    municipality: "MunicipalityFolder",
    registry: Registry | None,
    lock: LockFile,
    record: LockedConnector,
    recalls: Recalls,
) -> InstalledRow:
    users = [entry.name for entry in lock.entries if record.name in entry.connectors]
    about = (one for one in recalls.advisories if one.project == record.name and one.names(record.version))
    return _row(
        registry,
        InstalledRow(
            name=record.name,
            kind="connector",
            version=record.version,
            channel=record.channel,
            source=record.registry or "file",
            because=record.because,
            instances=tuple(one for bot in users for one in _instances(municipality, lock, bot, recalls)),
            connectors=record.connectors,
            **_recalled(about),
        ),
    )


def _recalled(advisories: Iterable[Advisory]) -> dict[str, Any]:
    """A row's fields about recalls, each advisory once."""
    once = {one.id: str(one) for one in advisories}
    return {"advisories": tuple(once), "recalls": tuple(once.values())}


def _row(registry: Registry | None, row: InstalledRow) -> InstalledRow:
    """With what the registry says of it."""
    from dataclasses import replace

    recalled = bool(row.advisories)
    is_file = row.source == "file"
    if registry is None:
        return replace(
            row, taken_back=recalled, why_unknown="no registry was asked", is_known=is_file and not recalled
        )
    try:
        project = registry.project(row.name)
    except UnknownProjectError:
        return replace(row, taken_back=recalled, why_unknown=f"not in {registry.home}", is_known=is_file)
    except RegistryError as error:
        return replace(row, taken_back=recalled, why_unknown=error.message, is_known=False)
    release = project.find(row.version)
    facts: Mapping[str, Any] = (
        {}
        if release is None
        else {
            "state": state_text(release),
            "taken_back": recalled or release.state in _TAKEN_BACK,
            "notes": tuple(_notes(project, row)),
        }
    )
    why = "" if release is not None else f"{registry.home} has no {row.name} {row.version}"
    newest = _newest(project, row)
    goes_back = bool(newest) and _order(newest) < _order(row.version)
    return replace(
        row,
        **({"taken_back": recalled} | dict(facts)),
        why_unknown=why,
        is_known=is_file or not why,
        newest=newest,
        goes_back=goes_back,
    )


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0.dev0")


def _newest(project: Project, row: InstalledRow) -> str:
    wish = Wish(row.channel or "certified", row.because or "-")
    try:
        release = choose(project, "", wish).release
    except RegistryError:
        return ""
    here = project.find(row.version)
    if here is None:
        return release.version
    if release.version == here.version:
        return ""
    is_bad = bool(row.advisories) or here.state in _TAKEN_BACK or here.quarantined is not None
    return release.version if is_bad or release.order > here.order else ""


def _notes(project: Project, row: InstalledRow) -> Iterator[str]:
    release = project.find(row.version)
    if release is not None and release.deprecated is not None:
        use = f"; use {release.deprecated.use}" if release.deprecated.use else ""
        yield f"deprecated: {release.deprecated.reason}{use}"
    if release is not None and release.yanked is not None:
        yield f"yanked: {release.yanked}"
    if project.status != "active":
        yield f"the project is {project.status}" + (
            f": {project.status_reason}" if project.status_reason else ""
        )


def _instances(
    municipality: "MunicipalityFolder", lock: LockFile, bot: str, recalls: Recalls
) -> Iterator[InstanceRow]:
    hits = recalls.of(lock, bot) if municipality.registry.on_recall != "warn" else ()
    for name in municipality.instances():
        try:
            head = instance_head(municipality, name)
        except RpaCommonsError:
            continue  # the check of that instance speaks about it
        if head.bot != bot:
            continue
        file = f"bots/{name}.toml"
        document = municipality.reader.optional(
            municipality.folder / file, root=municipality.folder, name=file
        )
        values = document.values if document is not None else {}
        owner, deputy = (str(values.get(key) or "") for key in ("owner", "deputy"))
        yield InstanceRow(name, owner, deputy, hits[0].advisory.id if hits else "")
