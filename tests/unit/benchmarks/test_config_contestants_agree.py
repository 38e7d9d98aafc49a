import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks._contestants import Contestant, DisagreementError, agreed
from benchmarks.config import contestants


def _leaves(tree: Any) -> int:
    if not isinstance(tree, dict) or set(tree) == {"env"}:
        return 1
    return sum(_leaves(one) for one in tree.values())


def test_ours_and_the_floor_agree_on_41_keys(tmp_path: Path) -> None:
    """Every amount of our work and the floor give equal settings, from the same interpreter version."""
    with contestants(tmp_path, peers=False) as found:
        result = agreed(found)

        assert 41 == _leaves(result)
        assert {sys.version.split()[0]} == {one.python for one in found}
        assert all(one.seconds(2) > 0 for one in found)
        assert (21, 40, 1.0) == (
            result["window_days"],
            *(result["limits"][key] for key in ("per_run", "largest")),
        )


@pytest.mark.network
def test_the_peers_agree_too(tmp_path: Path) -> None:
    """pydantic-settings, dynaconf and OmegaConf give the same 41 values."""
    with contestants(tmp_path) as found:
        assert 41 == _leaves(agreed(found))
        assert {"pydantic-settings", "dynaconf", "OmegaConf"} < {one.name for one in found}


def test_different_results_are_no_comparison(tmp_path: Path) -> None:
    """Before anything is timed, a contestant with another result is found out, and both are named."""
    with contestants(tmp_path, peers=False) as found:
        found[-1].result = json.loads(json.dumps(found[-1].result).replace("21", "22"))

        with pytest.raises(DisagreementError) as caught:
            agreed(found)

    assert (found[0].name, found[-1].name) == caught.value.names


def test_a_contestant_that_fails_is_no_measurement(tmp_path: Path) -> None:
    """A process that ends without an answer is an error, not a very quick one."""
    with pytest.raises(RuntimeError, match="no measurement"):
        Contestant("broken", sys.executable, "config_floor.py", tmp_path / "nowhere")
