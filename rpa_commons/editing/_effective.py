"""Which values hold, and which of them are others after a change: also those that nobody named.

Rules this module keeps: a baseline, a stack profile, a connector or an environment that is chosen moves
values that the choice does not name, and each is told with its place; a capability that no bot asks for is
left out, unless a bot is not installed, so that nobody knows what it asks for; defaults of a connector that
was not there before are its own affair; a hidden value stays hidden.

Usage::

    for one in changed_values(effective_values(before, ...), effective_values(after, ...)):
        one.key, one.was, one.now
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import Finding, display_path, show
from rpa_commons.config.instances import examine_instance
from rpa_commons.config.layers import ConnectorEntry, ExplainedValue, Section, explain_section
from rpa_commons.config.municipality import MunicipalityFolder, letter_folders_of
from rpa_commons.config.stack import stack_of
from rpa_commons.manifest import CapabilityEntry, Manifest

from ._editor import bots_of

__all__ = [
    "ChangedValue",
    "Effective",
    "changed_values",
    "connector_of",
    "effective_letters",
    "effective_values",
    "is_table",
    "stack_section",
    "value_and_origin",
]

Effective = dict[tuple[str, str], ExplainedValue]
"""(bot instance, key) -> what holds; the instance is empty for ``stack.`` keys, which all of them share."""


@dataclass(frozen=True)
class ChangedValue:
    """A value that is another though the change did not name it.

    Attributes:
        instance: The bot instance; empty for a key of the stack.
        key: As ``explain`` names it.
        was: What held; ``None`` when there was no such key.
        now: What holds; ``None`` when there is no such key any more.
        environment: Where, when it is not the environment that is looked at.
    """

    instance: str
    key: str
    was: ExplainedValue | None
    now: ExplainedValue | None
    environment: str = ""

    @property
    def text(self) -> str:
        """``stack.DigitalPost.settings.folder: was not set, is "outbox" (../baseline/stack.toml:7)``."""
        name = f"{self.instance}: {self.key}" if self.instance else self.key
        where = f" [{self.environment}]" if self.environment else ""
        return f"{name}{where}: was {value_and_origin(self.was)}, is {value_and_origin(self.now)}"

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "instance": self.instance or None,
            "key": self.key,
            "environment": self.environment or None,
            "before": _json(self.was),
            "after": _json(self.now),
        }


def value_and_origin(one: ExplainedValue | None) -> str:
    """A value and where it stands; of a decision table how many rows it has."""
    if one is None or one.value is None:
        return "not set"
    if is_table(one.value):
        return f"{len(one.value)} rows ({one.origin})"
    return f"{show(one.value)} ({one.origin})"


def is_table(value: object) -> bool:
    """Whether a value is the rows of a decision table."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _json(one: ExplainedValue | None) -> dict[str, Any] | None:
    if one is None or one.origin is None:
        return None
    return {"value": one.value, "origin": str(one.origin), "layer": one.origin.layer}


def effective_values(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    connectors: Mapping[str, ConnectorEntry],
) -> Effective:
    """What holds in a municipality, of each bot instance and of the stack that they share.

    An instance whose bot is not installed, or whose file cannot be read, is left out.
    """
    found: Effective = {}
    for name in municipality.instances():
        with suppress(RpaCommonsError):
            examined = examine_instance(
                municipality, name, manifest_of, connectors=connectors, wants_instance=False
            )
            found |= {(name, one.key): one for one in explain_section(examined.sections[0])}
    for capability in _capabilities(municipality, manifest_of, connectors):
        section = stack_section(municipality, capability, connectors)
        if section is not None:
            found |= {("", one.key): one for one in explain_section(section)}
    return found


def effective_letters(municipality: MunicipalityFolder) -> dict[tuple[str, str], str]:
    """(bot instance, template) -> the file whose words hold, for each that is not the bot's own."""
    found: dict[tuple[str, str], str] = {}
    for name, bot in bots_of(municipality).items():
        for folder in letter_folders_of(municipality, name, bot):
            for file in sorted(folder.glob("*.j2")):
                found.setdefault((name, file.name), display_path(file))
    return found


def stack_section(
    municipality: MunicipalityFolder, capability: str, connectors: Mapping[str, ConnectorEntry]
) -> Section | None:
    """A capability's table in every layer, also when no bot asks for it; ``None`` without a connector."""
    stack, _ = stack_of(municipality, connectors)
    name = connector_of(municipality, capability, connectors)
    known = connectors[name] if isinstance(name, str) and name in connectors else None
    version = known.version if known else ""
    entry = CapabilityEntry(attribute="stack", name=capability, version=version or "1.0", calls=())
    bot = Manifest(kind="bot", name="stack", version="1", summary="", sdk_version="")
    found = stack.bind(entry, bot)
    return None if isinstance(found, Finding) else found.section


def connector_of(
    municipality: MunicipalityFolder, capability: str, connectors: Mapping[str, ConnectorEntry]
) -> object:
    """The connector that all layers together name for a capability."""
    stack, _ = stack_of(municipality, connectors)
    tables = [layer.values.get(capability) for layer in stack.layers]
    named = [table["connector"] for table in tables if isinstance(table, Mapping) and "connector" in table]
    return named[-1] if named else None


def changed_values(before: Effective, after: Effective) -> Iterator[ChangedValue]:
    """What is another, in the order of ``after``, then what is gone."""
    for place in dict.fromkeys((*after, *before)):
        was, now = _set(before.get(place)), _set(after.get(place))
        if _differ(was, now):
            yield ChangedValue(*place, was, now)


def _set(one: ExplainedValue | None) -> ExplainedValue | None:
    return None if one is None or one.origin is None or one.value is None else one


def _whose(one: ExplainedValue) -> tuple[str, object]:
    return (one.origin.layer, one.origin.file) if one.origin else ("", None)


def _differ(was: ExplainedValue | None, now: ExplainedValue | None) -> bool:
    if was is None or now is None:
        one = was or now
        return one is not None and not _whose(one)[0].endswith("default")
    if was.hidden or now.hidden:  # whose it is, since its line may have moved
        return _whose(was) != _whose(now)
    return bool(was.value != now.value)


def _capabilities(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    connectors: Mapping[str, ConnectorEntry],
) -> tuple[str, ...]:
    """Those that the bots ask for and some layer serves; every served one when a bot is not known."""
    stack, _ = stack_of(municipality, connectors)
    served = dict.fromkeys(
        name for layer in stack.layers for name, one in layer.values.items() if isinstance(one, Mapping)
    )
    asked: set[str] = set()
    for bot in set(bots_of(municipality).values()):
        try:
            asked |= {entry.name for entry in manifest_of(bot).capabilities}
        except RpaCommonsError:
            asked |= served.keys()
    return tuple(name for name in served if name in asked)
