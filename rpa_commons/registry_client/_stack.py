"""Will it run here: what a bot asks for, against the stack of one municipality.

Rules this module keeps: asked is the configuration alone, no system; what is unknown (a capability that this
rpa-commons has never heard of) is said to be unknown, and not that it is missing.

Usage::

    fit = Stack.of(municipality).fit(["DigitalPost", "CaseSystem"])
    str(fit)  # "no: needs CaseSystem (no connector yet)"
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rpa_commons.conformance import stack_match

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["Fit", "Stack"]


@dataclass(frozen=True)
class Fit:
    """Whether a bot runs on a stack.

    Attributes:
        missing: Capabilities that nothing is bound to.
        possible: Of these, the connectors that there are, by capability.
    """

    missing: tuple[str, ...] = ()
    possible: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    def __str__(self) -> str:
        if self.runs:
            return "yes"
        parts = []
        for name in self.missing:
            known = self.possible.get(name, ())
            parts.append(
                f"{name} (connectors: {', '.join(known)})" if known else f"{name} (no connector yet)"
            )
        return f"no: needs {', '.join(parts)}"

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "runs": self.runs,
            "needs": [
                {"capability": one, "connectors": list(self.possible.get(one, ()))} for one in self.missing
            ],
        }


@dataclass(frozen=True)
class Stack:
    """What a municipality's stack binds, and which connectors there are.

    Attributes:
        bound: Capabilities with a connector.
        connectors: Names of connectors by capability.
    """

    bound: frozenset[str]
    connectors: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, municipality: "MunicipalityFolder") -> "Stack":
        """The stack of a municipality's active environment.

        A connector whose wheel is not on this machine is left out.

        Raises:
            ConfigError: a file of the stack cannot be read.
        """
        from rpa_commons.config import declared_stack
        from rpa_commons.environments import LockMismatchError, connectors_of

        known = connectors_of(municipality)
        by_capability: dict[str, list[str]] = {}
        for name in known:
            with suppress(LockMismatchError):
                by_capability.setdefault(known[name].capability, []).append(name)
        return cls(
            frozenset(declared_stack(municipality)),
            {name: tuple(sorted(found)) for name, found in by_capability.items()},
        )

    def fit(self, capabilities: Iterable[str]) -> Fit:
        """Whether a bot with these capabilities runs here."""
        missing = stack_match(capabilities, self.bound).needs
        return Fit(missing, {one: self.connectors[one] for one in missing if one in self.connectors})
