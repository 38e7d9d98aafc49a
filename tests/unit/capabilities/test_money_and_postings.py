"""Amounts are exact and written alike, postings balance, and no refusal shows what was refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rpa_commons.capabilities import Money, Payee, Posting, PostingLine, PostingReceipt

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2, allow_nan=False, allow_infinity=False)


@given(AMOUNTS)
def test_an_amount_keeps_its_value_and_has_two_decimals(amount: Decimal) -> None:
    """Whatever it was written like, it is the same amount, and goes through JSON unchanged."""
    money = Money(amount=amount)

    assert amount == money.amount
    assert -2 == money.amount.as_tuple().exponent
    assert money == Money.model_validate_json(money.model_dump_json())


@pytest.mark.parametrize(
    ("given_as", "written"),
    [("1E+3", "1000.00"), ("-0.0", "0.00"), ("5", "5.00"), ("9999999999999999.99", "9999999999999999.99")],
)
def test_equal_amounts_are_written_alike(given_as: str, written: str) -> None:
    """A ledger's schema takes no exponent, and a digest of a posting takes no second way to write it."""
    assert f'{{"amount":"{written}","currency":"DKK"}}' == Money(amount=Decimal(given_as)).model_dump_json()


@pytest.mark.parametrize("amount", [0.1, True, "NaN", "Infinity", "1.005", "99999999999999999", "secret 77"])
def test_what_is_no_amount_is_refused_without_being_shown(amount: object) -> None:
    """A float has lost digits already; a refusal goes to a log, where no amount belongs."""
    with pytest.raises(ValidationError) as caught:
        Money.model_validate({"amount": amount})

    assert str(amount) not in str(caught.value)


def test_a_refused_payee_is_not_shown() -> None:
    """An account number in a form that is none is refused without it."""
    with pytest.raises(ValidationError) as caught:
        Payee(scheme="account", account="1234-hemmelig")

    assert "hemmelig" not in str(caught.value)


@pytest.mark.parametrize("dimensions", [{"cost centre": "1"}, {"a=b": "1"}, {"kle": "1\n2"}, {"": "1"}])
def test_a_dimension_is_one_word_and_one_line(dimensions: dict[str, str]) -> None:
    """It stands in files with one record a line, as ``name=code``."""
    with pytest.raises(ValidationError):
        PostingLine(account="1", amount=Money(amount=Decimal(1)), dimensions=dimensions)


def test_lines_that_do_not_balance_are_no_posting() -> None:
    """A cent off is off."""
    lines = tuple(PostingLine(account="1", amount=Money(amount=Decimal(one))) for one in ("1.00", "-0.99"))

    with pytest.raises(ValidationError, match="sum to zero"):
        Posting(reference="R1", booked_on=date(2026, 11, 2), lines=lines)


def test_a_receipts_time_has_a_zone() -> None:
    """A time without one could be two hours off."""
    with pytest.raises(ValidationError):
        PostingReceipt(id="1", reference="R1", accepted_at=datetime(2026, 11, 2))  # noqa: DTZ001 - the point
