"""The how-to page names everything there is to name."""

from pathlib import Path

import pytest

from rpa_commons.cli.sandbox import sandbox
from rpa_commons.sandbox import FAULT_KINDS, MOVE_COLUMNS, REGISTER_COLUMNS, REPEATED_MODES, SERVICES
from rpa_commons.sandbox._front import PATHS

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "sandbox.md"
OPTIONS = [
    option
    for command in sandbox.commands.values()
    for parameter in command.params
    for option in parameter.opts
    if option.startswith("--")
]


@pytest.mark.parametrize(
    "word", [*FAULT_KINDS, *SERVICES, *REPEATED_MODES, *MOVE_COLUMNS, *REGISTER_COLUMNS, *PATHS, *OPTIONS]
)
def test_the_page_names(word: str) -> None:
    """Each service, path, fault, mode, column and option is documented."""
    assert f"`{word}" in PAGE.read_text("utf-8")
