"""A JSON Schema compiled into functions that say in microseconds that values are right.

Rules this module keeps: a yes is sure, with the same strictness as :mod:`._validate` (``true`` is no number,
``14.0`` no whole number, nan and infinity no number at all); a no says nothing, since the check gives up on
whatever it does not know: then the full walk looks again and finds the words.

Usage::

    is_surely_valid = compile_check({"type": "integer", "minimum": 1})
    is_surely_valid(14), is_surely_valid(True)  # True, False
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._amounts import broken_bound, number_branch, read_amount
from ._quick_values import TYPES, Check, any_of, value_checks

__all__ = ["Check", "compile_check"]


def compile_check(schema: Any) -> Check:  # noqa: ANN401 - JSON
    """A check of a whole schema (2020-12, references inside it only); it never raises.

    Args:
        schema: Not to be changed afterwards.
    """
    try:
        check = _Compiler(schema).check(schema)
    except (_UnknownError, re.error, RecursionError, TypeError, ValueError, AttributeError):
        return _never

    def guarded(value: Any) -> bool:  # noqa: ANN401 - a tree of TOML values
        try:
            return check(value)
        except (RecursionError, TypeError, ValueError, OverflowError):
            return False

    return guarded


class _UnknownError(Exception):
    """The schema asks for something that is not compiled."""


def _never(_: object) -> bool:
    return False


def _always(_: object) -> bool:
    return True


# What can refuse a value in 2020-12 (or moves what references mean) and is not compiled here.
_UNKNOWN = frozenset(
    {"$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "contains", "dependentSchemas"}
    | {"if", "multipleOf", "not", "oneOf", "unevaluatedItems", "unevaluatedProperties", "uniqueItems"}
)
_TABLE_KEYWORDS = (
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
)


class _Compiler:
    """Compiles one schema; a reference is compiled once and may lead back to itself."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - JSON
        self._root = root
        self._references: dict[str, Check | None] = {}

    def check(self, schema: Any) -> Check:  # noqa: ANN401 - JSON
        """The check of a schema that stands anywhere in the root."""
        if schema is True or schema == {}:
            return _always
        if schema is False:
            return _never
        if not isinstance(schema, Mapping) or not _UNKNOWN.isdisjoint(schema):
            raise _UnknownError
        kind = schema.get("type", ())
        if not set([kind] if isinstance(kind, str) else kind) <= TYPES.keys():
            raise _UnknownError
        has_keys = any(keyword in schema for keyword in _TABLE_KEYWORDS)
        has_items = "items" in schema or "prefixItems" in schema
        parts = [self._table(schema)] if has_keys else []
        parts += [self._list(schema)] if has_items else []
        is_type_known = (kind == "object" and has_keys) or (kind == "array" and has_items)
        return _all([*value_checks(schema, is_type_known=is_type_known), *parts, *self._of_parts(schema)])

    def _of_parts(self, schema: Mapping[str, Any]) -> Iterator[Check]:
        if "$ref" in schema:
            yield self._reference(schema["$ref"])
        yield from (self.check(one) for one in schema.get("allOf", ()))
        number = number_branch(schema)
        if number is not None:
            yield self._amount(schema, number)
        elif "anyOf" in schema:
            yield any_of([self.check(one) for one in schema["anyOf"]])

    def _amount(self, schema: Mapping[str, Any], number: Mapping[str, Any]) -> Check:
        any_form = any_of([self.check(one) for one in schema["anyOf"]])

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not str:
                return any_form(value)
            read = read_amount(value)
            return read is not None and broken_bound(number, read) is None and any_form(value)

        return check

    def _reference(self, reference: Any) -> Check:  # noqa: ANN401 - JSON
        if not isinstance(reference, str) or not reference.startswith("#") or "%" in reference:
            raise _UnknownError
        if reference not in self._references:
            self._references[reference] = None
            self._references[reference] = self.check(self._definition(reference))
        known = self._references[reference]
        if known is not None:
            return known

        def later(value: Any) -> bool:  # noqa: ANN401 - a tree of TOML values
            check = self._references[reference]
            return check is not None and check(value)

        return later

    def _definition(self, reference: str) -> Any:  # noqa: ANN401 - JSON
        node = self._root
        if reference not in {"#", "#/"} and not reference.startswith("#/"):
            raise _UnknownError
        for part in reference[2:].split("/") if len(reference) > 1 else ():
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise _UnknownError
            node = node[name]
        return node

    def _list(self, schema: Mapping[str, Any]) -> Check:
        otherwise = schema.get("type") != "array"  # what the check says to anything but a list
        first = [self.check(one) for one in schema.get("prefixItems", ())]
        rest = self.check(schema.get("items", True))

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not list:
                return otherwise
            for index, item in enumerate(value):
                if not (first[index] if index < len(first) else rest)(item):
                    return False
            return True

        return check

    def _table(self, schema: Mapping[str, Any]) -> Check:
        otherwise = schema.get("type") != "object"
        known = {name: self.check(one) for name, one in schema.get("properties", {}).items()}
        required = frozenset(schema.get("required", ()))
        other = self.check(schema.get("additionalProperties", True))
        name_check = self.check(schema["propertyNames"]) if "propertyNames" in schema else None
        together = {name: frozenset(names) for name, names in schema.get("dependentRequired", {}).items()}
        if "patternProperties" in schema:
            patterns = {
                re.compile(name): self.check(one) for name, one in schema["patternProperties"].items()
            }
            found = _with_patterns(known, patterns, required, other, _rest(name_check, together))
            return lambda value: found(value) if type(value) is dict else otherwise
        rest = _rest(name_check, together)
        find = known.get

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not dict:
                return otherwise
            for key, one in value.items():
                if not find(key, other)(one):
                    return False
            return (not required or value.keys() >= required) and (rest is None or rest(value))

        return check


def _rest(name_check: Check | None, together: Mapping[str, frozenset[str]]) -> Check | None:
    """What else may be asked of a table's keys; ``None`` when nothing is."""
    if name_check is None and not together:
        return None

    def check(table: Any) -> bool:  # noqa: ANN401 - a table
        if name_check is not None and not all(map(name_check, table)):
            return False
        return all(name not in table or names <= table.keys() for name, names in together.items())

    return check


def _with_patterns(
    known: Mapping[str, Check],
    patterns: Mapping[re.Pattern[str], Check],
    required: frozenset[str],
    other: Check,
    rest: Check | None,
) -> Check:
    def check(value: Any) -> bool:  # noqa: ANN401 - a table
        for key, one in value.items():
            checks = [found for pattern, found in patterns.items() if pattern.search(key)]
            if key in known:
                checks.append(known[key])
            if not all(found(one) for found in checks or (other,)):
                return False
        return required <= value.keys() and (rest is None or rest(value))

    return check


def _all(checks: Sequence[Check]) -> Check:
    """One check for several; the first ones are called most."""
    match checks:
        case []:
            return _always
        case [only]:
            return only
        case [one, two]:
            return lambda value: one(value) and two(value)
        case [one, two, three]:
            return lambda value: one(value) and two(value) and three(value)
    return lambda value: all(check(value) for check in checks)
