"""Tests that every connector of a capability must pass; part of the public API for connector wheels.

Derive a test class, give it the fixtures that its docstring names, and run it with pytest; the classes need
no pytest themselves. For readable failures register the package before importing it::

    pytest.register_assert_rewrite("rpa_commons.connectors.contract")
"""

from ._digital_post import DigitalPostCases, DigitalPostContract
from ._population_events import EventsCases, PopulationEventsContract
from ._population_register import PopulationRegisterContract, RegisterCases

__all__ = [
    "DigitalPostCases",
    "DigitalPostContract",
    "EventsCases",
    "PopulationEventsContract",
    "PopulationRegisterContract",
    "RegisterCases",
]
