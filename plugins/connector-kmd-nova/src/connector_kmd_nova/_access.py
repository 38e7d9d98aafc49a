"""What it takes to be let in by KMD Nova, and how near to it this connector was tried."""

from datetime import date

from rpa_commons.connectors import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "A contract with KMD for Nova; whether its API is part of it: ask KMD.",
        "An API client for the municipality: client id and secret.",
    ),
    certificate="None is recorded: OAuth 2.0 client credentials, scope client. The secret comes from KMD.",
    signed_by=("Ask KMD: who may order an API client for a municipality is not public.",),
    test=(
        "Set url to Nova's test address; public clients use https://cap-novaapi.kmd.dk.",
        "Look one case up by its number: it proves client id, secret, address and api-version.",
        "Open a case for a test person, file a document, and look at both in Nova.",
    ),
    sources=(
        "https://github.com/itk-dev-rpa/itk-dev-shared-components",
        "https://novaapi.kmd.dk/swagger/index.html",
    ),
    not_public=(
        "The API's own description (the address above is named by public clients and was not read), its "
        "refusals, what it does with a repeated uuid, limits on rate and file size, and how a client is "
        "ordered; ask KMD."
    ),
)

VERIFIED = (
    Rung(
        level="simulator",
        where="rpac sandbox, service kmd-nova",
        date=date(2026, 11, 22),
        note="recorded shapes, unverified",
    ),
)
