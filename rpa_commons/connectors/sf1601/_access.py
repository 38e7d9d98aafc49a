"""What SF1601 takes until it may be called, and how near to it this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        "The IT system is registered as a user system in KOMBIT's Fælleskommunalt Administrationsmodul.",
        "Service agreements for KombiPostAfsend (SF1601) and PostForespoerg, for the CVR number that sends.",
        "For receipts: a service agreement for the Beskedfordeler (SF1461), message type PKO_PostStatus.",
        "For receipts from a queue: a dueslag of their own that subscribes to that message type.",
        "For letters on paper: an agreement with a printer, which hands out the shipment type number.",
    ),
    certificate="An OCES3 system certificate of the organisation that calls, registered with the user "
    "system; one for the test environment and one for production.",
    signed_by=(
        "The supplier of the user system asks for the service agreement.",
        "The municipality approves the service agreement in the administration module.",
    ),
    test=(
        "Set url to https://exttest.serviceplatformen.dk, and sts_url to the test environment's.",
        "Ask whether a test person is registered: a yes or a no shows certificate, token and agreement.",
        "Send one letter to a test person that KOMBIT has named for the test environment.",
        "Wait for its PKO_PostStatus message (receipts_queue, receipts_folder): only that shows delivery.",
    ),
    sources=(
        "https://digitaliseringskataloget.dk/integration/sf1601",
        "https://digitaliseringskataloget.dk/integration/sf1461",
        "https://serviceplatformen.dk/administration/help/municipality-step-by-step",
        "https://github.com/itk-dev/serviceplatformen",
    ),
    not_public="What the service answers to a messageUUID that it has had, its error codes, the schema of "
    "its answer, and whether a sender system must be registered with the Agency for Digital Government "
    "besides: ask KOMBIT.",
)
_DAY = date(2026, 11, 22)
VERIFIED = (
    Rung(
        level="schema",
        where="MeMo 1.2 (MeMo_core.xsd and the schemas it imports)",
        date=_DAY,
        note="letters with everything that goes with them, automatic ones, text messages",
    ),
    Rung(
        level="schema",
        where="ForsendelseI.xsd of KOMBIT's SF1600 and all it includes",
        date=_DAY,
        note="every variant of address, print options and attachments, on both ways to paper",
    ),
    Rung(
        level="simulator",
        where="rpac sandbox",
        date=_DAY,
        note="the sandbox also serves the unmodified PyPI client python-serviceplatformen 3.2.0",
    ),
    Rung(
        level="simulator",
        where="RabbitMQ 3.10 over TLS",
        date=_DAY,
        note="receipts: delivery and acknowledgement; it does not look into the assertion",
    ),
)
