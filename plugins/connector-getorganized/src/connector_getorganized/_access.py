"""What it takes to be let in by GetOrganized, and how near to it this connector was tried."""

from datetime import date

from rpa_commons.connectors import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "A user for the bot in the municipality's Windows domain, with rights to the case types it uses.",
        "Whether the vendor's licence covers calls of its API: ask the vendor.",
    ),
    certificate="None is recorded: HTTP NTLM with the user's name and password.",
    signed_by=("Ask the municipality's system owner of GetOrganized; the process is not public.",),
    test=(
        "Set url to the municipality's test site.",
        "Look one case up by its number: it proves user, password, address and case type.",
        "Open a case for a test person, file a document, and look at both in GetOrganized.",
        "Check in the case's metadata that key_field holds our key.",
    ),
    sources=(
        "https://github.com/itk-dev/getorganized-api-client-php",
        "https://github.com/AAK-MBU/MBU-getorganized-integration",
    ),
    not_public=(
        "A schema, the refusals, tasks, journal notes, how confidential a case is, limits on rate and file "
        "size, and how soon a new case is found by its fields; ask the vendor."
    ),
)

VERIFIED = (
    Rung(
        level="simulator",
        where="rpac sandbox, service getorganized",
        date=date(2026, 11, 22),
        note="recorded shapes, unverified",
    ),
)
