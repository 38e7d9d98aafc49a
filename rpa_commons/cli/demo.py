"""``rpac demo``: the main job from end to end, with synthetic people and no access to any real system."""

from pathlib import Path

import click

__all__ = ["demo"]


@click.command()
@click.option(
    "--checkout",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A checkout of rpa-commons; found by itself when rpac runs from one.",
)
def demo(checkout: Path | None) -> None:
    """Publish welcome-letters to a cooperation's registry and run it in three municipalities.

    Starts simulators of the systems and a registry on 127.0.0.1 and plays every part: Roskilde publishes,
    two coordinators certify, Hvidovre finds, installs, runs, upgrades, and is stopped by a recall. What it
    starts is stopped; what it writes lies in .rpac/demo, which it makes anew each time.
    """
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.sandbox import SandboxError

    from ._demo import run_demo

    try:
        run_demo(checkout)
    except SandboxError as error:  # what stands in a municipality's folder, and no bug of ours
        raise RpaCommonsError(error.message, remedy=error.remedy) from None
