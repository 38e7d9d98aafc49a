"""What SF1520 takes until it may be called, and how near to it this connector was tried."""

from datetime import date

from rpa_commons.connectors._access import Access, Rung

__all__ = ["ACCESS", "VERIFIED"]

ACCESS = Access(
    agreements=(
        (
            "The IT system is registered on Serviceplatformen with its certificate, once for the external "
            "test environment and once for production; a municipality that runs its own counts as its "
            "supplier."
        ),
        (
            "A service agreement that names the system, the service (SF1520, PersonBaseDataExtended) and the "
            "municipality. Its four ids go into stack.toml; the municipality is billed for use."
        ),
        "The municipality's data processing agreement with KOMBIT, which the service agreement rests on.",
    ),
    certificate="An OCES function certificate of the organisation that calls (OCES3 today), whose serial "
    "number is registered with the system; it is sent with each call.",
    signed_by=(
        "The supplier asks for the service agreement in the platform's self-service.",
        "Whoever may sign for the municipality approves it there, after an e-mail to its administrator.",
        (
            "For the external test environment nobody in the municipality has to: that is a trial connection "
            "(prøvetilslutning), which the supplier makes alone."
        ),
    ),
    test=(
        (
            "Call the platform's demo service with the certificate: "
            "https://exttest.serviceplatformen.dk/service/SP/Demo/1. An answer, also a fault, shows that the "
            "certificate opens the door."
        ),
        (
            "Set url to https://exttest.serviceplatformen.dk in environments/test/stack.toml, with the ids "
            "of the trial connection, and run `rpac config check`."
        ),
        (
            "Plan a run in environment test with a person of the test data (public users know them as "
            "mikrofamilien). A fault that names one of the four ids shows which one is wrong."
        ),
        "Compare that person's address, protection and children with the test data; tell us what differs.",
        "Do the same with production's ids and one case that somebody looks up by hand.",
    ),
    sources=(
        "https://digitaliseringskataloget.dk/integration/sf1520",
        "https://exttestwww.serviceplatformen.dk/administration/help/provider-step-by-step",
        "https://exttestwww.serviceplatformen.dk/administration/help/municipality-step-by-step",
        "https://www.serviceplatformen.dk/administration/help/faq",
        "https://digitaliseringskataloget.dk/generelle-vilkaar-kommune",
        "https://digitaliseringskataloget.dk/teknik/certifikater",
        "https://github.com/Serviceplatformen/demoservice-soapui",
        "https://os2web.atlassian.net/wiki/spaces/OS2valghalla/pages/2268725249/CPR+data+documentation",
    ),
    not_public="The error codes, which role inside the municipality approves today, how long it takes and "
    "what it costs: ask KOMBIT.",
)
_DAY = date(2026, 11, 22)
VERIFIED = (
    Rung(
        level="schema",
        where="KOMBIT's contract PersonBaseDataExtendedService 4 (WSDL and schemas)",
        date=_DAY,
        note="requests and answers as built here; zeep reads and writes the same through the WSDL",
    ),
    Rung(
        level="simulator",
        where="rpac sandbox",
        date=_DAY,
        note="all tests of the capability's contract, each failure included",
    ),
)
