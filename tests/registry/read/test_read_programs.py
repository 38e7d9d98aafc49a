"""pip and uv, unmodified, against the running server."""

import sys
from pathlib import Path
from typing import Any

import pytest

from rpa_registry.context import Registry

QUARANTINE = {"quarantined": "2026-06-01T10:00:00Z", "advisory": "DIGIT-2026-0001"}
YANK = {"yanked": "2026-06-01T10:00:00Z", "yanked_reason": "letters to the wrong <house>"}


def installed(folder: Path) -> list[str]:
    """What lies in a target folder, as name-version."""
    return sorted(one.name.removesuffix(".dist-info") for one in folder.glob("*.dist-info"))


def test_pip_installs_a_certified_bot(shelf: Any, watched: Any, pip: Any, tmp_path: Path) -> None:
    """Unmodified pip finds the bot in the certified channel, asks for JSON, and installs it."""
    shelf.put()
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    done = pip("install", "--index-url", index, "--target", str(tmp_path / "t"), "Welcome.Letters")

    assert done.returncode == 0, done.stderr
    assert installed(tmp_path / "t") == ["welcome_letters-1.0.0"]
    assert server.seen[0].path == "/certified/simple/welcome-letters/"
    assert [one.status for one in server.seen] == [200] * len(server.seen)


def test_uv_installs_a_certified_bot(shelf: Any, watched: Any, run_uv: Any, tmp_path: Path) -> None:
    """Unmodified uv does the same."""
    shelf.put()
    server = watched(shelf.registry)
    done = run_uv(
        *("pip", "install", "--default-index", f"{server.url}/certified/simple/"),
        *("--target", str(tmp_path / "t"), "--python", sys.executable, "welcome-letters"),
    )

    assert done.returncode == 0, done.stderr
    assert installed(tmp_path / "t") == ["welcome_letters-1.0.0"]


def test_pip_downloads_the_newest_of_a_channel(shelf: Any, watched: Any, pip: Any, tmp_path: Path) -> None:
    """What is only published is not in the certified channel, and is in the channel all."""
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0", state="published")
    server = watched(shelf.registry)
    for channel in ("certified", "all"):
        index = f"{server.url}/{channel}/simple/"
        done = pip("download", "--index-url", index, "-d", str(tmp_path / channel), "welcome-letters")
        assert done.returncode == 0, done.stderr

    assert [one.name for one in (tmp_path / "certified").iterdir()] == [
        "welcome_letters-1.0.0-py3-none-any.whl"
    ]
    assert [one.name for one in (tmp_path / "all").iterdir()] == ["welcome_letters-1.1.0-py3-none-any.whl"]


@pytest.mark.parametrize("program", ["pip", "uv"])
def test_changed_bytes_are_refused(
    program: str, shelf: Any, watched: Any, pip: Any, run_uv: Any, tmp_path: Path
) -> None:
    """A wheel that was changed on the server's disk is not installed: its hash is not the page's."""
    wheel = shelf.put()
    data = bytearray(wheel.read_bytes())
    data[10] ^= 1  # a time in the archive: it still unpacks
    wheel.write_bytes(data)
    server = watched(shelf.registry)
    index, target = f"{server.url}/certified/simple/", str(tmp_path / "t")
    if program == "pip":
        done = pip("install", "--index-url", index, "--target", target, "welcome-letters")
    else:
        locked = f"welcome-letters==1.0.0 --hash=sha256:{wheel.parent.name}\n"
        done = run_uv(
            *("pip", "install", "--require-hashes", "-r", "-", "--default-index", index),
            *("--target", target, "--python", sys.executable),
            text=locked,
        )

    assert done.returncode != 0
    assert "hash" in (done.stdout + done.stderr).lower()
    assert installed(tmp_path / "t") == []


def test_a_shortened_file_is_never_sent(shelf: Any, watched: Any, pip: Any, tmp_path: Path) -> None:
    """A wheel that is not as long as it was is not sent, and the answer's status line says so."""
    wheel = shelf.put()
    wheel.write_bytes(wheel.read_bytes()[:-1])
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    done = pip("download", "--index-url", index, "-d", str(tmp_path), "--retries", "0", "welcome-letters")

    assert done.returncode != 0
    assert "damaged in the registry's store" in done.stderr


def test_a_yanked_version_is_not_chosen_but_can_be_named(
    shelf: Any, watched: Any, pip: Any, run_uv: Any, tmp_path: Path
) -> None:
    """Both programs take the version before a yanked one, or the yanked one when it is named exactly."""
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0", **YANK)
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    newest = pip("install", "--index-url", index, "--target", str(tmp_path / "newest"), "welcome-letters")
    named = pip("install", "--index-url", index, "--target", str(tmp_path / "n"), "welcome-letters==1.1.0")
    compiled = run_uv("pip", "compile", "-", "--default-index", index, text="welcome-letters\n")

    assert newest.returncode == 0, newest.stderr
    assert installed(tmp_path / "newest") == ["welcome_letters-1.0.0"]
    assert named.returncode == 0, named.stderr
    assert installed(tmp_path / "n") == ["welcome_letters-1.1.0"]
    assert "letters to the wrong <house>" in named.stderr
    assert "welcome-letters==1.0.0" in compiled.stdout


def test_a_quarantined_version_is_gone_with_the_reason(
    shelf: Any, watched: Any, pip: Any, tmp_path: Path
) -> None:
    """No page names a quarantined version; who kept its address is told the advisory's number by pip."""
    shelf.put(version="1.0.0")
    wheel = shelf.put(version="1.1.0")
    shelf.change("welcome-letters", "1.1.0", **QUARANTINE)
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    address = f"{server.url}/files/{wheel.parent.name[:2]}/{wheel.parent.name}/{wheel.name}"
    newest = pip("install", "--index-url", index, "--target", str(tmp_path / "t"), "welcome-letters")
    named = pip("install", "--index-url", index, "--target", str(tmp_path / "n"), "welcome-letters==1.1.0")
    kept = pip("download", "--index-url", index, "-d", str(tmp_path / "d"), address)

    assert newest.returncode == 0, newest.stderr
    assert installed(tmp_path / "t") == ["welcome_letters-1.0.0"]
    assert "No matching distribution found for welcome-letters==1.1.0" in named.stderr
    assert "is quarantined and withheld: advisory DIGIT-2026-0001" in kept.stderr


@pytest.mark.parametrize(("max_age", "asked_again"), [(60, []), (0, [304])])
def test_pip_keeps_pages(
    max_age: int, asked_again: list[int], shelf: Any, watched: Any, pip: Any, tmp_path: Path
) -> None:
    """Pip asks again for a page when its time is over, gets 304, and never asks again for a file."""
    settings = shelf.registry.settings.model_copy(update={"page_max_age": max_age})
    shelf.registry = Registry(settings, shelf.registry.database, shelf.registry.blobs, shelf.registry.plugins)
    shelf.put()
    server = watched(shelf.registry)
    # pip keeps nothing of a plain http address unless it is told to trust it.
    index = ("--index-url", f"{server.url}/all/simple/", "--trusted-host", server.url.removeprefix("http://"))
    first = pip("download", *index, "-d", str(tmp_path / "first"), "welcome-letters", cache=True)
    count = len(server.seen)
    second = pip("download", *index, "-d", str(tmp_path / "second"), "welcome-letters", cache=True)

    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    assert [one.status for one in server.seen[count:]] == asked_again
    assert all(one.headers["if-none-match"].startswith('"') for one in server.seen[count:])


def test_uv_resolves_from_metadata_alone(shelf: Any, watched: Any, run_uv: Any) -> None:
    """Resolving two projects of the registry fetches pages and METADATA, and no wheel."""
    shelf.put("letter-parts", "2.0.0")
    shelf.put("letter-parts", "3.0.0")
    shelf.put(requires=("letter-parts<3",))
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    done = run_uv("pip", "compile", "-", "--default-index", index, text="welcome-letters\n")

    assert "letter-parts==2.0.0" in done.stdout, done.stderr
    assert server.wheels() == []
    assert sorted(one.path.rpartition("/")[2] for one in server.seen if "/files/" in one.path) == [
        "letter_parts-2.0.0-py3-none-any.whl.metadata",
        "welcome_letters-1.0.0-py3-none-any.whl.metadata",
    ]


def test_pip_resolves_a_dependency_here(shelf: Any, watched: Any, pip: Any, tmp_path: Path) -> None:
    """A bot that needs another project of the registry is installed with it."""
    shelf.put("letter-parts", "2.0.0")
    shelf.put("letter-parts", "3.0.0")
    shelf.put(requires=("letter-parts<3",))
    server = watched(shelf.registry)
    index = f"{server.url}/certified/simple/"
    done = pip("install", "--index-url", index, "--target", str(tmp_path / "t"), "welcome-letters")

    assert done.returncode == 0, done.stderr
    assert installed(tmp_path / "t") == ["letter_parts-2.0.0", "welcome_letters-1.0.0"]
    assert sorted(server.wheels()) == [
        "letter_parts-2.0.0-py3-none-any.whl",
        "welcome_letters-1.0.0-py3-none-any.whl",
    ]


@pytest.mark.parametrize("program", ["pip", "uv"])
def test_a_reviewer_installs_what_is_staged(
    program: str, shelf: Any, watched: Any, token: Any, pip: Any, run_uv: Any, tmp_path: Path
) -> None:
    """With a token that may read, the staged channel gives the release and certified dependencies."""
    shelf.put("letter-parts", "2.0.0")
    shelf.put("letter-parts", "3.0.0", state="published")
    shelf.put(version="1.1.0", state="in_review", requires=("letter-parts",))
    server = watched(shelf.registry)
    host = server.url.removeprefix("http://")
    index = f"http://__token__:{token('anna', 'read')}@{host}/staged/welcome-letters-1.1.0/simple/"
    target = ("--target", str(tmp_path / "t"))
    if program == "pip":
        done = pip("install", "--index-url", index, *target, "welcome-letters")
    else:
        words = ("pip", "install", "--default-index", index, "--python", sys.executable)
        done = run_uv(*words, *target, "welcome-letters")

    assert done.returncode == 0, done.stderr
    assert installed(tmp_path / "t") == ["letter_parts-2.0.0", "welcome_letters-1.1.0"]


def test_an_empty_page_keeps_uv_from_other_indexes(shelf: Any, watched: Any, run_uv: Any) -> None:
    """A name that is owned here, but has nothing in the channel, is not looked for in the next index."""
    shelf.put(version="1.0.0", state="staged")
    stranger = watched(shelf.registry)
    certified, everything = (f"{stranger.url}/{one}/simple/" for one in ("certified", "all"))
    shelf.put(version="9.9.9", state="published")
    done = run_uv(
        *("pip", "compile", "-", "--index", certified, "--default-index", everything),
        text="welcome-letters\n",
    )

    assert done.returncode != 0
    assert not any(one.path.startswith("/all/") for one in stranger.seen)
