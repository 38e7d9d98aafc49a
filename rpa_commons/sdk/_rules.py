"""Rules between the keys of a settings class: data, so that the host checks them without importing the bot.

A key *is set* when the value that holds is there and is not null: a default counts, and so does an empty text
or list; give a key ``None`` as its default when "not said" must be told apart. ``retry.times`` names a key of
a nested table; when that table is not set, its keys are not.

Rules this module keeps: the host and the worker ask the same function (:func:`violation`), the one with
values from TOML files and the other with the validated settings; a rule says nothing about values of a wrong
type.

Usage::

    class Settings(BotSettings):
        first: date | None = Field(None, description="First day.")
        last: date | None = Field(None, description="Last day.")

        rules: ClassVar[tuple[Rule, ...]] = (less_than("first", "last", because="a period has a length"),)
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = [
    "Rule",
    "Violation",
    "at_least_one",
    "at_most",
    "excludes",
    "less_than",
    "requires",
    "rule_from_json",
    "rule_problems",
    "violation",
]

Scalar = str | int | float | bool
Get = Callable[[str], Any]
"""From a key to its value; ``None`` when it is not set."""

_ORDERED = {"less_than": "less than", "at_most": "at most"}
_NAMES = ("at_least_one", "at_most", "excludes", "less_than", "requires")
_PAIR = 2
_KINDS = {"integer": "number", "number": "number", "date": "date", "date-time": "date-time", "time": "time"}


@dataclass(frozen=True)
class Rule:
    """One rule, made by the functions of this module.

    Attributes:
        name: ``requires``, ``excludes``, ``less_than``, ``at_most`` or ``at_least_one``.
        keys: What it is about; of ``requires`` and ``excludes``, the first is what the others hang on.
        when: Values of the first key at which the rule counts; empty: whenever that key is set.
        because: Why, one sentence for people.
    """

    name: str
    keys: tuple[str, ...]
    when: tuple[Scalar, ...] = ()
    because: str = ""

    def to_json(self) -> dict[str, Any]:
        """The rule as JSON values, as it stands in the manifest."""
        said = {"rule": self.name, "keys": list(self.keys), "when": list(self.when), "because": self.because}
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True)
class Violation:
    """Two keys, or more, that do not go together.

    Attributes:
        rule: Which rule they break.
        keys: Those that a person has to look at.
        reason: What is wrong with them, after their names: ``"must be less than"``.
    """

    rule: Rule
    keys: tuple[str, ...]
    reason: str

    def sentence(self, name: Callable[[str], str] = str) -> str:
        """In words; ``name`` gives what each key is called, perhaps with its value."""
        first, *others = map(name, self.keys)
        if self.rule.name == "at_least_one":
            return f"one of {', '.join([first, *others])} must be set"
        return f"{first} {self.reason} {' and '.join(others)}"


def requires(key: str, *others: str, when: Scalar | Iterable[Scalar] = (), because: str = "") -> Rule:
    """When ``key`` is set (or has one of the values ``when``), every one of ``others`` must be set too."""
    return Rule("requires", (key, *others), _values(when), because)


def excludes(key: str, *others: str, when: Scalar | Iterable[Scalar] = (), because: str = "") -> Rule:
    """When ``key`` is set (or has one of the values ``when``), none of ``others`` may be set."""
    return Rule("excludes", (key, *others), _values(when), because)


def less_than(smaller: str, larger: str, *, because: str = "") -> Rule:
    """When both are set, the first is less than the second: numbers, dates or times."""
    return Rule("less_than", (smaller, larger), because=because)


def at_most(smaller: str, larger: str, *, because: str = "") -> Rule:
    """When both are set, the first is at most the second: numbers, dates or times."""
    return Rule("at_most", (smaller, larger), because=because)


def at_least_one(*keys: str, because: str = "") -> Rule:
    """One of the keys must be set, or several."""
    return Rule("at_least_one", keys, because=because)


def _values(when: Scalar | Iterable[Scalar]) -> tuple[Scalar, ...]:
    return (when,) if isinstance(when, str | int | float) else tuple(when)


def rule_from_json(data: object) -> Rule:
    """Read a rule as :meth:`Rule.to_json` wrote it.

    Raises:
        ValueError: it is none, or one of a later rpa-commons.
    """
    if not isinstance(data, Mapping) or data.keys() - {"rule", "keys", "when", "because"}:
        raise ValueError("a rule is a table with rule, keys, when and because")
    name, keys, when, because = (data.get(key, ()) for key in ("rule", "keys", "when", "because"))
    if name not in _NAMES:
        raise ValueError("one of its rules is unknown to this rpa-commons")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"the keys of a rule {name} are no list of names")
    if not isinstance(when, list | tuple) or not all(isinstance(one, str | int | float) for one in when):
        raise ValueError(f"when of a rule {name} is no list of values")
    rule = Rule(name, tuple(keys), tuple(when), str(because or ""))
    for problem in _shape_problems(rule):
        raise ValueError(f"a rule cannot work: {problem}")
    return rule


def _shape_problems(rule: Rule) -> Iterator[str]:
    if len(rule.keys) < _PAIR or (rule.name in _ORDERED and len(rule.keys) != _PAIR):
        yield f"{rule.name} names too few keys or too many"
    if len(set(rule.keys)) < len(rule.keys):
        yield f"{rule.name} names {rule.keys[0]} twice"


def violation(rule: Rule, get: Get) -> Violation | None:
    """What is wrong by this rule; ``None`` when nothing is."""
    key, *others = rule.keys
    if rule.name == "at_least_one":
        return None if any(get(one) is not None for one in rule.keys) else Violation(rule, rule.keys, "")
    if rule.name in _ORDERED:
        return _disorder(rule, get(key), get(others[0]))
    value = get(key)
    if value is None or (rule.when and not any(_equal(value, one) for one in rule.when)):
        return None
    if rule.name == "requires":
        wrong, reason = [one for one in others if get(one) is None], "needs"
    else:
        wrong, reason = [one for one in others if get(one) is not None], "excludes"
    return Violation(rule, (key, *wrong), reason) if wrong else None


def _disorder(rule: Rule, smaller: object, larger: object) -> Violation | None:
    left, right = _measure(smaller), _measure(larger)
    if left is None or right is None or left[0] != right[0]:
        return None  # not set, or of a type that is wrong by itself
    try:
        fits = left[1] < right[1] or (rule.name == "at_most" and left[1] == right[1])
    except TypeError:
        return Violation(rule, rule.keys, "cannot be compared (only one of them has a time zone) with")
    return None if fits else Violation(rule, rule.keys, f"must be {_ORDERED[rule.name]}")


def _measure(value: object) -> tuple[str, Any] | None:
    """A value as something that can be ordered, with its kind; ``None`` when it is no such thing."""
    if isinstance(value, datetime):
        return "date-time", value
    if isinstance(value, date):
        return "date", value
    if isinstance(value, time):
        return "time", value
    number = _number(value)
    return None if number is None else ("number", number)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _equal(value: object, wanted: Scalar) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, str) or isinstance(value, str):
        return value == wanted
    return _number(value) == _number(wanted)


def rule_problems(rule: Rule, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a rule itself, one sentence each.

    Args:
        rule: The rule.
        schema: JSON Schema of the table it belongs to.
        definitions: The schema's ``$defs``.
    """
    yield from _shape_problems(rule)
    found = {key: list(_nodes(key.split("."), schema, definitions)) for key in rule.keys}
    for key, nodes in found.items():
        if not nodes:
            meant = next(iter(difflib.get_close_matches(key, list(_keys(schema, definitions)), n=1)), "")
            yield f"{rule.name} names {key!r}, which is no key" + (
                f": did you mean {meant!r}?" if meant else ""
            )
    if rule.name in _ORDERED and all(found.values()):
        kinds = {key: _kind(nodes) for key, nodes in found.items()}
        if None in kinds.values() or len(set(kinds.values())) > 1:
            said = " and ".join(f"{key} ({kind or 'nothing with an order'})" for key, kind in kinds.items())
            yield f"{rule.name} cannot compare {said}: two numbers, dates or times are needed"
    for value in rule.when:
        nodes = found[rule.keys[0]]
        if nodes and not any(_may_be(value, node) for node in nodes):
            yield f"{rule.name}: {rule.keys[0]} can never be {value!r}"


def _nodes(
    parts: list[str], schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The schemas that may hold at a key, references followed."""
    for node in _expanded(schema, definitions, frozenset()):
        if not parts:
            yield node
        elif parts[0] in node.get("properties", {}):
            yield from _nodes(parts[1:], node["properties"][parts[0]], definitions)


def _expanded(
    node: Any,  # noqa: ANN401 - JSON
    definitions: Mapping[str, Any],
    seen: frozenset[str],
) -> Iterator[Mapping[str, Any]]:
    if not isinstance(node, Mapping):
        return
    yield node
    name = str(node.get("$ref", "")).rsplit("/", 1)[-1]
    if name in definitions and name not in seen:
        yield from _expanded(definitions[name], definitions, seen | {name})
    for branch in ("anyOf", "oneOf", "allOf"):
        for one in node.get(branch, ()):
            yield from _expanded(one, definitions, seen)


def _keys(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], before: str = "", depth: int = 3
) -> Iterator[str]:
    for node in _expanded(schema, definitions, frozenset()):
        for key, below in node.get("properties", {}).items():
            yield before + key
            if depth:
                yield from _keys(below, definitions, f"{before}{key}.", depth - 1)


def _kind(nodes: list[Mapping[str, Any]]) -> str | None:
    """In which order the values of a key stand; ``None``: in none, or in several."""
    types = {node["format"] if node.get("format") else node["type"] for node in nodes if "type" in node}
    kinds = {_KINDS.get(one, one) for one in types - {"null"}}
    if "number" in kinds:
        kinds -= {"string"}  # an exact amount may also be written as text
    return kinds.pop() if len(kinds) == 1 and kinds & set(_KINDS.values()) else None


def _may_be(value: Scalar, node: Mapping[str, Any]) -> bool:
    if "enum" in node or "const" in node:
        return any(_equal(one, value) for one in node.get("enum", [node.get("const")]))
    kind = node.get("type")
    if isinstance(value, bool):
        return kind == "boolean"
    return kind == "string" if isinstance(value, str) else kind in {"integer", "number"}
