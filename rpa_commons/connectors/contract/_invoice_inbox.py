"""What every connector of ``InvoiceInbox`` must do; derive a test class and give it two fixtures.

Usage, in the connector's own tests::

    class TestMyInbox(InvoiceInboxContract):
        @pytest.fixture
        def cases(self, tmp_path: Path) -> InvoiceInboxCases:
            return InvoiceInboxCases(connect=..., deliver=..., silence=...)

        @pytest.fixture
        def failures(self, cases: InvoiceInboxCases) -> FailureCases: ...
"""

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from rpa_commons.capabilities import (
    Acknowledgement,
    BusinessError,
    InvoiceDocument,
    InvoiceInbox,
    Money,
    TransientError,
)

from ._calls import check_declaration, failure_of, key_of, opened
from ._failures import FailureContract

__all__ = ["INVOICE_PERSONAL", "InvoiceInboxCases", "InvoiceInboxContract", "contract_invoice"]

INVOICE_PERSONAL = ("Lægehuset ved Åen", "Ole Hemmelig", "8412.37", "A-77-1")
"""What stands in :func:`contract_invoice` and may be in no error."""
_PDF = b"%PDF-1.7\n% the bill\n%%EOF\n"
_NAMES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True)
class InvoiceInboxCases:
    """An inbox and how documents get into it.

    Attributes:
        connect: Makes a new connector to the same inbox, as a restarted worker does.
        deliver: Puts a document into the inbox, as the access point does; twice gives two deliveries.
        silence: While inside, the inbox cannot be reached.
    """

    connect: Callable[[], InvoiceInbox]
    deliver: Callable[[bytes], None]
    silence: Callable[[], AbstractContextManager[object]]


def contract_invoice(number: str = "A-77-1", *, kind: str = "Invoice", takes_back: str = "") -> bytes:
    """A doctor's bill of 8412.37 DKK by payment slip, with a PDF; or the credit note that takes it back."""
    reference = f"<cac:InvoiceDocumentReference><cbc:ID>{takes_back}</cbc:ID></cac:InvoiceDocumentReference>"
    back = f"<cac:BillingReference>{reference}</cac:BillingReference>"
    quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" {_NAMES}>
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate>
  <cbc:Note>Attest om Ole Hemmelig</cbc:Note>
  <cbc:DocumentCurrencyCode>DKK</cbc:DocumentCurrencyCode><cbc:BuyerReference>K-31</cbc:BuyerReference>
  <cac:OrderReference><cbc:ID>R-5</cbc:ID></cac:OrderReference>{back if takes_back else ""}
  <cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>
    <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="bill.pdf">{base64.b64encode(_PDF).decode()}</cbc:EmbeddedDocumentBinaryObject>
  </cac:Attachment></cac:AdditionalDocumentReference>
  <cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0184">DK88888888</cbc:EndpointID>
    <cac:PartyTaxScheme><cbc:CompanyID>DK88888888</cbc:CompanyID></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Lægehuset ved Åen</cbc:RegistrationName>
      <cbc:CompanyID schemeID="0184">88888888</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="0088">5798009811530</cbc:EndpointID>
    <cac:PartyLegalEntity><cbc:RegistrationName>Kommunen</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PaymentMeans><cbc:PaymentMeansCode>93</cbc:PaymentMeansCode>
    <cbc:PaymentDueDate>2026-11-20</cbc:PaymentDueDate><cbc:PaymentID>71#001234567890123</cbc:PaymentID>
    <cac:PayeeFinancialAccount><cbc:ID>88888888</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="DKK">1682.47</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="DKK">6729.90</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="DKK">6729.90</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="DKK">8412.37</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="DKK">8412.37</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:{kind}Line><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="EA">2.5</cbc:{quantity}>
    <cbc:LineExtensionAmount currencyID="DKK">6729.90</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Statusattest</cbc:Name></cac:Item></cac:{kind}Line>
</{kind}>
""".encode()  # noqa: E501 - a document


class InvoiceInboxContract(FailureContract):
    """Tests of the contract of ``InvoiceInbox``. The fixtures ``cases`` and ``failures`` are yours."""

    def test_it_declares_itself(self, cases: InvoiceInboxCases) -> None:
        """A connector names itself, its capability and its settings, each field described."""
        with opened(cases.connect) as inbox:
            check_declaration(inbox, InvoiceInbox)

    def test_what_came_in_waits(self, cases: InvoiceInboxCases) -> None:
        """Each document waits, with its number, supplier, date and amount, until it is acknowledged."""
        cases.deliver(contract_invoice("A-1"))
        cases.deliver(contract_invoice("A-2", kind="CreditNote", takes_back="A-1"))
        with opened(cases.connect) as inbox:
            waiting = {one.number: one for one in inbox.waiting()}

        assert {"A-1": "invoice", "A-2": "credit_note"} == {name: one.kind for name, one in waiting.items()}
        assert "88888888" == waiting["A-1"].supplier.company
        assert Money(amount=Decimal("8412.37"), currency="DKK") == waiting["A-1"].payable

    def test_a_document_delivered_twice_is_one(self, cases: InvoiceInboxCases) -> None:
        """Two deliveries of the same document are one invoice, and both are gone when it is acknowledged."""
        cases.deliver(contract_invoice())
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            waiting = inbox.waiting()
            _acknowledge(inbox, waiting[0].id)

            assert 1 == len(waiting)
            assert [] == list(inbox.waiting())

    def test_an_invoice_is_read_whole(self, cases: InvoiceInboxCases) -> None:
        """Lines, tax, references, ways to pay and attachments are those of the document."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            found = inbox.invoice(inbox.waiting()[0].id)
            content = inbox.attachment(found.id, found.attachments[0].id)

        assert ("6729.90", "1682.47") == (str(found.net.amount), str(found.tax.amount))
        assert [("Statusattest", Decimal("2.5"))] == [(line.text, line.quantity) for line in found.lines]
        assert ("R-5", "K-31") == (found.order, found.buyer_reference)
        assert [("93", "71", "88888888", "001234567890123")] == [
            (way.code, way.card_type, way.account, way.reference) for way in found.payments
        ]
        assert content == _PDF

    def test_a_credit_note_names_what_it_takes_back(self, cases: InvoiceInboxCases) -> None:
        """A credit note is one, with a positive amount, and names its invoice."""
        cases.deliver(contract_invoice("A-2", kind="CreditNote", takes_back="A-1"))
        with opened(cases.connect) as inbox:
            found = inbox.invoice(inbox.waiting()[0].id)

        assert ("credit_note", ("A-1",)) == (found.kind, found.credits)
        assert 0 < found.payable.amount

    def test_a_question_takes_nothing(self, cases: InvoiceInboxCases) -> None:
        """Looking, however often, leaves everything where it is."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            for _ in range(3):
                inbox.invoice(inbox.waiting()[0].id)

            assert 1 == len(inbox.waiting())

    def test_an_acknowledged_invoice_has_left_once(self, cases: InvoiceInboxCases) -> None:
        """Acknowledged again it has left already, from another connector too; it can still be read."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            invoice = inbox.waiting()[0].id
            first = _acknowledge(inbox, invoice)
        with opened(cases.connect) as inbox:
            again = _acknowledge(inbox, invoice)

            assert [] == list(inbox.waiting())
            assert "A-77-1" == inbox.invoice(invoice).number
        assert (False, True) == (first.repeated, again.repeated)
        assert first.acknowledged_at == again.acknowledged_at

    def test_an_invoice_leaves_in_one_way(self, cases: InvoiceInboxCases) -> None:
        """What was done is not rejected afterwards, and an unknown way is refused."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            invoice = inbox.waiting()[0].id
            _acknowledge(inbox, invoice)
            failures = [
                failure_of(lambda: inbox.acknowledge(invoice, "rejected", key=key_of("other"))),
                failure_of(lambda: inbox.acknowledge(invoice, "burnt", key=key_of("other"))),  # type: ignore[arg-type]
            ]

        assert [True, True] == [isinstance(failure, BusinessError) for failure in failures]

    def test_an_unknown_invoice_is_told(self, cases: InvoiceInboxCases) -> None:
        """An id that nothing has is a BusinessError with a remedy, for questions and for the effect."""
        with opened(cases.connect) as inbox:
            failures = [
                failure_of(lambda: inbox.invoice("0" * 32)),
                failure_of(lambda: inbox.attachment("0" * 32, "1")),
                failure_of(lambda: _acknowledge(inbox, "0" * 32)),
            ]

        assert [True] * 3 == [isinstance(failure, BusinessError) for failure in failures]
        assert all(failure and failure.remedy for failure in failures), "each refusal needs a remedy="

    def test_nothing_leaves_without_a_key(self, cases: InvoiceInboxCases) -> None:
        """A key that the runtime did not make is refused."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            invoice = inbox.waiting()[0].id
            try:
                inbox.acknowledge(invoice, "done", key="")
            except ValueError:
                pass
            else:
                raise AssertionError("an invoice left without an idempotency key")

            assert 1 == len(inbox.waiting())

    def test_an_unreachable_inbox_keeps_the_case_waiting(self, cases: InvoiceInboxCases) -> None:
        """Without the inbox every call raises a TransientError, and nothing has left."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            invoice = inbox.waiting()[0].id
            with cases.silence():
                failures = [
                    failure_of(inbox.waiting),
                    failure_of(lambda: inbox.invoice(invoice)),
                    failure_of(lambda: _acknowledge(inbox, invoice)),
                ]
            again = inbox.waiting()

        assert [True] * 3 == [isinstance(failure, TransientError) for failure in failures]
        assert [invoice] == [one.id for one in again]

    def test_a_document_survives_the_journal(self, cases: InvoiceInboxCases) -> None:
        """What is read can be written down and read back the same."""
        cases.deliver(contract_invoice())
        with opened(cases.connect) as inbox:
            found = inbox.invoice(inbox.waiting()[0].id)

        assert found == InvoiceDocument.model_validate_json(found.model_dump_json())


def _acknowledge(inbox: InvoiceInbox, invoice: str) -> Acknowledgement:
    return inbox.acknowledge(invoice, "done", key=key_of(invoice))
