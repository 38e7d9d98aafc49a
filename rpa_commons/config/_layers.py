"""Layers and how they are laid on each other.

Rules this module keeps: the later layer wins, leaf by leaf; tables merge, lists and everything else replace;
a table that the schema calls one value (a secret reference) replaces too; every layer's value is kept beside
the winner, so that each can be explained.

Usage::

    merged = merge((defaults, baseline, municipality), is_single=schema.is_single)
    merged.winner(("window_days",)).layer.name  # "municipality"
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, cast

from ._document import Document
from ._keys import KeyPath, format_key
from ._schema import SchemaView

__all__ = ["NOTHING", "Candidate", "Combine", "Layer", "Merged", "Origin", "merge"]


class Origin(NamedTuple):
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
        document = self.document
        if document is None:
            below = format_key(path[1:])  # the first part is always "settings"
            text = f"{self.text}.{below}" if self.is_default and below else self.text
            return Origin(self.name, None, None, text)
        line = document.line_of((*self.prefix, *path) if self.prefix else path)
        text = document.name if line is None else f"{document.name}:{line}"
        return Origin(self.name, document.path, line, text)

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


class Candidate(NamedTuple):
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


_Said = tuple[Layer, Any, Any]  # a candidate that nobody has asked for yet
_Leaf = list[_Said]
_Node = dict[str, "_Node | _Leaf"]


class Merged:
    """The leaves of all layers together, each with what every layer says, weakest first.

    Most readers want the winners only, so the candidates are made when they are asked for.

    Attributes:
        values: The winning values as a tree; not to be changed.
        tables: The leaves that some layer gives as a table: a reference, a change of a list, or a mistake.
    """

    def __init__(
        self, said: Mapping[KeyPath, _Leaf], values: dict[str, Any], tables: tuple[KeyPath, ...]
    ) -> None:
        self._said = said
        self.values = values
        self.tables = tables

    @cached_property
    def leaves(self) -> Mapping[KeyPath, tuple[Candidate, ...]]:
        """Every leaf with what each layer says about it, weakest first."""
        return {path: tuple(Candidate(*one) for one in leaf) for path, leaf in self._said.items()}

    def origins(self) -> Iterator[tuple[KeyPath, Origin]]:
        """Every leaf with the place that decides its value."""
        return iter(self._placed)

    @cached_property
    def _placed(self) -> tuple[tuple[KeyPath, Origin], ...]:
        return tuple(self._places())

    def _places(self) -> Iterator[tuple[KeyPath, Origin]]:
        for path, leaf in self._said.items():
            layer = leaf[-1][0]
            document = layer.document
            line = None if document is None or layer.prefix else document.lines.get(path)
            if line is None or document is None:
                yield path, layer.origin(path)
            else:
                yield path, Origin(layer.name, document.path, line, f"{document.name}:{line}")

    def candidates(self, path: KeyPath) -> tuple[Candidate, ...]:
        """What each layer says about one leaf, weakest first; nothing when there is no such leaf."""
        return tuple(Candidate(*one) for one in self._said.get(path, ()))

    def winner(self, path: KeyPath) -> Candidate | None:
        """Who decides the value at a path, which may lie inside a leaf (a list item); ``None``: nobody."""
        for length in range(len(path), 0, -1):
            leaf = self._said.get(path[:length])
            if leaf is not None:
                return Candidate(*leaf[-1])
        return None


Combine = Callable[[KeyPath, Any, Any], Any]
"""From a path, the value of the layers below (:data:`NOTHING` without) and a layer's own, to what holds.

It is asked about tables and lists only: everything else is what it is.
"""

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
    said: dict[KeyPath, _Leaf] = {}
    values = _gathered(tree, (), said)
    return Merged(said, values, tuple(path for path in laying.tables if path in said))


_SCALARS = frozenset({str, int, float, bool, date, datetime, time})


class _Laying:
    def __init__(self, is_single: Callable[[KeyPath], bool], combine: Combine) -> None:
        self.is_single = is_single
        self.combine = combine
        self.tables: dict[KeyPath, None] = {}

    def lay(self, node: _Node, layer: Layer, values: Mapping[str, Any], path: KeyPath) -> None:
        """Lay one table of a layer on what is there."""
        for key, value in values.items():
            below = node.get(key)
            kind = type(value)
            if kind in _SCALARS:  # nearly all of them
                if type(below) is list:
                    below.append((layer, value, value))
                else:  # a value takes the place of a whole table
                    node[key] = [(layer, value, value)]
                continue
            if isinstance(value, Mapping):
                here = (*path, key)
                if self.is_single(here):
                    effective = self._combined(here, below, value)
                elif type(below) is dict:
                    self.lay(below, layer, value, here)
                    continue
                elif value:
                    inner: _Node = {}
                    node[key] = inner
                    self.lay(inner, layer, value, here)
                    continue
                else:
                    effective = value
                self.tables[here] = None
            else:
                effective = self._combined((*path, key), below, value) if kind is list else value
            if type(below) is list:
                below.append((layer, value, effective))
            else:
                node[key] = [(layer, value, effective)]

    def _combined(self, path: KeyPath, below: "_Node | _Leaf | None", value: Any) -> Any:  # noqa: ANN401 - any TOML value
        return self.combine(path, below[-1][2] if isinstance(below, list) else NOTHING, value)


def _gathered(node: _Node, path: KeyPath, said: dict[KeyPath, _Leaf]) -> dict[str, Any]:
    """Note the leaves of a node, and give its winning values."""
    values: dict[str, Any] = {}
    for key, below in node.items():
        here = (*path, key)
        if type(below) is list:
            said[here] = below
            values[key] = below[-1][2]
        else:
            values[key] = _gathered(cast("_Node", below), here, said)
    return values
