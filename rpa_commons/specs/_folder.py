"""Where specifications are kept: ``--folder``, ``RPAC_SPECS_FOLDER``, or the user's data folder."""

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ["FOLDER_VARIABLE", "specs_folder"]

FOLDER_VARIABLE = "RPAC_SPECS_FOLDER"


def specs_folder(given: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Path:
    """The folder to use; it need not exist.

    Args:
        given: What a person said; wins.
        environment: Where the variable is looked up; the process's own when not given.
    """
    import platformdirs

    if given is not None:
        return given
    named = (os.environ if environment is None else environment).get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    return platformdirs.user_data_path("rpa-commons", appauthor=False) / "specs"
