"""Real systems behind the capabilities: one package per system, imported only when a stack names it.

Rules this module keeps: importing it loads no connector and no HTTP library; a connector is known by the name
that ``stack.toml`` uses; what the configuration needs (:class:`~rpa_commons.config.ConnectorEntry`) is made
from the connector's own ``Settings``, so the two cannot drift.

Usage::

    catalogue()["sf1601"].settings_schema      # imports sf1601 only
    connector = load("sf1601")(settings, surroundings)
"""

from ._access import Access, Rung, ladder, standing, standing_at
from ._base import Connector, ConnectorSettings, Memory, Surroundings, Vault, message_uuid
from ._catalogue import (
    UnknownConnectorError,
    built_in_names,
    catalogue,
    entries_of_wheel,
    entry_of,
    extra_of,
    load,
)

__all__ = [
    "Access",
    "Connector",
    "ConnectorSettings",
    "Memory",
    "Rung",
    "Surroundings",
    "UnknownConnectorError",
    "Vault",
    "built_in_names",
    "catalogue",
    "entries_of_wheel",
    "entry_of",
    "extra_of",
    "ladder",
    "load",
    "message_uuid",
    "standing",
    "standing_at",
]
