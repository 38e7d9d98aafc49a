"""One value, one policy: may it be, can the policy be about it, does the policy say anything new.

Rules this module keeps: values are JSON values, so a date is a text; what cannot be compared with a bound is
outside it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rpa_commons.config.findings import show
from rpa_commons.config.layers import Policy, is_date, is_number
from rpa_commons.config.schema import read_amount

__all__ = [
    "above",
    "allowed_by",
    "impossible",
    "is_within",
    "json_value",
    "may_be",
    "unfit",
    "without_effect",
]

Nodes = tuple[Mapping[str, Any], ...]
_PARTS = frozenset({"$ref", "anyOf", "oneOf", "allOf"})


def is_within(value: Any, policy: Policy) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a value keeps the bounds of a policy."""
    if policy.minimum is not None and not _is_order(policy.minimum, value):
        return False
    if policy.maximum is not None and not _is_order(value, policy.maximum):
        return False
    return policy.one_of is None or any(_equal(value, option) for option in policy.one_of)


def above(low: Any, high: Any) -> bool:  # noqa: ANN401 - bounds
    """Whether nothing lies between two bounds."""
    return not _is_order(low, high)


def may_be(value: Any, nodes: Nodes) -> bool:  # noqa: ANN401 - any JSON value
    """Whether the schema allows a value of this type."""
    types = _types(nodes)
    return "any" in types or any(_is_a(value, kind) for kind in types)


def unfit(policy: Policy, nodes: Nodes) -> Iterator[str]:
    """Why a policy cannot be about a key with these schemas."""
    types = _types(nodes)
    if "any" in types:
        return
    for name, bound in (("min", policy.minimum), ("max", policy.maximum)):
        if is_number(bound) and not types & {"integer", "number"}:
            yield f"{name} is a number, and no number can stand here"
        if is_date(bound) and not any(node.get("format") == "date" for node in nodes):
            yield f"{name} is a date, and no date can stand here"
    items = types | _item_types(nodes)
    for option in policy.one_of or ():
        if "any" not in items and not any(_is_a(json_value(option), kind) for kind in items):
            yield "one_of holds what cannot stand here"
            return


def without_effect(policy: Policy, nodes: Nodes) -> Iterator[str]:
    """Bounds that are looser than the schema's own."""
    numbers = [node for node in nodes if node.get("type") in {"integer", "number"}]
    limits = (("min", policy.minimum, ("minimum", "exclusiveMinimum")),
              ("max", policy.maximum, ("maximum", "exclusiveMaximum")))  # fmt: skip
    for name, bound, keywords in limits:
        if not is_number(bound) or not numbers:
            continue
        limits_there = [
            next((node[word] for word in keywords if is_number(node.get(word))), None) for node in numbers
        ]
        known = [one for one in limits_there if one is not None]
        if len(known) < len(limits_there):
            continue  # one of the alternatives has no such limit
        if (name == "min" and bound < min(known)) or (name == "max" and bound > max(known)):
            limit = min(known) if name == "min" else max(known)
            yield f"{name} = {show(bound)} allows all that the author allows: {name} {show(limit)}"
    chosen = policy.one_of or ()
    enums = [node["enum"] for node in nodes if "enum" in node]
    is_closed = bool(enums) and len(enums) == sum(map(_decides, nodes))
    own = [one for options in enums for one in options]
    if chosen and is_closed and all(any(_equal(one, option) for option in chosen) for one in own):
        yield "one_of allows all that the author allows"
        return
    never = [one for one in chosen if not any(_accepts(node, json_value(one)) for node in _with_items(nodes))]
    if never and len(never) < len(chosen):
        yield f"one_of holds what the author does not allow: {', '.join(map(show, never))}"


def impossible(policy: Policy, nodes: Nodes) -> bool:
    """Whether no value that these schemas allow keeps to a policy; only where that is plain."""
    deciding = [node for node in nodes if _decides(node) and node.get("type") not in {"array", "object"}]
    return bool(deciding) and not any(_leaves(policy, node) for node in deciding)


def allowed_by(nodes: Nodes) -> str:
    """The values or limits that schemas name, in words; empty when they name none."""
    options = [one for node in nodes for one in (*node.get("enum", ()), *_const(node))]
    limits = [
        f"{name} {show(node[word])}"
        for node in nodes
        for word, name in _LIMITS.items()
        if is_number(node.get(word))
    ]
    return ", ".join([*map(show, options), *limits])


_LIMITS = MappingProxyType(
    {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
)


def _const(node: Mapping[str, Any]) -> tuple[Any, ...]:
    return (node["const"],) if "const" in node else ()


def _leaves(policy: Policy, node: Mapping[str, Any]) -> bool:
    """Whether some value of one schema keeps to a policy; when in doubt, yes."""
    options = policy.one_of if policy.one_of is not None else (*node.get("enum", ()), *_const(node))
    if options:
        given = map(json_value, options)
        return any(_accepts(node, one) and is_within(one, policy) for one in given)
    least = next((node[word] for word in ("minimum", "exclusiveMinimum") if is_number(node.get(word))), None)
    most = next((node[word] for word in ("maximum", "exclusiveMaximum") if is_number(node.get(word))), None)
    if is_number(policy.minimum) and most is not None and above(policy.minimum, most):
        return False
    return not (is_number(policy.maximum) and least is not None and above(least, policy.maximum))


def _accepts(node: Mapping[str, Any], value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether one schema allows a value, as far as type, choices and limits say; when in doubt, yes."""
    if not _decides(node):
        return False
    kind, options = node.get("type"), (*node.get("enum", ()), *_const(node))
    if isinstance(kind, str) and not _is_a(value, kind):
        return False
    if options and not any(_equal(value, one) for one in options):
        return False
    if not is_number(value):
        return True
    return not (
        any(is_number(node.get(word)) and value < node[word] for word in ("minimum", "exclusiveMinimum"))
        or any(is_number(node.get(word)) and value > node[word] for word in ("maximum", "exclusiveMaximum"))
    )


def _with_items(nodes: Nodes) -> Nodes:
    """The schemas and those of what their lists hold; one that is not plain allows everything."""
    items = [node["items"] for node in nodes if isinstance(node.get("items"), Mapping)]
    return (*nodes, *({} if one.keys() & _PARTS else one for one in items))


def _decides(node: Mapping[str, Any]) -> bool:
    """Whether a schema, and not only its parts, says what a value may be."""
    return node.get("type") != "null" and not node.keys() & _PARTS


def _types(nodes: Nodes) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        given = node.get("type")
        if isinstance(given, str):
            found.add(given)
        elif isinstance(given, list):
            found.update(given)
        elif "enum" in node or "const" in node:
            options = node.get("enum", [node.get("const")])
            found.update(kind for kind in _KINDS for option in options if _is_a(option, kind))
        elif not node.keys() & _PARTS:
            found.add("any")
    return found


_KINDS = ("boolean", "integer", "number", "string", "array", "object", "null")


def _item_types(nodes: Nodes) -> set[str]:
    """The types of what a list may hold; any when that is not plain."""
    items = [node.get("items") for node in nodes if node.get("type") == "array"]
    plain = [one for one in items if isinstance(one, Mapping) and isinstance(one.get("type"), str)]
    return {one["type"] for one in plain} if len(plain) == len(items) else {"any"}


def _is_a(value: Any, kind: str) -> bool:  # noqa: ANN401 - any JSON value
    if kind in {"integer", "number"}:
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
    types: Mapping[str, type | tuple[type, ...]] = {
        "boolean": bool, "string": str, "array": (list, tuple), "object": Mapping, "null": type(None)
    }  # fmt: skip
    return isinstance(value, types.get(kind, ()))


def _is_order(low: Any, high: Any) -> bool:  # noqa: ANN401 - bounds and values
    """Whether both can be compared and stand in this order."""
    if is_number(low) and is_number(high):
        return low <= high
    one, two = _exact(low), _exact(high)
    if one is not None and two is not None and not (isinstance(low, str) and isinstance(high, str)):
        return one <= two
    first, second = _day(low), _day(high)
    return first is not None and second is not None and first <= second


def _exact(value: Any) -> Decimal | None:  # noqa: ANN401 - bounds and values
    """A number, also one that is written as text so that no digit is lost; ``None`` for anything else."""
    return Decimal(repr(value)) if is_number(value) else read_amount(value)


def _day(value: Any) -> date | None:  # noqa: ANN401 - any value
    if is_date(value):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _equal(value: Any, option: Any) -> bool:  # noqa: ANN401 - any value
    option = json_value(option)
    if isinstance(value, str) and is_number(option):
        return read_amount(value) == _exact(option)
    return bool(value == option) and isinstance(value, bool) is isinstance(option, bool)


def json_value(value: Any) -> Any:  # noqa: ANN401 - any TOML value
    """A TOML value as JSON has it: a date as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
