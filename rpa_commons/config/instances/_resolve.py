"""Layers -> one bot instance.

Rules this module keeps: it reads the municipality's and the baseline's files and nothing else, never fetches
and never imports a bot; the settings are checked against the manifest's schema, which is all the host knows;
every finding is collected before anything is raised.

Usage::

    instance = resolve_instance(
        roskilde, "welcome-letters", manifest_of, connectors=catalogue(), overrides=["window_days=7"]
    )
    str(instance.origin("window_days"))  # "--set"
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Document
from rpa_commons.config.findings import (
    HIDDEN,
    ConfigError,
    Finding,
    KeyPath,
    config_error,
    format_key,
    guess,
    in_order,
    show,
    walk,
)
from rpa_commons.config.layers import (
    AppliedPolicy,
    ConnectorEntry,
    Layer,
    Override,
    PolicySet,
    Section,
    add_defaults,
    copied,
    instance_schema,
    kept_section,
    parse_overrides,
)
from rpa_commons.config.municipality import (
    MunicipalityFolder,
    hook_of,
    identity_findings,
    letter_folders_of,
    profiles_of,
)
from rpa_commons.config.policies import local_today, policy_findings, policy_set
from rpa_commons.config.schema import Problem, SchemaView, facts_of, shared_view
from rpa_commons.config.stack import BindingSection, LayerFiles, stack_of
from rpa_commons.config.table_files import has_table_folders
from rpa_commons.manifest import Manifest

from ._one_help import with_one_help
from ._resolved import ResolvedInstance

__all__ = ["Examination", "examine_instance", "resolve_instance"]

ManifestOf = Callable[[str], Manifest]

_INSTANCE_NAME = re.compile(r"[^\W_][\w-]{0,62}")
_BOT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_IDENTITY = frozenset({"bot", "id"})
_SHARED_KEYS = frozenset({"settings", "mask_personal_numbers"})
_OWN_KEYS = _SHARED_KEYS | _IDENTITY | {"owner", "deputy", "start_from"}
_ANY_SETTINGS = {"type": "object", "personal": True}  # of an unknown bot nothing is known: all is hidden


@dataclass(frozen=True)
class Examination:
    """What could be made of an instance, right or wrong.

    Attributes:
        instance: The resolved instance; ``None`` when there are findings that are no warnings, or when it was
            not wanted.
        sections: What can be explained even so.
        findings: Everything that is wrong, and every warning.
    """

    instance: ResolvedInstance | None
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...]


def resolve_instance(
    municipality: MunicipalityFolder,
    name: str,
    manifest_of: ManifestOf,
    *,
    connectors: Mapping[str, ConnectorEntry],
    overrides: Sequence[str] = (),
    today: date | None = None,
) -> ResolvedInstance:
    """Resolve one bot instance through all layers.

    Args:
        municipality: Whose it is.
        name: The instance: the stem of its file in ``bots/``.
        manifest_of: Gives the manifest of a bot by name; may raise an error of its own.
        connectors: The connectors there are, by name.
        overrides: ``KEY=VALUE`` for this run, see :mod:`rpa_commons.config`.
        today: The day on which waivers and decision tables are asked; without, the local date.

    Raises:
        ConfigError: something is wrong; it holds every finding.
        OverrideError: an override cannot be read.
    """
    examination = examine_instance(
        municipality, name, manifest_of, connectors=connectors, overrides=overrides, today=today
    )
    if examination.instance is None:
        raise config_error(examination.findings)
    return examination.instance


def examine_instance(
    municipality: MunicipalityFolder,
    name: str,
    manifest_of: ManifestOf,
    *,
    connectors: Mapping[str, ConnectorEntry],
    overrides: Sequence[str] = (),
    today: date | None = None,
    wants_instance: bool = True,
) -> Examination:
    """As :func:`resolve_instance`, but findings come beside what can be explained in spite of them.

    Without ``wants_instance`` none is made, also where nothing is wrong: for whoever asks only whether
    anything is.

    Raises:
        ConfigError: there is no readable file for this instance, so nothing can be said.
        RpaCommonsError: ``manifest_of`` raised it, and nothing else is wrong.
        OverrideError: an override cannot be read.
    """
    today = today or local_today()
    given = parse_overrides(overrides)
    resolving = _Resolving(municipality, name, manifest_of, connectors, given, today)
    return resolving.examine(wants_instance=wants_instance)


class _Resolving:
    """One resolution: gathers sections, then findings, then the instance."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        name: str,
        manifest_of: ManifestOf,
        connectors: Mapping[str, ConnectorEntry],
        overrides: tuple[Override, ...],
        today: date,
    ) -> None:
        self._municipality = municipality
        self._name = name
        self._manifest_of = manifest_of
        self._connectors = connectors
        self._overrides = overrides
        self._today = today
        self._findings: list[Finding] = []

    def examine(self, *, wants_instance: bool) -> Examination:
        own = self._own_document()
        self._findings += identity_findings(self._municipality, self._name, own)
        bot = self._bot(own)
        manifest, missing = self._manifest(bot)
        policies = policy_set(self._municipality, bot, self._today)
        self._findings += policies.findings
        section = self._instance_section(own, bot, manifest, policies)
        bindings = self._bindings(manifest, policies) if manifest else []
        hook, hook_findings = hook_of(self._municipality, self._name, bot)
        self._findings += hook_findings
        sections = (section, *(binding.section for binding in bindings))
        findings = in_order(tuple(with_one_help(self._findings)))
        wrong = any(not one.is_warning for one in findings)
        if missing is not None and not wrong:
            raise missing
        if wrong or manifest is None or not wants_instance:
            return Examination(None, sections, findings)
        instance = self._instance(sections, bindings, manifest, hook, findings)
        return Examination(instance, sections, findings)

    def _own_document(self) -> Document:
        known = self._municipality.instances()
        name = f"bots/{self._name}.toml"
        path = self._municipality.folder / name
        if not _INSTANCE_NAME.fullmatch(self._name):
            message = f"{self._name!r} cannot be the name of a bot instance"
            stem = PurePath(self._name).name.removesuffix(".toml")
            rule = "a name has letters, digits, hyphens and underscores, a letter or digit first"
            advice = f"did you mean {stem}?" if stem in known else rule
            raise ConfigError([Finding("E103", "", message, self._municipality.folder / "bots", help=advice)])
        remedy = ""
        if self._name not in known:
            meant = guess(self._name, known)
            choice = f"the bot instances are {', '.join(known)}" if known else "there is no bot instance yet"
            remedy = f"did you mean {meant}?" if meant else choice
        return self._municipality.reader.document(
            path, root=self._municipality.folder, name=name, remedy=remedy
        )

    def _bot(self, own: Document) -> str:
        """The bot's name; empty when the file names none that can be looked up."""
        bot = own.values.get("bot")
        if not isinstance(bot, str):
            return ""  # the schema says what is wrong
        if _BOT_NAME.fullmatch(bot):
            return bot
        line = own.line_of(("bot",))
        text = own.quote(line, lambda path: path[0] == "settings")
        message = f"{show(bot)} cannot be the name of a bot"
        advice = "small letters, digits and hyphens, as its wheel is called"
        self._findings.append(Finding("E202", "instance.bot", message, own.path, line, text, help=advice))
        return ""

    def _manifest(self, bot: str) -> tuple[Manifest | None, RpaCommonsError | None]:
        """The bot's manifest; or why there is none, which is said when nothing else is wrong."""
        try:
            return (self._manifest_of(bot) if bot else None), None
        except RpaCommonsError as error:
            return None, error

    def _instance_section(
        self, own: Document, bot: str, manifest: Manifest | None, policies: PolicySet
    ) -> Section:
        profiles, _ = profiles_of(self._municipality)  # what is wrong with them is said with the stack
        files = LayerFiles(self._municipality, profiles)
        read = files.layers(f"bots/{bot}.toml" if bot else None, f"bots/{self._name}.toml")
        layers = [self._only(layer) for layer in read]
        for one in self._overrides:
            for layer in (one.layer_below("instance"), _settings_layer(one)):
                layers += [layer] if layer is not None else []
        if manifest is not None:
            layers = [self._migrated(layer, manifest) for layer in layers]
        view = shared_view(instance_schema, manifest.settings_schema if manifest else _ANY_SETTINGS)
        text = f"{manifest.name} {manifest.version} Settings" if manifest else "Settings"
        may_have = facts_of(view).has_tables or has_table_folders(self._municipality)
        if manifest is not None and may_have:
            layers = self._with_tables(layers, bot, view)
        home = next((one for one in layers if one.document and one.document.path == own.path), None)
        home = home or Layer("municipality", own.values, own)
        below = _with_defaults(view, layers, text)
        applied = policies.of_instance()
        if manifest is not None and manifest.migrations and applied:
            applied = self._followed(applied, view, manifest)
        section = Section(view, below, _name_of, home, applied)
        section, found = kept_section(self._municipality.reader, section, purpose=manifest)
        self._add(files.findings, found)
        if manifest is not None:
            self._findings += self._further(section)
        return section

    def _followed(
        self, policies: tuple[AppliedPolicy, ...], view: SchemaView, manifest: Manifest
    ) -> tuple[AppliedPolicy, ...]:
        from rpa_commons.config.migrations import migrated_policies

        followed, findings = migrated_policies(policies, view, manifest)
        self._findings += findings
        return followed

    def _with_tables(self, layers: Sequence[Layer], bot: str, view: SchemaView) -> list[Layer]:
        from rpa_commons.config.table_files import laid, table_layers

        tables, findings = table_layers(self._municipality, self._name, bot, view)
        self._findings += findings
        return laid(layers, tables)

    def _further(self, section: Section) -> Iterator[Finding]:
        """What is wrong though each value has its type: policies, tables, rules between keys."""
        facts = facts_of(section.view)
        if section.policies:
            yield from policy_findings(section)
        if facts.has_tables:
            from rpa_commons.config.table_files import table_findings

            yield from table_findings(section, self._today)
        if facts.has_rules:
            from rpa_commons.config.layers import rules_findings

            yield from rules_findings(section)

    def _migrated(self, layer: Layer, manifest: Manifest) -> Layer:
        if not manifest.migrations:
            return layer
        from rpa_commons.config.migrations import migrated_layer

        layer, findings = migrated_layer(layer, manifest, instance=self._name)
        self._findings += findings
        return layer

    def _add(self, in_files: Sequence[Finding], found: Iterable[Finding]) -> None:
        """Keep findings; what an unreadable file may hold is not called missing beside it."""
        self._findings += in_files
        self._findings += (one for one in found if not in_files or one.code not in {"E102", "E601"})

    def _only(self, layer: Layer) -> Layer:
        """The layer without keys that only the municipality's own file may hold, a finding for each."""
        allowed = _OWN_KEYS - _IDENTITY if not layer.is_shared else _SHARED_KEYS
        if layer.name == "municipality":
            return layer
        wrong = [key for key in layer.values if key in _OWN_KEYS and key not in allowed]
        for key in wrong:
            section = Section(SchemaView(instance_schema(_ANY_SETTINGS)), (layer,), _name_of)
            advice = f"it belongs into bots/{self._name}.toml of the municipality"
            problem = Problem("E101", (key,), f"the {layer.name} cannot say this", advice)
            self._findings.append(section.finding(problem, layer))
        for key in wrong:
            layer = layer.without(key)
        return layer

    def _bindings(self, manifest: Manifest, policies: PolicySet) -> list[BindingSection]:
        stack, in_files = stack_of(self._municipality, self._connectors, self._overrides, policies)
        entries = {entry.name: entry for entry in manifest.capabilities}.values()
        found = [stack.bind(entry, manifest) for entry in entries]
        self._add(in_files, stack.stray_overrides(manifest))
        for one in found:
            self._add(in_files, [one] if isinstance(one, Finding) else one.findings())
        return [one for one in found if not isinstance(one, Finding)]

    def _instance(
        self,
        sections: tuple[Section, ...],
        bindings: list[BindingSection],
        manifest: Manifest,
        hook: Path | None,
        findings: tuple[Finding, ...],
    ) -> ResolvedInstance:
        values = sections[0].values
        start_from = values.get("start_from")
        return ResolvedInstance(
            name=self._name,
            id=values["id"].lower(),
            bot=values["bot"],
            owner=values.get("owner", ""),
            deputy=values.get("deputy", ""),
            mask_personal_numbers=values["mask_personal_numbers"],
            start_from=date.fromisoformat(start_from) if start_from else None,
            manifest=manifest,
            settings=copied(values.get("settings", {})),
            bindings={binding.capability: binding.binding() for binding in bindings},
            overrides=tuple(_logged(one, sections) for one in self._overrides),
            environment=self._municipality.environment,
            code=self._municipality.code,
            hook=hook,
            letter_folders=letter_folders_of(self._municipality, self._name, values["bot"]),
            sections=sections,
            warnings=findings,
        )


def _with_defaults(view: SchemaView, layers: Sequence[Layer], text: str) -> tuple[Layer, ...]:
    """The layers with the defaults below them: the bot's settings are its author's, the rest is ours."""
    default, *given = add_defaults(view, layers, "bot default", text)
    ours = Layer("default", default.without("settings").values, text="rpa-commons")
    settings = {key: value for key, value in default.values.items() if key == "settings"}
    return (ours, Layer(default.name, settings, text=text), *given)


def _settings_layer(override: Override) -> Layer | None:
    layer = override.layer_below("settings")
    return replace(layer, values={"settings": layer.values}) if layer is not None else None


def _name_of(path: KeyPath) -> str:
    if path[:1] == ("settings",):
        return format_key(path[1:]) or "settings"
    return format_key(("instance", *path))


def _logged(override: Override, sections: Sequence[Section]) -> str:
    """An override as it may be logged: the value only where the schema knows it and shows it."""
    path, value = override.path, override.value
    if path[0] == "stack":
        found = [one for one in sections if one.name_of(()) == format_key(path[:2])]
        section, below = (found[0] if found else None), path[2:]
    else:
        section, below = sections[0], path[1:] if path[0] == "instance" else path
    hidden = section is None or any(section.is_hidden(below[:length]) for length in range(1, len(below) + 1))
    inner = section is not None and any(section.is_hidden((*below, *deep)) for deep, _ in walk(value))
    key = format_key(path[1:] if path[0] == "settings" else path)
    return f"{key}={HIDDEN if hidden or inner else show(value)}"
