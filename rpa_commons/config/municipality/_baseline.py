"""The cooperation's baseline, opened: a folder, or a wheel that is unpacked into the municipality's state.

Rules this module keeps: after opening nobody needs to know which of the two it was: ``Baseline.folder`` holds
the files and ``Baseline.label`` is what origins call it; whatever is wrong is a finding at the line of
``baseline`` in ``municipality.toml``, or in the baseline's own file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rpa_commons.config.documents import Reader
from rpa_commons.config.findings import ConfigError, Finding, format_key, guess
from rpa_commons.config.layers import Layer, Section, baseline_schema
from rpa_commons.config.schema import SchemaView

from ._baseline_wheel import BaselineWheelError, UnpackedBaseline, unpack_baseline, wheel_name
from ._locked_versions import locked_baseline

__all__ = ["REGISTRY_PREFIX", "Baseline", "BaselineOpening"]

REGISTRY_PREFIX = "registry:"
_FILE = "baseline.toml"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Baseline:
    """What a cooperation gives its members: files with a name and a version.

    Attributes:
        folder: Where the files lie, absolute; for a wheel, where it was unpacked.
        name: E.g. ``"DIGIT baseline"``.
        version: E.g. ``"2026.1"``.
        label: How origins call it: the folder or wheel, relative to the municipality's folder.
        wheel: The wheel file, absolute; ``None`` when the baseline is a folder.
        sha256: Of the wheel, hexadecimal; empty for a folder.
    """

    folder: Path
    name: str
    version: str
    label: str
    wheel: Path | None = None
    sha256: str = ""


class BaselineOpening:
    """One opening: ``findings`` first; without any, ``baseline`` is there.

    Usage::

        opening = BaselineOpening("../baseline", folder, state_dir, reader, refuse)
        findings = list(opening.findings())
        opening.baseline
    """

    def __init__(
        self,
        given: str,
        place: Path,
        state_dir: Path,
        reader: Reader,
        refuse: Callable[[str, str], Finding],
        folder: Path | None = None,
    ) -> None:
        """Prepare.

        Args:
            given: As the municipality writes it.
            place: That, absolute.
            state_dir: Where a wheel is unpacked.
            reader: Reads the files.
            refuse: From message and help to an E103 at the line that names the baseline.
            folder: The municipality's, whose ``rpac.lock`` pins a baseline of the registry.
        """
        self._folder = folder or place.parent
        self._given = given
        self._place = place
        self._state_dir = state_dir
        self._reader = reader
        self._refuse = refuse
        self._label = Path(given).as_posix().rstrip("/")
        self.baseline: Baseline | None = None

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the baseline as such."""
        if self._given.startswith(REGISTRY_PREFIX):
            yield from self._from_registry()
        elif self._place.is_dir():
            yield from self._in_folder(self._place, None)
        elif self._place.exists() and self._place.suffix.lower() == ".whl":
            try:
                unpacked = unpack_baseline(self._place, self._state_dir)
            except BaselineWheelError as error:
                yield self._refuse(f"{self._given} {error.problem}", error.remedy)
            else:
                yield from self._in_folder(unpacked.folder, unpacked)
        else:
            yield self._missing()

    def _from_registry(self) -> Iterator[Finding]:
        """The wheel that ``rpac.lock`` pins; fetched by installing, never here."""
        name = self._given.removeprefix(REGISTRY_PREFIX)
        if not _NAME.fullmatch(name):
            yield self._refuse(
                f"{self._given} names no baseline", 'write baseline = "registry:digit-baseline"'
            )
            return
        head = locked_baseline(self._folder)
        if head is None or head.name != name:
            pinned = f"rpac.lock pins {head.name}" if head is not None else "rpac.lock pins no baseline"
            yield self._refuse(
                f"{self._given} has not been fetched yet: {pinned}",
                f"`rpac install --baseline {self._given}` fetches and pins it",
            )
            return
        place = head.place(self._state_dir)
        if not place.is_file():
            yield self._refuse(f"{name} {head.version} is not on this machine", "`rpac install` fetches it")
            return
        try:
            unpacked = unpack_baseline(place, self._state_dir)
        except BaselineWheelError as error:
            yield self._refuse(f"{self._given} {error.problem}", error.remedy)
            return
        if unpacked.sha256 != head.sha256:
            problem = f"the file on disk ({unpacked.sha256[:12]}…) is not the one in rpac.lock"
            yield self._refuse(f"{self._given}: {problem}", "find out who changed it; then `rpac install`")
            return
        self._place, self._label = place, f"{name} {head.version}"
        yield from self._in_folder(unpacked.folder, unpacked)

    def _in_folder(self, folder: Path, unpacked: UnpackedBaseline | None) -> Iterator[Finding]:
        try:
            document = self._reader.optional(folder / _FILE, root=folder, name=f"{self._label}/{_FILE}")
        except ConfigError as error:
            yield from error.findings
            return
        if document is None:
            advice = "it must hold baseline.toml with name and version"
            yield self._refuse(f"{self._given} is no baseline", advice)
            return
        layer = Layer("baseline", document.values, document)
        section = Section(SchemaView(baseline_schema()), (layer,), format_key, home=layer)
        found = list(section.findings())
        yield from found
        if found:
            return
        name, version = section.values["name"], section.values["version"]
        if unpacked is None:
            self.baseline = Baseline(folder, name, version, self._label)
            return
        claimed = (unpacked.manifest.name, unpacked.manifest.version)
        if (wheel_name(name), version) != claimed:
            problem = f"{self._given} says it is {' '.join(claimed)}, its baseline.toml says {name} {version}"
            yield self._refuse(problem, "ask the cooperation for a wheel built with `rpac build`")
            return
        self.baseline = Baseline(folder, name, version, self._label, self._place, unpacked.sha256)

    def _missing(self) -> Finding:
        place = self._place
        if place.is_file():
            advice = "name the folder with the cooperation's baseline.toml, or a wheel built from it"
            return self._refuse(f"{self._given} is neither a folder nor a wheel", advice)
        beside = place.parent.iterdir() if place.parent.is_dir() else ()
        fitting = [one.name for one in beside if one.suffix == ".whl" or (one / _FILE).is_file()]
        meant = guess(place.name, sorted(fitting))
        advice = "name the folder that holds the cooperation's baseline.toml, or its wheel"
        if meant:
            advice = f"did you mean {Path(self._label).with_name(meant).as_posix()}?"
        return self._refuse(f"{self._given} does not exist", advice)
