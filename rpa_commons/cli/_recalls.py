"""What commands do about recalls: refuse to start what is paused, and say what is."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["paused_instances", "refuse_paused"]


def refuse_paused(municipality: "MunicipalityFolder", instance: str) -> None:
    """Ask the registry, shortly, whether the instance's version was recalled; say what is uncertain.

    Raises:
        PausedError: it was, and the municipality pauses such instances.
    """
    if instance not in municipality.instances():
        return  # said with a guess by whoever starts it
    from rpa_commons.environments import InstanceFileError, read_lock
    from rpa_commons.registry_client import guard

    if not municipality.registry.url and not read_lock(municipality.folder).needs_version_3:
        return  # nothing here came from a registry
    try:
        for warning in guard(municipality, instance):
            click.echo(f"warning: {warning}", err=True)
    except InstanceFileError:
        return  # said, with what to do, by whoever starts it


def paused_instances(municipality: "MunicipalityFolder") -> dict[str, dict[str, Any]]:
    """The instances whose version was recalled, as far as is known here; asks nobody."""
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.environments import instance_head, read_lock
    from rpa_commons.registry_client import known

    recalls = known(municipality)
    if not recalls.advisories:
        return {}
    found = {}
    for name in municipality.instances():
        try:
            hits = recalls.of(read_lock(municipality.folder), instance_head(municipality, name).bot)
        except RpaCommonsError:
            continue
        if hits:
            found[name] = {
                "paused": municipality.registry.on_recall != "warn",
                "advisories": [
                    {
                        "advisory": hit.advisory.id,
                        "what": f"{hit.project} {hit.version}",
                        "severity": hit.advisory.severity,
                        "summary": hit.advisory.summary,
                        "remedy": hit.advisory.remedy,
                    }
                    for hit in hits
                ],
            }
    return found
