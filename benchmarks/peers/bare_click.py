"""The least a click command can be: one group, ten commands, nothing imported besides."""

import click


@click.group()
def cli() -> None:
    """A bare click program."""


for _name in ("demo", "install", "plan", "run", "status", "items", "config", "record", "build", "sandbox"):
    cli.command(_name, help="A command.")(lambda: None)

if __name__ == "__main__":
    cli()
