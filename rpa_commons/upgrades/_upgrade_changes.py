"""What differs between two versions of a bot or a connector wheel, from their manifests alone.

Rules this module keeps: whatever a version may do to the outside world or to citizens' rights is named first;
nothing of a municipality is looked at.

Usage::

    [change.text for change in manifest_changes(old, new) if change.kind == "permission"]
"""

from collections.abc import Iterator

from rpa_commons.manifest import CallEntry, CapabilityEntry, Manifest

from ._upgrade_connector_changes import connector_changes
from ._upgrade_kinds import KINDS, UpgradeChange
from ._upgrade_settings import settings_changes

__all__ = ["manifest_changes"]


def manifest_changes(old: Manifest, new: Manifest) -> tuple[UpgradeChange, ...]:
    """Every change from one version to another, by kind.

    Raises:
        BrokenSchemaError: the new version's migrations are of no known form.
    """
    found = [
        *_permissions(old, new),
        *_record(old, new),
        *settings_changes(old, new),
        *_steps(old, new),
        *_letters(old, new),
        *_languages(old, new),
        *connector_changes(old, new),
        *_needs(old, new),
    ]
    order = list(KINDS)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def _permissions(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    before, after = ({one.name: one for one in each.capabilities} for each in (old, new))
    for name in sorted(after.keys() - before.keys()):
        calls = ", ".join(_call_text(call) for call in sorted(after[name].calls, key=_effects_first))
        yield UpgradeChange("permission", name, f"new: it may now use {name} ({calls or 'no call'})")
    for name in sorted(after.keys() & before.keys()):
        yield from _calls(before[name], after[name])
    for name in sorted(before.keys() - after.keys()):
        yield UpgradeChange("permission", name, f"it no longer uses {name}")


def _effects_first(call: CallEntry) -> tuple[bool, str]:
    return call.effect is None, call.method


def _call_text(call: CallEntry) -> str:
    kind = "query" if call.effect is None else f"effect, {call.effect}"
    return f"{call.method}: {kind}{', decides about a citizen' if call.decisive else ''}"


def _calls(old: CapabilityEntry, new: CapabilityEntry) -> Iterator[UpgradeChange]:
    before, after = ({call.method: call for call in each.calls} for each in (old, new))
    for method in sorted(after):
        key = f"{new.name}.{method}"
        if method not in before:
            yield UpgradeChange("permission", key, f"new: {_call_text(after[method])}")
        elif before[method] != after[method]:
            text = f"was {_call_text(before[method])}; now {_call_text(after[method])}"
            yield UpgradeChange("permission", key, text)
    for method in sorted(before.keys() - after.keys()):
        yield UpgradeChange("permission", f"{new.name}.{method}", "it no longer calls this")
    if old.version != new.version:
        text = f"it asks for version {new.version} (was {old.version}); the connector must have it"
        yield UpgradeChange("permission", new.name, text)


def _record(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    if old.record is None or new.record is None:
        if old.record != new.record:
            yield UpgradeChange("record", "record", "there is one now" if new.record else "it is gone")
        return
    before, after = old.record.model_dump(mode="json"), new.record.model_dump(mode="json")
    for name, value in after.items():
        was = before[name]
        if was == value:
            continue
        if isinstance(value, list):
            parts = [
                *(f"new: {one}" for one in value if one not in was),
                *(f"gone: {one}" for one in was if one not in value),
            ]
            text = "; ".join(parts) or "in another order"
        elif isinstance(value, dict):
            text = "; ".join(
                f"{part}: {was[part]} -> {one}" for part, one in value.items() if was[part] != one
            )
        else:
            text = f"{was} -> {value}"
        yield UpgradeChange("record", name, text)


def _steps(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    before, after = ({one.name: one for one in each.steps} for each in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield UpgradeChange("step", name, "gone: a hook that wraps it keeps the bot from starting")
        elif name not in before:
            yield UpgradeChange("step", name, f"new: {after[name].description}")
        elif before[name].arguments != after[name].arguments:
            texts = (", ".join(one.arguments) or "none" for one in (before[name], after[name]))
            yield UpgradeChange("step", name, "its arguments are others: " + " -> ".join(texts))


def _letters(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    before, after = ({one.name: one.blocks for one in each.templates} for each in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if name not in after or name not in before:
            yield UpgradeChange("letter", name, "new" if name in after else "gone")
            continue
        for block in sorted(before[name].keys() | after[name].keys()):
            was, now = before[name].get(block), after[name].get(block)
            if was != now:
                text = "changed" if was and now else "is new" if now else "is gone"
                yield UpgradeChange("letter", f"{name}: {block}", f"the block {text}")


def _languages(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    for language in sorted(set(old.languages) ^ set(new.languages)):
        text = "new" if language in new.languages else "gone"
        yield UpgradeChange("language", language, text)


def _needs(old: Manifest, new: Manifest) -> Iterator[UpgradeChange]:
    if old.sdk_version != new.sdk_version:
        text = f"made with {new.sdk_version} (before: {old.sdk_version})"
        yield UpgradeChange("needs", "rpa-commons", text)
    if old.unique != new.unique:
        text = f"a case is done once per {new.unique} (was: per {old.unique})"
        yield UpgradeChange("needs", "unique", text)
