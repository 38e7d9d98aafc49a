"""What a migration does to a tree of values: pure, exact, and nothing the second time.

Rules this module keeps: an operation finds its old key or old value, or does nothing; what cannot be done
without losing something (both keys are there, a number does not come out even) is said and left out.

Usage::

    done = migrate({"window_days": 14}, operations_of(manifest))
    done.values  # {"look_back_days": 14}
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rpa_commons.config.findings import KeyPath, format_key, lookup, parse_key, show
from rpa_commons.config.schema import BrokenSchemaError, SchemaView
from rpa_commons.manifest import Manifest, MigrationEntry

__all__ = [
    "Migrated",
    "Operation",
    "OperationError",
    "Path",
    "Step",
    "final_path",
    "has",
    "migrate",
    "operations_of",
    "parse_operations",
    "same",
]

Path = tuple[str, ...]
_CHANGES = frozenset({"append", "remove"})  # what a list given as a table may hold


class OperationError(ValueError):
    """A migration in a manifest is not of a known form.

    Attributes:
        problem: What is wrong.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Operation:
    """One operation of a manifest, read.

    Attributes:
        version: The bot version that needs it.
        kind: ``rename``, ``remove``, ``replace`` or ``scale``.
        path: The setting it is about.
        to: Where it goes, for ``rename``.
        because: Why it is gone, for ``remove``.
        values: Old and new values, for ``replace``.
        factor: For ``scale``.
        whole: Whether a scaled number must come out whole, since the schema asks for a whole number.
    """

    version: str
    kind: str
    path: Path
    to: Path = ()
    because: str = ""
    values: tuple[tuple[Any, Any], ...] = ()
    factor: Fraction = Fraction(1)
    whole: bool = False

    def changed(self, value: Any) -> Any:  # noqa: ANN401 - any TOML value
        """What a ``replace`` or ``scale`` makes of a value that is no list.

        Raises:
            OperationError: a number does not come out as the schema wants it.
        """
        if self.kind == "scale":
            return self._scaled(value)
        return next((new for old, new in self.values if type(old) is type(value) and old == value), value)

    def _scaled(self, value: Any) -> Any:  # noqa: ANN401 - any TOML value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if isinstance(value, float) and not math.isfinite(value):
            raise OperationError(f"{value} cannot be scaled")
        exact = Fraction(Decimal(repr(value))) * self.factor
        if exact.denominator == 1 and (self.whole or isinstance(value, int)):
            return exact.numerator
        if self.whole:
            raise OperationError(f"times {self.factor} it is no whole number")
        try:
            result = float(exact)
        except OverflowError:
            raise OperationError(f"times {self.factor} it is too large") from None
        if Fraction(Decimal(repr(result))) != exact:
            raise OperationError(f"times {self.factor} it cannot be written exactly")
        return result


@dataclass(frozen=True)
class Step:
    """One operation that found something.

    Attributes:
        operation: Which.
        original: Where the setting stood before the first operation.
        trouble: Why it could not be carried out; empty when it was.
        old: The value before, for ``replace`` and ``scale``.
        new: The value after.
    """

    operation: Operation
    original: Path
    trouble: str = ""
    old: Any = None
    new: Any = None

    def text(self, *, hidden: bool) -> str:
        """What happened, in words; values only where they may be shown."""
        one, key = self.operation, format_key(self.original)
        since = f"since {one.version}"
        if self.trouble:
            return self.trouble
        if one.kind == "rename":
            return f"{key} is called {format_key(one.to)} {since}"
        if one.kind == "remove":
            return f"{key} is gone {since}: {one.because}"
        was, now = ("the value", "another") if hidden else (show(self.old), show(self.new))
        if one.kind == "scale":
            return f"{key} is counted otherwise {since}: {was} becomes {now}"
        return f"{was} is called {now} {since}"


@dataclass(frozen=True)
class Migrated:
    """A tree after its migrations: the values, and every step that found something."""

    values: dict[str, Any]
    steps: tuple[Step, ...]


def operations_of(manifest: Manifest) -> tuple[Operation, ...]:
    """Every operation of a manifest, oldest first.

    Raises:
        BrokenSchemaError: one is not of a known form; this host may be older than the wheel.
    """
    view = SchemaView(manifest.settings_schema)
    try:
        found = [one for entry in manifest.migrations for one in parse_operations(entry)]
    except OperationError as error:
        raise BrokenSchemaError(f"a migration of {manifest.name}: {error.problem}") from None
    return tuple(
        replace(one, whole=_wants_whole(view, final_path(one.path, found[position + 1 :])))
        for position, one in enumerate(found)
    )


def parse_operations(entry: MigrationEntry) -> tuple[Operation, ...]:
    """The operations of one migration.

    Raises:
        OperationError: one is not of a known form.
    """
    return tuple(_parse(entry.version, raw) for raw in entry.operations)


def _parse(version: str, raw: Mapping[str, Any]) -> Operation:
    shapes = {"rename": {"to"}, "remove": {"because"}, "replace": {"values"}, "scale": {"by"}}
    kind = raw.get("op")
    if not isinstance(kind, str) or kind not in shapes:
        raise OperationError(f"{show(kind)} is no operation: {', '.join(shapes)} are")
    if raw.keys() != {"op", "key"} | shapes[kind]:
        raise OperationError(f"{kind} takes key and {', '.join(shapes[kind])}, not {', '.join(sorted(raw))}")
    path = _path(raw["key"])
    if kind == "rename":
        to = _path(raw["to"])
        if path[: len(to)] == to or to[: len(path)] == path:
            raise OperationError(f"rename {raw['key']} to {raw['to']}: one lies inside the other")
        return Operation(version, kind, path, to)
    if kind == "remove":
        because = raw["because"]
        if not isinstance(because, str) or not because.strip():
            raise OperationError(f"remove {raw['key']}: say why, in one sentence (because=)")
        return Operation(version, kind, path, because=because.strip().rstrip("."))
    if kind == "scale":
        return Operation(version, kind, path, factor=_factor(raw["by"]))
    return Operation(version, kind, path, values=_pairs(raw["key"], raw["values"]))


def _path(text: object) -> Path:
    try:
        return parse_key(str(text))
    except (ValueError, RecursionError):
        raise OperationError(f"{show(text)} is no key") from None


def _factor(text: object) -> Fraction:
    try:
        factor = Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        raise OperationError(f"scale by {show(text)}: that is no number") from None
    if factor <= 0:
        raise OperationError(f"scale by {show(text)}: it must be more than nothing")
    return factor


def _pairs(key: object, given: object) -> tuple[tuple[Any, Any], ...]:
    pairs = []
    for pair in given if isinstance(given, list) else ():
        if not isinstance(pair, list) or len(pair) != 2 or any(isinstance(one, list | dict) for one in pair):  # noqa: PLR2004 - old and new
            raise OperationError(f"replace {key}: it takes single values")
        pairs.append((pair[0], pair[1]))
    if not pairs:
        raise OperationError(f"replace {key}: it names no value")
    return tuple(pairs)


def final_path(path: Path, later: Sequence[Operation]) -> Path:
    """Where a path leads after the renames among later operations."""
    for one in later:
        if one.kind == "rename" and path[: len(one.path)] == one.path:
            path = one.to + path[len(one.path) :]
    return path


def _wants_whole(view: SchemaView, path: Path) -> bool:
    places: tuple[KeyPath, ...] = (path, (*path, 0))  # the setting, and its items where it is a list
    nodes = [node for place in places for node in view.at(place)]
    kinds = {kind for node in nodes for kind in _as_list(node.get("type"))}
    return "integer" in kinds and "number" not in kinds


def _as_list(kind: object) -> list[object]:
    return kind if isinstance(kind, list) else [kind]


def migrate(values: Mapping[str, Any], operations: Sequence[Operation]) -> Migrated:
    """Apply every operation, in order, to a copy of the values."""
    tree = _copy(values)
    steps: list[Step] = []
    for one in operations:
        if has(tree, one.path):
            steps += _apply(tree, one, _original(one.path, steps))
    return Migrated(tree, tuple(steps))


def _apply(tree: dict[str, Any], one: Operation, original: Path) -> list[Step]:
    if one.kind == "remove":
        _take(tree, one.path)
        return [Step(one, original)]
    if one.kind == "rename":
        return [_rename(tree, one, original)]
    parent = lookup(tree, one.path[:-1])
    old = parent[one.path[-1]]
    try:
        new = _mapped(old, one.changed)
    except OperationError as error:
        _take(tree, one.path)
        return [Step(one, original, f"{format_key(original)} cannot be migrated: {error.problem}")]
    if same(old, new):
        return []
    parent[one.path[-1]] = new
    return [Step(one, original, old=old, new=new)]


def _rename(tree: dict[str, Any], one: Operation, original: Path) -> Step:
    value = _take(tree, one.path)
    node: Any = tree
    for part in one.to[:-1]:
        node = node.setdefault(part, {}) if isinstance(node, dict) else None
    if isinstance(node, dict) and one.to[-1] not in node:
        node[one.to[-1]] = value
        return Step(one, original)
    old, new = format_key(original), format_key(one.to)
    return Step(one, original, f"{old} is called {new} since {one.version}, and {new} is set here too")


def _take(tree: dict[str, Any], path: Path) -> Any:  # noqa: ANN401 - any TOML value
    """Take a value out, and every table around it that held nothing else."""
    *parents, last = path
    value = lookup(tree, tuple(parents)).pop(last)
    for length in range(len(parents), 0, -1):
        if lookup(tree, path[:length]):
            break
        lookup(tree, path[: length - 1]).pop(path[length - 1])
    return value


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any TOML value
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict):  # a list given as what is added to it and taken from it; no other table
        if value and value.keys() <= _CHANGES and all(isinstance(one, list) for one in value.values()):
            return {key: _mapped(one, change) for key, one in value.items()}
        return value
    return change(value)


def _original(path: Path, steps: Sequence[Step]) -> Path:
    """Where what now stands at a path stood before the steps."""
    for step in reversed(steps):
        one = step.operation
        if one.kind == "rename" and not step.trouble and path[: len(one.to)] == one.to:
            path = one.path + path[len(one.to) :]
    return path


def has(tree: Any, path: KeyPath) -> bool:  # noqa: ANN401 - a tree of TOML values
    """Whether a tree says anything at a path; steps lead through tables only, never into a list."""
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return False
        tree = tree[part]
    return True


def _copy(value: Any) -> Any:  # noqa: ANN401 - a tree of TOML values
    if isinstance(value, Mapping):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def same(left: Any, right: Any) -> bool:  # noqa: ANN401 - trees of TOML values
    """Whether two trees are equal, ``1`` and ``1.0`` and ``true`` told apart, ``nan`` equal to itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(one, right[key]) for key, one in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) or repr(left) == repr(right)
