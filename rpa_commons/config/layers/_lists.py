"""Lists that a layer changes instead of replacing: ``hosts = { append = ["c"], remove = ["a"] }``.

Rules this module keeps: without the table a list replaces the list below it; first everything in ``remove``
goes, then what ``append`` names and is not there yet is added, so laying a layer twice changes nothing; a
table that is no such change never changes anything, and is said; nor is an item both added and removed.

Usage::

    merged = merge(layers, is_single=view.is_single, combine=combining(view))
    for problem, layer in change_problems(merged, view):
        ...
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from rpa_commons.config.findings import HIDDEN, KeyPath, guess, show
from rpa_commons.config.schema import CHANGES, Problem, SchemaView, type_text, value_type_text

from ._layers import Candidate, Combine, Layer, Merged
from ._table_rows import is_table, laid_rows

__all__ = ["change_problems", "combining", "is_changed", "source_of"]

_Found = tuple[Problem, Layer]


def combining(view: SchemaView) -> Combine:
    """What a leaf becomes where a layer says something, for the lists of a schema."""

    def combine(path: KeyPath, below: Any, value: Any) -> Any:  # noqa: ANN401 - any TOML value
        if isinstance(value, Mapping) and view.is_list(path):
            return _changed(below, value)
        if isinstance(value, list) and is_table(view, path):
            return laid_rows(view, path, below, value)
        return value

    return combine


def is_changed(candidates: Sequence[Candidate]) -> bool:
    """Whether any layer changes the list instead of replacing it."""
    return any(isinstance(one.value, Mapping) and one.value is not one.effective for one in candidates)


def source_of(candidates: Sequence[Candidate], index: int) -> tuple[Candidate, KeyPath] | None:
    """Which layer an item of the effective list comes from, and where below the key it stands there."""
    found: list[tuple[str, Candidate, KeyPath]] = []
    for one in candidates:
        if isinstance(one.value, Mapping):
            removed = _removed(one.value)
            found = [item for item in found if item[0] not in removed]
            present = {item[0] for item in found}
            for position, mark in enumerate(map(_mark, _items(one.value, "append"))):
                if mark not in present:
                    present.add(mark)
                    found.append((mark, one, ("append", position)))
        else:
            items = one.value if isinstance(one.value, list | tuple) else ()
            found = [(_mark(item), one, (position,)) for position, item in enumerate(items)]
    return found[index][1:] if index < len(found) else None


def change_problems(merged: Merged, view: SchemaView) -> Iterator[_Found]:
    """What is wrong with the changes of lists: E105, and W201 for what was not there to remove."""
    for path in merged.tables:
        if path not in merged.changed and not view.is_list(path):
            continue
        candidates = merged.candidates(path)
        for position, one in enumerate(candidates):
            if isinstance(one.value, Mapping) and (view.is_list(path) or _looks_like_change(one.value)):
                below = candidates[position - 1].effective if position else None
                for problem in _problems(path, one.value, below, view):
                    yield problem, one.layer


def _changed(below: Any, change: Mapping[str, Any]) -> list[Any]:  # noqa: ANN401 - any TOML value
    removed = _removed(change)
    base = below if isinstance(below, list | tuple) else ()
    items = [item for item in base if _mark(item) not in removed]
    present = set(map(_mark, items))
    for item in _items(change, "append"):
        if (mark := _mark(item)) not in present:
            present.add(mark)
            items.append(item)
    return items


def _removed(change: Mapping[str, Any]) -> set[str]:
    """What goes; what is appended too stays, else laying a layer twice would turn the order round."""
    return set(map(_mark, _items(change, "remove"))) - set(map(_mark, _items(change, "append")))


def _items(change: Mapping[str, Any], kind: str) -> Iterable[Any]:
    given = change.get(kind)
    return given if isinstance(given, list) else ()


def _mark(item: Any) -> str:  # noqa: ANN401 - any TOML value
    """Equal for equal items, and for those only: 1, 1.0 and true differ, a date is its own text."""
    return json.dumps(item, sort_keys=True, default=_text)


def _text(value: Any) -> str:  # noqa: ANN401 - any TOML value
    return value.isoformat() if isinstance(value, date | time) else repr(value)


def _looks_like_change(value: Mapping[str, Any]) -> bool:
    return bool(value) and value.keys() <= set(CHANGES)


def _problems(path: KeyPath, change: Mapping[str, Any], below: Any, view: SchemaView) -> Iterator[Problem]:  # noqa: ANN401 - any TOML value
    key = str(path[-1])
    if not view.is_list(path):
        if view.knows(path) and not view.is_secret(path):  # else said as what it is
            message = f"append and remove change lists, and {key} is no list: {type_text(view.at(path))}"
            yield Problem("E105", path, message, f"write the value itself: {key} = ...")
        return
    wrong = list(_wrong_form(path, change))
    yield from wrong
    if not wrong and not isinstance(below, list | tuple):
        message = "there is no list in a layer below that could be changed"
        yield Problem("E105", path, message, f"write the list itself: {key} = [...]")
    elif not wrong:
        yield from _contradictions(path, change)
        yield from _nothing_to_remove(path, change, below, view)


def _wrong_form(path: KeyPath, change: Mapping[str, Any]) -> Iterator[Problem]:
    key = str(path[-1])
    if not change:
        message = "expected a list, found a table without append and remove"
        yield Problem("E105", path, message, f"write {key} = [...], or {key} = {{ append = [...] }}")
    for one, value in change.items():
        if one not in CHANGES:
            meant = guess(one, CHANGES)
            advice = f"did you mean {meant}?" if meant else f"write the list itself: {key} = [...]"
            yield Problem("E105", (*path, one), "a list is changed by append and remove only", advice)
        elif not isinstance(value, list):
            message = f"{one} takes a list, found {value_type_text(value)}"
            yield Problem("E105", (*path, one), message, f"write {one} = [...], also for one item")


def _contradictions(path: KeyPath, change: Mapping[str, Any]) -> Iterator[Problem]:
    appended = set(map(_mark, _items(change, "append")))
    for position, item in enumerate(_items(change, "remove")):
        if _mark(item) in appended:
            message = "what is appended cannot be removed in the same place"
            yield Problem("E105", (*path, "remove", position), message, "take it out of one of the two")


def _nothing_to_remove(
    path: KeyPath, change: Mapping[str, Any], below: Sequence[Any], view: SchemaView
) -> Iterator[Problem]:
    present = set(map(_mark, [*below, *_items(change, "append")]))
    for position, item in enumerate(_items(change, "remove")):
        if _mark(item) in present:
            continue
        here = (*path, "remove", position)
        hidden = view.is_hidden(here, {})
        message = f"{HIDDEN if hidden else show(item)} is not in the list, so there is nothing to remove"
        words = [one for one in below if isinstance(one, str)]
        meant = guess(item, words) if isinstance(item, str) and not hidden else None
        advice = f"did you mean {show(meant)}?" if meant else "take it out of remove"
        yield Problem("W201", here, message, advice)
