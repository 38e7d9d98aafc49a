"""From a name to an environment that runs, with the real uv: whose packages are used, and again the same."""

import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.config import open_municipality
from rpa_commons.environments import build_wheel, python_of, read_lock
from rpa_commons.environments._host import host_package
from rpa_commons.environments._uv import Uv
from rpa_commons.registry_client import Registry, Wish, install
from tests.registry_client.greeters import greeter_wheel, words

pytestmark = pytest.mark.network

ID = "0b6f0c1e-0000-4000-8000-000000000001"


def quiet(_: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module", autouse=True)
def host() -> Iterator[None]:
    """The host's own package as it is when the tests start: an edit meanwhile is no upgrade."""
    package = host_package(Uv())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("_build", "_install"):
            patch.setattr(f"rpa_commons.environments.{module}.host_package", lambda _: package)
        yield


@pytest.fixture(scope="module")
def greeter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bot that needs greeting-words, a package of the cooperation."""
    return greeter_wheel(tmp_path_factory.mktemp("greeter"))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stranger's index that every uv here asks before all others; a folder per project."""
    folder = tmp_path / "public"
    (folder / "simple").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("UV_INDEX", f"http://127.0.0.1:{server.server_address[1]}/simple/")
    yield folder / "simple"
    server.shutdown()
    server.server_close()
    thread.join()


def offer(public: Path, wheel: Path) -> None:
    """Put a wheel on the stranger's index."""
    folder = public / wheel.name.split("-")[0].replace("_", "-")
    folder.mkdir(exist_ok=True)
    shutil.copy(wheel, folder)
    links = "".join(f'<a href="{one.name}">{one.name}</a>' for one in folder.glob("*.whl"))
    (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>", encoding="utf-8")


def write_instance(folder: Path) -> None:
    """One instance of the bot."""
    (folder / "bots" / "greet.toml").write_text(f'bot = "tiny-greeter"\nid = "{ID}"\n', encoding="utf-8")


def said_by(folder: Path, code: str) -> str:
    """What the instance's own interpreter prints."""
    python = python_of(open_municipality(folder), "greet")
    return subprocess.run(
        [str(python), "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_strangers_package_of_an_owned_name_is_never_used(
    simulator: Any, hvidovre: Path, greeter: Path, public: Path, tmp_path: Path, make_wheel: Any
) -> None:
    """A public index serves a higher version under the cooperation's name; the registry's own is installed.

    And the other way round: a public name that the registry's host offers is not taken from it.
    """
    write_instance(hvidovre)
    simulator.publish(greeter)
    simulator.publish(words(tmp_path / "ours", "1.0.0"))
    offer(public, words(tmp_path / "theirs", "9.0.0"))
    click = make_wheel("click", "99.0.0", has_manifest=False)
    honest = dict(simulator.projects)
    simulator.publish(click)
    simulator.projects = honest | {"click": simulator.projects["click"]}
    municipality = open_municipality(hvidovre)
    owned = Registry.of(municipality)
    names = sorted(honest)

    class _Honest(Registry):
        def owned(self) -> frozenset[str]:
            return frozenset(names)

    registry = _Honest(owned.http, owned.folder)

    (bot,) = install(municipality, ["tiny-greeter"], registry=registry, progress=quiet)

    entry = read_lock(hvidovre).entry("tiny-greeter")
    packages = {one.name: one for one in entry.packages}
    assert bot.changed
    assert ("1.0.0", simulator.url) == (
        packages["greeting-words"].version,
        packages["greeting-words"].registry,
    )
    assert packages["click"].version != "99.0.0"
    assert (entry.registry, entry.channel) == (simulator.url, "certified")
    assert said_by(hvidovre, "import greeting_words; print(greeting_words.VERSION)") == "1.0.0"


def test_the_lock_alone_installs_the_same_on_another_machine(
    simulator: Any, hvidovre: Path, greeter: Path, tmp_path: Path
) -> None:
    """A copy of the folder with an empty state_dir fetches all by hash; both locks stay as they are."""
    write_instance(hvidovre)
    simulator.publish(greeter)
    simulator.publish(words(tmp_path / "ours", "1.0.0"))
    municipality = open_municipality(hvidovre)
    install(municipality, ["tiny-greeter"], registry=Registry.of(municipality), progress=quiet)
    locks = [(hvidovre / name).read_bytes() for name in ("rpac.lock", "pylock.tiny-greeter.toml")]
    simulator.publish(words(tmp_path / "later", "1.1.0"))
    elsewhere = tmp_path / "elsewhere" / "hvidovre"
    shutil.copytree(hvidovre, elsewhere)

    other = open_municipality(elsewhere)
    install(other, [], registry=Registry.of(other), progress=quiet)

    again = [(elsewhere / name).read_bytes() for name in ("rpac.lock", "pylock.tiny-greeter.toml")]
    assert locks == again
    assert said_by(elsewhere, "import greeting_words; print(greeting_words.VERSION)") == "1.0.0"


def test_the_reason_for_what_is_not_certified_is_in_the_lock(
    simulator: Any, hvidovre: Path, greeter: Path, tmp_path: Path
) -> None:
    """Channel and reason stand beside the version."""
    simulator.publish(greeter, "published")
    simulator.publish(words(tmp_path / "ours", "1.0.0"), "published")
    municipality = open_municipality(hvidovre)
    wish = Wish("all", "the summer's letters")

    install(municipality, ["tiny-greeter"], registry=Registry.of(municipality), progress=quiet, wish=wish)

    entry = read_lock(hvidovre).entry("tiny-greeter")
    assert ("all", "the summer's letters") == (entry.channel, entry.because)


def test_other_tools_install_the_same_from_pylock(
    simulator: Any, hvidovre: Path, greeter: Path, tmp_path: Path
) -> None:
    """``pylock.tiny-greeter.toml`` is valid by the standard, and uv installs what rpac.lock says."""
    from packaging.pylock import Pylock

    write_instance(hvidovre)
    simulator.publish(greeter)
    simulator.publish(words(tmp_path / "ours", "1.0.0"))
    municipality = open_municipality(hvidovre)
    install(municipality, ["tiny-greeter"], registry=Registry.of(municipality), progress=quiet)
    text = (hvidovre / "pylock.tiny-greeter.toml").read_text(encoding="utf-8")
    lock = read_lock(hvidovre).entry("tiny-greeter")
    (hvidovre / "wheels").mkdir()
    for kept in municipality.state_dir.glob("wheels/*/rpa_commons-*.whl"):
        shutil.copy(kept, hvidovre / "wheels")

    parsed = Pylock.from_dict(tomllib.loads(text))
    uv = Uv()
    uv.run("an environment", ["venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")])
    python = tmp_path / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = ["pip", "sync", "--quiet", "--preview", "--python", str(python)]
    uv.run("installing", [*command, str(hvidovre / "pylock.tiny-greeter.toml")])

    locked = {one.name: one.version for one in lock.packages} | {lock.name: lock.version}
    assert locked == {str(one.name): str(one.version) for one in parsed.packages}
    assert str(tmp_path) not in text
    code = "import greeting_words, tiny_greeter; print(greeting_words.VERSION)"
    said = subprocess.run([str(python), "-I", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "1.0.0"


def test_an_upgrade_fetches_shows_and_installs_and_removing_leaves_the_history(
    simulator: Any,
    hvidovre: Path,
    greeter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`rpac install NAME`, `rpac upgrade`, `rpac remove`: the whole life of a bot at the command line."""

    def rpac(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(hvidovre), *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        return int(caught.value.code or 0), printed.out, printed.err

    write_instance(hvidovre)
    simulator.publish(greeter)
    simulator.publish(words(tmp_path / "ours", "1.0.0"))
    installed = rpac("install", "tiny-greeter")
    shutil.copytree(greeter.parent.parent / "project", tmp_path / "newer")
    path = tmp_path / "newer" / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('version = "1.0.0"', 'version = "1.1.0"'), encoding="utf-8")
    links = [tmp_path / "ours"]
    newer = build_wheel(tmp_path / "newer", tmp_path / "dist", progress=quiet, find_links=links)
    simulator.publish(newer)

    planned = rpac("upgrade", "greet", "--plan")
    before = read_lock(hvidovre).entry("tiny-greeter").version
    upgraded = rpac("upgrade", "greet", "--yes")
    after = read_lock(hvidovre).entry("tiny-greeter")
    removed = rpac("remove", "tiny-greeter", "--yes", "--config")

    assert (0, 0, 0, 0) == (installed[0], planned[0], upgraded[0], removed[0]), upgraded[2]
    assert "tiny-greeter 1.0.0 -> 1.1.0" in planned[1]
    assert ("1.0.0", "1.1.0", "certified") == (before, after.version, after.channel)
    state = hvidovre.parent / "state"
    assert ["municipality.toml"] == sorted(one.name for one in hvidovre.iterdir() if one.is_file())
    assert [] == list(state.glob("environments/*")) + list(state.glob("wheels/*/*"))
