"""Every command that a page shows is one: its name, its options and how many arguments it takes."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from rpa_commons.cli import _main

ROOT = Path(__file__).parents[3]
HISTORY = {ROOT / "CHANGELOG.md", *(ROOT / "docs" / "adr").iterdir()}
PAGES = [
    page
    for pattern in ("*.md", "docs/**/*.md", "plugins/*/README.md", "examples/**/README.md")
    for page in sorted(ROOT.glob(pattern))
    if page not in HISTORY
]
_AFTER = frozenset({"|", ">", ">>", "&&", "||"})


@pytest.fixture(scope="module")
def programs() -> Mapping[str, click.Command]:
    """What the two programs are called, and what they can do."""
    registry = pytest.importorskip("rpa_registry.cli._main")
    return {"rpac": _main.cli, "rpac-registry": registry.cli}


def test_every_command_is_one(programs: Mapping[str, click.Command]) -> None:
    """A command that was renamed, or lost an option, does not live on in a page."""
    shown = [(page, line) for page in PAGES for line in _commands(page.read_text("utf-8"))]
    wrong = [
        f"{page.relative_to(ROOT).as_posix()}: {line}: {problem}"
        for page, line in shown
        if (problem := _problem(programs, line))
    ]

    assert wrong == []
    assert len(shown) > 300


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("rpac sandbox up --onyl sf1520", "up has no option --onyl"),
        ("rpac sandbx up", "cli has no command sandbx"),
        ("rpac remove one two", "remove takes fewer arguments"),
        ("rpac -C here plan one --set a=b -E sandbox | tail", None),
    ],
)
def test_a_wrong_one_is_seen(programs: Mapping[str, click.Command], line: str, problem: str | None) -> None:
    """The test above can fail."""
    assert problem == _problem(programs, line)


def _commands(page: str) -> Iterator[str]:
    """Lines of code blocks that begin with ``$`` or the program, and what stands in backticks."""
    for language, block in re.findall(r"^ *```(\w*)\n(.*?)^ *```", page, flags=re.DOTALL | re.MULTILINE):
        if language in {"", "console", "sh"}:
            lines = (line.strip().removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())
            yield from (
                re.sub(r" {3,}.*", "", one) for one in lines if one.startswith(("rpac ", "rpac-registry "))
            )
    for command in re.findall(r"`((?:rpac|rpac-registry) [^`]+)`", page):
        yield " ".join(command.split())


def _problem(programs: Mapping[str, click.Command], line: str) -> str | None:
    words = iter(shlex.split(line, comments=True))
    command, arguments = programs[next(words)], 0
    for word in words:
        bare = word.strip("[],…")
        if word in _AFTER:
            break
        if bare.startswith("--") or re.fullmatch(r"-[A-Za-z]", bare):
            name, _, value = bare.partition("=")
            option = next((one for one in command.params if name in (*one.opts, *one.secondary_opts)), None)
            if option is None and name not in {"-h", "--help"}:
                return f"{command.name} has no option {name}"
            if isinstance(option, click.Option) and not option.is_flag and not value:
                next(words, None)
        elif isinstance(command, click.Group):
            if not re.fullmatch(r"[a-z-]+", bare):  # `rpac …`
                break
            try:
                _, inner, left = command.resolve_command(click.Context(command), [bare])
            except click.UsageError:
                return f"{command.name} has no command {bare}"
            command, arguments = inner or command, len(left)
        else:
            arguments += bool(bare)
    return f"{command.name} takes fewer arguments" if arguments > _most(command) else None


def _most(command: click.Command) -> float:
    counts = [one.nargs for one in command.params if isinstance(one, click.Argument)]
    return float("inf") if isinstance(command, click.Group) or -1 in counts else sum(counts)
