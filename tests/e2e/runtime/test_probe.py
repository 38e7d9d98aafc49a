"""A receiver that can be searched, but only some time after it took something."""

from typing import Any


def test_a_search_waits_for_the_settle_time_of_the_last_attempt(bench: Any) -> None:
    """Died, searched too early to be found, sent again: the next search counts from that second sending.

    The receiver shows what it took after a second. Without counting anew, the third run would search at once,
    find nothing and send a third time.
    """
    late = {"visible_after": 1.0, "settle_seconds": 1.5}
    bench.cases({"case-1": "probe"})

    bench.run(die_at=["after-intent:1"], connector=late)
    bench.run(die_at=["after-effect:1"], connector=late)
    bench.run(connector=late)

    assert bench.states() == {"case-1": "done"}
    assert bench.accepted() == [("probe", "case-1")]


def test_a_long_settle_time_puts_the_item_back_and_the_run_goes_on(bench: Any) -> None:
    """Nothing is sent before it is over; other items are handled."""
    slow = {"settle_seconds": 600.0}
    bench.cases({"case-1": "probe", "case-2": "skip"})

    bench.run(die_at=["after-intent:1"], connector=slow)
    result = bench.run(connector=slow)

    assert bench.states() == {"case-1": "new", "case-2": "skipped"}
    assert "needs time" in result.of("item")[1]["reason"]  # what a worker died over comes last
    assert (result.code, result.last["postponed"]) == (1, 1)
    assert bench.accepted() == []
