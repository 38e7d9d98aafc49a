"""What is kept, as rule sets that an invoice checker takes."""

from functools import partial

from rpa_commons.validators.invoices import InvoiceChecker, Pack, RuleSet

from ._known import Family, families
from ._store import SpecsStore, Stored

__all__ = ["invoice_checker", "rule_sets"]


def invoice_checker(store: SpecsStore) -> InvoiceChecker:
    """A checker by everything for invoices that is kept; files are read and verified at their first use.

    A `DamagedSpecError` is raised by the check that first needs a damaged file.
    """
    return InvoiceChecker(rule_sets(store))


def rule_sets(store: SpecsStore) -> tuple[RuleSet, ...]:
    """Every family for invoices, with the versions that are kept; without any where none is."""
    kept: dict[str, list[Stored]] = {}
    for one in store.stored():
        kept.setdefault(one.name, []).append(one)
    return tuple(_rule_set(one, kept, store) for one in families() if one.for_invoices)


def _rule_set(one: Family, kept: dict[str, list[Stored]], store: SpecsStore) -> RuleSet:
    assert one.kind != "compiler"  # noqa: S101 - it has no entries, so it is for no invoice
    compilers = kept.get(one.compiler, [])
    return RuleSet(
        name=one.name,
        kind=one.kind,
        entries=one.entries,
        customizations=one.customizations,
        profiles=one.profiles,
        packs=tuple(_pack(stored, store) for stored in kept.get(one.name, [])),
        compiler=_pack(compilers[-1], store) if compilers else None,
    )


def _pack(stored: Stored, store: SpecsStore) -> Pack:
    return Pack(
        name=stored.name,
        version=stored.version,
        load=partial(store.load, stored.name, stored.version),
        valid_from=stored.valid_from,
    )
