"""What a person is told of cases that did not end well, and of a run that found nothing to do."""

from typing import Any


def test_a_run_counts_distinct_reasons_with_their_remedies(bench: Any) -> None:
    """An error of the library with its own words and remedy, and never a number."""
    bench.cases({"a": "handover", "b": "handover", "c": "business", "d": "library", "e": "skip"})

    result = bench.run()

    rows = [tuple(one.values()) for one in result.last["reasons"]]
    assert list(result.last["reasons"][0]) == ["state", "reason", "remedy", "count"]
    assert rows == [
        ("failed", "… is not known here", "look it up", 1),
        ("handed_over", "a person decides", "", 2),
        ("handed_over", "no such case", "", 1),
    ]
    assert bench.story("d").outcome["remedy"] == "look it up"
    assert "2211771212" not in str(result.events)


def test_what_was_put_back_says_why_and_a_plan_says_the_same(bench: Any) -> None:
    """The run that ends early names the system's own words; so does the plan that stops there."""
    bench.cases({f"case-{number}": "ask, keyed" for number in range(5)})
    bench.mode(name_of="no")

    plan, run = bench.run(mode="plan"), bench.run()

    why = {"reason": "receiver: connection refused", "remedy": "", "count": 3}
    assert plan.last["reasons"] == [{"state": "unknown"} | why]
    assert plan.last["findings"] == [
        "the plan stops after 3 cases, for one reason: receiver: connection refused"
    ]
    assert run.last["reasons"] == [{"state": "postponed"} | why]
    assert run.last["stopped"] == (
        "3 cases in a row were put back for one reason: receiver: connection refused"
    )


def test_a_source_that_cannot_be_read_is_called_that(bench: Any) -> None:
    """In a plan and in a run; a missing file is no system that does not answer."""
    bench.cases([{"reference": "!", "words": []}])

    plan, run = bench.run(mode="plan"), bench.run()

    why = "the source cannot be read: register: connection refused"
    assert plan.last["findings"] == [why]
    assert run.last["findings"] == [f"{why}; what was queued before is worked on"]


def test_a_start_date_in_the_future_is_a_finding_and_nobody_is_called_handled(bench: Any) -> None:
    """A typed year is told by run and plan, which count what lies before it."""
    bench.cases([{"reference": "case-1", "words": ["keyed"], "occurred_on": "2026-11-01"}])
    typo = {"start_from": "2999-11-01"}

    plan, run = bench.run(mode="plan", instance=typo), bench.run(instance=typo)

    for result in (plan, run):
        assert (result.code, result.last["before_start"]) == (1, 1)
        assert "start_from = 2999-11-01 lies in the future" in result.last["findings"][0]


def test_a_plan_leaves_the_cases_of_another_instance_to_it(bench: Any) -> None:
    """As the run does, and without a trace in the municipality's state."""
    bench.cases({"case-1": "keyed"})
    shared = {"bot": "shared", "unique": "municipality"}
    bench.run(instance=shared)
    bench.cases({"case-1": "keyed", "case-2": "keyed"})
    book = bench.state_dir / "municipality.sqlite"
    before = book.read_bytes()

    other = shared | {"id": "0b6f0c1e-0000-4000-8000-000000000002", "name": "other"}
    plan = bench.run(mode="plan", instance=other)

    assert (plan.last["found"], plan.last["elsewhere"], plan.last["planned"]) == (2, 1, 1)
    assert [one["reference"] for one in plan.of("planned")] == ["case-2"]
    assert book.read_bytes() == before
    assert list(bench.state_dir.glob("municipality.sqlite-*")) == []


def test_a_plan_with_a_limit_takes_the_cases_that_the_run_takes(bench: Any) -> None:
    """Not in the order of the source but of the queue; every case is counted all the same."""
    bench.cases({f"case-{number}": "done" for number in (5, 3, 4, 1, 2)})
    bench.run(limit=1)

    plan, run = bench.run(mode="plan", limit=2), bench.run(limit=2)

    planned = [one["reference"] for one in plan.of("planned")]
    assert planned == [one["reference"] for one in run.of("item")] == ["case-2", "case-3"]
    assert (plan.last["found"], plan.last["due"]) == (5, 4)


def test_a_fresh_plan_with_a_limit_sorts_as_the_queue_will(bench: Any) -> None:
    """Before the first run too."""
    bench.cases({f"case-{number}": "done" for number in (5, 3, 4, 1, 2)})

    plan = bench.run(mode="plan", limit=2)

    assert [one["reference"] for one in plan.of("planned")] == ["case-1", "case-2"]
