"""Columns of a file: encodings, delimiters and line ends recognised, broken rows alone, bounded memory."""

import tracemalloc
from collections.abc import Iterator

import pytest

from rpa_commons.validators import ColumnCheck, FileReport, UnusableFileError, dk, validate_delimited

GOOD = "0706614818"


def look(content: bytes, *, size: int = 1 << 20, encoding: str = "", delimiter: str = "") -> FileReport:
    """The columns cpr and kommune of a file that comes in pieces of a size."""
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    checks = {"cpr": ColumnCheck(dk.Cpr), "kommune": ColumnCheck(dk.MunicipalityCode, on="2026-01-01")}
    return validate_delimited(blocks, checks, encoding=encoding, delimiter=delimiter)


def rows_of(report: FileReport, column: str = "cpr") -> list[int]:
    """Every refused row of a column."""
    return sorted(row for one in report.columns[column].findings for row in one.rows)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_layouts_are_recognised(delimiter: str, end: str, mark: bytes, size: int) -> None:
    """Delimiter, line end, byte order mark, in pieces of any size."""
    lines = ["Kommune;Navn;CPR", f"0265;Søren;{GOOD}", "265;Åse;706614818", f"0255;;{GOOD}"]
    content = mark + end.join(line.replace(";", delimiter) for line in lines).encode()

    report = look(content, size=size)

    assert ("utf-8", delimiter, 3) == (report.encoding, report.delimiter, report.rows)
    assert [3] == rows_of(report)
    assert [3, 4] == rows_of(report, "kommune")
    assert not report.clean
    assert report == look(content + end.encode(), size=size)


def test_what_is_no_utf_8_is_read_as_iso_8859_1() -> None:
    """From the header on, or from the first row with a name that shows it."""
    header = "cpr;kommune;fødested\n".encode("latin-1")
    late = b"cpr;kommune;navn\n" + f"{GOOD};0265;A\n".encode() * 3 + f"{GOOD};0265;Søren\n".encode("latin-1")

    assert "iso-8859-1" == look(header + f"{GOOD};0265;A".encode()).encoding
    assert ("iso-8859-1", 4) == (look(late).encoding, look(late).columns["cpr"].valid)


def test_a_named_encoding_is_kept_to() -> None:
    """What does not fit it is refused with the line, and what does not exist is said."""
    content = b"cpr;kommune;navn\n" + f"{GOOD};0265;Søren\n".encode("latin-1")

    assert 1 == look(content, encoding="cp1252").columns["cpr"].valid
    with pytest.raises(UnusableFileError, match="is not utf-8: line 2 cannot be read"):
        look(content, encoding="utf-8")
    with pytest.raises(UnusableFileError, match="no such encoding"):
        look(content, encoding="latin-99")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        ("cpr;kommune\n".encode("utf-16"), "UTF-16"),
        (b"cpr;navn\n0706614818;A\n", 'no column "kommune"'),
        (b"cpr;kommune;CPR\n", 'the column "cpr" more than once'),
        (b"0706614818;0265\n", "line 1 is a row"),
        (b'cpr;"kommune\n', "the header has a quotation mark"),
        (b"cpr;kommune\0\n", "the header holds control characters"),
        (b"c" * 70_000, "the header is far too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(content: bytes, said: str) -> None:
    """With what is wrong and what to do; no message holds a number."""
    with pytest.raises(UnusableFileError, match=said) as caught:
        look(content)

    assert caught.value.remedy
    assert GOOD not in f"{caught.value} {caught.value.remedy}"


def test_a_missing_column_is_answered_with_what_is_near() -> None:
    """A slip with the name meant, another word with the names there are."""
    check = {"kommunekod": ColumnCheck(dk.MunicipalityCode)}
    with pytest.raises(UnusableFileError) as near:
        validate_delimited([b"cpr;Kommunekode\n"], check)
    with pytest.raises(UnusableFileError) as far:
        validate_delimited([b"cpr;navn\n"], check)

    assert 'did you mean "Kommunekode"?' == near.value.remedy
    assert "columns there are: 'cpr', 'navn'" == far.value.remedy


def test_broken_rows_break_themselves_alone() -> None:
    """An open quotation mark, a value too many, a control character, a line without end."""
    content = "\n".join(
        [
            "cpr;kommune;navn",
            f'{GOOD};0265;"open',  # 2
            f'{GOOD};0265;"with; and ""quoted"""',
            f"{GOOD};0265;A;too many",  # 4
            f"{GOOD};0265",  # 5
            f"{GOOD};0265;A;",  # a delimiter more than the header has: harmless
            f"{GOOD};0265;\0",  # 7
            f"{GOOD};0265;" + "x" * 70_000,  # 8
            f"{GOOD};0265;A",
            "2902000004;0265;A",  # 10
        ]
    ).encode()

    for size in (1 << 20, 1000, 33):
        report = look(content, size=size)

        assert [2, 4, 5, 7, 8] == sorted(row for one in report.broken for row in one.rows)
        assert (9, 3, [10]) == (report.rows, report.columns["cpr"].valid, rows_of(report))
        assert all(one.reason.startswith("the row ") for one in report.broken)


def test_lines_of_nothing_are_no_rows_and_still_count_as_lines() -> None:
    """Blank lines, lines of delimiters, DOS's mark at the end; a row with some value is a row."""
    content = f"cpr;kommune;navn\n\n;;\n  ; ;\n;;Anna\n2902000004;;\n\x1a\n{GOOD};0265;A\n\x1a".encode()

    report = look(content)

    assert (3, 1, 1) == (report.rows, report.columns["cpr"].valid, report.columns["cpr"].blank)
    assert [6] == rows_of(report)
    assert () == report.broken


def test_one_column_alone() -> None:
    """A file of nothing but numbers has no delimiter to be found."""
    report = validate_delimited([f"cpr\n{GOOD}\n\n706614818\n".encode()], {"CPR": ColumnCheck(dk.Cpr)})

    assert (2, 1, [4]) == (report.rows, report.columns["CPR"].valid, rows_of(report, "CPR"))


def test_memory_does_not_grow_with_the_file() -> None:
    """Ten times the rows, all of them wrong, take no more memory; a line without end neither."""

    def blocks(count: int) -> Iterator[bytes]:
        yield b"cpr;kommune\n"
        for _ in range(count):
            yield b"2902000004;0255;\n" * 1000

    def endless() -> Iterator[bytes]:
        yield b"cpr;kommune\n"
        for _ in range(200):
            yield b"x" * 100_000

    def peak(content: Iterator[bytes]) -> int:
        checks = {"cpr": ColumnCheck(dk.Cpr), "kommune": ColumnCheck(dk.MunicipalityCode, on="2026-01-01")}
        tracemalloc.start()
        report = validate_delimited(content, checks)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert not report.clean
        return most

    peak(blocks(1))
    small, large = peak(blocks(3)), peak(blocks(30))

    assert large < small * 1.5
    assert peak(endless()) < 2_000_000


def test_a_report_is_plain_data_without_values() -> None:
    """As JSON, with rows and reasons."""
    report = look(f'cpr;kommune\n{GOOD};0265\n2902000004;265\n"x;0265'.encode())

    data = report.to_json()

    assert [4] == data["broken"][0]["rows"]
    assert [3] == data["columns"]["cpr"]["findings"][0]["rows"]
    assert "2902000004" not in f"{data} {report}"
