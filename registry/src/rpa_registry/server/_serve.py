"""The server that runs the application: uvicorn with httptools, and uvloop where there is one.

Rules this module keeps: a stop lets what runs end, up to a bound; the port that was given by the system is
told before the first request; TLS belongs to the proxy in front, and no address in an answer needs its name.

Usage::

    serve(registry, host="127.0.0.1", port=8080, ready=lambda url: click.echo(url))
"""

import errno
import os
import socket
from collections.abc import Callable

import uvicorn

from rpa_registry.context import Registry
from rpa_registry.errors import RegistryError

from ._app import create_app

__all__ = ["check_free", "make_server", "serve"]

_GRACE = 20  # seconds that running uploads and downloads have when the server is told to stop
_KEEP_ALIVE = 30  # seconds an idle connection stays open
_MOST_AT_ONCE = 512  # connections; the next is answered 503, before there are no file descriptors left


def check_free(host: str, port: int) -> None:
    """Refuse an address that nobody can listen on, before anything else is begun.

    Raises:
        RegistryError: another program listens there, or it is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # on Windows the option would let two programs share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RegistryError(
                f"port {port} of {host} is taken: another program listens there",
                remedy="is the registry running already? Else name another one with --port",
            ) from None
        raise RegistryError(
            f"nobody can listen on {host}, port {port}: {error.strerror or error}",
            remedy="name an address of this machine with --host, a port above 1023 with --port",
        ) from None


def serve(
    registry: Registry, *, host: str, port: int, ready: Callable[[str], None] = lambda _url: None
) -> None:
    """Serve until the process is told to stop (Ctrl-C, SIGTERM).

    Args:
        registry: An opened one; it stays the caller's to close.
        host: Address to listen on.
        port: 0: any that is free.
        ready: Called with the server's address once it listens.
    """
    make_server(registry, host=host, port=port, ready=ready).run()


def make_server(
    registry: Registry, *, host: str, port: int, ready: Callable[[str], None] = lambda _url: None
) -> uvicorn.Server:
    """The server, for who starts and stops it (``should_exit``) in a thread of its own."""
    config = uvicorn.Config(
        create_app(registry),
        host=host,
        port=port,
        loop="auto",  # uvloop where it is installed: not on Windows
        http="httptools",
        ws="none",
        interface="asgi3",
        proxy_headers=False,  # nothing here asks who the client is or how it came
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    return _Server(config, ready)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say where."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
