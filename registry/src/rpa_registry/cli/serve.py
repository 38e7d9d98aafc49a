"""``rpac-registry serve``: the built-in server."""

import ipaddress
import logging
import sys
from typing import TYPE_CHECKING

import click

from rpa_commons.cli import serves_on

if TYPE_CHECKING:
    from rpa_registry.context import Registry

__all__ = ["serve"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free one."
)
@click.pass_context
def serve(ctx: click.Context, host: str, port: int) -> None:
    """Serve the registry until Ctrl-C.

    It speaks plain HTTP. Members reach it through a reverse proxy with TLS on the same machine, for a token
    that travels in the clear is anybody's: docs/how-to/run-a-registry.md has one for nginx.
    """
    from rpa_registry.server import check_free, sweep
    from rpa_registry.server import serve as run

    from ._acting import opened

    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    if not _is_this_machine(host):
        click.echo(
            f"warning: {host} is reached by other machines, and this server has no TLS: put a reverse proxy "
            "with TLS before it, or tokens can be read on their way",
            err=True,
        )
    with opened(ctx) as registry:
        check_free(host, port)
        sweep(registry)
        _renew(registry)
        serves_on()
        run(registry, host=host, port=port, ready=click.echo)


def _renew(registry: "Registry") -> None:
    """Render every page anew if registry.toml or the program is another one than when they were rendered."""
    from rpa_registry.accounts import operator
    from rpa_registry.errors import ConflictError
    from rpa_registry.pages import changed_since, renew_changed

    with registry.database.read() as connection:
        changes = changed_since(connection, registry.settings)
    if not changes:
        return
    said = ", ".join("the program" if one == "program" else f"`{one}`" for one in changes)
    click.echo(f"{said} changed since the pages were rendered: rendering every page anew", err=True)
    try:
        with registry.database.write() as connection:
            done = renew_changed(connection, registry.settings, operator())
    except ConflictError as error:
        click.echo(f"warning: {error.message}\n help: {error.remedy}", err=True)
        return
    if done is not None:  # else another process did it meanwhile
        click.echo(f"{done[1]} pages rendered", err=True)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
