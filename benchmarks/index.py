"""One project's page, as pip asks for it: ours, three index servers, and nginx with files.

Every server has the same 5,000 wheels, runs as one process (nginx: one worker) and is asked by the same
client, ``wrk``, which walks through all 1,000 projects with pip's own Accept header. Before anything is
timed, each server's page must name the five wheels. What one page costs the processor is read beside it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ._index_case import FILES, PROJECTS, fill_devpi, make_case, project_name, wheel_names
from ._measure import Figures, compare
from ._peers import CACHE, peer_python
from ._servers import Server, free_port

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "pages a second"
NOTE = (
    f"{PROJECTS:,} projects of {FILES} wheels, one page a request, 8 kept-open connections, wrk, one thread; "
    "pip's Accept header, so JSON wherever a server has it; each server one process; cpu_ms: milliseconds of "
    "processor time of the server for one page; plain files: the same JSON pages, nginx without negotiation; "
    "aims: at least 10 times the best of the three servers, our export under nginx as fast as plain files"
)
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
_ROUNDS, _SECONDS, _CONNECTIONS = 5, 3, 8
_PEERS = Path(__file__).parent / "peers"
_NGINX = """\
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    types {{ text/html html; application/json json; }}
{body}
}}
"""


@dataclass(frozen=True)
class PageFigures(Figures):
    """Pages a second, and what one page costs."""

    cpu_ms: float
    """Milliseconds of processor time of the server, all rounds together."""


def run() -> list[Figures]:
    """Five rounds of three seconds for each server.

    Raises:
        RuntimeError: ``wrk`` or nginx is not installed, or a server's page does not name the wheels.
    """
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            raise RuntimeError(f"{program} is needed: apt-get install wrk nginx")
    case = make_case()
    with ExitStack() as stack:
        servers = [stack.enter_context(one) for one in _servers(case)]
        for server in servers:
            _check(server)
        used = {server.name: [0.0, 0] for server in servers}
        figures = compare(
            {one.name: partial(_measure, one, used[one.name]) for one in servers}, rounds=_ROUNDS
        )
    return [
        PageFigures(**vars(one), cpu_ms=round(1000 * used[one.name][0] / used[one.name][1], 4))
        for one in figures
    ]


def _servers(case: Path) -> Iterator[Server]:
    logs = CACHE / "index-logs"
    logs.mkdir(parents=True, exist_ok=True)
    port = free_port()
    words: list[str | Path] = [sys.executable, _PEERS / "index_ours.py", case / "registry", str(port)]
    yield Server("ours", words, port=port, page="/certified/simple/{}/", cwd=logs)
    yield _nginx("nginx with our export", "export", _body(case / "export"), "/certified/simple/{}/")
    yield _nginx("nginx with plain files", "plain", _plain_body(case / "export"), "/certified/simple/{}/")
    port = free_port()
    python = peer_python("simple-repository", "simple-repository-server==0.10.0")
    words = [python.with_name("simple-repository-server"), "--port", str(port), case / "wheels"]
    yield Server("simple-repository-server", words, port=port, page="/simple/{}/", cwd=logs)
    yield _devpi(case, logs)
    port = free_port()
    # Its cached-dir backend stops answering under parallel requests; gevent is its fastest server here.
    python = peer_python("pypiserver", "pypiserver>=2.3", "gevent")
    words = [python.with_name("pypi-server"), "run", "-i", "127.0.0.1", "-p", str(port), "--disable-fallback"]
    words += ["--backend", "simple-dir", "--server", "gevent", case / "wheels"]
    yield Server("pypiserver", words, port=port, page="/simple/{}/", cwd=logs)


def _devpi(case: Path, logs: Path) -> Server:
    python = peer_python("devpi", "devpi-server==6.20.3", "setuptools<81")
    folder = CACHE / "index-devpi"
    port = free_port()
    start: list[str | Path] = [
        python.with_name("devpi-server"),
        "--serverdir",
        folder,
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
    ]
    marker = folder / "filled.txt"
    stamp = (case / "version.txt").read_text()
    if not (marker.exists() and marker.read_text() == stamp):
        shutil.rmtree(folder, ignore_errors=True)
        init = [python.with_name("devpi-init"), "--serverdir", folder, "--no-root-pypi", "--root-passwd", ""]
        subprocess.run([str(word) for word in init], check=True, capture_output=True)
        with Server("devpi-server", start, port=port, page="", cwd=logs) as server:
            fill_devpi(server, case)
        marker.write_text(stamp)
    return Server("devpi-server", start, port=port, page="/root/bench/+simple/{}/", cwd=logs)


def _nginx(name: str, kind: str, body: str, page: str) -> Server:
    folder = CACHE / f"index-nginx-{kind}"
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # it reads files in our folders
    text = _NGINX.format(
        user=user, folder=folder, body=body.replace("listen 80;", f"listen 127.0.0.1:{port};")
    )
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    nginx = shutil.which("nginx") or "nginx"
    words: list[str | Path] = [nginx, "-e", folder / "nginx-error.log", "-c", folder / "nginx.conf"]
    return Server(name, words, port=port, page=page, cwd=folder)


def _body(root: Path) -> str:
    """The configuration of the documentation, with our folder."""
    guide = (Path(__file__).parent.parent / "docs" / "how-to" / "export-the-registry.md").read_text("utf-8")
    found = re.search(r"```nginx\n(.*?)```", guide, re.DOTALL)
    if found is None:
        raise RuntimeError("docs/how-to/export-the-registry.md has no nginx configuration")
    return found[1].replace("/srv/www/registry", str(root))


def _plain_body(root: Path) -> str:
    return f"server {{ listen 80; root {root}; default_type application/json; index index.json; }}"


def _check(server: Server) -> None:
    project = project_name(PROJECTS // 2)
    text = server.get(server.page.format(project), accept=_ACCEPT).decode()
    missing = [name for name in wheel_names(project) if name not in text]
    if missing:
        raise RuntimeError(f"{server.name}: its page does not name {missing}: nothing was measured")


def _measure(server: Server, used: list[float]) -> float:
    count, rate = 0, 0.0
    seconds = _SECONDS
    with _script(server) as script:
        while not count:  # one server may need longer for its first page than a round takes
            before = server.cpu_seconds()
            count, rate = _wrk(server, script, seconds)
            used[0] += server.cpu_seconds() - before
            seconds *= 2
    used[1] += count
    return rate


def _wrk(server: Server, script: Path, seconds: int) -> tuple[int, float]:
    words = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script)]
    done = subprocess.run([*words, server.url], check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{server.name} answered with errors: no measurement\n{done.stdout}")
    count = re.search(r"(\d+) requests in", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if count is None or rate is None:
        raise RuntimeError(f"wrk said something else: {done.stdout}")
    return int(count[1]), float(rate[1])


@contextmanager
def _script(server: Server) -> Iterator[Path]:
    path = CACHE / "index-walk.lua"
    pages = "".join(f'  "{server.page.format(project_name(n))}",\n' for n in range(PROJECTS))
    path.write_text(
        f'wrk.headers["Accept"] = "{_ACCEPT}"\nlocal pages = {{\n{pages}}}\nlocal ready = {{}}\nlocal n = 0\n'
        "function init() for i, page in ipairs(pages) do ready[i] = wrk.format('GET', page) end end\n"
        "function request() n = n % #ready + 1; return ready[n] end\n",
        encoding="utf-8",
    )
    yield path
