"""What every connector that can be named here takes to be let in, built-in or from an installed wheel.

Rules this module keeps: a built-in one is asked itself; of one from a wheel nothing is imported, the manifest
in the store says all.
"""

import difflib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rpa_commons.capabilities import RpaCommonsError, capability_spec, every_capability
from rpa_commons.connectors import Access, Rung, built_in_names, load, standing

from ._connector_wheels import connector_manifest
from ._lock import read_lock
from ._store import WheelStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rpa_commons.config import MunicipalityFolder

__all__ = ["ConnectorAccess", "NoSuchAccessError", "access_of"]

_IN_WHEELS = (
    "others come in wheels: `rpac search --capability {capability}` lists those of the registry, "
    "`rpac install WHEEL` takes a file or a name"
)


class NoSuchAccessError(RpaCommonsError):
    """No capability or connector has this name.

    Attributes:
        name: The name that was asked for.
    """

    exit_code = 2

    def __init__(self, what: str, name: str, *, remedy: str) -> None:
        super().__init__(f"there is no {what} {name!r}", remedy=remedy)
        self.name = name


@dataclass(frozen=True)
class ConnectorAccess:
    """A connector, what it takes to be let in, and how near the real system it was tried.

    Attributes:
        name: As ``stack.toml`` names it.
        capability: What it implements.
        summary: One sentence.
        wheel: The wheel that brings it, with its version; empty for a built-in one.
        access: What it takes; ``None`` where its wheel does not say.
        verified: Its ladder, lowest rung first.
    """

    name: str
    capability: str
    summary: str
    wheel: str
    access: Access | None
    verified: "tuple[Rung, ...]"

    def to_json(self) -> dict[str, Any]:
        """As ``rpac access --json`` prints it."""
        return {
            "connector": self.name,
            "capability": self.capability,
            "summary": self.summary,
            "wheel": self.wheel or None,
            "access": self.access.model_dump(mode="json") if self.access else None,
            "verified": [rung.model_dump(mode="json") for rung in self.verified],
            "standing": standing(self.verified),
        }


def access_of(
    municipality: "MunicipalityFolder | None", capability: str = "", connector: str = ""
) -> "tuple[ConnectorAccess, ...]":
    """The connectors of a capability, or all; by capability, then name.

    Args:
        municipality: Whose installed wheels count besides; ``None`` for the built-in ones only.
        capability: Its name, in any case; empty for every one.
        connector: The only one that is wanted; empty for all.

    Raises:
        NoSuchAccessError: no capability, or none of its connectors, has this name.
        LockMismatchError: a wheel of the lock is gone or another one.
    """
    known = sorted((*_built_in(), *_installed(municipality)), key=lambda one: (one.capability, one.name))
    if capability:
        wanted = _capability(capability, known)
        known = [one for one in known if one.capability == wanted]
    if connector:
        found = tuple(one for one in known if one.name == connector)
        if not found:
            advice = _advice(connector, [one.name for one in known], "connectors")
            if not advice.startswith("did you"):
                advice += f"; {_IN_WHEELS.format(capability=capability or 'NAME')}"
            raise NoSuchAccessError("connector", connector, remedy=advice)
        return found
    return tuple(known)


def _capability(given: str, known: "Sequence[ConnectorAccess]") -> str:
    names = {name.casefold(): name for name in every_capability()}
    if given.casefold() in names:
        return names[given.casefold()]
    for one in known:
        if one.name == given:
            remedy = f"{given} is a connector: rpac access {one.capability} --connector {given}"
            raise NoSuchAccessError("capability", given, remedy=remedy)
    raise NoSuchAccessError("capability", given, remedy=_advice(given, names.values(), "capabilities"))


def _advice(given: str, names: "Iterable[str]", what: str) -> str:
    by_folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(given.casefold(), by_folded, n=1)
    if near:
        return f"did you mean {by_folded[near[0]]!r}?"
    return (
        f"the {what} are {', '.join(sorted(by_folded.values()))}" if by_folded else f"there are no {what} yet"
    )


def _built_in() -> "Iterator[ConnectorAccess]":
    for name in built_in_names():
        connector = load(name)
        yield ConnectorAccess(
            name=name,
            capability=capability_spec(connector.capability).name,
            summary=_first_sentence(connector),
            wheel="",
            access=getattr(connector, "access", None),
            verified=getattr(connector, "verified", ()),
        )


def _installed(municipality: "MunicipalityFolder | None") -> "Iterator[ConnectorAccess]":
    if municipality is None:
        return
    store = WheelStore(municipality.state_dir)
    for record in read_lock(municipality.folder).connectors:
        for one in connector_manifest(record, store).connectors:
            yield ConnectorAccess(
                name=one.name,
                capability=one.capability,
                summary=one.summary,
                wheel=f"{record.name} {record.version}",
                access=one.access,
                verified=one.verified,
            )


def _first_sentence(connector: type) -> str:
    text = " ".join((inspect.getdoc(connector) or "").partition("\n\n")[0].split())
    return text.partition(". ")[0].rstrip(".") + "."
