"""The configuration as it is, and as it would be with one file changed: explained, and what is wrong with it.

Rules this module keeps: the changed text is never on disk, a reader lays it over the file; every environment
that has files of its own is looked at, since a value that is right in a test may not be in production; what
depends on this machine (a secret's variable) or on people (a confirmation) refuses no change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Document, OverlayReader, Reader, parse_document
from rpa_commons.config.findings import ConfigError, Finding, KeyPath, format_key, lookup
from rpa_commons.config.instances import check_municipality, examine_instance
from rpa_commons.config.layers import (
    ENVIRONMENTS,
    ConnectorEntry,
    ExplainedValue,
    Layer,
    Section,
    add_defaults,
    explain_section,
    instance_schema,
)
from rpa_commons.config.municipality import MunicipalityFolder, open_municipality
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._edit_target import INSTANCE, MUNICIPALITY, STACK, Target, municipality_view, stack_view
from ._effective import Effective, connector_of, effective_letters, effective_values, stack_section

__all__ = ["State", "before_and_after"]

_NOT_OF_THE_FILE = frozenset({"E402", "E304"})  # of this machine, and of people
_ANY = {"type": "object", "personal": True}

ManifestsOf = Callable[[MunicipalityFolder], Callable[[str], Manifest]]


@dataclass(frozen=True)
class State:
    """The configuration with the target's file as it is, or with another text in its place."""

    folder: Path
    target: Target
    manifests_of: ManifestsOf
    connectors: Mapping[str, ConnectorEntry]
    chosen: str | None
    changed: str | None = None

    def with_text(self, text: str) -> "State":
        """The same with another text in the target's file."""
        return replace(self, changed=text)

    @cached_property
    def text(self) -> str:
        """The file's text with its byte order mark and line ends; empty when there is no file.

        Raises:
            ConfigError: it cannot be read, or is no TOML document.
        """
        if self.changed is not None:
            return self.changed
        found = Reader().optional(self.target.file, root=self.folder, name=self.target.name)
        return self.target.file.read_bytes().decode("utf-8") if found is not None else ""

    @property
    def tree(self) -> dict[str, Any]:
        """The file's values."""
        return self._document.values

    @cached_property
    def environment(self) -> str:
        """The environment that is looked at."""
        if self.target.environment or self.chosen:
            return self.target.environment or str(self.chosen)
        opened = self._opened(None)
        return opened.environment if isinstance(opened, MunicipalityFolder) else ENVIRONMENTS[0]

    def findings(self) -> dict[str, tuple[Finding, ...]]:
        """What is wrong, by environment; nothing that depends on this machine or on people.

        Raises:
            RpaCommonsError: the instance's bot is not installed, so its settings cannot be checked.
        """
        return {environment: self._findings(environment) for environment in self._environments()}

    def other_environments(self) -> tuple[str, ...]:
        """Those besides the one that is looked at which have files of their own."""
        return tuple(one for one in self._environments() if one != self.environment)

    def effective(self, environment: str) -> Effective | None:
        """Every value that holds in an environment; ``None`` where the folder cannot be opened."""
        opened = self._opened(environment)
        if isinstance(opened, ConfigError):
            return None
        return effective_values(opened, self.manifests_of(opened), self.connectors)

    def letters(self) -> dict[tuple[str, str], str] | None:
        """Which file each letter's words come from, where it is not the bot; ``None`` as above."""
        opened = self._opened(self.environment)
        return None if isinstance(opened, ConfigError) else effective_letters(opened)

    def explained(self) -> tuple[ExplainedValue, ...]:
        """The target's key, or every key of the table it names; none when it is unknown."""
        key = self.target.key
        found = [one for section in self._sections for one in explain_section(section)]
        return tuple(one for one in found if one.key == key or one.key.startswith((f"{key}.", f"{key}[")))

    def view_of_key(self, typed: str = "") -> tuple[SchemaView, tuple[str, ...]]:
        """The schema that speaks of the target's key, and the key's path in it."""
        path = self.target.path
        if self.target.kind == MUNICIPALITY:
            return municipality_view(), path
        if self.target.kind == STACK:
            is_choice = path[1:] == ("connector",)
            return stack_view(typed if is_choice else self._connector(path[0]), self.connectors), path[1:]
        return self._instance_view, path

    def hidden_in(self, path: KeyPath) -> bool:
        """Whether the value at a path of the file may not be shown."""
        if self.target.kind == MUNICIPALITY:
            return municipality_view().is_hidden(path, self.tree)
        if self.target.kind == STACK:
            if path[0] == "profiles":
                return False
            table = self.tree.get(str(path[0]), {})
            view = stack_view(self._connector(str(path[0])), self.connectors)
            return len(path) > 1 and view.is_hidden(path[1:], table)
        return self._instance_view.is_hidden(path, self.tree)

    def says_in(self, environment: str) -> str:
        """Where another environment's file says the target's key; empty when it does not."""
        name = f"environments/{environment}/{self.target.file_of_other}"
        try:
            document = Reader().optional(self.folder / name, root=self.folder, name=name)
            if document is None:
                return ""
            lookup(document.values, self.target.path)
        except (ConfigError, KeyError):
            return ""
        return f"{name}:{document.line_of(self.target.path)}"

    @cached_property
    def _document(self) -> Document:
        return parse_document(self.target.file, self.target.name, self.text.encode())

    def _reader(self) -> Reader:
        is_new = self.changed is not None
        return OverlayReader({self.target.file: self.text}) if is_new else Reader()

    def _opened(self, environment: str | None) -> "MunicipalityFolder | ConfigError":
        try:
            return open_municipality(self.folder, environment=environment, reader=self._reader())
        except ConfigError as error:
            if self.target.kind != MUNICIPALITY:
                raise  # what is wrong with municipality.toml is mended first
            return error

    def _environments(self) -> tuple[str, ...]:
        if self.target.environment:
            return (self.target.environment,)
        own = (one for one in ENVIRONMENTS if (self.folder / "environments" / one).is_dir())
        return tuple(dict.fromkeys((self.environment, *own)))

    def _findings(self, environment: str) -> tuple[Finding, ...]:
        opened = self._opened(environment)
        if isinstance(opened, ConfigError):
            return opened.findings
        names = (self.target.instance,) if self.target.kind == INSTANCE else ()
        checked = check_municipality(
            opened, self.manifests_of(opened), connectors=self.connectors, names=names
        )
        missing = checked.errors.get(self.target.instance)
        if missing is not None and self.target.path[0] == "settings":
            raise missing
        # A table that no bot asks for yet may be filled key by key.
        empty = tuple(f"stack.{one.capability}." for one in checked.unasked)
        found = (one for one in checked.findings if one.code not in _NOT_OF_THE_FILE)
        return tuple(one for one in found if one.code != "E102" or not one.key.startswith(empty))

    @cached_property
    def _sections(self) -> tuple[Section, ...]:
        opened = self._opened(self.environment)
        if self.target.kind == MUNICIPALITY:
            view, layer = municipality_view(), Layer("municipality", self.tree, self._document)
            layers = add_defaults(view, (layer,), "default", "rpa-commons")
            return (Section(view, layers, lambda path: format_key(("municipality", *path)), layer),)
        if isinstance(opened, ConfigError):
            return ()
        if self.target.kind == STACK:
            section = stack_section(opened, str(self.target.path[0]), self.connectors)
            return () if section is None else (section,)
        try:
            return examine_instance(
                opened, self.target.instance, self.manifests_of(opened), connectors=self.connectors
            ).sections
        except ConfigError:
            raise
        except RpaCommonsError:  # the bot is not installed: only its own keys can be looked at
            return ()

    def _connector(self, capability: str) -> object:
        """The connector that all layers together name for a capability."""
        opened = self._opened(self.environment)
        return None if isinstance(opened, ConfigError) else connector_of(opened, capability, self.connectors)

    @cached_property
    def _instance_view(self) -> SchemaView:
        return self._sections[0].view if self._sections else SchemaView(instance_schema(_ANY))


def before_and_after(before: State, after: State) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What a change breaks anywhere, and what was broken before in the environment that is looked at.

    Errors only.

    A finding about the very key in the very file hinders even when it was there before.
    """
    old = {(environment, *_what(one)) for environment, found in before.findings().items() for one in found}
    new: list[Finding] = []
    remaining: list[Finding] = []
    for environment, found in after.findings().items():
        for one in found:
            is_own = one.file == after.target.file and one.key == after.target.key
            if one.is_warning:
                continue
            hinders = is_own or (environment, *_what(one)) not in old
            if hinders:
                new.append(one)
            elif environment == after.environment:  # another environment's troubles are no news here
                remaining.append(one)
    return tuple(dict.fromkeys(new)), tuple(dict.fromkeys(remaining))


def _what(one: Finding) -> tuple[object, ...]:
    """A finding without its line, which a change may move."""
    return one.code, one.key, one.file, one.message
