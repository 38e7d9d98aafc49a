"""``rpac sandbox tell``: ends of letters from the command line, whether the sandbox runs or not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli.sandbox import sandbox
from rpa_commons.sandbox import Sandbox

KEY = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
OTHER = "8c2ea15d-61fb-4ba9-9366-42f8b194c115"


def tell(folder: Path, *words: str) -> Any:
    """The command's outcome."""
    return CliRunner().invoke(sandbox, ["tell", *words, "--folder", str(folder)])


def test_one_letter_or_all_that_are_open(
    box: Sandbox, folder: Path, caller: Any, good_letter: Callable[..., str]
) -> None:
    """A named letter first; then everything of which nothing was told, and nothing twice."""
    for key in (KEY, OTHER):
        caller.send(good_letter(key))
    named = tell(folder, "failed", KEY)
    box.stop()
    rest = [tell(folder, "delivered") for _ in range(2)]

    assert f"{KEY}  failed\n" == named.output
    assert [f"{OTHER}  delivered\n", ""] == [one.stdout for one in rest]
    assert "no letter of which nothing was told yet" in rest[1].stderr
    assert 2 == len(list((folder / "receipts").glob("*.xml")))


def test_a_letter_that_was_never_taken_is_an_error(box: Sandbox, folder: Path) -> None:
    """It says where to look the ids up."""
    outcome = tell(folder, "delivered", KEY)

    assert isinstance(outcome.exception, RpaCommonsError)
    assert "rpac sandbox sent" in outcome.exception.remedy


def test_of_several_letters_all_are_told_or_none(
    box: Sandbox, folder: Path, caller: Any, good_letter: Callable[..., str]
) -> None:
    """A wrong id beside a right one is an error before anything is told."""
    caller.send(good_letter(KEY))

    assert OTHER in str(tell(folder, "failed", KEY, OTHER).exception)
    assert not list((folder / "receipts").glob("*.xml"))


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"n": 1}', "[" * 100_000, "\0\0"])
@pytest.mark.parametrize("words", [("tell", "failed"), ("sent",), ("up", "--only", "sts")])
def test_a_damaged_journal_is_said_with_its_line(folder: Path, words: tuple[str, ...], line: str) -> None:
    """By every command that reads it, with what to do; and nothing of the line is shown."""
    folder.mkdir()
    (folder / "effects.jsonl").write_text(f'{{"n": 1, "outcome": "refused"}}\n{line}\n', "utf-8")
    error = CliRunner().invoke(sandbox, [*words, "--folder", str(folder)]).exception

    assert isinstance(error, RpaCommonsError)
    assert f"{folder / 'effects.jsonl'}:2: is no entry of a sandbox's journal" == error.message
    assert error.remedy
