"""Settings of a connector wheel that are called otherwise in its newer version, in the stack's files.

Rules this module keeps: the same as for a bot's settings: nothing migrates silently, each old key is a
finding, and a cooperation's stack that is older than the wheel is read as the wheel has it.

Usage::

    layer, findings = migrated_binding(layer, entry)
"""

from dataclasses import replace

from rpa_commons.config.findings import Finding, format_key
from rpa_commons.config.layers import ConnectorEntry, Layer
from rpa_commons.manifest import Manifest

from ._migrate import migrated_layer

__all__ = ["manifest_of_connector", "migrated_binding"]


def manifest_of_connector(entry: ConnectorEntry) -> Manifest:
    """What the migrations go by: the settings of one connector, under the name and version of its wheel."""
    return Manifest(
        kind="connector",
        name=entry.wheel or entry.name,
        version=entry.release or "0",
        summary=entry.name,
        sdk_version="",
        settings_schema=dict(entry.settings_schema),
        migrations=entry.migrations,
    )


def migrated_binding(layer: Layer, entry: ConnectorEntry) -> tuple[Layer, tuple[Finding, ...]]:
    """A capability's table of a stack file as the connector's version reads it.

    Args:
        layer: Its values are the table, with ``settings`` in it.
        entry: The connector that it names.
    """
    if not entry.migrations:
        return layer, ()
    migrated, findings = migrated_layer(layer, manifest_of_connector(entry), instance=entry.wheel)
    place = format_key(("stack", entry.capability, "settings"))
    return migrated, tuple(replace(one, key=f"{place}.{one.key}") for one in findings)
