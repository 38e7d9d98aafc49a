"""The same file in every layer: baseline, the chosen profiles, municipality, environment.

Rules this module keeps: a file that is not there is no layer; one that cannot be read is a finding and no
layer, and the others are read all the same.

Usage::

    files = LayerFiles(municipality, profiles)
    layers = files.layers("bots/welcome-letters.toml", "bots/newcomers.toml")
    files.findings  # what cannot be read
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import ConfigError, Finding
from rpa_commons.config.layers import ConnectorEntry, Layer, Override, PolicySet
from rpa_commons.config.municipality import KEY as PROFILES
from rpa_commons.config.municipality import MunicipalityFolder, profiles_of, stray_profiles

from ._stack import StackReader

__all__ = ["LayerFiles", "stack_of"]


def stack_of(
    municipality: MunicipalityFolder,
    connectors: Mapping[str, ConnectorEntry],
    overrides: Sequence[Override] = (),
    policies: PolicySet | None = None,
) -> tuple[StackReader, tuple[Finding, ...]]:
    """The stack files of all layers, and what is wrong with them as files."""
    # The same for every instance, so whoever looks at everything as at one time lays them together once.
    name = f"stack of {municipality.folder} in {municipality.environment} on {municipality.baseline}"
    layers, home, findings = municipality.reader.remembered(name, lambda: _stack_files(municipality))
    return StackReader(layers, home, connectors, overrides, policies), findings


def _stack_files(municipality: MunicipalityFolder) -> tuple[tuple[Layer, ...], Layer, tuple[Finding, ...]]:
    """The layers, the municipality's own one of them, and what is wrong."""
    profiles, findings = profiles_of(municipality)
    reader = LayerFiles(municipality, profiles)
    own = municipality.folder / "stack.toml"
    layers = []
    for layer in reader.layers("stack.toml", "stack.toml"):
        document = layer.document
        if PROFILES in layer.values and document is not None:
            findings += () if document.path == own else (stray_profiles(document, layer.name),)
            layer = layer.without(PROFILES)  # noqa: PLW2901 - it is no capability
        layers.append(layer)
    home = next((one for one in layers if one.document and one.document.path == own), None)
    home = home or Layer("municipality", {}, Document(own, "stack.toml"))
    return tuple(layers), home, (*reader.findings, *findings)


class LayerFiles:
    """Reads the same file in baseline, profiles, municipality and environment, collecting what is wrong."""

    def __init__(self, municipality: MunicipalityFolder, profiles: Sequence[str]) -> None:
        self._municipality = municipality
        self._profiles = profiles
        self.findings: list[Finding] = []

    def layers(self, in_baseline: str | None, own: str) -> list[Layer]:
        """The layers there are, weakest first; paths are relative to the folder of each."""
        municipality = self._municipality
        folder, environment = municipality.folder, municipality.environment
        wanted: list[tuple[str, Path, Path, str]] = []
        if in_baseline is not None and (baseline := municipality.baseline_info) is not None:
            places = [("baseline", in_baseline)]
            places += [(f"profile {one}", f"profiles/{one}/{in_baseline}") for one in self._profiles]
            wanted += [
                (layer, baseline.folder / file, baseline.folder, f"{baseline.label}/{file}")
                for layer, file in places
            ]
        wanted.append(("municipality", folder / own, folder, own))
        name = f"environments/{environment}/{own}"
        wanted.append((f"environment {environment}", folder / name, folder, name))
        layers = []
        for layer, path, root, display in wanted:
            document = self._read(path, root, display)
            if document is not None:
                layers.append(Layer(layer, document.values, document))
        return layers

    def _read(self, path: Path, root: Path, name: str) -> Document | None:
        try:
            return self._municipality.reader.optional(path, root=root, name=name)
        except ConfigError as error:
            self.findings.extend(error.findings)
            return None
