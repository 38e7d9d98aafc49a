"""Questions to a JSON Schema: what is at this path, what is it called, may its value be shown?

Rules this module keeps: it understands the part of JSON Schema 2020-12 that pydantic writes; ``personal`` on
any table around a value hides the value; a value of which the schema knows nothing is hidden too, since it
may be a secret under a misspelt key.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from rpa_commons.config.findings import KeyPath, lookup, show, walk

from ._amounts import is_amount, string_branch

__all__ = ["CHANGES", "SchemaView", "bounds_text", "is_secret_reference", "type_text"]

Node = Mapping[str, Any]

CHANGES = ("append", "remove")
"""What a layer may say of a list instead of another list."""

_TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "array": "list",
    "object": "table",
    "null": "nothing",
}
_FORMATS = {
    "date": "date",
    "date-time": "date and time",
    "time": "time of day",
    "uuid": "UUID",
    "path": "path",
    "uri": "address (URI)",
}
_SEVERAL = ("$ref", "allOf", "anyOf", "oneOf", "enum", "const")  # their parts say what the type is
_MOST_PATHS = 20_000  # paths for which answers are kept
_DEEPEST_HOME = 4  # tables inside each other that are searched for a misplaced key
_REFERENCE_KEYS = ("env", "file", "keyring", "store")


class SchemaView:
    """A JSON Schema with its definitions, asked by path."""

    def __init__(self, schema: Node) -> None:
        self.schema = schema
        self._cache: dict[KeyPath, tuple[Node, ...]] = {}
        self._shapes: dict[KeyPath, str] = {}
        self._single: dict[KeyPath, bool] = {}
        self._formats: dict[KeyPath, frozenset[str | None]] = {}
        self.memory: dict[str, Any] = {}  # what is worked out about the schema, see ._facts

    def at(self, path: KeyPath) -> tuple[Node, ...]:
        """The schemas that may hold for the value at a path; empty when the schema knows no such key."""
        if path not in self._cache:
            if path:
                nodes = tuple(node for parent in self.at(path[:-1]) for node in self._below(parent, path[-1]))
            else:
                nodes = tuple(self._expand(self.schema))
            if len(self._cache) > _MOST_PATHS:  # free keys, of many files over a long life
                for cache in (self._cache, self._shapes, self._single, self._formats):
                    cache.clear()
            self._cache[path] = nodes
            return nodes
        return self._cache[path]

    def knows(self, path: KeyPath) -> bool:
        """Whether the schema has a place for this path."""
        return bool(self.at(path))

    def note(self, path: KeyPath, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """What the schema notes at a path under a keyword such as ``description``; ``None`` when nothing."""
        return next((node[name] for node in self.at(path) if node.get(name) not in (None, "")), None)

    def keys(self, path: KeyPath) -> list[str]:
        """The keys that the table at a path may hold by name, in the schema's order."""
        return list(dict.fromkeys(key for node in self.at(path) for key in node.get("properties", ())))

    def tables_with(self, key: str) -> list[KeyPath]:
        """The tables that may hold a key by name, outermost first; tables inside lists are left out."""
        found: list[KeyPath] = []
        level: list[KeyPath] = [()]
        for _ in range(_DEEPEST_HOME):
            found += [path for path in level if key in self.keys(path)]
            level = [(*path, name) for path in level for name in self.keys(path) if self.keys((*path, name))]
            level = [path for path in level if self.secret_part(path) is None]
        return found

    def is_personal(self, path: KeyPath) -> bool:
        """Whether the value or a table around it is personal data."""
        return any(
            node.get("personal") is True
            for length in range(1, len(path) + 1)
            for node in self.at(path[:length])
        )

    def secret_part(self, path: KeyPath) -> KeyPath | None:
        """The part of the path that names a secret; ``None`` when the path leads to none."""
        for length in range(1, len(path) + 1):
            if any(node.get("secret_reference") for node in self.at(path[:length])):
                return path[:length]
        return None

    def is_secret(self, path: KeyPath) -> bool:
        """Whether the value at a path is a secret."""
        return any(node.get("secret_reference") for node in self.at(path))

    def is_list(self, path: KeyPath) -> bool:
        """Whether the value at a path is a list and no table: one that layers may add to."""
        return self._shape(path) == "list"

    def is_single(self, path: KeyPath) -> bool:
        """Whether a table at a path is one value: a secret reference, a change of a list, or a mistake."""
        known = self._single.get(path)
        if known is None:
            known = self._single[path] = self._shape(path) != "table" or self.is_secret(path)
        return known

    def takes_format(self, path: KeyPath, name: str) -> bool:
        """Whether a text of a format may stand at a path; where nothing is asked for, any may."""
        formats = self._formats.get(path)
        if formats is None:
            found = (str(node.get("format", "")) if node else None for node in self.at(path))
            formats = self._formats[path] = frozenset(found)
        return name in formats or None in formats

    def is_deprecated(self, path: KeyPath) -> bool:
        """Whether the author advises against the key or a table around it."""
        return any(
            node.get("deprecated") is True
            for length in range(1, len(path) + 1)
            for node in self.at(path[:length])
        )

    def _shape(self, path: KeyPath) -> str:
        """``"table"`` where a table may stand, or nothing is known; ``"list"``; else ``"value"``."""
        if path not in self._shapes:
            nodes = self.at(path)
            types = {kind for node in nodes for kind in _types(node)}
            kind = "list" if "array" in types else "value"
            self._shapes[path] = "table" if not nodes or types & {"object", "any"} else kind
        return self._shapes[path]

    def is_hidden(self, path: KeyPath, tree: Any) -> bool:  # noqa: ANN401 - a tree of TOML values
        """Whether the value at a path of ``tree`` must be shown as ``…``.

        Secrets (but not references to them), personal values, and values the schema does not know.
        """
        if not self.knows(path) or self.is_personal(path):
            return True
        secret = self.secret_part(path)
        if secret is None:
            return False
        try:
            value = lookup(tree, secret)
        except KeyError:
            return True
        return value is not None and not is_secret_reference(value)

    def broken_reference(self) -> str | None:
        """The first reference that leads out of the schema or nowhere; ``None`` when all is well.

        A host must never fetch what a wheel's manifest points at.
        """
        for path, value in walk(self.schema):
            if path[-1] in {"$ref", "$dynamicRef", "$recursiveRef"} and "properties" not in path[-2:-1]:
                is_local = isinstance(value, str) and value.startswith("#")
                if not is_local or not isinstance(self._definition(value), Mapping | bool):
                    return str(value)
        return None

    def _expand(self, node: Any, seen: frozenset[str] = frozenset()) -> Iterator[Node]:  # noqa: ANN401 - JSON
        """The node itself and whatever it refers to or offers as alternatives."""
        if not isinstance(node, Mapping):
            if node is True:
                yield {}
            return
        yield node
        reference = node.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            yield from self._expand(self._definition(reference), seen | {reference})
        for keyword in ("allOf", "anyOf", "oneOf"):
            for alternative in node.get(keyword, ()):
                yield from self._expand(alternative, seen)

    def _definition(self, reference: str) -> Any:  # noqa: ANN401 - JSON
        node: Any = self.schema
        for part in reference.removeprefix("#").split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            node = node.get(name) if isinstance(node, Mapping) else None
        return node

    def _below(self, node: Node, part: str | int) -> Iterator[Node]:
        if isinstance(part, int):
            prefix = node.get("prefixItems", ())
            yield from self._expand(prefix[part] if part < len(prefix) else node.get("items"))
            return
        if part in node.get("properties", {}):
            yield from self._expand(node["properties"][part])
            return
        if part in CHANGES and node.get("type") == "array":  # hosts.append holds what hosts holds
            yield from self._expand(node)
            return
        patterns = node.get("patternProperties", {})
        matching = [schema for pattern, schema in patterns.items() if re.search(pattern, part)]
        for schema in matching:
            yield from self._expand(schema)
        if not matching:
            is_open = node.get("type") == "object"  # by default a table may hold anything
            yield from self._expand(node.get("additionalProperties", is_open))


def _types(node: Node) -> tuple[str, ...]:
    """The types that a schema allows by itself; ``"any"`` when it says nothing of types."""
    given = node.get("type")
    if isinstance(given, str):
        return (given,)
    if isinstance(given, list):
        return tuple(given)
    return () if any(keyword in node for keyword in _SEVERAL) else ("any",)


def is_secret_reference(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    """Whether a value has the shape ``{env = "…"}``, ``{file = "…"}`` or ``{keyring = "…"}``."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    [(key, name)] = value.items()
    if key == "env":
        return isinstance(name, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None
    return key in _REFERENCE_KEYS and isinstance(name, str) and bool(name)


def type_text(nodes: tuple[Node, ...]) -> str:
    """What a value may be, in words: ``whole number``, ``date``, ``list of text``."""
    if any(node.get("secret_reference") for node in nodes):
        return "secret reference"
    if any("table" in node for node in nodes):
        return "decision table"
    words = ["amount"] if is_amount(nodes) else []
    for node in () if words else nodes:
        if "enum" in node or "const" in node:
            options = node.get("enum", [node.get("const")])
            words.append("one of " + ", ".join(map(show, options)))
        elif node.get("type") == "array" and isinstance(node.get("items"), Mapping):
            items = node["items"]
            words.append(f"list of {_TYPES.get(items.get('type', ''), 'tables')}")
        elif node.get("format") in _FORMATS:
            words.append(_FORMATS[node["format"]])
        elif isinstance(node.get("type"), str):
            words.append(_TYPES[node["type"]])
    unique = [word for word in dict.fromkeys(words) if word != "nothing"]
    return " or ".join(unique) or "anything"


def bounds_text(nodes: tuple[Node, ...], *, patterns: bool = True) -> str:
    """The limits of a value in words; empty when there are none.

    Args:
        nodes: The schemas of the value.
        patterns: Whether to name regular expressions too, which only some people read.
    """
    phrases = {
        "minimum": "at least {}",
        "exclusiveMinimum": "more than {}",
        "maximum": "at most {}",
        "exclusiveMaximum": "less than {}",
        "multipleOf": "a multiple of {}",
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minItems": "at least {} items",
        "maxItems": "at most {} items",
        "pattern": "matches {}",
    }
    texts = [string_branch(node) for node in nodes]  # of amounts; how these are written is said elsewhere
    found = [
        "not empty"
        if (keyword, node[keyword]) in _NOT_EMPTY
        else _counted(phrase.format(_plain(node[keyword])))
        for node in nodes
        if not node.get("secret_reference") and not any(node is text for text in texts)
        for keyword, phrase in phrases.items()
        if keyword in node and (keyword, node[keyword]) != ("minLength", 0)
        if patterns or keyword != "pattern"
    ]
    tables = [node["table"] for node in nodes if isinstance(node.get("table"), Mapping)]
    found += ["gaps are allowed" for one in tables if one.get("complete") is False]
    return ", ".join(dict.fromkeys(found))


def _plain(bound: Any) -> Any:  # noqa: ANN401 - JSON
    """A bound as people write it: 500 though the schema says 500.0."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


_NOT_EMPTY = (("minLength", 1), ("minItems", 1))


def _counted(phrase: str) -> str:
    return phrase.removesuffix("s") if phrase.endswith((" 1 items", " 1 characters")) else phrase


def value_type_text(value: Any) -> str:  # noqa: ANN401 - any TOML value
    """What a given value is, in words."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "truth value"),
        (int, "whole number"),
        (float, "number with decimals"),
        (str, "text"),
        (datetime, "date and time"),
        (date, "date"),
        (time, "time of day"),
        (list, "list"),
        (Mapping, "table"),
    )
    return next((word for kind, word in kinds if isinstance(value, kind)), "nothing")
