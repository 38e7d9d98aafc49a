"""The invented people: the same ones for the same seed, nobody who may exist, every situation present."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rpa_commons.sandbox import (
    MOVE_COLUMNS,
    REGISTER_COLUMNS,
    Population,
    PopulationError,
    Sandbox,
    is_synthetic,
    make_population,
)
from rpa_commons.validators import contains_personal_number, dk

TODAY = date(2026, 11, 20)
PUBLISHED = {"2211771212", "2512169996", "0706614818"}


def made(seed: int = 2026, people: int = 300) -> Population:
    """Two municipalities' people."""
    return make_population(seed=seed, municipalities=["0265", "0167"], people=people, today=TODAY)


def rows(path: Path) -> list[dict[str, str]]:
    """An extract's rows by header."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8")), delimiter=";"))


def test_a_seed_makes_the_same_people() -> None:
    """Field by field, and others for another seed."""
    assert list(made(1)) == list(made(1))
    assert list(made(1)) != list(made(2))


def test_a_seed_makes_the_same_bytes_in_another_process(
    start: Callable[..., Sandbox], tmp_path: Path
) -> None:
    """Not even the hash seed of the interpreter changes an extract."""
    box = start(seed=5)
    box.write_register_extract(tmp_path / "people.csv")
    box.write_moves_extract(tmp_path / "moves.csv", "0265", date(2026, 11, 1))
    program = (
        "import sys; from datetime import date; from rpa_commons.sandbox import make_population\n"
        "from rpa_commons.sandbox._extracts import moves_csv, register_csv\n"
        "p = make_population(seed=5, municipalities=['0265', '0167'], people=60, today=date(2026, 11, 20))\n"
        "sys.stdout.buffer.write(register_csv(p) + moves_csv(p.moves_into('0265', date(2026, 11, 1))))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout

    assert (tmp_path / "people.csv").read_bytes() + (tmp_path / "moves.csv").read_bytes() == other


def test_nobody_can_exist() -> None:
    """Numbers are published test numbers or spell 2040-2057 with a seventh digit of 5 to 8, each once."""
    numbers = [person.cpr for person in made()]
    changed = [person.current_number for person in made() if person.current_number]
    invented = set(numbers + changed) - PUBLISHED

    assert len(numbers) == len(set(numbers))
    assert PUBLISHED <= set(numbers)
    born = [dk.Cpr.parse(number).birth_date for number in invented]
    assert all(day is not None and 2040 <= day.year <= 2057 for day in born)
    assert {number[6] for number in invented} <= set("5678")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2211771212", True),
        ("0101505555", True),
        ("0101405555", True),
        ("0101395555", False),
        ("0101585555", False),
        ("0101501234", False),
        ("0101701234", False),
        ("3113505555", False),
        ("nobody", False),
    ],
)
def test_tells_who_cannot_exist(number: str, expected: bool) -> None:
    """A number that a living person may have is not taken for an invented one."""
    assert expected == is_synthetic(number)


def test_birth_dates_are_the_registers_own() -> None:
    """Nobody is born in the future, whatever the number spells."""
    population = made()

    assert all(date(1900, 1, 1) < person.birth_date <= TODAY for person in population)
    assert max(population.age(person) for person in population) < 100


@pytest.mark.parametrize(
    "case",
    [
        "family from another municipality",
        "single from another municipality",
        "single from abroad",
        "moved inside the municipality",
        "born here, no earlier address",
        "first registration, no earlier address",
        "moved out and in again",
        "moved in and on again",
        "died after moving in",
        "disappeared after moving in",
        "emigrated after moving in",
        "number changed after moving in",
        "protected name and address",
        "not registered for Digital Post",
        "hostile name",
    ],
)
def test_every_situation_is_in_every_municipality(case: str) -> None:
    """Even the smallest population has what a bot must get right, for each municipality."""
    homes = {person.home for person in made(people=1) if person.case == case}

    assert {"0265", "0167"} == homes


def test_the_moves_say_where_people_come_from() -> None:
    """Another municipality, the same one, abroad, and no earlier address."""
    by_case = {}
    for person in made():
        for move in person.moves:
            by_case.setdefault(person.case, set()).add((move.origin, move.from_municipality == person.home))

    assert {("abroad", False)} == by_case["single from abroad"]
    assert {("none", False)} == by_case["first registration, no earlier address"]
    assert ("municipality", True) in by_case["moved inside the municipality"]
    assert {("municipality", False)} == by_case["single from another municipality"]


def test_out_and_in_again_is_two_moves_in() -> None:
    """The same person moves in twice within two weeks: two events with two ids."""
    population = made()
    person = next(p for p in population if p.home == "0265" and p.case == "moved out and in again")
    moves = [move for move in population.moves_into("0265", date(2026, 11, 1)) if move.cpr == person.cpr]

    assert 2 == len({move.id for move in moves})


def test_a_household_moves_together() -> None:
    """Two adults of a family share the day and the address."""
    population = made()
    mette = population.get("2211771212")
    assert mette
    spouse = population.get(mette.spouse or "")
    assert spouse

    assert mette.moves[0].address_id == spouse.moves[0].address_id
    assert mette.moves[0].moved_on == spouse.moves[0].moved_on
    assert 2 == population.children_under_18(mette)


def test_event_ids_tell_nothing() -> None:
    """No personal number stands in an id, nor ten digits that look like one."""
    ids = [move.id for person in made() for move in person.moves]

    assert len(ids) == len(set(ids))
    assert not any(contains_personal_number(name) for name in ids)


def test_the_moves_extract_holds_the_days_asked_for(box: Sandbox, tmp_path: Path) -> None:
    """From a day on, over as many days as are wanted, one municipality's moves."""
    path = box.write_moves_extract(tmp_path / "moves.csv", "0265", date(2026, 11, 15), days=2)
    extract = rows(path)

    assert tuple(extract[0]) == MOVE_COLUMNS
    assert {"0265"} == {row["til_kommune"] for row in extract}
    assert {row["flyttedato"] for row in extract} <= {"2026-11-15", "2026-11-16"}
    assert [row["haendelse"] for row in extract] == [
        move.id for move in box.moves_into("0265", date(2026, 11, 15), 2)
    ]


def test_the_moves_extract_says_abroad_and_none(box: Sandbox, tmp_path: Path) -> None:
    """Origins that are no municipality are words, never blanks."""
    extract = rows(box.write_moves_extract(tmp_path / "moves.csv", "0265", date(2026, 11, 1)))
    origins = {row["fra_kommune"] for row in extract}

    assert {"udland", "ingen", "0265"} <= origins
    assert "" not in origins


def test_the_register_extract_has_everybody(box: Sandbox, tmp_path: Path) -> None:
    """One row for each person; hostile names survive the quoting."""
    extract = rows(box.write_register_extract(tmp_path / "people.csv"))
    names = {row["navn"] for row in extract}

    assert tuple(extract[0]) == REGISTER_COLUMNS
    assert [row["cpr"] for row in extract] == [person.cpr for person in box.people]
    assert 'Ole #read("letterhead.typ")' in names
    assert 'Kim ;"=1+1" |Holm' in names


def test_more_people_than_numbers_is_an_error() -> None:
    """A typing error of some zeros ends in words, not in an endless search."""
    from rpa_commons.sandbox import _numbers

    maker = _numbers.NumberMaker(1)
    maker._given = {str(number) for number in range(200_000)}
    with pytest.raises(PopulationError, match="200000"):
        maker.make("K")
