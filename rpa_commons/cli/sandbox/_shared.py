"""What the commands of ``rpac sandbox`` share: options, the running sandbox's page, errors."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rpa_commons.capabilities import RpaCommonsError

__all__ = ["ask", "connect_option", "error_of", "folder_option", "page_of", "town_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FOLDER = Path(".rpac/sandbox")

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=_FOLDER,
    show_default=True,
    help="Where the sandbox keeps its state.",
)


def town_options(command: _Command) -> _Command:
    """Which invented people: ``--seed``, ``--people``, ``--today``."""
    for option in (
        click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day the people are made for."),
        click.option("--people", type=click.IntRange(1), help="At least so many for each municipality."),
        click.option("--seed", type=int, help="Which invented people; the same seed makes the same ones."),
    ):
        command = option(command)
    return command


def connect_option(words: str) -> Callable[[_Command], _Command]:
    """``--connect``, as ``folders``."""
    return click.option(
        "--connect",
        "folders",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help=words,
    )


def page_of(folder: Path) -> str:
    """Address of the page of the sandbox that runs on the folder.

    Raises:
        RpaCommonsError: none does.
    """
    try:
        return str(json.loads((folder / "running.json").read_bytes())["page_url"])
    except (OSError, ValueError, KeyError, TypeError):
        remedy = "start one: rpac sandbox up; or name the folder of the one that runs: --folder"
        raise _error(f"no sandbox is running on {folder.resolve()}", remedy) from None


def ask(url: str, order: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - parsed JSON
    """What the page answers to a question, or to an order.

    Raises:
        UsageError: it refuses the order, and says why.
        RpaCommonsError: it does not answer.
    """
    import urllib.error
    import urllib.request

    body = None if order is None else json.dumps(order).encode()
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        url, body, {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
    try:
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise click.UsageError(error.read().decode("utf-8", "replace")) from None
    except (OSError, ValueError):
        raise _error("the sandbox does not answer", "start it again: rpac sandbox up") from None


def error_of(error: Exception) -> Exception:
    """What ended a command, in the command line's own classes."""
    from rpa_commons.sandbox import GivenServiceError, SandboxError, UnknownServiceError

    if isinstance(error, (UnknownServiceError, GivenServiceError)):
        return click.UsageError(f"{error.message}: {error.remedy}")
    if isinstance(error, SandboxError):
        return _error(error.message, error.remedy)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        remedy = "see that the folder can be written and that the ports asked for are free, or name others"
        return _error(f"{where}cannot listen or write: {error.strerror or error}", remedy)
    return _error(str(error), "correct code and cvr in municipality.toml")


def _error(message: str, remedy: str = "") -> "RpaCommonsError":
    from rpa_commons.capabilities import RpaCommonsError

    return RpaCommonsError(message, remedy=remedy)
