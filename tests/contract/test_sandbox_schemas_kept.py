"""What `rpac specs` keeps reaches the simulators, verified, without a folder being named.

The official files are found through the environment variable ``RPAC_SPECS`` and never lie in the project.
"""

import os
from pathlib import Path

import pytest

from rpa_commons.cli.sandbox._schemas import PLACES, schemas_from_specs
from rpa_commons.sandbox import Sandbox
from rpa_commons.specs import SpecsStore, add_known, families


def test_without_a_kept_schema_there_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made up."""
    monkeypatch.setenv("RPAC_SPECS_FOLDER", str(tmp_path / "specs"))

    assert schemas_from_specs(tmp_path / "schemas") is None
    assert not (tmp_path / "schemas").exists()


@pytest.mark.specs
@pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files")
def test_a_kept_schema_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SSBTEK's simulator validates by it; a damaged one is left out, saying so."""
    monkeypatch.setenv("RPAC_SPECS_FOLDER", str(tmp_path / "specs"))
    store = SpecsStore(tmp_path / "specs")
    add_known(store, Path(os.environ["RPAC_SPECS"]).resolve() / "ssbtek")
    folder = schemas_from_specs(tmp_path / "schemas")
    with Sandbox(tmp_path / "box", only=("ssbtek",), schemas=folder) as box:
        unvalidated = box.services["ssbtek"].unvalidated
    next((tmp_path / "specs").rglob("*.xsd")).write_bytes(b"damaged")

    assert "" == unvalidated
    assert schemas_from_specs(tmp_path / "schemas") is None
    assert "left out" in capsys.readouterr().err
    assert [] == list((tmp_path / "schemas").rglob("*.xsd"))


@pytest.mark.specs
@pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files")
def test_kept_schemas_of_the_danish_services_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SF1520 has its whole contract; of MeMo, what its publisher's core imports is said to be missing."""
    monkeypatch.setenv("RPAC_SPECS_FOLDER", str(tmp_path / "specs"))
    store = SpecsStore(tmp_path / "specs")
    official = Path(os.environ["RPAC_SPECS"]).resolve()
    resources = official / "serviceplatformen" / "resources"
    for place in (
        official / "memo",
        resources / "person-base-data-extended-service-contract",
        resources / "sf1600",
    ):
        add_known(store, place)
    folder = schemas_from_specs(tmp_path / "schemas")
    with Sandbox(tmp_path / "box", only=("sf1520", "sf1601"), schemas=folder) as box:
        unvalidated = {name: box.services[name].unvalidated for name in ("sf1520", "sf1601")}

    assert "" == unvalidated["sf1520"]
    assert unvalidated["sf1601"].startswith("MeMo_core.xsd without MeMo_dataTypes.xsd, ")
    assert "letters on paper" not in unvalidated["sf1601"]


def test_every_kept_family_has_its_place() -> None:
    """A family that no document is checked by is for a simulator, or it would be kept for nothing."""
    only_simulators = {one.name for one in families() if one.kind == "xsd" and not one.for_documents}

    assert only_simulators <= set(PLACES)
    assert {one.name for one in families()} >= set(PLACES)
