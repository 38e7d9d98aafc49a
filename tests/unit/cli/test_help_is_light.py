"""``rpac --help`` answers at once: nothing heavier than click is imported for it."""

import subprocess
import sys

import pytest

from rpa_commons.cli._main import _COMMANDS

HEAVY = {
    "cryptography",
    "dbos",
    "filelock",
    "jinja2",
    "jsonschema",
    "lxml",
    "packaging",
    "platformdirs",
    "pluggy",
    "pydantic",
    "requests",
    "sqlalchemy",
    "tomlkit",
    "truststore",
    "typst",
    "uv",
}


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules that a call of ``python -m rpa_commons`` imports."""
    command = [sys.executable, "-X", "importtime", "-m", "rpa_commons", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


def test_help_imports_nothing_heavy() -> None:
    """Every command is listed without importing one of them."""
    assert set() == imported_by("--help") & HEAVY


def test_version_imports_nothing_heavy() -> None:
    """Scripts ask for the version often."""
    assert set() == imported_by("--version") & HEAVY


@pytest.mark.parametrize("command", [*_COMMANDS, "sandbox up", "sandbox fault"])
def test_help_of_a_command_imports_nothing_heavy(command: str) -> None:
    """A command's options are declared beside its imports, not below them."""
    assert set() == imported_by(*command.split(), "--help") & HEAVY
