"""What holds for every column and every file of bytes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.validators import (
    ColumnCheck,
    InvalidIdentifierError,
    UnusableFileError,
    dk,
    validate_column,
    validate_delimited,
)

GOOD = "0706614818"
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.just(GOOD),
    st.text(max_size=12),
    st.text(alphabet="0123456789", min_size=10, max_size=10),
    st.from_regex(r"\A(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{6}\Z"),
    st.from_regex(r"\A2902[0-9]{6}\Z"),
    st.integers(),
    st.floats(),
    st.none(),
    st.binary(max_size=12),
    st.booleans(),
)


def _is_right(value: object) -> bool:
    try:
        dk.Cpr.parse(value)  # type: ignore[arg-type]
    except InvalidIdentifierError:
        return False
    return True


@given(st.lists(VALUES, max_size=60))
def test_a_column_of_texts_is_what_its_values_are_alone(values: list[Any]) -> None:
    """The bulk way and ``parse`` never disagree on a text; counts add up; rows are those refused."""
    report = validate_column(values, dk.Cpr, rows_kept=100)

    refused = {row for one in report.findings for row in one.rows}
    assert len(values) == report.total
    assert len(refused) == report.refused
    for row, value in enumerate(values, 1):
        if isinstance(value, str) and value.strip():
            assert _is_right(value) == (row not in refused)


@given(st.lists(VALUES, max_size=30), st.integers(1, 7))
def test_pieces_give_the_same_report(values: list[Any], size: int) -> None:
    """However a column is cut."""
    check = ColumnCheck(dk.Cpr)
    for start in range(0, len(values), size):
        check.add(values[start : start + size])

    assert validate_column(values, dk.Cpr) == check.report()


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='cprnavn;,|\t\r\n"0123456789 æ\0', max_size=300).map(str.encode),
        st.lists(st.text(alphabet='07066148 ;"', max_size=20), max_size=20).map(
            lambda rows: "\n".join(["cpr;navn", *rows]).encode("utf-8")
        ),
    ),
    st.integers(1, 50),
)
def test_any_bytes_are_a_file_or_refused(content: bytes, size: int) -> None:
    """No exception but ours, and the report does not depend on how the bytes come."""
    answers = []
    for step in (size, len(content) or 1):
        blocks = [content[start : start + step] for start in range(0, len(content), step)]
        try:
            answers.append(validate_delimited(blocks, {"cpr": ColumnCheck(dk.Cpr)}))
        except UnusableFileError as error:
            answers.append(error.problem)

    assert answers[0] == answers[1]
