"""How a command line ends: every expected error with a message, a remedy and an exit code.

Usage::

    end(cli, program="rpac", before_the_command=("-C", "--directory"))
"""

import atexit
import gc
import sys

import click

__all__ = ["end", "serves_on"]

_OUR_BUG = 70
_INTERRUPTED = 130
_GARBAGE = gc.get_threshold()
"""How often Python by itself looks for garbage."""


def end(cli: click.Group, *, program: str, before_the_command: tuple[str, ...] = ()) -> None:
    """Run a group and leave the process with its exit code.

    Args:
        cli: The top of the command line.
        program: Its name, for what people are told to type.
        before_the_command: Options of the top that people write after the command by mistake.
    """
    # A command imports much and makes little garbage: to look for it seldom, and not once more at the end,
    # takes a quarter off most commands.
    gc.set_threshold(50_000, 20)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not speak UTF-8 by itself
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name=program, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(_INTERRUPTED)
    except click.exceptions.NoSuchOption as error:
        name = error.option_name
        misplaced = f"{name} goes before the command: {program} {name} DIR COMMAND ..."
        (click.UsageError(misplaced, error.ctx) if name in before_the_command else error).show()
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


def serves_on() -> None:
    """Say that the command serves until it is told to end: it looks for garbage as often as Python does.

    A request that is refused may leave its whole body behind as garbage.
    """
    gc.set_threshold(*_GARBAGE)


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
