"""One schema with its layers: merged, checked, located. Instance files and bindings are each one section.

Rules this module keeps: a problem points at the line of the layer whose value it is about; an unknown key
and a secret in clear are found in every layer, not in the winning one only; no line is quoted with a hidden
value in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rpa_commons.config.findings import Finding, KeyPath, format_key, lookup, walk
from rpa_commons.config.schema import Problem, SchemaView, as_json, facts_of, problems

from ._layers import Known, Layer, Merged, merge
from ._lists import change_problems, combining, is_changed, source_of

if TYPE_CHECKING:
    from ._policy import AppliedPolicy

__all__ = ["Section", "add_defaults"]

_BY_THE_SANDBOX = "# Written by `rpac sandbox`"
_SETTINGS = "settings"  # of a bot instance or a binding


@dataclass(frozen=True)
class Section:
    """A schema, the layers that fill it, and how its keys are called.

    Attributes:
        view: The schema.
        layers: Weakest first.
        name_of: The key of a path as ``rpac config explain`` and ``--set`` take it.
        home: The layer where a missing key belongs: the municipality's own file.
        policies: The cooperation's policies for keys of this section.
        is_instead: Of a binding, whether it takes the place of the cooperation's connector, and a setting of
            that one is sensitive.
    """

    view: SchemaView
    layers: tuple[Layer, ...]
    name_of: Callable[[KeyPath], str]
    home: Layer | None = None
    policies: "tuple[AppliedPolicy, ...]" = ()
    is_instead: bool = False

    @cached_property
    def merged(self) -> Merged:
        """All layers laid on each other."""
        view = self.view
        return merge(self.layers, is_single=view.is_single, combine=combining(view), known=_known(view))

    @cached_property
    def values(self) -> dict[str, Any]:
        """The winning values as JSON values; not to be changed."""
        values: dict[str, Any] = as_json(self.merged.values, self.view)
        return values

    def is_hidden(self, path: KeyPath) -> bool:
        """Whether the winning value at a path is shown as ``…``."""
        return self.view.is_hidden(path, self.values)

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the section, and warnings; policies are not looked at."""
        changes = list(change_problems(self.merged, self.view))
        broken = {
            leaf for problem, _ in changes if (leaf := self._leaf_of(problem.path)) and problem.code[0] == "E"
        }
        for problem, layer in changes:
            yield self.finding(problem, layer)
        for problem in problems(self.values, self.view, self.is_hidden):
            if broken and self._leaf_of(problem.path) in broken:
                continue  # said as what it is: a change of a list that cannot be
            if problem.code == "E101":
                yield from self._in_every_layer(problem)
            elif problem.code == "E102":
                yield self._missing(problem)
            else:
                yield self.placed(problem)
        yield from self._deprecated()
        known = facts_of(self.view).secret_paths
        for layer in self.layers:
            said = walk(layer.values) if known is None else _at(layer.values, known)
            texts = [path for path, value in said if isinstance(value, str)]
            if texts:
                yield from self._secrets_in_clear(layer, texts)

    def placed(self, problem: Problem, because: str = "") -> Finding:
        """A problem of the winning values, placed in the layer whose value it is about."""
        leaf = self._leaf_of(problem.path)
        if leaf is None:  # no value but a table: the strongest layer that has it
            having = [layer for layer in self.layers if _says(layer, problem.path)]
            return self.finding(problem, having[-1] if having else self.layers[-1], because)
        candidates, inner = self.merged.leaves[leaf], problem.path[len(leaf) :]
        if inner and isinstance(inner[0], int) and is_changed(candidates):
            source = source_of(candidates, inner[0])
            if source is not None:
                candidate, place = source
                inside = replace(problem, path=(*leaf, *place, *inner[1:]))
                return self.finding(inside, candidate.layer, because)
        return self.finding(problem, candidates[-1].layer, because)

    def _leaf_of(self, path: KeyPath) -> KeyPath | None:
        """The leaf that a path is or lies in."""
        leaves = self.merged.leaves
        return next((path[:length] for length in range(len(path), 0, -1) if path[:length] in leaves), None)

    def finding(self, problem: Problem, layer: Layer, because: str = "") -> Finding:
        """A problem, placed in a layer."""
        origin = layer.origin(problem.path)
        advice = problem.help if problem.belongs is None else self._move(problem.belongs, problem, layer)
        return Finding(
            problem.code,
            self.name_of(problem.path),
            problem.message,
            origin.file,
            origin.line,
            layer.quote(origin.line, self.view),
            because,
            advice,
            source=str(origin),
        )

    def _move(self, table: KeyPath, problem: Problem, layer: Layer) -> str:
        """Where a key belongs that stands in the wrong table: what is below a header is in its table."""
        key = str(problem.path[-1])
        if layer.document is not None:
            home = (*layer.prefix, *table)
            if isinstance(lookup(layer.values, problem.path), Mapping):
                return f"write it as [{format_key((*home, key))}]"
            return f"{key} belongs {_place_of(home)}: move the line there"
        if key == "settings":
            return "name a setting by itself, without settings before it"
        return f"did you mean {self.name_of((*table, key))}?"

    def _in_every_layer(self, problem: Problem) -> Iterator[Finding]:
        leaf = self._leaf_of(problem.path)
        if leaf is not None and is_changed(self.merged.leaves[leaf]):
            yield self.placed(problem)
            return
        for layer in self.layers:
            with suppress(KeyError):
                lookup(layer.values, problem.path)
                yield self.finding(_of_the_sandbox(problem, layer), layer)

    def _missing(self, problem: Problem) -> Finding:
        name = self.name_of(problem.path)
        leaf = self._leaf_of(problem.path[:-1])
        if leaf is not None and not self.merged.leaves[leaf][-1].layer.is_default:
            # In a table of a list: that stands in one layer. A default's empty table is none.
            return self.placed(replace(problem, help=f"set it: {problem.help}"))
        if self.home is None:
            return Finding(problem.code, name, problem.message, help=f"set it: {problem.help}")
        place = self.home.origin(problem.path[:-1])
        text = self.home.quote(place.line, self.view)
        advice = f"set it {_place_of((*self.home.prefix, *problem.path[:-1]))}: {problem.help}"
        return Finding(problem.code, name, problem.message, place.file, place.line, text, help=advice)

    def _deprecated(self) -> Iterator[Finding]:
        if not facts_of(self.view).has_deprecated:
            return
        for path, candidates in self.merged.leaves.items():
            said = [one.layer for one in candidates if not one.layer.is_default]
            if said and self.view.is_deprecated(path):
                meaning = " ".join(str(self.view.note(path, "description") or "").split())
                problem = Problem("W101", path, "deprecated: a later version will not know it", meaning)
                for layer in said:
                    yield self.finding(problem, layer)

    def _secrets_in_clear(self, layer: Layer, texts: Sequence[KeyPath]) -> Iterator[Finding]:
        for path in filter(self.view.is_secret, texts):
            advice = 'refer to it: {env = "NAME"}, {file = "path"} or {keyring = "service/name"}'
            if layer.document is not None:
                advice += "; then change the secret, it has stood in a file"
            problem = Problem("E401", path, "a secret stands here in clear text", advice)
            yield self.finding(problem, layer)


def _known(view: SchemaView) -> Known:
    """The tables that a schema describes and that are no single value, found once for a view."""
    known: Known | None = view.memory.get("tables")
    if known is None:
        known = view.memory["tables"] = _tables_in(view, ())
    return known


def _tables_in(view: SchemaView, path: KeyPath) -> Known:
    below = [(*path, key) for key in view.keys(path)] if len(path) < _DEEPEST_KNOWN else []
    return {
        str(here[-1]): _tables_in(view, here)
        for here in below
        if view.keys(here) and not view.is_single(here)
    }


def _at(tree: Any, paths: Sequence[KeyPath]) -> Iterator[tuple[KeyPath, Any]]:  # noqa: ANN401 - a tree of values
    """What stands at each of the paths, where anything does."""
    for path in paths:
        node = tree
        for part in path:
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            yield path, node


def _says(layer: Layer, path: KeyPath) -> bool:
    try:
        lookup(layer.values, path)
    except KeyError:
        return False
    return True


def _of_the_sandbox(problem: Problem, layer: Layer) -> Problem:
    """An unknown key in the sandbox's own file was right for the connector that stood there before."""
    if layer.document is None or _BY_THE_SANDBOX not in layer.document.text.partition("\n\n")[0]:
        return problem
    advice = "the stack has changed since: connect the sandbox again, rpac sandbox up --connect FOLDER"
    return replace(problem, help=advice, belongs=None)


def _place_of(table: KeyPath) -> str:
    """Where in a file the keys of a table stand."""
    return f"below [{format_key(table)}]" if table else "at the top of the file, above the first [table]"


def add_defaults(view: SchemaView, layers: Sequence[Layer], name: str, text: str) -> tuple[Layer, ...]:
    """The layers with the schema's own defaults below them.

    Defaults inside an optional table count only where some layer begins that table; a plugin's settings are
    begun though no layer says anything.
    """
    tables: dict[str, Any] = {}
    for layer in layers:
        _begin(tables, layer.values)
    if _SETTINGS not in tables and view.keys((_SETTINGS,)):
        tables[_SETTINGS] = {}  # a plugin always gets some, though no layer begins them
    values = facts_of(view).defaults(tables, lambda: _defaults(view, (), tables))
    return (Layer(name, values, text=text), *layers)


def _begin(tables: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Note the tables that a layer begins; where it says something else, there is none any more."""
    for key, value in values.items():
        if type(value) is dict:
            _begin(tables.setdefault(key, {}), value)
        elif key in tables:
            del tables[key]


def _defaults(view: SchemaView, path: KeyPath, given: Any) -> dict[str, Any]:  # noqa: ANN401 - a tree of values
    found: dict[str, Any] = {}
    required = {key for node in view.at(path) for key in node.get("required", ())}
    for key in view.keys(path):
        here = (*path, key)
        default = next((node["default"] for node in view.at(here) if "default" in node), _NOTHING)
        below = given.get(key, _NOTHING) if isinstance(given, Mapping) else _NOTHING
        if view.is_single(here):
            if default is not _NOTHING:
                found[key] = default
            continue
        inner: dict[str, Any] = {}
        if isinstance(below, Mapping) or (key in required and view.keys(here) and len(path) < _DEEPEST):
            inner = _defaults(view, here, below)
        if isinstance(default, Mapping):
            found[key] = {**inner, **default}
        elif isinstance(below, Mapping) and inner:
            found[key] = inner
        elif default is not _NOTHING:
            found[key] = default
        elif inner or (key in required and view.keys(here)):
            found[key] = inner  # also when empty: then its own missing keys are named, one by one
    return found


_NOTHING = object()
_DEEPEST_KNOWN = 4  # tables inside each other; about deeper ones the schema is asked each time
_DEEPEST = 16  # required tables inside each other; a schema that requires itself never ends
