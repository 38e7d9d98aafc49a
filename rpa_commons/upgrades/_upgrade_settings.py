"""What differs between the settings of two versions of a bot, from their schemas and migrations alone.

Rules this module keeps: what the old version says is read as the migrations leave it, so that a renamed value
is no lost one and 72 hours are 3 days; what forbids something is told apart from what allows more.

Usage::

    [change.text for change in settings_changes(old, new) if change.kind == "tightened"]
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rpa_commons.config.findings import KeyPath, format_key, lookup, show
from rpa_commons.config.layers import value_without_places
from rpa_commons.config.migrations import Operation, migrate, operations_of, same
from rpa_commons.config.schema import SchemaView, bounds_text, type_text
from rpa_commons.manifest import Manifest

from ._upgrade_kinds import UpgradeChange
from ._upgrade_rules import rule_changes

__all__ = ["settings_changes"]

_MOST_ROWS = 12  # rows of a table that are named one by one
_NUMBERS = frozenset({"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"})
_DEEPEST = 8  # tables inside each other that are compared key by key


def settings_changes(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    """Every change of the settings.

    Raises:
        BrokenSchemaError: the new version's migrations are of no known form.
    """
    before, after = SchemaView(old.settings_schema), SchemaView(new.settings_schema)
    operations = operations_of(new)
    arrived: set[KeyPath] = set()
    for path in _leaves(before, ()):
        there, gone = _moved(path, operations)
        if gone is None and there == path and not after.knows(path):
            yield UpgradeChange("removed", format_key(path), "gone", path, _is_sensitive(before, path))
        elif gone is not None:
            text = f"gone since {gone.version}: {gone.because}"
            yield UpgradeChange("removed", format_key(path), text, path, _is_sensitive(before, path))
        else:
            arrived.add(there)
            yield from _Setting(before, path, after, there, operations).changes()
    for path in _leaves(after, ()):
        if path not in arrived and not before.knows(path):
            yield _new_setting(after, path)
    yield from rule_changes(before, after, operations)


def _leaves(view: SchemaView, path: KeyPath) -> Iterator[KeyPath]:
    for key in view.keys(path):
        here = (*path, key)
        if view.keys(here) and not view.is_single(here) and len(here) < _DEEPEST:
            yield from _leaves(view, here)
        else:
            yield here


def _moved(path: KeyPath, operations: Sequence[Operation]) -> tuple[KeyPath, Operation | None]:
    """Where a setting is in the new version, or the operation that takes it out."""
    here = tuple(map(str, path))
    for position, one in enumerate(operations):
        if one.kind == "remove" and here[: len(one.path)] == one.path:
            return here, one
        if one.kind == "rename" and here[: len(one.path)] == one.path:
            moved = one.to + here[len(one.path) :]
            return _moved(moved, operations[position + 1 :])
    return here, None


def _is_sensitive(view: SchemaView, path: KeyPath) -> bool:
    return view.note(path, "sensitive") is True


def _new_setting(view: SchemaView, path: KeyPath) -> UpgradeChange:
    key, sensitive = format_key(path), _is_sensitive(view, path)
    kind = type_text(view.at(path))
    if _is_required(view, path):
        text = f"new, and every municipality must say: {kind}"
        return UpgradeChange("required", key, text, path, sensitive)
    default = _default(view, path)
    return UpgradeChange("new", key, f"new: {kind}, {_default_text(default)} unless set", path, sensitive)


def _is_required(view: SchemaView, path: KeyPath) -> bool:
    """Whether a setting must be said wherever the tables around it are there."""
    return any(path[-1] in node.get("required", ()) for node in view.at(path[:-1]))


def _default(view: SchemaView, path: KeyPath) -> Any:  # noqa: ANN401 - any JSON value
    """The default of a setting, its own or the one inside a table's; ``None`` without."""
    for node in view.at(path):
        if "default" in node:
            return node["default"]
    for length in range(len(path) - 1, 0, -1):
        for node in view.at(path[:length]):
            value = node.get("default")
            for part in path[length:]:
                value = value.get(part) if isinstance(value, Mapping) else None
            if value is not None:
                return value
    return None


def _default_text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return "nothing" if value is None else show(value)


_Nodes = Sequence[Mapping[str, Any]]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


class _Setting:
    """One setting in both versions; what the old one says is read as a migration would leave it."""

    def __init__(
        self, old: SchemaView, path: KeyPath, new: SchemaView, there: KeyPath, operations: Sequence[Operation]
    ) -> None:
        self._old, self._path, self._new, self._there = old, path, new, there
        self._operations = operations
        self._less: list[str] = []
        self._more: list[str] = []

    def changes(self) -> Iterator[UpgradeChange]:
        """What is another about it."""
        key = format_key(self._there)
        sensitive = _is_sensitive(self._new, self._there) or _is_sensitive(self._old, self._path)
        made = UpgradeChange("renamed", key, "; ".join(self._names()), self._path, sensitive)
        if made.text:
            yield made
        needed = _is_required(self._new, self._there)
        if needed and not _is_required(self._old, self._path):
            yield replace(made, kind="required", text="every municipality must say it now", path=self._there)
        self._compare()
        if self._less:
            yield replace(made, kind="tightened", text="; ".join(self._less))
        if self._more:
            yield replace(made, kind="loosened", text="; ".join(self._more))
        if not needed:
            yield from (replace(made, kind="default", text=text) for text in self._default_change())

    def _default_change(self) -> Iterator[str]:
        was, now = _default(self._old, self._path), _default(self._new, self._there)
        units = [str(one.note(path, "unit") or "") for one, path in self._places()]
        if not self._can_follow(was):  # nobody could write it in the new unit
            yield f"{_default_text(was)} {units[0]} -> {_default_text(now)} {units[1]}".rstrip()
            return
        was, now = (value_without_places(self._new, self._there, one) for one in (self._as_new(was), now))
        if same(was, now):
            return
        if _is_rows(was) and _is_rows(now):
            yield from _row_changes(was, now)
        else:
            yield f"{_default_text(was)} -> {_default_text(now)} {units[1]}".rstrip()

    def _places(self) -> tuple[tuple[SchemaView, KeyPath], tuple[SchemaView, KeyPath]]:
        return (self._old, self._path), (self._new, self._there)

    def _can_follow(self, value: Any) -> bool:  # noqa: ANN401 - any JSON value
        done = migrate(_tree(self._path, value), self._operations)
        return not any(one.trouble for one in done.steps)

    def _names(self) -> Iterator[str]:
        """The old names of the setting and of its values."""
        if self._there != self._path:
            yield f"{format_key(self._path)} is called {format_key(self._there)}"
        for one in self._operations:
            if one.kind == "scale" and one.path == self._path:
                yield f"it is counted otherwise, times {one.factor}"
        for part in ((), (0,)):
            for one in _options(self._old.at((*self._path, *part))) or ():
                if not same(one, self._as_new(one)):
                    yield f"{show(one)} is called {show(self._as_new(one))}"

    def _as_new(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """A value of the old setting as the migrations read it; itself where they do not touch it."""
        done = migrate(_tree(self._path, value), self._operations)
        try:
            return lookup(done.values, self._there)
        except KeyError:
            return value

    def _compare(self) -> None:
        for part in ((), (0,)):  # the setting itself, and the items where it is a list
            old, new = self._old.at((*self._path, *part)), self._new.at((*self._there, *part))
            self._compare_types(old, new)
            for name in (*_LOWER, *_UPPER):
                self._compare_limit(name, self._scaled(name, _limit(old, name)), _limit(new, name))
            for name in ("pattern", "multipleOf"):
                was, now = _limit(old, name), _limit(new, name)
                if was != now:
                    form = "of one form" if name == "pattern" else f"a multiple of {now or was}"
                    if now is None:
                        self._more.append(f"no longer {form}")
                    else:
                        self._less.append("of another form" if name == "pattern" and was else form)
        if _is_sensitive(self._new, self._there) and not _is_sensitive(self._old, self._path):
            self._less.append("a second person confirms it in production now")

    def _scaled(self, name: str, limit: Any) -> Any:  # noqa: ANN401 - any JSON value
        """A bound in the new unit; of whole numbers, the last one inside it: 90 days are at most 12 weeks."""
        if name not in _NUMBERS or isinstance(limit, bool) or not isinstance(limit, int | float):
            return limit
        here, whole = self._path, False
        exact = Fraction(Decimal(repr(limit)))
        for one in self._operations:
            if one.kind == "scale" and one.path == here:
                exact, whole = exact * one.factor, one.whole
            elif one.kind == "rename" and here[: len(one.path)] == one.path:
                here = one.to + here[len(one.path) :]
        if whole and exact.denominator != 1:
            return math.ceil(exact) if name in _LOWER else math.floor(exact)
        return exact.numerator if exact.denominator == 1 else float(exact)

    def _compare_limit(self, name: str, was: Any, now: Any) -> None:  # noqa: ANN401 - any JSON value
        if was == now:
            return
        tighter = was is None or (now is not None and ((now > was) == (name in _LOWER)))
        bound = bounds_text(({name: was if now is None else now},))
        text = f"no longer {bound}" if now is None else bound
        if was is not None and now is not None:
            text += f" (was {bounds_text(({name: was},))})"
        (self._less if tighter else self._more).append(text)

    def _compare_types(self, old: _Nodes, new: _Nodes) -> None:
        was, now = _options(old), _options(new)
        if was is not None and now is not None:
            before = [self._as_new(one) for one in was]
            self._less += [f"no longer {show(one)}" for one in before if one not in now]
            self._more += [f"also {show(one)}" for one in now if one not in before]
            return
        texts = type_text(tuple(old)), type_text(tuple(new))
        if texts[0] == texts[1]:
            return
        kinds, wanted = (set(text.split(" or ")) for text in texts)
        is_wider = kinds < wanted or (was is not None and now is None)
        (self._more if is_wider else self._less).append(f"{texts[1]} (was {texts[0]})")


def _tree(path: KeyPath, value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    for part in reversed(path):
        value = {str(part): value}
    tree: dict[str, Any] = value
    return tree


def _limit(nodes: _Nodes, name: str) -> Any:  # noqa: ANN401 - any JSON value
    return next((node[name] for node in nodes if name in node), None)


def _options(nodes: _Nodes) -> list[Any] | None:
    having = [node for node in nodes if "enum" in node or "const" in node]
    return [one for node in having for one in node.get("enum", [node.get("const")])] or None


def _is_rows(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _row_changes(was: Sequence[Any], now: Sequence[Any]) -> Iterator[str]:
    """The rows of a table that differ: in full, since where they differ may be their last word."""
    gone = [one for one in was if one not in now]
    come = [one for one in now if one not in was]
    if len(gone) + len(come) > _MOST_ROWS:
        yield f"{len(gone)} rows are gone and {len(come)} are new, of {len(now)}"
    elif gone or come:
        texts = [*(f"gone: {_row(one)}" for one in gone), *(f"new: {_row(one)}" for one in come)]
        yield "; ".join(texts)
    else:
        yield "the same rows in another order"


def _row(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A row, word by word: never shortened."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_row(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " or ".join(map(_row, value))
    return show(value)
