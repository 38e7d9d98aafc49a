"""What the file of school districts takes, and how near to a real one this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=("Whoever keeps the municipality's map system allows the job that writes the file.",),
    certificate="None: the operating system's permissions on the file are the door.",
    signed_by=("Whoever answers for the school districts (the municipal council draws them).",),
    test=(
        "Let the job write address ids that are the ones in the file of moves (address_id).",
        "Declare the columns in stack.toml and run `rpac config check --deep`.",
        "Run `rpac plan INSTANCE` and compare the school of some new residents with the map.",
    ),
    not_public="Which map systems can write such a file: ask the vendor.",
)
VERIFIED = (
    Rung(
        level="simulator",
        where="files written by hand in the connector's own tests",
        date=date(2026, 11, 22),
        note="all tests of the capability's contract; no map system's file was seen",
    ),
)
