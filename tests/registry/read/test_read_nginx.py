"""The export under nginx, with the configuration that the documentation prints."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from rpa_registry.context import Registry
from rpa_registry.export import export

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "export-the-registry.md"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.nginx,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed here (apt-get install nginx)"),
]
MAIN = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
{body}
}}
"""
JSON = "application/vnd.pypi.simple.v1+json"


def _printed() -> list[str]:
    """The configurations of the guide: the server, and what it sends on to the registry."""
    return re.findall(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@contextmanager
def _under_nginx(server: str, tmp_path: Path) -> Iterator[str]:
    """The exported files under nginx with a configuration of the guide; its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    listen = f"listen 127.0.0.1:{port};"
    body = server.replace("/srv/www/registry", str(tmp_path / "www")).replace("listen 80;", listen)
    folder = tmp_path / "nginx"
    (folder / "tmp").mkdir(parents=True)
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder, body=body), encoding="utf-8")
    words = [str(NGINX), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(words)
    try:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def nginx(shelf: Any, tmp_path: Path) -> Iterator[str]:
    """An export of one bot under nginx; gives its address."""
    shelf.put()
    export(shelf.registry, tmp_path / "www")
    with _under_nginx(_printed()[0], tmp_path) as address:
        yield address


def test_pip_and_uv_install_through_nginx(nginx: str, pip: Any, run_uv: Any, tmp_path: Path) -> None:
    """Both real programs install from the exported files."""
    index = f"{nginx}/certified/simple/"
    by_pip = pip("install", "--index-url", index, "--target", str(tmp_path / "p"), "welcome-letters")
    by_uv = run_uv(
        "pip", "install", "--default-index", index, "--target", str(tmp_path / "u"), "welcome-letters"
    )

    assert by_pip.returncode == 0, by_pip.stderr
    assert by_uv.returncode == 0, by_uv.stderr
    assert (tmp_path / "p" / "welcome_letters").is_dir()
    assert (tmp_path / "u" / "welcome_letters").is_dir()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", JSON),
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ],
)
def test_nginx_gives_the_form_that_is_asked_for(nginx: str, accept: str, kind: str) -> None:
    """One address, JSON or HTML by the Accept header, and it says that it varies."""
    answer = httpx.get(f"{nginx}/certified/simple/welcome-letters/", headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["cache-control"] == "max-age=60"


def test_nginx_answers_as_the_registry_would(nginx: str) -> None:
    """A slash is added, a file may be kept for ever, an unchanged page is 304, our own files are hidden."""
    page = httpx.get(f"{nginx}/all/simple/welcome-letters", follow_redirects=False)
    form = httpx.get(f"{nginx}/all/simple/welcome-letters/", headers={"Accept": JSON})
    address = form.json()["files"][0]["url"]
    file = httpx.get(f"{nginx}/all/simple/welcome-letters/{address}")
    again = httpx.get(
        f"{nginx}/all/simple/welcome-letters/",
        headers={"Accept": JSON, "If-None-Match": form.headers["etag"]},
    )

    assert (page.status_code, page.headers["location"]) == (301, "/all/simple/welcome-letters/")
    assert file.headers["cache-control"] == "max-age=31536000, immutable"
    assert file.headers["content-type"] == "application/octet-stream"
    assert again.status_code == 304
    assert httpx.get(f"{nginx}/.rpac-export/state.json").status_code == 404
    assert httpx.get(f"{nginx}/catalogue/index.json").headers["content-type"].startswith("application/json")


@pytest.mark.usefixtures("with_web")
def test_nginx_sends_on_what_needs_the_registry(
    shelf: Any, serve: Callable[[Registry], str], tmp_path: Path
) -> None:
    """Search, the check of a stack, the API and uploads are answered by the registry, pages by nginx."""
    shelf.put()
    export(shelf.registry, tmp_path / "www")
    server, sent_on = _printed()
    place = sent_on.replace("http://127.0.0.1:8080", serve(shelf.registry))
    with _under_nginx(server.rstrip().removesuffix("}") + place + "}\n", tmp_path) as address:
        searched = httpx.get(f"{address}/da/search", params={"q": "welcome"})
        checked = httpx.post(
            f"{address}/da/stack/", files={"file": ("stack.toml", b"[PopulationRegister]\n")}
        )
        asked = httpx.get(f"{address}/api/v1/search", params={"q": "welcome"})
        uploaded = httpx.post(f"{address}/legacy/")
        page = httpx.get(f"{address}/certified/simple/welcome-letters/")

    assert "welcome-letters" in searched.text
    assert (searched.status_code, checked.status_code, asked.status_code) == (200, 200, 200)
    assert uploaded.status_code == 401
    assert (page.status_code, page.headers["server"]) == (200, "nginx")
