"""What a posting file looks like: a header, a row for each line, payments, and a row of totals.

Rules this module keeps: what is written can be read back and its totals checked; a text never begins with a
sign that a spreadsheet would take for a formula; an amount has two decimals and the declared decimal sign.

The hash total is the sum of all account numbers, digits only, modulo 10^15: it means nothing as a number, and
changes when a row is lost, doubled or booked on another account.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rpa_commons.capabilities import BusinessError, Posting

__all__ = ["Layout", "Totals", "read_file", "render"]

_HEADER = (
    "record", "voucher", "reference", "date", "account", "amount", "currency", "text", "dimensions",
    "scheme", "payee_account", "payment_reference", "payee_name",
)  # fmt: skip
_MODULUS = 10**15
_FORMULA = ("=", "+", "-", "@")
# As we write them: no exponent of nine digits, and no number that is none.
_AMOUNT = re.compile(r"-?[0-9]{1,30}\.[0-9]{2}")
_LONGEST_ACCOUNT = 1000  # characters; the digits of an account are read as one number


@dataclass(frozen=True)
class Layout:
    """How a file is written.

    Attributes:
        encoding: Character encoding.
        delimiter: Between two values.
        decimal_sign: Between kroner and øre.
    """

    encoding: Literal["utf-8", "iso-8859-1", "cp1252"] = "utf-8"
    delimiter: Literal[";", ",", "\t", "|"] = ";"
    decimal_sign: Literal[",", "."] = ","


@dataclass
class Totals:
    """The control totals of a file.

    Attributes:
        postings: How many vouchers.
        lines: How many lines of vouchers; payments are not counted.
        debit: Sum of what is above zero.
        paid: Sum of the payments.
        hash_total: See the module.
    """

    postings: int = 0
    lines: int = 0
    debit: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    hash_total: int = 0
    _vouchers: set[str] = field(default_factory=set, repr=False, compare=False)

    def line(self, voucher: str, account: str, amount: Decimal) -> None:
        """Count one line."""
        if voucher not in self._vouchers:
            self._vouchers.add(voucher)
            self.postings += 1
        self.lines += 1
        self.debit += max(amount, Decimal(0))
        self._hash(account)

    def payment(self, account: str, amount: Decimal) -> None:
        """Count one payment."""
        self.paid += amount
        self._hash(account)

    def _hash(self, account: str) -> None:
        digits = re.sub(r"[^0-9]", "", account)
        self.hash_total = (self.hash_total + int(digits or "0")) % _MODULUS


def render(postings: Iterable[tuple[str, Posting]], layout: Layout) -> tuple[bytes, Totals]:
    """A file with these vouchers, by their numbers, and its totals.

    Raises:
        BusinessError: a text holds a character that the encoding does not have, or a posting has too much in
            one value.
    """
    text, totals = io.StringIO(), Totals()
    writer = csv.writer(text, delimiter=layout.delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for voucher, posting in postings:
        for row in _rows(voucher, posting, layout, totals):
            writer.writerow(row)
    writer.writerow(_total_row(totals, layout))
    try:
        content = text.getvalue().encode(layout.encoding)
    except UnicodeEncodeError:
        raise BusinessError(
            f"posting-file: a text holds a character that {layout.encoding} does not have",
            remedy='set encoding = "utf-8" in stack.toml if the ledger can read it, or change the text',
        ) from None
    try:
        read_file(content, layout)  # a file whose totals we could not check is not given to anybody
    except BusinessError:
        raise BusinessError(
            "posting-file: the posting could not be read back: it has too much in one value",
            remedy="give its lines fewer dimensions, or post it by hand",
        ) from None
    return content, totals


def read_file(content: bytes, layout: Layout) -> Totals:
    """Count a file again, and compare with the totals it ends with.

    Raises:
        BusinessError: it is no posting file, is cut short, or its totals do not agree.
    """
    try:
        rows = list(
            csv.reader(io.StringIO(content.decode(layout.encoding), newline=""), delimiter=layout.delimiter)
        )
    except (UnicodeDecodeError, csv.Error):
        raise _broken("cannot be read in the declared encoding and delimiter") from None
    if len(rows) < 2 or tuple(rows[0]) != _HEADER:  # noqa: PLR2004 - a header and a row of totals
        raise _broken("does not begin with the header of a posting file")
    totals = Totals()
    for number, row in enumerate(rows[1:-1], 2):
        _count(row, number, totals, layout)
    if rows[-1] != [str(cell) for cell in _total_row(totals, layout)]:
        raise _broken("does not end with the totals of what stands in it")
    return totals


def _rows(voucher: str, posting: Posting, layout: Layout, totals: Totals) -> Iterable[Sequence[str]]:
    start = (voucher, posting.reference, posting.booked_on.isoformat())
    for line in posting.lines:
        totals.line(voucher, line.account, line.amount.amount)
        dimensions = " ".join(f"{name}={code}" for name, code in sorted(line.dimensions.items()))
        yield (
            "LINE", *start, line.account, _amount(line.amount.amount, layout), line.amount.currency,
            _text(line.text or posting.text), _text(dimensions), "", "", "", "",
        )  # fmt: skip
    if posting.payment is not None:
        payment, payee = posting.payment, posting.payment.payee
        totals.payment(payee.account, payment.amount.amount)
        yield (
            "PAYMENT", voucher, posting.reference, payment.due.isoformat(), "",
            _amount(payment.amount.amount, layout), payment.amount.currency, _text(posting.text), "",
            payee.scheme, payee.account, payee.reference, _text(payee.name),
        )  # fmt: skip


def _total_row(totals: Totals, layout: Layout) -> Sequence[str]:
    return (
        "TOTAL", str(totals.postings), str(totals.lines), "", "", _amount(totals.debit, layout), "",
        "", "", "", _amount(totals.paid, layout), f"{totals.hash_total:015d}", "",
    )  # fmt: skip


def _count(row: Sequence[str], number: int, totals: Totals, layout: Layout) -> None:
    if len(row) != len(_HEADER):
        raise _broken(f"line {number} has {len(row)} values, not {len(_HEADER)}")
    written = row[5].replace(layout.decimal_sign, ".")
    if not _AMOUNT.fullmatch(written):
        raise _broken(f"line {number} has no amount")
    if max(len(row[4]), len(row[10])) > _LONGEST_ACCOUNT:
        raise _broken(f"line {number} has an account of over {_LONGEST_ACCOUNT} characters")
    amount = Decimal(written)
    if row[0] == "LINE":
        totals.line(row[1], row[4], amount)
    elif row[0] == "PAYMENT":
        totals.payment(row[10], amount)
    else:
        raise _broken(f"line {number} is neither LINE nor PAYMENT")


def _amount(amount: Decimal, layout: Layout) -> str:
    return f"{amount:.2f}".replace(".", layout.decimal_sign)


def _text(text: str) -> str:
    """The text as a spreadsheet may open it, too: what would be a formula begins with a space."""
    return f" {text}" if text.startswith(_FORMULA) else text


def _broken(problem: str) -> BusinessError:
    return BusinessError(
        f"posting-file: the file {problem}", remedy="do not import it; write it again from its receipts"
    )
