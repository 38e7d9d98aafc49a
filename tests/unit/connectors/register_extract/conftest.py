"""A folder with a register extract, and the connector over it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
from rpa_commons.sdk import Municipality

HEADER = "PNR;Adresseringsnavn;Status;Beskyttet;Boern;Vej;Postnr;By;Kommune"
ANNA = "0101505555;Anna Sand;01;nej;2;Algade 31, 2. tv;4000;Roskilde;0265"
BENT = "0202515666;Bent Mark;01;nej;0;Algade 33;4000;Roskilde;0265"
COLUMNS = {
    "cpr": "PNR",
    "name": "Adresseringsnavn",
    "status": "Status",
    "protected": "Beskyttet",
    "children_under_18": "Boern",
    "street_line": "Vej",
    "postal_code": "Postnr",
    "city": "By",
    "municipality": "Kommune",
}

Open = Callable[..., RegisterExtract]


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    """A municipality whose folder is empty."""
    return Surroundings(Municipality("0265", "Roskilde"), "test", tmp_path, lambda _: "")


@pytest.fixture
def opened(surroundings: Surroundings, tmp_path: Path) -> Iterator[Open]:
    """Writes a file of the given content and opens the connector over it."""
    connectors = []

    def write_and_open(content: str | bytes | None = None, **settings: Any) -> RegisterExtract:
        if content is None:
            content = f"{HEADER}\n{ANNA}\n{BENT}\n"
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "people.csv").write_bytes(data)
        given = {"file": "people.csv", "columns": COLUMNS, **settings}
        connectors.append(RegisterExtract(RegisterExtractSettings(**given), surroundings))
        return connectors[-1]

    yield write_and_open
    for connector in connectors:
        connector.close()


@pytest.fixture
def rows() -> Callable[..., str]:
    """A file of the header, Anna, Bent and the given lines."""
    return lambda *lines: "\n".join((HEADER, ANNA, *lines, BENT, ""))
