"""``rpac sandbox tell``: ends of letters from the command line, whether the sandbox runs or not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    rest = [tell(folder, "delivered").output for _ in range(2)]

    assert f"{KEY}  failed\n" == named.output
    assert [f"{OTHER}  delivered\n", ""] == rest
    assert 2 == len(list((folder / "receipts").glob("*.xml")))


def test_a_letter_that_was_never_taken_is_an_error(box: Sandbox, folder: Path) -> None:
    """It says where to look the ids up."""
    outcome = tell(folder, "delivered", KEY)

    assert isinstance(outcome.exception, RpaCommonsError)
    assert "rpac sandbox sent" in outcome.exception.remedy
