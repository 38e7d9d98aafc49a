"""Why a value is what it is: every layer's value with its place, and what the schema says of the key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rpa_commons.config.findings import HIDDEN, KeyPath
from rpa_commons.config.schema import bounds_text, type_text

from ._layers import Candidate, Origin
from ._section import Section

__all__ = [
    "ExplainedCandidate",
    "ExplainedPolicy",
    "ExplainedValue",
    "ExplainedWaiver",
    "explain_section",
    "redact",
]


_DEEPEST = 16  # tables inside each other that are described though nothing is set in them


@dataclass(frozen=True)
class ExplainedCandidate:
    """What one layer says.

    Attributes:
        layer: The layer's name.
        value: Its value, ``…`` when hidden.
        origin: Where it says it.
        wins: Whether this is the value that counts.
        effective: What holds with this layer, where that differs: a list with what the layer appends.
    """

    layer: str
    value: Any
    origin: Origin
    wins: bool
    effective: Any = None

    def to_json(self) -> dict[str, Any]:
        """The candidate as JSON values."""
        found = {"layer": self.layer, "value": self.value, "origin": str(self.origin), "wins": self.wins}
        return found if self.effective is None else {**found, "effective": self.effective}


@dataclass(frozen=True)
class ExplainedWaiver:
    """An exception from a policy.

    Attributes:
        reason: Why it was granted.
        granted_by: Who granted it.
        until: The last day on which it holds.
        holds: Whether it holds today.
        origin: Where it stands.
    """

    reason: str
    granted_by: str
    until: date
    holds: bool
    origin: Origin


@dataclass(frozen=True)
class ExplainedPolicy:
    """What the cooperation says of a key.

    Attributes:
        text: What it says, in words: ``locked``, ``at most 30``.
        why: Its reason.
        owner: Who can change it or grant a waiver.
        origin: Where it stands.
        waiver: This municipality's exception, also one that has ended; ``None`` without.
    """

    text: str
    why: str
    owner: str
    origin: Origin
    waiver: ExplainedWaiver | None = None

    def to_json(self) -> dict[str, Any]:
        """The policy as JSON values."""
        waiver = self.waiver
        exception = waiver and {
            "reason": waiver.reason,
            "granted_by": waiver.granted_by,
            "until": waiver.until.isoformat(),
            "holds": waiver.holds,
            "origin": str(waiver.origin),
        }
        text, why, owner = self.text, self.why, self.owner
        return {"text": text, "why": why, "owner": owner, "origin": str(self.origin), "waiver": exception}


@dataclass(frozen=True)
class ExplainedValue:
    """One key, explained.

    Attributes:
        key: As ``--set`` takes it.
        value: The value that counts, ``…`` when hidden, ``None`` when nobody set it.
        origin: Where it comes from; ``None`` when nobody set it.
        candidates: Every layer's value, weakest first.
        type: What it may be, in words.
        bounds: Its limits in words; empty without.
        unit: E.g. ``"days"``; empty without.
        default: The author's own value; ``None`` when every municipality must say.
        description: One sentence for the local admin.
        hidden: Whether the values are hidden.
        required: Whether somebody must set it.
        policies: What the cooperation says of it.
        sensitive: Whether money or law is behind it, so that a second person confirms a change.
        deprecated: Whether the author advises against it.
    """

    key: str
    value: Any
    origin: Origin | None
    candidates: tuple[ExplainedCandidate, ...]
    type: str
    bounds: str
    unit: str
    default: Any
    description: str
    hidden: bool
    required: bool = False
    policies: tuple[ExplainedPolicy, ...] = ()
    sensitive: bool = False
    deprecated: bool = False

    def to_json(self) -> dict[str, Any]:
        """The explanation as JSON values."""
        return {
            "key": self.key,
            "value": self.value,
            "origin": str(self.origin) if self.origin else None,
            "layers": [one.to_json() for one in self.candidates],
            "type": self.type,
            "bounds": self.bounds,
            "unit": self.unit,
            "default": self.default,
            "description": self.description,
            "hidden": self.hidden,
            "required": self.required,
            "sensitive": self.sensitive,
            "deprecated": self.deprecated,
            "policies": [one.to_json() for one in self.policies],
        }


def explain_section(section: Section) -> Iterator[ExplainedValue]:
    """Every key of a section: those of the schema in its order, then whatever else is set."""
    done: set[KeyPath] = set()
    for path in _paths(section, ()):
        done.add(path)
        yield _explain(section, path)
    for path in section.merged.leaves:
        if path not in done:
            yield _explain(section, path)


def redact(section: Section, path: KeyPath, value: Any) -> Any:  # noqa: ANN401 - a tree of JSON values
    """The value at a path with everything hidden in it as ``…``."""
    if value is not None and section.is_hidden(path):
        return HIDDEN
    return _redacted(section, path, value, section.values)


def _redacted(section: Section, path: KeyPath, value: Any, tree: Any) -> Any:  # noqa: ANN401 - trees of values
    if value is None:  # that nothing is set gives nothing away
        return None
    if path and section.view.is_hidden(path, tree):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _redacted(section, (*path, key), one, tree) for key, one in value.items()}
    if isinstance(value, list):
        return [_redacted(section, (*path, index), one, tree) for index, one in enumerate(value)]
    return value


def _paths(section: Section, path: KeyPath) -> Iterator[KeyPath]:
    leaves = section.merged.leaves
    for key in section.view.keys(path):
        here = (*path, key)
        is_table = any(len(leaf) > len(here) and leaf[: len(here)] == here for leaf in leaves)
        nodes = section.view.at(here)
        is_optional = any(node.get("type") == "null" for node in nodes) or len(here) > _DEEPEST
        is_described = bool(section.view.keys(here)) and not section.view.is_single(here)
        if is_described and here not in leaves and (is_table or not is_optional):
            yield from _paths(section, here)
        elif is_table:
            continue  # a table of free keys: its leaves follow at the end
        else:
            yield here


def _explain(section: Section, path: KeyPath) -> ExplainedValue:
    view = section.view
    nodes = view.at(path)
    candidates = section.merged.leaves.get(path, ())
    explained = tuple(
        ExplainedCandidate(
            candidate.layer.name,
            _shown(section, path, candidate.layer.values, candidate.value),
            candidate.origin(path),
            wins=position == len(candidates) - 1,
            effective=_effective(section, path, candidate),
        )
        for position, candidate in enumerate(candidates)
    )
    default = next((one.value for one in explained if one.layer.endswith("default")), None)
    return ExplainedValue(
        key=section.name_of(path),
        value=_value(explained[-1]) if explained else None,
        origin=explained[-1].origin if explained else None,
        candidates=explained,
        type=type_text(nodes),
        bounds=bounds_text(nodes),
        unit=str(view.note(path, "unit") or ""),
        default=default,
        description=" ".join(str(view.note(path, "description") or "").split()),
        hidden=bool(explained) and explained[-1].value == HIDDEN,
        required=any(path[-1] in node.get("required", ()) for node in view.at(path[:-1])),
        policies=tuple(_policies(section, path)),
        sensitive=any(view.note(path[:length], "sensitive") for length in range(1, len(path) + 1)),
        deprecated=view.is_deprecated(path),
    )


def _value(winner: ExplainedCandidate) -> Any:  # noqa: ANN401 - any JSON value
    return winner.value if winner.effective is None else winner.effective


def _effective(section: Section, path: KeyPath, candidate: Candidate) -> Any:  # noqa: ANN401 - any JSON value
    if candidate.effective is candidate.value:
        return None
    return _shown(section, path, candidate.layer.values, candidate.effective)


def _policies(section: Section, path: KeyPath) -> Iterator[ExplainedPolicy]:
    for one in section.policies:
        if path[: len(one.path)] != one.path:
            continue
        policy, waiver = one.policy, one.waiver
        exception = None
        if waiver is not None:
            exception = ExplainedWaiver(
                waiver.reason, waiver.granted_by, waiver.until, not one.holds, waiver.origin
            )
        text = policy.text(hidden=section.is_hidden(path))
        yield ExplainedPolicy(text, policy.why, policy.owner, policy.origin, exception)


def _shown(section: Section, path: KeyPath, tree: Any, value: Any) -> Any:  # noqa: ANN401 - trees of values
    from rpa_commons.config.schema import as_json

    return _redacted(section, path, as_json(value, section.view, path), tree)
