"""``rpac config schema``: JSON Schemas, so that an editor completes and checks the TOML files.

Rules this module keeps: without ``--write`` nothing is written; what was written is named, file by file.
"""

import json
from pathlib import Path

import click

from ._shared import connectors, manifest_of

__all__ = ["schema"]


@click.command()
@click.argument("what", required=False)
@click.option("--write", is_flag=True, help="Write them into .rpac/schemas/ and name them in each TOML file.")
@click.pass_obj
def schema(
    folder: Path,
    what: str | None,
    write: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print the JSON Schema of WHAT (municipality, stack or a bot), or of everything as one object.

    With --write each TOML file gets a first line such as "#:schema .rpac/schemas/stack.json", which Taplo and
    Even Better TOML read. The schemas are not kept in version control: write them again after an upgrade.
    """
    from rpa_commons.config import (
        UnknownSchemaError,
        editor_schemas,
        open_municipality,
        write_editor_schemas,
    )

    municipality = open_municipality(folder)
    schemas, missing = editor_schemas(municipality, manifest_of(municipality), connectors=connectors())
    if what is not None and what not in schemas:
        if what in missing:
            raise missing[what]
        raise UnknownSchemaError(what, list(schemas))
    chosen = schemas if what is None else {what: schemas[what]}
    for bot, error in missing.items() if what is None else ():
        click.echo(f"no schema for {bot}: {error.message}", err=True)
    if not write:
        click.echo(json.dumps(chosen if what is None else chosen[what], indent=2, ensure_ascii=False))
        return
    changed = write_editor_schemas(municipality, chosen)
    for path in changed:
        click.echo(path.relative_to(municipality.folder).as_posix())
    if not changed:
        click.echo("every schema is there and named already")
