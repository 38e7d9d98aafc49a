"""What a second person is asked to stand behind, in words: rows and items that came, went or changed.

Rules this module keeps: a person who vouches reads every row that differs, with its file and line, and none
that does not; of what is hidden nothing is said.

Usage::

    changes_in(section, ("settings", "fees"), confirmed_rows)
    # ("changed: from 2026-01-01, case adult: fee 40 -> fee 45  (tables/permits/fees.csv:3)",)
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rpa_commons.config.findings import KeyPath, parse_key, show
from rpa_commons.config.layers import NOTHING, Section, value_without_places
from rpa_commons.config.table_files import table_fields
from rpa_commons.tables import BrokenTableError, TableSpec, condition_key, read_rule, rule_text

__all__ = ["changes_in", "is_sensitive", "sensitive_leaves", "vanished"]


def is_sensitive(section: Section, path: KeyPath) -> bool:
    """Whether the value at a path, or a table around it, is marked sensitive."""
    return any(
        node.get("sensitive") is True
        for length in range(1, len(path) + 1)
        for node in section.view.at(path[:length])
    )


def sensitive_leaves(sections: Sequence[Section]) -> Iterator[tuple[Section, KeyPath]]:
    """Every sensitive key that has a value, with its section."""
    for section in sections:
        for path in section.merged.leaves:
            if is_sensitive(section, path):
                yield section, path


def vanished(sections: Sequence[Section], key: str) -> tuple[Section, KeyPath] | None:
    """Where a sensitive key belongs that has no value any more; ``None`` when it has one, or is no such key.

    A key that the bot's version in use does not know is its author's affair; one that became a table stands
    there still, each of its keys by itself.
    """
    place = _place_of(sections, key)
    if place is None:
        return None
    section, path = place
    if any(leaf[: len(path)] == path for leaf in section.merged.leaves):
        return None
    return place if is_sensitive(section, path) else None


def _place_of(sections: Sequence[Section], key: str) -> tuple[Section, KeyPath] | None:
    try:
        parts: KeyPath = parse_key(key)
    except ValueError:  # the record was written by another version
        return None
    for section in sections:
        for path in (("settings", *parts), *(parts[start:] for start in range(len(parts)))):
            if section.view.knows(path) and section.name_of(path) == key:
                return section, path
    return None


def changes_in(section: Section, path: KeyPath, confirmed: Any) -> tuple[str, ...]:  # noqa: ANN401 - any value
    """How the list at a path differs from the confirmed one, or else from the cooperation's.

    Args:
        section: Where it stands.
        path: Of a leaf.
        confirmed: The value that was confirmed last; :data:`NOTHING` when none was, or it is not shown.
    """
    candidates = section.merged.leaves[path]
    new = candidates[-1].effective
    shared: Any = next((one.effective for one in reversed(candidates[:-1]) if one.layer.is_shared), [])
    old = shared if confirmed is NOTHING else confirmed
    if not isinstance(new, list) or not isinstance(old, list) or section.is_hidden(path):
        return ()
    if any(section.is_hidden((*path, index)) for index in range(len(new))):
        return ()
    spec = table_fields(section.view).get(path)
    if spec is not None:
        return tuple(_row_changes(spec, old, new))
    before, after = (value_without_places(section.view, path, one) for one in (old, new))
    return tuple(_item_changes(before, after))


def _item_changes(old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    yield from (f"added: {show(one)}" for one in come)
    yield from (f"removed: {show(one)}" for one in gone)
    if not gone and not come and list(old) != list(new):
        yield "the same items, in another order or number"


def _row_changes(spec: TableSpec, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    before = {condition_key(row): row for row in old}
    after = {condition_key(row): row for row in new}
    for key, row in after.items():
        was = before.get(key)
        if was is None:
            yield f"added: {_conditions(spec, row)}: {_answers(spec, row)}{_origin(row)}"
        elif _answers(spec, was) != _answers(spec, row):
            change = f"{_answers(spec, was)} -> {_answers(spec, row)}"
            yield f"changed: {_conditions(spec, row)}: {change}{_origin(row)}"
    for key, row in before.items():
        if key not in after:
            yield f"removed: {_conditions(spec, row)}: {_answers(spec, row)}"
    stayed = [key for key in before if key in after]
    if spec.hit_policy == "first" and stayed != [key for key in after if key in before]:
        yield "rows stand in another order, and the first one that fits counts"


def _conditions(spec: TableSpec, row: Any) -> str:  # noqa: ANN401 - JSON
    try:
        return rule_text(spec, read_rule(spec, row)) or "always"
    except BrokenTableError:  # confirmed under another version of the bot
        return show(row)


def _answers(spec: TableSpec, row: Any) -> str:  # noqa: ANN401 - JSON
    then = row.get("then") if isinstance(row, Mapping) else None
    if not isinstance(then, Mapping):
        return "no answer"
    known = [column.name for column in spec.outputs]
    words = [
        f"{name} {then[name]}"
        for name in sorted(then, key=lambda one: (one not in known, one))
        if name in then
    ]
    until = row.get("until")
    return ", ".join([*words, *([f"until {until}"] if until else [])]) or "no answer"


def _origin(row: Any) -> str:  # noqa: ANN401 - JSON
    place = row.get("row") if isinstance(row, Mapping) else None
    return f"  ({place})" if place else ""
