"""``rpac upgrade``: what another version changes here, the files it takes, and then the installation.

Rules this module keeps: the plan is shown before anything is written; without a terminal nothing is asked.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import uv_options
from ._registry import channel_options, registry_option

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.environments import Origin, PreparedUpgrade
    from rpa_commons.registry_client import Registry, Wish
    from rpa_commons.upgrades import UpgradePlan

__all__ = ["upgrade"]

_CANCELLED = 3
_WAIT = (
    "members with an older version will find the new names unknown: "
    "publish it when every member has upgraded; until then the bot reads the old names"
)


@click.command()
@click.argument("instance")
@click.option(
    "--to",
    metavar="VERSION|WHEEL",
    default="",
    help="The version to come; without it the newest that may be installed, for a bot of the registry, or "
    "the installed one, for files that are older.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Show what it means; change nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@channel_options
@registry_option
@uv_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def upgrade(  # noqa: PLR0913 - click passes each option by name
    directory: Path,
    instance: str,
    to: str,
    channel: str | None,
    because: str,
    url: str,
    find_links: tuple[Path, ...],
    *,
    only_plan: bool,
    yes: bool,
    offline: bool,
    as_json: bool,
) -> int:
    """Move the bot of INSTANCE, and with it all its instances, to another version; or a connector.

    Shows first what changes and how each file is rewritten. `rpac upgrade baseline` does the same with a
    baseline of the registry, and `rpac upgrade NAME` with a connector wheel and every bot that uses it. In a
    cooperation's baseline folder INSTANCE is the name of the bot: its files
    there are rewritten, and nothing is installed.
    """
    from rpa_commons.environments import carry_out_upgrade
    from rpa_commons.registry_client import tell_usage

    from ._registry import opened, wish_of, wish_said

    if _is_baseline(directory):
        wheel = Path(to) if to else None
        return _baseline(directory, instance, wheel, only_plan=only_plan, yes=yes, as_json=as_json)
    said = wish_said(channel, because)
    municipality, registry = opened(directory, url, offline=offline, wish=said)
    wish = wish_of(municipality, said, because)
    if instance == "baseline" and instance not in municipality.instances():
        return _shared(municipality, registry, to, wish, only_plan=only_plan, yes=yes, as_json=as_json)
    source = None if offline else registry
    prepared, origin = _prepared(municipality, source, instance, to, wish if said or because else None)
    plan = prepared.plan
    if only_plan or plan.errors or not as_json:
        _show(plan, as_json=as_json)
        _tell_the_way_back(municipality, plan)
    if only_plan or plan.errors:
        return _code(plan)
    if not _agreed(yes=yes):
        return _CANCELLED
    bot = carry_out_upgrade(
        prepared,
        progress=_progress,
        find_links=find_links,
        offline=offline,
        source=source,
        origin=origin,
    )
    tell_usage(municipality, registry, bot.name, bot.version)
    if as_json:
        _print_json(plan, installed=bot.version)
    else:
        users = ", ".join(bot.instances) or "no bot instance yet"
        click.echo(f"\n{bot.name} {bot.version} is installed for {users}")
    return 0


def _prepared(
    municipality: "MunicipalityFolder",
    source: "Registry | None",
    instance: str,
    to: str,
    wish: "Wish | None",
) -> "tuple[PreparedUpgrade, Origin | None]":
    """The plan for the bot of an instance or for a connector, and where the wheel comes from."""
    from rpa_commons.environments import locked_connector, prepare_connector_upgrade, prepare_upgrade
    from rpa_commons.registry_client import is_file_wish, wheel_to_come

    wheel, origin = (
        (Path(to), None) if is_file_wish(to) else wheel_to_come(municipality, source, instance, to, wish)
    )
    is_connector = instance not in municipality.instances() and bool(locked_connector(municipality, instance))
    prepare = prepare_connector_upgrade if is_connector else prepare_upgrade
    return prepare(municipality, instance, wheel), origin


def _shared(
    municipality: "MunicipalityFolder",
    registry: "Registry | None",
    version: str,
    wish: "Wish",
    *,
    only_plan: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Move the cooperation's baseline, where it comes from the registry."""
    import json

    from rpa_commons.config import config_error
    from rpa_commons.registry_client import NoRegistryError, prepare_baseline, take_baseline

    if not municipality.baseline_given.startswith("registry:"):
        given = municipality.baseline_given or "no baseline"
        raise click.UsageError(
            f"municipality.toml names {given}: only a baseline of the registry is upgraded"
        )
    if registry is None:
        raise NoRegistryError
    prepared = prepare_baseline(municipality, registry, version, wish)
    errors = [one for one in prepared.findings if not one.is_warning]
    code = config_error(errors).exit_code if errors else 0
    if as_json:
        document = {
            "baseline": prepared.record.name,
            "before": prepared.before,
            "after": prepared.record.version,
            "changes": list(prepared.changes),
            "findings": [one.render() for one in prepared.findings],
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(
            f"{prepared.record.name} {prepared.before or 'not pinned yet'} -> {prepared.record.version}"
        )
        click.echo(
            "\n".join(f"  {one}" for one in prepared.changes) or "  no value of a bot instance changes"
        )
        for finding in prepared.findings:
            click.echo("\n" + finding.render())
    if only_plan or not prepared.is_new:
        return code
    if errors and not yes:
        click.echo("this would be wrong afterwards; --yes takes the baseline all the same", err=True)
        return code
    if not _agreed(yes=yes):
        return _CANCELLED
    take_baseline(prepared, progress=_progress)
    click.echo(f"the baseline is {prepared.record.name} {prepared.record.version} from now on", err=True)
    return 0


def _is_baseline(directory: Path) -> bool:
    return (directory / "baseline.toml").is_file() and not (directory / "municipality.toml").is_file()


def _baseline(
    directory: Path, bot: str, wheel: Path | None, *, only_plan: bool, yes: bool, as_json: bool
) -> int:
    from rpa_commons.environments import carry_out_baseline_upgrade, plan_baseline_upgrade

    if wheel is None:
        raise click.UsageError("a baseline has nothing installed: name the WHEEL with --to")
    plan = plan_baseline_upgrade(directory, bot, wheel)
    _show(plan, as_json=as_json)
    if only_plan or plan.errors or not plan.files:
        return _code(plan)
    if not _agreed(yes=yes):
        return _CANCELLED
    carry_out_baseline_upgrade(directory, plan)
    click.echo(f"rewrote {', '.join(file.name for file in plan.files)}", err=True)
    return 0


def _progress(text: str) -> None:
    click.echo(f"{text} …", err=True)


def _agreed(*, yes: bool) -> bool:
    import sys

    if yes:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: add --yes, or --plan to look only")
    if click.confirm("\nGo on?", err=True):
        return True
    click.echo("nothing was changed", err=True)
    return False


def _code(plan: "UpgradePlan") -> int:
    from rpa_commons.config import config_error

    return config_error(plan.findings).exit_code if plan.errors else 0


def _print_json(plan: "UpgradePlan", *, installed: str = "") -> None:
    import json

    document = plan.to_json() | ({"installed": installed} if installed else {})
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _show(plan: "UpgradePlan", *, as_json: bool) -> None:
    if as_json:
        _print_json(plan)
        return
    click.echo("\n\n".join(filter(None, [_headline(plan), *_changes(plan), _files(plan)])))
    click.echo("\n" + _findings(plan))


def _tell_the_way_back(municipality: "MunicipalityFolder", plan: "UpgradePlan") -> None:
    """Of a downgrade that does not fit: how the settings were called before; on standard error."""
    from rpa_commons.environments import locked, locked_connector

    if locked_connector(municipality, plan.bot) is not None:
        return
    if plan.direction != "downgrade" or not plan.errors:
        return
    gone = {one.key for one in plan.changes if one.kind == "removed"}
    renamed = [
        f"{one['to']} was {one['key']}"
        for entry in locked(municipality, plan.bot).manifest.migrations
        for one in entry.operations
        if one.get("op") == "rename" and one.get("to") in gone
    ]
    names = f": {', '.join(renamed)}" if renamed else ""
    click.echo(
        f" help: {plan.after} is older and there are no migrations backwards: take the files from version "
        f"control as they were with it, or write them as it reads them{names}",
        err=True,
    )


def _headline(plan: "UpgradePlan") -> str:
    if not plan.before:
        text = click.style(f"the baseline's files for {plan.bot} {plan.after}", bold=True)
        return f"{text}\n  {_WAIT}" if plan.files else text
    versions = f"{plan.before} -> {plan.after}"
    word = {"upgrade": "", "downgrade": ", a DOWNGRADE", "same version": ", the same version"}[plan.direction]
    text = click.style(f"{plan.bot} {versions}{word}", bold=True)
    together = " (rpac.lock has one entry of it: they move together)" if len(plan.instances) > 1 else ""
    return f"{text}\n  bot instances: {', '.join(plan.instances) or 'none'}{together}"


def _changes(plan: "UpgradePlan") -> list[str]:
    from rpa_commons.upgrades import CHANGE_KINDS

    parts = []
    for kind, heading in CHANGE_KINDS.items():
        lines = []
        for one in plan.changes:
            if one.kind == kind:
                mark = " (money or law)" if one.sensitive else ""
                lines.append(f"  {one.key}{mark}: {one.text}")
                lines += [f"      here: {place}" for place in one.affects]
                lines += [f"      {line}" for line in _coloured(one.diff).splitlines()]
        if lines:
            parts.append("\n".join([click.style(heading, bold=True), *lines]))
    return parts


def _files(plan: "UpgradePlan") -> str:
    if not plan.files:
        return "No file has to be rewritten."
    heading = click.style("Files that are rewritten", bold=True)
    return "\n".join([heading, *(_coloured(file.diff) for file in plan.files)]).rstrip()


def _coloured(diff: str) -> str:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return "\n".join(click.style(line, fg=colours.get(line[:1])) for line in diff.splitlines())


def _findings(plan: "UpgradePlan") -> str:
    if not plan.findings:
        return "Nothing is wrong afterwards."
    lines = [click.style("What would be wrong afterwards", bold=True)] if plan.errors else ["Warnings"]
    for finding in plan.findings:
        known = "\n    it is there today as well" if finding in plan.left else ""
        lines.append(finding.render() + known)
    if plan.errors:
        lines.append("Nothing was changed. Put these right, then run the command again.")
    return "\n\n".join(lines)
