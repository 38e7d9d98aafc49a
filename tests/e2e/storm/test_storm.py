"""Storm A: workers killed at random moments, restarted, and every case counted at the receiver.

The receiver answers late, so that many kills fall between an effect and its result, which is where doubles
are made. ``RPAC_STORM_SEED`` repeats a storm; a failing one prints its seed.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from typing import Any

import pytest

ITEMS_SHORT, KILLS_SHORT = 60, 4
ITEMS_LONG, KILLS_LONG = 500, 20


@pytest.mark.parametrize("effect_class", ["keyed", pytest.param("probe", marks=pytest.mark.storm)])
def test_a_short_storm_loses_and_doubles_nothing(bench: Any, effect_class: str) -> None:
    """60 cases, 4 kills, one thread: each accepted once, none lost."""
    storm = _storm(bench, items=ITEMS_SHORT, kills=KILLS_SHORT, script=f"ask, {effect_class}", threads=1)

    assert Counter(dict.fromkeys(_references(ITEMS_SHORT), 1)) == storm
    assert set(bench.states().values()) == {"done"}


@pytest.mark.storm
@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("effect_class", ["keyed", "probe"])
def test_a_long_storm_loses_and_doubles_nothing(bench: Any, threads: int, effect_class: str) -> None:
    """500 cases, 20 kills: each accepted once, none lost."""
    storm = _storm(bench, items=ITEMS_LONG, kills=KILLS_LONG, script=f"ask, {effect_class}", threads=threads)

    assert Counter(dict.fromkeys(_references(ITEMS_LONG), 1)) == storm
    assert set(bench.states().values()) == {"done"}


@pytest.mark.storm
@pytest.mark.parametrize("threads", [1, 8])
def test_a_long_storm_of_unsafe_effects_doubles_nothing_and_reports_the_doubtful(
    bench: Any, threads: int
) -> None:
    """500 cases, 20 kills, a receiver that honours nothing: none twice; what is missing is in doubt."""
    storm = _storm(bench, items=ITEMS_LONG, kills=KILLS_LONG, script="ask, unsafe", threads=threads)

    states = bench.states()
    assert set(storm.values()) == {1}
    assert {"done", "in_doubt"} >= set(states.values())
    assert all(states[name] == "in_doubt" for name in set(_references(ITEMS_LONG)) - set(storm))


@pytest.mark.storm
def test_the_same_storm_with_keys_off_doubles(bench: Any) -> None:
    """The storm can fail: a receiver that ignores keys gets some case twice."""
    storm = _storm(bench, items=ITEMS_SHORT, kills=8, script="keyed", threads=1, honour_keys=False)

    assert max(storm.values()) > 1


def _storm(
    bench: Any, *, items: int, kills: int, script: str, threads: int, honour_keys: bool = True
) -> Counter[str]:
    seed = int(os.environ.get("RPAC_STORM_SEED", str(random.SystemRandom().randrange(10**6))))
    sys.stderr.write(f"RPAC_STORM_SEED={seed}\n")
    chance = random.Random(seed)  # noqa: S311 - when to kill, not a secret
    bench.cases(dict.fromkeys(_references(items), script))
    bench.mode(**dict.fromkeys(("keyed", "probe", "unsafe"), "lag0.004"))
    wishes = {"threads": threads, "connector": {"honour_keys": honour_keys}}
    left = kills
    while left:
        process = bench.start(**wishes)
        killed = _kill_after(
            process, chance.randint(1, max(1, items // (kills + 2))), chance.uniform(0, 0.01)
        )
        left -= killed
        if not killed:  # everything was done before the storm was over
            break
    bench.mode()
    final = bench.run(**wishes)
    assert final.of("finished"), final.log
    return Counter(reference for _, reference in bench.accepted())


def _kill_after(process: Any, seen: int, pause: float) -> int:
    """Kill a worker a moment after it has reported so many items; 0 when it ended before."""
    with process:
        for line in process.stdout:
            seen -= json.loads(line)["event"] == "item"
            if seen == 0:
                break
        time.sleep(pause)
        alive = process.poll() is None
        process.kill()
        process.communicate()
    return int(alive and process.returncode < 0)


def _references(count: int) -> list[str]:
    return [f"case-{number:04}" for number in range(count)]
