"""The how-to page names everything there is to name."""

from pathlib import Path

import click
import pytest

from rpa_commons.cli.sandbox import sandbox
from rpa_commons.sandbox import (
    FAULT_ALIASES,
    FAULT_KINDS,
    MOVE_COLUMNS,
    REGISTER_COLUMNS,
    REPEATED_MODES,
    SERVICES,
)

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "sandbox.md"
CONTEXT = click.Context(sandbox)
OPTIONS = [
    option
    for name in sandbox.list_commands(CONTEXT)
    if (command := sandbox.get_command(CONTEXT, name))
    for parameter in command.params
    for option in parameter.opts
    if option.startswith("--")
]


@pytest.mark.parametrize(
    "word",
    [*FAULT_KINDS, *FAULT_ALIASES, *SERVICES, *REPEATED_MODES, *MOVE_COLUMNS, *REGISTER_COLUMNS, *OPTIONS],
)
def test_the_page_names(word: str) -> None:
    """Each service, path, fault, mode, column and option is documented."""
    assert f"`{word}" in PAGE.read_text("utf-8")


def test_the_simulator_on_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who copies it has one that takes an effect once and shows a fault."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    block = next(part for part in PAGE.read_text("utf-8").split("```python\n")[1:] if "class Ledger" in part)
    names = {"tmp_path": tmp_path}
    exec(block.partition("```")[0], names)  # noqa: S102 - our own page

    assert "box" in names
