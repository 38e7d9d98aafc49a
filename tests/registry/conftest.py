"""A cooperation of three municipalities, their people and tokens, and wheels that a registry takes."""

import itertools
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry.accounts import Identity, add_member, add_person, as_person, issue_token, operator
from rpa_registry.context import Registry
from rpa_registry.settings import SETTINGS_NAME, settings_text
from tests.support.bot_wheels import make_wheel
from tests.support.postgresql import cluster, postgresql_programs

_NUMBERS = itertools.count(1)  # of databases
MEMBERS = {"0265": "Roskilde", "0167": "Hvidovre", "0350": "Lejre"}
PEOPLE = {
    "mette": ("0265", "developer"),
    "jens": ("0265", "coordinator"),
    "anna": ("0167", "coordinator"),
    "bo": ("0350", "coordinator"),
    "dorte": ("0350", "developer"),
    "rita": ("0167", "auditor"),
}


def populate(registry: Registry) -> None:
    """The members and people that every test of the registry knows."""
    with registry.database.write() as connection:
        for code, name in MEMBERS.items():
            add_member(connection, operator(), code, name, country="dk")
        for login, (member, role) in PEOPLE.items():
            add_person(connection, operator(), login, login.title(), member, role)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what opens a database runs: the rest would run as it does without."""
    if os.environ.get("RPAC_REGISTRY_DATABASE") != "postgresql":
        return
    opens = {"new_registry", "postgresql"}
    kept = [item for item in items if opens & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


@pytest.fixture(scope="session")
def _postgresql_server() -> Iterator[sa.Engine]:
    """A PostgreSQL of this session's own."""
    programs = postgresql_programs()
    if programs is None:
        if os.environ.get("RPAC_REGISTRY_DATABASE") == "postgresql":
            raise RuntimeError("PostgreSQL is asked for and not on this machine: `make postgres` gets it")
        pytest.skip("there is no PostgreSQL on this machine (make postgres)")
    with (
        tempfile.TemporaryDirectory(prefix="rpac-pg-") as name,
        cluster(programs, Path(name)) as server,
    ):
        yield server


@pytest.fixture
def postgresql(_postgresql_server: sa.Engine) -> Iterator[Callable[..., str]]:
    """Each call gives the URL of a new database, empty or a copy of another one; gone after the test."""
    made: list[str] = []

    def new_database(template: str = "template1") -> str:
        made.append(f"registry{next(_NUMBERS)}")
        with _postgresql_server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return str(_postgresql_server.url.set(database=made[-1]))

    yield new_database
    with _postgresql_server.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry with the cooperation in it and nothing published; nobody changes it."""
    return _found(tmp_path_factory.mktemp("founded") / "registry")


@pytest.fixture(scope="session")
def _founded_on_postgresql(_postgresql_server: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the same in PostgreSQL, to be copied: schema and people cost more than a copy."""
    name = "founded"
    with _postgresql_server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    _found(tmp_path_factory.mktemp("founded") / name, str(_postgresql_server.url.set(database=name)))
    return name


def _found(folder: Path, database: str = "") -> Path:
    registry = Registry.create(folder, cooperation="DIGIT", country="dk", database=database)
    populate(registry)
    registry.close()
    return folder


@pytest.fixture
def new_registry(
    tmp_path: Path, _founded: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Registry]]:
    """Make a registry in a folder, with the cooperation in it.

    On SQLite unless a URL is given, or the variable RPAC_REGISTRY_DATABASE is ``postgresql``: so the whole
    suite runs on either.
    """
    opened: list[Registry] = []

    def make(name: str = "registry", database: str = "") -> Registry:
        folder = tmp_path / name
        if database:
            _found(folder, database)
        elif os.environ.get("RPAC_REGISTRY_DATABASE") == "postgresql":
            template = request.getfixturevalue("_founded_on_postgresql")
            database = request.getfixturevalue("postgresql")(template)
            (folder / "data").mkdir(parents=True)
            text = settings_text(cooperation="DIGIT", country="dk", database=database)
            (folder / SETTINGS_NAME).write_text(text, encoding="utf-8")
        else:
            shutil.copytree(_founded, folder, dirs_exist_ok=True)
        opened.append(Registry.open(folder))
        return opened[-1]

    yield make
    for made in opened:
        made.close()


@pytest.fixture
def registry(new_registry: Callable[..., Registry]) -> Registry:
    """A registry of DIGIT with nothing published."""
    return new_registry()


@pytest.fixture
def without_web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the website out: rendered anew after each act, it takes longer than most acts do."""
    monkeypatch.setattr("rpa_registry.web.project_pages", lambda *_: ())
    monkeypatch.setattr("rpa_registry.web.shared_pages", lambda *_, **__: ())


@pytest.fixture
def identity(registry: Registry) -> Callable[[str], Identity]:
    """A person by login, with every scope."""

    def find(login: str) -> Identity:
        with registry.database.read() as connection:
            return as_person(connection, login)

    return find


@pytest.fixture
def token(registry: Registry) -> Callable[..., str]:
    """The text of a new token of a person."""

    def issue(login: str, *scopes: str, projects: tuple[str, ...] | None = None, days: int = 30) -> str:
        with registry.database.write() as connection:
            issued = issue_token(
                connection,
                operator(),
                login,
                label="test",
                scopes=scopes or ("upload", "curate", "read"),
                projects=projects,
                days=days,
            )
        return issued.text

    return issue


@pytest.fixture
def bot_wheel(tmp_path: Path) -> Callable[..., Path]:
    """Make a wheel that a registry takes; see :func:`make_wheel`."""

    def make(
        name: str = "welcome-letters", version: str = "1.0.0", *, folder: str = "wheels", **changes: Any
    ) -> Path:
        return make_wheel(tmp_path / folder, name, version, **changes)

    return make


@pytest.fixture
def admitted(
    registry: Registry, identity: Callable[[str], Identity], bot_wheel: Callable[..., Path]
) -> Callable[..., Any]:
    """A wheel as it stands in the registry, staged, uploaded by a person; its name accepted where told."""

    def admit_one(
        name: str = "welcome-letters",
        version: str = "1.0.0",
        *,
        by: str = "mette",
        accepted_by: str = "",
        **changes: Any,
    ) -> Any:
        from rpa_registry.publishing import admit

        wheel = bot_wheel(name, version, **changes)
        done = admit(registry, identity(by), wheel, wheel.name)
        if accepted_by:
            accept(registry, name, accepted_by)
        return done

    return admit_one


def accept(registry: Registry, name: str = "welcome-letters", by: str = "anna") -> None:
    """Let a new name stand, as a coordinator of another municipality does."""
    from rpa_registry.curation import accept_name

    with registry.database.read() as connection:
        coordinator = as_person(connection, by)
    accept_name(registry, coordinator, name, reason="nothing else is called so")


@pytest.fixture
def serve() -> Iterator[Callable[[Registry], str]]:
    """Serve registries on 127.0.0.1 until the test ends; gives the address of each, without a last slash."""
    stop: list[Callable[[], None]] = []

    def start(registry: Registry) -> str:
        url, end = serving(registry)
        stop.append(end)
        return url

    yield start
    for end in stop:
        end()


def serving(registry: Registry) -> tuple[str, Callable[[], None]]:
    """One registry served from a thread: its address and how to stop it."""
    from rpa_registry.server import make_server

    server = make_server(registry, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]

    def end() -> None:
        server.should_exit = True
        thread.join(timeout=10)

    return f"http://127.0.0.1:{port}", end


@pytest.fixture(scope="session")
def _built_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry full of invented bots, in four languages; nobody changes it."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("web_town", Path(__file__).with_name("web_town.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["web_town"] = module
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("town") / "registry"
    Registry.create(folder, cooperation="DIGIT", country="dk").close()
    settings = folder / "registry.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('# languages = ["da", "en"]', 'languages = ["da", "nb", "sv", "en"]')
    settings.write_text(
        text.replace('# contact = ""', 'contact = "registret@digit.example"'), encoding="utf-8"
    )
    registry = Registry.open(folder)
    module.fill(registry)
    registry.close()
    return folder


@pytest.fixture
def town(_built_town: Path, tmp_path: Path) -> Iterator[Registry]:
    """A registry full of invented bots, one's own to change."""
    folder = tmp_path / "town"
    shutil.copytree(_built_town, folder)
    registry = Registry.open(folder)
    yield registry
    registry.close()
