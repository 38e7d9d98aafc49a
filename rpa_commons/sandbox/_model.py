"""The invented people as plain data: who they are, where they lived, when they moved.

Everything here is frozen; two populations made from the same seed compare equal, field by field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal

__all__ = ["Move", "Person", "Population", "Residence", "Sex", "Status"]

Origin = Literal["municipality", "abroad", "none"]
Sex = Literal["K", "M"]
_FULL_AGE = 18  # years; CPR counts children below it


class Status(IntEnum):
    """CPR's status codes, as far as the sandbox uses them (SF1520 contract, ``statusTypeType``)."""

    ACTIVE = 1
    NUMBER_CHANGED = 60
    DISAPPEARED = 70
    EMIGRATED = 80
    DEAD = 90


@dataclass(frozen=True)
class Residence:
    """One address somebody lives or lived at. Open ends are ``None``."""

    municipality: str
    street: str
    street_code: int
    house: str
    floor: str
    door: str
    postal_code: str
    city: str
    address_id: str
    co_name: str = ""
    locality: str = ""
    moved_in: date | None = None
    moved_out: date | None = None

    @property
    def line(self) -> str:
        """Street, number, floor and door as an envelope wants them: ``Algade 31, 2. tv``."""
        unit = f", {self.floor}. {self.door}".rstrip() if self.floor else ""
        return f"{self.street} {self.house}{unit}"


@dataclass(frozen=True)
class Move:
    """One registered change of address; ``id`` is stable and tells nothing about the person."""

    id: str
    cpr: str
    moved_on: date
    origin: Origin
    from_municipality: str | None
    to_municipality: str
    address_id: str


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist.

    Attributes:
        cpr: Ten digits that cannot belong to a living person, or one of the published test numbers.
        birth_date: The register's field; independent of what the number spells.
        case: In words, which situation this person is here to show.
        home: Code of the municipality whose cast the person belongs to.
    """

    cpr: str
    given: str
    family: str
    sex: Sex
    birth_date: date
    case: str
    home: str
    status: Status = Status.ACTIVE
    status_date: date | None = None
    protected_since: date | None = None
    digital_post: bool = True
    address: Residence | None = None
    history: tuple[Residence, ...] = ()
    moves: tuple[Move, ...] = ()
    spouse: str | None = None
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    current_number: str = ""

    @property
    def name(self) -> str:
        """The addressing name."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True)
class Population:
    """Everybody in the sandbox, by number, as of ``today``."""

    today: date
    by_cpr: Mapping[str, Person] = field(repr=False)

    def __iter__(self) -> Iterator[Person]:
        """People in the order they were made in."""
        return iter(self.by_cpr.values())

    def __len__(self) -> int:
        return len(self.by_cpr)

    def get(self, cpr: str) -> Person | None:
        """The person with this number, or ``None``."""
        return self.by_cpr.get(cpr)

    def children_under_18(self, person: Person) -> int:
        """Active children below 18 on the population's day, by their registered birth date."""
        children = (self.by_cpr[cpr] for cpr in person.children)
        return sum(c.status is Status.ACTIVE and self.age(c) < _FULL_AGE for c in children)

    def age(self, person: Person) -> int:
        """Whole years on the population's day."""
        born, day = person.birth_date, self.today
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def moves_into(self, municipality: str, since: date, until: date | None = None) -> list[Move]:
        """Every move into the municipality from ``since`` to ``until``, both included, by date and id."""
        last = until or self.today
        moves = (move for person in self for move in person.moves)
        wanted = (m for m in moves if m.to_municipality == municipality and since <= m.moved_on <= last)
        return sorted(wanted, key=lambda move: (move.moved_on, move.id))
