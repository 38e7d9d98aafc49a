"""What it takes to be let in by the real SSBTEK, and how near to it this connector was tried."""

from datetime import date

from rpa_commons.manifest import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "A decision of the municipality to join and to have SKR administer the service for it.",
        (
            "The agreement to join SSBTEK (anslutningsavtal) with Försäkringskassan, and SKR's agreement on "
            "the processing of personal data."
        ),
        (
            "Use is limited to cases of economic assistance (ekonomiskt bistånd), in the part of the "
            "municipality that decides them."
        ),
    ),
    certificate="A client certificate (mutual TLS). Which authorities issue it, and how it is registered, is "
    "not on the public pages: ask Försäkringskassan.",
    signed_by=(
        (
            "The municipality decides and signs; Försäkringskassan checks the agreement and enters the "
            "municipality as a user."
        ),
        (
            "The agreement was renewed in 2021-2022 and allows automated handling; whether yours is the "
            "renewed one is worth a look."
        ),
    ),
    test=(
        "`rpac specs add` the schemas of SSBTEK 10, and `rpac specs verify`.",
        "`rpac sandbox up --only ssbtek`, and point url, ca_bundle and certificate at it.",
        "Ask Försäkringskassan for the address of its test environment and for test persons.",
        "Ask one agency about one test person: a fault names its code, an agency that fails names its own.",
    ),
    sources=(
        (
            "https://forsakringskassan.se/myndigheter-och-samarbetspartner/"
            "e-tjanster-for-myndigheter-och-samarbetspartner/ssbtek/avtal-och-anslutning-inom-tjansten-ssbtek"
        ),
        (
            "https://webbutik.skr.se/skr/integrationsocialomsorg/ekonomisktbistandforsorjning/"
            "automatiseringekonomisktbistand/ssbtekdigitaltjanstforekonomisktbistand/"
            "overenskommelseravtalochuppfoljning.15788.html"
        ),
        "https://github.com/Sundsvallskommun/api-service-financial-aid",
    ),
    not_public="The addresses, the lists of fault codes, of StatusSvarandeOrganisation (a-kassor), of "
    "StatusPersonuppgiftKod (Skatteverket) and of ResultatKod (CSN), and the schema of Skatteverket's "
    "document: ask Försäkringskassan and the agencies.",
)
VERIFIED = (
    Rung(
        level="schema",
        where="SSBTEK 10 (WSDL and XML Schema)",
        date=date(2026, 11, 22),
        note="seven published answers: five accepted, two refused as the schema says; our question to LEFI "
        "and 70 simulated answers were checked once, by hand, against LEFI extern 9.0.0 (OpenAPI)",
    ),
    Rung(level="simulator", where="rpac sandbox", date=date(2026, 11, 22)),
)
