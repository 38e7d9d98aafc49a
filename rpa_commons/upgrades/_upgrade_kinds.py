"""The kinds of changes that an upgrade reports, in the order they are shown."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rpa_commons.config.findings import KeyPath

__all__ = ["KINDS", "UpgradeChange"]

KINDS = MappingProxyType(
    {
        "permission": "What it may do",
        "record": "What the record of processing says",
        "removed": "Settings that are gone",
        "renamed": "Settings that are called otherwise",
        "required": "Settings that must be set now",
        "tightened": "Settings that allow less",
        "confirm": "Values that need two people again before production uses them",
        "default": "Defaults that are others",
        "step": "Steps that a hook may wrap",
        "letter": "Letters",
        "language": "Languages",
        "new": "New settings",
        "loosened": "Settings that allow more",
        "needs": "What it needs",
    }
)
"""Kinds of changes in the order they are shown, each with its heading."""


@dataclass(frozen=True)
class UpgradeChange:
    """One thing that is another in the new version.

    Attributes:
        kind: One of :data:`KINDS`.
        key: The setting, capability, step, template or field; the new name where it was renamed.
        text: What changed, in words.
        path: Of a setting, in the old version (in the new one for ``required`` and ``new``).
        sensitive: Money or law stands behind it.
        affects: Where this municipality is touched: instances, or ``file:line``.
        diff: Both texts of a block of a letter, as a unified diff; empty for everything else.
    """

    kind: str
    key: str
    text: str
    path: KeyPath = ()
    sensitive: bool = False
    affects: tuple[str, ...] = ()
    diff: str = ""

    def to_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "kind": self.kind,
            "key": self.key,
            "text": self.text,
            "sensitive": self.sensitive,
            "affects": list(self.affects),
            "diff": self.diff,
        }
