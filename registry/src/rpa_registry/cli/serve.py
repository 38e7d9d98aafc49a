"""``rpac-registry serve``: the built-in server."""

import ipaddress
import logging
import sys

import click

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
    from rpa_registry.server import serve as run
    from rpa_registry.server import sweep

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
        sweep(registry)
        run(registry, host=host, port=port, ready=click.echo)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
