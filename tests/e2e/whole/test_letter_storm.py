"""The storm on the real thing: 500 movers, 20 kills, letters counted by business key at the receiver."""

import random
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox

pytestmark = [pytest.mark.network, pytest.mark.storm]

_LETTERS = 500
_KILLS = 20
_PEOPLE = 1100


@pytest.mark.parametrize("threads", [1, 8])
def test_every_mover_gets_one_letter(cooperation: Any, tmp_path: Path, threads: int) -> None:
    """Workers are killed 20 times while 500 people are written to: 500 letters, none lost, none twice."""
    chance = random.Random(20261121 + threads)  # noqa: S311 - when to kill, not a secret
    with Sandbox(tmp_path / "big", municipality={"0265": "29189404"}, people=_PEOPLE) as box:
        town = cooperation.town("roskilde", box)
        planned = town.go("plan")
        kills = 0
        while kills < _KILLS:
            assert town.killed_after(chance.randint(1, 30), threads=threads), "killed too late: more people"
            kills += 1
        last = town.go(threads=threads)
        paper = len(list((town.folder / "outbox").glob("*.pdf")))
        letters = box.letters()

    assert last["exit_code"] == 0
    assert last["queued"] == 0
    assert planned["states"]["done"] >= _LETTERS
    assert planned["states"] == dict(town.states())  # what was foreseen happened, killed or not
    assert set(letters.values()) == {1}
    assert len(letters) + paper == planned["states"]["done"]
