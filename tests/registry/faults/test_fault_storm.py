"""Fifty clients at once against the running server: no error, no lost update, nothing that was not sent.

Uploaders send, submit and publish releases of projects of their own, send some a second time, and race each
other for one version with different bytes. Readers follow pages with ETags all the while. Afterwards every
answer is held against the registry: what was answered with 200 is there, and nothing else.
"""

import hashlib
import json
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.context import Registry

JSON = "application/vnd.pypi.simple.v1+json"
WORDS = [
    *("moving", "parking", "library", "nursery", "school", "pension", "heating", "waste"),
    *("water", "bridge", "harbour", "forest", "theatre", "museum", "election"),
]
CONTEST = 5  # uploaders that race for the same version
LONG = 30  # seconds
TIMEOUT = 60  # seconds that an answer may take, as in conftest.py
SETTLES = 0.5  # seconds; a reader on PostgreSQL may be a quarter of a second behind


@dataclass
class Storm:
    """What all clients of a storm share.

    Attributes:
        client: Connects with a token.
        token: Of who uploads and publishes.
        coordinator: The token of who accepts new names.
        make: Makes a wheel.
        settles: Seconds until what was answered must be seen.
        until: When to stop, as ``time.monotonic`` says it.
        staged: Hash of each release that was answered with 200, by project and version.
        published: Releases whose publication was answered with 200.
        accepted: Projects whose name a coordinator accepted; others have no page.
        sent: Hashes of all wheels, by file name, whatever became of them.
        bodies: Hash of each page's body by path, form and ETag.
        counts: How often each kind of request was answered as it should.
        problems: Everything that should not have been.
    """

    client: Callable[[str], Any]
    token: str
    coordinator: str
    make: Callable[..., Path]
    settles: float
    until: float = 0.0
    staged: dict[tuple[str, str], str] = field(default_factory=dict)
    published: set[tuple[str, str]] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bodies: dict[tuple[str, str, str], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def goes_on(self) -> bool:
        """Whether there is time left and nothing went wrong."""
        return time.monotonic() < self.until and not self.problems

    def seen(self, kind: str) -> None:
        """Count one."""
        with self.lock:
            self.counts[kind] += 1

    def run(self, work: Callable[[], None]) -> threading.Thread:
        """A client's thread; whatever it raises is a problem."""

        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - every failure of a client is what this looks for
                self.problems.append(f"{threading.current_thread().name}: {error!r}")

        return threading.Thread(target=guarded, name=getattr(work, "__qualname__", "client"))

    def wheel(self, project: str, version: str, **changes: Any) -> tuple[Path, str]:
        """A wheel that is about to be sent, and its hash."""
        path = self.make(project, version, **changes)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with self.lock:
            self.sent[path.name].add(sha256)
        return path, sha256


def publisher(storm: Storm, project: str) -> None:
    """Publish version after version of one project."""
    client = storm.client(storm.token)
    number = 0
    while storm.goes_on:
        publish(storm, client, project, number)
        number += 1


def publish(storm: Storm, client: Any, project: str, number: int) -> None:
    """Upload, submit and publish one version, and see it on the page at once."""
    version = f"1.{number}.0"
    wheel, sha256 = storm.wheel(project, version)
    answer = client.upload(wheel)
    assert (answer.status, b"is staged" in answer.body) == (200, True), answer
    storm.staged[project, version] = sha256
    storm.seen("upload")
    if number % 3 == 0:
        again = client.upload(wheel)
        assert (again.status, b"was here already" in again.body) == (200, True), again
        storm.seen("repeat")
    if number == 0:
        path = f"/api/v1/projects/{project}/accept"
        answer = storm.client(storm.coordinator).post(path, reason="a plain name")
        assert answer.status == 200, answer
        storm.accepted.add(project)
    for act in ("submit", "publish"):
        answer = client.act(act, project, version)
        assert answer.status == 200, answer
        storm.seen(act)
    storm.published.add((project, version))
    time.sleep(storm.settles)
    page = client.get(f"/all/simple/{project}/", accept=JSON).json()
    there = {one["filename"]: one["hashes"]["sha256"] for one in page["files"]}
    assert there.get(wheel.name) == sha256, f"{project} {version} was published and is not on its page"


class Contest:
    """Uploaders who send different bytes for one version at the same moment, round after round."""

    def __init__(self, storm: Storm, project: str) -> None:
        self._storm = storm
        self._project = project
        self._round = -1
        self._is_over = False
        self._answers: dict[int, tuple[str, Any]] = {}
        self._begin = threading.Barrier(CONTEST, self._next)
        self._end = threading.Barrier(CONTEST, self._judge)

    def contestant(self, number: int) -> None:
        """Take part until the time is over; two of five send the bytes of another one."""
        try:
            while True:
                self._begin.wait(2 * TIMEOUT)
                if self._is_over:
                    return
                self._take_part(number)
                self._end.wait(2 * TIMEOUT)
        except BaseException:
            self._begin.abort()
            self._end.abort()
            raise

    def _take_part(self, number: int) -> None:
        storm, version = self._storm, f"1.{self._round}.0"
        readme = f"# Bytes {number % 3}\n"
        client = storm.client(storm.token)
        try:
            # Each has a folder of its own: the file names are the same.
            wheel, sha256 = storm.wheel(self._project, version, readme=readme, folder=f"contest{number}")
            self._answers[number] = (sha256, client.upload(wheel))
        finally:
            client.close()

    def _next(self) -> None:
        self._is_over = not self._storm.goes_on
        self._round += 1
        self._answers = {}

    def _judge(self) -> None:
        taken = {sha256 for sha256, answer in self._answers.values() if answer.status == 200}
        assert len(taken) == 1, f"{self._project} {self._round}: {self._answers}"
        (winner,) = taken
        expected = {number: 200 if one == winner else 409 for number, (one, _) in self._answers.items()}
        found = {number: answer.status for number, (_, answer) in self._answers.items()}
        assert found == expected, self._answers
        staged = [answer for _, answer in self._answers.values() if b"is staged" in answer.body]
        assert len(staged) == 1, self._answers
        self._storm.staged[self._project, f"1.{self._round}.0"] = winner
        self._storm.seen("contest")


class Reader:
    """Follows pages as an installer with a cache does; what was seen once never goes away again."""

    def __init__(self, storm: Storm, number: int) -> None:
        self._storm = storm
        self._chance = random.Random(number)  # noqa: S311 - which page is read next is no secret
        self._kept: dict[tuple[str, str], tuple[str, bytes]] = {}
        self._names: set[str] = set()
        self._files: dict[str, dict[str, str]] = defaultdict(dict)
        self._generation = 0

    def read(self) -> None:
        """Read until the time is over."""
        self._client = self._storm.client("")
        kinds = [self._index, self._catalogue, self._page, self._page, self._page, self._html, self._wheel]
        while self._storm.goes_on:
            self._chance.choice(kinds)()

    def _get(self, path: str, accept: str = "*/*") -> bytes:
        storm, key = self._storm, (path, accept)
        headers = {"accept": accept}
        if key in self._kept:
            headers["if_none_match"] = self._kept[key][0]
        answer = self._client.get(path, **headers)
        if answer.status == 304:
            assert key in self._kept, answer
            assert answer.headers["etag"] == self._kept[key][0], answer
            storm.seen("304")
            return self._kept[key][1]
        assert answer.status == 200, (path, answer)
        etag = answer.headers["etag"]
        with storm.lock:
            before = storm.bodies.setdefault((path, accept, etag), answer.sha256)
        assert before == answer.sha256, f"{path}: one ETag, two contents"
        self._kept[key] = (etag, answer.body)
        storm.seen("200")
        return answer.body

    def _index(self) -> None:
        names = {one["name"] for one in json.loads(self._get("/all/simple/", JSON))["projects"]}
        assert names >= self._names, f"gone from the index: {self._names - names}"
        self._names = names

    def _catalogue(self) -> None:
        document = json.loads(self._get("/catalogue/index.json"))
        assert document["generation"] >= self._generation, "the catalogue went back"
        self._generation = document["generation"]

    def _page(self) -> None:
        if not self._names:
            self._index()
            return
        project = self._chance.choice(sorted(self._names))
        page = json.loads(self._get(f"/all/simple/{project}/", JSON))
        files = {one["filename"]: one["hashes"]["sha256"] for one in page["files"]}
        assert files.items() >= self._files[project].items(), f"{project}: a file is gone or another one"
        for name, sha256 in files.items():
            assert sha256 in self._storm.sent[name], f"{name}: nobody sent these bytes"
        self._files[project] = files

    def _html(self) -> None:
        for project in self._chance.sample(sorted(self._names), min(1, len(self._names))):
            body = self._get(f"/all/simple/{project}/", "text/html").decode()
            assert all(f">{name}</a>" in body for name in self._files[project]), (
                f"{project}: the HTML is older"
            )

    def _wheel(self) -> None:
        for project in self._chance.sample(sorted(self._names), min(1, len(self._names))):
            for name, sha256 in list(self._files[project].items())[-1:]:
                answer = self._client.get(f"/files/{sha256[:2]}/{sha256}/{name}")
                assert (answer.status, answer.sha256) == (200, sha256), (name, answer.status)
                self._storm.seen("wheel")


@pytest.mark.parametrize(
    ("seconds", "publishers", "contests", "readers"),
    [
        pytest.param(4, 3, 1, 6, id="short"),
        pytest.param(LONG, 15, 2, 25, id="long", marks=pytest.mark.storm),
    ],
)
def test_many_uploaders_and_readers_at_once(
    seconds: int,
    publishers: int,
    contests: int,
    readers: int,
    registry: Registry,
    token: Callable[..., str],
    start: Callable[..., Any],
    client: Callable[..., Any],
    sound: Callable[[], dict[str, Any]],
    bot_wheel: Callable[..., Path],
) -> None:
    """No error, no late answer, no lost update; one winner a version; pages name exactly what there is."""
    server = start()
    settles = 0.0 if registry.database.is_sqlite else SETTLES
    clients: list[Any] = []

    def connect(text: str) -> Any:
        clients.append(client(server, text))
        return clients[-1]

    tokens = token("mette", "upload", "curate"), token("anna", "curate")
    storm = Storm(connect, *tokens, bot_wheel, settles)
    publish(storm, connect(tokens[0]), "first-letters", 0)  # so that there is something to read
    races = [Contest(storm, f"contest-of-{WORDS[number]}") for number in range(contests)]
    threads = [
        *(storm.run(lambda name=word: publisher(storm, f"{name}-letters")) for word in WORDS[:publishers]),
        *(storm.run(lambda r=race, n=n: r.contestant(n)) for race in races for n in range(CONTEST)),
        *(storm.run(Reader(storm, number).read) for number in range(readers)),
    ]
    storm.until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(storm.settles)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.counts.items()))
    sys.stdout.write(f"{counted}; slowest answer {max(one.slowest for one in clients):.1f} s\n")

    assert storm.problems == []
    assert {"upload", "repeat", "publish", "contest", "200", "304", "wheel"} <= set(storm.counts)
    _check_tables(registry, storm)
    _check_pages(registry, storm, client(server))
    assert server.stop() in {0, -signal.SIGTERM}  # it tidies up, then lets the signal have its way
    assert server.errors() == ""
    _check_orphans(registry, storm, sound())


def _check_tables(registry: Registry, storm: Storm) -> None:
    with registry.database.read() as connection:
        query = sa.select(
            db.releases.c.project, db.releases.c.version, db.releases.c.state, db.files.c.sha256
        )
        kept = connection.execute(query.join(db.files, db.files.c.release == db.releases.c.id)).all()
        told = Counter(connection.scalars(sa.select(db.log.c.act)))

    assert {(row.project, row.version): row.sha256 for row in kept} == storm.staged
    assert {(row.project, row.version) for row in kept if row.state == "published"} == storm.published
    assert (told["upload"], told["submit"], told["publish"]) == (
        len(storm.staged),
        len(storm.published),
        len(storm.published),
    )


def _check_pages(registry: Registry, storm: Storm, client: Any) -> None:
    """What the server gives is what the table has, and names exactly what was published."""
    shown = {}
    for project in sorted({project for project, _ in storm.staged}):
        answer = client.get(f"/all/simple/{project}/", accept=JSON)
        assert answer.status == (200 if project in storm.accepted else 404), (project, answer)
        if answer.status == 404:
            continue
        for one in answer.json()["files"]:
            shown[one["filename"]] = one["hashes"]["sha256"]
    with registry.database.read() as connection:
        where = db.pages.c.path.like("all/simple/%/index.json") | db.pages.c.path.like("catalogue/%.json")
        table = connection.execute(sa.select(db.pages.c.path, db.pages.c.body).where(where)).all()

    assert shown == {
        f"{project.replace('-', '_')}-{version}-py3-none-any.whl": storm.staged[project, version]
        for project, version in storm.published
    }
    for path, body in table:
        served = client.get("/" + path.removesuffix("index.json"), accept=JSON)
        if "/index.json" in path and path.startswith("catalogue"):
            served = client.get(f"/{path}")
        assert served.body == bytes(body), path


def _check_orphans(registry: Registry, storm: Storm, found: dict[str, Any]) -> None:
    """All that may be left are bytes that lost a race after they were kept; nobody can see them."""
    kept = set(storm.staged.values())
    lost = {sha256 for hashes in storm.sent.values() for sha256 in hashes} - kept

    assert {one["kind"] for one in found["problems"]} <= {"orphan"}
    assert {sha256 for sha256, _ in registry.blobs.names()} - kept <= lost
    assert found["files"] == len(kept)
