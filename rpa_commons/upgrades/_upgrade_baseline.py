"""A cooperation's baseline for another version of a bot: its files migrated, and checked against it.

Rules this module keeps: nothing is written; what a layer does not say is not missed, a member may say it; no
value that may not be shown is quoted.

Usage::

    files, findings = migrate_baseline(folder, ["bots/welcome-letters.toml"], manifest)
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rpa_commons.config.documents import OverlayReader
from rpa_commons.config.findings import ConfigError, Finding, KeyPath, format_key, in_order
from rpa_commons.config.layers import Layer, Section, instance_schema
from rpa_commons.config.migrations import migrated_layer
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._upgrade_files import FileMigration, migrate_files

__all__ = ["migrate_baseline"]


def migrate_baseline(
    folder: Path, names: Sequence[str], manifest: Manifest
) -> tuple[tuple[FileMigration, ...], tuple[Finding, ...]]:
    """Migrate a bot's files in a baseline's folder and check what they say then; nothing is written.

    Args:
        folder: The baseline's.
        names: Of the baseline's own file and of its profiles', relative to the folder.
        manifest: Of the version they are to fit.

    Raises:
        ConfigError: a file cannot be read.
    """
    files, troubles = migrate_files(folder, names, manifest)
    rewritten = {one.path: one for one in files}
    reader, found = OverlayReader({one.path: one.after for one in files}), list[Finding]()
    left_out = {one.file for one in troubles if not one.key}
    for name in names:
        if folder / name in left_out:
            continue
        for one in _wrong(reader, folder, name, manifest):
            file = rewritten.get(one.file) if one.file is not None else None
            line = file.line_before(one.line) if file is not None and one.line else one.line
            found.append(
                Finding(one.code, one.key, one.message, one.file, line, one.line_text, help=one.help)
            )
    return files, in_order([*troubles, *found])


def _wrong(reader: OverlayReader, folder: Path, name: str, manifest: Manifest) -> Iterator[Finding]:
    """What the bot's version would refuse of one file; keys that nobody could migrate are known already."""
    document = reader.optional(folder / name, root=folder, name=name)
    if document is None:
        return
    layer = Layer("profile" if name.startswith("profiles/") else "baseline", document.values, document)
    layer, _ = migrated_layer(layer, manifest, instance=manifest.name)
    section = Section(SchemaView(instance_schema(manifest.settings_schema)), (layer,), _name_of)
    try:
        yield from (one for one in section.findings() if one.code != "E102")
    except ConfigError as error:
        yield from error.findings


def _name_of(path: KeyPath) -> str:
    return format_key(path[1:]) if path[:1] == ("settings",) and path[1:] else format_key(path)
