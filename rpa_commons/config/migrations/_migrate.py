"""Migrations of one layer: its values in memory, read as the new version reads them, every line still right.

Rules this module keeps: nothing migrates silently, each old key or value is a finding (E501 in a
municipality's own file or ``--set``, W502 in the cooperation's, which may be older than the bot); a
migrated layer points at the lines where the old keys stand.

Usage::

    layer, findings = migrated_layer(layer, manifest, instance="welcome-letters")
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from rpa_commons.config.documents import Document, Place, find_places, read_optional_document
from rpa_commons.config.findings import Finding, KeyPath, format_key, parse_key, walk
from rpa_commons.config.layers import Layer, instance_schema
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._operations import Migrated, Operation, Step, final_path, migrate, operations_of

__all__ = [
    "migrated_layer",
    "migration_findings",
    "moved_path",
    "new_name",
    "pending_migrations",
    "policies_on_old_keys",
]

_SETTINGS = "settings"


def migrated_layer(layer: Layer, manifest: Manifest, *, instance: str) -> tuple[Layer, tuple[Finding, ...]]:
    """An instance layer (``values["settings"]``) as the manifest's version reads it.

    Check the layer that comes back instead of the given one: then no old key is also called unknown, and a
    new one that an old one gives is not called missing. A layer without anything old comes back as it is.

    Args:
        layer: A layer of a bot instance: baseline, profile, municipality, environment or ``--set``.
        manifest: Of the bot's version in use.
        instance: The instance's name, for the remedy.

    Returns:
        The layer, and a finding for each old key or value: W502 where the cooperation says it, else E501.

    Raises:
        BrokenSchemaError: the manifest's migrations are of no known form.
    """
    if not manifest.migrations or layer.is_default or not isinstance(layer.values.get(_SETTINGS), dict):
        return layer, ()
    done = pending_migrations(layer.values[_SETTINGS], manifest)
    if not done.steps:
        return layer, ()
    values = {**layer.values, _SETTINGS: done.values}
    moves = _moves(done.steps)
    document = layer.document and _document(layer, layer.document, values, moves)
    migrated = replace(layer, values=values, document=document)
    view = SchemaView(instance_schema(manifest.settings_schema))
    return migrated, tuple(_findings(layer, migrated, view, done.steps, manifest, instance))


def migration_findings(layer: Layer, manifest: Manifest, *, instance: str) -> Iterator[Finding]:
    """The findings of :func:`migrated_layer` alone."""
    yield from migrated_layer(layer, manifest, instance=instance)[1]


def pending_migrations(settings: dict[str, Any], manifest: Manifest) -> Migrated:
    """What the manifest's migrations make of a tree of settings; no steps when there is nothing old in it.

    Raises:
        BrokenSchemaError: the manifest's migrations are of no known form.
    """
    return migrate(settings, operations_of(manifest))


def new_name(path: KeyPath, manifest: Manifest) -> tuple[KeyPath | None, str] | None:
    """What became of a setting: its new path (``None``: it is gone) and the version; ``None``: nothing.

    For whoever names a setting elsewhere than in a layer, such as a policy.
    """
    operations = operations_of(manifest)
    for position, one in enumerate(operations):
        if path[: len(one.path)] != one.path or one.kind not in {"rename", "remove"}:
            continue
        if one.kind == "remove":
            return None, one.version
        there = one.to + tuple(str(part) for part in path[len(one.path) :])
        later = new_name(there, manifest)
        return later or (final_path(there, operations[position + 1 :]), one.version)
    return None


def moved_path(path: KeyPath, steps: Sequence[Step]) -> KeyPath:
    """Where a setting stands after the steps that moved something."""
    return _moved(path, _moves(steps))


def policies_on_old_keys(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """E305 for each policy in a baseline's folder that names a setting by an old key: it binds nothing.

    Raises:
        ConfigError: ``policies.toml`` cannot be read.
    """
    document = read_optional_document(folder / "policies.toml", root=folder, name="policies.toml")
    found = document.values.get("policy") if document else None
    for number, policy in enumerate(found if isinstance(found, list) else ()):
        if not isinstance(policy, dict) or policy.get("bot", manifest.name) != manifest.name:
            continue
        try:
            path = parse_key(str(policy.get("key", "")))
        except ValueError:
            continue  # the check of policies says that it is no key
        moved = new_name(path, manifest)
        if document is not None and moved is not None:
            key, (there, version) = format_key(path), moved
            text = f"{key} is gone" if there is None else f"{key} is called {format_key(there)}"
            line = document.line_of(("policy", number, "key"))
            advice = "let the policy's owner write it for the new version"
            yield Finding("E305", key, f"{text} since {version}", document.path, line, help=advice)


@dataclass(frozen=True)
class _MigratedDocument(Document):
    """A document whose old keys are found under their new names; its text is what it was."""

    prefix: KeyPath = ()
    moves: tuple[Operation, ...] = ()

    @cached_property
    def places(self) -> dict[KeyPath, Place]:
        """Where each key stands, by its new name."""
        length = len(self.prefix)
        places: dict[KeyPath, Place] = {}
        for path, place in find_places(self.text).items():
            here = self.prefix + _moved(path[length:], self.moves) if path[:length] == self.prefix else path
            places.setdefault(here, place)
            for upper in range(length, len(here)):
                places.setdefault(here[:upper], Place(place.line, place.start, place.start))
        return places

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key by its new name, or of the nearest table around it."""
        parts = (path[:length] for length in range(len(path), 0, -1))
        return next((self.places[part].line for part in parts if part in self.places), None)


def _document(
    layer: Layer, document: Document, values: dict[str, Any], moves: Sequence[Operation]
) -> Document:
    whole: Any = values
    for part in reversed(layer.prefix):
        whole = {part: whole}
    prefix = (*layer.prefix, _SETTINGS)
    return _MigratedDocument(document.path, document.name, document.text, whole, prefix, tuple(moves))


def _moves(steps: Sequence[Step]) -> tuple[Operation, ...]:
    return tuple(one.operation for one in steps if one.operation.kind == "rename" and not one.trouble)


def _moved(path: KeyPath, moves: Sequence[Operation]) -> KeyPath:
    for one in moves:
        if path[: len(one.path)] == one.path:
            path = one.to + path[len(one.path) :]
    return path


def _findings(
    old: Layer,
    migrated: Layer,
    view: SchemaView,
    steps: Sequence[Step],
    manifest: Manifest,
    instance: str,
) -> Iterator[Finding]:
    moves = _moves(steps)
    for original in dict.fromkeys(one.original for one in steps):
        own = [one for one in steps if one.original == original]
        there = (_SETTINGS, *_moved(original, moves))
        hidden = view.is_hidden(there, migrated.values) or any(
            view.is_hidden((*there, *below), migrated.values)
            for below, _ in walk(_at(migrated.values, there))
        )
        place = old.origin((_SETTINGS, *original))
        trouble = any(one.trouble for one in own)
        yield Finding(
            "W502" if old.is_shared and not trouble else "E501",
            format_key(original),
            "; ".join(one.text(hidden=hidden) for one in own),
            place.file,
            place.line,
            migrated.quote(place.line, view),
            because=f"{manifest.name} {manifest.version} says so",
            help=_help(old, own, manifest, trouble=trouble, instance=instance),
            source=str(place),
        )


def _at(tree: Any, path: KeyPath) -> Any:  # noqa: ANN401 - a tree of TOML values
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _help(layer: Layer, steps: Sequence[Step], manifest: Manifest, *, trouble: bool, instance: str) -> str:
    if trouble:
        return "write it by hand as the new version wants it, and take the old key out"
    if layer.document is None:
        final = next((one.operation.to for one in reversed(steps) if one.operation.kind == "rename"), None)
        return f"write --set {format_key(final)}=…" if final else "leave it out"
    if layer.is_shared:
        return "read as the new version has it; the cooperation brings its baseline up to date"
    command = f"rpac upgrade {instance} --to WHEEL"
    return (
        f"`{command} --plan` with the wheel of {manifest.name} {manifest.version} shows the file as it must "
        "be; without --plan it is rewritten; leave out --to where that version is installed"
    )
