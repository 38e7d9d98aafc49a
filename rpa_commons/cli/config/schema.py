"""``rpac config schema``: JSON Schemas, so that an editor completes and checks the TOML files.

Rules this module keeps: without ``--write`` nothing is written; what was written is named, file by file.
"""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import connectors, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.capabilities import RpaCommonsError

__all__ = ["schema"]


@click.command()
@click.argument("what", required=False)
@click.option("--write", is_flag=True, help="Write them into .rpac/schemas/ and name them in each TOML file.")
@json_option
@click.pass_obj
def schema(
    folder: Path,
    what: str | None,
    write: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print the JSON Schema of WHAT, or of everything as one object.

    WHAT is municipality, stack, a bot, or of a cooperation's files baseline, policies or waivers. What is
    printed is JSON already; with --write, --json names the files that were written.

    With --write each TOML file gets a first line such as "#:schema .rpac/schemas/stack.json", which Taplo and
    Even Better TOML read. The schemas are not kept in version control: write them again after an upgrade.
    In the folder of a cooperation's baseline the same is done for its own files.
    """
    from rpa_commons.config import open_municipality
    from rpa_commons.editing import (
        UnknownSchemaError,
        baseline_editor_schemas,
        editor_schemas,
        is_baseline_folder,
        write_baseline_schemas,
        write_editor_schemas,
    )

    missing: dict[str, RpaCommonsError] = {}
    if is_baseline_folder(folder):
        folder = folder.resolve()
        schemas, put = baseline_editor_schemas(connectors()), partial(write_baseline_schemas, folder)
    else:
        municipality = open_municipality(folder)
        folder, put = municipality.folder, partial(write_editor_schemas, municipality)
        schemas, missing = editor_schemas(
            municipality, manifest_of(municipality), connectors=connectors(municipality)
        )
    if what is not None and what not in schemas:
        raise missing[what] if what in missing else UnknownSchemaError(what, list(schemas))
    chosen = schemas if what is None else {what: schemas[what]}
    for bot, error in missing.items() if what is None else ():
        click.echo(f"no schema for {bot}: {error.message}", err=True)
    if not write:
        click.echo(json.dumps(chosen if what is None else chosen[what], indent=2, ensure_ascii=False))
        return
    changed = [path.relative_to(folder).as_posix() for path in put(chosen)]
    if as_json:
        click.echo(json.dumps({"written": changed}, indent=2, ensure_ascii=False))
        return
    for name in changed:
        click.echo(name)
    if not changed:
        click.echo("every schema is there and named already")
