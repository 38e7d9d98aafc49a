"""What ``rpac.lock`` keeps of each bot instance: digests and origins of values, and overridden blocks.

Rules this module keeps: instances are resolved as production has them, without ``--set``; a value that must
not be shown leaves no digest, since a short one could be guessed from it; a place is a layer and a file,
never a line (a new comment would change the lock) and never a path of a machine; a block keeps the digest
that was recorded until its override changes, so that installing does not hide what changed underneath.

Usage::

    records = instance_records(folder, {"welcome-letters": manifest}, read_lock(folder), catalogue())
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.manifest import Manifest

from ._lock import LockedBlock, LockedInstance, LockedLeaf, LockFile, read_lock

if TYPE_CHECKING:
    from rpa_commons.config import Examination, MunicipalityFolder
    from rpa_commons.config.layers import ConnectorEntry
    from rpa_commons.config.municipality import OverriddenBlock

__all__ = ["instance_records", "locked_block", "recorded_blocks", "schema_digest", "value_digest"]


def recorded_blocks(municipality: "MunicipalityFolder", instance: str) -> tuple[LockedBlock, ...]:
    """What ``rpac.lock`` keeps of the blocks that an instance overrides; empty when it knows nothing of it.

    Raises:
        LockMismatchError: the lock was edited.
    """
    record = read_lock(municipality.folder).instance(instance)
    return record.block if record else ()


def schema_digest(manifest: Manifest) -> str:
    """SHA-256 (hex) of a bot's settings schema as canonical JSON."""
    return value_digest(manifest.settings_schema)


def value_digest(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """SHA-256 (hex) of a value as JSON with sorted keys and no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def instance_records(
    folder: Path,
    manifests: Mapping[str, Manifest],
    before: LockFile,
    connectors: "Mapping[str, ConnectorEntry] | None" = None,
) -> list[LockedInstance]:
    """A record of every instance of these bots; one whose files cannot be read is left out.

    Args:
        folder: The municipality's.
        manifests: The bots that are installed now, by name.
        before: The lock as it was: blocks whose override did not change keep their digest.
        connectors: Those of rpa-commons and those that are installed now; ``None``: the first alone.
    """
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.config import ConfigError, examine_instance, open_municipality
    from rpa_commons.connectors import catalogue

    try:
        municipality = open_municipality(folder, environment="production")
    except ConfigError:
        return []
    records, connectors = [], catalogue() if connectors is None else connectors
    for name in municipality.instances():
        bot = _bot_of(municipality, name)
        if bot not in manifests:
            continue
        try:
            examined = examine_instance(municipality, name, manifests.__getitem__, connectors=connectors)
        except RpaCommonsError:
            continue
        record = _record(municipality, name, manifests[bot], examined, before)
        records.append(record.model_copy(update={"connectors": _from_wheels(examined, connectors)}))
    return records


def _from_wheels(examined: "Examination", connectors: "Mapping[str, ConnectorEntry]") -> tuple[str, ...]:
    """The connectors that an instance's bindings name and that a wheel brings."""
    named = {section.values.get("connector") for section in examined.sections[1:]}
    known = (connectors[name] for name in sorted(filter(None, named)) if name in connectors)
    return tuple(one.name for one in known if one.wheel)


def _bot_of(municipality: "MunicipalityFolder", name: str) -> str:
    from ._errors import InstanceFileError
    from ._instances import instance_head

    try:
        return instance_head(municipality, name).bot
    except InstanceFileError:
        return ""


def _record(
    municipality: "MunicipalityFolder",
    name: str,
    manifest: Manifest,
    examined: "Examination",
    before: LockFile,
) -> LockedInstance:
    from rpa_commons.config.municipality import overridden_blocks

    from ._instances import instance_head

    head = instance_head(municipality, name)
    old = before.instance(name)
    kept = {(one.template, one.block): one for one in (old.block if old else ())}
    blocks = []
    for one in map(locked_block, overridden_blocks(municipality, name, manifest, shared=True)):
        known = kept.get((one.template, one.block))
        blocks.append(known if known is not None and known.override == one.override else one)
    return LockedInstance(
        name=name,
        id=head.id,
        bot=head.bot,
        version=manifest.version,
        schema_sha256=schema_digest(manifest),
        leaf=tuple(sorted(_leaves(examined), key=lambda one: one.key)),
        block=tuple(blocks),
    )


def _leaves(examined: "Examination") -> Iterator[LockedLeaf]:
    from rpa_commons.config import value_without_places

    for section in examined.sections:
        for path, candidates in section.merged.leaves.items():
            winner, view = candidates[-1], section.view
            secret = view.secret_part(path) is not None
            value = _json_at(section.values, path)
            hidden = secret or _is_hidden(section, path, value)
            yield LockedLeaf(
                key=section.name_of(path),
                digest="" if hidden else value_digest(value_without_places(view, path, value)),
                origin=_place(winner.layer),
            )


def _is_hidden(section: Any, path: tuple[Any, ...], value: Any) -> bool:  # noqa: ANN401 - a section of the configuration
    if section.is_hidden(path):
        return True
    if isinstance(value, Mapping):
        return any(_is_hidden(section, (*path, key), one) for key, one in value.items())
    if isinstance(value, list):
        return any(_is_hidden(section, (*path, number), one) for number, one in enumerate(value))
    return False


def _json_at(tree: Any, path: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a tree of JSON values
    for part in path:
        tree = tree[part]
    return tree


def _place(layer: Any) -> str:  # noqa: ANN401 - a layer of the configuration
    """``municipality bots/welcome-letters.toml``: the file as it is called inside its folder."""
    if layer.document is None:
        return str(layer.name)
    file = layer.document.name
    if layer.is_shared:  # the folder's own name is how one municipality's machine calls it
        parts = Path(file).parts
        start = next((at for at, part in enumerate(parts) if part in {"bots", "profiles"}), len(parts) - 1)
        file = "/".join(parts[start:])
    return f"{layer.name} {file}"


def locked_block(one: "OverriddenBlock") -> LockedBlock:
    """What ``rpac.lock`` keeps of an overridden block; of several overrides, a digest over theirs."""
    digests = one.overrides
    override = digests[0] if len(digests) == 1 else value_digest(digests)
    return LockedBlock(template=one.template, block=one.block, digest=one.base, override=override)
