"""Every capability of this release, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from ._declare import CapabilitySpec, capability_spec, is_capability

__all__ = ["every_capability"]


def every_capability() -> Mapping[str, CapabilitySpec]:
    """Name -> spec of each capability that this release declares; a plugin's own is not among them."""
    from rpa_commons import capabilities

    declared = (getattr(capabilities, name) for name in sorted(capabilities.__all__))
    specs = (capability_spec(one) for one in declared if is_capability(one))
    return MappingProxyType({spec.name: spec for spec in specs})
