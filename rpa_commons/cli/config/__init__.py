"""``rpac config``: look at the configuration, change it, check it.

Rules this module keeps: each command lives in a module of its own that is imported when it is called.
"""

import click

from rpa_commons.cli._lazy import LazyGroup

__all__ = ["config"]

_HERE = "rpa_commons.cli.config"
_COMMANDS = {
    "explain": (f"{_HERE}.explain:explain", "Each key's value in every layer, and what the key means."),
    "check": (f"{_HERE}.check:check", "Find everything that is wrong."),
    "files": (f"{_HERE}.files:files", "Every file that can say something, present or not."),
    "diff": (f"{_HERE}.diff:diff", "What two municipalities, or one and its baseline, say differently."),
    "init": (f"{_HERE}.init:init", "Begin a bot instance: a file with what must be filled in."),
    "set": (f"{_HERE}.set_:set_", "Write one value into its file; comments stay."),
    "unset": (f"{_HERE}.set_:unset", "Take one value out of its file; comments stay."),
    "confirm": (
        f"{_HERE}.confirm:confirm",
        "Confirm values with money or law behind them, as a second person.",
    ),
    "accept": (
        f"{_HERE}.accept:accept",
        "Record that your letters still fit, after the bot's own text changed.",
    ),
    "waivers": (f"{_HERE}.waivers:waivers", "Exceptions from the cooperation's policies, and until when."),
    "table": (f"{_HERE}.table:table", "Show a decision table, and run the examples beside it."),
    "schema": (f"{_HERE}.schema:schema", "JSON Schemas, so that an editor completes and checks."),
    "publish": (f"{_HERE}.publish:publish", "What the cooperation may see of this configuration."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def config() -> None:
    """Look at the configuration, change it, check it."""
