"""What the stack says in every environment: which connector serves a capability, with which settings.

Rules this module keeps: the environment layer is left out, because whoever asks is about to write one; what
is wrong with the stack is not said here, a check does that.

Usage::

    declared_stack(roskilde)["DigitalPost"]  # ("sf1601", {"sender_label": "Roskilde Kommune"})
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from rpa_commons.config.layers import merge
from rpa_commons.config.municipality import MunicipalityFolder

from ._layer_files import stack_of
from ._stack import set_aside

__all__ = ["chosen_in", "declared_stack", "named_connectors"]


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


def chosen_in(municipality: MunicipalityFolder, environment: str = "") -> dict[str, str]:
    """Capability -> connector as one file has it in force: the environment's, or the municipality's own.

    What is wrong with the stack is passed over: a check speaks about it.
    """
    opened = replace(municipality, environment=environment) if environment else municipality
    stack, _ = stack_of(opened, {})
    found = {}
    for capability in dict.fromkeys(name for layer in stack.layers for name in layer.values):
        said = stack.files_of(capability)
        if not environment:
            said = [one for one in said if not one.name.startswith("environment ")]
        found[capability] = set_aside(said)[1]
    return found


def named_connectors(
    municipality: MunicipalityFolder, capabilities: Collection[str]
) -> dict[str, frozenset[str]]:
    """The connectors that the stack names for some capabilities, as the municipality's environment has it.

    What is wrong with the stack is passed over: a check speaks about it.

    Returns:
        Connector -> the names of the settings that it is given.
    """
    stack, _ = stack_of(municipality, {})
    found: dict[str, frozenset[str]] = {}
    for capability in capabilities:
        said, connector = set_aside(stack.files_of(capability))
        settings = merge(said).values.get("settings")
        if connector:
            given = frozenset(settings if isinstance(settings, Mapping) else ())
            found[connector] = found.get(connector, frozenset()) | given
    return found
