"""What a bot may ask of a municipality's stack: one module per capability, each a versioned Protocol."""

from ._declare import (
    CallSpec,
    CapabilitySpec,
    EffectClass,
    capability,
    capability_spec,
    effect,
    is_capability,
    query,
)
from ._errors import BusinessError, PersonNotFoundError, RpaCommonsError, TransientError
from .digital_post import Channel, DigitalPost, Letter, Receipt
from .population_events import Move, Origin, PopulationEvents
from .population_register import Address, AddressPeriod, Person, PersonStatus, PopulationRegister
from .school_districts import School, SchoolDistricts

__all__ = [
    "Address",
    "AddressPeriod",
    "BusinessError",
    "CallSpec",
    "CapabilitySpec",
    "Channel",
    "DigitalPost",
    "EffectClass",
    "Letter",
    "Move",
    "Origin",
    "Person",
    "PersonNotFoundError",
    "PersonStatus",
    "PopulationEvents",
    "PopulationRegister",
    "Receipt",
    "RpaCommonsError",
    "School",
    "SchoolDistricts",
    "TransientError",
    "capability",
    "capability_spec",
    "effect",
    "is_capability",
    "query",
]
