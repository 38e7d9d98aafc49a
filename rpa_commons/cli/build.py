"""``rpac build``: a plugin's or a baseline's folder becomes a wheel with its manifest inside."""

from pathlib import Path

import click

from ._options import uv_options

__all__ = ["build"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Default: dist/ in that folder."
)
@uv_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def build(
    folder: Path, out: Path | None, find_links: tuple[Path, ...], *, offline: bool, as_json: bool
) -> None:
    """Build the plugin, or the cooperation's baseline, in FOLDER into a wheel that describes itself.

    A plugin is imported in an environment of its own; of a baseline nothing is run. A file that is wrong, or
    that nobody would ever read, is named and nothing is built. Equal sources give equal bytes.
    """
    import json

    from rpa_commons.environments import build_wheel, check_wheel

    def progress(text: str) -> None:
        click.echo(f"{text} …", err=True)

    wheel = build_wheel(
        folder, out or folder / "dist", progress=progress, find_links=find_links, offline=offline
    )
    checked = check_wheel(wheel)
    result = {
        "name": checked.name,
        "version": checked.version,
        "wheel": str(wheel),
        "sha256": checked.sha256,
        "manifest_sha256": checked.manifest.digest,
    }
    if as_json:
        click.echo(json.dumps(result))
        return
    for key, value in result.items():
        click.echo(f"{key:<16} {value}")
