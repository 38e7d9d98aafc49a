"""The migrations of a bot, checked before a wheel carries them.

Rules this module keeps: what a migration looks for, an old key or an old value, is impossible in the new
schema, so that a host can tell what is old by looking at a file, and never migrates the same twice; each
example is carried out, as values and as text, and comes out as promised.

Usage::

    problems = migration_problems(entries, schema, "2.0.0")
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rpa_commons.config.findings import format_key, show
from rpa_commons.config.migrations import (
    Operation,
    OperationError,
    Path,
    final_path,
    migrate,
    parse_operations,
    same,
)
from rpa_commons.config.schema import SchemaView, as_json, problems
from rpa_commons.manifest import MigrationEntry

from ._migrate_text import MigrationNotWrittenError, migrate_toml

__all__ = ["migration_problems"]


def migration_problems(
    entries: Sequence[MigrationEntry], schema: Mapping[str, Any], version: str
) -> tuple[str, ...]:
    """Everything that is wrong with the migrations, one sentence each.

    Args:
        entries: As the settings class declares them, oldest first.
        schema: JSON Schema of the settings of this version.
        version: The wheel's.
    """
    found = list(_versions(entries, version))
    try:
        operations = [parse_operations(entry) for entry in entries]
    except OperationError as error:
        return (*found, f"migrations: {error.problem}")
    view = SchemaView(schema)
    flat = [one for group in operations for one in group]
    for position, one in enumerate(flat):
        found += _detectable(one, flat[position + 1 :], view)
    for number, entry in enumerate(entries):
        later = [one for group in operations[number + 1 :] for one in group]
        found += _example(entry, operations[number], later, view)
    return tuple(dict.fromkeys(found))


def _versions(entries: Sequence[MigrationEntry], version: str) -> Iterator[str]:
    from packaging.version import InvalidVersion, Version

    last: Version | None = None
    for entry in entries:
        try:
            here = Version(entry.version)
        except InvalidVersion:
            yield f"migrations: {show(entry.version)} is no version"
            continue
        if here > Version(version):
            yield f"migrations: {entry.version} is newer than the wheel, which is {version}"
        if last is not None and here <= last:
            yield f"migrations: {entry.version} stands after {last}; the oldest comes first, each once"
        last = here


def _detectable(one: Operation, later: Sequence[Operation], view: SchemaView) -> Iterator[str]:
    where, key = f"migration {one.version}", format_key(one.path)
    there = final_path(one.path, later)
    if one.kind in {"rename", "remove"}:
        if view.knows(one.path):
            yield f"{where}: {one.kind} {key}: the settings still have it, so nobody could tell an old one"
        target = final_path(one.to, later)
        if one.kind == "rename" and not view.knows(target) and not _is_removed(target, later):
            yield f"{where}: rename {key}: the settings have no {format_key(target)}"
    elif not view.knows(one.path):
        if not view.knows(there) and not _is_removed(there, later):
            yield f"{where}: {one.kind} {key}: the settings have no {key}"
    elif one.kind == "scale":
        advice = "rename it too, below the scale: nobody could tell what is scaled"
        yield f"{where}: scale {key}: {advice}"
    else:
        for old, new in one.values:
            if _allows(view, one.path, old):
                yield f"{where}: replace {key}: {show(old)} is still allowed, so nobody could tell an old one"
            if not _allows(view, there, new):
                yield f"{where}: replace {key}: {show(new)} is not allowed"


def _is_removed(path: Path, later: Sequence[Operation]) -> bool:
    return any(one.kind == "remove" and path[: len(one.path)] == one.path for one in later)


def _allows(view: SchemaView, path: Path, value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether the schema takes a value, or an item, at a path."""
    return any(not list(_wrong(view, _tree(path, one), path)) for one in (value, [value]))


def _tree(path: Path, value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    for part in reversed(path):
        value = {part: value}
    tree: dict[str, Any] = value
    return tree


def _wrong(view: SchemaView, tree: Mapping[str, Any], path: Path = ()) -> Iterator[str]:
    """What is wrong with the keys that are there, from a path on; what is missing is not asked for."""
    for one in problems(as_json(tree, view), view, lambda _: False):
        if one.code != "E102" and one.path[: len(path)] == path:
            yield f"{format_key(one.path)}: {one.message}"


def _example(
    entry: MigrationEntry, operations: Sequence[Operation], later: Sequence[Operation], view: SchemaView
) -> Iterator[str]:
    where = f"migration {entry.version}"
    try:
        before, after = tomllib.loads(entry.before), tomllib.loads(entry.after)
    except (ValueError, RecursionError) as error:
        yield f"{where}: before and after are settings as TOML, without [settings]: {error}"
        return
    done = migrate(before, operations)
    shown = [step.operation for step in done.steps]
    for one in operations:
        if one not in shown:
            yield f"{where}: before shows nothing that {one.kind} {format_key(one.path)} changes"
    yield from (f"{where}: before: {step.trouble}" for step in done.steps if step.trouble)
    if not same(done.values, after):
        yield f"{where}: before becomes something else than after: {_differences(done.values, after)}"
        return
    try:
        migrate_toml(entry.before, operations)
    except MigrationNotWrittenError as error:
        yield f"{where}: before cannot be rewritten: {error}"
    yield from (f"{where}: after: {wrong}" for wrong in _wrong(view, migrate(after, later).values))


def _differences(made: Mapping[str, Any], promised: Mapping[str, Any]) -> str:
    """The keys that came out otherwise than promised."""
    one, two = dict(_leaves(made)), dict(_leaves(promised))
    said = []
    for path in dict.fromkeys([*one, *two]):
        if path in one and path in two and same({"": one[path]}, {"": two[path]}):
            continue
        became = f"is {show(one[path])}" if path in one else "is missing"
        wanted = f"should be {show(two[path])}" if path in two else "should not be there"
        said.append(f"{format_key(path)} {became}, and {wanted}")
    return "; ".join(said)


def _leaves(tree: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value
