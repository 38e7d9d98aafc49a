"""Tests that every connector of a capability must pass; part of the public API for connector wheels.

Derive a test class, give it the fixtures that its docstring names, and run it with pytest; the classes need
no pytest themselves. For readable failures register the package before importing it::

    pytest.register_assert_rewrite("rpa_commons.connectors.contract")
"""

from ._benefit_data import BenefitCases, BenefitDataContract
from ._calls import key_of as contract_key
from ._case_calls import call as contract_case_call
from ._case_calls import document as contract_document
from ._case_calls import new_case as contract_case
from ._case_calls import note as contract_note
from ._case_calls import task as contract_task
from ._case_system import CaseSystemCases, CaseSystemContract
from ._digital_post import DigitalPostCases, DigitalPostContract
from ._failures import FAILURES, FailureCases, FailureContract
from ._invoice_inbox import (
    INVOICE_PERSONAL,
    InvoiceInboxCases,
    InvoiceInboxContract,
    contract_invoice,
)
from ._ledger import LEDGER_PERSONAL, LedgerCases, LedgerContract, contract_posting
from ._population_events import EventsCases, PopulationEventsContract
from ._population_register import PopulationRegisterContract, RegisterCases
from ._school_districts import DistrictsCases, SchoolDistrictsContract

__all__ = [
    "FAILURES",
    "INVOICE_PERSONAL",
    "LEDGER_PERSONAL",
    "BenefitCases",
    "BenefitDataContract",
    "CaseSystemCases",
    "CaseSystemContract",
    "DigitalPostCases",
    "DigitalPostContract",
    "DistrictsCases",
    "EventsCases",
    "FailureCases",
    "FailureContract",
    "InvoiceInboxCases",
    "InvoiceInboxContract",
    "LedgerCases",
    "LedgerContract",
    "PopulationEventsContract",
    "PopulationRegisterContract",
    "RegisterCases",
    "SchoolDistrictsContract",
    "contract_case",
    "contract_case_call",
    "contract_document",
    "contract_invoice",
    "contract_key",
    "contract_note",
    "contract_posting",
    "contract_task",
]
