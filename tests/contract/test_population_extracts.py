"""The extract connectors keep the contracts of their capabilities."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rpa_commons.capabilities import Address, AddressPeriod, Move, Person
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import (
    EventsCases,
    PopulationEventsContract,
    PopulationRegisterContract,
    RegisterCases,
)
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
from rpa_commons.sdk import Municipality

PEOPLE = """\
pnr;navn;status;beskyttet;boern;co;vej;post;by;kom;fra;fra_ind;fra_ud
0101505555;Anna Sand;01;nej;2;;Algade 31, 2. tv;4000;Roskilde;0265;0167;2051-02-05;2056-10-31
0202515666;;01;ja;0;;;;;;;;
0303525777;Carl Holm;20;nej;0;;;;;;;;
0404535888;Dora Lund;70;nej;0;;;;;;;;
0505545556;Eva Krogh;80;nej;0;;;;;;;;
0606555667;Finn Bak;90;nej;0;;;;;;;;
"""
MOVES = """\
id;pnr;dato;fra;til;adresse
e3;0101505555;2056-11-05;0167;0265;a1
e1;0202515666;2056-11-01;0265;0265;a2
"""
LATER = """\
id;pnr;dato;fra;til;adresse
e3;0101505555;2056-11-05;0167;0265;a1
e4;0303525777;2056-11-05;0167;0265;a1
e5;0404535888;2056-11-06;0000;0265;a3
e6;0505545556;2056-11-07;;0265;
e7;0606555667;2056-11-07;0265;0167;a4
"""


def person(cpr: str, **fields: object) -> Person:
    """A person of the extract."""
    plain = {"name": "", "status": "active", "protected": False, "children_under_18": 0}
    return Person.model_validate({"cpr": cpr, **plain, **fields})


def move(event: str, cpr: str, day: int, origin: str, sender: str | None, address: str | None) -> Move:
    """A move into Roskilde in November 2056."""
    fields = {"from_municipality": sender, "to_municipality": "0265", "address_id": address}
    moved_on = date(2056, 11, day)
    return Move.model_validate({"id": event, "cpr": cpr, "moved_on": moved_on, "origin": origin, **fields})


def surroundings(folder: Path) -> Surroundings:
    """Roskilde, with its files in the folder."""
    return Surroundings(Municipality("0265", "Roskilde"), "test", folder, lambda _: "")


class TestRegisterExtract(PopulationRegisterContract):
    @pytest.fixture
    def register(self, tmp_path: Path) -> Iterator[RegisterExtract]:
        """The connector over one file."""
        (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
        columns = {
            "cpr": "pnr", "name": "navn", "status": "status", "protected": "beskyttet",
            "children_under_18": "boern", "co_name": "co", "street_line": "vej", "postal_code": "post",
            "city": "by", "municipality": "kom", "previous_municipality": "fra",
            "previous_moved_in": "fra_ind", "previous_moved_out": "fra_ud",
        }  # fmt: skip
        settings = RegisterExtractSettings.model_validate({"file": "people.csv", "columns": columns})
        connector = RegisterExtract(settings, surroundings(tmp_path))
        yield connector
        connector.close()

    @pytest.fixture
    def cases(self) -> RegisterCases:
        """Who stands in the file."""
        anna = person(
            "0101505555",
            name="Anna Sand",
            children_under_18=2,
            address=Address(
                street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde", municipality="0265"
            ),
            address_history=(
                AddressPeriod(municipality="0167", moved_in=date(2051, 2, 5), moved_out=date(2056, 10, 31)),
            ),
        )
        others = (
            person("0202515666", protected=True),
            person("0303525777", name="Carl Holm", status="inactive"),
            person("0404535888", name="Dora Lund", status="disappeared"),
            person("0505545556", name="Eva Krogh", status="emigrated"),
            person("0606555667", name="Finn Bak", status="dead"),
        )
        return RegisterCases(persons=(anna, *others), unknown="0707565778")


class TestMovesExtract(PopulationEventsContract):
    @pytest.fixture
    def events(self, tmp_path: Path) -> Iterator[MovesExtract]:
        """The connector over two daily files, the second of which repeats an event of the first."""
        (tmp_path / "moves-1.csv").write_text(MOVES, encoding="utf-8")
        (tmp_path / "moves-2.csv").write_text(LATER, encoding="utf-8")
        columns = {
            "event_id": "id", "cpr": "pnr", "moved_on": "dato", "from_municipality": "fra",
            "to_municipality": "til", "address_id": "adresse",
        }  # fmt: skip
        given = {"files": "moves-*.csv", "columns": columns, "origins": {"0000": "abroad", "": "none"}}
        connector = MovesExtract(MovesExtractSettings.model_validate(given), surroundings(tmp_path))
        yield connector
        connector.close()

    @pytest.fixture
    def cases(self) -> EventsCases:
        """Which moves stand in the files."""
        moves = (
            move("e1", "0202515666", 1, "municipality", "0265", "a2"),
            move("e3", "0101505555", 5, "municipality", "0167", "a1"),
            move("e4", "0303525777", 5, "municipality", "0167", "a1"),
            move("e5", "0404535888", 6, "abroad", None, "a3"),
            move("e6", "0505545556", 7, "none", None, None),
        )
        return EventsCases(municipality="0265", since=date(2056, 11, 1), moves=moves, elsewhere="0167")
