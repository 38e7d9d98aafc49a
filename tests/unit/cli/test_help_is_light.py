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


_LOADS_ALL = """
import sys, click
from rpa_commons.cli._main import cli

def load(command):
    if isinstance(command, click.Group):
        context = click.Context(command)
        return [load(command.get_command(context, name)) for name in command.list_commands(context)]
    return [command.name]

names = load(cli)
print(len(str(names).split(",")), *sys.modules)
"""


def test_no_command_of_a_group_imports_anything_heavy() -> None:
    """What ``--help`` of any of them needs is loaded at once here, the commands of groups too."""
    done = subprocess.run([sys.executable, "-c", _LOADS_ALL], capture_output=True, text=True, check=True)
    count, *modules = done.stdout.split()

    assert int(count) > len(_COMMANDS)
    assert set() == {one.partition(".")[0] for one in modules} & HEAVY
