"""``rpac``: the top of the command line and what it offers."""

from pathlib import Path

import click

from rpa_commons import __version__

from ._ending import end
from ._lazy import LazyGroup

__all__ = ["main"]

_COMMANDS = {
    "demo": ("rpa_commons.cli.demo:demo", "A bot from its author through a registry to its users."),
    "search": ("rpa_commons.cli.search:search", "Find what the cooperation has, and whether it runs here."),
    "info": ("rpa_commons.cli.info:info", "One bot of the registry: what it does, its versions and states."),
    "install": ("rpa_commons.cli.install:install", "Install a bot by name or wheel for this municipality."),
    "list": ("rpa_commons.cli.list:list_", "What is installed here, from where, and who answers for it."),
    "outdated": ("rpa_commons.cli.list:outdated", "What has a newer version or was taken back."),
    "remove": ("rpa_commons.cli.remove:remove", "Remove a bot or an instance; what it did stays on record."),
    "plan": ("rpa_commons.cli.run:plan", "Show what a run would do; changes nothing."),
    "run": ("rpa_commons.cli.run:run", "Run a bot instance now."),
    "status": (
        "rpa_commons.cli.status:status",
        "Each bot instance: what is done and what needs a person.",
    ),
    "items": (
        "rpa_commons.cli.items:items",
        "Look at single work items; adopt, settle, retry or reopen them.",
    ),
    "config": ("rpa_commons.cli.config:config", "Check the configuration and explain each value."),
    "explain": ("rpa_commons.cli.explain:explain", "The page of a finding's code, such as E301."),
    "hooks": ("rpa_commons.cli.hooks:hooks", "The effective chain of wrappers around each step."),
    "upgrade": ("rpa_commons.cli.upgrade:upgrade", "Move a bot to another version: plan, migrate, install."),
    "fleet": ("rpa_commons.cli.fleet:fleet", "What a new version would do to every member."),
    "record": ("rpa_commons.cli.record:record", "Print the GDPR article 30 record of a bot instance."),
    "access": ("rpa_commons.cli.access:access", "What a real system takes to be let in, and what was tried."),
    "build": ("rpa_commons.cli.build:build", "Build a plugin wheel with its manifest."),
    "check": ("rpa_commons.cli.check:check", "Look a wheel through by the rules of the registry."),
    "validate": ("rpa_commons.cli.validate:validate", "Check an identifier, or columns of a file."),
    "scrub": ("rpa_commons.cli.scrub:scrub", "Copies of recordings without personal numbers and secrets."),
    "publish": ("rpa_commons.cli.publish:publish", "Check a wheel and upload it to the registry."),
    "specs": ("rpa_commons.cli.specs:specs", "Official schemas and rule packs: add, list, verify."),
    "sandbox": ("rpa_commons.cli.sandbox:sandbox", "A municipality in a box: simulators of the systems."),
}
_BEFORE_THE_COMMAND = ("-C", "--directory")


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rpac")
@click.option(
    "-C",
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The municipality's folder; the current folder when not given.",
)
@click.pass_context
def cli(ctx: click.Context, directory: Path) -> None:
    """Run shared municipal bots from wheels, configured by the TOML files of one municipality."""
    ctx.obj = directory


def main() -> None:
    """Entry point of ``rpac``; turns every ending into an exit code."""
    end(cli, program="rpac", before_the_command=_BEFORE_THE_COMMAND)
