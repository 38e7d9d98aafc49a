"""What `rpac specs` keeps, laid out as the sandbox looks for official schemas."""

from pathlib import Path

import click

__all__ = ["schemas_from_specs"]

_PLACES = {"ssbtek": "ssbtek/src/main/resources/contract/v10"}
"""Family of `rpac specs` -> where the simulator looks for its files below the folder of schemas."""


def schemas_from_specs(folder: Path) -> Path | None:
    """Copy the newest version of each family that is kept, verified, below ``folder``.

    Returns:
        The folder, or ``None`` when nothing is kept. A damaged version is left out, saying so.
    """
    from rpa_commons.specs import SpecsError, SpecsStore, specs_folder

    store = SpecsStore(specs_folder())
    found = False
    for name, place in _PLACES.items():
        versions = store.versions(name)
        if not versions:
            continue
        try:
            files = store.load(name, versions[-1].version)
        except SpecsError as error:
            click.echo(f"left out: {error}", err=True)
            continue
        for path, content in files.items():
            target = folder / place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        found = True
    return folder if found else None
