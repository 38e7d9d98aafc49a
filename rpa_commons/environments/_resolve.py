"""From a bot wheel, and the connector wheels of its stack, to a lock entry: every package, with hashes.

Rules this module keeps: a package whose name a source owns comes from that source alone, whatever a public
index offers under the name; no other package comes from it, whatever it offers; what uv chose is checked
against the source's own list before it is believed.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ._connector_wheels import Beside
from ._errors import ConnectorConflictError, ForeignPackageError, UvError
from ._host import HOST, HostPackage
from ._lock import LockedPackage, LockEntry
from ._records import schema_digest
from ._sources import Origin, WheelSource
from ._uv import Uv
from ._venv import python_version
from ._wheels import CheckedWheel

__all__ = ["resolve"]

_OPTIONS = ("--generate-hashes", "--universal", "--no-header", "--no-annotate", "--no-build")
_PROJECT = "pyproject.toml"
_NO_SOLUTION = "No solution found"  # uv's word where packages do not go together
_NEVER = "implementation_name == 'never'"
"""A marker that holds nowhere and that no package divides its requirements by: uv takes a package's index
from direct requirements alone, so an owned name that is needed only indirectly is named with it."""


def resolve(
    checked: CheckedWheel,
    kept: Path,
    host: HostPackage,
    uv: Uv,
    old: LockEntry | None,
    *,
    source: WheelSource | None = None,
    origin: Origin | None = None,
    beside: Beside | None = None,
) -> LockEntry:
    """Resolve a bot wheel together with rpa-commons and its connectors, for every platform at once.

    Args:
        checked: The bot's wheel.
        kept: Where its copy lies.
        host: The rpa-commons to lock beside it.
        uv: How to call uv.
        old: The bot's entry so far; its versions are kept where they still fit.
        source: Whose names come from it alone.
        origin: Where the bot's wheel came from.
        beside: The connector wheels that the stack names, and the extras that connectors need.

    Raises:
        UvError: no set of packages fits, or an index cannot be reached.
        ConnectorConflictError: the bot and its connectors do not go together.
        ForeignPackageError: a package of an owned name is not the source's.
    """
    beside = beside or Beside()
    try:
        packages = _Resolver(checked, host, uv, old).packages(kept, beside, source)
    except UvError as error:
        raise _said(error, checked, beside) from error
    origin = origin or Origin()
    shipped = {one.record.name: one.record.package for one in beside.wheels}
    return LockEntry(
        name=checked.name,
        version=checked.version,
        wheel=checked.path.name,
        sha256=checked.sha256,
        manifest_sha256=checked.manifest.digest,
        schema_sha256=schema_digest(checked.manifest),
        python=python_version(),
        registry=origin.registry,
        channel=origin.channel,
        because=origin.because,
        connectors=tuple(shipped),
        extras=beside.extras,
        packages=tuple(_known(one, shipped) for one in packages if one.name != checked.name),
    )


def _known(package: LockedPackage, shipped: Mapping[str, LockedPackage]) -> LockedPackage:
    """A connector wheel as the lock has it, everything else as uv has it."""
    own = shipped.get(package.name)
    return package if own is None else own.model_copy(update={"marker": package.marker})


def _said(error: UvError, checked: CheckedWheel, beside: Beside) -> UvError | ConnectorConflictError:
    """What uv said, by the names of those that do not go together, where connectors have a part in it."""
    if not beside.wheels or _NO_SOLUTION not in error.output:
        return error
    wheels = [f"{one.record.name} {one.record.version}" for one in beside.wheels]
    return ConnectorConflictError(f"{checked.name} {checked.version}", wheels, error.output)


@dataclass(frozen=True)
class _Resolver:
    """Asks uv for the packages of one bot."""

    checked: CheckedWheel
    host: HostPackage
    uv: Uv
    old: LockEntry | None

    def packages(self, kept: Path, beside: Beside, source: WheelSource | None) -> tuple[LockedPackage, ...]:
        """What is installed beside each other."""
        requirements = [
            f"{self.checked.name} @ {kept.as_uri()}",
            self.host.requirement_with(beside.extras),
            *(f"{one.record.name} @ {one.path.as_uri()}" for one in beside.wheels),
        ]
        given = {self.checked.name, HOST, *(one.record.name for one in beside.wheels)}
        if source is None or not (owned := source.owned() - given):
            return self._compiled(["-", "--no-sources"], "\n".join(requirements) + "\n")
        asked = (*self.checked.requires, *(name for one in beside.wheels for name in one.requires))
        return self._with_owned(requirements, source, owned, _closure(asked, source, owned))

    def _compiled(self, words: Sequence[str], text: str) -> tuple[LockedPackage, ...]:
        """What uv makes of a project file or of requirement lines."""
        with tempfile.TemporaryDirectory(prefix="rpac-resolve-") as folder:
            output = Path(folder) / "requirements.txt"
            output.write_text("".join(_preferences(self.old)), encoding="utf-8")
            command = ["pip", "compile", *words, "--output-file", str(output)]
            project = words[0] == _PROJECT
            self.uv.run(
                f"resolving {self.checked.name} {self.checked.version}",
                [*command, "--python-version", python_version(), *_OPTIONS],
                resolving=True,
                stdin="" if project else text,
                files={_PROJECT: text} if project else None,
            )
            return tuple(_packages(output.read_text(encoding="utf-8"), self.host))

    def _with_owned(
        self, requirements: Sequence[str], source: WheelSource, owned: frozenset[str], indirect: set[str]
    ) -> tuple[LockedPackage, ...]:
        """Resolve with the source as the only index of owned names; unconditional where a marker did not do.

        Raises:
            ForeignPackageError: a package of an owned name is not the source's.
        """
        direct: set[str] = set()
        while True:
            text = _project_file(requirements, indirect - direct, direct, source.simple())
            packages = [one for one in self._compiled([_PROJECT], text) if not _is_never(one.marker)]
            foreign = {one.name for one in packages if one.name in owned and not _is_own(one, source)}
            if not foreign:
                return tuple(_located(one, source) if one.name in owned else one for one in packages)
            if foreign <= direct:
                raise ForeignPackageError(self.checked.name, sorted(foreign), source.home)
            direct |= foreign


def _closure(required: Iterable[str], source: WheelSource, owned: frozenset[str]) -> set[str]:
    """The owned names that a bot may come to need, by way of other owned ones too."""
    found: set[str] = set()
    waiting = [name for name in required if name in owned]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [one for one in source.needed_by(name) if one in owned]
    return found


def _project_file(requirements: Sequence[str], indirect: set[str], direct: set[str], index: str) -> str:
    """A project that pins owned names to their index (uv: explicit index, sources)."""
    wanted = [*requirements, *(f"{name} ; {_NEVER}" for name in sorted(indirect)), *sorted(direct)]
    lines = [
        "[project]",
        'name = "rpac-environment"',
        'version = "0"',
        f'requires-python = ">={python_version()}"',
        f"dependencies = [{', '.join(map(_quoted, wanted))}]",
        "[[tool.uv.index]]",
        'name = "rpac-registry"',
        f"url = {_quoted(index)}",
        "explicit = true",
        "[tool.uv.sources]",
        *(f'{name} = {{ index = "rpac-registry" }}' for name in sorted(indirect | direct)),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text as a TOML basic string, which JSON's strings are."""
    return json.dumps(text, ensure_ascii=True)


def _is_own(package: LockedPackage, source: WheelSource) -> bool:
    found = source.locked_file(package.name, package.version)
    return found is not None and package.hashes == (f"sha256:{found[1]}",)


def _located(package: LockedPackage, source: WheelSource) -> LockedPackage:
    """The package with the file it is, which the source alone may give."""
    found = source.locked_file(package.name, package.version)
    return package.model_copy(update={"file": found[0] if found else "", "registry": source.home})


def _is_never(marker: str) -> bool:
    """Whether a package is there only because an owned name was named for its index."""
    return 'implementation_name == "never"' in marker and " or " not in marker


def _preferences(old: LockEntry | None) -> Iterator[str]:
    for package in old.packages if old else ():
        if not package.file or package.registry:
            yield f"{package.name}=={package.version}\n"


def _packages(text: str, host: HostPackage) -> Iterator[LockedPackage]:
    for line in text.replace("\\\n", " ").splitlines():
        head, *hashes = line.split("--hash=")
        if not head.strip() or head.startswith("#"):
            continue
        requirement = Requirement(head.strip())
        name = canonicalize_name(requirement.name)
        ours = name == HOST and host.wheel is not None
        yield LockedPackage(
            name=name,
            version=host.version if ours else str(requirement.specifier).removeprefix("==") or "0",
            marker=str(requirement.marker or ""),
            file=host.wheel.name if ours and host.wheel else "",
            hashes=(f"sha256:{host.sha256}",) if ours else tuple(sorted(one.strip() for one in hashes)),
        )
