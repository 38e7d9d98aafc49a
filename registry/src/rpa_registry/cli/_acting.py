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
    return click.option(
        "--reason", default="", required=required, metavar="TEXT", help="Why; others read it, for good."
    )


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
    from rpa_commons.conformance import load_key_file

    return load_key_file(key_file)


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """A document for programs."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
