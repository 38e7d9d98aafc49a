"""What the daily files of moves take, and how near to real ones this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "Whoever answers for the register or case system allows the job that writes the files.",
        "An entry in the record of processing activities (GDPR article 30): the files hold personal numbers.",
    ),
    certificate="None: the operating system's permissions on the folder are the door. Where the files have "
    "no event id, reference_key names a secret of 32 characters or more, kept for good.",
    signed_by=("Whoever answers for the system that the files come from.",),
    test=(
        (
            "Let the job write a day's file under another name and rename it when it is whole: a file that "
            "is cut between two rows looks whole."
        ),
        "Declare columns, encoding, delimiter and origins in stack.toml and run `rpac config check --deep`.",
        "Run `rpac plan INSTANCE`: every row that cannot be read is a finding with file, line and column.",
        "Compare the number of moves in the plan with what the system itself says of that day.",
    ),
    not_public="Which systems can write such files, and in which layout: ask the system's vendor; hence the "
    "declaration.",
)
VERIFIED = (
    Rung(
        level="simulator",
        where="files of rpac sandbox, in its own layout and in declared ones",
        date=date(2026, 11, 22),
        note="all tests of the capability's contract; never a file of a real system",
    ),
)
