"""The vendor wheels of this repository: built, admitted, installed, known to the configuration."""

import shutil
from pathlib import Path

import pytest

from rpa_commons.conformance import examine
from rpa_commons.connectors import built_in_names
from rpa_commons.environments import build_wheel, connectors_of, install, read_lock
from tests.e2e.connectors.connector_town import Town, quiet

pytestmark = pytest.mark.network

PLUGINS = Path(__file__).parents[3] / "plugins"


@pytest.mark.parametrize("name", ["kmd-nova", "getorganized"])
def test_a_vendors_wheel_comes_from_its_folder_into_a_stack(
    name: str, host: None, roskilde: Town, tmp_path: Path
) -> None:
    """What anybody does who publishes the next one: build, check, install; its settings are known then."""
    ignored = shutil.ignore_patterns("build", "dist", "__pycache__", "tests")
    shutil.copytree(PLUGINS / f"connector-{name}", tmp_path / "source", ignore=ignored)
    wheel = build_wheel(tmp_path / "source", tmp_path / "dist", progress=quiet)

    assert not examine(wheel, reserved=built_in_names()).findings
    (done,) = install(roskilde.municipality, [wheel], progress=quiet)
    assert ("connector", True, ()) == (done.manifest.kind, done.changed, done.instances)
    assert [f"connector-{name}"] == [one.name for one in read_lock(roskilde.folder).connectors]
    known = connectors_of(roskilde.municipality)[name]
    assert "CaseSystem" == known.capability
    assert "url" in known.settings_schema["properties"]
