"""What every curating command needs: the registry opened, the person acted for, an answer printed.

Usage::

    with acting(ctx, "anna") as (registry, identity):
        act(registry, identity, "certify", "welcome-letters", "1.0.0")
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from rpa_registry.accounts import Identity
    from rpa_registry.context import Registry

__all__ = [
    "acting",
    "as_option",
    "json_option",
    "key_option",
    "opened",
    "print_json",
    "reason_option",
    "signer",
]

Command = Callable[..., Any]

as_option = click.option(
    "--as", "login", required=True, metavar="LOGIN", help="For whom you act; the log says so."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Your signing key; it is read here and goes nowhere.",
)


def reason_option(*, required: bool) -> Callable[[Command], Command]:
    """``--reason``, required where the act is refused without."""
    help_ = "Why; others read it, for good."
    if not required:
        return click.option("--reason", default="", metavar="TEXT", help=help_)
    # No default, not even None: an option that has one is never missing.
    return click.option("--reason", required=True, callback=_said, metavar="TEXT", help=help_)


def _said(_ctx: click.Context, _option: click.Parameter, value: str) -> str:
    """A reason of blanks is none."""
    if not value.strip():
        raise click.BadParameter("say why")
    return value


@contextlib.contextmanager
def opened(ctx: click.Context) -> "Iterator[Registry]":
    """The registry of the folder that the command line names."""
    from rpa_registry.context import Registry

    registry = Registry.open(ctx.obj or Path())
    try:
        yield registry
    finally:
        registry.close()


@contextlib.contextmanager
def acting(ctx: click.Context, login: str) -> "Iterator[tuple[Registry, Identity]]":
    """The registry, and the person for whom the operator at the server acts."""
    from rpa_registry.accounts import as_person

    with opened(ctx) as registry:
        with registry.database.read() as connection:
            identity = as_person(connection, login)
        yield registry, identity


def signer(key_file: Path) -> "Ed25519PrivateKey":
    """The key in a file."""
    from rpa_commons.conformance import SigningKeyError, load_key_file

    try:
        return load_key_file(key_file)
    except SigningKeyError as error:
        if key_file.exists():
            raise
        remedy = f"name the file of your own key, or make one: `rpac-registry key new {key_file}`"
        raise SigningKeyError(key_file, error.problem, remedy=remedy) from None


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """A document for programs."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
