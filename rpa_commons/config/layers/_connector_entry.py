"""What the configuration knows about a connector: enough to check its settings, nothing to run it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rpa_commons.manifest import MigrationEntry

if TYPE_CHECKING:
    from rpa_commons.config.findings import Finding

    from ._layers import Layer

__all__ = ["ConnectorEntry"]


@dataclass(frozen=True)
class ConnectorEntry:
    """One connector of the catalogue.

    Attributes:
        name: As written in ``stack.toml``, e.g. ``"sf1520"``.
        capability: The capability it implements, e.g. ``"PopulationRegister"``.
        settings_schema: JSON Schema (2020-12) of its settings; secrets are ``SecretRef``.
        version: The capability version (``major.minor``) it implements; empty when it does not say.
        wheel: The wheel that brings it; empty for one that comes with rpa-commons.
        release: That wheel's version.
        migrations: What became of its settings, oldest first.
        migrated: Reads a stack's table as the wheel's version has it, with a finding for each old key.
    """

    name: str
    capability: str
    settings_schema: Mapping[str, Any]
    version: str = ""
    wheel: str = ""
    release: str = ""
    migrations: tuple[MigrationEntry, ...] = ()
    migrated: "Callable[[Layer, ConnectorEntry], tuple[Layer, tuple[Finding, ...]]] | None" = field(
        default=None, compare=False, repr=False
    )
