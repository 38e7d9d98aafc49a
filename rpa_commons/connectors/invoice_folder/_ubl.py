"""From UBL 2.1 to a document: the elements that EN 16931 and OIOUBL name, read and not interpreted.

Rules this module keeps: an amount or date that is there and cannot be read is an error with its place; what
is optional and absent is empty; a value is in no message. BT and BG numbers are those of EN 16931-1.

OIOUBL differs in three places that matter: ``TaxExclusiveAmount`` is the tax and not the net amount; a
payment slip has its card type in ``PaymentID`` and its id in ``InstructionID``; and the requisition often
stands in the customer's contact id.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from rpa_commons.capabilities import (
    BusinessError,
    InvoiceAttachment,
    InvoiceLine,
    InvoiceParty,
    InvoicePayment,
    Money,
)
from rpa_commons.validators.invoices import NotAnInvoiceError
from rpa_commons.validators.xml import InvalidXmlError, XmlLimits, safe_xml

__all__ = ["InvalidInvoiceError", "Ubl", "read_document"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NS = {"a": f"{_UBL}CommonAggregateComponents-2", "b": f"{_UBL}CommonBasicComponents-2"}
_KINDS = {f"{{{_UBL}Invoice-2}}Invoice": "invoice", f"{{{_UBL}CreditNote-2}}CreditNote": "credit_note"}
_SLIPS = frozenset({"50", "93"})  # UNTDID 4461: giro and FIK slips
_LONGEST = 4000  # characters of a text; longer ones are cut, for they are read by people
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?")  # xs:date
_NUMBER = re.compile(r"[+-]?([0-9]{1,16}(\.[0-9]{0,20})?|\.[0-9]{1,20})")  # xs:decimal
_LARGEST = Decimal("9999999999999999.99")


class InvalidInvoiceError(BusinessError):
    """A document cannot be used as an invoice.

    Attributes:
        place: Which element, or where in the file.
        reason: What is wrong with it; never a value.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"invoice: {place}: {reason}", remedy="ask the supplier for a correct one, or handle it by hand"
        )
        self.place = place
        self.reason = reason


@dataclass(frozen=True)
class Ubl:
    """A readable document: the values for a summary and for the whole."""

    root: etree._Element

    @property
    def summary(self) -> Mapping[str, Any]:
        """What :class:`InvoiceSummary` has besides id and time of arrival."""
        return {
            "kind": _KINDS[str(self.root.tag)],
            "number": self._required("b:ID"),
            "issued": self._required_day("b:IssueDate"),
            "supplier": _party(self.root, "a:AccountingSupplierParty"),
            "customer": _party(self.root, "a:AccountingCustomerParty"),
            "payable": self._total("PayableAmount"),
        }

    @property
    def details(self) -> Mapping[str, Any]:
        """What :class:`InvoiceDocument` has besides the summary and the rules' findings."""
        tax = self._tax()
        return {
            "net": self._net(tax),
            "tax": tax,
            "due": _day(self.root, "b:DueDate") or _day(self.root, "a:PaymentMeans/b:PaymentDueDate"),
            "order": _text(self.root, "a:OrderReference/b:ID"),
            "buyer_reference": _text(self.root, "b:BuyerReference")
            or _text(self.root, "a:AccountingCustomerParty/a:Party/a:Contact/b:ID"),
            "credits": tuple(_texts(self.root, "a:BillingReference/a:InvoiceDocumentReference/b:ID")),
            "note": "\n".join(_texts(self.root, "b:Note")),
            "lines": tuple(self._lines()),
            "payments": tuple(map(_payment, _all(self.root, "a:PaymentMeans"))),
            "attachments": tuple(attachment for attachment, _ in self._attachments()),
        }

    def attachment(self, number: str) -> bytes:
        """The content of an attachment that came along.

        Raises:
            InvalidInvoiceError: there is none of that number, it is only referred to, or it is no base64.
        """
        for attachment, content in self._attachments():
            if attachment.id == number and content is not None:
                return content
        raise InvalidInvoiceError("attachment", "there is none of this number in the document")

    def _required(self, path: str) -> str:
        text = _text(self.root, path)
        if not text:
            raise InvalidInvoiceError(_shown(path), "is missing")
        return text

    def _required_day(self, path: str) -> date:
        day = _day(self.root, path)
        if day is None:
            raise InvalidInvoiceError(_shown(path), "is missing")
        return day

    def _total(self, name: str) -> Money:
        return _money(self.root, f"a:LegalMonetaryTotal/b:{name}")

    def _tax(self) -> Money:
        """VAT in the document's currency: BT-110; a second total is in the accounting currency (BT-111)."""
        currency = self._total("PayableAmount").currency
        totals = [_money(one, "b:TaxAmount") for one in _all(self.root, "a:TaxTotal")]
        amount = sum((one.amount for one in totals if one.currency == currency), Decimal("0.00"))
        return _reckoned(amount, currency, "TaxTotal")

    def _net(self, tax: Money) -> Money:
        # Not TaxExclusiveAmount: that is the net amount in EN 16931 and the tax in OIOUBL.
        if _text(self.root, "a:LegalMonetaryTotal/b:TaxInclusiveAmount"):
            gross = self._total("TaxInclusiveAmount")
            if gross.currency != tax.currency:
                raise InvalidInvoiceError("TaxInclusiveAmount", "is in another currency than PayableAmount")
            return _reckoned(gross.amount - tax.amount, gross.currency, "TaxInclusiveAmount")
        return self._total("LineExtensionAmount")

    def _lines(self) -> Iterator[InvoiceLine]:
        for line in self.root.iterfind("a:InvoiceLine", _NS):
            yield _line(line, "b:InvoicedQuantity")
        for line in self.root.iterfind("a:CreditNoteLine", _NS):
            yield _line(line, "b:CreditedQuantity")

    def _attachments(self) -> Iterator[tuple[InvoiceAttachment, bytes | None]]:
        for number, one in enumerate(_all(self.root, "a:AdditionalDocumentReference/a:Attachment"), 1):
            embedded = one.find("b:EmbeddedDocumentBinaryObject", _NS)
            content = None if embedded is None else _base64(embedded)
            described: dict[Any, Any] = {} if embedded is None else dict(embedded.attrib)
            yield (
                InvoiceAttachment(
                    id=str(number),
                    file_name=str(described.get("filename", ""))[:255],
                    media_type=str(described.get("mimeCode", ""))[:100],
                    size=len(content or b""),
                    external=_text(one, "a:ExternalReference/b:URI"),
                ),
                content,
            )


def read_document(data: bytes, *, largest: int = 20 * 1024 * 1024) -> Ubl:
    """A UBL invoice or credit note.

    Args:
        data: The file.
        largest: Bytes above which it is not read.

    Raises:
        InvalidInvoiceError: it is no XML that we read, or no invoice.
    """
    try:
        root = safe_xml(data, limits=XmlLimits(size=largest, long_texts=True))
    except InvalidXmlError as error:
        raise InvalidInvoiceError(f"line {error.line}" if error.line else "the file", error.problem) from None
    if root.tag not in _KINDS:
        raise InvalidInvoiceError("line 1", str(NotAnInvoiceError()))
    return Ubl(root)


def _party(root: etree._Element, path: str) -> InvoiceParty:
    party = root.find(f"{path}/a:Party", _NS)
    if party is None:
        raise InvalidInvoiceError(_shown(path), "is missing")
    company = "a:PartyLegalEntity/b:CompanyID"
    return InvoiceParty(
        name=_text(party, "a:PartyName/b:Name") or _text(party, "a:PartyLegalEntity/b:RegistrationName"),
        endpoint=_text(party, "b:EndpointID"),
        endpoint_scheme=_scheme(party, "b:EndpointID"),
        company=_text(party, company),
        company_scheme=_scheme(party, company),
        tax_id=_text(party, "a:PartyTaxScheme/b:CompanyID"),
    )


def _payment(means: etree._Element) -> InvoicePayment:
    code, said = _text(means, "b:PaymentMeansCode"), _text(means, "b:PaymentID")
    instruction = _text(means, "b:InstructionID")
    card, reference = "", said or instruction
    if code in _SLIPS and "#" in said:  # PEPPOL BIS 3, rules DK-R-008 to DK-R-010: 71#<payment id>
        card, _, reference = said.partition("#")
    elif code in _SLIPS and instruction:  # OIOUBL
        card, reference = said, instruction
    branch = "a:PayeeFinancialAccount/a:FinancialInstitutionBranch"
    return InvoicePayment(
        code=code,
        channel=_text(means, "b:PaymentChannelCode"),
        account=_text(means, "a:PayeeFinancialAccount/b:ID") or _text(means, "a:CreditAccount/b:AccountID"),
        branch=_text(means, f"{branch}/a:FinancialInstitution/b:ID") or _text(means, f"{branch}/b:ID"),
        card_type=card,
        reference=reference,
        due=_day(means, "b:PaymentDueDate"),
    )


def _line(line: etree._Element, quantity: str) -> InvoiceLine:
    amount = line.find(quantity, _NS)
    period = "a:InvoicePeriod"
    return InvoiceLine(
        id=_text(line, "b:ID"),
        text=_text(line, "a:Item/b:Name") or _text(line, "a:Item/b:Description"),
        note="\n".join(_texts(line, "b:Note")),
        quantity=None if amount is None else _decimal(amount, quantity),
        unit="" if amount is None else str(amount.get("unitCode", "")),
        amount=_money(line, "b:LineExtensionAmount"),
        item=_text(line, "a:Item/a:SellersItemIdentification/b:ID"),
        cost=_text(line, "b:AccountingCost"),
        period_start=_day(line, f"{period}/b:StartDate"),
        period_end=_day(line, f"{period}/b:EndDate"),
    )


def _money(element: etree._Element, path: str) -> Money:
    found = element.find(path, _NS)
    if found is None:
        raise InvalidInvoiceError(_shown(path), "is missing")
    amount = _decimal(found, path)
    rounded = amount.quantize(Decimal("0.01"))
    if rounded != amount:
        raise InvalidInvoiceError(_shown(path), "has more than two decimals")
    currency = str(found.get("currencyID", ""))
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise InvalidInvoiceError(_shown(path), "has no currency")
    return Money(amount=rounded, currency=currency)


def _reckoned(amount: Decimal, currency: str, place: str) -> Money:
    """A sum or a difference: of two amounts that an invoice may hold, it may be larger than one."""
    if abs(amount) > _LARGEST:
        raise InvalidInvoiceError(place, "gives an amount of more than 16 digits")
    return Money(amount=amount, currency=currency)


def _decimal(element: etree._Element, path: str) -> Decimal:
    text = (element.text or "").strip()
    try:
        if _NUMBER.fullmatch(text):
            return Decimal(text)
    except InvalidOperation:  # as many digits as the pattern allows are well within a Decimal
        pass
    raise InvalidInvoiceError(_shown(path), "is no number")


def _day(element: etree._Element, path: str) -> date | None:
    text = _text(element, path)
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text[:10])
    except ValueError:
        pass
    raise InvalidInvoiceError(_shown(path), "is no date")


def _base64(element: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInvoiceError("EmbeddedDocumentBinaryObject", "is no base64") from None


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, "", _NS) or "").strip()[:_LONGEST]


def _texts(element: etree._Element, path: str) -> Iterator[str]:
    return (text.strip()[:_LONGEST] for one in _all(element, path) if (text := one.text) and text.strip())


def _scheme(element: etree._Element, path: str) -> str:
    found = element.find(path, _NS)
    return "" if found is None else str(found.get("schemeID", ""))


def _all(element: etree._Element, path: str) -> Iterator[etree._Element]:
    return element.iterfind(path, _NS)


def _shown(path: str) -> str:
    return path.replace("a:", "").replace("b:", "")
