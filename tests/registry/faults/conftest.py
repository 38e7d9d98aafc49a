"""The real server in a process of its own, clients that speak to it, and points where a process is killed."""

import base64
import contextlib
import hashlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rpa_registry.context import Registry
from rpa_registry.pages import rebuild_all

TIMEOUT = 60  # seconds an answer may take; more is a failure
_MAIN = "from rpa_registry.cli import main; main()"
_BOUNDARY = "-----8d7c0f6a"


class Running:
    """One ``rpac-registry serve`` on a free port.

    Attributes:
        url: Its address, without a last slash.
        process: The process.
    """

    def __init__(self, folder: Path, *, before: str = "") -> None:
        self._errors = (folder / f"server-{id(self)}.log").open("w+", encoding="utf-8")
        words = [sys.executable, "-c", before + _MAIN, "-C", str(folder), "serve", "--port", "0"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        if self.process.stdout is None:
            raise RuntimeError("the server has no output")
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"the server did not start: {self.errors()}")

    def errors(self) -> str:
        """What it wrote to its error output."""
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read()

    def kill(self) -> None:
        """Kill it as the kernel does when memory is short: nothing is tidied up."""
        self.process.kill()
        self.process.wait(TIMEOUT)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.terminate()
        return self.process.wait(TIMEOUT)

    def close(self) -> None:
        """Whatever it does: no process is left."""
        if self.process.poll() is None:
            self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._errors.close()


@dataclass
class Answer:
    """What came back."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON values."""
        return json.loads(self.body)

    @property
    def sha256(self) -> str:
        """Of the body."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Client:
    """One connection that is kept open, for one thread; every answer that is late is an error.

    Attributes:
        slowest: Seconds that the slowest answer took.
    """

    url: str
    token: str = ""
    slowest: float = field(default=0.0, init=False)
    _connection: http.client.HTTPConnection | None = field(default=None, init=False)

    def get(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self._ask(
            "GET", path, None, {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def act(self, act: str, project: str, version: str, **body: Any) -> Answer:
        """Do an act to a release."""
        return self.post(f"/api/v1/releases/{project}/{version}/{act}", **body)

    def post(self, path: str, **body: Any) -> Answer:
        """Send JSON."""
        return self._ask("POST", path, json.dumps(body).encode(), {"content-type": "application/json"})

    def upload(self, wheel: Path) -> Answer:
        """Send a wheel as twine does."""
        head = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{wheel.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + wheel.read_bytes() + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        return self._ask("POST", "/legacy/", body, {"content-type": kind})

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT)
        signed = dict(headers)
        if self.token:
            text = base64.b64encode(f"__token__:{self.token}".encode()).decode()
            signed["authorization"] = f"Basic {text}"
        begun = time.monotonic()
        try:
            self._connection.request(method, path, body, signed)
            response = self._connection.getresponse()
            received = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self.slowest = max(self.slowest, time.monotonic() - begun)
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, response.reason, named, received)


@pytest.fixture
def start(registry: Registry) -> Iterator[Callable[..., Running]]:
    """Start real servers on the registry, with limits that no test reaches; none outlives the test."""
    settings = registry.settings.folder / "registry.toml"
    text = settings.read_text(encoding="utf-8")
    lifted = "\nuploads_per_minute = 1000000\nacts_per_minute = 1000000\n"
    settings.write_text(text + lifted, encoding="utf-8")
    with registry.database.write() as connection:
        rebuild_all(connection, registry.settings)  # as `rpac-registry init` does
    running: list[Running] = []

    def begin(*, before: str = "") -> Running:
        running.append(Running(registry.settings.folder, before=before))
        return running[-1]

    yield begin
    for one in running:
        one.close()


@pytest.fixture
def client() -> Iterator[Callable[..., Client]]:
    """Make clients; their connections end with the test."""
    with contextlib.ExitStack() as stack:

        def make(server: Running, token: str = "") -> Client:
            one = Client(server.url, token)
            stack.callback(one.close)
            return one

        yield make


@pytest.fixture
def command(registry: Registry) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run ``rpac-registry`` on the registry in a process of its own; ``before`` runs first in it."""

    def run(*words: str, before: str = "") -> "subprocess.CompletedProcess[str]":
        head = [sys.executable, "-c", before + _MAIN, "-C", str(registry.settings.folder)]
        return subprocess.run([*head, *words], capture_output=True, text=True, check=False, timeout=120)

    return run


@pytest.fixture
def sound(command: Callable[..., Any]) -> Callable[[], dict[str, Any]]:
    """Let ``rpac-registry verify`` check everything: nothing may be wrong; gives what it found."""

    def check() -> dict[str, Any]:
        done = command("verify", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return check


@pytest.fixture
def acted(registry: Registry, identity: Callable[[str], Any]) -> Callable[..., Any]:
    """Do an act for a person by login; gives the release as it is then."""

    def do(
        login: str, name: str, project: str = "welcome-letters", version: str = "1.0.0", **said: Any
    ) -> Any:
        from rpa_registry.curation import act

        return act(registry, identity(login), name, project, version, **said)

    return do


@pytest.fixture
def accept(registry: Registry, identity: Callable[[str], Any]) -> Callable[[], Any]:
    """Let a coordinator of another municipality accept the new name, so that it can be published."""

    def do(project: str = "welcome-letters") -> Any:
        from rpa_registry.curation import accept_name

        return accept_name(registry, identity("anna"), project, reason="a plain name")

    return do
