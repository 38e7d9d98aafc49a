"""The register extract as a file: layout, errors about the whole file, and re-reading."""

import os
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors._extract import ExtractFileError
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings

ANNA, BENT = "0101505555", "0202515666"
HEADER = "PNR;Adresseringsnavn;Status;Beskyttet;Boern;Vej;Postnr;By;Kommune"
ROW = "0101505555;Søren Sand;01;nej;2;Algade 31, 2. tv;4000;Roskilde;0265"
Open = Callable[..., RegisterExtract]
Rows = Callable[..., str]


def refused(connector: RegisterExtract) -> ExtractFileError:
    """The error about the whole file."""
    with pytest.raises(ExtractFileError) as caught:
        connector.person(ANNA)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("iso-8859-1", "iso-8859-1"), ("cp1252", "cp1252")],
)
def test_encodings(opened: Open, encoding: str, written: str) -> None:
    """UTF-8 with and without its mark, ISO 8859-1 and Windows-1252 give the same name."""
    connector = opened(f"{HEADER}\n{ROW}".encode(written), encoding=encoding)

    assert "Søren Sand" == connector.person(ANNA).name


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(opened: Open, delimiter: str) -> None:
    """Each delimiter that may be declared works; a value that holds it is quoted."""
    row = delimiter.join(f'"{value}"' for value in ROW.split(";"))
    connector = opened(HEADER.replace(";", delimiter) + "\n" + row, delimiter=delimiter)

    assert "Søren Sand" == connector.person(ANNA).name


def test_headers_are_found_whatever_their_case_and_spacing(opened: Open) -> None:
    """Odd case, doubled and hard spaces and quotes in the header do not matter; the order does not either."""
    header = ' pnr ;"ADRESSERINGSNAVN";status;\u00a0Beskyttet ;BOERN;extra  column;Vej;Postnr;By;Kommune'
    row = "0101505555;Anna;01;nej;2;?;Algade;4000;Roskilde;0265"

    assert "Anna" == opened(f"{header}\n{row}").person(ANNA).name


def test_every_missing_column_is_named_with_a_guess(opened: Open) -> None:
    """A missing column is an error of the file that names all of them, their header, and a likely one."""
    error = refused(opened(f"{HEADER.replace('PNR', 'P-NR').replace('Boern', 'Kids')}\n{ROW}"))

    assert 'people.csv:1: has no column "PNR", "Boern"' == f"{error.file}: {error.problem}"
    assert (
        'did you mean columns.cpr = "P-NR"? columns there are: "P-NR", "Adresseringsnavn", "Status", '
        '"Beskyttet", "Kids", "Vej", "Postnr", "By", "Kommune"'
    ) == error.remedy
    assert isinstance(error, TransientError)


def test_a_wide_header_is_not_listed_to_its_end(opened: Open) -> None:
    """Long names and long lists are cut."""
    wide = ";".join(f"{'x' * 100}{number}" for number in range(100))
    error = refused(opened(f"PNR;{wide}\n"))

    assert error.remedy.endswith(f'"{"x" * 40}" and 61 more')


def test_a_first_line_that_may_be_a_person_is_not_listed(opened: Open) -> None:
    """Where no declared column is in it, the first line may be somebody's: nothing of it is shown."""
    error = refused(opened("Søren Sand;Algade 31;4000;Roskilde\n"))

    assert error.remedy.startswith("correct columns.cpr, columns.")
    assert error.remedy.endswith("the cooperation's perhaps), or add the columns to the export")
    assert "Søren" not in error.message + error.remedy


def test_a_file_without_header_shows_nobody(opened: Open) -> None:
    """Where the first line is a person's row, the message says so and shows nothing of it."""
    error = refused(opened(f"{ROW}\n{ROW}"))

    assert "the first line is a person's row, not a header" == error.problem
    assert [] == [text for text in (ANNA, "Søren", "Algade") if text in f"{error} {error.remedy}"]


def test_a_wrong_delimiter_is_suspected(opened: Open) -> None:
    """A header that does not come apart leads to the delimiter."""
    assert "check the delimiter" in refused(opened(HEADER.replace(";", ","))).remedy


def test_a_column_that_stands_twice_is_refused(opened: Open) -> None:
    """Which of two columns of one name is meant is not guessed."""
    error = refused(opened(f"{HEADER};status\n{ROW};90"))

    assert 'has the column "Status" more than once' == error.problem


@pytest.mark.parametrize(
    ("content", "settings", "problem"),
    [
        (b"", {}, "is empty"),
        (b"\r\n  \n", {}, "is empty"),
        (f"{HEADER}\n{ROW}".encode("cp1252"), {}, "is not utf-8"),
        (f"{HEADER}\n{ROW}".encode(), {"encoding": "cp1252"}, "is UTF-8, not cp1252"),
        (f"{HEADER}\n{ROW}".encode(), {"encoding": "iso-8859-1"}, "is UTF-8, not iso-8859-1"),
        (b"\xef\xbb\xbfPNR", {"encoding": "cp1252"}, "is UTF-8, not cp1252"),
        (b"PNR;\x81", {"encoding": "cp1252"}, "is not cp1252"),
        (f"{HEADER}\n{ROW}".encode("utf-16"), {}, "is UTF-16"),
        (HEADER.encode("utf-16-le"), {"encoding": "cp1252"}, "the header holds control characters"),
        (b"\0" * 100, {}, "the header holds control characters"),
        (b'PNR;"Status', {}, "the header has a quotation mark that is not closed"),
        (b"x" * 1_000_000, {}, "the header is 1000000 characters long"),
        (b"PK\x03\x04" + bytes(range(256)), {}, "is not utf-8"),
        (b"x" * (1024 * 1024 + 1), {"max_megabytes": 1}, "is 1 MB, more than max_megabytes = 1"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_as_a_whole(
    opened: Open, content: bytes, settings: dict[str, Any], problem: str
) -> None:
    """Empty, wrong encoding, a spreadsheet, zeros, too large: one error with place and remedy."""
    error = refused(opened(content, **settings))

    assert error.problem.startswith(problem)
    assert error.file.startswith("people.csv")
    assert error.remedy
    assert "no" == error.sent


def test_the_line_of_a_wrong_byte_is_named(opened: Open) -> None:
    """A byte that is not in the declared encoding is found by its line."""
    error = refused(opened(f"{HEADER}\n{ROW.replace('ø', 'o')}\n".encode() + ROW.encode("cp1252")))

    assert "people.csv:3: is not utf-8, but can be read as cp1252" == f"{error.file}: {error.problem}"
    assert 'set encoding = "cp1252"' in error.remedy


def test_ten_megabytes_in_one_line_stop_nobody_else(opened: Open, rows: Rows) -> None:
    """A line of 10 MB, quotes and all, is one broken row."""
    connector = opened(rows('"' + "0303525777;x" * 850_000))

    assert "Bent Mark" == connector.person(BENT).name


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(opened: Open, rows: Rows) -> None:
    """The people below an unclosed quote are still found."""
    assert "Bent Mark" == opened(rows('"0303525777;Carl')).person(BENT).name


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("absent.csv", "cannot be read"),
        (".", "is not a file"),
        ("a\0b.csv", "cannot be read: is no usable path"),
    ],
)
def test_a_path_that_is_no_file(opened: Open, file: str, problem: str) -> None:
    """An absent file, a folder and an impossible path are errors of the file."""
    error = refused(opened(file=file))

    assert error.problem.startswith(problem)
    assert error.remedy


@pytest.mark.skipif(os.name != "posix", reason="pipes in the file system are POSIX's")
def test_a_pipe_is_not_waited_for(opened: Open, tmp_path: Path) -> None:
    """A named pipe is refused instead of being read for ever."""
    connector = opened(file="pipe.csv")
    os.mkfifo(tmp_path / "pipe.csv")

    assert "is not a file" == refused(connector).problem


def test_a_changed_file_is_read_again(opened: Open, tmp_path: Path) -> None:
    """A new delivery counts from the next question on."""
    connector = opened()
    before = connector.person(ANNA).children_under_18
    (tmp_path / "people.csv").write_text(f"{HEADER}\n{ROW.replace(';2;', ';3;')} ", encoding="utf-8")

    assert (2, 3) == (before, connector.person(ANNA).children_under_18)


def test_an_unchanged_file_is_read_once(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions without a new delivery do not read the file."""
    connector = opened()
    connector.person(ANNA)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file was read again"))

    assert "Bent Mark" == connector.person(BENT).name


def test_a_new_file_that_is_broken_does_not_leave_the_old_answers(opened: Open, tmp_path: Path) -> None:
    """What stood in yesterday's file is not answered once today's cannot be read."""
    connector = opened()
    connector.person(ANNA)
    (tmp_path / "people.csv").write_bytes(b"")

    assert "is empty" == refused(connector).problem


def test_a_file_that_changes_while_it_is_read(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a delivery is not believed: the question is asked again later."""
    connector = opened()
    read = Path.read_bytes

    def read_and_grow(path: Path) -> bytes:
        content = read(path)
        with path.open("ab") as stream:
            stream.write(b"0303525777;Carl")
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_grow)

    assert "changed while it was read" == refused(connector).problem


def test_an_absolute_path_is_taken_as_it_is(opened: Open, tmp_path: Path) -> None:
    """A file on a share may be named by its whole path."""
    assert "Anna Sand" == opened(file=str(tmp_path / "people.csv")).person(ANNA).name


def test_several_threads_may_ask(opened: Open) -> None:
    """The connector is shared by the worker's threads: one index, every answer right."""
    connector = opened()
    names: list[str] = []

    def ask() -> None:
        names.extend(connector.person(ANNA).name for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["Anna Sand"] * 400 == names


def test_two_hundred_thousand_rows(opened: Open) -> None:
    """The register of a large municipality is one index; first and last person are found."""
    first = date(2040, 1, 1)
    lines = [HEADER]
    for number in range(200_000):
        day = first + timedelta(days=number // 40)
        lines.append(f"{day:%d%m%y}{5000 + number % 40};Person {number};01;nej;0;Algade 1;4000;Roskilde;0265")
    connector = opened("\n".join(lines))
    last = lines[-1].partition(";")[0]

    assert ["Person 0", "Person 199999"] == [connector.person(cpr).name for cpr in ("0101405000", last)]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"encoding": "utf-16"}, "encoding"),
        ({"delimiter": ":"}, "delimiter"),
        ({"date_format": "%d-%m-%y"}, "date_format"),
        ({"date_format": "%d-%m"}, "date_format"),
        ({"date_format": "yyyy-mm-dd"}, "date_format"),
        ({"max_megabytes": 0}, "max_megabytes"),
        ({"file": ""}, "file"),
        ({"statuses": {"1": "alive"}}, "statuses"),
        ({"booleans": {"x": "yes"}}, "booleans"),
        ({"columns": {"cpr": "PNR"}}, "columns"),
        ({"kolonner": {}}, "kolonner"),
    ],
)
def test_settings_are_strict(changed: dict[str, Any], key: str) -> None:
    """A wrong type, an unknown key, a two-digit year: refused when the settings are read."""
    columns = {name: name for name in ("cpr", "name", "status", "protected", "children_under_18")}

    with pytest.raises(ValidationError) as caught:
        RegisterExtractSettings(**{"file": "people.csv", "columns": columns, **changed})

    assert key in {error["loc"][0] for error in caught.value.errors()}


def test_settings_describe_themselves() -> None:
    """Every setting has a sentence for the local admin, also in the nested table."""
    schema = RegisterExtractSettings.model_json_schema()
    tables = [schema["properties"], schema["$defs"]["RegisterColumns"]["properties"]]

    assert [] == [name for table in tables for name, field in table.items() if not field.get("description")]
