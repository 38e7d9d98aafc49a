"""Which situations everybody's sandbox has: one household for each thing a bot must get right.

A stay is ``(where, days ago)``. ``home`` is the municipality the cast is made for, ``elsewhere`` another
Danish one; ``abroad`` and ``none`` are no addresses but say what came before the first one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ._model import Sex, Status

__all__ = ["CAST", "PUBLISHED_PEOPLE", "RESIDENT", "Case", "PublishedPerson", "Stay", "crowd_case"]

Where = Literal["home", "elsewhere", "abroad", "none"]
Stay = tuple[Where, int]
_LONG = 3000  # days; a stay that began long before any window


@dataclass(frozen=True)
class Case:
    """One household: how many, where from, and what is special about it."""

    title: str
    stays: tuple[Stay, ...]
    adults: int = 1
    children: int = 0
    status: Status = Status.ACTIVE
    status_days: int = 0
    protected: bool = False
    digital_post: bool = True
    hostile: bool = False
    co_name: bool = False
    newborn_days: int = 0


@dataclass(frozen=True)
class PublishedPerson:
    """A published test number and who it stands for here."""

    cpr: str
    given: str
    family: str
    sex: Sex
    birth_date: date


_FROM_ELSEWHERE: tuple[Stay, ...] = (("elsewhere", _LONG), ("home", 5))
_RESIDENT: tuple[Stay, ...] = (("elsewhere", 2 * _LONG), ("home", _LONG))

CAST = (
    Case("family from another municipality", _FROM_ELSEWHERE, adults=2, children=2),
    Case("single from another municipality", (("elsewhere", _LONG), ("home", 3))),
    Case("couple without children from another municipality", (("elsewhere", 900), ("home", 7)), adults=2),
    Case("single from abroad", (("abroad", 0), ("home", 6))),
    Case("family from abroad", (("abroad", 0), ("home", 8)), adults=2, children=1),
    Case("moved inside the municipality", (("elsewhere", 2 * _LONG), ("home", _LONG), ("home", 4))),
    Case("born here, no earlier address", _RESIDENT, adults=2, newborn_days=4),
    Case("first registration, no earlier address", (("none", 0), ("home", 6))),
    Case(
        "moved out and in again",
        (("elsewhere", _LONG), ("home", 12), ("elsewhere", 7), ("home", 2)),
    ),
    Case("moved in and on again", (("elsewhere", _LONG), ("home", 9), ("elsewhere", 1))),
    Case("died after moving in", _FROM_ELSEWHERE, status=Status.DEAD, status_days=2),
    Case("disappeared after moving in", _FROM_ELSEWHERE, status=Status.DISAPPEARED, status_days=1),
    Case("emigrated after moving in", _FROM_ELSEWHERE, status=Status.EMIGRATED, status_days=1),
    Case("number changed after moving in", _FROM_ELSEWHERE, status=Status.NUMBER_CHANGED, status_days=1),
    Case("protected name and address", (("elsewhere", 700), ("home", 4)), protected=True),
    Case(
        "protected family, not registered for Digital Post",
        (("elsewhere", 700), ("home", 8)),
        adults=1,
        children=1,
        protected=True,
        digital_post=False,
    ),
    Case("not registered for Digital Post", (("elsewhere", 1200), ("home", 2)), digital_post=False),
    Case("family not registered for Digital Post", _FROM_ELSEWHERE, adults=2, children=1, digital_post=False),
    Case("hostile name", (("elsewhere", 400), ("home", 3)), hostile=True),
    Case("hostile name", (("elsewhere", 500), ("home", 5)), hostile=True),
    Case("hostile name", (("abroad", 0), ("home", 7)), hostile=True),
    Case("hostile name", (("elsewhere", 600), ("home", 1)), hostile=True),
    Case("hostile name", (("elsewhere", 650), ("home", 9)), hostile=True),
    Case("lives with somebody else (c/o)", (("elsewhere", 300), ("home", 4)), co_name=True),
)
RESIDENT = Case("has lived here for years", _RESIDENT)

PUBLISHED_PEOPLE = {  # (case title, adult or child) -> who; in the first municipality only
    (CAST[0].title, "adult"): PublishedPerson("2211771212", "Mette", "Hansen", "K", date(1977, 11, 22)),
    (CAST[0].title, "child"): PublishedPerson("2512169996", "Emilie", "Hansen", "K", date(2016, 12, 25)),
    (CAST[1].title, "adult"): PublishedPerson("0706614818", "Karen", "Friis", "K", date(1961, 6, 7)),
}


def crowd_case(kind: str, days: int, *, digital_post: bool) -> Case:
    """A household of the crowd that fills the sandbox up; ``kind`` is one of the five in the population."""
    stays: tuple[Stay, ...] = (("elsewhere", _LONG), ("home", days))
    if kind == "inside":
        return Case("moved inside the municipality", (*_RESIDENT, ("home", days)), digital_post=digital_post)
    if kind == "resident":
        return RESIDENT
    adults = 1 if kind == "single" else 2
    children = 2 if kind == "family" else 0
    titles = {"single": CAST[1].title, "couple": CAST[2].title, "family": CAST[0].title}
    return Case(titles[kind], stays, adults=adults, children=children, digital_post=digital_post)
