"""A worker that dies at each exact point of the journal, for each class of effect; then the next run."""

from typing import Any

import pytest

POINTS = ("before-intent", "after-intent", "after-effect", "after-result", "before-outcome", "after-outcome")
CLASSES = ("keyed", "probe", "local", "unsafe")


def _points() -> list[Any]:
    """Every point for every class; in the quick suite, every class where it matters and one elsewhere."""
    quick = {"after-intent", "after-effect"}
    return [
        pytest.param(point, name, marks=() if point in quick or name == "keyed" else pytest.mark.storm)
        for point in POINTS
        for name in CLASSES
    ]


@pytest.mark.parametrize(("point", "effect_class"), _points())
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


@pytest.mark.parametrize(("script", "state"), [("ask, keyed", "in_doubt"), ("ask, die", "failed")])
def test_an_item_that_kills_five_workers_is_set_aside_and_stops_nobody(
    bench: Any, script: str, state: str
) -> None:
    """A poison item ends in doubt where an effect of it is open, else failed; the others are done first."""
    bench.cases({"poison": script, "well": "ask, keyed"})
    deaths = [bench.run().code for _ in range(5)]
    others = bench.accepted()

    last = bench.run()

    assert max(deaths) < 0
    assert others == bench.accepted() == [("keyed", "well")]
    assert bench.states() == {"poison": state, "well": "done"}
    assert last.code == 1
    assert any("poison" in finding for finding in last.last["findings"])
