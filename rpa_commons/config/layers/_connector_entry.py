"""What the configuration knows about a connector: enough to check its settings, nothing to run it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ConnectorEntry"]


@dataclass(frozen=True)
class ConnectorEntry:
    """One connector of the catalogue.

    Attributes:
        name: As written in ``stack.toml``, e.g. ``"sf1520"``.
        capability: The capability it implements, e.g. ``"PopulationRegister"``.
        settings_schema: JSON Schema (2020-12) of its settings; secrets are ``SecretRef``.
        version: The capability version (``major.minor``) it implements; empty when it does not say.
    """

    name: str
    capability: str
    settings_schema: Mapping[str, Any]
    version: str = ""
