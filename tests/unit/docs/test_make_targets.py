"""The targets of the Makefile run all the tests that are marked for them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TARGETS = re.findall(r"pytest -m (\w+)(?: .*)? (tests/\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("mark", "folder"), TARGETS)
def test_a_target_that_names_a_folder_finds_every_test_with_its_mark(mark: str, folder: str) -> None:
    """A marked test elsewhere would be run by nobody: the target does not look there."""
    files = [one for place in ("tests", "plugins") for one in (ROOT / place).rglob("test_*.py")]
    marked = [one for one in files if re.search(rf"\bmark\.{mark}\b", one.read_text("utf-8"))]

    assert marked
    assert [] == [str(one) for one in marked if not one.is_relative_to(ROOT / folder)]


def test_the_targets_with_a_folder_are_seen() -> None:
    """The pattern above still reads the Makefile."""
    assert {"browser", "nginx", "rabbitmq"} == {mark for mark, _ in TARGETS}
