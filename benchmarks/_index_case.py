"""1,000 projects of five wheels: the same files for every server, and a registry that holds them.

The wheels are kept in ``.rpac/benchmarks/index``, and so is a filled devpi-server: it takes minutes to fill.
The registry and its export are made anew each time, by the program that is measured.
"""

import base64
import hashlib
import json
import os
import shutil
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from rpa_registry import db, pages
from rpa_registry.accounts import add_member, add_person, operator
from rpa_registry.context import Registry
from rpa_registry.export import export

from ._peers import CACHE
from ._servers import Server

__all__ = ["FILES", "PROJECTS", "fill_devpi", "make_case", "project_name", "wheel_names"]

PROJECTS, FILES = 1000, 5
_VERSION = "3"  # of the case; another number makes it anew
_TIME = "2026-05-01T10:00:00Z"


def project_name(number: int) -> str:
    """A project's name."""
    return f"bench-bot-{number:04}"


def wheel_names(project: str) -> list[str]:
    """File names of its five wheels."""
    return [f"{project.replace('-', '_')}-1.{minor}.0-py3-none-any.whl" for minor in range(FILES)]


def make_case() -> Path:
    """The folder: ``wheels/<project>/*.whl``, ``registry/``, ``export/``."""
    folder = CACHE / "index"
    marker = folder / "version.txt"
    if not (marker.exists() and marker.read_text() == _VERSION):
        shutil.rmtree(folder, ignore_errors=True)
        for number in range(PROJECTS):
            _wheels(folder / "wheels", project_name(number))
        marker.write_text(_VERSION)
    for old in ("registry", "export"):  # always this program's pages
        shutil.rmtree(folder / old, ignore_errors=True)
    registry = _registry(folder)
    export(registry, folder / "export")
    registry.close()
    return folder


def fill_devpi(server: Server, case: Path) -> None:
    """Make an index in a fresh devpi-server and upload every wheel, as its own client does."""
    login = json.dumps({"user": "root", "password": ""}).encode()
    found = json.loads(_send(server, "POST", "/+login", login, {}))
    password = found["result"]["password"]
    login_header = base64.b64encode(f"root:{password}".encode()).decode()
    headers = {"X-Devpi-Auth": login_header}
    index = json.dumps({"type": "stage", "bases": [], "volatile": True}).encode()
    _send(server, "PUT", "/root/bench", index, headers)
    for number in range(PROJECTS):
        project = project_name(number)
        for name in wheel_names(project):
            body, kind = _form(project, name, (case / "wheels" / project / name).read_bytes())
            _send(server, "POST", "/root/bench/", body, headers | {"Content-Type": kind})


def _send(server: Server, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    words = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    request = urllib.request.Request(server.url + path, body, words, method=method)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own address
        found: bytes = answer.read()
        return found


def _form(project: str, name: str, content: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    fields = {
        ":action": "file_upload",
        "name": project,
        "version": name.split("-")[1],
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "metadata_version": "2.1",
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{name}"\r\n\r\n'
    parts += [head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _wheels(folder: Path, project: str) -> None:
    (folder / project).mkdir(parents=True)
    package = project.replace("-", "_")
    for name in wheel_names(project):
        version = name.split("-")[1]
        info = f"{package}-{version}.dist-info"
        members = {
            f"{package}/__init__.py": f'"""{project} {version}."""\n',
            f"{info}/METADATA": _metadata(project, version).decode(),
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{member},,\n" for member in [*members, f"{info}/RECORD"])
        with zipfile.ZipFile(folder / project / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in {**members, f"{info}/RECORD": record}.items():
                archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), text)


def _metadata(project: str, version: str) -> bytes:
    return (
        f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
        "Summary: A bot.\nRequires-Python: >=3.11\n"
    ).encode()


def _registry(folder: Path) -> Registry:
    registry = Registry.create(folder / "registry", cooperation="DIGIT", country="dk")
    with registry.database.write() as connection:
        add_member(connection, operator(), "0265", "Roskilde", country="dk")
        add_person(connection, operator(), "mette", "Mette", "0265", "developer")
        projects = [
            {
                "name": project_name(n),
                "kind": "bot",
                "owner": "0265",
                "status": "active",
                **dict.fromkeys(("created", "accepted"), _TIME),
            }
            for n in range(PROJECTS)
        ]
        connection.execute(sa.insert(db.projects), projects)
        releases, files = zip(*_rows(folder / "wheels", registry), strict=True)
        connection.execute(sa.insert(db.releases), list(releases))
        connection.execute(sa.insert(db.files), list(files))
        pages.rebuild_all(connection, registry.settings)
    return registry


def _rows(wheels: Path, registry: Registry) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    number = 0
    for project in map(project_name, range(PROJECTS)):
        for name in wheel_names(project):
            number += 1
            source = wheels / project / name
            sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
            version = name.split("-")[1]
            metadata = _metadata(project, version)
            place = registry.blobs.path(sha256, name)
            place.parent.mkdir(parents=True)
            os.link(source, place)
            place.with_name(f"{name}.metadata").write_bytes(metadata)
            release = {
                "id": number,
                "project": project,
                "version": version,
                "state": "certified",
                "manifest": json.dumps({"kind": "bot", "name": project, "version": version}),
                "manifest_sha256": "",
                "summary": "A bot.",
                "requires_python": ">=3.11",
                "requires_dist": "[]",
                "report": "{}",
                "uploaded_by": "mette",
                **dict.fromkeys(("staged", "in_review", "published", "certified"), _TIME),
            }
            file = {
                "sha256": sha256,
                "release": number,
                "filename": name,
                "size": source.stat().st_size,
                "metadata": metadata,
                "metadata_sha256": hashlib.sha256(metadata).hexdigest(),
                "uploaded": _TIME,
            }
            yield release, file
