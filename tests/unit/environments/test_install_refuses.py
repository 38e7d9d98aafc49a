"""An installation that cannot be carried out leaves everything as it was."""

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from rpa_commons.environments import InstallError, NotInstalledError, UvError, WheelRefusedError, install
from rpa_commons.environments._host import HostPackage
from rpa_commons.environments._uv import Uv
from rpa_commons.manifest import Manifest


def files(municipality: Any) -> list[Path]:
    """What lies in the municipality's two folders, but the installation's own lock."""
    found = [*municipality.folder.rglob("*"), *municipality.state_dir.rglob("*")]
    return [path for path in found if path.is_file() and path.name != "install.lock"]


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host from an index that nobody can reach."""
    monkeypatch.setattr(
        "rpa_commons.environments._install.host_package", lambda _: HostPackage("0.1.0.dev999999")
    )
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


def test_a_hostile_wheel_leaves_nothing_behind(municipality: Any, make_wheel: Any) -> None:
    """It is refused before a byte of it is copied."""
    wheel = make_wheel(extra={"../evil": b"x"})

    with pytest.raises(WheelRefusedError):
        install(municipality, [wheel], progress=lambda _: None)

    assert files(municipality) == []


def test_two_wheels_of_one_bot_are_refused(municipality: Any, make_wheel: Any, tmp_path: Path) -> None:
    """Which of the two should count is for a person to say."""
    wheel = make_wheel()

    with pytest.raises(WheelRefusedError, match="two wheels of quiet-bot"):
        install(municipality, [wheel, wheel], progress=lambda _: None)


def test_a_wheel_that_is_no_bot_is_refused(municipality: Any, make_wheel: Any, manifest: Manifest) -> None:
    """A connector wheel without a connector is of no use to any stack."""
    wheel = make_wheel(text=manifest.model_copy(update={"kind": "connector"}).to_json())

    with pytest.raises(WheelRefusedError, match="it is a connector wheel and ships no connector"):
        install(municipality, [wheel], progress=lambda _: None)


def test_an_index_out_of_reach_is_a_sentence_and_leaves_nothing(
    municipality: Any, make_wheel: Any, host: None
) -> None:
    """A municipality's proxy is the usual cause: the remedy names it."""
    with pytest.raises(UvError) as caught:
        install(municipality, [make_wheel()], progress=lambda _: None)

    assert "the package index cannot be reached" in caught.value.message
    assert "HTTPS_PROXY" in caught.value.remedy
    assert files(municipality) == []


def test_offline_without_a_cache_is_a_sentence(
    municipality: Any, make_wheel: Any, host: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is missing is the cache; the remedy says how to fill it."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty"))

    with pytest.raises(UvError, match="not everything is in uv's cache"):
        install(municipality, [make_wheel()], progress=lambda _: None, offline=True)

    assert files(municipality) == []


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    municipality: Any, make_wheel: Any, host: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a copy is removed, and what was installed before still works."""

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)

    with pytest.raises(InstallError, match="no space left on the disk") as caught:
        install(municipality, [make_wheel()], progress=lambda _: None)

    assert str(municipality.state_dir) in caught.value.remedy
    assert files(municipality) == []


def test_a_folder_that_cannot_be_written_is_named(municipality: Any, make_wheel: Any) -> None:
    """A state_dir that is a file is found before anything else."""
    municipality.state_dir.rmdir()
    municipality.state_dir.write_text("", encoding="utf-8")

    with pytest.raises(InstallError) as caught:
        install(municipality, [make_wheel()], progress=lambda _: None)

    assert str(municipality.state_dir) in caught.value.remedy


def test_a_second_installation_says_that_it_waits(
    municipality: Any, make_wheel: Any, host: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once would get in the way of each other; the second waits and says so."""
    monkeypatch.setattr("rpa_commons.environments._alone._WAIT", 0.1)
    said: list[str] = []

    with (
        FileLock(municipality.state_dir / "install.lock"),
        pytest.raises(InstallError, match="another installation holds"),
    ):
        install(municipality, [make_wheel()], progress=said.append)

    assert said == ["another installation is running here; waiting for it to end"]


def test_without_wheels_and_without_a_lock_there_is_nothing_to_do(municipality: Any) -> None:
    """The remedy is to name a wheel."""
    with pytest.raises(NotInstalledError) as caught:
        install(municipality, [], progress=lambda _: None)

    assert "rpac install WHEEL" in caught.value.remedy


def test_uv_offline_passes_the_word_on() -> None:
    """--offline reaches uv, whatever the command."""
    with pytest.raises(UvError, match="uv's cache"):
        Uv(offline=True).run("resolving", ["pip", "compile", "-"], stdin="no-such-package-at-all==1\n")
