"""What two municipalities say differently, or one and its baseline, or one and what its lock recorded.

Rules this module keeps: bot instances are paired by their bot, then by name; values are compared as they
hold and shown as everywhere else, secrets and personal ones as ``…``; what one side withholds differs from
nothing and is said to be withheld.

Usage::

    with open_member(roskilde) as ours, open_member(hvidovre) as theirs:
        sides = (DiffSide.of(member, manifest_of, catalogue()) for member in (ours, theirs))
        diff = diff_sides(*sides)
    [(one.key, one.left, one.right) for one in diff.instances[0].entries]
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rpa_commons.config.findings import HIDDEN
from rpa_commons.manifest import Manifest

from ._diff_report import ConfigDiff, DiffEntry, DiffValue, InstanceDiff
from ._diff_side import IDENTITY, DiffSide, FoundValue, InstanceSide, different_rows, rows_of_one, values_of
from ._fleet_withheld import Withheld
from ._no_such import NoSuchNameError

__all__ = ["DiffSide", "NoSuchInstanceError", "diff_baseline", "diff_locked", "diff_sides"]


class NoSuchInstanceError(NoSuchNameError):
    """No bot instance that is compared is called so."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        there = f"the bot instances are {', '.join(known)}" if known else "there is no bot instance yet"
        super().__init__(f"there is no bot instance {word!r}", word, known, there)


_DOTS = 2  # in stack.CAPABILITY.connector
Locked = Mapping[str, Mapping[str, tuple[str, str]]]
"""Instance -> key -> digest of the value (empty for one that is not to be guessed) and where it came from."""


def diff_sides(left: DiffSide, right: DiffSide, *, only: str = "", everything: bool = False) -> ConfigDiff:
    """What two municipalities say differently.

    Args:
        left: One of them.
        right: The other one.
        only: A bot instance of either; empty: all of them.
        everything: Whether equal values come along.

    Raises:
        NoSuchInstanceError: there is no instance ``only``.
    """
    _refuse_unknown(only, left, right)
    ours, theirs = left.bots(), right.bots()
    found: list[InstanceDiff] = []
    alone_left: list[str] = []
    alone_right: list[str] = []
    notes: list[str] = [*left.left_out(), *right.left_out()]
    for bot in dict.fromkeys((*ours, *theirs)):
        pairs, lone_left, lone_right = _paired(ours.get(bot, []), theirs.get(bot, []))
        alone_left += [name for name in lone_left if only in {"", name}]
        alone_right += [name for name in lone_right if only in {"", name}]
        wanted = [pair for pair in pairs if not only or only in pair]
        manifests = _manifests(left, right, bot, notes) if wanted else None
        for mine, other in wanted:
            if manifests is None:
                break
            pair = left.instance(mine, manifests[0]), right.instance(other, manifests[1])
            problems = [one.problem for one in pair if one.problem]
            notes += problems
            found += [] if problems else [_compared(*pair, everything=everything)]
    names = left.name, right.name
    return ConfigDiff(
        *names, tuple(found), tuple(alone_left), tuple(alone_right), tuple(dict.fromkeys(notes))
    )


def _manifests(
    left: DiffSide, right: DiffSide, bot: str, notes: list[str]
) -> tuple[Manifest, Manifest] | None:
    """The manifests to read a bot's instances with; who has none is read as the other one runs it."""
    ours, theirs = left.manifest(bot), right.manifest(bot)
    one, other = ours or theirs, theirs or ours
    if one is None or other is None:
        notes.append(f"{bot}: nothing is compared, since {left.problem(bot)}")
        return None
    notes += [*left.notes(bot, one), *right.notes(bot, other)]
    if one.digest != other.digest:
        left_name, right_name = left.name, right.name
        notes.append(f"{left_name} runs {bot} {one.version}, {right_name} another {bot} {other.version}")
    return one, other


def diff_baseline(side: DiffSide, *, only: str = "", everything: bool = False) -> ConfigDiff:
    """What a municipality says differently from its cooperation: with and without its own layers.

    Raises:
        NoSuchInstanceError: there is no instance ``only``.
    """
    _refuse_unknown(only, side)

    def without(one: InstanceSide) -> InstanceSide:
        shared = (
            replace(section, layers=tuple(layer for layer in section.layers if layer.is_shared))
            for section in one.sections
        )
        return replace(
            one, sections=tuple(shared), withheld=Withheld(), blocks=frozenset(), steps=frozenset()
        )

    baseline = side.municipality.baseline_info
    name = f"{baseline.name} {baseline.version}" if baseline else "the bots' defaults"
    notes = list(side.left_out())
    found = tuple(
        _compared(one, without(one), everything=everything) for one in _instances(side, only, notes)
    )
    return ConfigDiff(side.name, name, found, notes=tuple(notes))


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

    Raises:
        NoSuchInstanceError: there is no instance ``only``.
    """
    _refuse_unknown(only, side)
    found: list[InstanceDiff] = []
    notes = list(side.left_out())
    for one in _instances(side, only, notes):
        if one.name not in then or one.name not in now:
            advice = "install its bot again to have it recorded"
            if side.member and side.member.info:
                advice = "what is published has no lock"
            notes.append(f"rpac.lock records nothing of {one.name}: {advice}")
            continue
        entries = _since(values_of(one), then[one.name], now[one.name], everything=everything)
        found.append(InstanceDiff(one.manifest.name, one.name, one.name, tuple(entries)))
    return ConfigDiff(side.name, "rpac.lock", tuple(found), notes=tuple(notes))


def _refuse_unknown(only: str, *sides: DiffSide) -> None:
    known = dict.fromkeys(name for side in sides for name in side.municipality.instances())
    if only and only not in known:
        raise NoSuchInstanceError(only, list(known))


def _instances(side: DiffSide, only: str, notes: list[str]) -> Iterator[InstanceSide]:
    for bot, names in side.bots().items():
        wanted = [name for name in names if not only or name == only]
        manifest = side.manifest(bot) if wanted else None
        if manifest is None:
            notes += [f"{bot}: nothing is compared, since {side.problem(bot)}"] if wanted else []
            continue
        notes += side.notes(bot, manifest)
        for name in wanted:
            one = side.instance(name, manifest)
            if one.problem:
                notes.append(one.problem)
            else:
                yield one


def _paired(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Instances of one bot: those of the same name, and the only two whatever they are called."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])], [], []
    both = [name for name in ours if name in theirs]
    lone = ([name for name in ours if name not in both], [name for name in theirs if name not in both])
    return [(name, name) for name in both], *lone


def _compared(left: InstanceSide, right: InstanceSide, *, everything: bool) -> InstanceDiff:
    ours, theirs = values_of(left), values_of(right)
    entries = []
    apart = () if everything else _other_connectors(ours, theirs)
    passed_over: Counter[str] = Counter()
    for key in dict.fromkeys((*ours, *theirs, *_unseen(left, ours, theirs), *_unseen(right, ours, theirs))):
        one, other = ours.get(key), theirs.get(key)
        differs = one is None or other is None or one.raw != other.raw
        unseen = left.withheld.covers(key) or right.withheld.covers(key)
        if unseen or everything or (differs and not _is_idle(one, other)):
            values = (_shown(one, left, key), _shown(other, right, key))
            capability = next((name for name in apart if key.startswith(f"stack.{name}.settings.")), "")
            if capability:
                passed_over[capability] += 1
                continue
            count = different_rows(one, other)
            rows = rows_of_one(one, other) if count and not unseen else ()
            entries.append(DiffEntry(key, *values, differs and not unseen, unseen, count, rows))
    return InstanceDiff(
        left.manifest.name,
        left.name,
        right.name,
        tuple(entries),
        tuple(sorted(left.blocks - right.blocks)),
        tuple(sorted(right.blocks - left.blocks)),
        tuple(sorted(left.steps - right.steps)),
        tuple(sorted(right.steps - left.steps)),
        dict(passed_over),
    )


def _other_connectors(ours: Mapping[str, FoundValue], theirs: Mapping[str, FoundValue]) -> tuple[str, ...]:
    """Capabilities that the sides serve by different connectors: their settings have nothing in common."""
    names = {
        key: [side[key].raw if key in side else None for side in (ours, theirs)]
        for key in (*ours, *theirs)
        if key.startswith("stack.") and key.endswith(".connector") and key.count(".") == _DOTS
    }
    return tuple(key.split(".")[1] for key, (one, other) in names.items() if one and other and one != other)


def _unseen(side: InstanceSide, *known: Mapping[str, FoundValue]) -> Iterator[str]:
    """Keys that a side withholds and for which no value is known below them on either side."""
    keys = [key for found in known for key in found]
    for name in sorted(side.withheld.names - IDENTITY):
        if not any(key == name or key.startswith((f"{name}.", f"{name}[")) for key in keys):
            yield name


def _is_idle(one: FoundValue | None, other: FoundValue | None) -> bool:
    """Whether only one side knows the key and nobody says it there: another connector's default, say."""
    [*known] = (found for found in (one, other) if found is not None)
    return len(known) == 1 and known[0].is_default


def _shown(found: FoundValue | None, instance: InstanceSide, key: str) -> DiffValue | None:
    if instance.withheld.covers(key):
        return DiffValue(HIDDEN, "withheld")
    return found.value if found else None


def _since(
    values: Mapping[str, FoundValue],
    then: Mapping[str, tuple[str, str]],
    now: Mapping[str, tuple[str, str]],
    *,
    everything: bool,
) -> Iterator[DiffEntry]:
    for key in dict.fromkeys((*now, *then)):
        if key in IDENTITY:
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
