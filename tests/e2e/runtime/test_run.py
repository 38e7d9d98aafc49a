"""Runs of real workers: what happens to items, by what the bot and the receiver do."""

from typing import Any

import pytest


def test_every_case_is_handled_once_and_a_second_run_finds_nothing_new(bench: Any) -> None:
    """Three cases, three letters; the second run takes up none and succeeds."""
    bench.cases({"case-1": "ask, keyed", "case-2": "keyed:a, keyed:b", "case-3": "skip"})

    first, second = bench.run(), bench.run()

    assert (first.code, second.code) == (0, 0)
    assert bench.states() == {"case-1": "done", "case-2": "done", "case-3": "skipped"}
    assert bench.accepted() == [("keyed", "case-1"), ("keyed", "case-2"), ("keyed", "case-2")]
    assert (first.last["new"], first.last["done"], first.last["skipped"]) == (3, 2, 1)
    assert first.last["effects"] == {"Receiver.keyed": 3}
    assert first.last["minutes"] == 6.0
    assert (second.last["new"], second.last["done"], second.last["queued"]) == (0, 0, 0)


def test_outcomes_become_states(bench: Any) -> None:
    """Each outcome has its state; what a person must look at is not a failure of the run."""
    bench.cases({"a": "skip", "b": "handover", "c": "propose", "d": "wait:900", "e": "business"})

    result = bench.run()

    states = {"a": "skipped", "b": "handed_over", "c": "proposed", "d": "waiting", "e": "handed_over"}
    assert bench.states() == states
    assert result.code == 0


@pytest.mark.parametrize(
    "script", ["error", "text", "naive", "keyed, keyed", "decide", "try decide", "try keyed, try keyed"]
)
def test_a_mistake_of_the_bot_fails_its_own_item_alone(bench: Any, script: str) -> None:
    """The item fails, the next one is done, and no value shows; a mistake at the door cannot be swallowed."""
    bench.cases({"case-1": script, "case-2": "keyed"})

    result = bench.run()

    assert bench.states() == {"case-1": "failed", "case-2": "done"}
    assert result.code == 1
    assert "2211771212" not in str(result.events) + result.log


def test_a_failure_says_where_in_the_bot_it_was(bench: Any) -> None:
    """The reason is the error's class and its place in the bot's file; the full text is kept sealed."""
    bench.cases({"case-1": "error"})

    result = bench.run()

    assert "ValueError (rpac_test_bots.py:" in result.of("item")[0]["reason"]
    assert "in carry_out" in result.of("item")[0]["reason"]


def test_a_call_with_other_arguments_in_a_replay_fails_rather_than_answering_with_the_old_result(
    bench: Any,
) -> None:
    """A bot that is not deterministic is told so; the effect is not carried out again."""
    bench.cases({"case-1": "random"})

    bench.run(die_at=["after-result:1"])
    result = bench.run()

    assert bench.states() == {"case-1": "failed"}
    assert "other arguments" in result.of("item")[0]["reason"]
    assert len(bench.accepted()) == 1


def test_a_reference_that_comes_again_with_another_content_is_refused_and_reported(bench: Any) -> None:
    """The first content is kept; the run says so and ends with 1."""
    bench.cases({"case-1": "keyed"})
    bench.run()
    bench.cases({"case-1": "keyed, skip"})

    result = bench.run()

    assert result.code == 1
    assert any("case-1" in finding for finding in result.last["findings"])
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_system_that_is_down_stops_the_run_early_and_loses_nothing(bench: Any) -> None:
    """After three items in a row the run ends with one message; when the system is back all are handled."""
    bench.cases({f"case-{number}": "keyed" for number in range(6)})
    bench.mode(keyed="no")

    down = bench.run()
    bench.mode()
    up = bench.run()

    assert down.code == 1
    assert "receiver: connection refused" in down.last["stopped"]
    assert (down.last["postponed"], down.last["queued"]) == (3, 6)
    assert up.code == 0
    assert sorted(bench.accepted()) == [("keyed", f"case-{number}") for number in range(6)]


@pytest.mark.parametrize("effect_class", ["keyed", "probe", "local"])
def test_an_effect_without_answer_is_repeated_under_its_key(bench: Any, effect_class: str) -> None:
    """The receiver took it and did not answer: once the system answers again, still one."""
    bench.cases({"case-1": effect_class})
    bench.mode(**{effect_class: "maybe-after"})

    bench.run()
    bench.mode()
    bench.run()

    assert bench.states() == {"case-1": "done"}
    assert bench.accepted() == [(effect_class, "case-1")]


def test_an_unsafe_effect_that_certainly_was_not_sent_is_tried_again(bench: Any) -> None:
    """Connection refused is not a doubt."""
    bench.cases({"case-1": "unsafe"})
    bench.mode(unsafe="no")

    bench.run()
    bench.mode()
    bench.run()

    assert bench.states() == {"case-1": "done"}
    assert bench.accepted() == [("unsafe", "case-1")]


@pytest.mark.parametrize("script", ["unsafe", "try unsafe, done", "try unsafe, try unsafe:again, handover"])
def test_an_unsafe_effect_without_answer_is_in_doubt_whatever_the_bot_catches(
    bench: Any, script: str
) -> None:
    """A bot's ``except Exception`` does not turn a doubt into an outcome."""
    bench.cases({"case-1": script})
    bench.mode(unsafe="maybe-after")

    result = bench.run()

    assert result.code == 1
    assert bench.states() == {"case-1": "in_doubt"}
    assert bench.accepted() == [("unsafe", "case-1")]


@pytest.mark.parametrize("script", ["try keyed, done", "try keyed, business", "try keyed, error"])
def test_an_effect_of_unknown_end_outweighs_the_outcome_that_follows(bench: Any, script: str) -> None:
    """A bot that goes on after an unanswered effect leaves a doubt, not a done."""
    bench.cases({"case-1": script})
    bench.mode(keyed="maybe-before")

    bench.run()

    assert bench.states() == {"case-1": "in_doubt"}


def test_a_connector_that_breaks_after_the_effect_leaves_a_doubt_and_no_value(bench: Any) -> None:
    """Whether the effect happened is not known; what the connector said shows nowhere."""
    bench.cases({"case-1": "keyed", "case-2": "skip"})
    bench.mode(keyed="crash")

    result = bench.run()

    assert bench.states() == {"case-1": "in_doubt", "case-2": "skipped"}
    assert "2211771212" not in str(result.events) + result.log


def test_a_refusal_by_the_receiver_is_handed_over_and_stands_in_a_replay(bench: Any) -> None:
    """A business error of an effect ends it: the bot may go on without it, again and again the same way."""
    bench.cases({"case-1": "keyed", "case-2": "try keyed, unsafe:paper"})
    bench.mode(keyed="refuse")

    bench.run(die_at=["before-outcome:2"])
    bench.mode()
    bench.run()

    assert bench.states() == {"case-1": "handed_over", "case-2": "done"}
    assert bench.accepted() == [("unsafe", "case-2")]


def test_a_waiting_item_goes_on_in_a_later_run_with_a_later_clock_and_what_it_did(bench: Any) -> None:
    """What was done before waiting is not done again; the clock has moved."""
    bench.cases({"case-1": "keyed, clock, phase"})

    bench.run()
    before = bench.rows("rpac_items")[0].now
    bench.run()

    assert bench.states() == {"case-1": "done"}
    assert bench.accepted() == [("keyed", "case-1")]
    assert bench.rows("rpac_items")[0].now > before


def test_a_replay_sees_the_clock_of_the_first_time(bench: Any) -> None:
    """An item's now is written down when it is first taken up."""
    bench.cases({"case-1": "clock, keyed"})

    bench.run(die_at=["after-intent:1"])
    before = bench.rows("rpac_items")[0].now
    bench.run()

    assert bench.rows("rpac_items")[0].now == before
    assert bench.story("case-1").outcome["receipt"].startswith(before[:19])


def test_two_instances_of_a_bot_that_is_unique_in_the_municipality_share_their_references(bench: Any) -> None:
    """The second instance leaves the first one's cases alone."""
    bench.cases({"case-1": "keyed"})
    shared = {"bot": "shared", "unique": "municipality"}

    bench.run(instance=shared)
    second = bench.run(instance=shared | {"id": "0b6f0c1e-0000-4000-8000-000000000002", "name": "other"})

    assert (second.code, second.last["elsewhere"], second.last["new"]) == (0, 1, 0)
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_limit_bounds_how_many_items_a_run_takes_up(bench: Any) -> None:
    """The rest stays queued for the next run."""
    bench.cases({f"case-{number}": "keyed" for number in range(5)})

    first = bench.run(limit=2)
    second = bench.run()

    assert (first.code, first.last["done"], first.last["queued"]) == (0, 2, 3)
    assert (second.last["done"], second.last["queued"]) == (3, 0)


def test_an_error_while_finding_keeps_what_was_found_before_it(bench: Any) -> None:
    """Cases before the error are handled, the run says what was wrong and ends with 1."""
    bench.cases([{"reference": "case-1", "words": ["keyed"]}, {"reference": "!", "words": []}])

    result = bench.run()

    assert result.code == 1
    assert bench.states() == {"case-1": "done"}
    assert any("connection refused" in finding for finding in result.last["findings"])


def test_a_reference_that_is_a_personal_number_is_never_written_down(bench: Any) -> None:
    """The looking ends there, and the number shows nowhere."""
    bench.cases([{"reference": "case-1", "words": ["keyed"]}, {"reference": "2211771212", "words": []}])

    result = bench.run()

    assert result.code == 1
    assert bench.states() == {"case-1": "done"}
    assert "2211771212" not in str(result.events) + result.log


def test_a_weakened_effect_is_treated_as_its_connector_says(bench: Any) -> None:
    """A connector that says unsafe leaves a doubt where the capability's keyed would repeat."""
    bench.cases({"case-1": "keyed"})
    weak = {"weaken": {"keyed": "unsafe"}}

    bench.run(die_at=["after-intent:1"], connector=weak)
    bench.run(connector=weak)

    assert bench.states() == {"case-1": "in_doubt"}


def test_a_connector_may_not_strengthen_an_effect(bench: Any) -> None:
    """It is refused before anything runs."""
    bench.cases({"case-1": "unsafe"})

    result = bench.run(connector={"weaken": {"unsafe": "keyed"}})

    assert result.code == 5
    assert "may only weaken" in result.last["remedy"]
    assert bench.states() == {}


def test_what_a_bot_prints_does_not_disturb_the_events(bench: Any) -> None:
    """Standard output belongs to the events."""
    bench.cases({"case-1": 'print:{"event": "finished"}, keyed'})

    result = bench.run()

    assert result.code == 0
    assert len(result.of("finished")) == 1


def test_an_observer_that_fails_is_logged_by_its_class_and_changes_nothing(bench: Any) -> None:
    """The item is done all the same."""
    bench.cases({"observer-fails": "keyed"})

    result = bench.run()

    assert result.code == 0
    assert "ValueError" in result.log
    assert "2211771212" not in result.log


def test_eight_lanes_handle_each_case_once(bench: Any) -> None:
    """Eight threads share one queue."""
    bench.cases({f"case-{number:03}": "ask, keyed" for number in range(80)})

    result = bench.run(threads=8)

    assert result.code == 0
    assert sorted(bench.accepted()) == [("keyed", f"case-{number:03}") for number in range(80)]
