"""Makes the people: the same ones, byte for byte, from the same seed, codes and day.

Usage::

    everybody = make_population(seed=2026, municipalities=["0265", "0167"], people=60, today=day)
"""

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ._cast import CAST, PUBLISHED_PEOPLE, Case, Stay, crowd_case
from ._model import Move, Origin, Person, Population, Residence, Sex, Status
from ._names import FAMILY, GIVEN_FEMALE, GIVEN_MALE, HOSTILE, MUNICIPALITIES, STREETS
from ._numbers import NumberMaker, stable_uuid

__all__ = ["make_population"]

_CROWD = ("single", "single", "couple", "family", "inside", "resident")
_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
_LARGEST_HOUSEHOLD = 4  # people
_LAST_CROWD_DAY = 13  # days ago; inside the window that most municipalities use


def make_population(*, seed: int, municipalities: Sequence[str], people: int, today: date) -> Population:
    """At least ``people`` people for each municipality; the cast is always complete.

    Raises:
        PopulationError: more people than there are numbers to give them.
    """
    numbers = NumberMaker(seed)
    everybody: dict[str, Person] = {}
    for place, code in enumerate(municipalities):
        maker = _Maker(seed, code, numbers, today, published=place == 0)
        for person in maker.everybody(people):
            everybody[person.cpr] = person
    return Population(today=today, by_cpr=everybody)


class _Maker:
    """Makes the households of one municipality."""

    def __init__(self, seed: int, code: str, numbers: NumberMaker, today: date, *, published: bool) -> None:
        self._rng = random.Random(f"people:{seed}:{code}")  # noqa: S311 - invented people, no secret
        self._code = code
        self._numbers = numbers
        self._today = today
        self._published = dict(PUBLISHED_PEOPLE) if published else {}
        self._hostile = iter(HOSTILE)

    def everybody(self, wanted: int) -> Iterator[Person]:
        """The cast, then a crowd until there are enough."""
        made = 0
        for case in CAST:
            household = self._household(case)
            made += len(household)
            yield from household
        while made < wanted:
            kind = self._rng.choice(_CROWD) if wanted - made >= _LARGEST_HOUSEHOLD else "single"
            days = self._rng.randrange(1, _LAST_CROWD_DAY + 1)
            digital = self._rng.random() < 0.85  # noqa: PLR2004 - about the share that is registered
            household = self._household(crowd_case(kind, days, digital_post=digital))
            made += len(household)
            yield from household

    def _household(self, case: Case) -> list[Person]:
        stays = [self._residence(case, stay) for stay in case.stays if stay[0] in {"home", "elsewhere"}]
        known = self._published.get((case.title, "adult"))
        family = known.family if known else self._rng.choice(FAMILY)
        age = (
            self._rng.randrange(24, 46) if case.children or case.newborn_days else self._rng.randrange(20, 85)
        )
        adults = [self._person(case, "adult", family, age) for _ in range(case.adults)]
        children = [
            self._person(case, "child", family, self._rng.randrange(1, 17)) for _ in range(case.children)
        ]
        people = [self._settle(case, person, stays) for person in (*adults, *children)]
        if case.newborn_days:
            people.append(self._newborn(case, family, stays))
        return _related(people, case.adults)

    def _residence(self, case: Case, stay: Stay) -> Residence:
        where, days = stay
        others = sorted(code for code in MUNICIPALITIES if code != self._code)
        code = self._code if where == "home" else self._rng.choice(others)
        _, postal_code, city = MUNICIPALITIES.get(code, ("", "9999", "Sandby"))
        flat = self._rng.random() < 0.5  # noqa: PLR2004 - half of them live in a flat
        return Residence(
            municipality=code,
            street=self._rng.choice(STREETS),
            street_code=self._rng.randrange(1, 9000),
            house=f"{self._rng.randrange(1, 120)}{self._rng.choice(('', '', '', 'A', 'B'))}",
            floor=str(self._rng.randrange(1, 5)) if flat else "",
            door=self._rng.choice(("tv", "th", "mf")) if flat else "",
            postal_code=postal_code,
            city=city,
            address_id=stable_uuid(self._rng),
            co_name=self._rng.choice(FAMILY) if case.co_name and where == "home" else "",
            moved_in=self._today - timedelta(days=days),
        )

    def _person(self, case: Case, role: str, family: str, age: int) -> Person:
        known = self._published.pop((case.title, role), None)
        sex: Sex = self._rng.choice(("K", "M"))
        given = self._rng.choice(GIVEN_FEMALE if sex == "K" else GIVEN_MALE)
        born = self._today - timedelta(days=age * 366 + self._rng.randrange(200))
        if case.hostile:
            given, family = next(self._hostile), ""
        if known:
            given, family, sex, born = known.given, known.family, known.sex, known.birth_date
        return Person(
            cpr=known.cpr if known else self._numbers.make(sex),
            given=given,
            family=family,
            sex=sex,
            birth_date=born,
            case=case.title,
            home=self._code,
            digital_post=case.digital_post and role == "adult",
        )

    def _settle(self, case: Case, person: Person, stays: list[Residence]) -> Person:
        """Give the person addresses, moves and the status of the case."""
        ends = [stay.moved_in for stay in stays[1:]]
        closed = [replace(stay, moved_out=end) for stay, end in zip(stays, ends, strict=False)]
        current: Residence | None = stays[-1]
        since = None
        if case.status is not Status.ACTIVE and current:
            since = self._today - timedelta(days=case.status_days)
            closed.append(replace(current, moved_out=since))
            current = None
        changed = case.status is Status.NUMBER_CHANGED
        return replace(
            person,
            address=current,
            history=tuple(reversed(closed)),
            moves=tuple(self._moves(case, person.cpr, stays)),
            status=case.status,
            status_date=since,
            protected_since=stays[-1].moved_in if case.protected else None,
            current_number=self._numbers.make(person.sex) if changed else "",
        )

    def _newborn(self, case: Case, family: str, stays: list[Residence]) -> Person:
        born = self._today - timedelta(days=case.newborn_days)
        home = replace(stays[-1], moved_in=born)
        person = replace(self._person(case, "child", family, 0), birth_date=born, address=home)
        return replace(person, moves=(self._move(person.cpr, home, "none", None),))

    def _moves(self, case: Case, cpr: str, stays: list[Residence]) -> Iterator[Move]:
        before = case.stays[0][0]
        if before in {"abroad", "none"}:
            yield self._move(cpr, stays[0], "abroad" if before == "abroad" else "none", None)
        for earlier, later in itertools.pairwise(stays):
            yield self._move(cpr, later, "municipality", earlier.municipality)

    def _move(self, cpr: str, to: Residence, origin: Origin, from_municipality: str | None) -> Move:
        if to.moved_in is None:
            raise AssertionError("every stay the sandbox makes has a first day")
        # A hash, so that the event's id is stable and nobody's number can be read from it; in letters, so
        # that no ten digits in a row look like a number.
        digest = hashlib.sha256(f"{cpr}:{to.address_id}:{to.moved_in}".encode()).hexdigest()
        return Move(
            id=f"SB-{digest[:20].translate(_LETTERS)}",
            cpr=cpr,
            moved_on=to.moved_in,
            origin=origin,
            from_municipality=from_municipality,
            to_municipality=to.municipality,
            address_id=to.address_id,
        )


def _related(people: list[Person], adults: int) -> list[Person]:
    """Tie the first ``adults`` people as a couple and the rest to them as their children."""
    grown, young = people[:adults], people[adults:]
    parents = tuple(person.cpr for person in grown)
    children = tuple(person.cpr for person in young)
    tied = [
        replace(person, children=children, spouse=next((cpr for cpr in parents if cpr != person.cpr), None))
        for person in grown
    ]
    return tied + [replace(person, parents=parents) for person in young]
