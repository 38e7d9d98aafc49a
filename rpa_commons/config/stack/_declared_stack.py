"""What the stack says in every environment: which connector serves a capability, with which settings.

Rules this module keeps: the environment layer is left out, because whoever asks is about to write one; what
is wrong with the stack is not said here, a check does that.

Usage::

    declared_stack(roskilde)["DigitalPost"]  # ("sf1601", {"sender_label": "Roskilde Kommune"})
"""

from collections.abc import Mapping
from typing import Any

from rpa_commons.config.layers import merge
from rpa_commons.config.municipality import MunicipalityFolder

from ._layer_files import stack_of
from ._stack import set_aside

__all__ = ["declared_stack"]


def declared_stack(municipality: MunicipalityFolder) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Capability -> connector and settings as baseline, profiles and municipality say; no defaults."""
    stack, _ = stack_of(municipality, {})
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for capability in dict.fromkeys(name for layer in stack.layers for name in layer.values):
        said = [one for one in stack.files_of(capability) if not one.name.startswith("environment ")]
        own, connector = set_aside(said)
        settings = merge(own).values.get("settings")
        if connector:
            found[capability] = (connector, settings if isinstance(settings, Mapping) else {})
    return found
