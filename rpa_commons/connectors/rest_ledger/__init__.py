"""Ledger over a small REST interface of our own, for ledgers that have none in public.

Rules this package keeps: amounts travel as decimal text, never as floating point; every posting carries its
idempotency key in the header that draft-ietf-httpapi-idempotency-key-header describes, so that a repeat is
the same voucher; an answer that cannot be read leaves the posting in doubt, never refused.

Usage::

    [Ledger]
    connector = "rest-ledger"
    [Ledger.settings]
    url = "https://ledger.example.org/api/v1"
    token = { env = "RPAC_LEDGER_TOKEN" }
"""

from ._connector import RestLedger
from ._settings import RestLedgerSettings

__all__ = ["RestLedger", "RestLedgerSettings"]
