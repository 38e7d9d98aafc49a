"""What every scene of the demo has at hand, and how it speaks."""

from dataclasses import dataclass, field
from pathlib import Path

import click

from ._commands import Shell
from ._places import Places

__all__ = ["REFUSED", "Scene", "say", "tell"]

REFUSED = 5  # exit code: refused by policy


@dataclass
class Scene:
    """The demo's surroundings.

    Attributes:
        places: Its folders.
        shell: Runs commands.
        url: Where the registry is served.
        tokens: Login -> the token that was shown once.
    """

    places: Places
    shell: Shell
    url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def registry(self) -> Path:
        """The registry's folder."""
        return self.places.scratch / "registry"

    @property
    def members(self) -> Path:
        """What the members have published of their configuration."""
        return self.places.scratch / "members"

    def key(self, login: str) -> Path:
        """A coordinator's signing key, on their own machine."""
        return self.places.scratch / "keys" / f"{login}.pem"


def say(text: str) -> None:
    """A heading."""
    click.secho(f"\n{text}", fg="cyan", bold=True, err=True)


def tell(text: str) -> None:
    """A sentence of the story, between two commands."""
    click.echo(f"   {text}", err=True)
