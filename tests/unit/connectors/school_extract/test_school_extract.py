"""The extract of school districts: which school an address belongs to, and what the file may not be."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import School, SchoolDistricts, capability_spec
from rpa_commons.connectors import Surroundings, load
from rpa_commons.connectors._extract import ExtractFileError
from rpa_commons.connectors._extract_row import DuplicateRowError, RowError
from rpa_commons.connectors.school_extract import SchoolExtract, SchoolExtractSettings
from rpa_commons.sdk import Municipality

HEADER = "adresse_id;skole;telefon"
ROWS = ("4BD8-01;Skolen på Bakken;36 39 00 01", "4bd8-02;Engskolen;")
COLUMNS = {"address_id": "adresse_id", "school": "skole", "phone": "telefon"}

Open = Callable[..., SchoolExtract]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Writes a file of the given rows and opens the connector over it."""

    def write_and_open(*rows: str, **changes: Any) -> SchoolExtract:
        (tmp_path / "schools.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
        given: dict[str, Any] = {"file": "schools.csv", "columns": COLUMNS, **changes}
        surroundings = Surroundings(Municipality("0167", "Hvidovre"), "test", tmp_path, lambda _: "")
        return SchoolExtract(SchoolExtractSettings(**given), surroundings)

    return write_and_open


def test_an_address_has_its_school(opened: Open) -> None:
    """Ids are the same in capitals; a school without a number has none."""
    connector = opened(*ROWS)

    assert School(name="Skolen på Bakken", phone="36 39 00 01") == connector.school_at("4bd8-01")
    assert School(name="Engskolen") == connector.school_at("4BD8-02")


def test_an_unknown_address_has_none(opened: Open) -> None:
    """That is an answer, and no error."""
    assert opened(*ROWS).school_at("4bd8-99") is None


def test_the_telephone_need_not_be_there(opened: Open) -> None:
    """A file of two columns is enough."""
    columns = {"address_id": "adresse_id", "school": "skole"}

    assert School(name="Engskolen") == opened("a;Engskolen;36", columns=columns).school_at("a")


def test_two_schools_for_one_address_are_refused(opened: Open) -> None:
    """Nobody can say which is right; the same row twice does no harm."""
    connector = opened("a;Engskolen;", "a;Bakkeskolen;", "b;Engskolen;", "b;Engskolen;")

    assert School(name="Engskolen") == connector.school_at("b")
    with pytest.raises(DuplicateRowError, match=r"schools\.csv:2"):
        connector.school_at("a")


@pytest.mark.parametrize("row", ["a;;", "a"])
def test_a_broken_row_is_told_by_its_line(opened: Open, row: str) -> None:
    """A school that is blank, and a row of one value."""
    with pytest.raises(RowError, match=r"schools\.csv:3"):
        opened(ROWS[0], row).school_at("a")


def test_a_broken_row_stops_nobody_else(opened: Open) -> None:
    """The address of a readable row is answered."""
    assert opened(ROWS[0], "a").school_at("4bd8-01") is not None


def test_a_missing_file_is_for_later(opened: Open, tmp_path: Path) -> None:
    """The cases wait until the job that writes it has run."""
    connector = opened(*ROWS)
    (tmp_path / "schools.csv").unlink()

    with pytest.raises(ExtractFileError, match=r"schools\.csv"):
        connector.school_at("4bd8-01")


def test_a_new_file_is_read_again(opened: Open, tmp_path: Path) -> None:
    """Without a new start."""
    connector = opened(*ROWS)
    before = connector.school_at("4bd8-02")
    (tmp_path / "schools.csv").write_text(f"{HEADER}\n4bd8-02;Den nye skole;\n", encoding="utf-8")
    os.utime(tmp_path / "schools.csv", (1, 1))

    assert School(name="Engskolen") == before
    assert School(name="Den nye skole") == connector.school_at("4bd8-02")


def test_it_declares_itself() -> None:
    """By its name in the catalogue; its capability has one query and no effect."""
    connector = load("school-extract")
    spec = capability_spec(SchoolDistricts)

    assert SchoolExtract is connector
    assert SchoolDistricts is connector.capability
    assert {"school_at": None} == {name: call.effect_class for name, call in spec.calls.items()}
