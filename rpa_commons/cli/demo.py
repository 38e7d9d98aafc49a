"""``rpac demo``: the main job from end to end, with synthetic people and no access to any real system."""

from pathlib import Path

import click

__all__ = ["demo"]


@click.command()
@click.option("--fresh", is_flag=True, help="Forget what earlier demos did first.")
@click.option(
    "--checkout",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A checkout of rpa-commons; found by itself when rpac runs from one.",
)
def demo(checkout: Path | None, *, fresh: bool) -> None:
    """Run one wheel of welcome-letters for three municipalities that differ only in configuration.

    Starts simulators of the systems on 127.0.0.1, builds the wheel once, installs it for both, plans, runs
    and compares. What it starts is stopped; what it writes lies in .rpac and below examples/.
    """
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.sandbox import SandboxError

    from ._demo import run_demo

    try:
        run_demo(checkout, fresh=fresh)
    except SandboxError as error:  # what stands in a municipality's folder, and no bug of ours
        raise RpaCommonsError(error.message, remedy=error.remedy) from None
