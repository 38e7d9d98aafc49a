"""What another version of a bot means for a municipality: changes, rewritten files, what stays wrong.

Rules this module keeps: nothing is written, the migrated files are laid over the real ones by a reader; every
environment that has files of its own is looked at; all instances of the bot move together, as ``rpac.lock``
has one entry per bot; the baseline is the cooperation's to migrate.

Usage::

    plan = plan_upgrade(municipality, old, new, connectors=catalogue())
    plan.findings, [file.diff for file in plan.files]
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rpa_commons.config.findings import (
    Finding,
    KeyPath,
    display_path,
    format_key,
    in_order,
    lookup,
    parse_key,
)
from rpa_commons.config.instances import UpgradeNote
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry
from rpa_commons.config.migrations import final_path, operations_of
from rpa_commons.config.municipality import MunicipalityFolder, hooks_of_instance, letter_folders_of
from rpa_commons.manifest import Manifest

from ._upgrade_changes import manifest_changes
from ._upgrade_confirmations import Renaming, confirmations_of
from ._upgrade_files import FileMigration, migrate_files
from ._upgrade_kinds import KINDS, UpgradeChange
from ._upgrade_look import Look

__all__ = ["UpgradePlan", "plan_upgrade"]


@dataclass(frozen=True)
class UpgradePlan:
    """What moving a bot to another version means here.

    Attributes:
        bot: Its name.
        before: The version that is locked; empty when it is not known.
        after: The version to come.
        instances: Every instance of the bot: they move together.
        changes: What is another in the new version, and who is touched.
        files: The municipality's files that are rewritten.
        findings: What would still be wrong afterwards, and warnings.
        left: Findings among these that are there today as well.
    """

    bot: str
    before: str
    after: str
    instances: tuple[str, ...]
    changes: tuple[UpgradeChange, ...]
    files: tuple[FileMigration, ...]
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...] = ()

    @property
    def direction(self) -> str:
        """``upgrade``, ``downgrade`` or ``same version``."""
        from packaging.version import InvalidVersion, Version

        try:
            old, new = Version(self.before), Version(self.after)
        except InvalidVersion:
            return "upgrade"
        return "same version" if old == new else "upgrade" if new > old else "downgrade"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the bot from running afterwards."""
        return tuple(one for one in self.findings if not one.is_warning)

    def note(self) -> UpgradeNote:
        """What is left in ``state_dir`` while the files are rewritten."""
        digests = {one.name: hashlib.sha256(one.after.encode()).hexdigest() for one in self.files}
        return UpgradeNote(self.bot, self.before, self.after, self.instances, digests)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        return {
            "bot": self.bot,
            "before": self.before,
            "after": self.after,
            "direction": self.direction,
            "instances": list(self.instances),
            "changes": [one.to_json() for one in self.changes],
            "files": [{"file": one.name, "diff": one.diff} for one in self.files],
            "findings": [one.to_json() | {"new": one not in self.left} for one in self.findings],
        }


def plan_upgrade(
    municipality: MunicipalityFolder,
    instances: Sequence[str],
    old: Manifest,
    new: Manifest,
    *,
    connectors: Mapping[str, ConnectorEntry],
) -> UpgradePlan:
    """Compare two versions of a bot for a municipality.

    Args:
        municipality: Whose files; its own environment and every other with files is looked at.
        instances: All instances of the bot.
        old: The manifest that is locked.
        new: The manifest to come.
        connectors: The connectors there are, by name.

    Raises:
        ConfigError: a file cannot be read, or has a migration that a person must make.
    """
    files, troubles = migrate_files(municipality.folder, _files_of(instances), new, old)
    today = Look(municipality, lambda _: old, connectors, {})
    later = Look(municipality, lambda _: new, connectors, {one.path: one.after for one in files})
    known = list(_findings(municipality, instances, today, old))
    found = list(_findings(municipality, instances, later, new))
    findings = in_order(list(_to_do(troubles, found, files, new)))
    changes = _Touched(municipality, instances, old, today, findings).changes(manifest_changes(old, new))
    confirmations, needed = confirmations_of(instances, today, later, [Renaming(new)])
    files = (*files, *([confirmations.file] if confirmations.file else []))
    order = list(KINDS)
    changes = tuple(sorted((*changes, *needed), key=lambda one: order.index(one.kind)))
    seen = {(one.code, one.key, one.message) for one in known}
    left = tuple(one for one in findings if (one.code, one.key, one.message) in seen)
    return UpgradePlan(new.name, old.version, new.version, tuple(instances), changes, files, findings, left)


def _findings(
    municipality: MunicipalityFolder, instances: Sequence[str], look: Look, manifest: Manifest
) -> Iterator[Finding]:
    """What is wrong with the instances in any environment, and with their hooks."""
    for name in instances:
        yield from look.findings(name)
        yield from hooks_of_instance(municipality, name, manifest.name, manifest).findings


def _files_of(instances: Sequence[str]) -> list[str]:
    own = [f"bots/{name}.toml" for name in instances]
    return own + [f"environments/{one}/{name}" for one in ENVIRONMENTS for name in own]


def _to_do(
    troubles: Sequence[Finding], found: Sequence[Finding], files: Sequence[FileMigration], manifest: Manifest
) -> Iterator[Finding]:
    """What a person must do, each once and with its line in the file as it is.

    Args:
        troubles: What the migration of the files left to a person.
        found: What is wrong in the files as they are going to be.
        files: These files.
        manifest: Of the version to come.
    """
    rewritten = {one.path: one for one in files}
    keys = {(one.file, one.key) for one in troubles}
    whole = {one.file for one in troubles if not one.key}  # the sentence about the file names every key
    operations = operations_of(manifest)
    targets = {format_key(final_path(parse_key(one.key), operations)) for one in troubles if one.key}
    seen = set()
    for one in found:
        if one.code == "E501" and (one.file, one.key) in keys:
            seen.add((one.file, one.key))
        elif (one.code == "E501" and one.file in whole) or (one.code == "E102" and one.key in targets):
            continue
        file = rewritten.get(one.file) if one.file is not None else None
        yield replace(one, line=file.line_before(one.line)) if file is not None and one.line else one
    yield from (one for one in troubles if (one.file, one.key) not in seen)


class _Touched:
    """Finds who is touched by each change."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        instances: Sequence[str],
        manifest: Manifest,
        today: Look,
        findings: Sequence[Finding],
    ) -> None:
        self._municipality = municipality
        self._instances = instances
        self._manifest = manifest
        self._today = today
        self._findings = findings

    def changes(self, changes: Sequence[UpgradeChange]) -> tuple[UpgradeChange, ...]:
        """The changes with who is touched; defaults that every instance overrides are left out."""
        found = []
        for one in changes:
            touched = tuple(dict.fromkeys(self._of(one)))
            if touched or one.kind != "default":
                found.append(replace(one, affects=touched))
        return tuple(found)

    def _of(self, change: UpgradeChange) -> Iterator[str]:
        if change.kind in {"removed", "renamed"}:
            for name in self._instances:
                yield from self._places(name, change.path)
        elif change.kind in {"required", "tightened"}:
            yield from (one.place for one in self._findings if _is_about(one, change.key.split(", ")))
        elif change.kind == "default":
            yield from (name for name in self._instances if self._has_default(name, change.path))
        elif change.kind == "step":
            yield from self._hooks(change.key)
        elif change.kind == "letter":
            yield from self._letters(change.key)

    def _places(self, name: str, path: KeyPath) -> Iterator[str]:
        """Where an instance's own layers say anything at or below a path."""
        for examined in self._today.examinations(name):
            for layer in examined.sections[0].layers:
                if layer.is_default:
                    continue
                try:
                    lookup(layer.values, ("settings", *path))
                except KeyError:
                    continue
                yield str(layer.origin(("settings", *path)))

    def _has_default(self, name: str, path: KeyPath) -> bool:
        """Whether an instance runs with the bot's own value in some environment."""
        for examined in self._today.examinations(name):
            winner = examined.sections[0].merged.winner(("settings", *path))
            if winner is None or winner.layer.is_default:
                return True
        return False

    def _hooks(self, step: str) -> Iterator[str]:
        for name in self._instances:
            chain = hooks_of_instance(self._municipality, name, self._manifest.name, self._manifest)
            if chain.hook is not None:
                functions = chain.hook.wrappers.get(step, ())
                yield from (f"{chain.hook.place}:{one.line}" for one in functions)

    def _letters(self, key: str) -> Iterator[str]:
        template, _, block = key.partition(": ")
        for name in self._instances:
            for folder in letter_folders_of(self._municipality, name, self._manifest.name):
                file = folder / f"{template}.md.j2"
                if file.is_file() and (not block or _overrides(file, block)):
                    yield display_path(file)


def _is_about(finding: Finding, keys: Sequence[str]) -> bool:
    inside = tuple(sign for key in keys for sign in (f"{key}.", f"{key}["))
    return not finding.is_warning and (finding.key in keys or finding.key.startswith(inside))


def _overrides(file: Path, block: str) -> bool:
    from rpa_commons.letters import block_digest

    try:
        return bool(block_digest(file.read_text(encoding="utf-8"), block))
    except Exception:  # noqa: BLE001 - no such block, or a template that the check of letters speaks about
        return False
