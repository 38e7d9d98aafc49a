"""What it takes until invoices arrive as files, and how far the connector was tried."""

from datetime import date

from rpa_commons.manifest import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

_DAY = date(2026, 11, 22)

ACCESS = Access(
    agreements=(
        "With whoever runs the NemHandel or PEPPOL access point: that it writes each document as one file.",
        "With the finance department: which invoices the bot takes, and that nobody else empties the folder.",
    ),
    certificate="None. The access point holds the municipality's; the folder's permissions are the lock.",
    signed_by=("The head of finance, for letting a bot take invoices out of the folder.",),
    test=(
        "rpac specs list: the rule packs are there; rpac specs add fetches nothing, it tells where they are.",
        "rpac validate invoice FILE for a few real files.",
        "rpac plan INSTANCE: the invoices that wait are found, and none leaves the folder.",
    ),
    not_public="How a given access point names and delivers files: ask its vendor.",
)
VERIFIED = (
    Rung(
        level="schema",
        where="EN 16931 unit tests and the published OIOUBL examples are read",
        date=_DAY,
        note="with RPAC_SPECS",
    ),
    Rung(level="simulator", where="contract tests on a folder; no access point was connected", date=_DAY),
)
