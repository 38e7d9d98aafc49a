"""The rpa-commons of an environment is the one that the host runs."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from rpa_commons.environments import InstallError
from rpa_commons.environments._host import _content_digest, host_package
from rpa_commons.environments._uv import Uv
from rpa_commons.manifest import wheel_sha256


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The metadata folder of an installed rpa-commons 0.1.7 that stands before the real one."""
    info = tmp_path / "site" / "rpa_commons-0.1.7.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: rpa-commons\nVersion: 0.1.7\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(info.parent))
    return info


def test_from_an_index_the_version_is_pinned(installed: Path) -> None:
    """Whatever else the index has, a bot runs beside the host's own version."""
    host = host_package(Uv())

    assert host.requirement == "rpa-commons==0.1.7"
    assert host.wheel is None


def test_from_a_wheel_file_that_wheel_is_handed_on(installed: Path, tmp_path: Path) -> None:
    """A host that was installed from a file works without an index."""
    wheel = tmp_path / "rpa_commons-0.1.7-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    origin = {"url": wheel.as_uri(), "archive_info": {}}
    (installed / "direct_url.json").write_text(json.dumps(origin), encoding="utf-8")

    host = host_package(Uv())

    assert host.wheel == wheel
    assert host.sha256 == wheel_sha256(wheel)
    assert host.requirement == f"rpa-commons @ {wheel.as_uri()}"


def test_a_wheel_file_that_is_gone_is_told(installed: Path, tmp_path: Path) -> None:
    """The message names the file that is looked for."""
    origin = {"url": (tmp_path / "gone.whl").as_uri(), "archive_info": {}}
    (installed / "direct_url.json").write_text(json.dumps(origin), encoding="utf-8")

    with pytest.raises(InstallError, match=r"gone\.whl"):
        host_package(Uv())


def test_a_host_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from a bare folder there is nothing that an environment could be given."""

    def missing(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)

    with pytest.raises(InstallError, match="without being installed"):
        host_package(Uv())


def test_a_checkout_is_known_by_its_content(tmp_path: Path) -> None:
    """An edit makes another wheel; a compiled file or a new date does not."""
    (tmp_path / "rpa_commons" / "__pycache__").mkdir(parents=True)
    source = tmp_path / "rpa_commons" / "__init__.py"
    source.write_text("a = 1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    before = _content_digest(tmp_path)

    (tmp_path / "rpa_commons" / "__pycache__" / "x.pyc").write_bytes(b"x")
    source.touch()
    same = _content_digest(tmp_path)
    source.write_text("a = 2\n", encoding="utf-8")

    assert before == same
    assert before != _content_digest(tmp_path)
