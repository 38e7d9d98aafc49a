"""States, tiers, kinds, capabilities and effects in plain words: English here, the others by the catalogues.

Rules this module keeps: a word that is not listed is shown as it stands, never dropped; every text is a value
of a table that ``__all__`` names, so that the test of the catalogues finds it.

Usage::

    STATE_WORDS["in_review"]  # then words.gettext(...)
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ._languages import LANGUAGES, Words

__all__ = [
    "CALL_WORDS",
    "CAPABILITY_WORDS",
    "COUNTRY_WORDS",
    "DECISION_WORDS",
    "KIND_WORDS",
    "LADDER_WORDS",
    "RULE_WORDS",
    "RUNG_CLASSES",
    "RUNG_WORDS",
    "SEVERITY_WORDS",
    "STATES",
    "STATE_CLASSES",
    "STATE_MEANINGS",
    "STATE_WORDS",
    "TIERS",
    "TIER_MEANINGS",
    "TIER_WORDS",
    "UNIT_WORDS",
    "languages_of",
]

STATES = (
    "certified",
    "published",
    "in_review",
    "staged",
    "deprecated",
    "yanked",
    "quarantined",
    "withdrawn",
)
TIERS = ("platinum", "gold", "silver", "bronze", "none")

STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "staged": "Staged",
        "in_review": "In review",
        "published": "Published",
        "certified": "Certified",
        "deprecated": "Deprecated",
        "yanked": "Yanked",
        "quarantined": "Recalled",
        "withdrawn": "Withdrawn",
    }
)
STATE_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "staged": "Uploaded by its owner. Nobody else can install it yet.",
        "in_review": "Its owner has asked the coordinators to look at it. Nobody else can install it yet.",
        "published": "Anybody may install it, and says why: it has not been certified.",
        "certified": "Two coordinators from other municipalities have approved it.",
        "deprecated": "It is advised against; whoever runs it should plan to change.",
        "yanked": "It was taken out of use. New installations pass it over.",
        "quarantined": "A coordinator has recalled it. Its file is withheld, and instances that run it are"
        " paused.",
        "withdrawn": "Its owner took it back before it was published.",
    }
)
STATE_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "certified": "badge-success",
        "published": "badge-info",
        "in_review": "badge-info",
        "staged": "plain",
        "deprecated": "badge-warning",
        "yanked": "badge-warning",
        "quarantined": "badge-error",
        "withdrawn": "plain",
    }
)
TIER_WORDS: Mapping[str, str] = MappingProxyType(
    {"bronze": "Bronze", "silver": "Silver", "gold": "Gold", "platinum": "Platinum", "none": "No tier yet"}
)
TIER_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "bronze": "It is described completely: what it does, its settings, its legal facts.",
        "silver": "It is certified and tested, and a municipality answers for its rules.",
        "gold": "Others have tested it, at least two run it, and its law and benefit were checked.",
        "none": "Something that every bot needs is still to do.",
        "platinum": "It is proven against real systems, in several municipalities and all four languages.",
    }
)
KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {"bot": "Bot", "connector": "Connector", "baseline": "Baseline"}
)
RUNG_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "": "Not tried yet",
        "schema": "Schema only",
        "simulator": "Simulator only",
        "official-test": "Official test environment",
        "production": "In production",
    }
)
LADDER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "schema": "Schema",
        "simulator": "Simulator",
        "official-test": "Official test environment",
        "production": "In production",
    }
)
RUNG_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "": "badge-warning",
        "schema": "badge-warning",
        "simulator": "badge-warning",
        "official-test": "badge-info",
        "production": "badge-success",
    }
)
COUNTRY_WORDS: Mapping[str, str] = MappingProxyType({"dk": "Denmark", "no": "Norway", "se": "Sweden"})
SEVERITY_WORDS: Mapping[str, str] = MappingProxyType(
    {"low": "Low risk", "medium": "Medium risk", "high": "High risk", "critical": "Critical risk"}
)
RULE_WORDS: Mapping[str, str] = MappingProxyType({"done": "Done", "exempt": "Exempt", "todo": "To do"})
DECISION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "none": "It decides nothing about a citizen.",
        "facts": "It establishes facts that a person decides on.",
        "rule-bound": "It decides where the rules leave no choice.",
        "judgement": "It proposes; a person decides.",
    }
)
CAPABILITY_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "Calendar": "See and book appointments",
        "CaseSystem": "Read and write cases",
        "BenefitData": "Look up what benefits somebody gets",
        "DigitalPost": "Send letters by Digital Post",
        "InvoiceInbox": "Take invoices out of a mailbox",
        "Ledger": "Post to the books",
        "Invoices": "Receive invoices",
        "Payments": "Pay out money",
        "PopulationEvents": "Learn who has moved",
        "PopulationRegister": "Look people up in the population register",
        "SchoolDistricts": "Look up school districts",
    }
)
UNIT_WORDS: Mapping[str, str] = MappingProxyType(
    {one: one for one in ("minutes", "hours", "days", "weeks", "months", "years", "kroner", "postal code")}
)
CALL_WORDS: Mapping[str | None, str] = MappingProxyType(
    {
        None: "only reads.",
        "keyed": "changes something; after an interruption the receiver recognises a repetition.",
        "probe": "changes something; after an interruption it first looks whether it happened.",
        "local": "writes in the bot's own records only.",
        "unsafe": "changes something; after an interruption a person says whether it happened.",
    }
)


def languages_of(words: Words, codes: Iterable[str]) -> str:
    """Language codes as names, each in its own language."""
    names: dict[str, str] = dict[str, str](LANGUAGES.items())
    found = [names.get(code, code) for code in codes]
    return ", ".join(found if words.language == "en" else [one.lower() for one in found])
