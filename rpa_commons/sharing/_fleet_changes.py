"""What changes for a member between two versions of a bot, though nothing is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, show
from rpa_commons.config.layers import Section, add_defaults, instance_schema, merge
from rpa_commons.config.municipality import (
    MunicipalityFolder,
    hooks_of_instance,
    locked_versions,
    overridden_blocks,
)
from rpa_commons.config.schema import SchemaView
from rpa_commons.manifest import Manifest

from ._fleet_withheld import Withheld
from ._members import Member
from ._published import NAME, PublishedInfo, PublishedInstance

__all__ = ["Changes", "Subject", "changes_between", "letter_findings", "step_findings"]

_LOCK = "rpac.lock"
_EFFECTS = {"unsafe": " without protection against doing it twice"}


@dataclass(frozen=True)
class Subject:
    """A bot instance of a member, and which version of its bot it runs.

    Attributes:
        municipality: Whose it is.
        name: The instance.
        version: The version it runs; empty where that is not known.
        digest: That version's manifest digest; empty likewise.
        info: For a published folder, what it says of itself.
        published: And of this instance.
        is_new: Whether the municipality runs no version at all yet.
    """

    municipality: MunicipalityFolder
    name: str
    version: str = ""
    digest: str = ""
    info: PublishedInfo | None = None
    published: PublishedInstance | None = None
    is_new: bool = False

    @classmethod
    def of(cls, member: Member, municipality: MunicipalityFolder, name: str, bot: str) -> "Subject":
        """The instance as its member's folder describes it."""
        if member.info is not None:
            one = member.info.instances.get(name) or PublishedInstance(name, bot)
            return cls(municipality, name, one.version, one.manifest, member.info, one)
        lock, is_there = municipality.reader.remembered(
            f"versions in {municipality.folder}",
            lambda: (locked_versions(municipality.folder), (municipality.folder / _LOCK).exists()),
        )
        version, digest = lock.get(bot, ("", ""))
        is_new = not version and not is_there
        return cls(municipality, name, version, digest, is_new=is_new)

    def overridden(self, manifest: Manifest | None) -> list[tuple[str, str, str]]:
        """Template, block and digest of the block underneath, for each block that is overridden.

        A municipality's own folder is read with the manifest of the version that runs; without it, nothing
        is known.
        """
        if self.published is not None:
            return [(one.template, one.block, one.base) for one in self.published.blocks]
        if manifest is None:
            return []
        found = overridden_blocks(self.municipality, self.name, manifest)
        return [(one.template, one.block, one.base) for one in found]

    def wrapped(self, manifest: Manifest) -> tuple[str, ...]:
        """The steps that are wrapped, by name."""
        if self.published is not None:
            return self.published.wrapped
        hooks = hooks_of_instance(self.municipality, self.name, manifest.name, manifest)
        return tuple(step.name for step in hooks.steps if step.wrappers)

    @property
    def unknown_before(self) -> str:
        """Why it cannot be told what changes."""
        if not self.version:
            return "which version it runs is not known, so what else changes cannot be told"
        return f"the wheel of {self.version}, which it runs, is not at hand: what else changes cannot be told"


@dataclass(frozen=True)
class Changes:
    """What differs between two versions, before anybody's configuration is looked at.

    Attributes:
        old: The one that runs.
        new: The other one.
        defaults: Settings with a default in both -> the two values.
        permissions: What the new one may do that the old one may not, one sentence each.
    """

    old: Manifest
    new: Manifest
    defaults: Mapping[KeyPath, tuple[Any, Any]]
    permissions: tuple[str, ...]

    def sentences(self, said: Subject, sections: Sequence[Section], withheld: Withheld) -> Iterator[str]:
        """What changes for one instance."""
        for section in sections[:1]:
            for path, (before, after) in self.defaults.items():
                key = section.name_of(path)
                winner = section.merged.winner(path)
                if winner is not None and winner.layer.is_default and not withheld.covers(key):
                    shown = (HIDDEN, HIDDEN) if section.is_hidden(path) else (show(before), show(after))
                    yield f"{key}: the default changes from {shown[0]} to {shown[1]}, and nobody overrides it"
        yield from self.permissions
        yield from self._steps(said)
        yield from self._blocks(said)

    def _steps(self, said: Subject) -> Iterator[str]:
        old = {step.name: step.arguments for step in self.old.steps}
        new = {step.name: step.arguments for step in self.new.steps}
        for step in said.wrapped(self.old):
            if step in new and set(old.get(step, ())) - set(new[step]):
                gone = ", ".join(sorted(set(old[step]) - set(new[step])))
                yield f"the step {step}, which is wrapped, loses its argument {gone}"

    def _blocks(self, said: Subject) -> Iterator[str]:
        new = {template.name: template.blocks for template in self.new.templates}
        for template, block, base in said.overridden(self.old):
            digest = new.get(template, {}).get(block)
            if digest is not None and digest != base:
                yield f"the block {block} of the letter {template} changes under an override"


def changes_between(old: Manifest, new: Manifest) -> Changes:
    """What differs between two versions of a bot."""
    before, after = _defaults(old), _defaults(new)
    changed = {
        path: (before[path], after[path]) for path in after if path in before and before[path] != after[path]
    }
    return Changes(old, new, changed, tuple(_permissions(old, new)))


def step_findings(said: Subject, manifest: Manifest) -> list[Finding]:
    """E101 for each wrapped step that the version does not have: the bot would not start."""
    if said.published is None:
        hooks = hooks_of_instance(said.municipality, said.name, manifest.name, manifest)
        return [one for one in hooks.findings if one.code == "E101"]
    known = {step.name for step in manifest.steps}
    file = said.municipality.folder / NAME
    advice = "the member has to change its hook before it upgrades"
    return [
        Finding(
            "E101",
            f"rpac_step_{step}",
            f"wraps the step {step}, which {manifest.name} {manifest.version} does not have",
            file,
            help=advice,
        )
        for step in said.published.wrapped
        if step not in known
    ]


def letter_findings(said: Subject, manifest: Manifest, old: Manifest | None) -> Iterator[Finding]:
    """E701 for each overridden block that the version does not have any more."""
    known = {template.name: template.blocks for template in manifest.templates}
    places = {}
    if said.published is None and old is not None:
        places = {
            (one.template, one.block): (one.file, one.line)
            for one in overridden_blocks(said.municipality, said.name, old)
        }
    for template, block, _ in said.overridden(old):
        if block in known.get(template, {}):
            continue
        what = f"the block {block} of the letter {template}"
        message = f"overrides {what}, which {manifest.name} {manifest.version} does not have"
        file, line = places.get((template, block), (said.municipality.folder / NAME, None))
        advice = "the member has to change its letter before it upgrades"
        yield Finding("E701", "", message, file, line, help=advice)


def _defaults(manifest: Manifest) -> dict[KeyPath, Any]:
    view = SchemaView(instance_schema(manifest.settings_schema))
    merged = merge(add_defaults(view, (), "bot default", manifest.name), is_single=view.is_single)
    return {path: found[-1].effective for path, found in merged.leaves.items() if path[0] == "settings"}


def _permissions(old: Manifest, new: Manifest) -> Iterator[str]:
    had = {entry.name for entry in old.capabilities}
    calls = {(entry.name, call.method): call.effect for entry in old.capabilities for call in entry.calls}
    for entry in {entry.name: entry for entry in new.capabilities}.values():
        if entry.name not in had:
            yield f"it asks for {entry.name}, which it did not before"
            continue
        for call in entry.calls:
            if call.effect is not None and calls.get((entry.name, call.method), "") is None:
                yield f"{entry.name}.{call.method} changes the outside world now"
            elif call.effect is not None and (entry.name, call.method) not in calls:
                yield f"it may call {entry.name}.{call.method} now{_EFFECTS.get(call.effect, '')}"
