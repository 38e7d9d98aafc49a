"""What `rpac specs` keeps, laid out as the sandbox looks for official schemas."""

import shutil
from pathlib import Path

import click

__all__ = ["PLACES", "schemas_from_specs"]

PLACES = {
    "memo": "memo/xsd/Version1.2",
    "sf1520": "serviceplatformen/resources/person-base-data-extended-service-contract",
    "sf1600-print": "serviceplatformen/resources/sf1600/SF1600_EP_SP1-2/xsd/oio",
    "ssbtek": "ssbtek/src/main/resources/contract/v10",
}
"""Family of `rpac specs` -> where the simulator looks for its files below the folder of schemas."""


def schemas_from_specs(folder: Path) -> Path | None:
    """Copy the newest version of each family that is kept, verified, below ``folder``; earlier copies go.

    Returns:
        The folder, or ``None`` when nothing is kept. A damaged version is left out, saying so.
    """
    from rpa_commons.specs import SpecsError, SpecsStore, specs_folder

    store = SpecsStore(specs_folder())
    found = False
    for name, place in PLACES.items():
        shutil.rmtree(folder / place, ignore_errors=True)  # of an earlier start: it may be of another version
        newest = store.newest(name)
        if newest is None:
            continue
        try:
            files = store.load(name, newest.version)
        except SpecsError as error:
            click.echo(f"left out: {error}", err=True)
            continue
        for path, content in files.items():
            target = folder / place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        found = True
    return folder if found else None
