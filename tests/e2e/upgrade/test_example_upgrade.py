"""The upgrade that examples/upgrade shows, command by command as its README has them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.network

REPOSITORY = Path(__file__).parents[3]
EXAMPLE = REPOSITORY / "examples" / "upgrade"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, subprocess.CompletedProcess[str]]]:
    """The README's commands carried out on a copy: where, and what each answered."""
    root = tmp_path_factory.mktemp("upgrade")
    ignored = shutil.ignore_patterns("build", "dist", "rpac.lock", "__pycache__")
    shutil.copytree(EXAMPLE, root / "examples" / "upgrade", ignore=ignored)
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    answers = {}
    for command in re.findall(r"^\$ rpac (.+)$", text, re.MULTILINE):
        answers[command] = subprocess.run(
            [sys.executable, "-m", "rpa_commons", *command.split()],
            cwd=root,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    return root / "examples" / "upgrade" / "lejre", answers


def answer(answers: dict[str, subprocess.CompletedProcess[str]], words: str) -> str:
    """What the command with these words at its end printed."""
    [found] = [done.stdout for command, done in answers.items() if command.endswith(words)]
    return found


def test_every_command_of_the_readme_succeeds(
    ran: tuple[Path, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    """Two builds, an installation, the plan, the upgrade, and a check that finds nothing."""
    failed = {command: done.stderr for command, done in ran[1].items() if done.returncode}

    assert failed == {}
    assert len(ran[1]) == 6
    assert "nothing wrong" in answer(ran[1], "config check")


def test_the_plan_shows_what_the_readme_shows(
    ran: tuple[Path, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    """The diff in the README is the one that is printed."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```diff\n(.*?)```", text, re.DOTALL)
    plan = answer(ran[1], "--plan")

    assert shown in plan
    assert "data_categories: new: municipality moved from" in plan
    assert "look_back_days: at most 45 (was at most 60)" in plan
    assert "What would be wrong" not in plan


def test_the_files_are_migrated_with_their_comments(
    ran: tuple[Path, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    """Every comment is still there, but that of the key that is gone."""
    for name in ("bots/newcomers.toml", "environments/test/bots/newcomers.toml"):
        paths = (folder / name for folder in (EXAMPLE / "lejre", ran[0]))
        before, after = (path.read_text(encoding="utf-8") for path in paths)

        kept = [one for one in re.findall(r"#.*", before) if one != "# for the meeting at eight"]
        assert kept == re.findall(r"#.*", after)
        assert ("overdue_hours" in before, "overdue_days" in after) == (True, True)


def test_the_lock_records_the_new_version(
    ran: tuple[Path, dict[str, subprocess.CompletedProcess[str]]],
) -> None:
    """Of the bot and of its instance, with the new keys."""
    lock = (ran[0] / "rpac.lock").read_text(encoding="utf-8")

    assert lock.count('version = "2.0.0"') == 2
    assert '[[instance.leaf]]\nkey = "overdue_days"\n' in lock
    assert "overdue_hours" not in lock
