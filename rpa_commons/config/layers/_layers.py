"""Layers and how they are laid on each other.

Rules this module keeps: the later layer wins, leaf by leaf; tables merge, lists and everything else replace;
a table that the schema calls one value (a secret reference) replaces too; every layer's value is kept beside
the winner, so that each can be explained.

Usage::

    merged = merge((defaults, baseline, municipality), is_single=schema.is_single)
    merged.winner(("window_days",)).layer.name  # "municipality"
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import KeyPath, format_key, lookup
from rpa_commons.config.schema import CHANGES, SchemaView

__all__ = ["NOTHING", "Candidate", "Combine", "Known", "Layer", "Merged", "Origin", "merge"]


class Origin(NamedTuple):
    """Where a value comes from.

    Attributes:
        layer: The layer's name: ``bot default``, ``baseline``, ``profile kombit``, ``municipality``,
            ``environment test`` or ``--set``.
        file: The file, absolute; ``None`` for a default and for ``--set``.
        line: Line from 1.
        source: What the file is called, relative to the municipality; or what a default or ``--set`` says.
        key: For a default, its path, which is part of the text.
    """

    layer: str
    file: Path | None
    line: int | None
    source: str
    key: KeyPath = ()

    @property
    def text(self) -> str:
        """How people read it: ``bots/welcome-letters.toml:7``."""
        if self.key:
            return f"{self.source}.{format_key(self.key)}"
        return self.source if self.line is None else f"{self.source}:{self.line}"

    def __str__(self) -> str:
        return self.text


_origin = partial(tuple.__new__, Origin)  # as Origin, from a tuple: without the call that sets the defaults
_DEFAULT = "default"  # how the names of layers end that are the author's


@dataclass(frozen=True, init=False)
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

    def __init__(
        self,
        name: str,
        values: Mapping[str, Any],
        document: Document | None = None,
        text: str = "",
        prefix: KeyPath = (),
    ) -> None:
        # As the one that would be generated, without a call for each attribute: a resolution makes many.
        vars(self).update(name=name, values=values, document=document, text=text, prefix=prefix)

    @property
    def is_default(self) -> bool:
        """Whether the values are the author's, not a municipality's or cooperation's."""
        return self.document is None and self.name.endswith(_DEFAULT)

    @property
    def is_shared(self) -> bool:
        """Whether the author or the cooperation says it: a default, the baseline or a stack profile."""
        return self.is_default or self.name == "baseline" or self.name.startswith("profile ")

    def origin(self, path: KeyPath) -> Origin:
        """Where the layer's value at a path comes from."""
        document = self.document
        if document is None:
            below = path[1:] if self.is_default else ()  # the first part is always "settings"
            return Origin(self.name, None, None, self.text, below)
        line = document.line_of((*self.prefix, *path) if self.prefix else path)
        return Origin(self.name, document.path, line, document.name)

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
        values = {name: value for name, value in self.values.items() if name != key}
        return Layer(self.name, values, self.document, self.text, self.prefix)


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


class Merged:
    """The leaves of all layers together, each with what every layer says, weakest first.

    Most readers want the winners only: everything else is worked out when it is asked for.

    Attributes:
        values: The winning values as a tree; not to be changed.
        tables: The leaves that some layer gives as a table: a reference, a change of a list, or a mistake.
        changed: Those of them where some layer's table looks like a change of a list.
    """

    def __init__(self, layers: Sequence[Layer], laying: "_Laying") -> None:
        self._layers = layers
        self._laying = laying
        self._deciding: _Deciding = {}
        self.values: dict[str, Any] = {}
        for layer in layers:
            laying.lay(laying.known, self._deciding, self.values, layer, layer.values, ())
        self.tables = tuple(path for path in laying.tables if self._decides(path))
        self.changed = frozenset(path for path, is_change in laying.tables.items() if is_change)

    @cached_property
    def leaves(self) -> Mapping[KeyPath, tuple[Candidate, ...]]:
        """Every leaf with what each layer says about it, weakest first."""
        laying = self._laying
        found: dict[KeyPath, tuple[Candidate, ...]] = {}
        _gather(_all_said(self._layers, laying.is_single, laying.combine), (), found)
        return found

    def deciding(self) -> Iterator[tuple[KeyPath, Layer]]:
        """Every leaf with the layer that decides its value, which can tell the place when it is asked."""
        return iter(self._decided)

    def origins(self) -> Iterator[tuple[KeyPath, Origin]]:
        """Every leaf with the place that decides its value."""
        return iter(self._placed)

    @cached_property
    def _decided(self) -> list[tuple[KeyPath, Layer]]:
        found: list[tuple[KeyPath, Layer]] = []
        _decided(self._deciding, (), found)
        return found

    @cached_property
    def _placed(self) -> list[tuple[KeyPath, Origin]]:
        found: list[tuple[KeyPath, Origin]] = []
        _place(self._deciding, (), "", found)
        return found

    def candidates(self, path: KeyPath) -> tuple[Candidate, ...]:
        """What each layer says about one leaf, weakest first; nothing when there is no such leaf."""
        return self.leaves.get(path, ())

    def winner(self, path: KeyPath) -> Candidate | None:
        """Who decides the value at a path, which may lie inside a leaf (a list item); ``None``: nobody."""
        node: Any = self._deciding
        for length, part in enumerate(path, start=1):
            node = node.get(part)
            if type(node) is not dict:
                if node is None:
                    return None
                here = path[:length]
                return Candidate(node, lookup(node.values, here), lookup(self.values, here))
        return None

    def _decides(self, path: KeyPath) -> "Layer | None":
        """The layer that decides a leaf; ``None`` where there is none, or a table."""
        node: Any = self._deciding
        for part in path:
            if type(node) is not dict:
                return None
            node = node.get(part)
        return None if type(node) is dict else node


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
    known: "Known" = MappingProxyType({}),
) -> Merged:
    """Lay the layers on each other.

    Args:
        layers: Weakest first.
        is_single: Whether the table at a path is one value, replaced as a whole.
        combine: What a leaf becomes where a layer says something; without, the layer's own value.
        known: Tables for which ``is_single`` would say no, as a tree: they are not asked about.
    """
    return Merged(layers, _Laying(is_single, combine, known))


Known = Mapping[str, "Known"]
"""Tables inside each other, by their keys."""


_PLAIN = frozenset({str, int, float, bool})
_NO_TABLES = frozenset({list, date, datetime, time})  # to ask whether anything is a Mapping takes long
_UNKNOWN: Known = MappingProxyType({})
_Deciding = dict[str, Any]  # as the values, with the layer that decides in place of each leaf


class _Laying:
    """Lays layers on each other and keeps of each leaf what holds, and who says it."""

    def __init__(self, is_single: Callable[[KeyPath], bool], combine: Combine, known: Known) -> None:
        self.is_single = is_single
        self.combine = combine
        self.known = known
        self.tables: dict[KeyPath, bool] = {}

    def lay(
        self,
        known: Known,
        node: _Deciding,
        held: dict[str, Any],
        layer: Layer,
        values: Mapping[str, Any],
        path: KeyPath,
    ) -> None:
        """Lay one table of a layer on what holds so far."""
        for key, value in values.items():
            kind = type(value)
            if kind in _PLAIN:  # nearly all of them; a value takes the place of a whole table
                node[key] = layer
                held[key] = value
                continue
            effective = value
            if kind is dict or (kind not in _NO_TABLES and isinstance(value, Mapping)):
                here, inner = (*path, key), known.get(key)
                if inner is not None or not self.is_single(here):
                    below = node.get(key)
                    if type(below) is dict or value:
                        if type(below) is not dict:
                            below = node[key] = {}
                            held[key] = {}
                        self.lay(inner or _UNKNOWN, below, held[key], layer, value, here)
                        continue
                else:
                    effective = self._combined(node, held, here, value)
                is_change = bool(value) and value.keys() <= _CHANGES
                self.tables[here] = is_change or self.tables.get(here, False)
            elif kind is list:
                effective = self._combined(node, held, (*path, key), value)
            node[key] = layer
            held[key] = effective

    def _combined(self, node: _Deciding, held: Mapping[str, Any], path: KeyPath, value: Any) -> Any:  # noqa: ANN401 - any TOML value
        key = str(path[-1])
        is_leaf = key in node and type(node[key]) is not dict
        return self.combine(path, held[key] if is_leaf else NOTHING, value)


_CHANGES = frozenset(CHANGES)
_NOWHERE: Mapping[str, int] = MappingProxyType({})
_Said = list[tuple[Layer, Any, Any]]
_Node = dict[str, "_Node | _Said"]


def _all_said(layers: Sequence[Layer], is_single: Callable[[KeyPath], bool], combine: Combine) -> _Node:
    """The leaves with what every layer says about them: as :class:`_Laying`, and nothing is forgotten."""
    tree: _Node = {}

    def lay(node: _Node, layer: Layer, values: Mapping[str, Any], path: KeyPath) -> None:
        for key, value in values.items():
            here = (*path, key)
            below = node.get(key)
            effective = value
            if isinstance(value, list) or (isinstance(value, Mapping) and is_single(here)):
                effective = combine(here, below[-1][2] if isinstance(below, list) else NOTHING, value)
            elif isinstance(value, Mapping) and (value or isinstance(below, dict)):
                if not isinstance(below, dict):
                    below = node[key] = {}
                lay(below, layer, value, here)
                continue
            if isinstance(below, list):
                below.append((layer, value, effective))
            else:
                node[key] = [(layer, value, effective)]

    for layer in layers:
        lay(tree, layer, layer.values, ())
    return tree


def _gather(node: _Node, path: KeyPath, found: dict[KeyPath, tuple[Candidate, ...]]) -> None:
    for key, below in node.items():
        here = (*path, key)
        if isinstance(below, dict):
            _gather(below, here, found)
        else:
            found[here] = tuple(Candidate(*one) for one in below)


def _decided(node: _Deciding, path: KeyPath, found: list[tuple[KeyPath, Layer]]) -> None:
    """Note the layer of each leaf below a table."""
    for key, layer in node.items():
        if type(layer) is dict:
            _decided(layer, (*path, key), found)
        else:
            found.append(((*path, key), layer))


def _place(node: _Deciding, path: KeyPath, dotted: str, found: list[tuple[KeyPath, Origin]]) -> None:
    """Note the origin of each leaf below a table: as :meth:`Layer.origin`, the usual cases without a call.

    Args:
        node: The table.
        path: Where it stands.
        dotted: The same as one text, by which a document with nothing but bare keys knows its tables; in any
            other one the text may mean something else, and nobody asks.
        found: Where they are noted.
    """
    for key, layer in node.items():
        here = (*path, key)
        if type(layer) is dict:
            _place(layer, here, f"{dotted}.{key}" if dotted else str(key), found)
            continue
        document = layer.document
        if document is None:
            below = here[1:] if layer.name.endswith(_DEFAULT) else ()
            found.append((here, _origin((layer.name, None, None, layer.text, below))))
            continue
        plain = None if layer.prefix else document.plain
        line = None if plain is None else plain.keys.get(dotted, _NOWHERE).get(key)
        if line is None:
            found.append((here, layer.origin(here)))
        else:
            found.append((here, _origin((layer.name, document.path, line, document.name, ()))))
