"""``rpac config accept``: somebody has looked at what changed under the letters that are overridden here."""

import json
from pathlib import Path

import click

from ._shared import json_option

__all__ = ["accept"]


def _shown(path: Path) -> str:
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


@click.command()
@click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
@click.option("--dry-run", is_flag=True, help="Show what changed, and record nothing.")
@json_option
@click.pass_obj
def accept(
    folder: Path,
    instances: tuple[str, ...],
    dry_run: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show how the bot's text changed under each block that is overridden here, and record that it was seen.

    Without INSTANCE, of every bot instance. Afterwards `rpac config check` has no W501 for them any more.
    Look at your own text first: perhaps a telephone number was corrected that it still has.
    """
    from rpa_commons.cli._worker import refuse_unknown
    from rpa_commons.config import open_municipality
    from rpa_commons.environments import accept_blocks, block_difference, changed_blocks

    municipality = open_municipality(folder)
    for name in instances:
        refuse_unknown(municipality, name)
    names = instances or municipality.instances()
    document = [
        {
            "instance": name,
            "template": one.now.template,
            "block": one.now.block,
            "file": _shown(one.file),
            "line": one.line,
            "difference": block_difference(municipality, one),
            "recorded": not dry_run,
        }
        for name in names
        for one in changed_blocks(municipality, name)
    ]
    for name in () if dry_run else names:
        accept_blocks(municipality, name)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return 0
    for entry in document:
        click.echo(f"{entry['file']}:{entry['line']}: {entry['template']}, block {entry['block']}")
        click.echo(f"{entry['difference']}\n")
    count = f"{len(document)} block{'' if len(document) == 1 else 's'}"
    said = "would be recorded as seen" if dry_run else "recorded as seen in rpac.lock"
    click.echo(f"{count} {said}" if document else "no text changed under a block that is overridden here")
    return 0
