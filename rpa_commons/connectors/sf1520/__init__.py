"""``sf1520``: the population register through KOMBIT's SF1520 (SOAP, PersonBaseDataExtended version 4).

The *context* variant of the contract: a client certificate opens the door, and four ids from the service
agreement say who asks. The service answers from a copy of the population register that is renewed in the
night before each working day, so an answer may be a few days old.

Usage, in ``stack.toml``::

    [PopulationRegister]
    connector = "sf1520"
    [PopulationRegister.settings]
    url = "https://exttest.serviceplatformen.dk"
    service_agreement = "00000000-0000-4000-8000-000000000001"
    user_system = "00000000-0000-4000-8000-000000000002"
    user = "00000000-0000-4000-8000-000000000003"
    service = "00000000-0000-4000-8000-000000000004"
    certificate = { file = "secrets/kombit.p12" }
    certificate_password = { env = "RPAC_KOMBIT_P12" }

What real access takes: a service agreement for SF1520 that the municipality approves in the platform's
administration module, a registered user system, and its function certificate (OCES3). What was tested where:
messages against the published contract and an independent SOAP client, calls against the sandbox; never
against the real service, whose error codes are not public.

The modules ``_soap``, ``_person`` and ``_address`` are pure; ``_connector`` alone calls anything.
"""

from ._connector import Sf1520
from ._person import NumberChangedError, person_from_answer
from ._settings import Sf1520Settings
from ._soap import SOAP_ACTION, CallContext, FaultError, InvocationContext, build_request, parse_answer

__all__ = [
    "SOAP_ACTION",
    "CallContext",
    "FaultError",
    "InvocationContext",
    "NumberChangedError",
    "Sf1520",
    "Sf1520Settings",
    "build_request",
    "parse_answer",
    "person_from_answer",
]
