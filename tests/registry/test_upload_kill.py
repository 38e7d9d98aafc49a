"""kill -9 in the middle of uploads: what is there afterwards is whole, and what was answered is there."""

import contextlib
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.curation import accept_name
from rpa_registry.db import files, pages, releases
from rpa_registry.log import verify_log

ROUNDS = 4
PROJECT = "welcome-letters"


def _start(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    code = "from rpa_registry.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "-C", str(folder), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if process.stdout is None:
        raise RuntimeError("no output")
    return process, process.stdout.readline().strip()


def _send(url: str, token: str, wheels: list[Path], answered: list[str]) -> None:
    for wheel in wheels:
        with contextlib.suppress(requests.RequestException), wheel.open("rb") as stream:
            answer = requests.post(
                f"{url}/legacy/",
                data={":action": "file_upload"},
                files={"content": (wheel.name, stream)},
                auth=("__token__", token),
                timeout=30,
            )
            if answer.status_code == 200:
                answered.append(wheel.name)


def _problems(registry: Registry) -> list[str]:
    found: list[str] = []
    with registry.database.read() as connection:
        found += verify_log(connection).problems
        rows = connection.execute(sa.select(releases.c.version, releases.c.id)).all()
        kept = {row.release: row for row in connection.execute(sa.select(files))}
        shown = connection.scalar(sa.select(pages.c.body).where(pages.c.path == f"catalogue/{PROJECT}.json"))
    for row in rows:
        file = kept.get(row.id)
        if file is None:
            found.append(f"{row.version} has no file")
        elif not registry.blobs.path(file.sha256, file.filename).is_file():
            found.append(f"{row.version} has no bytes")
        if f'"{row.version}"'.encode() not in (shown or b""):
            found.append(f"{row.version} is not on the page")
    return found


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends a process otherwise")
def test_a_killed_server_leaves_whole_releases_only(
    registry: Registry,
    token: Callable[..., str],
    bot_wheel: Callable[..., Path],
    admitted: Callable[..., Any],
    identity: Callable[[str], Identity],
) -> None:
    """Rows, bytes, pages and log agree after every kill; every upload answered with 200 is there."""
    admitted(PROJECT, "0.0.1")
    accept_name(registry, identity("anna"), PROJECT, reason="a plain name")  # before that it has no page
    mine, answered = token("mette", "upload"), list[str]()
    chance = random.Random(4)  # noqa: S311 - when to kill is no secret
    for number in range(ROUNDS):
        wheels = [bot_wheel(PROJECT, f"{number}.{minor}.0") for minor in range(6)]
        process, url = _start(registry.settings.folder)
        sender = threading.Thread(target=_send, args=(url, mine, wheels, answered))
        sender.start()
        wanted = len(answered) + chance.randint(0, 2)
        while len(answered) < wanted and sender.is_alive():
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.4))
        process.kill()
        process.wait()
        sender.join()
        if process.stdout is not None:
            process.stdout.close()

        assert [] == _problems(registry)
    with registry.database.read() as connection:
        there = set(connection.scalars(sa.select(files.c.filename)))

    assert set(answered) <= there
    assert answered
