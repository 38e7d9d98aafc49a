"""``rpac-registry key``: the keys that coordinators sign advisories and reports with."""

from pathlib import Path

import click

from ._acting import json_option, print_json, signer
from ._operating import as_option, writing

__all__ = ["key"]


@click.group()
def key() -> None:
    """Signing keys: make one on your own machine, register its public half."""


@key.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path) -> None:
    """Make a key in FILE, which only you may read, and print its public half."""
    from rpa_commons.conformance import new_key_file, public_key_text

    click.echo(public_key_text(new_key_file(file)))
    click.echo(f"the key lies in {file}; keep it, and register the line above", err=True)


@key.command("show")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def show(file: Path) -> None:
    """Print the public half of the key in FILE."""
    from rpa_commons.conformance import public_key_text

    click.echo(public_key_text(signer(file)))


@key.command("register")
@click.argument("person", metavar="PERSON")
@click.argument("public_key")
@as_option
@json_option
@click.pass_context
def register(ctx: click.Context, person: str, public_key: str, login: str, *, as_json: bool) -> None:
    """Let PERSON sign with the key of this public half; it replaces an older one.

    A person registers their own (--as PERSON); somebody else's is the operator's to register.
    """
    from rpa_registry.accounts import register_key

    with writing(ctx, login) as (_, connection, actor):
        done = register_key(connection, actor, person, public_key)
    if as_json:
        print_json(done.to_json())
        return
    click.echo(f"{done.login}: key registered")
