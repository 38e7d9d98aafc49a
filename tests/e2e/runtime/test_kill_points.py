"""A worker that dies at each exact point of the journal, for each class of effect; then the next run."""

from typing import Any

import pytest

POINTS = ("before-intent", "after-intent", "after-effect", "after-result", "before-outcome", "after-outcome")
CLASSES = ("keyed", "probe", "local", "unsafe")


@pytest.mark.parametrize("effect_class", CLASSES)
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_at_a_point_neither_loses_nor_doubles(
    bench: Any, point: str, effect_class: str
) -> None:
    """Whatever the point of death, the effect happens once; an unsafe one of unknown end goes to a person."""
    bench.cases({"case-1": f"ask, {effect_class}", "case-2": f"ask, {effect_class}"})

    dead = bench.run(die_at=[f"{point}:1"])
    again = bench.run()

    assert dead.code < 0
    unknown = effect_class == "unsafe" and point in {"after-intent", "after-effect"}
    assert bench.states() == {"case-1": "in_doubt" if unknown else "done", "case-2": "done"}
    accepted = bench.accepted()
    assert accepted.count((effect_class, "case-1")) == (0 if unknown and point == "after-intent" else 1)
    assert accepted.count((effect_class, "case-2")) == 1
    assert again.code == (1 if unknown else 0)


@pytest.mark.parametrize("script", ["propose", "wait:1"])
def test_a_worker_that_dies_after_the_row_of_a_proposal_leaves_one_proposal(bench: Any, script: str) -> None:
    """A proposal that is written down stands, and its item is not processed again."""
    bench.cases({"case-1": f"keyed, {script}".replace("wait:1", "wait:900")})

    bench.run(die_at=["after-outcome:1"])
    bench.run()

    assert bench.states() == {"case-1": "proposed" if script == "propose" else "waiting"}
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_reference_journalled_by_name_survives_a_step_that_an_upgrade_inserts(bench: Any) -> None:
    """A query inserted before a recorded effect is asked, and the effect is not carried out again."""
    bench.cases({"case-1": "ask, keyed:first, keyed:second"})
    bench.run(die_at=["after-result:1"])

    bench.cases({"case-1": "ask, keyed:first, keyed:second"})
    rows = bench.rows("rpac_items")
    again = bench.run(instance={"bot_version": "2.0.0", "bot": "scripted-two"})

    assert len(rows) == 1
    assert again.code == 0
    assert bench.accepted() == [("keyed", "case-1"), ("keyed", "case-1")]
    assert (bench.folder / "asked.txt").read_text("utf-8").splitlines() == ["asked", "asked"]


def test_an_item_that_kills_five_workers_is_set_aside_and_the_rest_goes_on(bench: Any) -> None:
    """A poison item ends failed, or in doubt where an effect of it is open; other items are done."""
    bench.cases({"case-1": "ask, keyed", "case-2": "ask, keyed"})
    for _ in range(5):
        bench.run(die_at=["after-intent:1"])

    last = bench.run()

    assert bench.states() == {"case-1": "in_doubt", "case-2": "done"}
    assert last.code == 1
    assert any("case-1" in finding for finding in last.last["findings"])


def test_an_item_that_kills_five_workers_before_any_intent_fails(bench: Any) -> None:
    """Where nothing can have happened outside, a poison item is simply failed."""
    bench.cases({"case-1": "ask, keyed"})
    for _ in range(5):
        bench.run(die_at=["before-intent:1"])

    bench.run()

    assert bench.states() == {"case-1": "failed"}
    assert bench.accepted() == []
