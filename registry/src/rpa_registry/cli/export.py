"""``rpac-registry export``: the registry as plain files."""

from pathlib import Path

import click

from ._acting import json_option, opened, print_json

__all__ = ["export"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--copy", is_flag=True, help="Copy wheels even where a hard link would do.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for another export.")
@json_option
@click.pass_context
def export(ctx: click.Context, folder: Path, wait: float, *, copy: bool, as_json: bool) -> None:
    """Write everything that is served as plain files to FOLDER, for nginx, a CDN or an object store.

    Say it again after each change, or from a timer: what did not change is not touched, and an export that
    was killed is ended by the next one.
    """
    from rpa_registry.export import export as export_to

    with opened(ctx) as registry:
        done = export_to(
            registry, folder, copy=copy, wait=wait, progress=lambda sentence: click.echo(sentence, err=True)
        )
    if as_json:
        print_json(done.to_json())
        return
    click.echo(
        f"{done.folder}: {done.pages} pages, {done.files} wheels; "
        f"{done.written} written, {done.unchanged} unchanged, {done.removed} removed"
    )
