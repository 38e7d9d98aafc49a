"""A JSON Schema compiled into functions that say in microseconds that values are right.

Rules this module keeps: a yes is sure, with the same strictness as :mod:`._validate` (``true`` is no number,
``14.0`` no whole number, nan and infinity no number at all); a no says nothing, since the check gives up on
whatever it does not know: then the full walk looks again and finds the words.

Usage::

    is_surely_valid = compile_check({"type": "integer", "minimum": 1})
    is_surely_valid(14), is_surely_valid(True)  # True, False
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from ._amounts import broken_bound, number_branch, read_amount

__all__ = ["FORMATS", "Check", "compile_check"]

Check = Callable[[Any], bool]
"""From values to whether they are surely right."""


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


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


_TYPES: Mapping[str, Check] = MappingProxyType(
    {
        "integer": lambda value: type(value) is int,
        "number": _is_number,
        "string": lambda value: type(value) is str,
        "boolean": lambda value: type(value) is bool,
        "array": lambda value: type(value) is list,
        "object": lambda value: type(value) is dict,
        "null": lambda value: value is None,
    }
)


def _format(shape: str, read: Callable[[str], object] | None = None) -> Check:
    has_shape = re.compile(shape, re.ASCII).fullmatch

    def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
        if not isinstance(value, str):
            return True  # the type check speaks about it
        if has_shape(value) is None:
            return False
        if read is not None:
            read(value)
        return True

    return check


FORMATS: Mapping[str, Check] = MappingProxyType(
    {
        "date": _format(r"\d{4}-\d\d-\d\d", date.fromisoformat),
        "date-time": _format(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", datetime.fromisoformat),
        "time": _format(r"\d\d:\d\d.*", time.fromisoformat),
        "uuid": _format(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    }
)
"""The formats that are checked; a check returns false or raises ``ValueError`` for a text of another form."""

# What can refuse a value in 2020-12 (or moves what references mean) and is not compiled here.
_UNKNOWN = frozenset(
    {"$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "contains", "dependentSchemas"}
    | {"if", "multipleOf", "not", "oneOf", "unevaluatedItems", "unevaluatedProperties", "uniqueItems"}
)
_BOUNDS: Mapping[str, Callable[[Any], Check]] = MappingProxyType(
    {
        "minimum": lambda bound: lambda value: not _is_number(value) or value >= bound,
        "exclusiveMinimum": lambda bound: lambda value: not _is_number(value) or value > bound,
        "maximum": lambda bound: lambda value: not _is_number(value) or value <= bound,
        "exclusiveMaximum": lambda bound: lambda value: not _is_number(value) or value < bound,
        "minLength": lambda bound: lambda value: type(value) is not str or len(value) >= bound,
        "maxLength": lambda bound: lambda value: type(value) is not str or len(value) <= bound,
        "minItems": lambda bound: lambda value: type(value) is not list or len(value) >= bound,
        "maxItems": lambda bound: lambda value: type(value) is not list or len(value) <= bound,
        "minProperties": lambda bound: lambda value: type(value) is not dict or len(value) >= bound,
        "maxProperties": lambda bound: lambda value: type(value) is not dict or len(value) <= bound,
    }
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
        return _all([*self._of_value(schema), *self._of_parts(schema)])

    def _of_value(self, schema: Mapping[str, Any]) -> Iterator[Check]:
        if "type" in schema:
            yield self._type(schema["type"])
        if "enum" in schema:
            yield _one_of(schema["enum"])
        if "const" in schema:
            yield _one_of([schema["const"]])
        yield from (make(schema[keyword]) for keyword, make in _BOUNDS.items() if keyword in schema)
        if "pattern" in schema:
            yield _pattern(schema["pattern"])
        if schema.get("format") in FORMATS:
            yield FORMATS[schema["format"]]

    def _of_parts(self, schema: Mapping[str, Any]) -> Iterator[Check]:
        if any(keyword in schema for keyword in _TABLE_KEYWORDS):
            yield self._table(schema)
        if "items" in schema or "prefixItems" in schema:
            yield self._list(schema)
        if "$ref" in schema:
            yield self._reference(schema["$ref"])
        yield from (self.check(one) for one in schema.get("allOf", ()))
        number = number_branch(schema)
        if number is not None:
            yield self._amount(schema, number)
        elif "anyOf" in schema:
            yield _any([self.check(one) for one in schema["anyOf"]])

    def _amount(self, schema: Mapping[str, Any], number: Mapping[str, Any]) -> Check:
        any_form = _any([self.check(one) for one in schema["anyOf"]])

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not str:
                return any_form(value)
            read = read_amount(value)
            return read is not None and broken_bound(number, read) is None and any_form(value)

        return check

    def _type(self, wanted: Any) -> Check:  # noqa: ANN401 - JSON
        names = [wanted] if isinstance(wanted, str) else wanted
        if not all(name in _TYPES for name in names):
            raise _UnknownError
        return _any([_TYPES[name] for name in names])

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
        first = [self.check(one) for one in schema.get("prefixItems", ())]
        rest = self.check(schema.get("items", True))

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not list:
                return True
            for index, item in enumerate(value):
                if not (first[index] if index < len(first) else rest)(item):
                    return False
            return True

        return check

    def _table(self, schema: Mapping[str, Any]) -> Check:
        known = {name: self.check(one) for name, one in schema.get("properties", {}).items()}
        required = frozenset(schema.get("required", ()))
        other = self.check(schema.get("additionalProperties", True))
        name_check = self.check(schema["propertyNames"]) if "propertyNames" in schema else None
        together = {name: frozenset(names) for name, names in schema.get("dependentRequired", {}).items()}
        if "patternProperties" in schema:
            patterns = {
                re.compile(name): self.check(one) for name, one in schema["patternProperties"].items()
            }
            return _with_patterns(known, patterns, required, other, _rest(name_check, together))
        rest = _rest(name_check, together)
        find = known.get

        def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
            if type(value) is not dict:
                return True
            for key, one in value.items():
                if not find(key, other)(one):
                    return False
            return required <= value.keys() and (rest is None or rest(value))

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
    def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
        if type(value) is not dict:
            return True
        for key, one in value.items():
            checks = [found for pattern, found in patterns.items() if pattern.search(key)]
            if key in known:
                checks.append(known[key])
            if not all(found(one) for found in checks or (other,)):
                return False
        return required <= value.keys() and (rest is None or rest(value))

    return check


def _pattern(pattern: str) -> Check:
    search = re.compile(pattern).search
    return lambda value: type(value) is not str or search(value) is not None


def _one_of(options: Sequence[Any]) -> Check:
    texts = frozenset(one for one in options if type(one) is str)
    others = frozenset((type(one), one) for one in options if type(one) in {int, bool, type(None)})

    def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
        if type(value) is str:
            return value in texts
        return (type(value), value) in others  # true and 1 are equal, and not the same

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


def _any(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    return lambda value: any(check(value) for check in checks)
