"""What becomes of ``confirmations.toml``: where only a key's name changed, its two people still stand for it.

Rules this module keeps: an entry follows its key when the value is the very same in the new version; any
other value needs two people again, which the plan says; a connector's key is followed only in an instance
whose production has that connector; what is in doubt is not touched.

Usage::

    moved, changes = confirmations_of(["welcome-letters"], today, later, [Renaming(manifest)])
    moved.file, changes
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rpa_commons.config.documents import OverlayReader
from rpa_commons.config.findings import HIDDEN, KeyPath, format_key, lookup, parse_key, show
from rpa_commons.config.instances import (
    Confirmation,
    Confirmations,
    Examination,
    awaiting,
    digest_of,
    read_confirmations,
)
from rpa_commons.config.layers import NOTHING, ConnectorEntry, Section, redact, value_without_places
from rpa_commons.config.migrations import manifest_of_connector, new_name
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.manifest import Manifest

from ._upgrade_files import FileMigration
from ._upgrade_kinds import UpgradeChange
from ._upgrade_look import Look

__all__ = ["MigratedConfirmations", "Renaming", "confirmations_of"]

_VALUE = re.compile(r"^value = .*$", re.MULTILINE)


@dataclass(frozen=True)
class Renaming:
    """What another version calls the settings of a bot, or of one connector.

    Attributes:
        manifest: Whose migrations tell; of a connector as :meth:`of_connector` has it.
        connector: The connector; ``None`` for a bot.
    """

    manifest: Manifest
    connector: ConnectorEntry | None = None

    @classmethod
    def of_connector(cls, connector: ConnectorEntry) -> "Renaming":
        """Of a connector in the version to come."""
        return cls(manifest_of_connector(connector), connector)

    @property
    def prefix(self) -> KeyPath:
        """What stands before a setting's own name in a key."""
        return ("stack", self.connector.capability, "settings") if self.connector else ()

    def moved(self, key: str) -> str:
        """The key in the new version; as it is when it keeps its name, is gone, or is another's."""
        path = self._own(key)
        moved = new_name(path, self.manifest) if path else None
        return format_key((*self.prefix, *moved[0])) if moved is not None and moved[0] is not None else key

    def place(self, sections: Sequence[Section], key: str) -> tuple[Section, KeyPath] | None:
        """Where a key stands in an instance; ``None`` when that has another connector."""
        path = ("settings", *self._own(key))
        if self.connector is None:
            return sections[0], path
        for one in sections[1:]:
            if one.name_of(()) == format_key(self.prefix[:2]):
                return (one, path) if one.values.get("connector") == self.connector.name else None
        return None

    def _own(self, key: str) -> KeyPath:
        """The path below the prefix; empty for a key of somebody else."""
        try:
            path = parse_key(key)
        except ValueError:  # the record is older than what we know
            return ()
        depth = len(self.prefix)
        foreign = path[:depth] != self.prefix or (not depth and path[0] in {"stack", "instance"})
        return () if foreign else path[depth:]


@dataclass(frozen=True)
class MigratedConfirmations:
    """The record of confirmations before and after.

    Attributes:
        file: The change of the file; ``None`` when nothing in it changes.
        before: The record as it is.
    """

    file: FileMigration | None
    before: Confirmations

    def formerly(self, instance: str, key: str, renamings: Sequence[Renaming]) -> Confirmation | None:
        """What was confirmed under the name that a key of the new version had before."""
        for one in self.before.entries:
            if one.instance == instance and one.is_complete and _moved_key(one.key, renamings) == key:
                return one
        return None


def confirmations_of(
    instances: Sequence[str], today: Look, later: Look, renamings: Sequence[Renaming]
) -> tuple[MigratedConfirmations, tuple[UpgradeChange, ...]]:
    """What becomes of the confirmations, and each value that two people must look at again.

    Args:
        instances: That move to the new version.
        today: The municipality as it is.
        later: As it is going to be.
        renamings: What the new version calls its settings.
    """
    looked = {name: later.in_production(name) for name in instances}
    known = {name: _id_of(one) for name, one in looked.items() if one is not None}
    sections = {known[name]: one.sections for name, one in looked.items() if one is not None}
    moved = _migrated(later.production, sections, renamings)
    texts = {moved.file.path: moved.file.after} if moved.file else {}
    opened = replace(later.production, reader=OverlayReader(texts))
    changes = []
    for name, identity in known.items():
        waiting = _waiting(name, identity, today, renamings)
        for one in awaiting(opened, name, identity, sections[identity]):
            if one.key not in waiting:
                text = f"{show(one.new)} in {name}{_was(moved.formerly(identity, one.key, renamings))}"
                places = (str(one.origin),)
                changes.append(UpgradeChange("confirm", one.key, text, (), sensitive=True, affects=places))
    return moved, tuple(changes)


def _waiting(name: str, identity: str, today: Look, renamings: Sequence[Renaming]) -> set[str]:
    """What waits for two people already, by its key in the new version."""
    before = today.in_production(name)
    if before is None:
        return set()
    return {
        _moved_key(one.key, [each for each in renamings if each.place(before.sections, one.key)])
        for one in awaiting(today.production, name, identity, before.sections)
    }


def _migrated(
    municipality: MunicipalityFolder,
    instances: Mapping[str, Sequence[Section]],
    renamings: Sequence[Renaming],
) -> MigratedConfirmations:
    """Let the entries of some instances follow the keys' new names.

    Args:
        municipality: Opened for production.
        instances: By the instance's id: what it is in production with the new version.
        renamings: What the new version calls its settings.
    """
    record = read_confirmations(municipality)
    entries = list(record.entries)
    taken = {(one.instance, one.key, one.is_complete) for one in entries}
    for position, one in enumerate(entries):
        sections = instances.get(one.instance)
        moved = _followed(one, sections, renamings) if sections else None
        if moved is not None and (moved.instance, moved.key, moved.is_complete) not in taken:
            entries[position] = moved
    if entries == list(record.entries):
        return MigratedConfirmations(None, record)
    before = record.path.read_bytes().decode("utf-8")
    after = replace(record, entries=tuple(entries)).to_toml()
    name = record.path.name
    old, new = (_VALUE.sub(f"value = {HIDDEN}", text).splitlines() for text in (before, after))
    diff = "\n".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")) + "\n"
    return MigratedConfirmations(FileMigration(record.path, name, before, after, diff), record)


def _followed(
    entry: Confirmation, sections: Sequence[Section], renamings: Sequence[Renaming]
) -> Confirmation | None:
    """The entry under its key's new name; ``None`` when it keeps it, or when the value is another."""
    for renaming in renamings:
        key = renaming.moved(entry.key)
        place = renaming.place(sections, key) if key != entry.key else None
        if place is not None:
            return _under(entry, key, *place)
    return None


def _under(entry: Confirmation, key: str, section: Section, path: KeyPath) -> Confirmation | None:
    try:
        value: Any = value_without_places(section.view, path, lookup(section.values, path))
    except KeyError:
        return None
    if digest_of(entry.instance, entry.key, value) != entry.digest:
        return None
    is_shown = entry.value is not NOTHING and redact(section, path, value) == value
    digest = digest_of(entry.instance, key, value)
    return replace(entry, key=key, digest=digest, value=entry.value if is_shown else NOTHING)


def _moved_key(key: str, renamings: Sequence[Renaming]) -> str:
    return next((moved for one in renamings if (moved := one.moved(key)) != key), key)


def _was(entry: Confirmation | None) -> str:
    if entry is None:
        return ": nobody has confirmed it yet"
    value = HIDDEN if entry.value is NOTHING else show(entry.value)
    return f": {value} was confirmed, as {entry.key}"


def _id_of(examined: Examination) -> str:
    return str(examined.sections[0].values.get("id", "")).lower()
