"""What becomes of ``confirmations.toml``: where only a key's name changed, its two people still stand for it.

Rules this module keeps: an entry follows its key when the value is the very same in the new version; any
other value needs two people again, which the plan says; what is in doubt is not touched.

Usage::

    moved = migrated_confirmations(municipality, {"welcome-letters": sections}, manifest)
    moved.file, [moved.formerly(instance_id, "fee")]
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rpa_commons.config.findings import HIDDEN, KeyPath, format_key, lookup, parse_key
from rpa_commons.config.instances import Confirmation, Confirmations, digest_of, read_confirmations
from rpa_commons.config.layers import NOTHING, Section, redact, value_without_places
from rpa_commons.config.migrations import new_name
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.manifest import Manifest

from ._upgrade_files import FileMigration

__all__ = ["MigratedConfirmations", "migrated_confirmations", "moved_key"]

_VALUE = re.compile(r"^value = .*$", re.MULTILINE)


@dataclass(frozen=True)
class MigratedConfirmations:
    """The record of confirmations before and after.

    Attributes:
        file: The change of the file; ``None`` when nothing in it changes.
        before: The record as it is.
    """

    file: FileMigration | None
    before: Confirmations

    def formerly(self, instance: str, key: str, manifest: Manifest) -> Confirmation | None:
        """What was confirmed under the name that a key of the new version had before."""
        for one in self.before.entries:
            if one.instance == instance and one.is_complete and moved_key(one.key, manifest) == key:
                return one
        return None


def migrated_confirmations(
    municipality: MunicipalityFolder, instances: Mapping[str, Sequence[Section]], manifest: Manifest
) -> MigratedConfirmations:
    """Let the entries of some instances follow the keys' new names.

    Args:
        municipality: Opened for production.
        instances: By the instance's id: what it is in production with the new version.
        manifest: Of the new version.
    """
    record = read_confirmations(municipality)
    entries = list(record.entries)
    taken = {(one.instance, one.key, one.is_complete) for one in entries}
    for position, one in enumerate(entries):
        sections = instances.get(one.instance)
        moved = _moved(one, sections[0], manifest) if sections else None
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


def moved_key(key: str, manifest: Manifest) -> str:
    """The name of a setting in the new version; as it is when it keeps it, or is gone."""
    try:
        path = parse_key(key)
    except ValueError:  # the record is older than what we know
        return key
    moved = new_name(path, manifest) if path[0] not in {"stack", "instance"} else None
    return format_key(moved[0]) if moved is not None and moved[0] is not None else key


def _moved(entry: Confirmation, section: Section, manifest: Manifest) -> Confirmation | None:
    """The entry under its key's new name; ``None`` when it keeps it, or when the value is another."""
    key = moved_key(entry.key, manifest)
    if key == entry.key:
        return None
    path: KeyPath = ("settings", *parse_key(key))
    try:
        value: Any = value_without_places(section.view, path, lookup(section.values, path))
    except KeyError:
        return None
    if digest_of(entry.instance, entry.key, value) != entry.digest:
        return None
    is_shown = entry.value is not NOTHING and redact(section, path, value) == value
    digest = digest_of(entry.instance, key, value)
    return replace(entry, key=key, digest=digest, value=entry.value if is_shown else NOTHING)
