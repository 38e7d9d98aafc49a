"""What another version of a connector wheel means here: changes, rewritten files, what stays wrong.

Rules this module keeps: nothing is written and no plugin is run; whatever the wheel may do to the outside
world is named first; every environment that has files of its own is looked at; the cooperation's stack is its
own to migrate and is read as the new version has it until then.

Usage::

    plan = plan_connector_upgrade(municipality, ["vouchers"], old, new, Catalogues(manifest_of, now, later))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rpa_commons.config.documents import OverlayReader
from rpa_commons.config.findings import ConfigError, Finding, format_key, in_order, lookup
from rpa_commons.config.instances import Examination, examine_instance
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.stack import chosen_in
from rpa_commons.manifest import Manifest

from ._upgrade import UpgradePlan
from ._upgrade_changes import manifest_changes
from ._upgrade_files import FileMigration
from ._upgrade_kinds import UpgradeChange
from ._upgrade_stack import BindingMove, migrate_stack

__all__ = ["Catalogues", "plan_connector_upgrade"]

_NOT_OF_THE_FILE = frozenset({"E402", "E304"})  # of this machine, and of people


@dataclass(frozen=True)
class Catalogues:
    """What the configuration is checked against, before and after.

    Attributes:
        manifest_of: Bot -> manifest, as locked.
        now: The connectors there are.
        later: The connectors with the version to come.
    """

    manifest_of: Callable[[str], Manifest]
    now: Mapping[str, ConnectorEntry]
    later: Mapping[str, ConnectorEntry]


def plan_connector_upgrade(
    municipality: MunicipalityFolder,
    instances: Sequence[str],
    old: Manifest,
    new: Manifest,
    known: Catalogues,
) -> UpgradePlan:
    """Compare two versions of a connector wheel for a municipality.

    Args:
        municipality: Whose files.
        instances: Those whose stack names one of its connectors.
        old: The manifest that is locked.
        new: The manifest to come.
        known: The connectors before and after.

    Raises:
        ConfigError: a file cannot be read.
    """
    before = {one.name for one in old.connectors}
    moves = [
        BindingMove(known.later[one.name], known.now[one.name] if one.name in before else None)
        for one in new.connectors
    ]
    names = ["stack.toml", *(f"environments/{one}/stack.toml" for one in ENVIRONMENTS)]
    files, troubles = migrate_stack(municipality.folder, names, moves, _chosen(municipality, names))
    today = _Look(municipality, instances, known.manifest_of, known.now, {})
    later = _Look(
        municipality, instances, known.manifest_of, known.later, {one.path: one.after for one in files}
    )
    changes = tuple(_touched(one, today) for one in manifest_changes(old, new))
    seen = {(one.code, one.key, one.message) for one in today.findings()}
    findings = in_order([*troubles, *(_placed(one, files) for one in later.findings())])
    left = tuple(one for one in findings if (one.code, one.key, one.message) in seen)
    return UpgradePlan(new.name, old.version, new.version, tuple(instances), changes, files, findings, left)


def _chosen(municipality: MunicipalityFolder, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """File -> capability -> connector, whichever layer names it."""
    found = {}
    for name in names:
        parts = name.split("/")
        environment = parts[1] if len(parts) > 1 else ""
        found[name] = dict(chosen_in(municipality, environment))
    return found


def _placed(finding: Finding, files: Sequence[FileMigration]) -> Finding:
    """A finding with its line in the file as it is, not as it is going to be."""
    file = next((one for one in files if one.path == finding.file), None)
    if file is None or not finding.line:
        return finding
    return replace(finding, line=file.line_before(finding.line))


def _touched(change: UpgradeChange, today: "_Look") -> UpgradeChange:
    """The change with the lines of this municipality that it is about."""
    if change.kind not in {"removed", "renamed", "tightened", "required"} or not change.path:
        return change
    return replace(change, affects=tuple(dict.fromkeys(today.places(change))))


class _Look:
    """The instances with one version of the connectors, in every environment that has files of its own."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        instances: Sequence[str],
        manifest_of: Callable[[str], Manifest],
        connectors: Mapping[str, ConnectorEntry],
        texts: Mapping[Path, str],
    ) -> None:
        folder = municipality.folder / "environments"
        own = [one for one in ENVIRONMENTS if (folder / one).is_dir()]
        places = dict.fromkeys((municipality.environment, ENVIRONMENTS[0], *own))
        opened = [replace(municipality, environment=one, reader=OverlayReader(texts)) for one in places]
        self._looked = [_examined(one, name, manifest_of, connectors) for one in opened for name in instances]

    def findings(self) -> list[Finding]:
        """What is wrong, each once; of a file of the cooperation that is older, nothing."""
        found = (finding for one in self._looked for finding in one.findings)
        return list(dict.fromkeys(one for one in found if one.code not in _NOT_OF_THE_FILE))

    def places(self, change: UpgradeChange) -> Iterator[str]:
        """Where the layers say something at a setting."""
        capability, path = str(change.path[1]), change.path[2:]
        for examined in self._looked:
            for section in examined.sections[1:] if isinstance(examined, Examination) else ():
                if section.name_of(()) != format_key(("stack", capability)):
                    continue
                for layer in section.layers:
                    if layer.is_default:
                        continue
                    try:
                        lookup(layer.values, path)
                    except KeyError:
                        continue
                    yield str(layer.origin(path))


def _examined(
    opened: MunicipalityFolder,
    name: str,
    manifest_of: Callable[[str], Manifest],
    connectors: Mapping[str, ConnectorEntry],
) -> Examination | ConfigError:
    try:
        return examine_instance(opened, name, manifest_of, connectors=connectors)
    except ConfigError as error:
        return error
