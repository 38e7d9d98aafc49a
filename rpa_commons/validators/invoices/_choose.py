"""Which rules a document calls for, and which version of them its date calls for."""

from collections.abc import Iterable
from datetime import date

from ._model import Invoice, Pack, RuleSet

__all__ = ["applicable", "version_for"]


def applicable(rule_sets: Iterable[RuleSet], invoice: Invoice) -> list[RuleSet]:
    """The rule sets that are for this document, in their order.

    The CustomizationID decides where there is one, for it names the rules that the sender promises to keep;
    only without it the ProfileID does.
    """
    return [one for one in rule_sets if invoice.kind in one.entries and _claims(one, invoice)]


def version_for(packs: Iterable[Pack], day: date) -> tuple[Pack, str] | None:
    """The newest version that was in force on a day, and a note when none was.

    Returns:
        ``None`` without any version. An invoice older than every version at hand is checked by the oldest,
        and the note says so.
    """
    ordered = sorted(packs, key=lambda pack: (pack.valid_from or date.min, _order(pack.version)))
    if not ordered:
        return None
    in_force = [pack for pack in ordered if (pack.valid_from or date.min) <= day]
    if in_force:
        return in_force[-1], ""
    oldest = ordered[0]
    return oldest, (
        f"{oldest.label} is for invoices from {oldest.valid_from}; no version for {day} is at hand, so it "
        "was applied all the same"
    )


def _claims(rule_set: RuleSet, invoice: Invoice) -> bool:
    if not rule_set.customizations:
        return True
    if invoice.customization:
        return invoice.customization.startswith(rule_set.customizations)
    return bool(rule_set.profiles) and invoice.profile.startswith(rule_set.profiles)


def _order(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in version.split("."))
