"""An upgrade of a connector wheel that is killed between lock, environment, stack and confirmations."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

REPOSITORY = Path(__file__).parents[3]
DRIVER = "tests.unit.environments.killed_connector_upgrade"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What there was before, where it was killed, after the same command, and without a kill."""
    command = [sys.executable, "-m", DRIVER, str(tmp_path_factory.mktemp("killed"))]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)

    assert 0 == done.returncode, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_whole_upgrade_moves_all_of_it(killed: dict[str, Any]) -> None:
    """Both stack files, the record of confirmations, the lock: otherwise no kill would prove anything."""
    before, whole = killed["before"], killed["whole"]

    assert [] == [name for name in before["files"] if before["files"][name] == whole["files"][name]]
    assert (["1.0.0", "1.0.0"], ["2.0.0", "2.0.0"]) == (before["versions"], whole["versions"])
    assert [] == killed["waiting"]
    assert len(killed["points"]) >= 6


def test_wherever_it_is_killed_every_file_is_whole(killed: dict[str, Any]) -> None:
    """As it was or as it is to be; the lock names the connector and the bots' packages in one version."""
    for point in killed["points"]:
        for name, text in point["after"]["files"].items():
            assert text in {killed["before"]["files"][name], killed["whole"]["files"][name]}
        assert 1 == len(set(point["after"]["versions"]))


def test_whatever_is_written_ahead_of_the_lock_is_told(killed: dict[str, Any]) -> None:
    """And nothing else, before the first file and behind the lock; no bot starts on files of two versions."""
    for point in killed["points"]:
        after = point["after"]
        is_old = after["versions"] == killed["before"]["versions"]
        ahead = [
            name
            for name, text in after["files"].items()
            if is_old and text != killed["before"]["files"][name]
        ]

        assert sorted(ahead) == after["told"]
        assert len(ahead) * ["E501"] == point["refused"]
    assert any(point["after"]["told"] for point in killed["points"])


def test_the_same_command_ends_it(killed: dict[str, Any]) -> None:
    """Wherever it was killed: files, lock and environment are those of an upgrade that nobody killed."""
    for point in killed["points"]:
        assert killed["whole"] == point["again"]
    assert (True, True, [], []) == tuple(
        killed["whole"][key] for key in ("is_ready", "has_pylock", "told", "left")
    )
