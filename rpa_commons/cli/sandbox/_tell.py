"""``rpac sandbox tell``: what became of letters, in the words of KOMBIT's Beskedfordeler."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ._shared import error_of, folder_option

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
    from rpa_commons.sandbox import PostStatuses, SandboxError

    try:
        told = PostStatuses(folder).tell_all(letters, cast("End", end))
    except KeyError as error:
        problem = f"{folder}: no letter was taken under {error.args[0]}"
        raise RpaCommonsError(problem, remedy="look the ids up: rpac sandbox sent") from None
    except (SandboxError, OSError) as error:
        raise error_of(error) from None
    for letter in told:
        click.echo(f"{letter}  {end}")
    if not told:
        click.echo(f"{folder}: there is no letter of which nothing was told yet", err=True)
