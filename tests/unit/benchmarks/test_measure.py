"""How benchmarks compare: in turns, ours first, ratios round by round."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import _measure


def _figures(values: list[float]) -> Iterator[float]:
    yield from values


def test_the_ratio_is_taken_round_by_round_and_the_first_round_is_not_counted() -> None:
    """A machine that slows down by half in one round does not change the ratio."""
    ours, peer = _figures([9.0, 2.0, 4.0, 2.0]), _figures([9.0, 1.0, 2.0, 1.0])

    [first, second] = _measure.compare({"ours": lambda: next(ours), "peer": lambda: next(peer)}, rounds=3)

    assert (first.median, first.ratio_of_ours) == (2.0, 1.0)
    assert (second.low, second.high, second.ratio_of_ours) == (1.0, 2.0, 2.0)


def test_a_result_says_when_and_on_what_kind_of_machine_but_not_on_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Date, system, cores and Python version are kept; no host name."""
    monkeypatch.setattr(_measure, "RESULTS", tmp_path)

    _measure.save("x", "seconds", [_measure.Figures("ours", 1.0, 1.0, 1.0, 1.0)], "against nothing")
    kept = json.loads((tmp_path / "x.json").read_text("utf-8"))

    assert set(kept["machine"]) == {"system", "architecture", "cores", "python"}
    assert kept["figures"][0]["name"] == "ours"
    assert kept["measured_at"].endswith("+00:00")
