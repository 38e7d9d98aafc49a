"""Money and other exact numbers: a number, or the same as text so that no digit is lost.

Rules this module keeps: pydantic writes a ``Decimal`` as a number beside a text; such a text is read as an
exact number with a point for decimals, without exponent, thousands separators, nan or infinity; what holds
of the number holds of the text.

Usage::

    branch = number_branch({"anyOf": [{"type": "number", "maximum": 500}, {"type": "string"}]})
    broken_bound(branch, read_amount("900.00"))  # "maximum"
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Any

__all__ = ["broken_bound", "is_amount", "number_branch", "read_amount", "string_branch"]

_SHAPE = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_EXACT = Context(prec=500)  # more digits than any text here has, whatever it is divided by
_MORE_THAN_TEXT = frozenset({"enum", "const", "format", "minLength", "maxLength"})
_HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {
        "minimum": lambda value, bound: value >= bound,
        "exclusiveMinimum": lambda value, bound: value > bound,
        "maximum": lambda value, bound: value <= bound,
        "exclusiveMaximum": lambda value, bound: value < bound,
        "multipleOf": lambda value, bound: bound == 0 or _EXACT.remainder(value, bound) == 0,
    }
)


def number_branch(node: Any) -> Mapping[str, Any] | None:  # noqa: ANN401 - JSON
    """The schema of the number where a schema asks for an exact number; ``None`` where it does not."""
    return _branches(node).get("number")


def string_branch(node: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    """The schema of the text where :func:`number_branch` finds a number."""
    return _branches(node).get("string", {})


def is_amount(nodes: Iterable[Any]) -> bool:
    """Whether one of the schemas of a value asks for an exact number."""
    return any(number_branch(node) is not None for node in nodes)


def read_amount(text: Any) -> Decimal | None:  # noqa: ANN401 - any value
    """The number that a text spells; ``None`` when it spells none."""
    return Decimal(text) if isinstance(text, str) and _SHAPE.fullmatch(text) else None


def broken_bound(branch: Mapping[str, Any], value: Decimal) -> str | None:
    """The first bound of a number's schema that a value breaks; ``None`` when it keeps them all."""
    for keyword, holds in _HOLDS.items():
        bound = branch.get(keyword)
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            continue
        if isinstance(bound, float) and not math.isfinite(bound):
            continue
        if not holds(value, Decimal(repr(bound))):
            return keyword
    return None


def _branches(node: Any) -> Mapping[str, Mapping[str, Any]]:  # noqa: ANN401 - JSON
    """The branches by type; none unless they are a number, a text of any length, and perhaps nothing."""
    given = node.get("anyOf") if isinstance(node, Mapping) else None
    if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) for one in given):
        return {}
    found = {one["type"]: one for one in given if isinstance(one.get("type"), str)}
    kinds = found.keys() - {"null"}
    if len(found) != len(given) or kinds != {"number", "string"}:
        return {}
    return {} if found["string"].keys() & _MORE_THAN_TEXT else found
