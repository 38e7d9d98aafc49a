"""From the connector classes of a wheel to its manifest.

Rules this module keeps: it runs in the plugin's own environment, never in the host; every problem is found
before one is reported; the settings come from the connector's own class, so the two cannot drift.

Usage::

    manifest = connector_manifest(metadata.distribution("connector-kmd-nova"), [KmdNovaCases])
"""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from typing import Any

from packaging.utils import canonicalize_name
from pydantic import BaseModel, ValidationError

from rpa_commons import __version__
from rpa_commons.capabilities import CapabilitySpec, capability_spec, is_capability
from rpa_commons.connectors import ConnectorSettings, built_in_names
from rpa_commons.manifest import Access, ConnectorEntry, Manifest, Rung
from rpa_commons.upgrades import migration_problems

from ._errors import BuildRefusedError
from ._settings_schema import settings_schema

__all__ = ["connector_manifest"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLASSES = frozenset({"keyed", "probe", "local", "unsafe"})


def connector_manifest(dist: metadata.Distribution, connectors: Sequence[object]) -> Manifest:
    """The manifest of a wheel that ships connectors.

    Raises:
        BuildRefusedError: one of them is not described completely; every problem is named.
    """
    name, problems = canonicalize_name(dist.metadata["Name"]), []
    entries: list[ConnectorEntry] = []
    for one in connectors:
        described = _Described(one, dist.version)
        problems += described.problems
        if not described.problems:
            try:
                entries.append(described.entry())
            except ValidationError as error:
                problems += [
                    f"{described.where}: {'.'.join(map(str, bad['loc']))}: {bad['msg']}"
                    for bad in error.errors()
                ]
    names = [entry.name for entry in entries]
    twice = sorted({one for one in names if names.count(one) > 1})
    problems += [f"two of its connectors are called {one}" for one in twice]
    if problems:
        raise BuildRefusedError(name, problems)
    return Manifest(
        kind="connector",
        name=name,
        version=dist.version,
        summary=str((dist.metadata.get_all("Summary") or [""])[0]),
        sdk_version=__version__,
        connectors=tuple(sorted(entries, key=lambda one: one.name)),
    )


class _Described:
    """One connector class, with everything that is wrong with it."""

    def __init__(self, connector: object, version: str) -> None:
        self._class: Any = connector
        self._schema: dict[str, Any] = {}
        self.where = getattr(connector, "__qualname__", repr(connector))
        self.problems = [f"{self.where}{problem}" for problem in self._found(version)]

    def entry(self) -> ConnectorEntry:
        """What the manifest says of it; only without problems."""
        kind, spec = self._class, capability_spec(self._class.capability)
        return ConnectorEntry(
            name=kind.name,
            summary=self._summary(),
            entry=f"{kind.__module__}:{kind.__qualname__}",
            capability=spec.name,
            version=spec.version,
            effects=dict(self._effects()),
            settings_schema=self._schema,
            migrations=tuple(one.entry for one in kind.Settings.migrations),
            access=kind.access,
            verified=kind.verified,
        )

    def _found(self, version: str) -> Iterator[str]:
        kind = self._class
        if not isinstance(kind, type):
            yield " is given by rpac_connectors, and is no class"
            return
        yield from self._name_problems(getattr(kind, "name", None))
        if not self._summary():
            yield " has no docstring: its first sentence is shown to whoever chooses it"
        capability = getattr(kind, "capability", None)
        if is_capability(capability):
            yield from self._capability_problems(capability_spec(capability))  # type: ignore[arg-type] # a class, as is_capability says
        else:
            yield ".capability must be a capability: capability = CaseSystem"
        if not isinstance(getattr(kind, "access", None), Access):
            yield ".access is missing: what it takes to be let in (rpa_commons.connectors.Access)"
        yield from self._rungs(getattr(kind, "verified", None))
        yield from self._settings_problems(getattr(kind, "Settings", None), version)

    def _name_problems(self, name: object) -> Iterator[str]:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield '.name must be as stack.toml says it, small letters and hyphens: name = "kmd-nova"'
        elif name in built_in_names():
            yield f".name: {name} is the name of a built-in connector"

    def _capability_problems(self, spec: CapabilitySpec) -> Iterator[str]:
        for method in sorted(spec.calls):
            if not callable(getattr(self._class, method, None)):
                yield f" has no {method}(), which {spec.name} {spec.version} asks for"
        if not callable(getattr(self._class, "close", None)):
            yield " has no close()"
        effects = {method for method, call in spec.calls.items() if call.effect_class is not None}
        for method, declared in self._effects().items():
            if method not in effects:
                yield f".effect_classes: {method} is no effect of {spec.name}"
            elif declared not in _CLASSES:
                yield f".effect_classes: {method} is one of {', '.join(sorted(_CLASSES))}"

    def _effects(self) -> Mapping[str, Any]:
        """What the class weakens; an instance may weaken more, by its settings."""
        given = inspect.getattr_static(self._class, "effect_classes", None)
        return given if isinstance(given, Mapping) else {}

    def _rungs(self, verified: object) -> Iterator[str]:
        if not isinstance(verified, tuple) or not all(isinstance(one, Rung) for one in verified):
            yield ".verified is missing: how near the real system it was tried (a tuple of Rung)"
        elif not verified:
            yield ".verified is empty: begin with what it was tried against, its simulator say"

    def _settings_problems(self, settings: object, version: str) -> Iterator[str]:
        if not (isinstance(settings, type) and issubclass(settings, BaseModel)) or not issubclass(
            settings, ConnectorSettings
        ):
            yield ".Settings must derive from rpa_commons.connectors.ConnectorSettings"
            return
        self._schema, problems = settings_schema(settings, may_hold_secrets=True)
        yield from (f": {one}" for one in problems)
        if not problems:
            migrations = tuple(one.entry for one in settings.migrations)
            yield from (f": {one}" for one in migration_problems(migrations, self._schema, version))

    def _summary(self) -> str:
        own = vars(self._class).get("__doc__") if isinstance(self._class, type) else None
        return inspect.cleandoc(own or "").partition("\n\n")[0].replace("\n", " ")
