"""What it takes to let a bot post, and how far the connector was tried."""

from datetime import date

from rpa_commons.manifest import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "With whoever runs the ledger: it answers our interface, itself or through a small adapter.",
        "With the finance department: which accounts the bot may post on, and up to which amount.",
    ),
    certificate="A bearer token of the bot's own user in the ledger; a client certificate where the ledger "
    "wants one besides.",
    signed_by=(
        "The head of finance (kasse- og regnskabsregulativ) for the bot's user and its limits.",
        "The ledger's owner for the interface.",
    ),
    test=(
        "rpac config check INSTANCE: address and token are there.",
        "rpac plan INSTANCE: find is asked, nothing is posted.",
        "In the ledger's test system: post one voucher twice under the same key, and see one.",
        "Send the same key with another amount: the ledger must refuse it.",
    ),
    not_public="Which ledgers offer such an interface: no public specification of Opus, Prisme, Visma or "
    "Agresso for postings was found. Ask the vendor.",
)
VERIFIED = (
    Rung(
        level="schema", where="openapi.json of our sandbox, written by this project", date=date(2026, 11, 22)
    ),
    Rung(level="simulator", where="our sandbox, contract tests with all failures", date=date(2026, 11, 22)),
)
