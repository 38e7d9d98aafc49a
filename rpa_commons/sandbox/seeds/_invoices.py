"""Invented invoices and credit notes, in UBL after EN 16931 and in OIOUBL 2.1, by turns.

Usage::

    seed = InvoiceSeed(seed=2026, code="0265", cvr="29189404", today=date(2026, 11, 20))
    files = invoice_files(seed, count=20)      # name -> bytes, and index.json
"""

import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rpa_commons.sandbox._numbers import stable_uuid

from ._broken import broken_files
from ._draft import Draft, Line
from ._parties import Supplier, buyer, make_suppliers, mod10_digit
from ._ubl import en16931, oioubl

__all__ = ["InvoiceSeed", "invoice_files"]

_FORMATS = {"en16931": en16931, "oioubl": oioubl}
_CREDIT_EVERY = 5  # every fifth document takes one back
_TERMS = 30  # days, as public buyers pay


@dataclass(frozen=True)
class InvoiceSeed:
    """What decides which invoices there are: the seed, who gets them, and the day they are made for."""

    seed: int
    code: str
    cvr: str
    today: date


def invoice_files(seed: InvoiceSeed, *, count: int = 20, broken: bool = False) -> dict[str, bytes]:
    """File name -> content, with an ``index.json`` that says what each is.

    Args:
        seed: Which.
        count: How many good documents; a fifth of them are credit notes.
        broken: Add one of each kind in ``BROKEN``.
    """
    rng = random.Random(f"invoices:{seed.seed}:{seed.code}")  # noqa: S311 - invented invoices, no secret
    suppliers = make_suppliers(rng)
    files: dict[str, bytes] = {}
    index: list[dict[str, Any]] = []
    drafts: list[Draft] = []
    for number in range(1, count + 1):
        earlier = drafts[-1] if drafts and number % _CREDIT_EVERY == 0 else None
        draft = _credit(earlier, number) if earlier else _invoice(rng, seed, suppliers, number)
        drafts.append(draft)
        form = tuple(_FORMATS)[number // 2 % len(_FORMATS)]
        name = f"{'credit-note' if draft.credits else 'invoice'}-{number:05}.xml"
        files[name] = _FORMATS[form](draft)
        index.append({"file": name, "format": form, **draft.facts()})
    if broken:
        bad, sentences = broken_files(_invoice(rng, seed, suppliers, count + 1), files, drafts)
        files |= bad
        index += [{"file": name, "broken": why} for name, why in sentences.items()]
    note = "Everything here is invented by the rpa-commons sandbox; nothing of it may be paid."
    document = {"note": note, "municipality": seed.code, "made_for": seed.today.isoformat(), "files": index}
    files["index.json"] = json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
    return files


def _invoice(rng: random.Random, seed: InvoiceSeed, suppliers: list[Supplier], number: int) -> Draft:
    supplier = rng.choice(suppliers)
    issued = seed.today - timedelta(days=rng.randrange(1, 28))
    chosen = rng.sample(list(supplier.goods), rng.randrange(1, len(supplier.goods) + 1))
    identifier = f"{rng.randrange(10**14):014}"
    return Draft(
        number=f"{rng.choice('ABFK')}{issued.year}-{number:05}",
        uuid=stable_uuid(rng),
        issued=issued,
        due=issued + timedelta(days=_TERMS),
        supplier=supplier,
        buyer=buyer(seed.code, seed.cvr),
        order=f"REK-{issued.year}-{rng.randrange(10_000):04}",
        lines=tuple(Line(each.name, each.unit, _quantity(rng, each.unit), each.price) for each in chosen),
        payment_identifier=identifier + mod10_digit(identifier),
        uuid_of_credit=stable_uuid(rng),
    )


def _quantity(rng: random.Random, unit: str) -> Decimal:
    """Hours by the half, kilometres in whole tens, pieces whole."""
    if unit == "HUR":
        return Decimal(rng.randrange(1, 12)) / 2
    return Decimal(rng.randrange(1, 6)) * (10 if unit == "KMT" else 1)


def _credit(draft: Draft, number: int) -> Draft:
    """The whole of an earlier invoice, taken back three days later."""
    return draft.credited(f"KN{draft.issued.year}-{number:05}")
