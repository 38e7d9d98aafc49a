"""The hash total is what the reference page says it is, number for number."""

import pytest

from rpa_commons.capabilities import Posting
from rpa_commons.connectors.posting_file import Layout, read_file, render


def posting(account: str, payee: str) -> Posting:
    """A bill of 100 kr. from one account, paid to another."""
    return Posting.model_validate(
        {
            "reference": "R1",
            "booked_on": "2026-11-02",
            "text": "Bill",
            "lines": [
                {"account": account, "amount": {"amount": "100.00", "currency": "DKK"}},
                {"account": "1", "amount": {"amount": "-100.00", "currency": "DKK"}},
            ],
            "payment": {
                "due": "2026-11-30",
                "amount": {"amount": "100.00", "currency": "DKK"},
                "payee": {
                    "scheme": "iban" if payee.startswith("DK") else "account",
                    "account": payee,
                    "name": "Supplier",
                    "reference": "",
                },
            },
        }
    )


@pytest.mark.parametrize(
    ("account", "payee", "total"),
    [
        ("22", "DK5000400440116243", "000400440116266"),
        ("999999999999999", "00000000000002", "000000000000002"),
    ],
)
def test_the_hash_total_is_the_sum_of_the_accounts_modulo_ten_to_the_fifteenth(
    account: str, payee: str, total: str
) -> None:
    """Digits only, of lines and payments; what goes beyond fifteen digits falls off."""
    content, totals = render([("V1", posting(account, payee))], Layout())

    assert int(total) == totals.hash_total
    assert f";{total};" in content.decode().splitlines()[-1] + ";"
    assert totals == read_file(content, Layout())
