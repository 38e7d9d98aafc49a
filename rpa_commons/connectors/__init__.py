"""Real systems behind the capabilities: one package per system, imported only when a stack names it.

Rules this module keeps: importing it loads no connector and no HTTP library; a connector is known by the name
that ``stack.toml`` uses; what the configuration needs (:class:`~rpa_commons.config.ConnectorEntry`) is made
from the connector's own ``Settings``, so the two cannot drift.

Usage::

    catalogue()["sf1601"].settings_schema      # imports sf1601 only
    connector = load("sf1601")(settings, surroundings)
"""

from ._base import Connector, ConnectorSettings, Surroundings, message_uuid
from ._catalogue import UnknownConnectorError, catalogue, entry_of, load

__all__ = [
    "Connector",
    "ConnectorSettings",
    "Surroundings",
    "UnknownConnectorError",
    "catalogue",
    "entry_of",
    "load",
    "message_uuid",
]
