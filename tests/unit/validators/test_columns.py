"""Columns: exact counts, row numbers and reasons, spreadsheets recognised, never a value."""

import json
import math
from array import array
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from rpa_commons.validators import ColumnCheck, InvalidIdentifierError, dk, validate_column

GOOD = "0706614818"


class Array:
    """What numpy, pandas and Arrow have in common: slices, and a way to a list."""

    def __init__(self, values: list[Any], ndim: int = 1) -> None:
        self.values, self.ndim, self.asked = values, ndim, 0

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, where: slice) -> "Array":
        self.asked += 1
        return Array(self.values[where])

    def __ne__(self, other: object) -> Any:
        return self  # an array of answers

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("ambiguous")

    def tolist(self) -> list[Any]:
        """As numpy's."""
        return self.values


class Arrow:
    """Arrow's way to a list."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, where: slice) -> "Arrow":
        return Arrow(self.values[where])

    def to_pylist(self) -> list[Any]:
        """As pyarrow's."""
        return self.values


class Series:
    """Pandas' column: sliced by its index, so that its array is asked for."""

    iloc = None

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def __iter__(self) -> Iterator[Any]:
        raise AssertionError("not one by one")

    def to_numpy(self) -> Array:
        """As pandas'."""
        return Array(self.values)


def test_a_column_is_counted_by_reason() -> None:
    """Valid, blank and refused add up; each reason has its rows."""
    values = [GOOD, "", None, "2902000004", "070661-4818", "2902000004", "x", "  ", math.nan]

    report = validate_column(values, dk.Cpr)

    assert (9, 2, 4, 3) == (report.total, report.valid, report.blank, report.refused)
    assert [("its first six digits are no date", 2, (4, 6)), (dk_form(), 1, (7,))] == [
        (one.reason, one.count, one.rows) for one in report.findings
    ]


def dk_form() -> str:
    """What `Cpr` says of another form, asked of it."""
    with pytest.raises(InvalidIdentifierError) as caught:
        dk.Cpr.parse("x")
    return caught.value.reason


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("706614818", "9 digits: a spreadsheet has dropped the leading zero"),
        (706614818, "9 digits: a spreadsheet has dropped the leading zero"),
        ("7,06614818E+8", "scientific notation"),
        ("7.07E+08", "scientific notation"),
        ("706614818.0", "decimal point"),
        ("706614818,00", "decimal point"),
        (706614818.0, "decimal point"),
        (True, "neither text nor a number"),
        (object(), "neither text nor a number"),
        (["0706614818"], "neither text nor a number"),
        (Array([1, 2]), "neither text nor a number"),
        (Decimal("sNaN"), "neither text nor a number"),
        pytest.param(10**5000, "far too long", id="huge"),
        (-706614818, "ten digits"),
    ],
)
def test_what_a_spreadsheet_did_is_said_and_not_repaired(value: object, said: str) -> None:
    """Leading zeros, scientific notation, decimal points: recognised, and the row is refused all the same."""
    report = validate_column([value], dk.Cpr)

    assert (0, 1) == (report.valid, report.refused)
    assert said in report.findings[0].reason


def test_several_lost_zeros_and_what_only_looks_so() -> None:
    """Twelve of fourteen digits lost two; what is wrong with zeros before it too has lost none."""
    codes = validate_column(["265", "99"], dk.MunicipalityCode, on="2026-01-01")
    numbers = validate_column(["999999999", "29020000"], dk.Cpr)
    account = validate_column(["400440116243", "40 0440116243"], dk.Account)

    assert [
        "it has 3 digits: a spreadsheet has dropped the leading zero",
        "it must be four digits, leading zeros kept",
    ] == [one.reason for one in codes.findings]
    assert [dk_form()] == [one.reason for one in numbers.findings]
    assert "it has 12 digits: a spreadsheet has dropped the leading zeros" == account.findings[0].reason


def test_a_whole_number_of_full_length_lost_nothing() -> None:
    """Ten digits as a number are the ten digits; bytes are text."""
    report = validate_column([2512169996, b"0706614818", b"\xff"], dk.Cpr)

    assert (2, 1) == (report.valid, report.refused)


def test_the_rows_listed_are_bounded_and_the_counts_exact() -> None:
    """Twenty thousand wrong rows are counted, a hundred listed, or as many as asked for."""
    values = ["2902000004"] * 20_000

    report = validate_column(values, dk.Cpr)
    short = validate_column(values, dk.Cpr, rows_kept=3, first_row=2)

    assert (20_000, tuple(range(1, 101))) == (report.findings[0].count, report.findings[0].rows)
    assert (2, 3, 4) == short.findings[0].rows
    assert 19_997 == short.to_json()["findings"][0]["rows_left_off"]


def test_reasons_are_bounded_too() -> None:
    """Three hundred expired codes have three hundred reasons; beyond two hundred they are one."""
    table = dk.MunicipalityCode.table()
    expired = [code for code in (f"{n:04}" for n in range(1000)) if table.periods(code)]

    report = validate_column(expired, dk.MunicipalityCode, on="1974-03-31")
    many = validate_column([f"{n:04}" for n in range(1000)], Chatty)

    assert 1 == len(report.findings)
    assert 201 == len(many.findings)
    assert 800 == many.findings[-1].count
    assert 1000 == many.refused


class Chatty(dk.PostalCode):
    """Refuses each value with a reason of its own."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "Chatty":
        """Refuse."""
        raise cls._refused(f"reason {hash(text)}")


def test_bulk_and_single_agree_on_every_kind_of_value() -> None:
    """A column in one piece gives what its values give alone, wherever they stand among good ones."""
    odd: list[Any] = [
        "2902000004", "2902005000", "3112999000", "0101505555\n", " 0101505555", "010150 5555", "0000000000",
        "٠١٠١٥٠٥٥٥٥", "6101505555", "0203291WQ3", 101505555, 1112505555, None, "",
        b"0101505555", "9" * 10, "1" * 9, "1" * 11,
    ]  # fmt: skip
    for accept in ((), ("replacement", "ecpr")):
        alone = [validate_column([value], dk.Cpr, accept=accept) for value in odd]
        values = [one for value in odd for one in (GOOD, value)] + [GOOD] * 10_000

        report = validate_column(values, dk.Cpr, accept=accept)

        assert sum(one.valid for one in alone) + len(odd) + 10_000 == report.valid
        assert sum(one.blank for one in alone) == report.blank
        rows = {row: one.reason for one in report.findings for row in one.rows}
        expected = {2 * at + 2: one.findings[0].reason for at, one in enumerate(alone) if one.findings}
        assert expected == rows


@pytest.mark.parametrize("type_", [dk.Cpr, dk.PostalCode])
def test_what_columns_come_as(type_: type[dk.Cpr | dk.PostalCode]) -> None:
    """Lists, generators and arrays of many makers give one report, however long."""
    good = type_.examples[0]
    values = [good, None, "x"] * 6_000

    expected = validate_column(values, type_)

    assert (6_000, 6_000, 6_000) == (expected.valid, expected.blank, expected.refused)
    assert expected == validate_column(iter(values), type_)
    assert expected == validate_column(tuple(values), type_)
    assert expected == validate_column(Array(values), type_)  # type: ignore[arg-type]
    assert expected == validate_column(Arrow(values), type_)  # type: ignore[arg-type]
    assert expected == validate_column(Series(values), type_)
    assert 2 == validate_column(array("q", [2512169996, 2512169996]), dk.Cpr).valid


def test_numpy_arrays_are_columns() -> None:
    """Text, numbers and objects, where numpy is installed."""
    numpy = pytest.importorskip("numpy")

    assert 2 == validate_column(numpy.array([GOOD, "2512169996"]), dk.Cpr).valid
    assert 2 == validate_column(numpy.array([GOOD, "2512169996"], dtype="S10"), dk.Cpr).valid
    assert 1 == validate_column(numpy.array([2512169996, 706614818]), dk.Cpr).refused
    assert 1 == validate_column(numpy.array([GOOD, None], dtype=object), dk.Cpr).blank
    assert 1 == validate_column(iter(numpy.array([2512169996, 706614818])), dk.Cpr).valid
    assert "decimal point" in validate_column([numpy.float32(7.5)], dk.Cpr).findings[0].reason
    assert 1 == validate_column([numpy.float32("nan")], dk.Cpr).blank


@pytest.mark.parametrize("values", ["0706614818", b"0706614818", Array([GOOD], ndim=2)])
def test_what_is_no_column_is_a_mistake_of_the_caller(values: Any) -> None:
    """One text, or a table."""
    with pytest.raises(TypeError, match=r"many values|one dimension"):
        validate_column(values, dk.Cpr)


def test_an_unknown_option_shows_before_the_first_row() -> None:
    """Also where every value is right and none needs it."""
    with pytest.raises(TypeError, match="foo"):
        ColumnCheck(dk.Cpr, foo=True)
    with pytest.raises(ValueError, match="stand-ins"):
        ColumnCheck(dk.Cpr, accept=("synthetic",))


def test_pieces_go_on_where_the_last_ended() -> None:
    """Rows are numbered through all pieces, or as they are said to be."""
    check = ColumnCheck(dk.PostalCode, first_row=2)
    check.add(["4000", "x"])
    check.add(["4000", "4000"])
    check.add(["y"], [17])
    check.add(["z"])

    assert (3, (17, 7)[::-1]) == (check.report().valid, tuple(sorted(check.report().findings[0].rows)[1:]))
    assert (3, 17, 7) == check.report().findings[0].rows


def test_no_report_holds_a_value() -> None:
    """Neither as text nor as JSON."""
    secrets = ["2902000004", "6101505555", "0203291WQ3", "706614818", "Anna Sand", "7.07E+08"]

    report = validate_column(secrets, dk.Cpr)

    shown = f"{report} {report!r} {json.dumps(report.to_json())}"
    assert 6 == report.refused
    assert not [one for one in secrets if one in shown]
