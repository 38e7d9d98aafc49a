"""A posting file in a plan, and with several lanes that each have a connector of their own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rpa_commons.capabilities import BusinessError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import contract_key, contract_posting
from rpa_commons.connectors.posting_file import Layout, PostingFile, PostingFileSettings, read_file
from rpa_commons.sdk import Municipality


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the ledger's import empties."""
    folder = tmp_path / "postings"
    folder.mkdir()
    return folder


def connect(folder: Path, *, planning: bool = False, **changes: object) -> PostingFile:
    """The connector, as a lane makes it."""
    surroundings = Surroundings(
        Municipality("0265", "Roskilde"), "test", folder.parent, str, planning=planning
    )
    settings = PostingFileSettings.model_validate({"folder": folder.name, **changes})
    return PostingFile(settings, surroundings)


def everything_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file below a folder, with its content."""
    return ((str(path), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_plan_leaves_the_folder_as_it_is(folder: Path) -> None:
    """Looking up, checking and closing write nothing, nor deliver what a killed run has promised."""
    connect(folder).post(contract_posting(), key=contract_key("one"))
    before = list(everything_in(folder))
    with closing(connect(folder, planning=True)) as ledger:
        ledger.check_post(contract_posting())
        found = ledger.find("2026-0001")

    assert 1 == len(found)
    assert before == list(everything_in(folder))


def test_a_plan_hears_what_the_encoding_cannot_hold(folder: Path) -> None:
    """The same refusal as in a run, and without the text."""
    posting = contract_posting().model_copy(update={"text": "Łódź"})
    ledger = connect(folder, planning=True, encoding="iso-8859-1")

    with pytest.raises(BusinessError, match="iso-8859-1") as planned:
        ledger.check_post(posting)
    with pytest.raises(BusinessError) as posted:
        ledger.post(posting, key=contract_key("one"))

    assert str(planned.value) == str(posted.value)
    assert "Łódź" not in str(planned.value)


def test_the_lane_that_ends_first_delivers_for_all(folder: Path) -> None:
    """Two lanes on one folder: one file has both postings, and the second to end has nothing left."""
    first, second = connect(folder), connect(folder)
    first.post(contract_posting("R1"), key=contract_key("R1"))
    second.post(contract_posting("R2"), key=contract_key("R2"))
    first.close()
    second.close()
    (file,) = folder.glob("*.csv")

    assert 2 == read_file(file.read_bytes(), Layout()).postings
