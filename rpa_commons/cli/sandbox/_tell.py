"""``rpac sandbox tell``: what became of letters, in the words of KOMBIT's Beskedfordeler."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ._shared import folder_option

if TYPE_CHECKING:
    from rpa_commons.sandbox._post_status import End

__all__ = ["tell"]

_ENDS = ("received", "delivered", "failed")


@click.command()
@click.argument("end", type=click.Choice(_ENDS))
@click.argument("letters", nargs=-1)
@folder_option
def tell(end: str, letters: tuple[str, ...], folder: Path) -> None:
    """Tell that LETTERS (message ids) came to END; without any, all of which nothing was told yet.

    Each gets a PKO_PostStatus message in the folder "receipts" of the sandbox, which need not be running.
    """
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.sandbox import PostStatuses

    statuses = PostStatuses(folder)
    for letter in letters or statuses.untold():
        try:
            statuses.tell(letter, cast("End", end))
        except KeyError:
            problem = f"{folder}: no letter was taken under {letter}"
            raise RpaCommonsError(problem, remedy="look the ids up: rpac sandbox sent") from None
        click.echo(f"{letter}  {end}")
