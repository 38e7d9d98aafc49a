"""``rpac``: the top of the command line and how it ends."""

import sys
from pathlib import Path

import click

from rpa_commons import __version__

from ._lazy import LazyGroup

__all__ = ["main"]

_COMMANDS = {
    "demo": ("rpa_commons.cli.demo:demo", "One wheel, three municipalities: set up, plan, run, compare."),
    "install": ("rpa_commons.cli.install:install", "Install a bot wheel for this municipality."),
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
    "build": ("rpa_commons.cli.build:build", "Build a plugin wheel with its manifest."),
    "sandbox": ("rpa_commons.cli.sandbox:sandbox", "A municipality in a box: simulators of the systems."),
}
_BEFORE_THE_COMMAND = ("-C", "--directory")
_OUR_BUG = 70
_INTERRUPTED = 130


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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not speak UTF-8 by itself
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(_INTERRUPTED)
    except click.exceptions.NoSuchOption as error:
        name = error.option_name
        misplaced = f"{name} goes before the command: rpac {name} DIR COMMAND ..."
        (click.UsageError(misplaced, error.ctx) if name in _BEFORE_THE_COMMAND else error).show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last door: an expected error is shown, any other is our bug
        sys.exit(_show(error))
    sys.exit(code if isinstance(code, int) else 0)


def _show(error: Exception) -> int:
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.validators import mask_personal_numbers

    if isinstance(error, RpaCommonsError):
        click.secho(f"error: {error.message}", fg="red", err=True)
        if error.remedy:
            click.echo(f" help: {error.remedy}", err=True)
        return error.exit_code
    import traceback

    click.echo(mask_personal_numbers("".join(traceback.format_exception(error))), err=True)
    click.echo("This is a bug in rpa-commons. Please report it with the lines above.", err=True)
    return _OUR_BUG
