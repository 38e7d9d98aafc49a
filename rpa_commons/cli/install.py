"""``rpac install``: bots and connectors, by name or as wheels, become environments to run in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import uv_options
from ._registry import channel_options, registry_option

if TYPE_CHECKING:
    from rpa_commons.environments import InstalledBot
    from rpa_commons.registry_client import Wish

__all__ = ["install"]


@click.command()
@click.argument("wanted", nargs=-1, metavar="[NAME[==VERSION] | WHEEL]...")
@click.option(
    "--baseline",
    default="",
    metavar="registry:NAME",
    help="Take this baseline of the registry, and name it in municipality.toml.",
)
@channel_options
@registry_option
@uv_options
@click.option("--upgrade", is_flag=True, help="Move the packages beside the bots to their newest versions.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def install(  # noqa: PLR0913 - click passes each by name
    directory: Path,
    wanted: tuple[str, ...],
    baseline: str,
    channel: str | None,
    because: str,
    url: str,
    find_links: tuple[Path, ...],
    *,
    offline: bool,
    upgrade: bool,
    as_json: bool,
) -> None:
    """Install bots and connectors for this municipality and write rpac.lock.

    NAME is looked up in the registry: the newest certified version that fits, or the VERSION named. A WHEEL
    is a file. Without either, make the environments that rpac.lock asks for: on a new machine, after a new
    instance file, or after an interrupted installation. Bots whose stack names other connectors than before
    are resolved anew together with these.
    """
    import json

    from rpa_commons.registry_client import install as install_wanted

    from ._registry import opened, tell, wish_of, wish_said

    if upgrade and not wanted:
        raise click.UsageError("--upgrade needs the NAME or WHEEL of each bot whose packages move")
    said = wish_said(channel, because)
    if baseline:
        _take(directory, baseline, url, said, offline=offline)
    municipality, registry = opened(directory, url, offline=offline, wish=said)
    bots = install_wanted(
        municipality,
        wanted,
        registry=registry,
        progress=tell,
        wish=wish_of(municipality, said, because),
        find_links=find_links,
        offline=offline,
        upgrade=upgrade,
    )
    if as_json:
        click.echo(json.dumps([_as_json(bot) for bot in bots]))
        return
    for bot in bots:
        click.echo(_sentence(bot))


def _take(directory: Path, baseline: str, url: str, wish: "Wish | None", *, offline: bool) -> None:
    """Have a baseline of the registry, which is said on standard error."""
    from rpa_commons.registry_client import adopt_baseline

    from ._registry import tell

    if offline:
        raise click.UsageError("--baseline asks the registry, --offline does not")
    taken = adopt_baseline(directory, baseline, url, progress=tell, wish=wish)
    click.echo(f"municipality.toml names the baseline {taken.name}; rpac.lock pins {taken.version}", err=True)


def _sentence(bot: "InstalledBot") -> str:
    done = (
        f"{bot.name} {bot.version} is already installed"
        if not bot.changed
        else f"installed {bot.name} {bot.version}"
    )
    if bot.changed and bot.before not in ("", bot.version):
        done += f" (was {bot.before})"
    used = f"for {', '.join(bot.instances)}" if bot.instances else _how_to_use(bot)
    lines = [f"{done}: {used}", f"  wheel sha256 {bot.sha256}"]
    if bot.changed and bot.before not in ("", bot.version) and bot.instances and _has_migrations(bot):
        name = bot.instances[0] if bot.manifest.kind == "bot" else bot.name
        lines.append(f"  if settings are called otherwise now: rpac upgrade {name} --plan")
    return "\n".join(lines)


def _how_to_use(bot: "InstalledBot") -> str:
    """What makes something use it that nothing uses yet."""
    if bot.manifest.kind == "bot":
        return f"no bot instance uses it yet: `rpac config init {bot.name}` begins one"
    one = bot.manifest.connectors[0]
    return (
        f"no bot instance uses it yet: `rpac config set stack.{one.capability}.connector {one.name}`, then "
        "`rpac install`"
    )


def _has_migrations(bot: "InstalledBot") -> bool:
    return bool(bot.manifest.migrations) or any(one.migrations for one in bot.manifest.connectors)


def _as_json(bot: "InstalledBot") -> dict[str, object]:
    return {
        "name": bot.name,
        "kind": bot.manifest.kind,
        "version": bot.version,
        "sha256": bot.sha256,
        "manifest_sha256": bot.manifest.digest,
        "instances": list(bot.instances),
        "changed": bot.changed,
        "before": bot.before,
    }
