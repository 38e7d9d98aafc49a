"""What a folder for the print room takes, and how near to one this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "An agreement within the municipality, or with a printer, on who empties the folder and when.",
    ),
    certificate="None: the user that runs rpac may write the folder, the print room may read and empty it.",
    signed_by=("Whoever answers for the municipality's letters on paper.",),
    test=(
        "Plan a run: nothing is written, and what the connector refuses is shown.",
        "Run one test case: a PDF named by its message id lies in the folder.",
        "Have the print room fetch it, and compare with .rpac/receipts: one file there for each letter.",
    ),
    not_public="Nothing: the layout is ours, no other system is behind it.",
)
VERIFIED = (
    Rung(
        level="simulator",
        where="a folder on a local file system",
        date=date(2026, 11, 22),
        note="with a print room that fetches at once and one that does not; not tried on a network share",
    ),
)
