"""What it takes to be let in, and how near the real Beskedfordeler this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

_TEST_BROKER = (
    "Set broker to amqps://beskedfordeler.eksterntest-stoettesystemerne.dk:5671 and sts_url to "
    "https://adgangsstyring.eksterntest-stoettesystemerne.dk in an environment of its own."
)

ACCESS = Access(
    agreements=(
        "The user system is registered in Fælleskommunalt Administrationsmodul.",
        "A service agreement for BeskedModtag 2.0 (SF1461) for the dueslag's message type is approved.",
        "Access to the message type of CPR events (SF1320_A) is set up.",
        "A dueslag exists, with a subscription to the events that are moves.",
    ),
    certificate="The client certificate that is registered for the user system in Fælleskommunal "
    "Adgangsstyring (OCES3); it gets the SAML assertion that the broker asks for.",
    signed_by=("The municipality approves the service agreement; who may, its contact at KOMBIT knows.",),
    test=(
        "Make a dueslag in the external test environment and have a test message sent to it (SF1462).",
        _TEST_BROKER,
        "rpac plan INSTANCE -E ENVIRONMENT: the plan looks at the message and leaves it there.",
        "rpac run INSTANCE -E ENVIRONMENT: the message is taken; a second run finds nothing new.",
    ),
    sources=(
        "https://digitaliseringskataloget.dk/integration/sf1461",
        "https://digitaliseringskataloget.dk/integration/sf1320a",
        "https://digitaliseringskataloget.dk/integration/sf2610",
        "https://digitaliseringskataloget.dk/l%C3%B8sninger/beskedfordeler",
    ),
    not_public="Which events of SF1320_A are changes of address, and what their Beskeddata hold: KOMBIT's "
    "catalogue of message types says so. Whether a dueslag limits redeliveries, and the broker's name in "
    "production. Ask KOMBIT.",
)

VERIFIED = (
    Rung(
        level="simulator",
        where="rpac sandbox",
        date=date(2026, 11, 22),
        note="envelope by KOMBIT's public schema; which event is a move, and its Beskeddata, are ours",
    ),
    Rung(
        level="simulator",
        where="RabbitMQ 3.10 over TLS",
        date=date(2026, 11, 22),
        note="delivery and acknowledgement; it does not look into the assertion",
    ),
)
