"""Invoices that no inbox may let through unseen, one of each kind: as they come, or as an attacker would."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ._draft import Draft
from ._ubl import en16931

__all__ = ["BROKEN", "broken_files"]

_HOSTILE = '<script>alert(1)</script>\u202egnp.exe {{ 7*7 }} #read("/etc/passwd") =1+1 \' OR 1=1 --'
_ENTITY = b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<Invoice'
_LEVELS = 2000
_FAR = timedelta(days=70 * 365)

BROKEN: Mapping[str, str] = {
    "broken-empty.xml": "no byte in it",
    "broken-truncated.xml": "ends in the middle of an element",
    "broken-entity.xml": "a document type with an external entity",
    "broken-encoding.xml": "says UTF-8 and holds Latin-1",
    "broken-utf16.xml": "UTF-16",
    "broken-deep.xml": "two thousand elements in one another",
    "broken-schema.xml": "an element that UBL 2.1 does not know",
    "broken-total.xml": "a total that is not the sum (EN 16931 BR-CO-15)",
    "broken-fik.xml": "a payment identifier with a wrong check digit",
    "broken-cvr.xml": "a CVR number with a wrong check digit",
    "broken-hostile.xml": "valid, but the supplier's name is markup, code and a right-to-left override",
    "broken-future.xml": "valid, but issued seventy years from now",
    "broken-duplicate.xml": "valid, but the first good document once more under another name",
    "broken-account.xml": "valid, but a supplier seen before asks for payment to another creditor number",
}
"""File -> what is wrong with it."""


def broken_files(
    draft: Draft, good: Mapping[str, bytes], drafts: Sequence[Draft]
) -> tuple[dict[str, bytes], Mapping[str, str]]:
    """One file of each kind, and what is wrong with each.

    Args:
        draft: An invoice that none of the good files holds.
        good: The good files, in their order.
        drafts: What these were written from.
    """
    whole = en16931(draft)
    known = drafts[0].supplier if drafts else draft.supplier
    other = f"{(int(known.creditor) + 1) % 10**8:08}"
    make: dict[str, Callable[[], bytes]] = {
        "broken-empty.xml": bytes,
        "broken-truncated.xml": lambda: whole[: len(whole) * 2 // 3],
        "broken-entity.xml": lambda: whole.replace(b"<Invoice", _ENTITY, 1),
        "broken-encoding.xml": lambda: whole.decode().encode("latin-1"),
        "broken-utf16.xml": lambda: whole.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "broken-deep.xml": lambda: b"<Invoice>" * _LEVELS + b"</Invoice>" * _LEVELS,
        "broken-schema.xml": lambda: whole.replace(b"cbc:BuyerReference", b"cbc:BuyersReference"),
        "broken-total.xml": lambda: _with_total(whole, draft.total),
        "broken-fik.xml": lambda: en16931(replace(draft, payment_identifier=_off(draft.payment_identifier))),
        "broken-cvr.xml": lambda: en16931(_by(draft, cvr=_off(draft.supplier.cvr))),
        "broken-hostile.xml": lambda: en16931(_by(draft, name=_HOSTILE)),
        "broken-future.xml": lambda: en16931(
            replace(draft, issued=draft.issued + _FAR, due=draft.due + _FAR)
        ),
        "broken-duplicate.xml": lambda: next(iter(good.values()), whole),
        "broken-account.xml": lambda: en16931(replace(draft, supplier=replace(known, creditor=other))),
    }
    return {name: make[name]() for name in BROKEN}, BROKEN


def _by(draft: Draft, **changes: str) -> Draft:
    return replace(draft, supplier=replace(draft.supplier, **changes))  # type: ignore[arg-type] # only texts are changed


def _off(digits: str) -> str:
    """The same with another last digit."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def _with_total(whole: bytes, total: Decimal) -> bytes:
    """Two kroner more to pay than the lines and the VAT make."""
    more = total + 2
    for name in (b"TaxInclusiveAmount", b"PayableAmount"):
        old = name + f' currencyID="DKK">{total:.2f}<'.encode()
        whole = whole.replace(old, name + f' currencyID="DKK">{more:.2f}<'.encode())
    return whole
