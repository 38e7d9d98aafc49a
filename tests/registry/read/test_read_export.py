"""The registry as plain files: complete, served by anything, and whole whenever the program is killed."""

import functools
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rpa_registry.errors import ConflictError, StorageError
from rpa_registry.export import export

QUARANTINE = {"quarantined": "2026-06-01T10:00:00Z", "advisory": "DIGIT-2026-0001"}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Files as they lie, without a word."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's signature
        """Say nothing."""


@pytest.fixture
def static() -> Iterator[Callable[[Path], str]]:
    """Serve a folder with the standard library's file server."""
    running: list[http.server.ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def everything(folder: Path) -> dict[str, bytes]:
    """Every exported file by its path."""
    files = (one for one in folder.rglob("*") if one.is_file())
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in files
        if ".rpac-export" not in one.parts
    }


def broken_links(folder: Path) -> list[str]:
    """Files that a page names and that are not there, or that have other bytes than it says."""
    named: list[tuple[Path, Path]] = []
    for page in folder.glob("*/simple/*/index.json"):
        for file in json.loads(page.read_bytes())["files"]:
            named += [(page, page.parent / file["url"]), (page, page.parent / f"{file['url']}.metadata")]
    for page in folder.glob("*/simple/*/index.html"):
        links = re.findall(r'href="([^"#]+)#', page.read_text(encoding="utf-8"))
        named += [(page, page.parent / link) for link in links]
    for page in folder.glob("*/simple/index.json"):
        projects = json.loads(page.read_bytes())["projects"]
        named += [(page, page.parent / project["name"] / "index.json") for project in projects]
    return [f"{page}: {place}" for page, place in named if not place.resolve().is_file()]


def test_an_export_holds_everything_that_is_served(shelf: Any, tmp_path: Path) -> None:
    """Pages, documents, wheels and METADATA; nothing of what is staged, and no part of a page."""
    wheel = shelf.put()
    shelf.put("secret-bot", "0.1.0", state="in_review")
    done = export(shelf.registry, tmp_path / "www")
    found = everything(tmp_path / "www")

    digest = wheel.parent.name
    assert {
        "advisories.json",
        "all/simple/index.html",
        "all/simple/index.json",
        "all/simple/welcome-letters/index.html",
        "all/simple/welcome-letters/index.json",
        "catalogue/index.json",
        "catalogue/welcome-letters.json",
        "certified/simple/index.html",
        "certified/simple/welcome-letters/index.json",
        f"files/{digest[:2]}/{digest}/{wheel.name}",
        f"files/{digest[:2]}/{digest}/{wheel.name}.metadata",
        "names.json",
    } <= set(found)
    assert found[f"files/{digest[:2]}/{digest}/{wheel.name}"] == wheel.read_bytes()
    assert [name for name in found if name.endswith(".whl")] == [f"files/{digest[:2]}/{digest}/{wheel.name}"]
    assert not any(part.startswith(("_", ".")) for name in found for part in name.split("/"))
    assert (done.files, done.removed) == (1, 0)


def test_pip_installs_from_plain_files(shelf: Any, static: Any, pip: Any, tmp_path: Path) -> None:
    """With the registry away, pip installs from the export through a server that knows nothing of it."""
    shelf.put()
    export(shelf.registry, tmp_path / "www")
    index = f"{static(tmp_path / 'www')}/certified/simple/"
    done = pip("install", "--index-url", index, "--target", str(tmp_path / "t"), "welcome-letters")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "t" / "welcome_letters" / "__init__.py").is_file()


def test_what_did_not_change_is_not_touched(shelf: Any, tmp_path: Path) -> None:
    """A second export writes the pages of what changed and leaves all else, to its time of change."""
    shelf.put("first-bot", "1.0.0")
    shelf.put("second-bot", "1.0.0")
    export(shelf.registry, tmp_path / "www")
    page = tmp_path / "www" / "certified" / "simple" / "first-bot" / "index.json"
    os.utime(page, (1, 1))
    nothing = export(shelf.registry, tmp_path / "www")
    shelf.change("second-bot", "1.0.0", yanked="2026-06-01T10:00:00Z", yanked_reason="wrong")
    something = export(shelf.registry, tmp_path / "www")

    assert (nothing.written, nothing.removed) == (0, 0)
    assert page.stat().st_mtime == 1
    assert something.written == 6  # four simple pages, the project's document, the list of all


def test_a_quarantined_wheel_disappears(shelf: Any, tmp_path: Path) -> None:
    """After the next export neither its page's line nor its file is there, and no empty folder is left."""
    wheel = shelf.put()
    export(shelf.registry, tmp_path / "www")
    shelf.change("welcome-letters", "1.0.0", **QUARANTINE)
    done = export(shelf.registry, tmp_path / "www")

    assert done.removed == 2
    assert not (tmp_path / "www" / "files").exists()
    assert wheel.is_file()
    assert broken_links(tmp_path / "www") == []


def test_a_folder_with_other_things_is_refused(shelf: Any, tmp_path: Path) -> None:
    """An export into somebody's folder would remove nothing of theirs, and is refused all the same."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match="is not empty and no earlier export"):
        export(shelf.registry, tmp_path / "www")

    assert everything(tmp_path / "www") == {"index.html": b"mine"}


def test_files_of_others_stay(shelf: Any, tmp_path: Path) -> None:
    """What somebody put beside the export (robots.txt) is neither removed nor overwritten."""
    shelf.put()
    export(shelf.registry, tmp_path / "www")
    (tmp_path / "www" / "robots.txt").write_text("mine", encoding="utf-8")
    export(shelf.registry, tmp_path / "www")

    assert (tmp_path / "www" / "robots.txt").read_text(encoding="utf-8") == "mine"


def test_two_exports_do_not_mix(shelf: Any, tmp_path: Path) -> None:
    """The second of two at once is refused, with what to do."""
    import filelock

    export(shelf.registry, tmp_path / "www")
    with (
        filelock.FileLock(tmp_path / "www" / ".rpac-export" / "export.lock"),
        pytest.raises(ConflictError, match="another export is at work"),
    ):
        export(shelf.registry, tmp_path / "www")


def test_a_damaged_wheel_stops_the_export_before_its_pages(shelf: Any, tmp_path: Path) -> None:
    """A wheel that is not as long as it was is named, and no page that names it is written."""
    wheel = shelf.put()
    wheel.write_bytes(b"short")
    with pytest.raises(StorageError, match="damaged in the registry's store"):
        export(shelf.registry, tmp_path / "www")

    assert broken_links(tmp_path / "www") == []


def test_wheels_are_copied_where_no_link_can_be_made(
    shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another disk, or a file system without hard links, the wheel is a copy with the same bytes."""
    wheel = shelf.put()

    def no_link(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("rpa_registry.export._folder.os.link", no_link)
    export(shelf.registry, tmp_path / "www")
    [copied] = (tmp_path / "www").rglob("*.whl")

    assert copied.read_bytes() == wheel.read_bytes()
    assert copied.stat().st_ino != wheel.stat().st_ino


class KilledError(BaseException):
    """Stands for a killed process: nothing catches it."""


def test_killed_at_any_step_nothing_is_half_there(
    shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever rename or removal is the last one, an index names only files that are there."""
    shelf.put("first-bot", "1.0.0")
    shelf.put("second-bot", "1.0.0")
    folder = tmp_path / "www"
    export(shelf.registry, folder)
    shelf.put("first-bot", "1.1.0")
    shelf.change("second-bot", "1.0.0", **QUARANTINE)
    export(shelf.registry, tmp_path / "wanted")
    steps = 0
    left = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*words: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KilledError
            return real(*words, **options)

        return step

    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    while True:
        left = steps
        try:
            export(shelf.registry, folder)
            break
        except KilledError:
            steps += 1
        assert broken_links(folder) == []
        assert steps < 100

    assert steps > 5
    assert everything(folder) == everything(tmp_path / "wanted")


def test_a_page_that_went_back_while_an_export_was_killed(
    shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of a killed export is written again when the registry went back to what was before."""
    shelf.put()
    folder = tmp_path / "www"
    export(shelf.registry, folder)
    before = everything(folder)["certified/simple/welcome-letters/index.json"]
    shelf.change("welcome-letters", "1.0.0", yanked="2026-06-01T10:00:00Z", yanked_reason="wrong")

    def killed(_: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("rpa_registry.export._folder.TargetFolder.finish", killed)
        with pytest.raises(KilledError):
            export(shelf.registry, folder)
    shelf.change("welcome-letters", "1.0.0", yanked=None, yanked_reason=None)
    export(shelf.registry, folder)

    assert everything(folder)["certified/simple/welcome-letters/index.json"] == before


def test_a_killed_process_is_ended_by_the_next(shelf: Any, tmp_path: Path) -> None:
    """Kill -9 in the middle of a real export, again and again: always whole, and complete in the end."""
    for number in range(30):
        shelf.put(f"bot-{number}", "1.0.0")
    folder = tmp_path / "www"
    script = (
        "import sys; from pathlib import Path; from rpa_registry.context import Registry; "
        "from rpa_registry.export import export; print('go', flush=True); "
        "export(Registry.open(Path(sys.argv[1])), Path(sys.argv[2]), wait=30)"
    )
    for delay in (0.02, 0.05, 0.1, 0.15):
        words = [sys.executable, "-c", script, str(shelf.registry.settings.folder), str(folder)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        threading.Event().wait(delay)
        process.kill()
        process.communicate()
        assert broken_links(folder) == []
    export(shelf.registry, folder, wait=30)
    export(shelf.registry, tmp_path / "wanted")

    assert everything(folder) == everything(tmp_path / "wanted")


@pytest.mark.usefixtures("with_web")
def test_the_website_is_exported_with_its_styles(shelf: Any, static: Any, tmp_path: Path) -> None:
    """Every page of the site, in each language, and each style sheet that it names, by relative links."""
    shelf.put()
    export(shelf.registry, tmp_path / "www")
    url = static(tmp_path / "www")
    page = httpx.get(f"{url}/da/projects/welcome-letters/")
    sheets = re.findall(r'<link[^>]+href="([^"]+\.css[^"]*)"', page.text)

    assert page.status_code == 200
    assert sheets
    for sheet in sheets:
        assert httpx.get(f"{url}/da/projects/welcome-letters/{sheet}").status_code == 200
