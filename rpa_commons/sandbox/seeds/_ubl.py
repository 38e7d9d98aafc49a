"""Writes a draft as UBL 2.1: by EN 16931, and by OIOUBL 2.1 (NemHandel).

Rules this module keeps: elements stand in the order of the UBL schemas; OIOUBL's own habits are kept apart
(``TaxExclusiveAmount`` holds the VAT there, VAT categories have names, payment slips have a channel code).
"""

from decimal import Decimal
from typing import cast

from lxml import etree

from ._draft import Draft, Line
from ._parties import Buyer, Supplier

__all__ = ["en16931", "oioubl"]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC = f"{_UBL}CommonAggregateComponents-2"
_CBC = f"{_UBL}CommonBasicComponents-2"
_EN = "urn:cen.eu:en16931:2017"
_FIK_MEANS = "93"  # UN/ECE 4461: reference giro, which Denmark uses for payment slips
_REASON = "Momsfri sundhedsydelse, momsloven § 13, stk. 1, nr. 1"
_OIO_TAX = {"schemeAgencyID": "320", "schemeID": "urn:oioubl:id:taxschemeid-1.5"}
_OIO_CATEGORY = {"schemeAgencyID": "320", "schemeID": "urn:oioubl:id:taxcategoryid-1.1"}
_Node = etree._Element  # noqa: SLF001 - lxml has no public name for it


def en16931(draft: Draft) -> bytes:
    """A document that EN 16931's rules for UBL accept."""
    return _Writer(draft, oio=False).document()


def oioubl(draft: Draft) -> bytes:
    """A document in OIOUBL 2.1."""
    return _Writer(draft, oio=True).document()


class _Writer:
    """Writes one document."""

    def __init__(self, draft: Draft, *, oio: bool) -> None:
        self._draft = draft
        self._oio = oio

    def document(self) -> bytes:
        kind = "CreditNote" if self._draft.credits else "Invoice"
        spaces: dict[str | None, str] = {None: f"{_UBL}{kind}-2", "cac": _CAC, "cbc": _CBC}
        root = etree.Element(f"{{{_UBL}{kind}-2}}{kind}", nsmap=cast("dict[str, str]", spaces))
        root.append(etree.Comment(" invented by the rpa-commons sandbox: nothing of it may be paid "))
        for node in (*self._head(), *self._parties(), *self._money(), *self._lines()):
            if node is not None:
                root.append(node)
        etree.indent(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"

    def _head(self) -> list[_Node | None]:
        draft, oio = self._draft, self._oio
        profile = {"schemeAgencyID": "320", "schemeID": "urn:oioubl:id:profileid-1.2"}
        codes = {"listAgencyID": "320", "listID": "urn:oioubl:codelist:invoicetypecode-1.1"}
        return [
            _cbc("UBLVersionID", "2.1") if oio else None,
            _cbc("CustomizationID", "OIOUBL-2.1" if oio else _EN),
            _cbc("ProfileID", "urn:www.nesubl.eu:profiles:profile5:ver2.0", **profile) if oio else None,
            _cbc("ID", draft.number),
            _cbc("UUID", draft.uuid) if oio else None,
            _cbc("IssueDate", draft.issued.isoformat()),
            None if oio or draft.credits else _cbc("DueDate", draft.due.isoformat()),
            None if draft.credits else _cbc("InvoiceTypeCode", "380", **(codes if oio else {})),
            _cbc("CreditNoteTypeCode", "381") if draft.credits and not oio else None,
            _cbc("DocumentCurrencyCode", "DKK"),
            None if oio else _cbc("BuyerReference", draft.order),
            _cac("OrderReference", _cbc("ID", draft.order)),
            self._billing(),
        ]

    def _billing(self) -> _Node | None:
        if not self._draft.credits:
            return None
        number, issued = self._draft.credits
        reference = _cac(
            "InvoiceDocumentReference", _cbc("ID", number), _cbc("IssueDate", issued.isoformat())
        )
        return _cac("BillingReference", reference)

    def _parties(self) -> list[_Node | None]:
        return [
            _cac("AccountingSupplierParty", self._supplier(self._draft.supplier)),
            _cac("AccountingCustomerParty", self._buyer(self._draft.buyer)),
        ]

    def _supplier(self, who: Supplier) -> _Node:
        oio = self._oio
        company = f"DK{who.cvr}" if oio else who.cvr
        scheme = "DK:CVR" if oio else "0184"  # ISO 6523: 0184 is the CVR register
        return _cac(
            "Party",
            _cbc("EndpointID", company, schemeID=scheme),
            _cac("PartyIdentification", _cbc("ID", company, schemeID=scheme)) if oio else None,
            _cac("PartyName", _cbc("Name", who.name)),
            self._address(who.street, who.house, who.city, who.postal_code),
            _cac(
                "PartyTaxScheme",
                _cbc("CompanyID", f"DK{who.cvr}", **({"schemeID": "DK:SE"} if oio else {})),
                self._scheme(),
            ),
            _cac(
                "PartyLegalEntity",
                _cbc("RegistrationName", who.name),
                _cbc("CompanyID", company, schemeID=scheme),
            ),
            _cac("Contact", _cbc("ID", "1")) if oio else None,
        )

    def _buyer(self, who: Buyer) -> _Node:
        oio = self._oio
        company = f"DK{who.cvr}" if oio else who.cvr
        return _cac(
            "Party",
            _cbc("EndpointID", who.gln, schemeID="GLN" if oio else "0088"),
            _cac("PartyIdentification", _cbc("ID", who.gln, schemeID="GLN")) if oio else None,
            _cac("PartyName", _cbc("Name", who.name)),
            self._address("Rådhusgade", "1", who.city, who.postal_code),
            _cac(
                "PartyLegalEntity",
                _cbc("RegistrationName", who.name),
                _cbc("CompanyID", company, schemeID="DK:CVR" if oio else "0184"),
            ),
            _cac("Contact", _cbc("ID", self._draft.order)) if oio else None,
        )

    def _address(self, street: str, house: str, city: str, postal_code: str) -> _Node:
        form = {"listAgencyID": "320", "listID": "urn:oioubl:codelist:addressformatcode-1.1"}
        return _cac(
            "PostalAddress",
            _cbc("AddressFormatCode", "StructuredLax", **form) if self._oio else None,
            _cbc("StreetName", street if self._oio else f"{street} {house}"),
            _cbc("BuildingNumber", house) if self._oio else None,
            _cbc("CityName", city),
            _cbc("PostalZone", postal_code),
            _cac("Country", _cbc("IdentificationCode", "DK")),
        )

    def _money(self) -> list[_Node | None]:
        draft, oio = self._draft, self._oio
        return [
            None if draft.credits else self._payment(),
            self._tax(draft.net, draft.vat),
            _cac(
                "LegalMonetaryTotal",
                _amount("LineExtensionAmount", draft.net),
                _amount("TaxExclusiveAmount", draft.vat if oio else draft.net),
                _amount("TaxInclusiveAmount", draft.total),
                _amount("PayableAmount", draft.total),
            ),
        ]

    def _payment(self) -> _Node:
        draft = self._draft
        means = _cbc("PaymentMeansCode", _FIK_MEANS)
        if not self._oio:  # as NemHandel BIS 4 writes a slip: kind#identifier, and the creditor as account
            slip = _cbc("PaymentID", f"71#{draft.payment_identifier}")
            account = _cac("PayeeFinancialAccount", _cbc("ID", draft.supplier.creditor))
            return _cac("PaymentMeans", means, slip, account)
        channel = {"listAgencyID": "320", "listID": "urn:oioubl:codelist:paymentchannelcode-1.1"}
        kind = {"schemeAgencyID": "320", "schemeID": "urn:oioubl:id:paymentid-1.1"}
        return _cac(
            "PaymentMeans",
            means,
            _cbc("PaymentDueDate", draft.due.isoformat()),
            _cbc("PaymentChannelCode", "DK:FIK", **channel),
            _cbc("InstructionID", draft.payment_identifier),
            _cbc("PaymentID", "71", **kind),
            _cac("CreditAccount", _cbc("AccountID", draft.supplier.creditor)),
        )

    def _tax(self, net: Decimal, vat: Decimal) -> _Node:
        subtotal = _cac(
            "TaxSubtotal",
            _amount("TaxableAmount", net),
            _amount("TaxAmount", vat),
            self._category("TaxCategory", reason=not self._oio),
        )
        return _cac("TaxTotal", _amount("TaxAmount", vat), subtotal)

    def _category(self, name: str, *, reason: bool) -> _Node:
        exempt = not self._draft.supplier.rate
        if self._oio:
            identifier = _cbc("ID", "ZeroRated" if exempt else "StandardRated", **_OIO_CATEGORY)
        else:
            identifier = _cbc("ID", "E" if exempt else "S")
        return _cac(
            name,
            identifier,
            _cbc("Percent", str(self._draft.supplier.rate)),
            _cbc("TaxExemptionReason", _REASON) if exempt and reason else None,
            self._scheme(),
        )

    def _scheme(self) -> _Node:
        if self._oio:
            return _cac("TaxScheme", _cbc("ID", "63", **_OIO_TAX), _cbc("Name", "Moms"))
        return _cac("TaxScheme", _cbc("ID", "VAT"))

    def _lines(self) -> list[_Node | None]:
        return [self._line(number, line) for number, line in enumerate(self._draft.lines, start=1)]

    def _line(self, number: int, line: Line) -> _Node:
        credit = bool(self._draft.credits)
        quantity = _cbc(
            "CreditedQuantity" if credit else "InvoicedQuantity", str(line.quantity), unitCode=line.unit
        )
        vat = (line.total * self._draft.supplier.rate / 100).quantize(Decimal("0.01"))
        return _cac(
            "CreditNoteLine" if credit else "InvoiceLine",
            _cbc("ID", str(number)),
            quantity,
            _amount("LineExtensionAmount", line.total),
            self._tax(line.total, vat) if self._oio else None,
            _cac("Item", _cbc("Name", line.name), self._category("ClassifiedTaxCategory", reason=False)),
            _cac("Price", _amount("PriceAmount", line.price)),
        )


def _cbc(name: str, text: str, **attributes: str) -> _Node:
    node = etree.Element(f"{{{_CBC}}}{name}", attributes)
    node.text = text
    return node


def _cac(name: str, *children: _Node | None) -> _Node:
    node = etree.Element(f"{{{_CAC}}}{name}")
    node.extend(child for child in children if child is not None)
    return node


def _amount(name: str, amount: Decimal) -> _Node:
    return _cbc(name, f"{amount:.2f}", currencyID="DKK")
