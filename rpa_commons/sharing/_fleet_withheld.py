"""What a member withheld, as a fleet check meets it: such a value counts as given and right."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config.findings import Finding, KeyPath, format_key, parse_key
from rpa_commons.config.migrations import OperationError, operations_of
from rpa_commons.manifest import Manifest

from ._members import Member
from ._published import PublishedInfo

__all__ = ["Withheld", "renamed", "without_rules", "words_of_rule"]

_SETTINGS = "settings"
_OPEN = frozenset(
    {"E102", "E203", "E601", "E801", "E802", "E803", "E804", "E805"}
)  # findings that may only mean: the value is not to be seen

_OF_VALUES = frozenset({"E201", "E202", "E301", "E302"})


@dataclass(frozen=True)
class Withheld:
    """The keys of one bot instance that were withheld.

    Attributes:
        names: As findings call them.
        words: Their last parts, for the rules that name them.
        everything: Whether all of its settings were withheld.
        settings: The withheld settings, as the member's files call them.
        folder: The member's.
    """

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    everything: bool = False
    settings: tuple[KeyPath, ...] = ()
    folder: Path | None = None

    @classmethod
    def of(cls, member: Member, name: str, manifest: Manifest) -> "Withheld":
        """What a member withheld of an instance and of its stack, by the names of a version of the bot."""
        if member.info is None:
            return cls()
        names: set[str] = set()
        words: set[str] = set()
        everything = False
        settings: dict[KeyPath, None] = {}
        for file in _files(member.info, name, manifest.name):
            for path in _paths(member.withheld(file)):
                everything = everything or path == (_SETTINGS,)
                called = [path[1:], *renamed(path[1:], manifest)] if path[0] == _SETTINGS else []
                settings.update(dict.fromkeys(called[:1]))
                words.update(str(one[-1]) for one in called if one)
                names.update(format_key(one) or _SETTINGS for one in called)
                if path[0] != _SETTINGS:
                    names.add(format_key(("instance", *path)))
        for file in ("stack.toml", "environments/production/stack.toml"):
            names.update(format_key(("stack", *path)) for path in _paths(member.withheld(file)))
        own = tuple(path for path in settings if path)
        return cls(frozenset(names), frozenset(words), everything, own, member.folder)

    def covers(self, key: str) -> bool:
        """Whether a key, a table around it or something in it was withheld."""
        is_setting = not key.startswith(("stack.", "instance."))
        if self.everything and is_setting:
            return True
        return any(key == one or _is_below(key, one) or _is_below(one, key) for one in self.names)

    def explains(self, finding: Finding) -> bool:
        """Whether a finding may only mean that the value is not to be seen."""
        if not self.names:
            return False
        if finding.code in _OF_VALUES:
            return self._overrides(finding)
        if finding.code not in _OPEN:
            return False
        if finding.code == "E203" and finding.key.startswith("stack."):
            table = ".".join(finding.key.split(".")[:2])
            return any(_is_below(one, table) for one in self.names)
        return self.covers(finding.key)

    def _overrides(self, finding: Finding) -> bool:
        """Whether a value of the default or the baseline is meant, and the member's own is not to be seen."""
        folder, file = self.folder, finding.file
        is_own = file is not None and folder is not None and file.is_relative_to(folder)
        return not is_own and any(finding.key == one or _is_below(finding.key, one) for one in self.names)


def without_rules(manifest: Manifest, words: frozenset[str]) -> Manifest:
    """The manifest without the rules between keys that name one of the words."""
    schema: dict[str, Any] = _without(manifest.settings_schema, words)
    if "required" in schema:  # saves looking for what is missing, since it is given
        schema["required"] = [key for key in schema["required"] if key not in words]
    return manifest.model_copy(update={"settings_schema": schema})


def _without(node: Any, words: frozenset[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, Mapping):
        kept = {key: _without(value, words) for key, value in node.items()}
        if isinstance(node.get("properties"), Mapping) and isinstance(node.get("rules"), list | tuple):
            kept["rules"] = [rule for rule in node["rules"] if not words & words_of_rule(rule)]
        return kept
    if isinstance(node, list | tuple):
        return [_without(one, words) for one in node]
    return node


def _files(info: PublishedInfo, name: str, bot: str) -> list[str]:
    """The files that say something of an instance."""
    tables = tuple(
        f"{below}tables/{stem}/" for below in ("", "environments/production/") for stem in (name, bot)
    )
    own = [f"bots/{name}.toml", f"environments/production/bots/{name}.toml"]
    return [*own, *(file for file in info.withheld if file.startswith(tables))]


def words_of_rule(rule: Any) -> set[str]:  # noqa: ANN401 - JSON
    """Every key that a rule names, and its parts."""
    keys = rule.get("keys", ()) if isinstance(rule, Mapping) else ()
    return {part for key in keys if isinstance(key, str) for part in key.split(".")}


def renamed(path: KeyPath, manifest: Manifest) -> list[KeyPath]:
    """What a withheld key, or those in a withheld table, are called in a newer version."""
    try:
        operations = operations_of(manifest)
    except OperationError:
        return []
    found: list[KeyPath] = []
    for one in operations:
        for here in (path, *found):
            if one.kind != "rename":
                continue
            if here and here[: len(one.path)] == one.path:
                found.append((*one.to, *here[len(one.path) :]))
            elif one.path[: len(here)] == here:
                found.append(one.to)
    return list(dict.fromkeys(found))


def _paths(names: set[str]) -> list[tuple[str, ...]]:
    found = []
    for name in sorted(names):
        try:
            found.append(parse_key(name))
        except (ValueError, RecursionError):
            continue
    return found


def _is_below(key: str, table: str) -> bool:
    return key.startswith((f"{table}.", f"{table}["))
