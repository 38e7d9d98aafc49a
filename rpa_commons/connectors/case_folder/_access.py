"""What the case folder needs, and how near to real use it was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "No agreement with a vendor: the store is the municipality's own.",
        "An entry in the record of processing activities (GDPR article 30): the folder holds personal data.",
    ),
    certificate="None: the operating system's permissions on the folder are the door.",
    signed_by=("Whoever answers for records in the municipality: it is no approved records system.",),
    test=(
        "Give the service user that runs rpac read and write access to the folder, caseworkers read access.",
        "Run `rpac config check`: the folder must exist.",
        "Run a bot in environment test and open the case's index.html from a caseworker's computer.",
    ),
)
VERIFIED = (
    Rung(
        level="simulator",
        where="the contract suite, on a local Linux disk",
        date=date(2026, 11, 22),
        note="There is no outside system: killed processes, full and read-only disks were real. Windows and "
        "network shares are untested.",
    ),
)
