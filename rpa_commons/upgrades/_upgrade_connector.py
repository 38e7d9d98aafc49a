"""What another version of a connector wheel means here: changes, rewritten files, what stays wrong.

Rules this module keeps: nothing is written and no plugin is run; whatever the wheel may do to the outside
world is named first; every environment that has files of its own is looked at; the cooperation's stack is its
own to migrate and is read as the new version has it until then.

Usage::

    plan = plan_connector_upgrade(municipality, ["vouchers"], old, new, Catalogues(manifest_of, now, later))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rpa_commons.config.findings import Finding, format_key, in_order, lookup
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.stack import chosen_in
from rpa_commons.manifest import Manifest

from ._upgrade import UpgradePlan
from ._upgrade_changes import manifest_changes
from ._upgrade_confirmations import Renaming, confirmations_of
from ._upgrade_files import FileMigration
from ._upgrade_kinds import KINDS, UpgradeChange
from ._upgrade_look import Look
from ._upgrade_stack import BindingMove, migrate_stack

__all__ = ["Catalogues", "plan_connector_upgrade"]


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
    today = Look(municipality, known.manifest_of, known.now, {})
    later = Look(municipality, known.manifest_of, known.later, {one.path: one.after for one in files})
    confirmations, needed = confirmations_of(
        instances, today, later, [Renaming.of_connector(one.new) for one in moves]
    )
    touched = (_touched(one, instances, today) for one in manifest_changes(old, new))
    order = list(KINDS)
    changes = tuple(sorted((*touched, *needed), key=lambda one: order.index(one.kind)))
    seen = {(one.code, one.key, one.message) for name in instances for one in today.findings(name)}
    found = dict.fromkeys(one for name in instances for one in later.findings(name))
    findings = in_order([*troubles, *(_placed(one, files) for one in found)])
    left = tuple(one for one in findings if (one.code, one.key, one.message) in seen)
    files = (*files, *([confirmations.file] if confirmations.file else []))
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


def _touched(change: UpgradeChange, instances: Sequence[str], today: Look) -> UpgradeChange:
    """The change with the lines of this municipality that it is about."""
    if change.kind not in {"removed", "renamed", "tightened", "required"} or not change.path:
        return change
    places = (place for name in instances for place in _places(change, name, today))
    return replace(change, affects=tuple(dict.fromkeys(places)))


def _places(change: UpgradeChange, instance: str, today: Look) -> Iterator[str]:
    """Where the layers of an instance say something at a setting."""
    binding, path = format_key(change.path[:2]), change.path[2:]
    for examined in today.examinations(instance):
        for section in examined.sections[1:]:
            if section.name_of(()) != binding:
                continue
            for layer in section.layers:
                if layer.is_default:
                    continue
                try:
                    lookup(layer.values, path)
                except KeyError:
                    continue
                yield str(layer.origin(path))
