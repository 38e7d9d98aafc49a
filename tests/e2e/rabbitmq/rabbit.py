"""A RabbitMQ of one's own: TLS with the sandbox's certificates, no port but on 127.0.0.1, gone with the test.

Node name, database, cookie, port mapper (epmd) and log are its own, so a RabbitMQ of the machine is not
touched. A user of the broker is a certificate's common name (plugin ``rabbitmq_auth_mechanism_ssl``): the
connector shows certificate and assertion as it does to the Beskedfordeler; what the Beskedfordeler does with
the assertion this broker does not know, and that part the sandbox's own broker checks.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pika
from pika.credentials import ExternalCredentials

from rpa_commons.sandbox import ClientFiles

VIRTUAL_HOST = "BF"
_PLACES = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin")
SERVER = next(  # not Debian's wrapper in /usr/sbin, which becomes another user and forgets the environment
    (found for place in _PLACES if (found := shutil.which("rabbitmq-server", path=place))), None
)
_START_SECONDS = 60.0


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Rabbit:
    """A broker that can be stopped and started again on the same data."""

    def __init__(self, folder: Path, ca: Path, server_pem: Path, users: Iterable[str]) -> None:
        self.folder = folder
        self.port = free_port()
        self._ports = {"dist": free_port(), "epmd": free_port()}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plugins").write_text("[rabbitmq_auth_mechanism_ssl].\n", "ascii")
        (folder / "definitions.json").write_text(json.dumps(_definitions(users)), "utf-8")
        (folder / "rabbitmq.conf").write_text(_configuration(self.port, folder, ca, server_pem), "utf-8")
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        log = (self.folder / "out.log").open("ab")
        self._process = subprocess.Popen(
            [str(SERVER)],
            env=self._environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        ends = time.monotonic() + _START_SECONDS
        while time.monotonic() < ends:
            if self._process.poll() is not None:
                break
            if b"Server startup complete" in (self.folder / "out.log").read_bytes():
                return
            time.sleep(0.1)
        said = (self.folder / "out.log").read_text("utf-8", "replace")[-2000:]
        self.stop()
        raise AssertionError(f"RabbitMQ did not start: {said}")

    def stop(self) -> None:
        """Stop at once, as a machine that loses power; what was confirmed is on its disk."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._end_port_mapper()
        out = self.folder / "out.log"
        if out.exists():
            out.rename(self.folder / f"out-{time.monotonic_ns()}.log")

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive and silent for a while, as behind a firewall that drops what it knows no more."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def _end_port_mapper(self) -> None:
        """The port mapper makes itself a daemon, so it is asked to go; it serves this node alone."""
        found = [shutil.which("epmd"), *map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))]
        words = [next(one for one in found if one), "-port", str(self._ports["epmd"]), "-kill"]
        ends = time.monotonic() + 5.0
        while time.monotonic() < ends:  # it first has to see that the node is gone
            said = subprocess.run(words, check=False, capture_output=True, timeout=10)
            if b"Killed" in said.stdout or b"Cannot connect" in said.stderr + said.stdout:
                return
            time.sleep(0.1)

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # for the cookie
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "rpac@localhost",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_DIST_PORT": str(self._ports["dist"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }


def _configuration(port: int, folder: Path, ca: Path, server_pem: Path) -> str:
    return "\n".join(
        (
            "listeners.tcp = none",
            f"listeners.ssl.1 = 127.0.0.1:{port}",
            f"ssl_options.cacertfile = {ca}",
            f"ssl_options.certfile = {server_pem}",
            f"ssl_options.keyfile = {server_pem}",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true",
            "auth_mechanisms.1 = EXTERNAL",
            "ssl_cert_login_from = common_name",
            f"load_definitions = {folder / 'definitions.json'}",
            "log.console = true",
            "log.file = false",
            "",
        )
    )


def _definitions(users: Iterable[str]) -> dict[str, Any]:
    rights = {"vhost": VIRTUAL_HOST, "configure": ".*", "write": ".*", "read": ".*"}
    users = list(users)
    return {
        "vhosts": [{"name": VIRTUAL_HOST}],
        "users": [{"name": name, "password_hash": "", "tags": ""} for name in users],
        "permissions": [{"user": name, **rights} for name in users],
    }


@contextlib.contextmanager
def channel(port: int, ca: Path, certificate: ClientFiles) -> Iterator[Any]:
    """A publisher's channel; not the connector's code."""
    context = ssl.create_default_context(cafile=str(ca))
    context.load_cert_chain(certificate.pem)
    parameters = pika.ConnectionParameters(
        host="127.0.0.1",
        port=port,
        virtual_host=VIRTUAL_HOST,
        credentials=ExternalCredentials(),
        ssl_options=pika.SSLOptions(context, "127.0.0.1"),
    )
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection.channel()
    finally:
        if connection.is_open:
            connection.close()


def publish(open_channel: Any, queue: str, bodies: Iterable[bytes]) -> None:
    """Persistent messages into a queue; all are on the broker's disk when this returns."""
    lasting = pika.BasicProperties(delivery_mode=2)
    open_channel.tx_select()
    for body in bodies:
        open_channel.basic_publish("", queue, body, properties=lasting)
    open_channel.tx_commit()


def count(open_channel: Any, queue: str) -> int:
    """How many messages wait in a queue."""
    return int(open_channel.queue_declare(queue, passive=True).method.message_count)
