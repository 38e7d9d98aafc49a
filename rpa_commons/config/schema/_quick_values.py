"""The quick checks of one value by itself: its type, bounds, choices, form.

Rules this module keeps: as :mod:`._quick`, a yes is sure; what the usual schemas ask of a number or text is
asked in one call, since a call costs more than the comparison in it.

Usage::

    all(check(14) for check in value_checks({"type": "integer", "minimum": 1}))  # True
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

__all__ = ["FORMATS", "TYPES", "Check", "any_of", "value_checks"]

Check = Callable[[Any], bool]
"""From values to whether they are surely right."""


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


TYPES: Mapping[str, Check] = MappingProxyType(
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
"""The types of JSON Schema."""


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


def value_checks(schema: Mapping[str, Any], *, is_type_known: bool = False) -> Iterator[Check]:
    """What a schema asks of a value itself, not of its parts; the first checks refuse most.

    Args:
        schema: The schema; whoever calls has looked that its ``type`` is one of :data:`TYPES`.
        is_type_known: The type is asked elsewhere.
    """
    done = frozenset({"type"}) if is_type_known or "type" not in schema else frozenset()
    together = None if done else _together(schema)
    if together is not None:
        done = together[0]
        yield together[1]
    elif not done:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        yield any_of([TYPES[kind] for kind in kinds])
    if "enum" in schema and "enum" not in done:
        yield _one_of(schema["enum"])
    if "const" in schema:
        yield _one_of([schema["const"]])
    for keyword, make in _BOUNDS.items():
        if keyword in schema and keyword not in done:
            yield make(schema[keyword])
    if "pattern" in schema:
        yield _pattern(schema["pattern"])
    if schema.get("format") in FORMATS:
        yield FORMATS[schema["format"]]


def _together(schema: Mapping[str, Any]) -> tuple[frozenset[str], Check] | None:
    """One check for the type and what usually stands beside it, and the keywords that it answers."""
    kind = schema["type"]
    if not isinstance(kind, str):
        return None
    if kind == "string" and "enum" in schema and all(type(one) is str for one in schema["enum"]):
        texts = frozenset(schema["enum"])
        return frozenset({"type", "enum"}), lambda value: type(value) is str and value in texts
    names = ("minLength", "maxLength") if kind == "string" else ("minimum", "maximum")
    low, high = schema.get(names[0], -math.inf), schema.get(names[1], math.inf)
    is_bounded = names[0] in schema or names[1] in schema
    if not is_bounded or not {type(low), type(high)} <= {int, float}:
        return None
    check = _BETWEEN[kind](low, high) if kind in _BETWEEN else None
    return None if check is None else (frozenset({"type", *names}), check)


_Number = int | float


def _whole_between(low: _Number, high: _Number) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _number_between(low: _Number, high: _Number) -> Check:
    def check(value: Any) -> bool:  # noqa: ANN401 - any TOML value
        if type(value) is float:
            return low <= value <= high and math.isfinite(value)
        return type(value) is int and low <= value <= high

    return check


def _text_between(low: _Number, high: _Number) -> Check:
    return lambda value: type(value) is str and low <= len(value) <= high


_BETWEEN: Mapping[str, Callable[[_Number, _Number], Check]] = MappingProxyType(
    {"integer": _whole_between, "number": _number_between, "string": _text_between}
)


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


def any_of(checks: Sequence[Check]) -> Check:
    """One check that any of several has to allow."""
    if len(checks) == 1:
        return checks[0]
    return lambda value: any(check(value) for check in checks)
