"""What it takes until a ledger reads our files, and how far the connector was tried."""

from datetime import date

from rpa_commons.manifest import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "With the ledger's owner: an import that reads our layout and refuses a file with wrong totals.",
        "With the finance department: which accounts the bot may post on, and who compares the totals.",
    ),
    certificate="None. Whoever may write the folder may post: its permissions are the lock.",
    signed_by=("The head of finance (bookkeeping rules, kasse- og regnskabsregulativ).",),
    test=(
        "rpac config check INSTANCE, then rpac run INSTANCE -E test with a folder of its own.",
        "Import the file in the ledger's test system; compare number, debit, paid and hash total.",
        "Take a row out of a copy and import it: the import must refuse the file.",
    ),
    not_public="The import layouts of Opus, Prisme, Visma and Agresso were not found in public: the "
    "layout is ours, and whoever runs the ledger maps it.",
)
VERIFIED = (
    Rung(
        level="simulator",
        where="files read back with their totals, contract tests; no ledger has read one",
        date=date(2026, 11, 22),
    ),
)
