"""A municipality's folder: who it is, which environment is active, which bot instances it has.

Usage::

    roskilde = open_municipality(Path("roskilde"), environment="test")
    roskilde.instances()  # ("medical-bills", "welcome-letters")
"""

import functools
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.config.documents import Document, Reader
from rpa_commons.config.findings import Finding, KeyPath, config_error, format_key, guess
from rpa_commons.config.layers import ENVIRONMENTS, Layer, Section, add_defaults, municipality_schema
from rpa_commons.config.schema import Problem, shared_view
from rpa_commons.config.secrets import SecretRef
from rpa_commons.validators import InvalidIdentifierError, dk

from ._baseline import Baseline, BaselineOpening
from ._registry_choice import RegistryChoice, registry_problems

if TYPE_CHECKING:
    from rpa_commons.letters import Letterhead

__all__ = ["MunicipalityFolder", "Publish", "open_municipality", "stems"]

_FILE = "municipality.toml"


@dataclass(frozen=True)
class Publish:
    """What a municipality lets the cooperation see of its configuration.

    Attributes:
        bots: Names of the bot instances; ``None``: all of them.
        withhold: Keys, or tables, to leave out, as ``explain`` takes them.
    """

    bots: tuple[str, ...] | None = None
    withhold: tuple[str, ...] = ()


@dataclass(frozen=True)
class MunicipalityFolder:
    """A municipality as its folder describes it.

    Attributes:
        folder: The folder, absolute.
        name: E.g. ``"Roskilde"``.
        code: Official code with leading zeros, ``"0265"``.
        cvr: CVR number.
        cooperation: E.g. ``"DIGIT"``; empty when it stands alone.
        environment: The active one: ``"production"``, ``"test"`` or ``"sandbox"``.
        languages: Two-letter codes, the first one preferred.
        state_dir: Folder for state, absolute, outside :attr:`folder`.
        letterhead: What stands on top of its letters.
        baseline_info: The cooperation's baseline with name and version.
        baseline_given: As ``municipality.toml`` names it; empty for none.
        journal_key: Reference to the key of the journal; ``None``: one is kept in ``state_dir``.
        publish: What the cooperation may see of it.
        registry: Where it installs from.
        reader: Reads its files.
    """

    folder: Path
    name: str
    code: str
    cvr: str
    cooperation: str
    environment: str
    languages: tuple[str, ...]
    state_dir: Path
    letterhead: "Letterhead"
    baseline_info: Baseline | None = None
    baseline_given: str = ""
    journal_key: SecretRef | None = field(default=None)
    publish: Publish = field(default_factory=Publish)
    registry: RegistryChoice = field(default_factory=RegistryChoice)
    reader: Reader = field(default_factory=Reader, repr=False, compare=False)

    @property
    def baseline(self) -> Path | None:
        """The folder of the cooperation's baseline, absolute."""
        return self.baseline_info.folder if self.baseline_info else None

    def how_to_install(self, bot: str = "") -> str:
        """The command that installs a bot here: by its name where a registry is named, or else its wheel."""
        return f"rpac install {bot or 'NAME'}" if self.registry.url else "rpac install WHEEL"

    def instances(self) -> tuple[str, ...]:
        """The names of the bot instances: the stems of ``bots/*.toml``, sorted."""
        return self.reader.remembered(f"instances in {self.folder}", lambda: stems(self.folder / "bots"))


def stems(folder: Path) -> tuple[str, ...]:
    """The stems of a folder's TOML files, sorted; none when there is no such folder."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - a Path for each file is slow, and this is asked often
    except OSError:
        return ()
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml") and name[0] != "."))


def open_municipality(
    folder: Path,
    *,
    environment: str | None = None,
    reader: Reader | None = None,
    baseline: Path | bool = True,
) -> MunicipalityFolder:
    """Read ``municipality.toml`` and the baseline's name, and settle the environment.

    Args:
        folder: The municipality's folder.
        environment: Instead of the one the file names.
        reader: Reads its files; one that sees a change before it is written, say.
        baseline: Whether to open the baseline too (not, for whoever has yet to fetch it); or the wheel of
            another one, to see what it would change.

    Raises:
        ConfigError: a file is missing or wrong, or an environment is unknown; every finding at once.
    """
    folder = folder.resolve()
    remedy = "stand in the municipality's folder, or name it: rpac -C DIR ..."
    reader = reader or Reader()
    document = reader.document(folder / _FILE, root=folder, name=_FILE, remedy=remedy)
    opening = _Opening(folder, document, environment, reader, baseline=baseline)
    findings = list(opening.findings())
    if findings:
        raise config_error(findings)
    return opening.municipality()


def _below(folder: Path, given: str) -> Path:
    """A path from a file, ``~`` expanded, absolute."""
    return (folder / os.path.expanduser(given)).resolve()  # noqa: PTH111 - pathlib's raises for an unknown user


@functools.cache
def _letterhead_schema() -> Mapping[str, Any]:
    from rpa_commons.letters import Letterhead

    return Letterhead.model_json_schema()


class _Opening:
    """One reading of a folder; ``findings`` first, then ``municipality``."""

    def __init__(
        self,
        folder: Path,
        document: Document,
        environment: str | None,
        reader: Reader,
        *,
        baseline: Path | bool,
    ) -> None:
        from rpa_commons.letters import Letterhead

        self._letterhead_type = Letterhead
        self._folder = folder
        self._document = document
        self._chosen = environment
        self._reader = reader
        self._wants_baseline = baseline
        view = shared_view(municipality_schema, _letterhead_schema())
        self._layer = Layer("municipality", document.values, document)
        layers = add_defaults(view, (self._layer,), "default", "rpa-commons")
        self._section = Section(view, layers, format_key, home=self._layer)
        self._values: dict[str, Any] = self._section.values
        self._baseline: Baseline | None = None

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong with the folder itself."""
        found = list(self._section.findings())
        yield from found
        yield from self._environment_findings()
        wrong = {finding.key for finding in found}
        if not any(key.startswith("registry") for key in wrong):
            for path, message, advice in registry_problems(self._values["registry"]):
                yield self._finding("E202", ("registry", *path), message, advice)
        if not wrong & {"code", "cvr", "state_dir", "baseline"}:
            yield from self._identifier_findings()
            misplaced = list(self._state_findings())
            yield from misplaced
            if not misplaced:  # a baseline's wheel is unpacked there
                yield from self._read_baseline()

    def municipality(self) -> MunicipalityFolder:
        """The folder as described."""
        values = self._values
        key = values.get("journal_key")
        publish = values.get("publish", {})
        bots = publish.get("bots")
        return MunicipalityFolder(
            folder=self._folder,
            name=values["name"],
            code=values["code"],
            cvr=values["cvr"],
            cooperation=values["cooperation"],
            environment=self._chosen or values["environment"],
            languages=tuple(values["languages"]),
            state_dir=self._state_dir(),
            letterhead=self._letterhead_type.model_validate_json(json.dumps(values["letterhead"])),
            baseline_info=self._baseline,
            baseline_given=values.get("baseline", ""),
            journal_key=SecretRef.model_validate(key) if key is not None else None,
            publish=Publish(None if bots is None else tuple(bots), tuple(publish.get("withhold", ()))),
            registry=RegistryChoice.of(values["registry"]),
            reader=self._reader,
        )

    def _finding(self, code: str, path: KeyPath, message: str, advice: str = "") -> Finding:
        return self._section.finding(Problem(code, path, message, advice), self._layer)

    def _identifier_findings(self) -> Iterator[Finding]:
        for key, check in (("code", dk.municipality_code), ("cvr", dk.cvr)):
            try:
                check(self._values[key])
            except InvalidIdentifierError as error:
                yield self._finding("E202", (key,), str(error))

    def _environment_findings(self) -> Iterator[Finding]:
        known = ", ".join(ENVIRONMENTS)
        if self._chosen is not None and self._chosen not in ENVIRONMENTS:
            meant = guess(self._chosen, ENVIRONMENTS)
            advice = f"did you mean {meant}?" if meant else f"environments are {known}"
            yield Finding(
                "E202", "environment", f"there is no environment {self._chosen!r}", help=advice, source="-E"
            )
        parent = self._folder / "environments"
        for path in sorted(parent.iterdir()) if parent.is_dir() else ():
            if path.name in ENVIRONMENTS or path.name.startswith(".") or not path.is_dir():
                continue
            meant = guess(path.name, ENVIRONMENTS)
            advice = f"did you mean {meant}? rename the folder" if meant else f"environments are {known}"
            yield Finding(
                "E101", "", "unknown environment: nothing ever reads this folder", path, help=advice
            )

    def _state_dir(self) -> Path:
        given = self._values.get("state_dir")
        if given is not None:
            return _below(self._folder, given)
        import platformdirs

        code: str = self._values["code"]
        return platformdirs.user_state_path("rpa-commons", appauthor=False) / code

    def _state_findings(self) -> Iterator[Finding]:
        state = self._state_dir()
        if state.is_relative_to(self._folder):
            message = "state would lie inside the municipality's folder, which is kept in version control"
            advice = 'name a folder outside, e.g. state_dir = "../../state/' + self._folder.name + '"'
            yield self._finding("E202", ("state_dir",), message, advice)

    def _read_baseline(self) -> Iterator[Finding]:
        given = self._values.get("baseline")
        if given is None or not self._wants_baseline:
            return

        def refuse(message: str, advice: str) -> Finding:
            return self._finding("E103", ("baseline",), message, advice)

        place = _below(self._folder, given)
        if isinstance(self._wants_baseline, Path):
            given, place = self._wants_baseline.name, self._wants_baseline
        opening = BaselineOpening(given, place, self._state_dir(), self._reader, refuse, self._folder)
        yield from opening.findings()
        self._baseline = opening.baseline
