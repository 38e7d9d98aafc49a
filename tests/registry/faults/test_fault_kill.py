"""kill -9 of real processes at chosen points and at random moments: an act is whole or it never was.

The points are inside the process that is killed: before a statement of its writing transaction, before its
commit, after it, before a file gets its name. What was answered is there; a repeat ends what was cut off.
"""

import contextlib
import http.client
import json
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.context import Registry
from rpa_registry.operations import verify

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="Windows ends a process in another way"
)
PROJECT = "welcome-letters"
POINT = """
import os, signal, sys
import sqlalchemy as sa
KIND, LEFT, STATE = {kind!r}, {number}, dict(writes=False, counted=0)

def reached(kind):
    if kind == KIND:
        if STATE["counted"] == LEFT:
            os.kill(os.getpid(), signal.SIGKILL)
        STATE["counted"] += 1

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def statement(_connection, _cursor, text, *_):
    if text.startswith(("BEGIN IMMEDIATE", "SELECT pg_advisory_xact_lock")):
        STATE["writes"] = True
    elif STATE["writes"]:
        reached("statement")

@sa.event.listens_for(sa.Engine, "commit")
def commit(_connection):
    if STATE["writes"]:
        reached("commit")

@sa.event.listens_for(sa.Engine, "checkin")
def checkin(*_):
    if STATE["writes"]:
        reached("after")

sys.addaudithook(lambda event, _: reached("rename") if event == "os.rename" else None)
"""
SOME = [("statement", 12), ("commit", 0), ("after", 0)]
MORE = [("statement", number) for number in (0, 1, 2, 4, 8, 16, 24, 32)]
SENDING = [("rename", 0), ("rename", 1)]


def point(kind: str, number: int) -> str:
    """What a process runs first, so that it kills itself when it gets there."""
    return POINT.format(kind=kind, number=number)


def states(registry: Registry) -> dict[str, str]:
    """The state of each release by version."""
    with registry.database.read() as connection:
        rows = connection.execute(sa.select(db.releases.c.version, db.releases.c.state)).all()
    return {row.version: row.state for row in rows}


def told(registry: Registry) -> dict[str, list[str]]:
    """The acts in the log, by version, oldest first."""
    found: dict[str, list[str]] = {}
    with registry.database.read() as connection:
        query = sa.select(db.log.c.act, db.log.c.subject).order_by(db.log.c.seq)
        for act, subject in connection.execute(query).all():
            name, _, version = subject.partition(" ")
            if name == PROJECT and version:
                found.setdefault(version, []).append(act)
    return found


def problems(registry: Registry) -> list[Any]:
    """What is wrong after a kill; bytes that nobody can see are not."""
    return [one for one in verify(registry).problems if not one.is_harmless]


def send(one: Any, act: str, version: str, wheel: Path) -> Any:
    """One act by name over HTTP."""
    return one.upload(wheel) if act == "upload" else one.act(act, PROJECT, version)


@pytest.mark.parametrize(
    ("act", "before", "points"),
    [
        ("upload", [], SENDING[1:] + SOME),
        ("publish", ["upload", "submit"], SOME[1:]),
        pytest.param("upload", [], SENDING[:1] + MORE, marks=pytest.mark.storm, id="upload-more"),
        pytest.param("publish", ["upload", "submit"], MORE, marks=pytest.mark.storm, id="publish-more"),
    ],
)
def test_a_server_that_is_killed_at_a_point_of_an_act(
    act: str,
    before: list[str],
    points: list[tuple[str, int]],
    registry: Registry,
    token: Callable[..., str],
    start: Callable[..., Any],
    client: Callable[..., Any],
    bot_wheel: Callable[..., Path],
    accept: Callable[[], Any],
) -> None:
    """Nothing half-visible: before the commit nothing happened, after it everything; a repeat ends it."""
    mine = token("mette", "upload", "curate")
    wheels = {f"1.{number}.0": bot_wheel(version=f"1.{number}.0") for number in range(len(points))}
    whole = start()
    for version, wheel in wheels.items():
        for one in before:
            assert send(client(whole, mine), one, version, wheel).status == 200
    if before:
        accept()
    whole.stop()
    for (kind, number), (version, wheel) in zip(points, wheels.items(), strict=True):
        logged = told(registry).get(version, [])
        doomed = start(before=point(kind, number))
        with pytest.raises((http.client.HTTPException, OSError)):
            send(client(doomed, mine), act, version, wheel)

        assert doomed.process.wait(30) == -signal.SIGKILL
        assert problems(registry) == []
        expected = [*logged, act] if kind == "after" else logged
        assert told(registry).get(version, []) == expected, (kind, number)
    again = start()
    answers = [send(client(again, mine), act, version, wheel).status for version, wheel in wheels.items()]
    done = 200 if act == "upload" else 409

    assert answers == [done if kind == "after" else 200 for kind, _ in points]
    assert set(states(registry).values()) == {"published" if act == "publish" else "staged"}
    assert problems(registry) == []


@pytest.mark.parametrize("points", [SOME, pytest.param(MORE, marks=pytest.mark.storm, id="more")])
def test_a_publish_command_that_is_killed_at_a_point(
    points: list[tuple[str, int]],
    registry: Registry,
    command: Callable[..., Any],
    admitted: Callable[..., Any],
    accept: Callable[[], Any],
) -> None:
    """`rpac-registry publish` published or did not; a repeat publishes, or says that it is done."""
    for at, (kind, number) in enumerate(points):
        version = f"1.{at}.0"
        admitted(version=version)
        if at == 0:
            accept()
        assert command("submit", PROJECT, version, "--as", "mette").returncode == 0
        words = ("publish", PROJECT, version, "--as", "mette")
        killed = command(*words, before=point(kind, number))

        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert problems(registry) == []
        assert states(registry)[version] == ("published" if kind == "after" else "in_review")
        again = command(*words)
        assert again.returncode == (1 if kind == "after" else 0), again.stderr
        assert told(registry)[version] == ["upload", "submit", "publish"]
    assert problems(registry) == []


@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.storm, id="more")])
def test_a_server_that_is_killed_at_any_moment_of_many_acts(
    rounds: int,
    registry: Registry,
    token: Callable[..., str],
    start: Callable[..., Any],
    client: Callable[..., Any],
    bot_wheel: Callable[..., Path],
    admitted: Callable[..., Any],
    accept: Callable[[], Any],
) -> None:
    """Four people act until the kill: every answered act is in the log, no other one but the last of each."""
    mine = token("mette", "upload", "curate")
    chance = random.Random(7)  # noqa: S311 - when to kill is no secret
    answered: dict[str, list[str]] = {}
    admitted(version="0.1.0")
    accept()

    def work(one: Any, versions: list[str]) -> None:
        with contextlib.suppress(http.client.HTTPException, OSError):
            for version in versions:
                for act in ("upload", "submit", "publish", "yank", "unyank"):
                    wheel = bot_wheel(version=version)
                    answer = (
                        one.upload(wheel) if act == "upload" else one.act(act, PROJECT, version, reason="x")
                    )
                    assert answer.status == 200, answer
                    answered.setdefault(version, []).append(act)

    for number in range(rounds):
        server = start()
        threads = [
            threading.Thread(
                target=work, args=(client(server, mine), [f"{number}.{person}.{one}" for one in range(50)])
            )
            for person in range(4)
        ]
        for thread in threads:
            thread.start()
        wanted = sum(map(len, answered.values())) + chance.randint(1, 12)
        while sum(map(len, answered.values())) < wanted:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.2))
        server.kill()
        for thread in threads:
            thread.join()

        assert problems(registry) == []
        log = told(registry)
        assert {version: log.get(version, [])[: len(acts)] for version, acts in answered.items()} == answered
        assert all(len(acts) - len(answered.get(version, [])) <= 1 for version, acts in log.items())


@pytest.mark.parametrize(
    "points", [(0, 3, 9), pytest.param(range(1, 40, 2), marks=pytest.mark.storm, id="more")]
)
def test_an_export_that_is_killed_before_a_file_gets_its_name(
    points: list[int],
    registry: Registry,
    command: Callable[..., Any],
    admitted: Callable[..., Any],
    acted: Callable[..., Any],
    accept: Callable[[], Any],
    tmp_path: Path,
) -> None:
    """`rpac-registry export`, killed again and again while releases appear: never a page without its file."""
    folder = tmp_path / "www"
    killed = 0
    for at, number in enumerate(points):
        version = f"1.{at}.0"
        admitted(version=version)
        if at == 0:
            accept()
        acted("mette", "submit", version=version)
        acted("mette", "publish", version=version)
        done = command("export", str(folder), before=point("rename", number))
        killed += done.returncode == -signal.SIGKILL

        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        assert missing(folder) == []
        if number % 2:
            assert command("export", str(folder)).returncode == 0
            assert named(folder) == {f"1.{one}.0" for one in range(at + 1)}
    assert killed
    assert command("export", str(folder)).returncode == 0
    assert named(folder) == {f"1.{one}.0" for one in range(len(points))}
    assert missing(folder) == []


def named(folder: Path) -> set[str]:
    """The versions on the exported page."""
    page = folder / "all" / "simple" / PROJECT / "index.json"
    return set(json.loads(page.read_bytes())["versions"])


def missing(folder: Path) -> list[str]:
    """Files that an exported page names and that are not there, or not whole."""
    import hashlib

    found = []
    for page in folder.glob("*/simple/*/index.json"):
        for one in json.loads(page.read_bytes())["files"]:
            path = (page.parent / one["url"]).resolve()
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != one["hashes"]["sha256"]:
                found.append(str(path))
    return found
