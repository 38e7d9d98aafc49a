"""The stack: which connector serves which capability, with which settings.

Rules this module keeps: a bot gets the bindings of the capabilities it declares and no others; settings that
a weaker layer gave for another connector are set aside when a stronger layer names a new one; every layer's
file may hold every capability.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from rpa_commons.config.findings import Finding, KeyPath, format_key, guess, walk
from rpa_commons.config.layers import (
    AppliedPolicy,
    ConnectorEntry,
    Layer,
    Origin,
    Origins,
    Override,
    PolicySet,
    Section,
    add_defaults,
    binding_schema,
)
from rpa_commons.config.policies import policy_findings
from rpa_commons.config.schema import Problem, SchemaView, facts_of, shared_view
from rpa_commons.manifest import CapabilityEntry, Manifest

__all__ = ["Binding", "BindingSection", "StackReader", "set_aside"]

# Of an unknown connector nothing is known: whatever is set may be a secret, so all of it is hidden.
_UNKNOWN_SETTINGS = {"type": "object", "personal": True}

_Choice = Callable[[str, ConnectorEntry | None, Section], Iterator[Finding]]


@dataclass(frozen=True)
class Binding:
    """One capability of a bot instance, bound.

    Attributes:
        capability: E.g. ``"PopulationRegister"``.
        connector: E.g. ``"sf1520"``.
        settings: The connector's settings as JSON values, defaults filled in; secrets are references.
        origins: Where each value comes from, by key (``stack.PopulationRegister.settings.url``).
    """

    capability: str
    connector: str
    settings: Mapping[str, Any] = field(repr=False)  # may hold personal data
    origins: Mapping[str, Origin] = field(repr=False)


@dataclass(frozen=True)
class BindingSection:
    """A capability's table in all layers, with what is wrong with the choice of the connector.

    Attributes:
        capability: E.g. ``"PopulationRegister"``.
        section: Its schema and layers.
        connector: The chosen one.
        choice_findings: What is wrong with the choice.
        old_keys: Settings that the connector's version calls otherwise.
        set_aside: Layers whose settings are for another connector.
        elsewhere: Whether a key is one of another connector for the capability.
    """

    capability: str
    section: Section
    connector: str
    choice_findings: tuple[Finding, ...] = ()
    old_keys: tuple[Finding, ...] = ()
    set_aside: tuple[Layer, ...] = ()
    elsewhere: Callable[[KeyPath], bool] = lambda _: False

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the binding."""
        yield from self.choice_findings
        yield from self.old_keys
        yield from self.section.findings()
        if not self.choice_findings and self.section.policies:  # else nobody knows the keys
            yield from policy_findings(self.section, elsewhere=self.elsewhere, set_aside=self.set_aside)
        if facts_of(self.section.view).has_rules:
            from rpa_commons.config.layers import rules_findings

            yield from rules_findings(self.section)

    def binding(self) -> Binding:
        """The binding; only without findings."""
        settings = self.section.values.get("settings", {})
        return Binding(self.capability, self.connector, settings, Origins(self.section))


@dataclass(frozen=True)
class StackReader:
    """The stack files of all layers, weakest first, and the connectors there are.

    Attributes:
        layers: One per file; the values are the whole file.
        home: The municipality's own ``stack.toml``, empty when there is none.
        connectors: By name.
        overrides: What ``--set`` says.
        policies: What the cooperation says of this bot.
    """

    layers: tuple[Layer, ...]
    home: Layer
    connectors: Mapping[str, ConnectorEntry]
    overrides: Sequence[Override] = ()
    policies: PolicySet | None = None

    def bind(self, entry: CapabilityEntry, manifest: Manifest) -> BindingSection | Finding:
        """The binding of one capability, or the finding that there is none."""
        layers = self._layers_of(entry.name)
        broken = self._not_a_table(entry.name)
        if broken is not None:
            return broken
        if not any(layer.values for layer in layers):
            return self._unbound(entry, manifest)
        policies = self.policies.below(("stack", entry.name)) if self.policies else ()
        return self._bound(entry.name, layers, policies, partial(self._choice, entry, manifest))

    def unasked(self, capability: str) -> BindingSection | Finding | None:
        """A table of the municipality's that no bot asks for, checked as if one did; policies bind bots only.

        ``None`` where there is nothing to hold it against: only the cooperation says it, or the connector is
        unknown, which :meth:`unknown` tells. A connector from a wheel that is not on this machine is refused
        as everywhere.
        """
        layers = self.files_of(capability)
        if all(layer.is_shared for layer in self.layers if capability in layer.values):
            return None
        broken = self._not_a_table(capability)
        if broken is not None:
            return broken
        connector = set_aside(layers)[1]
        if connector and connector not in self.connectors:
            return None
        return self._bound(capability, layers, (), partial(self._serves, capability))

    def _bound(
        self, capability: str, said: Sequence[Layer], policies: tuple[AppliedPolicy, ...], choice: _Choice
    ) -> BindingSection:
        """A table of all layers under the schema of the connector that it chooses."""
        layers, connector = set_aside(said)
        known = self.connectors[connector] if connector in self.connectors else None  # noqa: SIM401 - the catalogue imports on lookup
        fits = known is not None and known.capability == capability  # another's settings say nothing here
        old_keys: list[Finding] = []
        if known is not None and fits and known.migrated is not None:
            layers = tuple(_collected(known.migrated(one, known), old_keys) for one in layers)
        view = shared_view(binding_schema, known.settings_schema if known and fits else _UNKNOWN_SETTINGS)
        layers = add_defaults(view, layers, "connector default", f"{connector} Settings")
        home = replace(self.home, values={}, prefix=(capability,))
        is_instead = self._is_sensitive(_shared_connector(said), connector, capability)
        section = Section(view, layers, _Namer(capability), home, policies, is_instead)
        findings = tuple(choice(connector, known, section))
        aside = tuple(one for one in said if one not in layers) if policies else ()

        def elsewhere(path: KeyPath) -> bool:
            names = [name for name in self._serving(capability) if name != connector]
            schemas = (self.connectors[name].settings_schema for name in names)
            return any(SchemaView(binding_schema(schema)).knows(path) for schema in schemas)

        return BindingSection(capability, section, connector, findings, tuple(old_keys), aside, elsewhere)

    def _is_sensitive(self, shared: str, chosen: str, capability: str) -> bool:
        """Whether another connector than the chosen one, the cooperation's, has a sensitive setting."""
        if shared in {"", chosen} or shared not in self.connectors:
            return False
        known = self.connectors[shared]
        marks = (value for path, value in walk(known.settings_schema) if path[-1] == "sensitive")
        return known.capability == capability and any(one is True for one in marks)

    def unknown(self) -> Iterator[Finding]:
        """Connectors that do not exist, wherever the stack names one, also where no bot asks for it."""
        for layer in self.layers:
            for name, table in layer.values.items():
                connector = table.get("connector") if isinstance(table, Mapping) else None
                if isinstance(connector, str) and connector not in self.connectors:
                    own = replace(layer, values=table, prefix=(name,))
                    section = Section(SchemaView(binding_schema(_UNKNOWN_SETTINGS)), (own,), _Namer(name))
                    yield section.finding(self._unknown_connector(connector), own)

    def stray_overrides(self, manifest: Manifest) -> Iterator[Finding]:
        """E101 for each ``--set`` of a capability that neither the bot nor the stack knows."""
        known = {entry.name for entry in manifest.capabilities}
        known |= {name for layer in self.layers for name in layer.values}
        for one in self.overrides:
            if one.path[0] == "stack" and one.path[1] not in known:
                meant = guess(one.path[1], sorted(known))
                advice = f"did you mean {meant}?" if meant else f"known here: {', '.join(sorted(known))}"
                yield Finding("E101", format_key(one.path[:2]), "unknown capability", help=advice)

    def files_of(self, capability: str) -> list[Layer]:
        """What each file says of one capability, weakest first; files that say nothing of it are left out."""
        return [
            replace(layer, values=layer.values[capability], prefix=(capability,))
            for layer in self.layers
            if isinstance(layer.values.get(capability), Mapping)
        ]

    def _layers_of(self, capability: str) -> tuple[Layer, ...]:
        from_files = self.files_of(capability)
        from_sets = [one.layer_below("stack", capability) for one in self.overrides]
        return (*from_files, *(layer for layer in from_sets if layer is not None))

    def _unbound(self, entry: CapabilityEntry, manifest: Manifest) -> Finding:
        origin = self.home.origin(())
        message = f"the bot {manifest.name} needs {entry.name}, and the stack binds no connector to it"
        names = {name for layer in self.layers for name in layer.values}
        meant = guess(entry.name, sorted(name for name in names if not self._serving(name)))
        fitting = self._serving(entry.name)
        if meant is not None:
            advice = f"did you mean {entry.name} where {self._place_of(meant)} says {meant}?"
        elif fitting:
            choice = " or ".join(fitting)
            advice = f'add [{entry.name}] with connector = "{fitting[0]}" to stack.toml (there is: {choice})'
        else:
            search = f"rpac search --capability {entry.name} --kind connector"
            advice = f"install a connector for {entry.name} (`{search}` lists them) and bind it in stack.toml"
        because = f"{manifest.name} {manifest.version} declares it as {entry.attribute}"
        return Finding("E601", f"stack.{entry.name}", message, origin.file, None, "", because, advice)

    def _place_of(self, name: str) -> str:
        layer = next(layer for layer in reversed(self.layers) if name in layer.values)
        return str(layer.origin((name,)))

    def _not_a_table(self, capability: str) -> Finding | None:
        broken = [layer for layer in self.layers if not isinstance(layer.values.get(capability, {}), Mapping)]
        if not broken:
            return None
        origin = broken[-1].origin((capability,))
        advice = f'write [{capability}] and below it connector = "NAME"'
        message = "expected a table that names a connector"
        return Finding("E201", f"stack.{capability}", message, origin.file, origin.line, help=advice)

    def _choice(
        self,
        entry: CapabilityEntry,
        manifest: Manifest,
        connector: str,
        known: ConnectorEntry | None,
        section: Section,
    ) -> Iterator[Finding]:
        winner = section.merged.winner(("connector",))
        if winner is None or not isinstance(winner.value, str):
            return  # the schema says so
        if known is None:
            yield section.finding(self._unknown_connector(connector, entry.name), winner.layer)
        elif known.capability != entry.name:
            yield from self._serves(entry.name, connector, known, section)
        elif not _is_served(entry.version, known.version):
            message = f"{connector} serves {entry.name} {known.version}"
            message += f", the bot {manifest.name} needs {entry.version}"
            advice = "use a version of the connector or of the bot that fits the other"
            yield section.finding(Problem("E603", ("connector",), message, advice), winner.layer)

    def _serves(
        self, capability: str, connector: str, known: ConnectorEntry | None, section: Section
    ) -> Iterator[Finding]:
        """E603 where the connector serves another capability than the one it is named for."""
        winner = section.merged.winner(("connector",))
        if winner is not None and known is not None and known.capability != capability:
            message = f"{connector} serves {known.capability}, not {capability}"
            fitting = self._serving(capability)
            advice = f"connectors for {capability}: {', '.join(fitting)}" if fitting else ""
            yield section.finding(Problem("E603", ("connector",), message, advice), winner.layer)

    def _unknown_connector(self, connector: str, capability: str | None = None) -> Problem:
        fitting = self._serving(capability) if capability else []
        meant = guess(connector, fitting) or guess(connector, self.connectors)
        here = f"did you mean {meant}?" if meant else f"there is: {', '.join(fitting or self.connectors)}"
        search = f"rpac search --capability {capability or 'NAME'} --kind connector"
        advice = f"{here}; `{search}` lists others, `rpac install {_installable(connector)}` brings one here"
        return Problem("E602", ("connector",), f'there is no connector "{connector}"', advice)

    def _serving(self, capability: str) -> list[str]:
        return [name for name in self.connectors if self.connectors[name].capability == capability]


class _Namer:
    """How the keys of one binding are called."""

    def __init__(self, capability: str) -> None:
        self._capability = capability

    def __call__(self, path: KeyPath) -> str:
        return format_key(("stack", self._capability, *path))


def set_aside(layers: Sequence[Layer]) -> tuple[tuple[Layer, ...], str]:
    """The layers without settings meant for another connector than the winning one, and that one."""
    kept: list[Layer] = []
    current = ""
    for layer in layers:
        connector = layer.values.get("connector", current)
        if isinstance(connector, str) and connector != current:
            kept = [one.without("settings") for one in kept] if current else kept
            current = connector
        kept.append(layer)
    return tuple(kept), current


def _collected(migrated: tuple[Layer, tuple[Finding, ...]], found: list[Finding]) -> Layer:
    layer, findings = migrated
    found += findings
    return layer


def _installable(connector: str) -> str:
    """The name for a command that is shown; what could not be one is not repeated there."""
    return connector if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", connector) else "NAME"


def _shared_connector(layers: Sequence[Layer]) -> str:
    """The connector that baseline and profiles choose; empty without."""
    chosen = [layer.values.get("connector") for layer in layers if layer.is_shared]
    return next((one for one in reversed(chosen) if isinstance(one, str)), "")


def _is_served(needed: str, served: str) -> bool:
    """Whether a capability version serves a need: the same major, and no smaller minor version."""
    versions = [re.fullmatch(r"(\d+)\.(\d+)", version) for version in (needed, served)]
    if versions[0] is None or versions[1] is None:
        return not served or needed == served
    (major, minor), (served_major, served_minor) = (tuple(map(int, one.groups())) for one in versions if one)
    return major == served_major and minor <= served_minor
