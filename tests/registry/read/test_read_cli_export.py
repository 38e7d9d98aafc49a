"""``rpac-registry export``: what it prints and how it ends."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def command(shelf: Any) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``rpac-registry`` on the shelf's registry."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        head = [sys.executable, "-c", "from rpa_registry.cli import main; main()"]
        folder = str(shelf.registry.settings.folder)
        return subprocess.run(
            [*head, "-C", folder, *words], capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_the_command_says_what_it_did(shelf: Any, command: Any, tmp_path: Path) -> None:
    """The result goes to stdout, talk to stderr; JSON has the same numbers."""
    shelf.put()
    first = command("export", str(tmp_path / "www"))
    second = command("export", str(tmp_path / "www"), "--json")
    document = json.loads(second.stdout)

    assert first.returncode == 0, first.stderr
    assert "1 wheels; " in first.stdout
    assert "1 wheels" in first.stderr
    assert (document["files"], document["written"], document["removed"]) == (1, 0, 0)


def test_the_command_refuses_a_folder_of_others(command: Any, tmp_path: Path) -> None:
    """Exit code 1, what is wrong, and the next thing to do."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    done = command("export", str(tmp_path))

    assert done.returncode == 1
    assert "is not empty and no earlier export" in done.stderr
    assert "name an empty folder" in done.stderr
