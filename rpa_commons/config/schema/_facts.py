"""What is worked out once for a schema and asked at every resolution.

Rules this module keeps: a fact is about the schema alone, never about values, so it may live as long as the
schema; what cannot be told for sure is ``None``, and the asker looks at the values instead; what is kept is
bounded.

Usage::

    view = shared_view(instance_schema, manifest.settings_schema)
    facts_of(view).check({"settings": {"window_days": 14}})  # True: surely valid
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from rpa_commons.config.findings import KeyPath, walk

from ._quick import Check, compile_check
from ._schema import SchemaView

__all__ = ["Facts", "facts_of", "shared_view"]

_DEEPEST = 12  # tables inside each other that are searched for secrets
_MOST_SECRETS = 64
_MOST_SHAPES = 64  # shapes of tables for which the defaults are kept
_ANY_KEY = "\0any"  # no TOML key that a schema would name


class Facts:
    """The facts about one schema.

    Attributes:
        check: Says yes only to values that are surely valid.
        has_deprecated: Whether any key may be deprecated.
        has_tables: Whether any key may be a decision table.
        has_rules: Whether there may be rules between keys.
        secret_paths: Where secrets may stand; ``None`` when they may stand below free keys or in lists.
    """

    def __init__(self, view: SchemaView) -> None:
        self._view = view
        self._defaults: dict[str, dict[str, Any]] = {}

    @functools.cached_property
    def check(self) -> Check:
        """See the class."""
        return compile_check(self._view.schema if self._view.broken_reference() is None else False)

    @functools.cached_property
    def has_deprecated(self) -> bool:
        """See the class."""
        return "deprecated" in self._words

    @functools.cached_property
    def has_tables(self) -> bool:
        """See the class."""
        return "table" in self._words

    @functools.cached_property
    def has_rules(self) -> bool:
        """See the class."""
        return "rules" in self._words

    @functools.cached_property
    def _words(self) -> frozenset[str]:
        """Every keyword of the schema, and every name in it."""
        return frozenset(str(path[-1]) for path, _ in walk(self._view.schema))

    @functools.cached_property
    def secret_paths(self) -> tuple[KeyPath, ...] | None:
        """See the class."""
        found: list[KeyPath] = []
        return tuple(found) if _Secrets(self._view, found).are_known((), 0) else None

    def defaults(self, tables: Mapping[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The defaults where the given tables are begun, made once; not to be changed.

        Args:
            tables: Every table that is begun, as a tree of nothing but tables.
            make: Works the defaults out.
        """
        shape = repr(tables)
        known = self._defaults.get(shape)
        if known is None:
            known = make()
            if len(self._defaults) >= _MOST_SHAPES:
                self._defaults.clear()
            self._defaults[shape] = known
        return known


class _Secrets:
    """Gathers the paths of secrets from a schema, which may lead back to itself."""

    def __init__(self, view: SchemaView, found: list[KeyPath]) -> None:
        self._view = view
        self._found = found
        self._seen: set[tuple[int, ...]] = set()

    def are_known(self, path: KeyPath, depth: int) -> bool:
        """Whether all secrets below a table are found now."""
        if depth > _DEEPEST or len(self._found) > _MOST_SECRETS:
            return False
        for key in self._view.keys(path):
            here = (*path, key)
            if self._view.is_secret(here):
                self._found.append(here)
            elif not self.are_known(here, depth + 1):
                return False
        return all(self._holds_none((*path, part)) for part in (_ANY_KEY, 0))

    def _holds_none(self, path: KeyPath) -> bool:
        nodes = self._view.at(path)
        if any(node.get("secret_reference") for node in nodes):
            return False
        mark = tuple(id(node) for node in nodes if node)  # an empty one allows anything and names no secret
        if not mark or mark in self._seen:
            return True
        self._seen.add(mark)
        parts: tuple[str | int, ...] = (*self._view.keys(path), _ANY_KEY, 0)
        return all(self._holds_none((*path, part)) for part in parts)


def facts_of(view: SchemaView) -> Facts:
    """The facts about a view's schema, made when they are first asked for and kept with the view."""
    facts = view.memory.get("facts")
    if facts is None:
        facts = view.memory["facts"] = Facts(view)
    return facts


Shape = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def shared_view(shape: Shape, settings: Mapping[str, Any]) -> SchemaView:
    """The view of one of our files' shapes with a plugin's settings schema in it, the same one each time.

    Args:
        shape: From the settings' schema to the file's, see :mod:`._shapes`.
        settings: The schema, which belongs to a manifest or connector entry; never changed afterwards.
    """
    return _view(shape, _Same(settings))


class _Same:
    """Stands for one object, whatever it is equal to; keeps it alive, so that its id stays its own."""

    def __init__(self, one: Mapping[str, Any]) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


@functools.lru_cache(maxsize=128)
def _view(shape: Shape, settings: _Same) -> SchemaView:
    return SchemaView(shape(settings.one))
