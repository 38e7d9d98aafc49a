"""What the commands of ``rpac config`` share: options, manifests, connectors."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.manifest import Manifest

__all__ = [
    "FINDINGS",
    "connectors",
    "connectors_in",
    "counted",
    "environment_option",
    "error_text",
    "json_option",
    "manifest_of",
    "options",
]

FINDINGS = 1
"""Exit code: something was found."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
environment_option = click.option("-E", "--environment", help="Instead of the one in municipality.toml.")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that resolves: ``--json``, ``--set`` and ``-E``."""
    as_if = click.option(
        "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="As if set for one run."
    )
    for option in (json_option, as_if, environment_option):
        command = option(command)
    return command


def manifest_of(municipality: "MunicipalityFolder") -> "Callable[[str], Manifest]":
    """Manifests as ``rpac.lock`` pins them."""
    from rpa_commons.environments import locked

    return lambda bot: locked(municipality, bot).manifest


def connectors(municipality: "MunicipalityFolder | None" = None) -> Mapping[str, Any]:
    """The connectors there are: those of rpa-commons, and those that are installed in a municipality."""
    if municipality is None:
        from rpa_commons.connectors import catalogue

        return catalogue()
    from rpa_commons.environments import connectors_of

    return connectors_of(municipality)


def connectors_in(folder: "Path") -> Mapping[str, Any]:
    """The connectors there are in a municipality's folder, also where its files cannot be read."""
    from rpa_commons.config import ConfigError, open_municipality

    try:
        return connectors(open_municipality(folder))
    except ConfigError:  # said by whoever goes on with the folder
        return connectors()


def error_text(name: str, error: "RpaCommonsError") -> str:
    """Why an instance cannot be looked at, in the form of a finding."""
    return f"bots/{name}.toml: {error.message}" + (f"\n    help: {error.remedy}" if error.remedy else "")


def counted(count: int, word: str) -> str:
    """``1 finding``, ``2 findings``."""
    return f"{count} {word}{'' if count == 1 else 's'}"
