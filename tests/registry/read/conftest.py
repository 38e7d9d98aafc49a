"""Releases put straight into a registry's tables, for tests of what is read."""

import hashlib
import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import uv

from rpa_registry import db, pages
from rpa_registry.context import Registry
from rpa_registry.server import make_server

_TIMES = {
    "staged": "2026-05-01",
    "in_review": "2026-05-02",
    "published": "2026-05-03",
    "certified": "2026-05-04",
}


class Shelf:
    """Puts releases of honest little wheels into a registry, in any state, and changes them.

    Attributes:
        registry: The registry.
        is_served: Whether something keeps its pages in memory, which looks for changes now and then.
    """

    def __init__(self, registry: Registry, make_wheel: Callable[..., Path], *, is_served: bool) -> None:
        self.registry = registry
        self._make_wheel = make_wheel
        self.is_served = is_served

    def put(
        self,
        project: str = "welcome-letters",
        version: str = "1.0.0",
        *,
        state: str = "certified",
        requires: tuple[str, ...] = (),
        readme: str = "# Welcome\n",
        files: Mapping[str, str] | None = None,
        manifest: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> Path:
        """One more release; returns the wheel as the registry keeps it."""
        wheel = self._make_wheel(
            project, version, requires=requires, readme=readme, files=files, manifest=manifest
        )
        data = wheel.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        with zipfile.ZipFile(wheel) as archive:
            info = f"{project.replace('-', '_')}-{version}.dist-info"
            metadata = archive.read(f"{info}/METADATA")
            described = archive.read(f"{info}/extra_metadata/rpac.json").decode()
        self.registry.blobs.put(wheel, sha256, wheel.name, metadata)
        reached = list(_TIMES)[: list(_TIMES).index(state) + 1] if state in _TIMES else ["staged"]
        row = {
            "project": project,
            "version": version,
            "state": state,
            "manifest": described,
            "manifest_sha256": hashlib.sha256(described.encode()).hexdigest(),
            "summary": "Greets each new resident once.",
            "readme": readme,
            "licence": "MIT",
            "requires_python": ">=3.11",
            "requires_dist": json.dumps(list(requires)),
            "report": "{}",
            "uploaded_by": "mette",
            **{one: f"{_TIMES[one]}T10:00:00Z" for one in reached},
            **columns,
        }
        with self.registry.database.write() as connection:
            if connection.scalar(sa.select(db.projects.c.name).where(db.projects.c.name == project)) is None:
                values = {"name": project, "kind": "bot", "owner": "0265", "status": "active"}
                values |= dict.fromkeys(("created", "accepted"), "2026-05-01T10:00:00Z")
                connection.execute(sa.insert(db.projects).values(values))
            release = connection.execute(sa.insert(db.releases).values(row)).inserted_primary_key
            file = {
                "sha256": sha256,
                "release": release[0] if release else None,
                "filename": wheel.name,
                "size": len(data),
                "metadata": metadata,
                "metadata_sha256": hashlib.sha256(metadata).hexdigest(),
                "uploaded": "2026-05-01T10:00:00Z",
            }
            connection.execute(sa.insert(db.files).values(file))
            pages.render(connection, self.registry.settings, project)
        self._settle()
        return self.registry.blobs.path(sha256, wheel.name)

    def change(self, project: str, version: str, **columns: Any) -> None:
        """Change columns of a release, as an act does: in one transaction with its pages."""
        table = db.releases
        with self.registry.database.write() as connection:
            where = (table.c.project == project, table.c.version == version)
            connection.execute(sa.update(table).where(*where).values(columns))
            pages.render(connection, self.registry.settings, project)
        self._settle()

    def change_project(self, project: str, **columns: Any) -> None:
        """Change columns of a project, in one transaction with its pages."""
        with self.registry.database.write() as connection:
            connection.execute(sa.update(db.projects).where(db.projects.c.name == project).values(columns))
            pages.render(connection, self.registry.settings, project)
        self._settle()

    def _settle(self) -> None:
        """Wait until whoever keeps pages has looked again: PostgreSQL is asked four times a second."""
        if self.is_served and not self.registry.database.is_sqlite:
            time.sleep(0.3)

    def page(self, path: str) -> Any:
        """The document at a path, from the table."""
        with self.registry.database.read() as connection:
            body = connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))
        return None if body is None else json.loads(body)


@pytest.fixture
def shelf(registry: Registry, bot_wheel: Callable[..., Path], request: pytest.FixtureRequest) -> Shelf:
    """An empty registry to put releases in."""
    return Shelf(registry, bot_wheel, is_served=bool({"serve", "watched"} & set(request.fixturenames)))


@dataclass(frozen=True)
class Seen:
    """One request as the server answered it."""

    method: str
    path: str
    status: int
    headers: dict[str, str]


class Watched:
    """A running server and what it was asked.

    Attributes:
        url: Its address, without a last slash.
        seen: Every request, in order of the answers.
    """

    def __init__(self, registry: Registry) -> None:
        self.seen: list[Seen] = []
        self.url = ""
        told = threading.Event()

        def ready(url: str) -> None:
            self.url = url
            told.set()

        self._server = make_server(registry, host="127.0.0.1", port=0, ready=ready)
        self._inner: Any = self._server.config.app
        self._server.config.app = self._app
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        assert told.wait(10), "the server did not start"

    def wheels(self) -> list[str]:
        """File names of the wheels that were fetched."""
        return [one.path.rpartition("/")[2] for one in self.seen if one.path.endswith(".whl")]

    def close(self) -> None:
        """Stop it."""
        self._server.should_exit = True
        self._thread.join(10)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
                self.seen.append(Seen(scope["method"], scope["path"], message["status"], headers))
            await send(message)

        sent.__self__ = send.__self__  # type: ignore[attr-defined] - the status line is written through it
        await self._inner(scope, receive, sent)


@pytest.fixture
def watched() -> Iterator[Callable[[Registry], Watched]]:
    """Serve a registry and keep what it is asked, until the test ends."""
    running: list[Watched] = []

    def start(registry: Registry) -> Watched:
        running.append(Watched(registry))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture
def pip(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run pip, this environment's, with nothing from its user's configuration."""

    def run(command: str, *words: str, cache: bool = False) -> subprocess.CompletedProcess[str]:
        keep = ["--cache-dir", str(tmp_path / "pip-cache")] if cache else ["--no-cache-dir"]
        head = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", *keep]
        return subprocess.run(
            [*head, command, *words], capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.fixture
def run_uv(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run uv with a cache of its own and nothing from its user's configuration."""

    def run(*words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        head = [uv.find_uv_bin(), "--no-config", "--cache-dir", str(tmp_path / "uv-cache")]
        return subprocess.run(
            [*head, *words], capture_output=True, text=True, check=False, timeout=120, input=text
        )

    return run


@pytest.fixture
def with_web() -> None:
    """Ask for the website's pages too."""


@pytest.fixture(autouse=True)
def _programs_only(request: pytest.FixtureRequest) -> None:
    """Leave the website out where a test is about what programs read."""
    if "with_web" not in request.fixturenames:
        request.getfixturevalue("without_web")
