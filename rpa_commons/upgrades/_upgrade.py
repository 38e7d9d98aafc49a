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

from rpa_commons.config.documents import OverlayReader
from rpa_commons.config.findings import (
    HIDDEN,
    ConfigError,
    Finding,
    KeyPath,
    display_path,
    format_key,
    in_order,
    lookup,
    parse_key,
    show,
)
from rpa_commons.config.instances import Confirmation, Examination, UpgradeNote, awaiting, examine_instance
from rpa_commons.config.layers import ENVIRONMENTS, NOTHING, ConnectorEntry
from rpa_commons.config.migrations import final_path, operations_of
from rpa_commons.config.municipality import MunicipalityFolder, hooks_of_instance, letter_folders_of
from rpa_commons.manifest import Manifest

from ._upgrade_changes import manifest_changes
from ._upgrade_confirmations import MigratedConfirmations, migrated_confirmations, moved_key
from ._upgrade_files import FileMigration, migrate_files
from ._upgrade_kinds import KINDS, UpgradeChange

__all__ = ["UpgradePlan", "plan_upgrade"]

_NOT_OF_THE_FILE = frozenset({"E402", "E304"})  # of this machine, and of people


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
    today = _Look(municipality, old, connectors, {})
    later = _Look(municipality, new, connectors, {one.path: one.after for one in files})
    known = [one for name in instances for one in today.findings(name)]
    found = [one for name in instances for one in later.findings(name)]
    findings = in_order(list(_to_do(troubles, found, files, new)))
    changes = _Touched(municipality, instances, today, later, findings).changes(manifest_changes(old, new))
    confirmations, needed = _confirmations(instances, today, later)
    files = (*files, *([confirmations.file] if confirmations.file else []))
    order = list(KINDS)
    changes = tuple(sorted((*changes, *needed), key=lambda one: order.index(one.kind)))
    seen = {(one.code, one.key, one.message) for one in known}
    left = tuple(one for one in findings if (one.code, one.key, one.message) in seen)
    return UpgradePlan(new.name, old.version, new.version, tuple(instances), changes, files, findings, left)


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


def _confirmations(
    instances: Sequence[str], today: "_Look", later: "_Look"
) -> tuple[MigratedConfirmations, tuple[UpgradeChange, ...]]:
    """What becomes of the confirmations, and each value that two people must look at again."""
    manifest = later.manifest
    looked = {name: later.in_production(name) for name in instances}
    known = {name: _id_of(one) for name, one in looked.items() if one is not None}
    sections = {known[name]: one.sections for name, one in looked.items() if one is not None}
    moved = migrated_confirmations(later.production, sections, manifest)
    texts = {moved.file.path: moved.file.after} if moved.file else {}
    opened = replace(later.production, reader=OverlayReader(texts))
    changes = []
    for name, identity in known.items():
        before = today.in_production(name)
        open_today = awaiting(today.production, name, identity, before.sections) if before else ()
        waiting = {moved_key(one.key, manifest) for one in open_today}
        for one in awaiting(opened, name, identity, sections[identity]):
            if one.key not in waiting:
                text = f"{show(one.new)} in {name}{_was(moved.formerly(identity, one.key, manifest))}"
                places = (str(one.origin),)
                changes.append(UpgradeChange("confirm", one.key, text, (), sensitive=True, affects=places))
    return moved, tuple(changes)


def _was(entry: Confirmation | None) -> str:
    if entry is None:
        return ": nobody has confirmed it yet"
    value = HIDDEN if entry.value is NOTHING else show(entry.value)
    return f": {value} was confirmed, as {entry.key}"


def _id_of(examined: Examination) -> str:
    return str(examined.sections[0].values.get("id", "")).lower()


class _Look:
    """The municipality with one version of the bot, in every environment that has files of its own."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        manifest: Manifest,
        connectors: Mapping[str, ConnectorEntry],
        texts: Mapping[Path, str],
    ) -> None:
        folder = municipality.folder / "environments"
        own = [one for one in ENVIRONMENTS if (folder / one).is_dir()]
        self.manifest = manifest
        self._connectors = connectors
        self._opened = {
            one: replace(municipality, environment=one, reader=OverlayReader(texts))
            for one in dict.fromkeys((municipality.environment, ENVIRONMENTS[0], *own))
        }
        self._examined: dict[str, list[Examination | ConfigError]] = {}

    def examinations(self, name: str) -> list[Examination]:
        """The instance in each environment; without those where it cannot be looked at."""
        return [one for one in self._all(name) if isinstance(one, Examination)]

    @property
    def production(self) -> MunicipalityFolder:
        """The municipality as production has it."""
        return self._opened[ENVIRONMENTS[0]]

    def in_production(self, name: str) -> Examination | None:
        """The instance in production; ``None`` when it cannot be looked at."""
        found = self._all(name)[list(self._opened).index(ENVIRONMENTS[0])]
        return found if isinstance(found, Examination) else None

    def findings(self, name: str) -> Iterator[Finding]:
        """What is wrong with the instance in any environment, and with its hook."""
        for one in self._all(name):
            yield from (finding for finding in one.findings if finding.code not in _NOT_OF_THE_FILE)
        opened = next(iter(self._opened.values()))
        yield from hooks_of_instance(opened, name, self.manifest.name, self.manifest).findings

    def _all(self, name: str) -> list[Examination | ConfigError]:
        if name not in self._examined:
            self._examined[name] = [self._examine(opened, name) for opened in self._opened.values()]
        return self._examined[name]

    def _examine(self, opened: MunicipalityFolder, name: str) -> Examination | ConfigError:
        try:
            return examine_instance(opened, name, lambda _: self.manifest, connectors=self._connectors)
        except ConfigError as error:
            return error


class _Touched:
    """Finds who is touched by each change."""

    def __init__(
        self,
        municipality: MunicipalityFolder,
        instances: Sequence[str],
        today: _Look,
        later: _Look,
        findings: Sequence[Finding],
    ) -> None:
        self._municipality = municipality
        self._instances = instances
        self._today = today
        self._later = later
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
            manifest = self._today.manifest
            chain = hooks_of_instance(self._municipality, name, manifest.name, manifest)
            if chain.hook is not None:
                functions = chain.hook.wrappers.get(step, ())
                yield from (f"{chain.hook.place}:{one.line}" for one in functions)

    def _letters(self, key: str) -> Iterator[str]:
        template, _, block = key.partition(": ")
        for name in self._instances:
            for folder in letter_folders_of(self._municipality, name, self._today.manifest.name):
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
