"""Whatever a file of school districts holds, an address has a school, has none, or the row is refused."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import RpaCommonsError, School
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.school_extract import SchoolExtract, SchoolExtractSettings
from rpa_commons.sdk import Municipality

ADDRESS = "00000000-0000-4000-a000-000000000001"
MARK = "Hemmelig"
COLUMNS = {"address_id": "a", "school": "b", "phone": "c"}
CELL = st.sampled_from([ADDRESS, ADDRESS.upper(), "", " ", MARK, '"', "x;y", "\0", "0706614818"]) | st.text(
    max_size=12
)


def ask(content: bytes) -> tuple[School | None, str]:
    """The school of the address, or what is said of the file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "schools.csv").write_bytes(content)
        where = Surroundings(Municipality("0265", "Roskilde"), "test", Path(folder), lambda _: "k" * 32)
        given_settings = {"file": "schools.csv", "columns": COLUMNS}
        connector = SchoolExtract(SchoolExtractSettings.model_validate(given_settings), where)
        try:
            return connector.school_at(ADDRESS), ""
        except RpaCommonsError as error:
            return None, f"{error!r} {error} {error.remedy}"


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6))
@settings(deadline=None)
def test_any_rows(rows: list[list[str]]) -> None:
    """Rows of likely and unlikely values never fail in another way, and no error shows a value."""
    text = "\n".join(["a;b;c", *(";".join(row) for row in rows)])

    _, said = ask(text.encode("utf-8", "replace"))

    assert MARK not in said
    assert "0706614818" not in said


@given(st.binary(max_size=300))
@example(b"a;b;c\n" + b'"x' * 150)
@example(b"\xff\xfea\0;\0")
@settings(deadline=None)
def test_any_bytes(content: bytes) -> None:
    """Bytes that are no extract at all are said to be none."""
    school, said = ask(content)

    assert school is None
    assert said


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp037"])
def test_another_encoding_is_refused(encoding: str) -> None:
    """A file that is not in the declared encoding gives no school, and its remedy says what to do."""
    school, said = ask(f"a;b;c\n{ADDRESS};Sk\u00e5ne skole {MARK};\n".encode(encoding))

    assert school is None
    assert said
    assert MARK not in said
