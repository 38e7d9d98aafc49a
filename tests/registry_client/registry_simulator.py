"""A registry that knows the read contract alone: documents, an index and files, with faults on demand."""

import hashlib
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["Simulator", "changed", "cut", "halted", "serving", "slow", "status"]

SINCE = {
    "staged": "2026-11-18",
    "in_review": "2026-11-20",
    "published": "2026-11-21",
    "certified": "2026-11-22",
}


@dataclass
class Answer:
    """What goes over the wire."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    halt: tuple[int, threading.Event] | None = None


@dataclass
class Simulator:
    """The documents and files of one registry, and what is wrong with it today."""

    url: str = ""
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    advisories: list[dict[str, Any]] = field(default_factory=list)
    extra_names: list[str] = field(default_factory=list)
    has_search: bool = False
    faults: dict[str, list[Callable[[Answer], Answer]]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    post_faults: list[Callable[[Answer], Answer]] = field(default_factory=list)
    post_answer: Answer = field(default_factory=lambda: Answer(200, b"{}"))

    def publish(self, wheel: Path, state: str = "certified", **changes: Any) -> dict[str, Any]:
        """Have a wheel as a release; ``changes`` replace keys of it."""
        content = wheel.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        metadata, manifest = _described(wheel)
        name, version = metadata["Name"], metadata["Version"]
        path = f"files/{sha256[:2]}/{sha256}/{wheel.name}"
        public = state in {"published", "certified"}
        release: dict[str, Any] = {
            "version": version,
            "state": state,
            "base_state": state,
            "since": _since(state),
        }
        if public:
            self.files |= {f"/{path}": content, f"/{path}.metadata": metadata.as_bytes()}
            release |= {
                "deprecated": None,
                "yanked": None,
                "quarantined": None,
                "tier": "silver",
                "certified_by": [{"person": "Anna", "member": {"code": "0167", "name": "Hvidovre"}}],
                "file": {"filename": wheel.name, "sha256": sha256, "size": len(content), "path": path},
                "requires_python": metadata.get("Requires-Python"),
                "requires_dist": metadata.get_all("Requires-Dist", []),
                "manifest": manifest,
                "licence": "MIT",
            }
        release |= changes
        project = self.projects.setdefault(name, _project(name, manifest))
        project["releases"] = [release, *(one for one in project["releases"] if one["version"] != version)]
        return release

    def spoil(self, prefix: str, *faults: Callable[[Answer], Answer]) -> None:
        """Answer the next requests below a path wrongly, one fault each."""
        self.faults.setdefault(prefix, []).extend(faults)

    def spoil_posts(self, *faults: Callable[[Answer], Answer]) -> None:
        """Answer the next uploads and acts otherwise, one fault each."""
        self.post_faults.extend(faults)

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for _, path, _ in self.asked]

    def answer(self, path: str, query: str) -> Answer:  # noqa: PLR0911 - one for each document
        """The honest answer."""
        if path == "/catalogue/index.json":
            return _json({"api": 1, "generation": 1, "projects": [self._entry(one) for one in self.projects]})
        if path == "/names.json":
            return _json({"names": sorted([*self.projects, *self.extra_names])})
        if path == "/advisories.json":
            return _json({"api": 1, "advisories": self.advisories})
        if path.startswith("/catalogue/") and (name := path[11:].removesuffix(".json")) in self.projects:
            return _json(
                self._entry(name) | {key: self.projects[name][key] for key in ("readme", "releases")}
            )
        if path == "/api/v1/search" and self.has_search:
            return _json({"results": [self._entry(one) | {"score": 1.0} for one in self.projects]})
        if path.startswith(("/certified/simple/", "/all/simple/")):
            return self._simple(path)
        if path in self.files:
            return Answer(200, self.files[path], {"Accept-Ranges": "bytes"})
        return _json({"error": "there is no such page", "help": ""}, 404)

    def _entry(self, name: str) -> dict[str, Any]:
        project = self.projects[name]
        public = [one for one in project["releases"] if one["base_state"] in {"published", "certified"}]
        certified = [one for one in public if one["base_state"] == "certified"]
        return {key: value for key, value in project.items() if key not in {"releases", "readme"}} | {
            "latest": public[0]["version"] if public else None,
            "certified": certified[0]["version"] if certified else None,
            "state": project["releases"][0]["state"],
        }

    def _simple(self, path: str) -> Answer:
        channel, name = path.split("/")[1], path.split("/")[3]
        if name not in self.projects:
            return Answer(404, b"")
        links = []
        for one in self.projects[name]["releases"]:
            if one.get("file") and (channel == "all" or one["base_state"] == "certified"):
                file = one["file"]
                yanked = ' data-yanked=""' if one["yanked"] is not None else ""
                target = f"../../../{file['path']}#sha256={file['sha256']}"
                links.append(f'<a href="{target}" data-core-metadata="true"{yanked}>{file["filename"]}</a>')
        page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"
        return Answer(200, page.encode(), {"Content-Type": "text/html"})


def slow(seconds: float) -> Callable[[Answer], Answer]:
    """An answer that comes late."""

    def change(answer: Answer) -> Answer:
        time.sleep(seconds)
        return answer

    return change


def cut(count: int) -> Callable[[Answer], Answer]:
    """An answer whose connection breaks off after so many bytes of its body."""
    return lambda answer: Answer(answer.status, answer.body, answer.headers | {"x-cut": str(count)})


def halted(count: int, until: threading.Event) -> Callable[[Answer], Answer]:
    """An answer that stands still after so many bytes of its body, until something happens."""
    return lambda answer: Answer(answer.status, answer.body, answer.headers, (count, until))


def status(number: int, body: bytes = b"", **headers: str) -> Callable[[Answer], Answer]:
    """An answer of another status."""
    return lambda _: Answer(number, body, headers)


def changed(answer: Answer) -> Answer:
    """Other bytes of the same length."""
    return Answer(answer.status, bytes(len(answer.body)), answer.headers)


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with ETag and Range."""

    protocol_version = "HTTP/1.1"

    def __init__(self, simulator: Simulator, *args: Any) -> None:
        self.simulator = simulator
        super().__init__(*args)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.simulator.asked.append(("GET", self.path, headers))
        answer = self.simulator.answer(path, query)
        for prefix, faults in self.simulator.faults.items():
            if path.startswith(prefix) and faults:
                answer = faults.pop(0)(answer)
                break
        self._send(answer, headers)

    def do_HEAD(self) -> None:
        answer = self.simulator.answer(self.path.partition("?")[0], "")
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()

    def do_POST(self) -> None:
        body = self._body()
        self.simulator.asked.append(
            ("POST", self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        self.simulator.posted.append((self.path, body))
        answer = self.simulator.post_answer
        if self.simulator.post_faults:
            answer = self.simulator.post_faults.pop(0)(answer)
        self._send(answer, {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, answer: Answer, asked: Mapping[str, str]) -> None:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        cut_after = answer.headers.pop("x-cut", None)
        if answer.status == 200 and asked.get("if-none-match") == etag:
            answer = Answer(304, b"")
        body = answer.body
        if (
            answer.status == 200
            and "Accept-Ranges" in answer.headers
            and (wish := asked.get("range", "bytes=-")).endswith("-")
            and wish != "bytes=-"
        ):
            start = int(wish.removeprefix("bytes=").rstrip("-"))
            answer.headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            answer.status, body = 206, body[start:]
        self.send_response(answer.status)
        for name, value in ({"ETag": etag} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.halt is not None:
            count, until = answer.halt
            with suppress(OSError):  # whoever asked may have been killed meanwhile
                self.wfile.write(body[:count])
                self.wfile.flush()
                until.wait(30)
                self.wfile.write(body[count:])
            return
        if cut_after is None:
            self.wfile.write(body)
            return
        self.wfile.write(body[: int(cut_after)])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)


def _json(document: Any, number: int = 200) -> Answer:
    return Answer(number, json.dumps(document).encode(), {"Content-Type": "application/json"})


def _since(state: str) -> dict[str, str | None]:
    order = list(SINCE)
    reached = order[: order.index(state) + 1] if state in order else []
    return {one: f"{SINCE[one]}T09:00:00Z" if one in reached else None for one in order}


def _described(wheel: Path) -> tuple[Any, dict[str, Any]]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(one for one in names if one.endswith(".dist-info/METADATA"))
        manifest = next((one for one in names if one.endswith("/rpac.json")), None)
        text = archive.read(manifest) if manifest else b"{}"
        return BytesHeaderParser().parsebytes(archive.read(metadata)), json.loads(text)


def _project(name: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    record = manifest.get("record") or {}
    return {
        "name": name,
        "kind": manifest.get("kind", "bot"),
        "summary": manifest.get("summary", ""),
        "owner": {"code": "0265", "name": "Roskilde"},
        "country": "dk",
        "status": "active",
        "tier": "silver",
        "kle": list(record.get("kle", ())),
        "capabilities": [one["name"] for one in manifest.get("capabilities", ())],
        "data_categories": list(record.get("data_categories", ())),
        "languages": ["da"],
        "updated": "2026-11-22T09:00:00Z",
        "readme": f"# {name}\n",
        "releases": [],
    }


@contextmanager
def serving() -> Iterator[Simulator]:
    """A running registry, empty."""
    found = Simulator()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, found))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
