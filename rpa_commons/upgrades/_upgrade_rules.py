"""Rules between settings that a new version has and the old one had not.

Rules this module keeps: a rule is the same when only the names of its keys, or of the values at which it
counts, changed; a key is named as it is written, with the tables it stands in.

Usage::

    [change.text for change in rule_changes(old_view, new_view, operations_of(new))]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rpa_commons.config.findings import KeyPath, format_key, lookup, parse_key, show
from rpa_commons.config.migrations import Operation, final_path, migrate
from rpa_commons.config.schema import SchemaView

from ._upgrade_kinds import UpgradeChange

__all__ = ["rule_changes"]

_DEEPEST = 8  # tables inside each other that are looked into


@dataclass(frozen=True)
class _Rule:
    """A rule with its keys in full."""

    name: str
    keys: tuple[str, ...]
    when: tuple[str, ...]
    because: str = ""

    @property
    def sense(self) -> tuple[object, ...]:
        """What it asks for; the reason is for people."""
        return self.name, self.keys, self.when


def rule_changes(
    old: SchemaView, new: SchemaView, operations: Sequence[Operation]
) -> Iterator[UpgradeChange]:
    """A change for each rule that is new."""
    known = {rule.sense for rule in _rules(old, (), operations)}
    for rule in _rules(new, (), ()):
        if rule.sense not in known:
            because = f": {rule.because}" if rule.because else ""
            text = f"a new rule between them, {rule.name.replace('_', ' ')}{because}"
            yield UpgradeChange("tightened", ", ".join(rule.keys), text)


def _rules(view: SchemaView, table: KeyPath, operations: Sequence[Operation]) -> Iterator[_Rule]:
    """The rules of a table and of those in it, as the operations call their keys and values."""
    for node in view.at(table):
        for raw in node.get("rules", ()):
            if isinstance(raw, Mapping):
                yield _rule(raw, table, operations)
    if len(table) < _DEEPEST:
        for key in view.keys(table):
            if not view.is_single((*table, key)):
                yield from _rules(view, (*table, key), operations)


def _rule(raw: Mapping[str, Any], table: KeyPath, operations: Sequence[Operation]) -> _Rule:
    paths = [(*map(str, table), *_path(key)) for key in raw.get("keys", ())]
    keys = tuple(format_key(final_path(path, operations)) for path in paths)
    when = raw.get("when", ())
    values = when if isinstance(when, list) else [when]
    named = tuple(show(_as_new(value, paths[0], operations)) for value in values) if paths and when else ()
    return _Rule(str(raw.get("rule", "rule")), keys, named, str(raw.get("because", "")))


def _path(key: object) -> tuple[str, ...]:
    try:
        return parse_key(str(key))
    except ValueError:
        return (str(key),)


def _as_new(value: Any, path: tuple[str, ...], operations: Sequence[Operation]) -> Any:  # noqa: ANN401 - any JSON value
    tree: Any = value
    for part in reversed(path):
        tree = {part: tree}
    try:
        return lookup(migrate(tree, operations).values, final_path(path, operations))
    except KeyError:
        return value
