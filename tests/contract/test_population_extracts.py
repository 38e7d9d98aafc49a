"""The extract connectors keep the contracts of their capabilities."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from rpa_commons.capabilities import Address, AddressPeriod, Move, Person, School
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import (
    DistrictsCases,
    EventsCases,
    FailureCases,
    PopulationEventsContract,
    PopulationRegisterContract,
    RegisterCases,
    SchoolDistrictsContract,
)
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
from rpa_commons.connectors.school_extract import SchoolExtract, SchoolExtractSettings
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


Fails = dict[str, Callable[[], AbstractContextManager[object]]]
NO_HTTP = {
    "401": "who may read a file is the operating system's business: a refusal is the error of 500",
    "429": "a file does not say when to come back",
}


def file_failures(file: Path) -> Fails:
    """The ways in which a file can fail; afterwards it is as it was before."""

    @contextmanager
    def kept() -> Iterator[None]:
        copy = file.with_suffix(".kept")
        shutil.copy2(file, copy)
        try:
            yield
        finally:
            if file.is_dir():
                file.rmdir()
            copy.replace(file)

    @contextmanager
    def away() -> Iterator[None]:
        with kept():
            file.unlink()
            yield

    @contextmanager
    def unreadable() -> Iterator[None]:
        with kept():
            file.unlink()
            file.mkdir()
            yield

    @contextmanager
    def cut() -> Iterator[None]:
        with kept():
            content = file.read_bytes()
            first = content.index(b"\n") + 1  # the header, and half of the first row
            file.write_bytes(content[: first + content[first:].index(b"\n") // 2])
            yield

    @contextmanager
    def other_layout() -> Iterator[None]:
        with kept():
            header, _, rows = file.read_bytes().partition(b"\n")
            file.write_bytes(header.replace(b";", b"_") + b"\n" + rows)
            yield

    @contextmanager
    def being_written() -> Iterator[None]:
        read = Path.read_bytes

        def growing(path: Path) -> bytes:
            content = read(path)
            with path.open("ab") as stream:
                stream.write(b"\n")
            return content

        with kept(), mock.patch.object(Path, "read_bytes", growing):
            file.touch()
            yield

    return {
        "time-out": away,
        "500": unreadable,
        "half-answer": cut,
        "invalid-answer": other_layout,
        "reset": being_written,
    }


class TestRegisterExtract(PopulationRegisterContract):
    def connect(self, folder: Path) -> RegisterExtract:
        """The connector over the file in a folder."""
        columns = {
            "cpr": "pnr", "name": "navn", "status": "status", "protected": "beskyttet",
            "children_under_18": "boern", "co_name": "co", "street_line": "vej", "postal_code": "post",
            "city": "by", "municipality": "kom", "previous_municipality": "fra",
            "previous_moved_in": "fra_ind", "previous_moved_out": "fra_ud",
        }  # fmt: skip
        settings = RegisterExtractSettings.model_validate({"file": "people.csv", "columns": columns})
        return RegisterExtract(settings, surroundings(folder))

    @pytest.fixture
    def failures(self, tmp_path: Path) -> FailureCases:
        """Anna, while the file is away, cut short, written anew or something else."""
        (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
        twice = "a person in two rows is two answers and refused (DuplicateRowError); files deliver nothing"
        return FailureCases(
            connect=lambda: self.connect(tmp_path),
            call=lambda register: register.person("0101505555"),
            fails=file_failures(tmp_path / "people.csv"),
            absent={**NO_HTTP, "duplicate": twice},
            personal=("0101505555", "Anna", "Sand", "Algade"),
        )

    @pytest.fixture
    def register(self, tmp_path: Path) -> Iterator[RegisterExtract]:
        """The connector over one file."""
        (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
        connector = self.connect(tmp_path)
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
        connector = self.connect(tmp_path)
        yield connector
        connector.close()

    @pytest.fixture
    def failures(self, tmp_path: Path) -> FailureCases:
        """All moves, while a file is away, cut short, written anew, something else, or there twice."""
        for name, content in (("moves-1.csv", MOVES), ("moves-2.csv", LATER)):
            (tmp_path / name).write_text(content, encoding="utf-8")

        @contextmanager
        def again() -> Iterator[None]:
            (tmp_path / "moves-3.csv").write_text(LATER, encoding="utf-8")
            yield
            (tmp_path / "moves-3.csv").unlink()

        @contextmanager
        def all_away() -> Iterator[None]:
            for name in ("moves-1.csv", "moves-2.csv"):
                (tmp_path / name).rename(tmp_path / f"{name}.away")
            yield
            for name in ("moves-1.csv", "moves-2.csv"):
                (tmp_path / f"{name}.away").rename(tmp_path / name)

        fails = file_failures(tmp_path / "moves-2.csv")
        return FailureCases(
            connect=lambda: self.connect(tmp_path),
            call=lambda events: events.moves_into("0265", date(2056, 11, 1)),
            fails={**fails, "time-out": all_away, "duplicate": again},
            absent=NO_HTTP,
            personal=("0101505555", "0303525777", "0404535888"),
        )

    def connect(self, folder: Path) -> MovesExtract:
        """The connector over the files in a folder."""
        columns = {
            "event_id": "id", "cpr": "pnr", "moved_on": "dato", "from_municipality": "fra",
            "to_municipality": "til", "address_id": "adresse",
        }  # fmt: skip
        given = {"files": "moves-*.csv", "columns": columns, "origins": {"0000": "abroad", "": "none"}}
        return MovesExtract(MovesExtractSettings.model_validate(given), surroundings(folder))

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


SCHOOLS = """\
adresse;skole;telefon
a1;Engskolen;36 39 00 01
a2;Engskolen;36 39 00 01
a3;Skolen på Bakken;
"""


class TestSchoolExtract(SchoolDistrictsContract):
    def connect(self, folder: Path) -> SchoolExtract:
        """The connector over the file in a folder."""
        columns: dict[str, Any] = {"address_id": "adresse", "school": "skole", "phone": "telefon"}
        settings = SchoolExtractSettings.model_validate({"file": "schools.csv", "columns": columns})
        return SchoolExtract(settings, surroundings(folder))

    @pytest.fixture
    def districts(self, tmp_path: Path) -> Iterator[SchoolExtract]:
        """The connector over one file."""
        (tmp_path / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
        connector = self.connect(tmp_path)
        yield connector
        connector.close()

    @pytest.fixture
    def cases(self) -> DistrictsCases:
        """What stands in the file."""
        meadow = School(name="Engskolen", phone="36 39 00 01")
        hill = School(name="Skolen på Bakken")
        return DistrictsCases(schools={"a1": meadow, "a2": meadow, "a3": hill}, unknown="a9")

    @pytest.fixture
    def failures(self, tmp_path: Path) -> FailureCases:
        """One address, while the file is away, cut short, written anew or something else."""
        (tmp_path / "schools.csv").write_text(SCHOOLS, encoding="utf-8")

        @contextmanager
        def again() -> Iterator[None]:
            rows = SCHOOLS.partition("\n")[2]
            (tmp_path / "schools.csv").write_text(SCHOOLS + rows, encoding="utf-8")
            yield

        fails = file_failures(tmp_path / "schools.csv")
        return FailureCases(
            connect=lambda: self.connect(tmp_path),
            call=lambda districts: districts.school_at("a1"),
            fails={**fails, "duplicate": again},
            absent=NO_HTTP,
            personal=("36 39 00 01", "a1;"),
        )
