"""Rules between keys, checked on the host: the same function that the worker asks, with the layers' values.

Rules this module keeps: a finding stands at the strongest line that sets one of the keys, and names the place
of each; a key of a wrong type, or one that is missing though required, is not accused a second time; where a
table may have one of several shapes, it is enough that one shape that fits holds its rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, lookup, show, walk
from rpa_commons.config.schema import BrokenSchemaError, SchemaView, problems

from ._layers import Candidate
from ._section import Section

if TYPE_CHECKING:
    from rpa_commons.sdk import Rule, Violation

__all__ = ["rules_findings", "validators_of"]

Node = Mapping[str, Any]

_READ = (("date-time", datetime), ("date", date), ("time", time))


def rules_findings(section: Section) -> Iterator[Finding]:
    """E203 for each rule that the values break.

    Raises:
        BrokenSchemaError: a rule in the schema cannot be read.
    """
    if not any(node.get("rules") for node in _tables(section.view)):
        return
    values = section.values
    for path, table in ((), values), *walk(values):
        if isinstance(table, Mapping):
            yield from _findings_of(section, path, table)


def validators_of(section: Section) -> tuple[str, ...]:
    """The checks written in Python that only the worker makes, e.g. ``Settings.check_period``."""
    names = [name for node in _tables(section.view) for name in node.get("validators", ())]
    return tuple(sorted({str(name) for name in names}))


def _tables(view: SchemaView) -> Iterator[Node]:
    """The nodes of a schema where pydantic writes down a model: the root, its tables and the definitions."""
    schema = view.schema
    nodes = [schema, *schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    yield from (node for node in nodes if isinstance(node, Mapping))


def _findings_of(section: Section, path: KeyPath, table: Mapping[str, Any]) -> Iterator[Finding]:
    nodes = [node for node in section.view.at(path) if "properties" in node]
    if not any(node.get("rules") for node in nodes):
        return
    if len(nodes) > 1:
        nodes = [node for node in nodes if _fits(section, node, table)]
    broken = [list(_broken(section, path, node)) for node in nodes]
    if broken and all(broken):
        yield from (_finding(_Broken(section, path, one)) for one in broken[0])


def _fits(section: Section, node: Node, table: Mapping[str, Any]) -> bool:
    view = SchemaView({**node, "$defs": section.view.schema.get("$defs", {})})
    return next(problems(table, view, lambda _: True), None) is None


def _broken(section: Section, path: KeyPath, node: Node) -> Iterator["Violation"]:
    from rpa_commons.sdk import violation  # 20 ms that only a bot with rules needs

    def get(key: str) -> Any:  # noqa: ANN401 - any setting
        return _value(section, path, key)

    for data in node.get("rules", ()):
        found = violation(_rule(data), get)
        if found is not None and not any(_is_wrong(section, (*path, *key.split("."))) for key in found.keys):
            yield found


def _rule(data: object) -> "Rule":
    from rpa_commons.sdk import rule_from_json

    try:
        return rule_from_json(data)
    except ValueError as error:
        raise BrokenSchemaError(str(error)) from None


def _value(section: Section, path: KeyPath, key: str) -> Any:  # noqa: ANN401 - any setting
    """What holds for a key of the table at a path, as the worker has it; ``None`` when it is not set.

    Inside lists and tables by name nobody has filled in the defaults yet.
    """
    value = lookup(section.values, path)
    for part in key.split("."):
        path = (*path, part)
        if not isinstance(value, Mapping):
            return None
        default = next((node["default"] for node in section.view.at(path) if "default" in node), None)
        value = value.get(part, default)
    return _typed(value, section.view.at(path))


def _typed(value: Any, nodes: tuple[Node, ...]) -> Any:  # noqa: ANN401 - any setting
    """A value as the worker has it: dates and times are no text."""
    if isinstance(value, str):
        formats = {node.get("format") for node in nodes}
        for name, kind in _READ:
            if name in formats:
                try:
                    return kind.fromisoformat(value)
                except ValueError:
                    return value
    return value


def _is_wrong(section: Section, path: KeyPath) -> bool:
    """Whether a key has a finding of its own: its type, or that it is missing."""
    view = section.view
    try:
        value = lookup(section.values, path)
    except KeyError:
        return any(path[-1] in node.get("required", ()) for node in view.at(path[:-1]))
    around = next((node for node in view.at(path[:-1]) if path[-1] in node.get("properties", {})), None)
    if around is None:
        return False
    own = {"properties": {path[-1]: around["properties"][path[-1]]}, "$defs": view.schema.get("$defs", {})}
    found = problems({str(path[-1]): value}, SchemaView(own), lambda _: True)
    return any(one.code == "E201" for one in found)


@dataclass(frozen=True)
class _Broken:
    """A violation with everything that is needed to show it."""

    section: Section
    path: KeyPath
    violation: "Violation"

    def full(self, key: str) -> KeyPath:
        return (*self.path, *key.split("."))

    def deciding(self, key: str) -> Candidate | None:
        """Which layer's word a key's value is: for a table, the strongest in it."""
        path, section = self.full(key), self.section
        winner = section.merged.winner(path)
        if winner is not None:
            return winner
        inside = [said[-1] for leaf, said in section.merged.leaves.items() if leaf[: len(path)] == path]
        return max(inside, key=self.rank, default=None)

    def rank(self, candidate: Candidate) -> int:
        """How strong a candidate's layer is, from 0."""
        return next(
            (number for number, layer in enumerate(self.section.layers) if layer is candidate.layer), -1
        )

    def line(self, key: str, candidate: Candidate) -> int:
        """Where in its file a layer says a key: of two in one file, the later is the one that is shown."""
        return candidate.origin(self.full(key)).line or 0

    def named(self, key: str) -> str:
        """A key with its value, as far as the value may be shown."""
        section, path = self.section, self.full(key)
        name = section.name_of(path)
        value = _value(section, self.path, key)
        if value is None or isinstance(value, Mapping | list):
            return name
        hidden = any(section.is_hidden(path[:length]) for length in range(1, len(path) + 1))
        return f"{name} ({HIDDEN if hidden else show(value)})"


def _finding(broken: _Broken) -> Finding:
    section, found = broken.section, broken.violation
    said = {key: one for key in found.keys if (one := broken.deciding(key)) is not None and not _is_null(one)}
    places = [
        f"{section.name_of(broken.full(key))} in {one.origin(broken.full(key))}" for key, one in said.items()
    ]
    because = "; ".join(filter(None, (found.rule.because, ", ".join(places) if len(places) > 1 else "")))
    strongest = max(said, key=lambda key: (broken.rank(said[key]), broken.line(key, said[key])), default=None)
    sentence = found.sentence(broken.named)
    if strongest is not None and not said[strongest].layer.is_default:
        layer, path = said[strongest].layer, broken.full(strongest)
        origin = layer.origin(path)
        text = layer.quote(origin.line, section.view)
    elif section.home is not None:  # nobody but the author has spoken: say it where it can be changed
        path = broken.full(found.keys[0])
        origin = section.home.origin(path[:-1])
        text = section.home.quote(origin.line, section.view)
    else:
        path = broken.full(found.keys[0])
        return Finding("E203", section.name_of(path), sentence, because=because, help=_help(broken))
    return Finding(
        "E203",
        section.name_of(path),
        sentence,
        origin.file,
        origin.line,
        text,
        because,
        _help(broken),
        source=str(origin),
    )


def _is_null(candidate: Candidate) -> bool:
    return candidate.effective is None


def _help(broken: _Broken) -> str:
    """The next thing to do."""
    rule, keys = broken.violation.rule, broken.violation.keys
    first, *others = (broken.section.name_of(broken.full(key)) for key in keys)
    if rule.name == "at_least_one":
        return f"set {' or '.join([first, *others])}"
    if rule.name == "requires":
        return f"set {' and '.join(others)}, or " + (f"change {first}" if rule.when else f"take {first} out")
    if rule.name == "excludes":
        return f"take out {' and '.join(others)}, or " + (f"change {first}" if rule.when else first)
    return f"change one of the two: {' or '.join([first, *others])}"
