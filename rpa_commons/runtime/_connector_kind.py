"""The class of a binding's connector: built in, or from the very wheel that ``rpac.lock`` has.

Rules this module keeps: what the host has checked the settings against is what is run; a wheel in the
environment that is another one than the lock's, or that ships other connectors than its manifest says, is
refused before anything of it is called.
"""

from importlib import metadata
from typing import Any

from rpa_commons.capabilities import CapabilitySpec, capability_spec
from rpa_commons.connectors import built_in_names, load
from rpa_commons.manifest import MANIFEST_NAME, ConnectorEntry, ManifestError, parse_manifest

from ._errors import RunRefusedError
from ._job import BindingEntry, WheelEntry
from ._steps import Plugins

__all__ = ["connector_kind"]

_AGAIN = "`rpac install` makes the environment anew from rpac.lock"


def connector_kind(binding: BindingEntry, plugins: Plugins) -> tuple[Any, CapabilitySpec]:
    """The class of a binding's connector, and the capability that it serves.

    Raises:
        RunRefusedError: it is not to be had, is not the one in the lock, or serves another capability.
    """
    shipped = plugins.connectors()
    if binding.connector in shipped and binding.connector in built_in_names():
        raise RunRefusedError(f"a plugin ships a connector called {binding.connector}, which is built in")
    kind: Any = shipped.get(binding.connector)
    if binding.wheel is not None:
        said = _said(binding.wheel, binding.connector)
        if kind is None:
            problem = (
                f"{binding.wheel.name} ships no connector {binding.connector}, though its manifest says so"
            )
            raise RunRefusedError(problem, remedy=_ASK)
        _refuse_another(said, kind, binding.wheel)
    kind = kind or load(binding.connector)
    spec: CapabilitySpec = capability_spec(kind.capability)
    if spec.name != binding.capability:
        raise RunRefusedError(f"connector {kind.name} serves {spec.name}, not {binding.capability}")
    return kind, spec


_ASK = "ask the wheel's maintainer for one that was built with `rpac build` against this rpa-commons"


def _said(wheel: WheelEntry, connector: str) -> ConnectorEntry:
    """What the manifest of the installed wheel says of a connector."""
    try:
        found = metadata.distribution(wheel.name)
    except metadata.PackageNotFoundError:
        problem = f"the environment has no {wheel.name} {wheel.version}, which rpac.lock has"
        raise RunRefusedError(problem, remedy=_AGAIN) from None
    text = found.read_text(MANIFEST_NAME)
    try:
        manifest = parse_manifest(text or "", wheel.name)
    except ManifestError as error:
        raise RunRefusedError(str(error), remedy=_AGAIN) from None
    if (found.version, manifest.digest) != (wheel.version, wheel.manifest_sha256):
        problem = f"the environment has another {wheel.name} than rpac.lock: {found.version}"
        raise RunRefusedError(problem, remedy=_AGAIN)
    for one in manifest.connectors:
        if one.name == connector:
            return one
    raise RunRefusedError(f"the manifest of {wheel.name} names no connector {connector}", remedy=_AGAIN)


def _refuse_another(said: ConnectorEntry, kind: type[Any], wheel: WheelEntry) -> None:
    """Refuse a class that is not the one that the manifest describes."""
    spec: CapabilitySpec = capability_spec(kind.capability)
    entry = f"{kind.__module__}:{kind.__qualname__}"
    if (entry, spec.name, spec.version) != (said.entry, said.capability, said.version):
        problem = (
            f"{wheel.name}: the connector {said.name} is {entry} for {spec.name} {spec.version}, its "
            f"manifest says {said.entry} for {said.capability} {said.version}"
        )
        raise RunRefusedError(problem, remedy=_ASK)
