"""What two municipalities say differently, or one and its baseline, or one and what its lock recorded.

Rules this module keeps: bot instances are paired by their bot, then by name; values are compared as they
hold and shown as everywhere else, secrets and personal ones as ``…``; what one side withholds differs from
nothing and is said to be withheld.

Usage::

    left, right = (DiffSide.of(open_member(folder), manifest_of, catalogue()) for folder in folders)
    diff = diff_sides(left, right)
    [(one.key, one.left, one.right) for one in diff.instances[0].entries]
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import Manifest
from rpa_commons.tables import NOTE

from ._connector_entry import ConnectorEntry
from ._diff_report import ConfigDiff, DiffEntry, DiffValue, InstanceDiff
from ._explain import redact
from ._findings import ConfigError
from ._fleet_withheld import Withheld
from ._hooks import hooks_of_instance
from ._keys import HIDDEN, KeyPath, lookup
from ._members import Member
from ._municipality import MunicipalityFolder
from ._overridden import overridden_blocks
from ._resolve import examine_instance
from ._section import Section
from ._table_rows import value_without_places

__all__ = ["DiffSide", "diff_baseline", "diff_locked", "diff_sides"]

_IDENTITY = frozenset({"instance.id", "instance.bot"})  # what they are paired by, and what differs by nature

ManifestOf = Callable[[str], Manifest]
Locked = Mapping[str, Mapping[str, tuple[str, str]]]
"""Instance -> key -> digest of the value (empty for one that is not to be guessed) and where it came from."""


@dataclass(frozen=True)
class _Found:
    """A value of one side."""

    raw: Any
    value: DiffValue


@dataclass(frozen=True)
class _Instance:
    """A bot instance of one side, resolved as far as it goes."""

    name: str
    manifest: Manifest
    sections: tuple[Section, ...]
    withheld: Withheld
    blocks: frozenset[str]
    steps: frozenset[str]


@dataclass(frozen=True)
class DiffSide:
    """One municipality that is compared.

    Attributes:
        municipality: Which.
        manifest_of: Gives the manifests of its bots.
        connectors: The connectors there are.
        member: For a published folder: what it withholds.
    """

    municipality: MunicipalityFolder
    manifest_of: ManifestOf
    connectors: Mapping[str, ConnectorEntry]
    member: Member | None = None

    @classmethod
    def of(
        cls,
        member: Member,
        manifest_of: Callable[[MunicipalityFolder], ManifestOf],
        connectors: Mapping[str, ConnectorEntry],
    ) -> "DiffSide":
        """The side of a member that was opened."""
        if member.municipality is None:
            raise ConfigError(member.findings)
        return cls(member.municipality, manifest_of(member.municipality), connectors, member)

    def bots(self) -> dict[str, list[str]]:
        """Bot -> its instances here."""
        found: dict[str, list[str]] = {}
        for name in self.municipality.instances():
            found.setdefault(self._bot(name), []).append(name)
        found.pop("", None)
        return found

    def manifest(self, bot: str) -> Manifest | None:
        """The manifest this side runs; ``None`` when the bot is not installed here."""
        try:
            return self.manifest_of(bot)
        except RpaCommonsError:
            return None

    def problem(self, bot: str) -> str:
        """Why there is no manifest."""
        try:
            self.manifest_of(bot)
        except RpaCommonsError as error:
            return error.message
        return ""

    def instance(self, name: str, manifest: Manifest) -> _Instance:
        """One instance, read with a manifest."""
        municipality = self.municipality
        try:
            examined = examine_instance(municipality, name, lambda _: manifest, connectors=self.connectors)
            sections = examined.sections
        except ConfigError:
            sections = ()
        hooks = hooks_of_instance(municipality, name, manifest.name, manifest)
        blocks = overridden_blocks(municipality, name, manifest)
        withheld = Withheld.of(self.member, name, manifest) if self.member else Withheld()
        return _Instance(
            name,
            manifest,
            sections,
            withheld,
            frozenset(f"{one.template}.{one.block}" for one in blocks),
            frozenset(step.name for step in hooks.steps if step.wrappers),
        )

    def _bot(self, name: str) -> str:
        folder = self.municipality.folder
        path = folder / "bots" / f"{name}.toml"
        try:
            document = self.municipality.reader.document(path, root=folder, name=f"bots/{name}.toml")
        except ConfigError:
            return ""
        bot = document.values.get("bot")
        return bot if isinstance(bot, str) else ""


def diff_sides(left: DiffSide, right: DiffSide, *, only: str = "", everything: bool = False) -> ConfigDiff:
    """What two municipalities say differently.

    Args:
        left: One of them.
        right: The other one.
        only: A bot instance of either; empty: all of them.
        everything: Whether equal values come along.
    """
    ours, theirs = left.bots(), right.bots()
    found: list[InstanceDiff] = []
    alone_left: list[str] = []
    alone_right: list[str] = []
    notes: list[str] = []
    for bot in dict.fromkeys((*ours, *theirs)):
        pairs, lone_left, lone_right = _paired(ours.get(bot, []), theirs.get(bot, []))
        alone_left += lone_left
        alone_right += lone_right
        wanted = [pair for pair in pairs if not only or only in pair]
        if not wanted:
            continue
        manifests = left.manifest(bot), right.manifest(bot)
        if manifests == (None, None):
            notes.append(f"{bot}: nothing is compared, since {left.problem(bot)}")
            continue
        for side, manifest in zip((left, right), manifests, strict=True):
            if manifest is None:
                notes.append(
                    f"{bot} is not installed for {side.municipality.name}: read as the other one runs it"
                )
        both = [one or other for one, other in (manifests, manifests[::-1])]
        for mine, other in wanted:
            if both[0] is not None and both[1] is not None:
                pair = left.instance(mine, both[0]), right.instance(other, both[1])
                found.append(_compared(*pair, everything=everything))
    names = left.municipality.name, right.municipality.name
    return ConfigDiff(
        *names, tuple(found), tuple(alone_left), tuple(alone_right), tuple(dict.fromkeys(notes))
    )


def diff_baseline(side: DiffSide, *, only: str = "", everything: bool = False) -> ConfigDiff:
    """What a municipality says differently from its cooperation: with and without its own layers."""

    def without(one: _Instance) -> _Instance:
        shared = (
            replace(section, layers=tuple(layer for layer in section.layers if layer.is_shared))
            for section in one.sections
        )
        return replace(one, sections=tuple(shared), blocks=frozenset(), steps=frozenset())

    baseline = side.municipality.baseline_info
    name = f"{baseline.name} {baseline.version}" if baseline else "the bots' defaults"
    notes: list[str] = []
    found = tuple(
        _compared(one, without(one), everything=everything) for one in _instances(side, only, notes)
    )
    return ConfigDiff(side.municipality.name, name, found, notes=tuple(notes))


def diff_locked(
    side: DiffSide,
    then: Locked,
    now: Locked,
    *,
    only: str = "",
    everything: bool = False,
) -> ConfigDiff:
    """What a municipality says now and did not say when its bots were installed.

    Args:
        side: Opened for the environment that the lock records.
        then: Instance -> key -> what the lock keeps.
        now: The same, as it would be recorded now.
        only: A bot instance; empty: all of them.
        everything: Whether equal values come along.
    """
    found: list[InstanceDiff] = []
    notes: list[str] = []
    for one in _instances(side, only, notes):
        if one.name not in then or one.name not in now:
            notes.append(
                f"rpac.lock records nothing of {one.name}: install its bot again to have it recorded"
            )
            continue
        entries = _since(_values(one), then[one.name], now[one.name], everything=everything)
        found.append(InstanceDiff(one.manifest.name, one.name, one.name, tuple(entries)))
    return ConfigDiff(side.municipality.name, "rpac.lock", tuple(found), notes=tuple(notes))


def _instances(side: DiffSide, only: str, notes: list[str]) -> Iterator[_Instance]:
    for bot, names in side.bots().items():
        wanted = [name for name in names if not only or name == only]
        manifest = side.manifest(bot) if wanted else None
        if manifest is None:
            notes += [f"{bot}: nothing is compared, since {side.problem(bot)}"] if wanted else []
            continue
        for name in wanted:
            yield side.instance(name, manifest)


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Instances of one bot: those of the same name, and the only two whatever they are called."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])], [], []
    both = [name for name in ours if name in theirs]
    lone = ([name for name in ours if name not in both], [name for name in theirs if name not in both])
    return [(name, name) for name in both], *lone


def _compared(left: _Instance, right: _Instance, *, everything: bool) -> InstanceDiff:
    ours, theirs = _values(left), _values(right)
    entries = []
    for key in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(key), theirs.get(key)
        differs = one is None or other is None or one.raw != other.raw
        unseen = left.withheld.covers(key) or right.withheld.covers(key)
        if differs or unseen or everything:
            values = (_shown(one, left, key), _shown(other, right, key))
            rows = _different_rows(one, other)
            entries.append(DiffEntry(key, *values, differs and not unseen, unseen, rows))
    return InstanceDiff(
        left.manifest.name,
        left.name,
        right.name,
        tuple(entries),
        tuple(sorted(left.blocks - right.blocks)),
        tuple(sorted(right.blocks - left.blocks)),
        tuple(sorted(left.steps - right.steps)),
        tuple(sorted(right.steps - left.steps)),
    )


def _shown(found: _Found | None, instance: _Instance, key: str) -> DiffValue | None:
    if instance.withheld.covers(key):
        return DiffValue(HIDDEN, "withheld")
    return found.value if found else None


def _values(instance: _Instance) -> dict[str, _Found]:
    """Every leaf of an instance, with the value that holds and where it comes from."""
    found: dict[str, _Found] = {}
    for section in instance.sections:
        for path, candidates in section.merged.leaves.items():
            key = section.name_of(path)
            if key in _IDENTITY:
                continue
            raw = _raw(section, path)
            origin = str(candidates[-1].origin(path))
            rows = _rows(section, path, raw)
            if rows is not None:
                found[key] = _Found(rows, DiffValue(None, origin, len(rows)))
            else:
                found[key] = _Found(raw, DiffValue(redact(section, path, raw), origin))
    return found


def _raw(section: Section, path: KeyPath) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return lookup(section.values, path)
    except KeyError:
        return None


def _rows(section: Section, path: KeyPath, raw: Any) -> list[Any] | None:  # noqa: ANN401 - any JSON value
    """The rows of a decision table without notes and places; ``None`` for any other value."""
    if not isinstance(raw, list) or not any("table" in node for node in section.view.at(path)):
        return None
    rows = [
        {key: value for key, value in row.items() if key != NOTE} if isinstance(row, dict) else row
        for row in raw
    ]
    found: list[Any] = value_without_places(section.view, path, rows)
    return found


def _different_rows(left: _Found | None, right: _Found | None) -> int | None:
    """How many rows of a decision table only one side has; ``None`` for any other value."""
    sides = [one for one in (left, right) if one is not None]
    if not sides or any(one.value.rows is None for one in sides):
        return None
    ours, theirs = (one.raw if one else [] for one in (left, right))
    return sum(row not in theirs for row in ours) + sum(row not in ours for row in theirs)


def _since(
    values: Mapping[str, _Found],
    then: Mapping[str, tuple[str, str]],
    now: Mapping[str, tuple[str, str]],
    *,
    everything: bool,
) -> Iterator[DiffEntry]:
    for key in dict.fromkeys((*now, *then)):
        if key in _IDENTITY:
            continue
        one, before = now.get(key), then.get(key)
        found = values.get(key)
        value = None if one is None or found is None else found.value
        if one is None or before is None:
            yield DiffEntry(key, value, before and DiffValue(HIDDEN, before[1]), differs=True)
            continue
        unknown = not before[0] or not one[0]
        same = unknown or one[0] == before[0]
        if everything or not same or one[1] != before[1]:
            old = value.value if value and same and not unknown else HIDDEN
            yield DiffEntry(key, value, DiffValue(old, before[1]), differs=not same, unknown=unknown)
