"""An extract file is read once for all lanes of a run, and anew when it changes."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import School
from rpa_commons.connectors import Surroundings, _extract_index
from rpa_commons.connectors.school_extract import SchoolExtract, SchoolExtractSettings
from rpa_commons.sdk import Municipality

COLUMNS = {"address_id": "id", "school": "school"}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which files were read, in order."""
    read, seen = _extract_index.read_extract, []

    def counted(source: Any, columns: Any) -> Any:
        seen.append(source.shown)
        return read(source, columns)

    monkeypatch.setattr(_extract_index, "read_extract", counted)
    return seen


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    """Two files, of one row each."""
    for name, school in (("a.csv", "Engskolen"), ("b.csv", "Bakkeskolen")):
        (tmp_path / name).write_text(f"id;school\n1;{school}\n", encoding="utf-8")
    return Surroundings(Municipality("0167", "Hvidovre"), "test", tmp_path, lambda _: "")


def lane(surroundings: Surroundings, file: str = "a.csv", **columns: str) -> SchoolExtract:
    """A connector, as each lane gets its own."""
    return SchoolExtract(SchoolExtractSettings(file=file, columns={**COLUMNS, **columns}), surroundings)


def asked(connector: SchoolExtract) -> School | None:
    """What a lane is told; it is closed then."""
    try:
        return connector.school_at("1")
    finally:
        connector.close()


def test_the_lanes_of_a_run_read_a_file_once(surroundings: Surroundings, reads: list[str]) -> None:
    """Side by side and one after another; a file that has changed is read again."""
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: asked(lane(surroundings)), range(8)))
    before = list(reads)
    file = surroundings.folder / "a.csv"
    file.write_text("id;school\n1;Den nye skole\n", encoding="utf-8")
    os.utime(file, (1, 1))

    assert {School(name="Engskolen")} == found
    assert ["a.csv"] == before
    assert School(name="Den nye skole") == asked(lane(surroundings))
    assert ["a.csv"] * 2 == reads


def test_another_file_or_another_layout_is_another_reading(
    surroundings: Surroundings, reads: list[str]
) -> None:
    """Nothing is taken from a reading that was made otherwise."""
    lanes = [lane(surroundings), lane(surroundings, "b.csv"), lane(surroundings, school="id")]

    assert ["Engskolen", "Bakkeskolen", "1"] == [found.name for one in lanes if (found := asked(one))]
    assert ["a.csv", "b.csv", "a.csv"] == reads
