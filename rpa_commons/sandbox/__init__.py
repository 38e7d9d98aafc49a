"""A municipality in a box: simulators of the public systems on loopback, with invented people.

Rules this package keeps: it knows the public specifications only and imports nothing of the library but the
validators, for a simulator that shared code with a connector would share its mistakes; it rejects what the
real systems would; where a real system's behaviour is not public it says so and offers the possibilities.

Usage::

    with Sandbox(Path("box"), seed=2026, municipality="0265", cvr="29189404") as box:
        box.fault("sf1601", "500", times=3)
        ...                                  # let a bot run against box.url
        assert box.letters().total() == 12   # accepted letters, by business key: box.letters()
"""

from ._certificates import ClientFiles
from ._cpr import Agreement
from ._environment import municipality_facts
from ._errors import (
    FaultError,
    FolderInUseError,
    GivenServiceError,
    PathTakenError,
    PopulationError,
    SandboxError,
    UnknownMunicipalityError,
    UnknownServiceError,
)
from ._extracts import MOVE_COLUMNS, REGISTER_COLUMNS
from ._faults import FAULT_ALIASES, FAULT_KINDS
from ._given import service_maker
from ._http import Request, Response
from ._journal import Journal, key_of
from ._kombi import REPEATED_MODES
from ._model import Move, Person, Population, Residence, Status
from ._numbers import is_synthetic
from ._population import make_population
from ._post_status import PostStatuses
from ._refusal import Refusal, refusal_json
from ._sandbox import Sandbox
from ._service import Make, Route, Service, World
from ._services import SERVICES, refuse_unknown
from ._spoil import spoil_json, spoil_xml
from ._world import given_services

__all__ = [
    "FAULT_ALIASES",
    "FAULT_KINDS",
    "MOVE_COLUMNS",
    "REGISTER_COLUMNS",
    "REPEATED_MODES",
    "SERVICES",
    "Agreement",
    "ClientFiles",
    "FaultError",
    "FolderInUseError",
    "GivenServiceError",
    "Journal",
    "Make",
    "Move",
    "PathTakenError",
    "Person",
    "Population",
    "PopulationError",
    "PostStatuses",
    "Refusal",
    "Request",
    "Residence",
    "Response",
    "Route",
    "Sandbox",
    "SandboxError",
    "Service",
    "Status",
    "UnknownMunicipalityError",
    "UnknownServiceError",
    "World",
    "given_services",
    "is_synthetic",
    "key_of",
    "make_population",
    "municipality_facts",
    "refusal_json",
    "refuse_unknown",
    "service_maker",
    "spoil_json",
    "spoil_xml",
]
