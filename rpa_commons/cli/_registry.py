"""What commands share that ask the registry: which one is meant, and how progress is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.registry_client import Registry, Wish

__all__ = [
    "Asked",
    "asked_of",
    "channel_options",
    "opened",
    "registry_option",
    "tell",
    "wish_of",
    "wish_said",
]

_FILE = "municipality.toml"
_NOT_ALL = "--because goes with --channel all"


@dataclass(frozen=True)
class Asked:
    """A registry, and the municipality on whose behalf it is asked; ``None`` outside a folder."""

    registry: "Registry"
    municipality: "MunicipalityFolder | None"


def tell(text: str) -> None:
    """Progress: on standard error, a line each."""
    click.echo(f"{text} …", err=True)


def registry_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--registry URL``, as ``url``."""
    return click.option(
        "--registry",
        "url",
        default="",
        envvar="RPAC_REGISTRY",
        metavar="URL",
        help="Instead of the one in municipality.toml; also by the variable RPAC_REGISTRY.",
    )(command)


def channel_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--channel`` and ``--because``."""
    because = click.option(
        "--because",
        default="",
        metavar="TEXT",
        help="Why what is not certified is installed; kept in rpac.lock.",
    )
    channel = click.option(
        "--channel",
        type=click.Choice(["certified", "all"]),
        help="certified by the cooperation, or all that is published; without it, as municipality.toml says.",
    )
    return channel(because(command))


def asked_of(directory: Path, url: str, *, baseline: bool = True) -> Asked:
    """The registry that is meant: the one named, or the municipality's.

    Args:
        directory: Perhaps a municipality's.
        url: The one named; empty when none is.
        baseline: Whether the municipality is wanted with its baseline, which must be here then.

    Raises:
        RpaCommonsError: none is named, its address is wrong, or the municipality's files are.
    """
    from rpa_commons.registry_client import NoRegistryError, Registry

    if not url and not (directory / _FILE).exists():
        raise NoRegistryError
    if (directory / _FILE).is_file() or not url:
        from rpa_commons.config import open_municipality

        municipality = open_municipality(directory, baseline=baseline)
        if not url:
            return Asked(Registry.of(municipality, progress=tell), municipality)
        folder = municipality.state_dir / "registry"
        return Asked(Registry.at(url, folder, progress=tell), municipality)
    import platformdirs

    folder = platformdirs.user_cache_path("rpa-commons") / "registry"
    return Asked(Registry.at(url, folder, progress=tell), None)


def opened(
    directory: Path, url: str = "", *, offline: bool = False, wish: "Wish | None" = None
) -> "tuple[MunicipalityFolder, Registry | None]":
    """A municipality and the registry it installs from; ``None`` where it names none.

    Args:
        directory: The municipality's.
        url: A registry instead of the one in its file.
        offline: Ask no registry.
        wish: What a baseline may be that is not pinned yet, where a command says.

    Raises:
        RpaCommonsError: its files are wrong, or the registry's address is.
    """
    from rpa_commons.registry_client import open_with_baseline

    return open_with_baseline(directory, url, progress=tell, offline=offline, wish=wish)


def wish_said(channel: str | None, because: str) -> "Wish | None":
    """What a command line allows to be installed; ``None`` where it leaves that to the municipality.

    Raises:
        UsageError: what is not certified is asked for, and nobody says why.
    """
    from rpa_commons.registry_client import Wish

    because = " ".join(because.split())
    if channel == "all" and not because:
        raise click.UsageError("--channel all needs --because TEXT: why what is not certified is installed")
    if channel == "certified" and because:
        raise click.UsageError(_NOT_ALL)
    return Wish(channel, because) if channel is not None else None


def wish_of(municipality: "MunicipalityFolder", said: "Wish | None", because: str) -> "Wish":
    """What may be installed: as said, or as the municipality has it.

    Raises:
        UsageError: there is a reason for what is not certified, and the municipality takes no such thing.
    """
    from dataclasses import replace

    from rpa_commons.registry_client import Wish

    if said is not None:
        return said
    theirs, because = Wish.of(municipality), " ".join(because.split())
    if because and theirs.channel != "all":
        raise click.UsageError(_NOT_ALL)
    return replace(theirs, because=because) if because else theirs
