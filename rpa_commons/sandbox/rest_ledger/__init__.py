"""A ledger behind the REST interface of ``openapi.json``, which this project wrote: no vendor's.

Rules this package keeps: a posting is in the journal before its caller is answered; one key is one voucher,
and another posting under the same key is refused; what the interface's description refuses is refused.
"""

from ._service import RestLedger, make

__all__ = ["RestLedger", "make"]
