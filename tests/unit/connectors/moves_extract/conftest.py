"""A folder with daily files of moves, and the connector over them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.sdk import Municipality

COLUMNS = {
    "event_id": "HaendelseId",
    "cpr": "PNR",
    "moved_on": "Dato",
    "from_municipality": "Fra",
    "to_municipality": "Til",
    "address_id": "Adresse",
}


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., MovesExtract]:
    """Opens the connector over ``extracts/moves-*.csv``; settings may be changed, ``key`` is the secret."""

    def open_connector(*, key: str = "k" * 32, **settings: Any) -> MovesExtract:
        surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", tmp_path, lambda _: key)
        origins = {"0000": "abroad", "": "none"}
        given = {"files": "extracts/moves-*.csv", "columns": COLUMNS, "origins": origins, **settings}
        return MovesExtract(MovesExtractSettings(**given), surroundings)

    return open_connector


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    """Writes one daily file: its header and the given lines."""

    def write_file(day: str, *lines: str, header: str = "HaendelseId;PNR;Dato;Fra;Til;Adresse;Andet") -> None:
        folder = tmp_path / "extracts"
        folder.mkdir(exist_ok=True)
        (folder / f"moves-{day}.csv").write_text("\n".join((header, *lines, "")), encoding="utf-8")

    return write_file
