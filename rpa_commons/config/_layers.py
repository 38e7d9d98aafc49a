"""Layers and how they are laid on each other.

Rules this module keeps: the later layer wins, leaf by leaf; tables merge, lists and everything else replace;
a table that the schema calls one value (a secret reference) replaces too; every layer's value is kept beside
the winner, so that each can be explained.

Usage::

    merged = merge((defaults, baseline, municipality), is_single=schema.is_single)
    merged.winner(("window_days",)).layer.name  # "municipality"
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ._document import Document
from ._keys import KeyPath, format_key
from ._schema import SchemaView

__all__ = ["NOTHING", "Candidate", "Combine", "Layer", "Merged", "Origin", "merge"]


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes:
        layer: The layer's name: ``bot default``, ``baseline``, ``profile kombit``, ``municipality``,
            ``environment test`` or ``--set``.
        file: The file, absolute; ``None`` for a default and for ``--set``.
        line: Line from 1.
        text: How people read it: ``bots/welcome-letters.toml:7``.
    """

    layer: str
    file: Path | None
    line: int | None
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Layer:
    """One source of configuration.

    Attributes:
        name: As in :class:`Origin`.
        values: A tree of TOML values.
        document: The file it was read from; ``None`` for defaults and ``--set``.
        text: For a layer without file: what its origins say.
        prefix: Where the values stand in the file.
    """

    name: str
    values: Mapping[str, Any]
    document: Document | None = None
    text: str = ""
    prefix: KeyPath = ()

    @property
    def is_default(self) -> bool:
        """Whether the values are the author's, not a municipality's or cooperation's."""
        return self.document is None and self.name.endswith("default")

    @property
    def is_shared(self) -> bool:
        """Whether the author or the cooperation says it: a default, the baseline or a stack profile."""
        return self.is_default or self.name == "baseline" or self.name.startswith("profile ")

    def origin(self, path: KeyPath) -> Origin:
        """Where the layer's value at a path comes from."""
        if self.document is None:
            below = format_key(path[1:])  # the first part is always "settings"
            text = f"{self.text}.{below}" if self.is_default and below else self.text
            return Origin(self.name, None, None, text)
        line = self.document.line_of((*self.prefix, *path))
        text = self.document.name if line is None else f"{self.document.name}:{line}"
        return Origin(self.name, self.document.path, line, text)

    def quote(self, line: int | None, view: SchemaView) -> str:
        """A line of the layer's file; what may not be shown, or stands outside the layer, is ``…``."""
        if self.document is None:
            return ""
        length = len(self.prefix)

        def is_hidden(path: KeyPath) -> bool:
            return path[:length] != self.prefix or view.is_hidden(path[length:], self.values)

        return self.document.quote(line, is_hidden)

    def without(self, key: str) -> "Layer":
        """The layer without one of its top-level keys."""
        return replace(self, values={name: value for name, value in self.values.items() if name != key})


@dataclass(frozen=True)
class Candidate:
    """What one layer says about one leaf.

    Attributes:
        layer: Which layer.
        value: What it says, as it stands there.
        effective: What the leaf is with this layer and those below: not ``value`` where a layer adds to a
            list, or rows to a decision table.
    """

    layer: Layer
    value: Any
    effective: Any

    def origin(self, path: KeyPath) -> Origin:
        """Where this layer says it."""
        return self.layer.origin(path)


@dataclass(frozen=True)
class Merged:
    """The leaves of all layers together, each with what every layer says, weakest first."""

    leaves: Mapping[KeyPath, tuple[Candidate, ...]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The winning values as a tree."""
        tree: dict[str, Any] = {}
        for path, candidates in self.leaves.items():
            node = tree
            for part in path[:-1]:
                node = node.setdefault(str(part), {})
            node[str(path[-1])] = candidates[-1].effective
        return tree

    def winner(self, path: KeyPath) -> Candidate | None:
        """Who decides the value at a path, which may lie inside a leaf (a list item); ``None``: nobody."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.leaves:
                return self.leaves[path[:length]][-1]
        return None


Combine = Callable[[KeyPath, Any, Any], Any]
"""From a path, the value of the layers below (:data:`NOTHING` without) and a layer's own, to what holds."""

NOTHING = object()
"""No layer below says anything."""


def merge(
    layers: Sequence[Layer],
    *,
    is_single: Callable[[KeyPath], bool] = lambda _: False,
    combine: Combine = lambda _path, _below, value: value,
) -> Merged:
    """Lay the layers on each other.

    Args:
        layers: Weakest first.
        is_single: Whether the table at a path is one value, replaced as a whole.
        combine: What a leaf becomes where a layer says something; without, the layer's own value.
    """
    tree: _Node = {}
    laying = _Laying(is_single, combine)
    for layer in layers:
        laying.lay(tree, layer, layer.values, ())
    return Merged(dict(_leaves(tree, ())))


_Node = dict[str, "_Node | tuple[Candidate, ...]"]


@dataclass(frozen=True)
class _Laying:
    is_single: Callable[[KeyPath], bool]
    combine: Combine

    def lay(self, node: _Node, layer: Layer, values: Mapping[str, Any], path: KeyPath) -> None:
        """Lay one table of a layer on what is there."""
        for key, value in values.items():
            here = (*path, key)
            below = node.get(key)
            earlier = below if isinstance(below, tuple) else ()  # a value takes the place of a whole table
            if not isinstance(value, Mapping) or self.is_single(here):
                beneath = earlier[-1].effective if earlier else NOTHING
                node[key] = (*earlier, Candidate(layer, value, self.combine(here, beneath, value)))
            elif isinstance(below, dict):
                self.lay(below, layer, value, here)
            elif value:
                inner: _Node = {}
                node[key] = inner
                self.lay(inner, layer, value, here)
            else:
                node[key] = (*earlier, Candidate(layer, value, value))


def _leaves(node: _Node, path: KeyPath) -> Iterator[tuple[KeyPath, tuple[Candidate, ...]]]:
    for key, below in node.items():
        if isinstance(below, dict):
            yield from _leaves(below, (*path, key))
        else:
            yield (*path, key), below
