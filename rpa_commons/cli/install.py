"""``rpac install``: bot wheels become environments that this municipality's instances run in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rpa_commons.environments import InstalledBot

__all__ = ["install"]


@click.command()
@click.argument("wheels", nargs=-1, type=click.Path(path_type=Path, dir_okay=False), metavar="[WHEEL]...")
@click.option(
    "--find-links",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="A folder with wheels to look in besides the index; may be repeated.",
)
@click.option("--offline", is_flag=True, help="Use what uv's cache holds, and no network.")
@click.option("--upgrade", is_flag=True, help="Move the packages beside the bots to their newest versions.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def install(
    directory: Path,
    wheels: tuple[Path, ...],
    find_links: tuple[Path, ...],
    *,
    offline: bool,
    upgrade: bool,
    as_json: bool,
) -> None:
    """Install each bot WHEEL for this municipality and write rpac.lock.

    Without a WHEEL, make the environments that rpac.lock asks for: on a new machine, after a new instance
    file, or after an interrupted installation.
    """
    import json

    from rpa_commons.config import open_municipality
    from rpa_commons.environments import install as install_wheels

    if upgrade and not wheels:
        raise click.UsageError("--upgrade needs the WHEEL of each bot whose packages move")

    def progress(text: str) -> None:
        click.echo(f"{text} …", err=True)

    bots = install_wheels(
        open_municipality(directory),
        wheels,
        progress=progress,
        find_links=find_links,
        offline=offline,
        upgrade=upgrade,
    )
    if as_json:
        click.echo(json.dumps([_as_json(bot) for bot in bots]))
        return
    for bot in bots:
        click.echo(_sentence(bot))


def _sentence(bot: "InstalledBot") -> str:
    done = (
        f"{bot.name} {bot.version} is already installed"
        if not bot.changed
        else f"installed {bot.name} {bot.version}"
    )
    if bot.changed and bot.before not in ("", bot.version):
        done += f" (was {bot.before})"
    used = (
        f"for {', '.join(bot.instances)}"
        if bot.instances
        else "no bot instance uses it yet: `rpac config init` begins one"
    )
    lines = [f"{done}: {used}", f"  wheel sha256 {bot.sha256}"]
    if bot.changed and bot.before not in ("", bot.version) and bot.manifest.migrations and bot.instances:
        lines.append(f"  if settings are called otherwise now: rpac upgrade {bot.instances[0]} --plan")
    return "\n".join(lines)


def _as_json(bot: "InstalledBot") -> dict[str, object]:
    return {
        "name": bot.name,
        "version": bot.version,
        "sha256": bot.sha256,
        "manifest_sha256": bot.manifest.digest,
        "instances": list(bot.instances),
        "changed": bot.changed,
        "before": bot.before,
    }
