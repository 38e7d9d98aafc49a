"""``rpac remove``: a bot or one of its instances leaves this machine; its history stays."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._registry import registry_option

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.environments import Removal

__all__ = ["remove"]

_CANCELLED = 3


@click.command()
@click.argument("name")
@click.option("--config", "with_config", is_flag=True, help="Also the files in bots/ that configure it.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--leave-open-cases",
    is_flag=True,
    help="With --config: also where cases are open, which no command shows any more.",
)
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def remove(
    directory: Path,
    name: str,
    url: str,
    *,
    with_config: bool,
    yes: bool,
    leave_open_cases: bool,
    as_json: bool,
) -> int:
    """Remove the bot instance NAME, the bot NAME with all its instances, or the connector NAME.

    Environments, wheels that nothing else needs and the entries of rpac.lock go. What was handled, effects
    and decisions stay on record in state_dir. A bot goes with its last instance. With --config, an instance
    with open cases is refused: without its file no command lists them. A connector goes when no stack file
    names it and no environment holds it.
    """
    from rpa_commons.environments import carry_out_removal, plan_removal
    from rpa_commons.registry_client import tell_usage

    from ._registry import opened, tell

    municipality, registry = opened(directory, url, offline=True)
    removal = plan_removal(municipality, name)
    _refuse_running(municipality, removal)
    if with_config and not leave_open_cases:
        _refuse_open(municipality, removal)
    if not _agreed(removal, with_config=with_config, yes=yes):
        return _CANCELLED
    carry_out_removal(municipality, removal, with_config=with_config, progress=tell)
    if removal.whole and removal.version:
        tell_usage(municipality, registry, removal.bot, "")
    left = () if with_config else removal.files
    if removal.kind == "connector":
        click.echo(json.dumps({"connector": removal.bot}) if as_json else f"removed {_what(removal)}")
        return 0
    if as_json:
        document = {
            "bot": removal.bot if removal.whole else None,
            "instances": [one.name for one in removal.instances],
            "left": [*left, *removal.beside],
        }
        click.echo(json.dumps(document))
        return 0
    click.echo(f"removed {_what(removal)}; what it handled stays on record in {municipality.state_dir}")
    for one in (*left, *removal.beside, *(_lines_elsewhere(municipality.folder) if with_config else ())):
        click.echo(f"  left as it is: {one}")
    if left:
        how = municipality.how_to_install(removal.bot)
        click.echo(f"  --config removes these files too; with them, `{how}` brings the bot back")
    return 0


def _refuse_running(municipality: "MunicipalityFolder", removal: "Removal") -> None:
    """An instance that is at work is not taken away from under its worker.

    Raises:
        RefusedError: one is.
    """
    from rpa_commons.config.layers import ENVIRONMENTS
    from rpa_commons.runtime import instance_status

    from ._worker import RefusedError, state_errors

    homes = [municipality.state_dir, *(municipality.state_dir / one for one in ENVIRONMENTS)]
    for head in removal.instances:
        for home in homes:
            with state_errors():
                holder = instance_status(home, head.id).holder
            if holder is not None:
                message = f"{head.name} is at work (process {holder.pid} on {holder.host})"
                raise RefusedError(
                    message, remedy="let it finish, or stop it; then run the command again", exit_code=1
                )


def _refuse_open(municipality: "MunicipalityFolder", removal: "Removal") -> None:
    """Cases that somebody has to end do not disappear with the file that shows them.

    Raises:
        RefusedError: there are some.
    """
    from ._open_cases import open_cases
    from ._worker import RefusedError

    found = list(open_cases(municipality, removal.instances))
    if not found:
        return
    number = sum(one.number for one in found)
    listed = "; ".join(f"{one.instance}, {one.environment}: {one.states}" for one in found)
    commands = ", ".join(
        f"`rpac items list {one.instance} --state {state} -E {one.environment}`"
        for one in found
        for state in one.counts
    )
    cases = "1 open case" if number == 1 else f"{number} open cases"
    raise RefusedError(
        f"{cases} would be listed nowhere any more ({listed}); nothing was removed",
        remedy=f"look at them: {commands}; end them first, leave out --config, or add --leave-open-cases: "
        "they stay on record in state_dir",
        exit_code=1,
    )


def _lines_elsewhere(folder: Path) -> list[str]:
    """Files of the municipality that may still have lines about an instance whose own file went."""
    return [
        f"{one} (see whether it says something of the instance)"
        for one in ("confirmations.toml", "environments")
        if (folder / one).exists()
    ]


def _agreed(removal: "Removal", *, with_config: bool, yes: bool) -> bool:
    import sys

    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: add --yes")
    files = f", with {', '.join(removal.files)}" if with_config and removal.files else ""
    if click.confirm(f"Remove {_what(removal)}{files}?", err=True):
        return True
    click.echo("nothing was changed", err=True)
    return False


def _what(removal: "Removal") -> str:
    names = ", ".join(one.name for one in removal.instances)
    if not removal.whole:
        return f"the bot instance {names}"
    bot = f"{removal.bot} {removal.version}".strip()
    return f"{bot} and its bot instances {names}" if names else bot
