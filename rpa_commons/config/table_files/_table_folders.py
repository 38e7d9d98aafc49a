"""The folders where decision tables of an instance may stand, weakest layer first.

Rules this module keeps: a table belongs to a bot, for all its instances, or to one instance; a layer of the
cooperation knows bots only.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.config.municipality import MunicipalityFolder, profiles_of

__all__ = ["TableFolder", "folders_of", "has_table_folders"]

_FOLDER = "tables"


@dataclass(frozen=True)
class TableFolder:
    """One folder where tables of an instance may stand.

    Attributes:
        layer: The layer's name.
        path: The folder.
        root: The folder that its files must stay below.
        name: How origins call it.
    """

    layer: str
    path: Path
    root: Path
    name: str


def folders_of(municipality: MunicipalityFolder, name: str, bot: str) -> Iterator[TableFolder]:
    """Where tables of an instance may stand, weakest layer first."""
    for one in _homes(municipality):
        of_cooperation = one.root != municipality.folder
        for stem in dict.fromkeys((bot,) if of_cooperation else (bot, name)):
            if stem:
                yield TableFolder(one.layer, one.path / stem, one.root, f"{one.name}/{stem}")


def has_table_folders(municipality: MunicipalityFolder) -> bool:
    """Whether there may be a table in any layer, whatever the bots take: a cheap question."""
    key = f"tables of {municipality.folder} in {municipality.environment}"
    return municipality.reader.remembered(
        key,
        lambda: any(os.path.isdir(one.path) for one in _homes(municipality)),  # noqa: PTH112 - asked often
    )


def _homes(municipality: MunicipalityFolder) -> Iterator[TableFolder]:
    """The folder of tables of each layer, weakest first."""
    baseline = municipality.baseline_info
    if baseline is not None:
        profiles, _ = profiles_of(municipality)
        for layer, below in (("baseline", ""), *((f"profile {one}", f"profiles/{one}/") for one in profiles)):
            file = f"{below}{_FOLDER}"
            yield TableFolder(layer, baseline.folder / file, baseline.folder, f"{baseline.label}/{file}")
    folder, environment = municipality.folder, municipality.environment
    for layer, below in (
        ("municipality", ""),
        (f"environment {environment}", f"environments/{environment}/"),
    ):
        file = f"{below}{_FOLDER}"
        yield TableFolder(layer, folder / file, folder, file)
