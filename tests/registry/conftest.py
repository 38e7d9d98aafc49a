"""A cooperation of three municipalities, their people and tokens, and wheels that a registry takes."""

import base64
import contextlib
import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_commons.manifest import Manifest
from rpa_registry.accounts import Identity, add_member, add_person, as_person, issue_token, operator
from rpa_registry.context import Registry

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
    programs = _postgresql_programs()
    if programs is None:
        if os.environ.get("RPAC_REGISTRY_DATABASE") == "postgresql":
            raise RuntimeError("PostgreSQL is asked for and not on this machine: `make postgres` gets it")
        pytest.skip("there is no PostgreSQL on this machine (make postgres)")
    with (
        tempfile.TemporaryDirectory(prefix="rpac-pg-") as name,
        _cluster(programs, Path(name)) as server,
    ):
        yield server


@pytest.fixture
def postgresql(_postgresql_server: sa.Engine) -> Iterator[Callable[[], str]]:
    """Each call gives the URL of a new empty database; they are gone after the test."""
    made: list[str] = []

    def new_database() -> str:
        made.append(f"registry{next(_NUMBERS)}")
        with _postgresql_server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {made[-1]}")
        return str(_postgresql_server.url.set(database=made[-1]))

    yield new_database
    with _postgresql_server.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_registry(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Registry]]:
    """Make a registry in a folder, with the cooperation in it.

    On SQLite unless a URL is given, or the variable RPAC_REGISTRY_DATABASE is ``postgresql``: so the whole
    suite runs on either.
    """
    opened: list[Registry] = []

    def make(name: str = "registry", database: str = "") -> Registry:
        if not database and os.environ.get("RPAC_REGISTRY_DATABASE") == "postgresql":
            database = request.getfixturevalue("postgresql")()
        made = Registry.create(tmp_path / name, cooperation="DIGIT", country="dk", database=database)
        opened.append(made)
        populate(made)
        return made

    yield make
    for made in opened:
        made.close()


@pytest.fixture
def registry(new_registry: Callable[..., Registry]) -> Registry:
    """A registry of DIGIT with nothing published."""
    return new_registry()


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


def bot_manifest(name: str, version: str, **changes: Any) -> Manifest:
    """The manifest of a bot that greets new residents; ``changes`` replace its fields."""
    values: dict[str, Any] = {
        "kind": "bot",
        "name": name,
        "version": version,
        "summary": "Greets each new resident once.",
        "sdk_version": "0.1.0",
        "entry": f"{name.replace('-', '_')}:Letters",
        "capabilities": [
            {
                "attribute": "population",
                "name": "PopulationRegister",
                "version": "1",
                "calls": [{"method": "person"}],
            },
            {
                "attribute": "post",
                "name": "DigitalPost",
                "version": "1",
                "calls": [{"method": "send", "effect": "keyed"}],
            },
        ],
        "steps": [{"name": "recipient", "arguments": ["person"], "description": "Who gets the letter."}],
        "languages": ["da", "en"],
        "settings_schema": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "window_days": {
                    "type": "integer",
                    "default": 10,
                    "minimum": 1,
                    "maximum": 60,
                    "description": "Look this many days back for moves.",
                    "unit": "days",
                }
            },
        },
        "benefit": {"minutes_per_case": 6.0, "method": "Measured on 40 letters in May 2026."},
        "record": {
            "kle": ["23.05.01"],
            "purpose": "To greet new residents.",
            "legal_basis": ["GDPR art. 6(1)(e)"],
            "data_categories": ["name and address"],
            "person_categories": ["new residents"],
            "sources": ["population register"],
            "recipients": ["the resident"],
            "retention": "90 days",
            "decisions": {"kind": "none", "paragraph": ""},
        },
    }
    return Manifest.model_validate_json(_json({**values, **changes}))


def make_wheel(
    folder: Path,
    name: str = "welcome-letters",
    version: str = "1.0.0",
    *,
    manifest: Mapping[str, Any] | None = None,
    metadata: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = ("rpa-commons>=0.1",),
    readme: str = "# Welcome letters\n\nGreets each new resident once.\n",
    files: Mapping[str, str] | None = None,
    filename: str = "",
) -> Path:
    """Write an honest bot wheel.

    Args:
        folder: Where.
        name: Project.
        version: Its version.
        manifest: Fields of the manifest that differ.
        metadata: Headers of METADATA that differ; an empty value leaves one out.
        requires: The ``Requires-Dist`` lines.
        readme: Body of METADATA.
        files: More members, by name, or others for those that are there.
        filename: Instead of the right one.
    """
    package = name.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    headers = {
        "Metadata-Version": "2.4",
        "Name": name,
        "Version": version,
        "Summary": "Greets each new resident once.",
        "License-Expression": "MIT",
        "Requires-Python": ">=3.11",
        "Description-Content-Type": "text/markdown",
        **(metadata or {}),
    }
    lines = [f"{key}: {value}" for key, value in headers.items() if value]
    lines += [f"Requires-Dist: {one}" for one in requires]
    members = {
        f"{package}/__init__.py": f'"""The bot {name} {version}."""\n\nclass Letters:\n    """It."""\n',
        **(files or {}),
        f"{info}/METADATA": "\n".join(lines) + "\n\n" + readme,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[rpa_commons]\n{name} = {package}:Letters\n",
        f"{info}/extra_metadata/rpac.json": bot_manifest(name, version, **(manifest or {})).to_json(),
    }
    record = "\n".join([*(_row(*member) for member in members.items()), f"{info}/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (filename or f"{package}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), text)
    return path


def _row(name: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(text.encode())}"


def _json(values: Mapping[str, Any]) -> str:
    import json

    return json.dumps(values)


def _postgresql_programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextlib.contextmanager
def _cluster(programs: Path, folder: Path) -> Iterator[sa.Engine]:
    """A server that answers on a socket in its own folder alone; it never runs as root."""
    prefix = _as_another_user(folder)
    data, log = folder / "data", folder / "log"

    def run(program: str, *words: str) -> None:
        command = [*prefix, str(programs / program), *words]
        # A file, not a pipe: the server that stays would keep a pipe open.
        with (folder / program).open("w+", encoding="utf-8") as said:
            done = subprocess.run(command, check=False, stdout=said, stderr=said, cwd=folder)
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)}: {said.read()}")

    run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
    run("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
    server = sa.create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={folder}", isolation_level="AUTOCOMMIT"
    )
    try:
        yield server
    finally:
        server.dispose()
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _as_another_user(folder: Path) -> list[str]:
    """What root starts PostgreSQL with, for it refuses to run as root: a namespace, or its own user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    import pwd

    # PostgreSQL looks its user up by number, so it must be one that this machine knows.
    nobody = pwd.getpwnam("nobody")
    mapped = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
    with contextlib.suppress(OSError):
        if subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
            return mapped
    shutil.chown(folder, "postgres", "postgres")  # many containers have no such namespaces
    return ["runuser", "-u", "postgres", "--"]


def rows(registry: Registry, query: Any) -> list[Any]:
    """What a query gives, as plain tuples."""
    with registry.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def count(registry: Registry, table: sa.Table) -> int:
    """How many rows a table has."""
    return int(rows(registry, sa.select(sa.func.count()).select_from(table))[0][0])


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
