"""Which rules a document calls for."""

import pytest

from rpa_commons.validators.invoices._choose import applicable
from rpa_commons.validators.invoices._document import read_invoice
from tests.unit.validators.invoices.invoice_packs import invoice, rules

EN = "urn:cen.eu:en16931:2017"
PEPPOL = f"{EN}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SETS = (
    rules(name="schema", customizations=()),
    rules(name="en", customizations=(EN,)),
    rules(name="peppol", customizations=(PEPPOL,), profiles=("urn:fdc:peppol.eu:2017:poacc:billing:",)),
    rules(name="oioubl", customizations=("OIOUBL-2",), profiles=("urn:www.nesubl.eu:profiles:",)),
)


@pytest.mark.parametrize(
    ("customization", "profile", "names"),
    [
        (EN, None, ["en"]),
        (f"{EN}#conformant#urn:xeinkauf.de:kosit:xrechnung_3.0", BILLING, ["en"]),
        (EN, BILLING, ["en"]),
        (PEPPOL, BILLING, ["en", "peppol"]),
        (PEPPOL, None, ["en", "peppol"]),
        ("OIOUBL-2.1", "urn:www.nesubl.eu:profiles:profile5:ver2.0", ["oioubl"]),
        ("OIOUBL-2.02", "Procurement-BilSim-1.0", ["oioubl"]),
        (" OIOUBL-2.1\n", None, ["oioubl"]),
        (None, "urn:www.nesubl.eu:profiles:profile5:ver2.0", ["oioubl"]),
        ("", BILLING, ["peppol"]),
        (None, None, []),
        ("urn:other", BILLING, []),
    ],
)
def test_the_customization_decides_and_the_profile_only_without_it(
    customization: str | None, profile: str | None, names: list[str]
) -> None:
    """A core invoice with a PEPPOL profile promises the core rules alone."""
    document = read_invoice(invoice(customization=customization, profile=profile))

    assert ["schema", *names] == [one.name for one in applicable(SETS, document)]


def test_rules_for_other_documents_are_left_out() -> None:
    """OIOUBL has a stylesheet for each kind of document."""
    document = read_invoice(invoice(kind="CreditNote"))

    assert [] == applicable([type(SETS[0])("reminders", "xslt", {"Reminder": "r"})], document)
