"""A municipality with one version of a plugin: what its bot instances are then, and what is wrong with them.

Rules this module keeps: nothing is written, files to come are laid over the real ones by a reader; every
environment that has files of its own is looked at, and production always; each is looked at once.

Usage::

    later = Look(municipality, lambda bot: new, connectors, {file.path: file.after for file in files})
    list(later.findings("welcome-letters"))
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rpa_commons.config.documents import OverlayReader
from rpa_commons.config.findings import ConfigError, Finding
from rpa_commons.config.instances import Examination, examine_instance
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.manifest import Manifest

__all__ = ["Look"]

_NOT_OF_THE_FILE = frozenset({"E402", "E304"})  # of this machine, and of people


class Look:
    """The bot instances with one version, in every environment that has files of its own."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        manifest_of: Callable[[str], Manifest],
        connectors: Mapping[str, ConnectorEntry],
        texts: Mapping[Path, str],
    ) -> None:
        """Look at nothing yet.

        Args:
            municipality: Whose.
            manifest_of: Bot -> manifest.
            connectors: The connectors there are.
            texts: Files that are to hold another text.
        """
        folder = municipality.folder / "environments"
        own = [one for one in ENVIRONMENTS if (folder / one).is_dir()]
        self._manifest_of = manifest_of
        self._connectors = connectors
        self._opened = {
            one: replace(municipality, environment=one, reader=OverlayReader(texts))
            for one in dict.fromkeys((municipality.environment, ENVIRONMENTS[0], *own))
        }
        self._examined: dict[str, list[Examination | ConfigError]] = {}

    @property
    def production(self) -> MunicipalityFolder:
        """The municipality as production has it."""
        return self._opened[ENVIRONMENTS[0]]

    def in_production(self, name: str) -> Examination | None:
        """An instance in production; ``None`` when it cannot be looked at."""
        found = self._all(name)[list(self._opened).index(ENVIRONMENTS[0])]
        return found if isinstance(found, Examination) else None

    def examinations(self, name: str) -> list[Examination]:
        """An instance in each environment; without those where it cannot be looked at."""
        return [one for one in self._all(name) if isinstance(one, Examination)]

    def findings(self, name: str) -> Iterator[Finding]:
        """What is wrong with an instance in any environment, but for what no file says."""
        for one in self._all(name):
            yield from (finding for finding in one.findings if finding.code not in _NOT_OF_THE_FILE)

    def _all(self, name: str) -> list[Examination | ConfigError]:
        if name not in self._examined:
            self._examined[name] = [self._examine(opened, name) for opened in self._opened.values()]
        return self._examined[name]

    def _examine(self, opened: MunicipalityFolder, name: str) -> Examination | ConfigError:
        try:
            return examine_instance(opened, name, self._manifest_of, connectors=self._connectors)
        except ConfigError as error:
            return error
