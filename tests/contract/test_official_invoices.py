"""The official rules on the official documents: EN 16931, PEPPOL BIS 3, OIOUBL, KLE, SSBTEK.

The files are found through the environment variable ``RPAC_SPECS`` and never lie in the project. What is not
in that folder (the rule packs of OIOUBL and PEPPOL, SchXslt2) is left out, saying so.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from rpa_commons.specs import SchemaChecker, SpecsStore, add_known, invoice_checker
from rpa_commons.validators.invoices import Finding, InvoiceChecker

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

_UNIT = "{http://difi.no/xsd/vefa/validator/1.0}"
_SEVERITIES = {"error": "fatal", "warning": "warning"}
_FIXTURES = {"csn": 0, "fk": 0, "miv": 0, "skv": 0, "tns": 0, "af": 1, "so": 1}


@pytest.fixture(scope="module")
def specs() -> Path:
    """The folder with the official files."""
    return Path(os.environ["RPAC_SPECS"]).resolve()


@pytest.fixture(scope="module")
def store(specs: Path, tmp_path_factory: pytest.TempPathFactory) -> SpecsStore:
    """All of them that are known by checksum."""
    kept = SpecsStore(tmp_path_factory.mktemp("specs"))
    add_known(kept, specs)
    return kept


@pytest.fixture(scope="module")
def checker(store: SpecsStore) -> InvoiceChecker:
    """A checker by all of them."""
    return invoice_checker(store)


def needs(store: SpecsStore, *names: str) -> None:
    """Skip, saying which pack is not there."""
    missing = [name for name in names if not store.versions(name)]
    if missing:
        pytest.skip(f"RPAC_SPECS has no {' and no '.join(missing)} that is known by checksum")


def unit_tests(folder: Path, pattern: str) -> Iterator[tuple[str, etree._Element, bytes]]:
    """Name, expectation and document of every unit test in the publishers' format."""
    for path in sorted(folder.glob(pattern)):
        for number, test in enumerate(etree.parse(path).getroot().findall(f"{_UNIT}test"), start=1):
            expected = test.find(f"{_UNIT}assert")
            (document,) = (one for one in test if isinstance(one.tag, str) and one is not expected)
            yield (
                f"{path.parent.name}/{path.name} {number}",
                expected,
                etree.tostring(document, with_tail=False),
            )


def agrees(expected: etree._Element, findings: tuple[Finding, ...]) -> bool:
    """Whether each rule named is broken as said: not at all, or with its severity and as often as said."""
    verdicts = []
    for one in expected:
        kind = etree.QName(one).localname
        if kind in {"description", "scope"}:
            continue
        found = [finding.severity for finding in findings if finding.rule == (one.text or "").strip()]
        if kind == "success":
            verdicts.append(not found)
        else:
            times = int(one.get("number", 0))
            broken = found.count(_SEVERITIES[kind])  # type: ignore[arg-type]
            verdicts.append(broken == times if times else broken > 0)
    return bool(verdicts) and all(verdicts)


def test_1131_of_1131_unit_tests_of_en_16931_agree(specs: Path, checker: InvoiceChecker) -> None:
    """Each names a rule and whether its document keeps or breaks it."""
    results = {
        name: agrees(expected, checker.apply("en16931-ubl", document))
        for name, expected, document in unit_tests(specs / "en16931" / "test", "*-unit-UBL/*.xml")
    }

    assert [] == [name for name, agreed in results.items() if not agreed]
    assert 1131 == len(results)


def test_the_examples_of_en_16931_are_accepted(
    specs: Path, store: SpecsStore, checker: InvoiceChecker
) -> None:
    """By XML Schema and rules; those that promise PEPPOL are unchecked where its rules are not there."""
    reports = {
        path.name: checker.check(path.read_bytes())
        for path in (specs / "en16931" / "ubl" / "examples").iterdir()
    }

    assert len(reports) >= 18
    assert {("ubl-xsd 2.1", "en16931-ubl 1.3.16")} == {report.checked[:2] for report in reports.values()}
    assert set() == {
        finding.rule
        for report in reports.values()
        for finding in report.findings
        if finding.severity == "fatal" and not finding.rule.startswith("PEPPOL-")
    }
    if not store.versions("peppol-bis3-ubl"):
        unchecked = {name for name, report in reports.items() if report.verdict == "unchecked"}
        assert {"BIS3_Invoice_negativ.XML", "BIS3_Invoice_positive.XML", "issue116.xml"} <= unchecked


def test_a_broken_example_names_rule_and_line(specs: Path, checker: InvoiceChecker) -> None:
    """The sum of the lines is changed; the place is the total that does not fit."""
    text = (specs / "en16931" / "ubl" / "examples" / "guide-example2.xml").read_text("utf-8")
    start = text.index("<cbc:LineExtensionAmount", text.index("<cac:LegalMonetaryTotal>"))
    end = text.index("<", start + 1)
    amount = text.rindex(">", start, end) + 1
    report = checker.check((text[:amount] + "1.00" + text[end:]).encode())

    (found,) = (one for one in report.findings if one.rule == "BR-CO-10")
    assert ("refused", "fatal", "/Invoice/cac:LegalMonetaryTotal") == (
        report.verdict,
        found.severity,
        found.place.path,
    )
    assert text.count("\n", 0, text.index("<cac:LegalMonetaryTotal>")) + 1 == found.place.line


def test_the_unit_tests_of_peppol_agree(specs: Path, store: SpecsStore, checker: InvoiceChecker) -> None:
    """Where `peppol/rules` of the publisher's repository lies beside the pack."""
    needs(store, "peppol-bis3-ubl", "schxslt2")
    results = {
        name: agrees(expected, checker.apply("peppol-bis3-ubl", document))
        for name, expected, document in unit_tests(specs / "peppol" / "rules", "unit-UBL-*/*.xml")
    }
    if not results:
        pytest.skip("RPAC_SPECS has no unit tests of PEPPOL")

    assert [] == [name for name, agreed in results.items() if not agreed]


def test_the_examples_of_oioubl(specs: Path, store: SpecsStore, checker: InvoiceChecker) -> None:
    """Two of the 23 break rules of this release, as was measured when they were gathered."""
    needs(store, "oioubl")
    reports = {
        str(path.relative_to(specs)): checker.check(path.read_bytes())
        for path in (specs / "oioubl" / "examples_gobl").rglob("*.xml")
    }
    refused = {
        Path(name).name: [one.rule for one in report.findings]
        for name, report in reports.items()
        if report.verdict != "accepted"
    }

    assert 23 == len(reports)
    assert {"prices-advanced_real.xml", "used-invoice_real.xml"} == set(refused)
    assert ["F-INV340"] == refused["prices-advanced_real.xml"]
    assert 22 == len(refused["used-invoice_real.xml"])


def test_oioubl_examples_without_its_pack_are_unchecked(specs: Path, store: SpecsStore) -> None:
    """Valid by XML Schema, and never called accepted."""
    bare = SpecsStore(store.folder.parent / "bare")
    bare.put("ubl-xsd", "2.1", store.load("ubl-xsd", "2.1"), valid_from=None, trust=None)
    checker = invoice_checker(bare)
    reports = [
        checker.check(path.read_bytes()) for path in (specs / "oioubl" / "examples_gobl").rglob("*.xml")
    ]

    assert [("unchecked", ())] * 23 == [(report.verdict, report.findings) for report in reports]


def test_the_valid_kle_file_is_valid_and_the_one_with_errors_is_not(specs: Path, store: SpecsStore) -> None:
    """All four errors that its authors put into it are found, with their lines."""
    checker = SchemaChecker(store, "kle-emneplan")

    assert () == checker.check((specs / "kle" / "KLE-valid-data.xml").read_bytes())
    problems = checker.check((specs / "kle" / "KLE-error-data.xml").read_bytes())
    assert [14, 66, 91, 134] == [one.line for one in problems]


@pytest.mark.parametrize(("agency", "problems"), _FIXTURES.items())
def test_ssbtek_answers(agency: str, problems: int, specs: Path, store: SpecsStore) -> None:
    """Five published answers keep the contract, two do not."""
    path = specs / "ssbtek" / "src" / "test" / "resources" / "fixture" / f"{agency}-response.xml"

    found = SchemaChecker(store, "ssbtek").check(path.read_bytes())

    assert problems == len(found)


def test_the_reason_of_the_two_ssbtek_answers_that_are_refused(specs: Path, store: SpecsStore) -> None:
    """An answer without the question in it, and one without its purpose."""
    checker = SchemaChecker(store, "ssbtek")
    folder = specs / "ssbtek" / "src" / "test" / "resources" / "fixture"

    texts = [checker.check((folder / f"{name}-response.xml").read_bytes())[0].text for name in ("af", "so")]

    assert [
        "Element 'Svar': This element is not expected. Expected is ( Fraga ).",
        "Element 'IdentificationNumber': This element is not expected. Expected is ( Syfte ).",
    ] == texts
