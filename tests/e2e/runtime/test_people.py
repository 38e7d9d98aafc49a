"""What people do: take over from another robot, settle doubts, reopen cases, wrap a step."""

import sqlite3
from typing import Any

import pytest

from rpa_commons.runtime import ReopenRefusedError, UnknownItemError, open_keys, reopen, settle

ID = "0b6f0c1e-0000-4000-8000-000000000001"
DATED = [
    {"reference": "old", "words": ["keyed"], "occurred_on": "2026-10-31"},
    {"reference": "new", "words": ["keyed"], "occurred_on": "2026-11-01"},
    {"reference": "undated", "words": ["keyed"]},
]


def _keys(bench: Any) -> Any:
    return open_keys(bench.state_dir, None, create=False)


def test_a_first_run_in_production_refuses_to_begin_with_the_whole_past(bench: Any) -> None:
    """Nothing is enqueued, and the remedy names both ways out."""
    bench.cases(DATED)

    result = bench.run(environment="production")

    assert result.code == 5
    assert "start_from" in result.last["remedy"]
    assert "rpac items adopt letters" in result.last["remedy"]
    assert bench.states() == {}


def test_cases_before_the_start_date_are_skipped_and_counted(bench: Any) -> None:
    """The day itself belongs to the new robot; a case without a date is never skipped."""
    bench.cases(DATED)

    result = bench.run(environment="production", instance={"start_from": "2026-11-01"})

    assert (result.code, result.last["before_start"]) == (0, 1)
    assert sorted(bench.accepted()) == [("keyed", "new"), ("keyed", "undated")]


def test_adopted_references_are_done_and_let_production_begin(bench: Any) -> None:
    """What the old robot handled is not handled again."""
    bench.cases(DATED)

    adopted = bench.run(mode="adopt", adopt_references=["old", "elsewhere", "old"])
    result = bench.run(environment="production")

    assert (adopted.code, adopted.last["adopted"]) == (0, 2)
    assert result.code == 0
    assert sorted(bench.accepted()) == [("keyed", "new"), ("keyed", "undated")]


def test_adopting_before_a_day_marks_the_cases_that_arose_before_it(bench: Any) -> None:
    """Also those that are queued already; cases without a date are left alone and counted."""
    bench.cases(DATED)
    bench.run(mode="adopt", adopt_references=["unrelated"])

    adopted = bench.run(mode="adopt", adopt_before="2026-11-01")
    bench.run()

    assert (adopted.last["adopted"], adopted.last["undated"]) == (1, 1)
    assert sorted(bench.accepted()) == [("keyed", "new"), ("keyed", "undated")]


def test_a_file_with_a_personal_number_adopts_nothing(bench: Any) -> None:
    """The number is not repeated in the message."""
    result = bench.run(mode="adopt", adopt_references=["fine", "2211771212"])

    assert result.code == 5
    assert "reference 2" in result.last["message"]
    assert "2211771212" not in str(result.events)
    assert bench.states() == {}


@pytest.mark.parametrize("happened", [True, False])
def test_a_person_settles_a_doubt_and_the_next_run_goes_on_from_there(bench: Any, happened: bool) -> None:
    """Happened: the effect is not repeated, what follows is done. Not happened: it is carried out."""
    bench.cases({"case-1": "unsafe, keyed:after"})
    bench.run(die_at=["after-effect:1" if happened else "after-intent:1"])
    bench.run()

    names = settle(bench.state_dir, ID, _keys(bench), "case-1", happened=happened, by="A. Person")
    bench.run()

    assert names == ("Receiver.unsafe",)
    assert bench.states() == {"case-1": "done"}
    assert bench.accepted() == [("unsafe", "case-1"), ("keyed", "case-1")]
    receipt = bench.story("case-1").outcome["receipt"]
    assert receipt.startswith("settled-") is happened


def test_only_a_doubt_can_be_settled(bench: Any) -> None:
    """A done item is refused, and so is an unknown one."""
    bench.cases({"case-1": "keyed"})
    bench.run()

    with pytest.raises(UnknownItemError, match="it is done, not in doubt"):
        settle(bench.state_dir, ID, _keys(bench), "case-1", happened=True, by="A. Person")
    with pytest.raises(UnknownItemError, match="there is no such item"):
        settle(bench.state_dir, ID, _keys(bench), "case-2", happened=True, by="A. Person")


def test_reopening_starts_a_new_generation_with_keys_of_its_own(bench: Any) -> None:
    """The case is done again once, and its story keeps both generations and the person's reason."""
    bench.cases({"case-1": "keyed"})
    bench.run()

    wish = {"by": "A. Person", "reason": "wrong letter"}
    with pytest.raises(ReopenRefusedError) as caught:
        reopen(bench.state_dir, ID, _keys(bench), "case-1", **wish)
    generation = reopen(bench.state_dir, ID, _keys(bench), "case-1", **wish, again=True)
    bench.run()
    bench.run()

    assert caught.value.exit_code == 5
    assert [line.split(" on ")[0] for line in caught.value.done] == ["Receiver.keyed"]
    assert generation == 2
    assert bench.accepted() == [("keyed", "case-1"), ("keyed", "case-1")]
    story = bench.story("case-1")
    keys = [call["key"] for call in story.calls]
    assert len(set(keys)) == 2
    assert story.words[0]["reason"] == "wrong letter"
    assert story.words[0]["outcome"]["kind"] == "done"


@pytest.mark.parametrize(("script", "state"), [("propose", "proposed"), ("wait:900", "waiting")])
def test_what_has_not_ended_cannot_be_reopened(bench: Any, script: str, state: str) -> None:
    """A proposal is decided, a wait is waited for."""
    bench.cases({"case-1": script})
    bench.run()

    with pytest.raises(UnknownItemError, match=f"it is {state}"):
        reopen(bench.state_dir, ID, _keys(bench), "case-1", by="A. Person", reason="why")


def test_a_story_names_calls_and_rules_and_hides_values(bench: Any) -> None:
    """Facts show by name, keys shortened, numbers never."""
    bench.cases({"case-1": "ask, rule, keyed:first"})
    bench.run()

    story = bench.story("case-1")

    assert [(call["call"], call["kind"]) for call in story.calls] == [
        ("Receiver.name_of", "query"),
        ("Receiver.keyed", "keyed"),
    ]
    assert len(story.calls[1]["key"]) == 12
    assert story.outcome["rules"] == [{"paragraph": "§ 1", "facts": {"number": "…"}, "result": "applies"}]
    assert "2211771212" not in str(vars(story))


HOOK = """
from rpa_commons.sdk import Veto, hookimpl

@hookimpl(wrapper=True)
def rpac_step_compose(step):
    if step.arguments["text"] == "forbidden":
        raise Veto("not in our municipality")
    step.arguments["text"] += " with our words"
    return (yield)
"""


def _hook(bench: Any, source: str) -> str:
    path = bench.folder / "hook.py"
    path.write_text(source, encoding="utf-8")
    return str(path)


def test_a_municipality_wraps_a_step_and_may_veto_it(bench: Any) -> None:
    """Arguments change, the step runs once; a veto hands the case to a person; the digest is recorded."""
    bench.cases({"case-1": "compose:hello, keyed", "case-2": "compose:forbidden, keyed"})

    result = bench.run(hook=_hook(bench, HOOK))

    assert bench.states() == {"case-1": "done", "case-2": "handed_over"}
    assert (bench.folder / "composed.txt").read_text("utf-8") == "hello with our words\n"
    assert "not in our municipality" in result.of("item")[1]["reason"]
    assert len(bench.rows("rpac_runs")[0].hook_sha256) == 64


@pytest.mark.parametrize(
    ("source", "problem", "remedy"),
    [
        (HOOK.replace("compose", "compsoe"), "no hook rpac_step_compsoe", "did you mean rpac_step_compose?"),
        (HOOK.replace("@hookimpl(wrapper=True)", ""), "not marked", "@hookimpl"),
        (HOOK.replace("(wrapper=True)", ""), "take the place", "wraps"),
        (HOOK.replace("(step)", "(steps)"), "steps", "one argument"),
        ("import no_such_module", "cannot be loaded", "correct"),
    ],
)
def test_a_broken_hook_is_refused_before_anything_runs(
    bench: Any, source: str, problem: str, remedy: str
) -> None:
    """With the place, what is wrong, and a guess."""
    bench.cases({"case-1": "compose:hello"})

    result = bench.run(hook=_hook(bench, source))

    assert result.code == 1
    assert "hook.py" in result.last["message"]
    assert problem in result.last["message"]
    assert remedy in result.last["remedy"]
    assert bench.states() == {}


def test_a_veto_after_the_step_has_run_fails_the_item(bench: Any) -> None:
    """It comes too late to be a veto."""
    late = HOOK.replace("    return (yield)", "    yield\n    raise Veto('too late')")
    bench.cases({"case-1": "compose:hello"})

    bench.run(hook=_hook(bench, late))

    assert bench.states() == {"case-1": "failed"}


def test_minutes_of_a_run_that_broke_off_are_counted_by_the_next_one(bench: Any) -> None:
    """Every case that was done frees its minutes once, whatever happened to the run."""
    bench.cases({f"case-{number}": "keyed" for number in range(5)})

    bench.run(die_at=["before-outcome:4"])
    bench.run()
    bench.run()

    book = sqlite3.connect(bench.state_dir / "municipality.sqlite")
    lines = book.execute("SELECT run, minutes FROM rpac_audit ORDER BY run").fetchall()
    book.close()
    assert lines == [(1, 9.0), (2, 6.0), (3, 0.0)]
