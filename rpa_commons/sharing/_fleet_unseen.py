"""Settings that a member withholds and that a new version treats otherwise: whether they fit cannot be told.

Rules this module keeps: a value that nobody sees counts as right only while the version asks no more of it
than the one that runs; a bound that is wider, or a word more to choose from, is no more.

Usage::

    for sentence in unseen(withheld, old, new):
        ...  # "window_days is withheld, and 2.0.0 asks for at least 1, at most 20: ask them"
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rpa_commons.config.findings import KeyPath, format_key
from rpa_commons.config.schema import SchemaView, bounds_text
from rpa_commons.manifest import Manifest

from ._fleet_withheld import Withheld, renamed, words_of_rule

__all__ = ["unseen"]

_DEEPEST = 8  # tables inside each other that are compared
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_BOUNDS = frozenset({*_UPPER, *_LOWER, "enum", "const", "pattern", "multipleOf"})
_OTHERS = frozenset(
    {
        "additionalProperties",
        "dependentRequired",
        "format",
        "patternProperties",
        "propertyNames",
        "required",
        "secret_reference",
        "table",
        "type",
        "uniqueItems",
    }
)
_FREE = "\0"  # stands for a free key: no property is called so


def unseen(withheld: Withheld, old: Manifest | None, new: Manifest) -> Iterator[str]:
    """One sentence for each withheld setting of which nobody can say whether it fits.

    Args:
        withheld: What the member withheld.
        old: The version it runs; ``None`` when that is not at hand.
        new: The version that is checked.
    """
    before = SchemaView(old.settings_schema) if old else None
    after = SchemaView(new.settings_schema)
    for path in withheld.settings:
        why = _why(path, before, after, new)
        if why:
            yield f"{format_key(path)} is withheld, and {why}: ask them"


def _why(path: KeyPath, before: SchemaView | None, after: SchemaView, new: Manifest) -> str:
    if before is not None and not before.knows(path):
        return ""  # no setting of the version that runs either
    version = new.version
    if not after.knows(path):
        names = [one for one in renamed(path, new) if after.knows(one)]
        return f"{version} calls it {format_key(names[-1])}" if names else f"{version} does not know it"
    if before is None:
        is_bound = _is_bound(after, path) or bool(_rules(after, path))
        return f"whether it fits {version} cannot be told without the version they run" if is_bound else ""
    if _asks_more(before, after, path):
        bounds = bounds_text(after.at(path))
        return f"{version} asks for {bounds}" if bounds else f"{version} asks for something else there"
    if _rules(after, path) - _rules(before, path):
        return f"{version} has a new rule between it and other settings"
    return ""


def _is_bound(view: SchemaView, path: KeyPath, depth: int = 0) -> bool:
    """Whether a version asks anything of a value but its type."""
    if any(_BOUNDS & node.keys() for node in view.at(path)):
        return True
    return depth < _DEEPEST and any(_is_bound(view, (*path, key), depth + 1) for key in view.keys(path))


def _asks_more(before: SchemaView, after: SchemaView, path: KeyPath, depth: int = 0) -> bool:
    """Whether something that was right before may be wrong afterwards."""
    old, new = before.at(path), after.at(path)
    if len(old) != len(new) or any(_is_tighter(*pair) for pair in zip(old, new, strict=True)):
        return True
    if depth == _DEEPEST or not new:
        return False
    below: list[str | int] = [*before.keys(path), *after.keys(path), 0, _FREE]
    return any(
        not after.knows((*path, key)) or _asks_more(before, after, (*path, key), depth + 1)
        for key in below
        if before.knows((*path, key))
    )


def _is_tighter(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return any(
        key in new and (key not in old or _is_narrower(key, old[key], new[key])) for key in _BOUNDS | _OTHERS
    )


def _is_narrower(key: str, old: Any, new: Any) -> bool:  # noqa: ANN401 - any JSON value
    if old == new:
        return False
    if key in _UPPER:
        return bool(new < old)
    if key in _LOWER:
        return bool(new > old)
    if key == "enum":
        return any(one not in new for one in old)
    if key == "required":
        return any(one not in old for one in new)
    return True


def _rules(view: SchemaView, path: KeyPath) -> set[str]:
    """The rules between settings that name this one, each as a text."""
    return {
        json.dumps(rule, sort_keys=True, default=str)
        for length in range(len(path))
        for node in view.at(path[:length])
        for rule in node.get("rules", ())
        if str(path[-1]) in words_of_rule(rule)
    }
