"""Who sends invoices in the sandbox and who gets them, with numbers that pass their checks.

Which CVR and creditor numbers are free is not published, so a number may happen to be a company's; the names
are invented, and say so. The places (GLN) begin with 952, which GS1 keeps for examples.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpa_commons.sandbox._names import MUNICIPALITIES, STREETS
from rpa_commons.validators import InvalidIdentifierError, dk

__all__ = ["SUPPLIERS", "Buyer", "Goods", "Supplier", "buyer", "gln", "make_suppliers", "mod10_digit"]

VAT = Decimal(25)
_EXEMPT = Decimal(0)


@dataclass(frozen=True)
class Goods:
    """One thing that a supplier sells: unit code (UN/ECE 20), price in DKK without VAT."""

    name: str
    unit: str
    price: Decimal


@dataclass(frozen=True)
class Supplier:
    """Who sends invoices. ``creditor`` is the number of the payment slips; ``rate`` is VAT in per cent."""

    name: str
    cvr: str
    creditor: str
    street: str
    house: str
    postal_code: str
    city: str
    rate: Decimal
    goods: Sequence[Goods]


@dataclass(frozen=True)
class Buyer:
    """The municipality, and the place in it that the invoice goes to."""

    name: str
    cvr: str
    gln: str
    postal_code: str
    city: str


SUPPLIERS: Sequence[tuple[str, Decimal, Sequence[Goods]]] = (
    (
        "Opfundet Lægehus Æblegården I/S",
        _EXEMPT,  # momsloven § 13, stk. 1, nr. 1: medical services
        (
            Goods("Statusattest", "C62", Decimal("412.50")),
            Goods("Helbredsattest", "C62", Decimal("1021.34")),
            Goods("Specifik helbredsattest", "C62", Decimal("687.09")),
        ),
    ),
    (
        "Opfundet Tolkeservice ApS",
        VAT,
        (
            Goods("Fremmødetolkning, arabisk", "HUR", Decimal("395.00")),
            Goods("Telefontolkning, ukrainsk", "HUR", Decimal("287.75")),
            Goods("Kørsel", "KMT", Decimal("3.81")),
        ),
    ),
    (
        "Opfundne Hjælpemidler A/S",
        VAT,
        (
            Goods("Rollator", "C62", Decimal("1149.00")),
            Goods("Badebænk", "C62", Decimal("329.95")),
            Goods("Reparation af kørestol", "HUR", Decimal("512.00")),
        ),
    ),
    (
        "Opfundet Kontor & Papir ApS",
        VAT,
        (
            Goods("Kopipapir A4, kasse", "C62", Decimal("189.50")),
            Goods("Kuverter C5, 500 stk.", "C62", Decimal("144.20")),
        ),
    ),
    (
        "Malerfirmaet Opfundet v/ Ingen Nielsen",
        VAT,
        (
            Goods("Maling af kontor", "HUR", Decimal("478.00")),
            Goods("Materialer", "C62", Decimal("1260.33")),
        ),
    ),
    (
        "Speciallæge Opfundet ApS",
        _EXEMPT,
        (Goods("Speciallægeerklæring", "C62", Decimal("5274.60")),),
    ),
)
"""Name, VAT rate and goods. Prices are invented, no tariff."""


def make_suppliers(rng: random.Random) -> list[Supplier]:
    """All of them, with numbers and addresses from the generator."""
    return [_supplier(rng, name, rate, goods) for name, rate, goods in SUPPLIERS]


def buyer(code: str, cvr: str) -> Buyer:
    """The municipality as a buyer."""
    name, postal_code, city = MUNICIPALITIES.get(code, (f"nr. {code}", "9999", "Sandby"))
    return Buyer(f"{name} Kommune (sandkasse)", cvr, gln(f"952{code}00001"), postal_code, city)


def gln(twelve: str) -> str:
    """Twelve digits with GS1's check digit behind them."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def mod10_digit(digits: str) -> str:
    """The last digit of a payment identifier: weights 2 and 1 from the right, digits of products added."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (1 if place % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def _supplier(rng: random.Random, name: str, rate: Decimal, goods: Sequence[Goods]) -> Supplier:
    _, postal_code, city = MUNICIPALITIES[rng.choice(sorted(MUNICIPALITIES))]
    return Supplier(
        name=name,
        cvr=_cvr(rng),
        creditor=f"89{rng.randrange(1_000_000):06}",
        street=rng.choice(STREETS),
        house=str(rng.randrange(1, 120)),
        postal_code=postal_code,
        city=city,
        rate=rate,
        goods=goods,
    )


def _cvr(rng: random.Random) -> str:
    """Eight digits that begin with 99 and pass the check."""
    while True:
        number = f"99{rng.randrange(1_000_000):06}"
        try:
            return dk.cvr(number)
        except InvalidIdentifierError:
            continue
