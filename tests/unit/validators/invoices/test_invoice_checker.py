"""The whole check: which rules a document calls for, what is found, and what was not checked."""

import threading
from datetime import date

import pytest

from rpa_commons.validators.invoices import (
    InvalidRulesError,
    InvoiceChecker,
    NotAnInvoiceError,
    Place,
    RuleSet,
    RulesStoppedError,
    Unchecked,
)
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits
from tests.unit.validators.invoices.invoice_packs import (
    BASIC,
    COMPILER,
    OIOUBL,
    SVRL,
    XSD,
    invoice,
    pack,
    rules,
)


def test_an_accepted_invoice_names_what_it_was_checked_by() -> None:
    """Without findings, the report is about the rules."""
    report = InvoiceChecker([rules()]).check(invoice())

    assert ("accepted", "Invoice", date(2026, 11, 2)) == (report.verdict, report.kind, report.issued)
    assert (("test-rules 1.0",), (), (), ()) == (
        report.checked,
        report.findings,
        report.unchecked,
        report.notes,
    )


def test_a_broken_rule_has_its_severity_place_and_text() -> None:
    """The rule's own words, without its number and the white space of its file."""
    report = InvoiceChecker([rules()]).check(invoice(number=None))

    assert "refused" == report.verdict
    (finding,) = report.findings
    assert ("T-01", "fatal", "test-rules 1.0") == (finding.rule, finding.severity, finding.pack)
    assert "An invoice has a number." == finding.text
    assert Place("/Invoice", 1) == finding.place


def test_a_warning_refuses_nothing() -> None:
    """Its place is the second of two elements of its name."""
    report = InvoiceChecker([rules()]).check(invoice(notes=("a", "")))

    assert "accepted" == report.verdict
    assert [("T-02", "warning", Place("/Invoice/cbc:Note[2]", 6))] == [
        (one.rule, one.severity, one.place) for one in report.findings
    ]


def test_oioubls_own_answer_is_read() -> None:
    """Error and W-numbered errors, with its kind of path."""
    checker = InvoiceChecker([rules(OIOUBL)])

    report = checker.check(invoice(number="12345", notes=("a", "b")))

    assert [
        ("F-INV900", "fatal", "A number is short", Place("/Invoice/cbc:ID", 3)),
        ("W-INV901", "warning", "Notes are not read", Place("/Invoice/cbc:Note[1]", 5)),
        ("W-INV901", "warning", "Notes are not read", Place("/Invoice/cbc:Note[1]", 5)),
    ] == [(one.rule, one.severity, one.text, one.place) for one in report.findings]


def test_an_xml_schema_is_applied_like_other_rules() -> None:
    """Its findings are fatal and hold no value of the document."""
    schema = rules(XSD, kind="xsd", customizations=(), name="ubl")

    report = InvoiceChecker([schema, rules()]).check(invoice(number=None, notes=("0706614818",) * 9))

    assert ("ubl 1.0", "test-rules 1.0") == report.checked
    assert ["XSD-ELEMENT_CONTENT", "T-01"] == [one.rule for one in report.findings]
    assert Place("/Invoice/cbc:Note[8]", 11) == report.findings[0].place
    assert "0706614818" not in report.findings[0].text


def test_schematron_is_compiled_by_the_kept_compiler() -> None:
    """What has no flag is fatal: a word that is missing must not let an invoice through."""
    compiler = pack("compiler", "1.3.4", {"any name": COMPILER})
    schematron = rules('<rule id="S-1"/>', kind="schematron", compiler=compiler)

    report = InvoiceChecker([schematron]).check(invoice())

    assert [("S-1", "fatal", "Always.")] == [(one.rule, one.severity, one.text) for one in report.findings]


def test_schematron_without_its_compiler_is_unchecked() -> None:
    """It is said, and the invoice is not accepted."""
    report = InvoiceChecker([rules("<rule/>", kind="schematron")]).check(invoice())

    assert "unchecked" == report.verdict
    assert (Unchecked("test-rules", "its compiler is not at hand"),) == report.unchecked


def test_rules_that_are_not_at_hand_leave_an_invoice_unchecked() -> None:
    """Never accepted by what was not applied."""
    report = InvoiceChecker([rules(versions={})]).check(invoice())

    assert ("unchecked", ()) == (report.verdict, report.checked)
    assert (Unchecked("test-rules", "it is not at hand"),) == report.unchecked


@pytest.mark.parametrize(
    ("customization", "profile", "why"),
    [
        (None, None, "the document names none (no CustomizationID)"),
        ("urn:other", None, "none are known for its CustomizationID"),
        (None, "urn:other", "none are known for its CustomizationID"),
    ],
)
def test_an_invoice_that_promises_no_known_rules_is_unchecked(
    customization: str | None, profile: str | None, why: str
) -> None:
    """XML Schema alone says nothing about amounts."""
    schema = rules(XSD, kind="xsd", customizations=(), name="ubl")

    report = InvoiceChecker([schema, rules()]).check(invoice(customization=customization, profile=profile))

    assert ("unchecked", ("ubl 1.0",)) == (report.verdict, report.checked)
    assert (Unchecked("business rules", why),) == report.unchecked


def test_a_fatal_finding_refuses_whatever_was_not_checked() -> None:
    """An invoice that is wrong is wrong."""
    missing = rules(versions={}, name="missing")

    assert "refused" == InvoiceChecker([rules(), missing]).check(invoice(number=None)).verdict


@pytest.mark.parametrize(
    ("source", "problem", "line"),
    [
        (b"", "it is empty", None),
        (b"<a>\n</b>", "not well-formed", 2),
        (b"<a/>", "it is no UBL 2 Invoice or CreditNote", 1),
        (b"<Invoice/>", "it is no UBL 2 Invoice or CreditNote", 1),
        (b"<!DOCTYPE a><a/>", "it has a document type", None),
        (invoice(notes=("x" * 5000,)), "more than 4000 bytes", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    source: bytes, problem: str, line: int | None
) -> None:
    """As a finding, so that one bad file of many stops nothing."""
    report = InvoiceChecker([rules()], limits=XmlLimits(size=4000)).check(source)

    assert ("refused", "", ()) == (report.verdict, report.kind, report.checked)
    assert [("XML", "fatal", problem, Place("", line))] == [
        (one.rule, one.severity, one.text, one.place) for one in report.findings
    ]


def test_a_credit_note_is_checked_too() -> None:
    """It has an element and a namespace of its own."""
    report = InvoiceChecker([rules()]).check(invoice(kind="CreditNote", number=None))

    assert ("CreditNote", Place("/CreditNote", 1)) == (report.kind, report.findings[0].place)


def test_the_versions_are_chosen_by_the_invoices_date() -> None:
    """An old invoice is checked by the rules of its time."""
    versions = {"1.9": date(2025, 5, 1), "1.10": date(2026, 5, 1), "1.2": date(2024, 5, 1)}
    checker = InvoiceChecker([rules(versions=versions)])

    checked = {
        day: checker.check(invoice(issued=day)).checked[0]
        for day in ("2026-11-02", "2026-05-01", "2026-04-30Z", "2024-12-31")
    }

    assert {
        "2026-11-02": "test-rules 1.10",
        "2026-05-01": "test-rules 1.10",
        "2026-04-30Z": "test-rules 1.9",
        "2024-12-31": "test-rules 1.2",
    } == checked


def test_an_invoice_older_than_every_version_is_checked_with_a_note() -> None:
    """By the oldest; the reader is told."""
    versions = {"2": date(2026, 5, 1), "1": date(2025, 5, 1)}

    report = InvoiceChecker([rules(versions=versions)]).check(invoice(issued="2019-01-25"))

    assert ("test-rules 1",) == report.checked
    assert (
        "test-rules 1 is for invoices from 2025-05-01; no version for 2019-01-25 is at hand, so it was "
        "applied all the same"
    ) == report.notes[0]


@pytest.mark.parametrize("issued", [None, "", "yesterday", "2026-13-01"])
def test_without_a_readable_date_the_given_day_chooses(issued: str | None) -> None:
    """What the date itself breaks, the rules say."""
    versions = {"1": date(2020, 1, 1), "2": date(2026, 1, 1)}

    report = InvoiceChecker([rules(versions=versions)]).check(invoice(issued=issued), on=date(2021, 1, 1))

    assert (None, ("test-rules 1",)) == (report.issued, report.checked)


def test_a_pack_is_read_and_compiled_once() -> None:
    """Compiling the official rules takes a second, reading them a checksum."""
    loaded = []

    def load() -> dict[str, bytes]:
        loaded.append(1)
        return {"rules": SVRL.encode()}

    base = rules()
    counted = RuleSet(base.name, base.kind, base.entries, packs=(type(base.packs[0])("p", "1", load),))
    checker = InvoiceChecker([counted])

    for kind in ("Invoice", "CreditNote", "Invoice"):
        checker.check(invoice(kind=kind))

    assert [1] == loaded


def test_one_rule_set_can_be_applied_whatever_the_document_calls_for() -> None:
    """For tests of rules; the newest version unless one is named."""
    checker = InvoiceChecker([rules(versions={"1": date(2030, 1, 1), "2": date(2031, 1, 1)})])
    document = invoice(number=None, customization=None)

    assert "test-rules 2" == checker.apply("test-rules", document)[0].pack
    assert "test-rules 1" == checker.apply("test-rules", document, version="1")[0].pack
    for name, version in (("other", None), ("test-rules", "3")):
        with pytest.raises(LookupError, match="there are no rules"):
            checker.apply(name, document, version=version)
    with pytest.raises(InvalidXmlError):
        checker.apply("test-rules", b"<")
    with pytest.raises(NotAnInvoiceError):
        checker.apply("test-rules", b"<a/>")


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("<a", "xslt", "not readable as XML"),
        ("<!DOCTYPE a><a/>", "xslt", "it has a document type"),
        ('<a xmlns:x="urn:x" x:y=""/>', "xslt", "XTSE"),
        (SVRL.replace("not(cbc:ID)", "not(cbc:ID"), "xslt", "XPST0003"),
        ("<a/>", "xsd", "not a schema"),
    ],
)
def test_rules_that_do_not_work_are_named(text: str, kind: str, problem: str) -> None:
    """It is the pack that is wrong, not the invoice."""
    checker = InvoiceChecker([rules(text, kind=kind)])

    with pytest.raises(InvalidRulesError, match=problem) as caught:
        checker.check(invoice())

    assert "test-rules 1.0" == caught.value.pack
    assert "\tat " not in str(caught.value)


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ("xs:decimal(cbc:ID) = 1", "FORG0001"),
        ("error(QName('', /*/cbc:ID), /*/cbc:ID)", "an error of its own"),
        ("cbc:Note = 1 and number(error())", "FOER0000"),
    ],
)
def test_rules_that_stop_on_a_document_leave_it_unchecked(
    test: str, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The code is said; the value that stopped them goes nowhere, standard error included."""
    text = SVRL.replace("not(cbc:ID)", test).replace(
        "<xsl:stylesheet ", '<xsl:stylesheet xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    )
    message = text.replace("<xsl:if test", '<xsl:message select="/*/cbc:ID"/><xsl:if test', 1)
    checker = InvoiceChecker([rules(message)])

    report = checker.check(invoice(number="x0706614818", notes=("1",)))

    assert ("unchecked", (), ()) == (report.verdict, report.checked, report.findings)
    assert (Unchecked("test-rules", f"it stopped on this document ({code})"),) == report.unchecked
    assert ("", "") == capfd.readouterr()
    with pytest.raises(RulesStoppedError, match="stopped on this document") as caught:
        checker.apply("test-rules", invoice(number="x0706614818", notes=("1",)))
    assert "0706614818" not in str(caught.value)


def test_an_answer_in_an_unknown_form_is_no_acceptance() -> None:
    """A stylesheet that makes a web page found nothing, and proves nothing."""
    for root, problem in (("page", "it answers in a form that is not known"), ("html", "its answer is not")):
        page = SVRL.replace("svrl:schematron-output", root)
        with pytest.raises(InvalidRulesError, match=problem):
            InvoiceChecker([rules(page.replace("</page>", "<br/></page>"))]).check(invoice())


def test_two_threads_get_their_own_answers() -> None:
    """One is inside the engine at a time; none sees the other's document."""
    checker = InvoiceChecker([rules()])
    seen: dict[str, set[tuple[str, ...]]] = {"good": set(), "bad": set()}

    def run(name: str, document: bytes) -> None:
        for _ in range(60):
            seen[name].add(tuple(one.rule for one in checker.check(document).findings))

    threads = [
        threading.Thread(target=run, args=pair)
        for pair in (("good", invoice()), ("bad", invoice(number=None)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"good": {()}, "bad": {("T-01",)}} == seen


def test_the_report_as_json() -> None:
    """Everything, as plain values."""
    report = InvoiceChecker([rules(), rules(versions={}, name="missing")]).check(invoice(number=None))

    assert {
        "verdict": "refused",
        "kind": "Invoice",
        "issued": "2026-11-02",
        "checked": ["test-rules 1.0"],
        "findings": [
            {
                "rule": "T-01",
                "severity": "fatal",
                "path": "/Invoice",
                "line": 1,
                "text": "An invoice has a number.",
                "pack": "test-rules 1.0",
            }
        ],
        "unchecked": [{"rules": "missing", "why": "it is not at hand"}],
        "notes": [],
    } == report.to_json()


def test_comments_and_entities_do_not_split_what_a_rule_reads() -> None:
    """Saxon gets the text that our parser made of the document, so the two cannot read it differently."""
    document = invoice(number="1<!-- -->2345&#54;").replace(
        b"<Invoice", b"<?xml-stylesheet href='x'?><Invoice"
    )

    findings = InvoiceChecker([rules(OIOUBL)]).check(document).findings

    assert ["F-INV900"] == [one.rule for one in findings]
    assert BASIC.encode() in document


def test_an_answer_beyond_measure_leaves_an_invoice_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the invoice that made it, not the rules."""
    monkeypatch.setattr("rpa_commons.validators.invoices._outputs._ANSWER", XmlLimits(size=100))

    report = InvoiceChecker([rules()]).check(invoice(number=None))

    assert (
        Unchecked("test-rules", "it stopped on this document (its answer is too large)"),
    ) == report.unchecked


def test_a_report_has_the_first_findings_of_very_many() -> None:
    """Nobody reads more, and finding each place takes time; the note says that there are more."""
    document = invoice(notes=("",) * 700)

    report = InvoiceChecker([rules()]).check(document)

    assert 500 == len(report.findings)
    assert ("only the first 500 findings of test-rules 1.0",) == report.notes
    assert 500 == len(InvoiceChecker([rules()]).apply("test-rules", document))


def test_a_fatal_finding_behind_very_many_warnings_still_refuses() -> None:
    """What is cut from a report is not cut from its verdict."""
    document = invoice(number=None, notes=("",) * 700)
    late = SVRL.replace(
        "</svrl:schematron-output>",
        '<svrl:failed-assert id="T-99" flag="fatal" location="/"><svrl:text>Last.</svrl:text>'
        "</svrl:failed-assert></svrl:schematron-output>",
    )

    report = InvoiceChecker([rules(late)]).check(document)

    assert "refused" == report.verdict
    assert "T-99" in {one.rule for one in report.findings}
