"""The people of an invented Swedish town and what seven agencies know about them: same seed, same town.

Rules this module keeps: numbers are of Skatteverket's published test numbers only, which are never given to a
person (open data "Testpersonnummer" and "Testsamordningsnummer"); names, funds, vehicles and amounts are
invented; what each agency says follows its public schema, what the schema leaves open (words of a status) is
ours and marked so.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

__all__ = [
    "FK_ACTOR",
    "FK_GROUPS",
    "FUND",
    "NOTHING_HERE",
    "OTHER_FUND",
    "Paid",
    "Permit",
    "Resident",
    "Town",
    "make_town",
]

FK_ACTOR = "sandbox-1"
"""The ``aktorsid`` that the simulated Försäkringskassan knows."""
FK_GROUPS: Mapping[str, str] = {
    "FK:ABB": "Barnbidrag",
    "FK:BOB": "Bostadsbidrag",
    "FK:FP": "Föräldrapenning",
    "FK:SJP": "Sjukpenning",
    "FK:TFP": "Tillfällig föräldrapenning",
    "PM:AP": "Allmän pension",
    "PM:BTI": "Bostadstillägg och inkomststöd",
}
"""Groups of benefits that the simulated agreement gives; of any other comes a deviation."""
FUND = "Sandlådans a-kassa"
OTHER_FUND = "Provortens a-kassa"
NOTHING_HERE = "ingen uppgift (sandbox)"
"""Ours: the status words of a-kassor are not public."""

# Skatteverket's open data; every 1,523rd personal number, of those the adults, and some coordination numbers.
_NUMBERS = (
    "197701292380",
    "198404022397",
    "198506212391",
    "198512022388",
    "198703072382",
    "198902262388",
    "199110232387",
    "199212092390",
    "199902232389",
    "200007292394",
    "200103092383",
    "200305242380",
    "200408052389",
)
_PENSIONER = "195401164511"
_COORDINATION = ("198512622393", "199409812386", "197807702399")
_GIVEN = ("Alva", "Bo", "Disa", "Edvin", "Frida", "Göte", "Hedda", "Ivar", "Jorun", "Kåre", "Lova", "Måns")
_FAMILY = ("Sandlåda", "Provberg", "Testström", "Exempelius", "Påhittsson")
_MONTHS_BACK = 6
_PAYDAY = 25


@dataclass(frozen=True)
class Paid:
    """One payment: net is what is paid out, gross before tax; whole kronor."""

    kind: str
    on: date
    first: date
    last: date
    net: int
    gross: int
    done: bool = True


@dataclass(frozen=True)
class Permit:
    """A residence permit; ``last`` is ``None`` for a permanent one."""

    kind: str
    text: str
    first: date
    last: date | None


@dataclass(frozen=True)
class Resident:
    """One person and what the agencies hold; what is empty is unknown to that agency.

    Attributes:
        title: What is special, for people who look for a case to try.
        away: Agency -> how it fails for this person: ``error`` (SSBTEK could not reach it) or ``down``.
    """

    number: str
    given: str
    family: str
    title: str
    benefits: tuple[Paid, ...] = ()
    pensions: tuple[Paid, ...] = ()
    studies: tuple[Paid, ...] = ()
    unemployment: tuple[Paid, ...] = ()
    silent_fund: bool = False
    seeking: date | None = None
    support: tuple[date, date] | None = None
    permit: Permit | None = None
    vehicles: tuple[tuple[str, str, str, str, str], ...] = ()
    capital: int = 0
    protected: bool = False
    away: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Town:
    """Everybody, by number."""

    today: date
    people: Mapping[str, Resident]

    def __iter__(self) -> Iterator[Resident]:
        """In the order of the cast."""
        return iter(self.people.values())

    def case(self, title: str) -> Resident:
        """The person a case is about.

        Raises:
            LookupError: no case has this title.
        """
        for one in self:
            if one.title == title:
                return one
        raise LookupError(title)


def make_town(seed: int, today: date) -> Town:
    """The town: who has which number, name and amount follows from the seed, the dates from the day."""
    maker = _Maker(seed, today)
    people = (*maker.insured(), *maker.without_work(), *maker.registered(), *maker.hard_to_ask())
    return Town(today, {one.number: one for one in people})


class _Maker:
    """Makes the cast, in order."""

    def __init__(self, seed: int, today: date) -> None:
        self._rng = random.Random(f"ssbtek:{seed}")  # noqa: S311 - invented people, no secret
        self._numbers = self._rng.sample(_NUMBERS, len(_NUMBERS))
        self._today = today

    def insured(self) -> Iterator[Resident]:
        """Who is paid by Försäkringskassan, Pensionsmyndigheten or CSN."""
        today = self._today
        sick, parent = self._kronor(7000, 12000), self._kronor(8000, 16000)
        child = self._rng.choice((1250, 2650, 4480))
        benefits = (*_monthly("FK:SJP", sick, today), _planned("FK:SJP", sick, today))
        yield self._resident("sickness benefit, half time", benefits=benefits)
        benefits = (*_monthly("FK:FP", parent, today), *_monthly("FK:ABB", child, today, tax=0))
        yield self._resident("parental benefit and child allowance", benefits=benefits)
        pensions = tuple(_monthly("PM:AP", self._kronor(9000, 15000), today))
        yield self._resident("pensioner", _PENSIONER, pensions=pensions)
        car = ("PRV001", "PROVOBIL", "2014", "PERSONBIL", "P1")
        yield self._resident("income fell by a quarter", benefits=tuple(_fallen(today)), vehicles=(car,))
        studies = tuple(_study(self._kronor(3000, 4000), today))
        yield self._resident("student, one payment planned", studies=studies)

    def without_work(self) -> Iterator[Resident]:
        """Who is paid by an a-kassa."""
        today = self._today
        paid = tuple(_monthly("SO", self._kronor(9000, 14000), today))
        yield self._resident(
            "unemployed with benefit", unemployment=paid, seeking=today - timedelta(days=200)
        )
        yield self._resident(
            "unemployed, one fund tells nothing",
            unemployment=tuple(_monthly("SO", self._kronor(7000, 9000), today)),
            silent_fund=True,
            seeking=today - timedelta(days=90),
            support=(today - timedelta(days=80), today + timedelta(days=100)),
        )

    def registered(self) -> Iterator[Resident]:
        """Who has what is no benefit: a permit, capital, vehicles."""
        since = self._today.replace(day=1) - timedelta(days=400)
        permit = Permit("UT", "UPPEHÅLLSTILLSTÅND", since, since + timedelta(days=730))
        number = self._rng.choice(_COORDINATION)
        yield self._resident("coordination number, permit for a time", number, permit=permit)
        yield self._resident(
            "capital and two vehicles",
            capital=self._kronor(500, 90000),
            vehicles=(
                ("PRV002", "PROVOBIL", "2019", "PERSONBIL", "P2"),
                ("PRV003", "TESTMOTOR", "2003", "MOTORCYKEL", "T250"),
            ),
        )
        yield self._resident("nothing anywhere")

    def hard_to_ask(self) -> Iterator[Resident]:
        """Who is protected, and whom an agency cannot answer about."""
        allowance = tuple(_monthly("FK:ABB", 1250, self._today, tax=0))
        yield self._resident("protected", benefits=allowance, protected=True)
        housing = tuple(_monthly("FK:BOB", 2100, self._today))
        yield self._resident("a-kassor not reached", benefits=housing, away={"so": "error"})
        paid = tuple(_monthly("SO", 9700, self._today))
        yield self._resident("Försäkringskassan down", unemployment=paid, away={"fk": "down"})

    def _kronor(self, least: int, most: int) -> int:
        return self._rng.randrange(least, most)

    def _resident(self, title: str, number: str = "", **held: Any) -> Resident:  # noqa: ANN401 - Resident's own
        names = self._rng.choice(_GIVEN), self._rng.choice(_FAMILY)
        return Resident(number or self._numbers.pop(), *names, title, **held)


def _month(today: date, back: int) -> date:
    """The first day of the month so many months back."""
    months = today.year * 12 + today.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _paid(kind: str, net: int, today: date, back: int, *, tax: int = 30, done: bool = True) -> Paid:
    first, following = _month(today, back), _month(today, back - 1)
    gross = net * 100 // (100 - tax)
    return Paid(kind, first.replace(day=_PAYDAY), first, following - timedelta(days=1), net, gross, done)


def _monthly(kind: str, net: int, today: date, *, tax: int = 30) -> Iterator[Paid]:
    """Six months' payments, the last of them in the month before this one."""
    return (_paid(kind, net, today, back, tax=tax) for back in range(_MONTHS_BACK, 0, -1))


def _planned(kind: str, net: int, today: date) -> Paid:
    return _paid(kind, net, today, -1, done=False)


def _fallen(today: date) -> Iterator[Paid]:
    """2400 kronor two months ago, 1850 last month."""
    yield _paid("FK:SJP", 2400, today, 2)
    yield _paid("FK:SJP", 1850, today, 1)


def _study(grant: int, today: date) -> Iterator[Paid]:
    for back in (3, 2, 1):
        yield _paid("GRUND", grant, today, back, tax=0)
    yield _paid("GRUND", grant, today, -1, tax=0, done=False)
