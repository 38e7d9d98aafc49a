"""``rpac sandbox``: start a municipality in a box, make it misbehave, read what was sent to it.

Rules this module keeps: each command lives in a module of its own that is imported when it is called.

Usage::

    rpac sandbox up --only sf1520,sf1601 --connect examples/digit/roskilde
    rpac sandbox fault sf1601 timeout --next 3
    rpac sandbox sent --json
    rpac sandbox tell delivered
    rpac sandbox seed invoices --out inbox --broken
"""

import click

from rpa_commons.cli._lazy import LazyGroup

__all__ = ["sandbox"]

_HERE = "rpa_commons.cli.sandbox"
_COMMANDS = {
    "up": (f"{_HERE}._up:up", "Run a sandbox until Ctrl-C."),
    "fault": (f"{_HERE}._fault:fault", "Make the running sandbox misbehave, or behave again."),
    "sent": (f"{_HERE}._sent:sent", "Show what was sent to the sandbox; it need not be running."),
    "tell": (f"{_HERE}._tell:tell", "Tell what became of letters that were sent."),
    "seed": (f"{_HERE}._seed:seed", "Write people, moves, invoices or applications of the town."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def sandbox() -> None:
    """A municipality in a box: simulators of the systems, on this machine only."""
