"""The invented invoices against the official rules: UBL 2.1's schemas, EN 16931, and OIOUBL with its pack.

The official files are found through the environment variable ``RPAC_SPECS`` and never lie in the project.
"""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from rpa_commons.sandbox.seeds import InvoiceSeed, invoice_files
from rpa_commons.specs import SpecsStore, add_known, invoice_checker
from rpa_commons.validators.invoices import InvoiceChecker

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SpecsStore:
    """The official files that are known by checksum."""
    kept = SpecsStore(tmp_path_factory.mktemp("specs"))
    add_known(kept, Path(os.environ["RPAC_SPECS"]).resolve())
    return kept


@pytest.fixture(scope="module")
def checker(store: SpecsStore) -> InvoiceChecker:
    """A checker by all of them."""
    return invoice_checker(store)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_good_documents_are_accepted(checker: InvoiceChecker, store: SpecsStore, seed: int) -> None:
    """Invoices and credit notes of both formats: schema, and the rules that are here."""
    files = invoice_files(InvoiceSeed(seed, "0265", "29189404", date(2026, 11, 20)), count=40)
    index = {one["file"]: one["format"] for one in json.loads(files["index.json"])["files"]}
    packs = {"en16931": {"ubl-xsd", "en16931-ubl"}, "oioubl": {"ubl-xsd"}}
    if store.versions("oioubl"):
        packs["oioubl"] = {"ubl-xsd", "oioubl"}
    for name, form in index.items():
        report = checker.check(files[name])

        assert () == report.findings, name
        assert packs[form] == {label.split()[0] for label in report.checked}, name


def test_broken_documents_break_the_rules_they_are_named_after(checker: InvoiceChecker) -> None:
    """What the rules can see is refused; what only a look at the supplier or the numbers shows is not."""
    files = invoice_files(InvoiceSeed(1, "0265", "29189404", date(2026, 11, 20)), broken=True)
    broken = [name for name in files if name.startswith("broken-")]
    rules = {
        name: {finding.rule for finding in checker.check(files[name]).findings if finding.severity == "fatal"}
        for name in broken
    }
    unseen = {"fik", "cvr", "hostile", "future", "duplicate", "account"}

    assert {"BR-CO-15"} == rules["broken-total.xml"]
    assert {"XSD-ELEMENT_CONTENT"} == rules["broken-schema.xml"]
    assert unseen == {name[len("broken-") : -len(".xml")] for name in broken if not rules[name]}
