"""``rpac-registry``: the top of the command line."""

from pathlib import Path

import click

from rpa_commons import __version__
from rpa_commons.cli import LazyGroup, end

__all__ = ["cli", "main"]

_HERE = "rpa_registry.cli"
_COMMANDS = {
    "init": (f"{_HERE}.init:init", "Make a registry: its folder, its database, the first coordinators."),
    "serve": (f"{_HERE}.serve:serve", "Serve it on this machine."),
    "migrate": (f"{_HERE}.migrate:migrate", "Bring the database to this program's schema."),
    "member": (f"{_HERE}.member:member", "Municipalities: add, list."),
    "person": (f"{_HERE}.person:person", "People: add, list, change, disable, enable."),
    "token": (f"{_HERE}.token:token", "Tokens: issue, list, revoke."),
    "key": (f"{_HERE}.key:key", "Signing keys: make one, register its public half."),
    "stand-in": (f"{_HERE}.stand_in:stand_in", "Who signs while a coordinator is away."),
    "public": (f"{_HERE}.public:public", "Packages of the public index that releases may require."),
    "submit": (f"{_HERE}.curate:submit", "Ask for a review of a staged release."),
    "return": (f"{_HERE}.curate:return_", "Give a release in review back to its owner."),
    "accept": (f"{_HERE}.project:accept", "Let a new name stand: a coordinator of another municipality."),
    "publish": (f"{_HERE}.curate:publish", "Put a release in review into the channel all."),
    "review": (
        f"{_HERE}.review:review",
        "What changed since the last certified version.",
    ),
    "certify": (f"{_HERE}.curate:certify", "Sign a published release; two coordinators must."),
    "deprecate": (f"{_HERE}.curate:deprecate", "Advise against a release."),
    "undeprecate": (f"{_HERE}.curate:undeprecate", "Take a deprecation back."),
    "yank": (f"{_HERE}.curate:yank", "Hide a release from those who do not ask for exactly it."),
    "unyank": (f"{_HERE}.curate:unyank", "Take a yank back."),
    "withdraw": (f"{_HERE}.curate:withdraw", "Take back a release that was not published yet."),
    "quarantine": (f"{_HERE}.quarantine:quarantine", "Recall versions with a signed advisory."),
    "release-from-quarantine": (
        f"{_HERE}.curate:release_from_quarantine",
        "Sign that a quarantined release may be had again; two coordinators must.",
    ),
    "advisory": (f"{_HERE}.quarantine:advisory", "Signed advisories: list, withdraw."),
    "project": (f"{_HERE}.project:project", "How a project lives on: active, archived, deprecated."),
    "report": (f"{_HERE}.report:report", "Signed test reports about exactly one wheel."),
    "tier": (f"{_HERE}.tier:tier", "Quality rules of a release: done, exempt, to do."),
    "exempt": (f"{_HERE}.tier:exempt", "Let a quality rule not count for a project."),
    "search": (f"{_HERE}.search:search", "Search the catalogue."),
    "log": (f"{_HERE}.log:log", "The acts, and whether the chain holds."),
    "export": (f"{_HERE}.export:export", "Write everything that is read as plain files."),
    "render": (f"{_HERE}.render:render", "Render every page anew."),
    "verify": (f"{_HERE}.backup:verify", "Check files, pages, database and log against each other."),
    "backup": (f"{_HERE}.backup:backup", "Take a backup while it runs."),
    "restore": (f"{_HERE}.backup:restore", "Make a registry from a backup."),
}
_BEFORE_THE_COMMAND = ("-C", "--directory")


@click.group(cls=LazyGroup, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="rpac-registry")
@click.option(
    "-C",
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The registry's folder; the current folder when not given.",
)
@click.pass_context
def cli(ctx: click.Context, directory: Path) -> None:
    """Run the registry of an inter-municipal cooperation: publish, curate, serve."""
    ctx.obj = directory


def main() -> None:
    """Entry point of ``rpac-registry``; turns every ending into an exit code."""
    end(cli, program="rpac-registry", before_the_command=_BEFORE_THE_COMMAND)
