"""From a plugin's folder to environments that work: built once, installed twice, killed in the middle."""

import base64
import hashlib
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rpa_commons.config import MunicipalityFolder, open_municipality
from rpa_commons.environments import (
    BuildRefusedError,
    ManifestMismatchError,
    NotInstalledError,
    UvError,
    build_wheel,
    install,
    locked,
    python_of,
)
from rpa_commons.environments._host import host_package
from rpa_commons.environments._lock import LockFile, read_lock, write_lock
from rpa_commons.environments._uv import Uv
from rpa_commons.manifest import read_manifest, wheel_sha256

pytestmark = pytest.mark.network

PROJECT = Path(__file__).parent / "tiny-greeter"
IDS = {"first": "0b6f0c1e-0000-4000-8000-000000000001", "second": "0b6f0c1e-0000-4000-8000-000000000002"}
MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
cooperation = "DIGIT"
environment = "test"
languages = ["da"]
state_dir = "../state"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def copy_project(to: Path, *changes: tuple[str, str, str]) -> Path:
    """Copy the plugin, with (file, before, after) changed."""
    shutil.copytree(PROJECT, to, ignore=shutil.ignore_patterns("build", "dist", "__pycache__"))
    for file, before, after in changes:
        text = (to / file).read_text(encoding="utf-8")
        assert before in text
        (to / file).write_text(text.replace(before, after), encoding="utf-8")
    return to


@pytest.fixture(scope="module", autouse=True)
def host() -> Iterator[None]:
    """The host's own package as it is when the tests start: an edit meanwhile is no upgrade."""
    package = host_package(Uv())
    with pytest.MonkeyPatch.context() as patch:
        for module in ("_build", "_install"):
            patch.setattr(f"rpa_commons.environments.{module}.host_package", lambda _: package)
        yield


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Version 1.0.0 of the plugin."""
    folder = tmp_path_factory.mktemp("first")
    return build_wheel(copy_project(folder / "project"), folder / "dist", progress=quiet)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Version 1.1.0 of the plugin."""
    folder = tmp_path_factory.mktemp("newer")
    change = ("pyproject.toml", 'version = "1.0.0"', 'version = "1.1.0"')
    return build_wheel(copy_project(folder / "project", change), folder / "dist", progress=quiet)


@pytest.fixture
def municipality(tmp_path: Path) -> MunicipalityFolder:
    """Roskilde with two instances of the bot."""
    folder = tmp_path / "roskilde"
    (folder / "bots").mkdir(parents=True)
    (folder / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
    for name, instance_id in IDS.items():
        text = f'bot = "tiny-greeter"\nid = "{instance_id}"\n'
        (folder / "bots" / f"{name}.toml").write_text(text, encoding="utf-8")
    return open_municipality(folder)


def start(municipality: MunicipalityFolder, *arguments: str) -> subprocess.Popen[str]:
    """Start ``rpac`` for the municipality."""
    command = [sys.executable, "-m", "rpa_commons", "-C", str(municipality.folder), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def version_in(municipality: MunicipalityFolder, instance: str) -> str:
    """The version of the bot that an instance's own interpreter imports."""
    code = "import importlib.metadata as m, tiny_greeter; print(m.version('tiny-greeter'))"
    command = [str(python_of(municipality, instance)), "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_wheel_built_twice_has_the_same_bytes(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever builds the same sources elsewhere, under any path, can prove that it is the same bot."""
    copy_project(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)

    again = build_wheel(Path("elsewhere"), Path("elsewhere/dist"), progress=quiet)

    assert again == tmp_path / "elsewhere" / "dist" / wheel.name
    assert wheel_sha256(wheel) == wheel_sha256(again)
    assert "tiny_greeter" not in sys.modules


def test_an_incomplete_plugin_is_not_built(tmp_path: Path) -> None:
    """The build refuses with the names of all fields, and no wheel appears."""
    module = "src/tiny_greeter/__init__.py"
    changes = ((module, ', unit="days"', ""), (module, 'retention="none"', 'retention=" "'))
    project = copy_project(tmp_path / "project", *changes)

    with pytest.raises(BuildRefusedError) as caught:
        build_wheel(project, tmp_path / "dist", progress=quiet)

    assert caught.value.problems == (
        "TinyGreeter.record.retention is blank",
        "Settings.window_days is a number without a unit",
    )
    assert not list(tmp_path.rglob("*.whl"))


def test_two_installations_at_once_make_each_environment_once(
    wheel: Path, municipality: MunicipalityFolder
) -> None:
    """They take turns; each instance runs the one wheel in its own environment; a third has nothing to do."""
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(install, municipality, [wheel], progress=quiet) for _ in range(2)]
        results = [bot for future in running for bot in future.result()]
    said: list[str] = []
    (third,) = install(municipality, [wheel], progress=said.append)

    assert sorted(bot.changed for bot in results) == [False, True]
    assert (third.changed, said) == (False, [])
    assert (third.instances, third.sha256) == (("first", "second"), wheel_sha256(wheel))
    assert python_of(municipality, "first") != python_of(municipality, "second")
    assert [version_in(municipality, name) for name in IDS] == ["1.0.0", "1.0.0"]
    assert locked(municipality, "tiny-greeter").manifest == read_manifest(wheel)
    assert "tiny_greeter" not in sys.modules


def test_a_new_instance_and_a_lost_environment_are_made_from_the_lock(
    wheel: Path, municipality: MunicipalityFolder, tmp_path: Path
) -> None:
    """``rpac install`` without a wheel makes what rpac.lock asks for, offline where uv's cache has it."""
    second = municipality.folder / "bots" / "second.toml"
    text = second.read_text(encoding="utf-8")
    second.unlink()
    install(municipality, [wheel], progress=quiet)
    lock = (municipality.folder / "rpac.lock").read_bytes()
    second.write_text(text, encoding="utf-8")
    with pytest.raises(NotInstalledError):
        python_of(municipality, "second")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for kept in municipality.state_dir.glob("wheels/*/*.whl"):
        shutil.copy(kept, wheels)
    shutil.rmtree(municipality.state_dir)

    install(municipality, [], progress=quiet, find_links=[wheels], offline=True)

    assert lock == (municipality.folder / "rpac.lock").read_bytes()
    assert [version_in(municipality, name) for name in IDS] == ["1.0.0", "1.0.0"]


def test_a_kill_in_the_middle_leaves_the_old_version_and_a_rerun_repairs(
    wheel: Path, newer: Path, municipality: MunicipalityFolder
) -> None:
    """Until the lock is replaced the old environments count, whatever happened to the new ones."""
    install(municipality, [wheel], progress=quiet)
    with start(municipality, "install", str(newer)) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("making the environment of second"):
                process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
                break

    assert [version_in(municipality, name) for name in IDS] == ["1.0.0", "1.0.0"]
    (bot,) = install(municipality, [newer], progress=quiet)
    assert (bot.before, bot.version) == ("1.0.0", "1.1.0")
    assert [version_in(municipality, name) for name in IDS] == ["1.1.0", "1.1.0"]


def test_a_manifest_that_promises_something_else_is_refused(
    wheel: Path, municipality: MunicipalityFolder, tmp_path: Path
) -> None:
    """A wheel whose manifest hides a capability is not installed, and nothing of it is left."""
    lying = repack(
        wheel, tmp_path, lambda text: text.replace('"attribute": "population"', '"attribute": "people"')
    )

    with pytest.raises(ManifestMismatchError) as caught:
        install(municipality, [lying], progress=quiet)

    assert caught.value.differences == ("capabilities",)
    left = [path for path in municipality.state_dir.rglob("*") if path.is_file()]
    assert [path.name for path in left if path.name != "install.lock"] == []
    assert read_lock(municipality.folder) == LockFile()


def test_a_package_with_another_hash_is_refused(wheel: Path, municipality: MunicipalityFolder) -> None:
    """What an index hands out must be what was locked."""
    (municipality.folder / "bots" / "second.toml").unlink()
    install(municipality, [wheel], progress=quiet)
    entry = read_lock(municipality.folder).entry("tiny-greeter")
    packages = tuple(
        package.model_copy(update={"hashes": ("sha256:" + "0" * 64,)}) if package.name == "click" else package
        for package in entry.packages
    )
    write_lock(municipality.folder, LockFile().replacing(entry.model_copy(update={"packages": packages})))

    with pytest.raises(UvError, match=r"(?i)hash mismatch") as caught:
        install(municipality, [], progress=quiet)

    assert "click" in caught.value.message


def repack(wheel: Path, folder: Path, change: Callable[[str], str]) -> Path:
    """Write a wheel again with another manifest, and with a RECORD that agrees with it."""
    target = folder / wheel.name
    with zipfile.ZipFile(wheel) as source:
        members = {name: source.read(name) for name in source.namelist()}
    manifest = next(name for name in members if name.endswith("rpac.json"))
    members[manifest] = change(members[manifest].decode()).encode()
    record = next(name for name in members if name.endswith("RECORD"))
    rows = [row for row in members[record].decode().splitlines() if not row.startswith(manifest)]
    digest = base64.urlsafe_b64encode(hashlib.sha256(members[manifest]).digest()).rstrip(b"=").decode()
    rows.append(f"{manifest},sha256={digest},{len(members[manifest])}")
    members[record] = ("\n".join(rows) + "\n").encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target
