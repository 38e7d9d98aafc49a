"""What differs between the connectors of two versions of a wheel, from their manifests alone.

Rules this module keeps: what a connector may do to the outside world is named first; nothing of a
municipality is looked at.

Usage::

    [change.text for change in connector_changes(old, new) if change.kind == "permission"]
"""

from collections.abc import Iterator
from dataclasses import replace

from rpa_commons.config.findings import format_key
from rpa_commons.manifest import ConnectorEntry, Manifest

from ._upgrade_kinds import UpgradeChange
from ._upgrade_settings import settings_changes

__all__ = ["connector_changes"]

_NOTHING = {"type": "object", "additionalProperties": False, "properties": {}}


def connector_changes(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    """Every change of the connectors; those of a new one are all its settings.

    Raises:
        BrokenSchemaError: the new version's migrations are of no known form.
    """
    was, now = ({one.name: one for one in each.connectors} for each in (old, new))
    for name in sorted(was.keys() | now.keys()):
        if name not in now:
            yield UpgradeChange("permission", name, "gone: no stack can name it any more")
            continue
        after = now[name]
        if name not in was:
            yield UpgradeChange(
                "permission", name, f"new: a connector for {after.capability} {after.version}"
            )
        before = was.get(name) or _nothing(after)
        yield from _permissions(before, after)
        yield from _settings(before, after)
        yield from _words(before, after)


def _nothing(after: ConnectorEntry) -> ConnectorEntry:
    """A connector that says as little as one can: everything of the real one is new."""
    return after.model_copy(
        update={"effects": {}, "settings_schema": _NOTHING, "migrations": (), "verified": ()}
    )


def _permissions(was: ConnectorEntry, now: ConnectorEntry) -> Iterator[UpgradeChange]:
    if (was.capability, was.version) != (now.capability, now.version):
        text = f"it serves {now.capability} {now.version} (was {was.capability} {was.version})"
        yield UpgradeChange("permission", now.name, text)
    for method in sorted(was.effects.keys() | now.effects.keys()):
        before, after = (one.effects.get(method, "as the capability asks") for one in (was, now))
        if before != after:
            text = f"{now.name}: after a break the effect is {after} (was {before})"
            yield UpgradeChange("permission", f"{now.capability}.{method}", text, sensitive=True)


def _settings(was: ConnectorEntry, now: ConnectorEntry) -> Iterator[UpgradeChange]:
    place = ("stack", now.capability, "settings")
    for one in settings_changes(_as_manifest(was), _as_manifest(now)):
        yield replace(one, key=f"{format_key(place)}.{one.key}", path=(*place, *one.path))


def _as_manifest(one: ConnectorEntry) -> Manifest:
    return Manifest(
        kind="connector",
        name=one.name,
        version="0",
        summary=one.summary,
        sdk_version="",
        settings_schema=one.settings_schema,
        migrations=one.migrations,
    )


def _words(was: ConnectorEntry, now: ConnectorEntry) -> Iterator[UpgradeChange]:
    if was.access != now.access:
        text = "what it takes to be let in is another: its page and `rpac access` say what"
        yield UpgradeChange("needs", now.name, text)
    before, after = ({(one.level, one.where) for one in each.verified} for each in (was, now))
    for level, where in sorted(after - before):
        yield UpgradeChange("needs", now.name, f"verified: {level}, {where}")
    for level, where in sorted(before - after):
        yield UpgradeChange("needs", now.name, f"no longer verified: {level}, {where}")
