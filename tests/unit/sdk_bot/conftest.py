"""A bot context in memory, which carries named steps through a chain of wrappers as the runtime does."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

from rpa_commons.sdk import Municipality, RuleRecord, StepCall
from rpa_commons.sdk.hookspecs import PROJECT, step_hookspecs

_SOME_DAY = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@dataclass
class ContextInMemory:
    """Keeps what a bot records, and calls steps through pluggy with whatever wrappers are registered."""

    now: datetime = _SOME_DAY
    municipality: Municipality = field(default_factory=lambda: Municipality("0265", "Roskilde", "29189404"))
    reference: str = "item-1"
    rules: list[RuleRecord] = field(default_factory=list)
    wrappers: list[object] = field(default_factory=list)

    def uuid(self, name: str) -> str:
        """The same for the same item and name."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.reference}/{name}"))

    def digest(self, *parts: str) -> str:
        """Thirty-two hex digits, keyed."""
        return hashlib.blake2b("\0".join(parts).encode(), key=b"test", digest_size=16).hexdigest()

    def record_rule(self, rule: RuleRecord) -> None:
        """Keep the rule."""
        self.rules.append(rule)

    def call_step(self, step: StepCall, inner: Callable[[Mapping[str, Any]], Any]) -> Any:
        """Call ``inner`` through the wrappers."""
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(step_hookspecs([step.name]))
        for wrapper in self.wrappers:
            manager.register(wrapper)
        name = f"rpac_step_{step.name}"
        own = pluggy.HookimplMarker(PROJECT)(lambda step: inner(step.arguments), specname=name, trylast=True)
        manager.register(SimpleNamespace(own=own))
        return getattr(manager.hook, name)(step=step)


@pytest.fixture
def context() -> Iterator[ContextInMemory]:
    """A context at half past midnight, Danish time, on 21 November 2026."""
    return ContextInMemory()
