"""What a posting file says about itself can be checked, and a damaged one is refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, Money, Posting, PostingLine
from rpa_commons.connectors.contract import contract_posting
from rpa_commons.connectors.posting_file import Layout, Totals, read_file, render

LAYOUTS = st.builds(Layout, delimiter=st.sampled_from(";,\t|"), decimal_sign=st.sampled_from(",."))
LINE_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029"), max_size=40
)
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def postings(draw: st.DrawFn) -> list[tuple[str, Posting]]:
    """Some vouchers that balance, with texts of every script."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        amount = draw(AMOUNTS)
        lines = tuple(
            PostingLine(
                account=draw(st.from_regex(r"[0-9A-Za-z.\-]{1,40}", fullmatch=True)),
                amount=Money(amount=signed),
                text=draw(LINE_TEXT),
            )
            for signed in (amount, -amount)
        )
        posting = Posting(reference=f"R{number}", booked_on=date(2026, 11, 2), lines=lines)
        made.append((f"voucher-{number}", posting))
    return made


@given(postings(), LAYOUTS)
def test_what_is_written_can_be_checked(made: list[tuple[str, Posting]], layout: Layout) -> None:
    """A file's totals are those of the postings it was written from, whatever stands in the texts."""
    content, totals = render(made, layout)

    assert totals == read_file(content, layout)
    assert len(made) == totals.postings
    assert sum(len(posting.lines) for _, posting in made) == totals.lines


@given(st.binary(max_size=400), LAYOUTS)
def test_no_bytes_break_the_reader(content: bytes, layout: Layout) -> None:
    """Whatever the bytes are, they are refused by our own error."""
    with pytest.raises(BusinessError):
        read_file(content, layout)


@given(st.data())
def test_a_lost_or_doubled_row_is_noticed(data: st.DataObject) -> None:
    """Taking any row away, or repeating it, is seen by the totals."""
    content, _ = render([("a", contract_posting("R1")), ("b", contract_posting("R2"))], Layout())
    rows = content.decode().splitlines(keepends=True)
    at = data.draw(st.integers(1, len(rows) - 1))
    changed = data.draw(st.sampled_from([rows[:at] + rows[at + 1 :], [*rows[: at + 1], *rows[at:]]]))

    with pytest.raises(BusinessError) as caught:
        read_file("".join(changed).encode(), Layout())

    assert "Lægehuset" not in str(caught.value)


def test_an_account_exchanged_for_another_is_noticed() -> None:
    """The hash total changes though every amount is the same."""
    content, _ = render([("a", contract_posting())], Layout())

    with pytest.raises(BusinessError, match="totals"):
        read_file(content.replace(b"5312-004", b"5312-005"), Layout())


def test_a_file_cut_anywhere_is_refused() -> None:
    """A file cut after any byte but its last line break is no file."""
    content, _ = render([("a", contract_posting())], Layout())
    for length in range(len(content) - 2):
        with pytest.raises(BusinessError):
            read_file(content[:length], Layout())


def test_the_totals_count_debit_payments_and_accounts() -> None:
    """One bill of 8412.37: debit and payment are that, the hash total sums three account numbers."""
    _, totals = render([("a", contract_posting())], Layout())

    expected = Totals(1, 2, Decimal("8412.37"), Decimal("8412.37"), 5312004 + 9901 + 88888888)
    assert expected == totals


def test_a_text_is_never_a_formula() -> None:
    """A name that a spreadsheet would run begins with a space in the file."""
    posting = contract_posting().model_copy(update={"text": '=HYPERLINK("http://x")'})
    content, _ = render([("a", posting)], Layout())

    assert ';"=HYPERLINK' not in content.decode()
    assert ';" =HYPERLINK' in content.decode()
