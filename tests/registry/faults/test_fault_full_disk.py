"""A disk that is really full under the running server: refused cleanly, read all the while, then as ever."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_registry.context import Registry

SIZE = 24 * 1024 * 1024  # bytes of the small disk
PROJECT = "welcome-letters"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The folder of the test's registry, on a file system of its own of a few megabytes."""
    folder = tmp_path / "registry"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = subprocess.run(words, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all room there is; removing the file gives it back."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        for size in (65536, 4096):
            try:
                while stream.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def test_a_full_disk_refuses_writes_and_goes_on_reading(
    small_disk: Path,
    registry: Registry,
    token: Callable[..., str],
    start: Callable[..., Any],
    client: Callable[..., Any],
    bot_wheel: Callable[..., Path],
    accept: Callable[[], Any],
    sound: Callable[[], dict[str, Any]],
) -> None:
    """507 with "nothing was changed" for an upload and an act; the same requests pass when there is room."""
    server = start()
    one = client(server, token("mette", "upload", "curate"))
    assert one.upload(bot_wheel()).status == 200
    accept()
    assert one.act("submit", PROJECT, "1.0.0").status == 200
    before = one.get("/catalogue/welcome-letters.json")
    ballast = fill(small_disk)

    uploads = [one.upload(bot_wheel(version=f"1.{number}.0")) for number in (1, 2)]
    # What the journal had room for already may still be written: then it is done, and whole.
    act = one.act("publish", PROJECT, "1.0.0")
    reads = [one.get(path) for path in ("/catalogue/index.json", "/names.json", "/all/simple/", "/da/")]

    assert [(answer.status, "nothing was changed" in answer.reason) for answer in uploads] == [
        (507, True)
    ] * 2
    assert act.status in {200, 507}
    if registry.database.is_sqlite:
        assert (act.status, "nothing was changed" in act.reason) == (507, True)
        assert one.get("/catalogue/welcome-letters.json").body == before.body
    assert [answer.status for answer in reads] == [200] * 4
    ballast.unlink()
    assert [one.upload(bot_wheel(version=f"1.{number}.0")).status for number in (1, 2)] == [200, 200]
    assert one.act("publish", PROJECT, "1.0.0").status == (200 if act.status == 507 else 409)
    assert server.errors() == ""
    assert sound()["problems"] == []
