"""What the file of the population register takes, and how near to a real one this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "Whoever answers for the register's copy in the municipality allows the nightly job.",
        (
            "An entry in the record of processing activities (GDPR article 30): the file holds everybody's "
            "number, name, address and protection."
        ),
    ),
    certificate="None: the operating system's permissions on the file are the door.",
    signed_by=("Whoever answers for the system that the file comes from.",),
    test=(
        (
            "Let the job write the file under another name and rename it when it is whole: a file that is "
            "cut between two rows looks whole."
        ),
        (
            "Declare columns, statuses, booleans, encoding and delimiter in stack.toml and run "
            "`rpac config check --deep`."
        ),
        "Run `rpac plan INSTANCE` and look one person of each status up by hand, and one with protection.",
    ),
    not_public="Which systems can write such a file, and in which layout: ask the system's vendor; hence the "
    "declaration.",
)
VERIFIED = (
    Rung(
        level="simulator",
        where="files of rpac sandbox, in its own layout and in declared ones",
        date=date(2026, 11, 22),
        note="all tests of the capability's contract, and the same answers as sf1520; never a real file",
    ),
)
