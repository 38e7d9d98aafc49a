"""The guards are there for a reason: with one of them taken out, the same events double an effect."""

import time
from pathlib import Path
from typing import Any

import pytest

MUTANTS = Path(__file__).parent / "mutants"


@pytest.mark.parametrize(("mutant", "copies"), [("", 1), ("no_key", 2)])
def test_without_a_key_that_belongs_to_the_item_a_killed_worker_doubles(
    bench: Any, mutant: str, copies: int
) -> None:
    """Killed after the effect, a keyed one is repeated; only the same key keeps it single."""
    _use(bench, mutant)
    bench.cases({"case-1": "keyed"})

    bench.run(die_at=["after-effect:1"])
    bench.run()

    assert bench.accepted() == [("keyed", "case-1")] * copies


@pytest.mark.parametrize(("mutant", "copies"), [("", 1), ("no_intent", 2)])
def test_without_an_intent_row_a_killed_worker_doubles(bench: Any, mutant: str, copies: int) -> None:
    """Killed after an unsafe effect, only the intent row tells the next run that it may have happened."""
    _use(bench, mutant)
    bench.cases({"case-1": "unsafe"})

    bench.run(die_at=["after-effect:1"])
    bench.run()

    assert bench.accepted() == [("unsafe", "case-1")] * copies


@pytest.mark.parametrize(("mutant", "copies"), [("", 1), ("no_slot", 2)])
def test_without_the_slot_lock_two_workers_double(bench: Any, mutant: str, copies: int) -> None:
    """A second worker takes the first one's live item for a dead one's, unless the slot refuses it."""
    _use(bench, mutant)
    bench.cases({"case-1": "probe"})
    bench.mode(probe="slow4")

    with bench.start() as first:
        while not bench.rows("rpac_effects"):
            time.sleep(0.05)
        bench.mode()
        second = bench.run()
        first.communicate(timeout=60)

    assert bench.accepted() == [("probe", "case-1")] * copies
    assert second.code == (0 if mutant else 5)


def _use(bench: Any, mutant: str) -> None:
    if mutant:
        bench.worker = str(MUTANTS / f"{mutant}.py")
