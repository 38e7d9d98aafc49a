"""Rows of a stronger layer on those below."""

from typing import Any

from rpa_commons.tables import combine_rows


def row(income: str, fee: str, day: str = "2026-01-01", origin: str = "a:1") -> dict[str, Any]:
    """One row as JSON."""
    return {"when": {"income": income}, "then": {"fee": fee}, "from": day, "row": origin}


def test_rows_are_added_and_stand_first() -> None:
    """Another condition or another day is another row."""
    below = [row("0", "1"), row("500", "2")]
    added = [row("0", "3", "2027-01-01"), row("900", "4")]

    assert [*added, *below] == combine_rows(below, added)


def test_the_same_conditions_and_day_replace() -> None:
    """Whatever the answer is; the rest stays."""
    below = [row("0", "1"), row("500", "2")]

    assert [row("0", "9", origin="b:7"), row("500", "2")] == combine_rows(
        below, [row("0", "9", origin="b:7")]
    )


def test_the_same_rows_again_are_the_rows_below() -> None:
    """A copy of the baseline's file says nothing new, so that a lock does not refuse it."""
    below = [row("0", "1"), row("500", "2")]
    copy = [row("0", "1", origin="b:1"), row("500", "2", origin="b:2")]

    assert below is combine_rows(below, copy)


def test_a_double_in_one_layer_stays_a_double() -> None:
    """It is the check that refuses it, with both lines."""
    twice = [row("0", "1"), row("0", "2", origin="a:2")]

    assert twice == combine_rows([row("0", "5")], twice)


def test_what_is_no_list_of_rows_replaces() -> None:
    """A wrong shape is left for the schema to refuse."""
    assert "x" == combine_rows([row("0", "1")], "x")
    assert [5] == combine_rows("x", [5])
    assert [5, row("0", "1")] == combine_rows([row("0", "1")], [5])
