"""``rpac config diff``: what two municipalities, or one and its baseline, say differently."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ._shared import connectors, environment_option, json_option, manifest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.manifest import Manifest
    from rpa_commons.sharing import ConfigDiff, DiffEntry, DiffSide, DiffValue, InstanceDiff

__all__ = ["diff"]

_AGAINST = ("baseline", "locked")
_ROWS = 20  # of a table that are shown


@click.command()
@click.argument("left", required=False, metavar="[A]")
@click.argument("right", required=False, metavar="[B]")
@click.argument("instance", required=False)
@click.option("--all", "everything", is_flag=True, help="Show equal values too.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR_OR_WHEEL",
    help="What published members lie on; without it, this municipality's.",
)
@environment_option
@json_option
@click.pass_obj
def diff(
    folder: Path,
    left: str | None,
    right: str | None,
    instance: str | None,
    baseline: Path | None,
    environment: str | None,
    *,
    everything: bool,
    as_json: bool,
) -> int:
    """Show what A and B say differently, key by key, with the line of each.

    A and B are municipalities: a folder, or its name when it lies beside this one; or what one has published,
    which is its production. B may be `baseline`, for what A says differently from its cooperation, or
    `locked`, for what A has changed since its bots were installed. One municipality alone is compared with
    this one; `baseline` or `locked` alone, and no word at all, are about this one. INSTANCE is one bot
    instance of them.
    """
    sides = _Sides(folder, baseline, environment)
    places, against, only = _asked(sides, left, right, instance)
    found = _compared(sides, places, against, only, everything=everything)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(_text(found))
    return 0


class _Sides(NamedTuple):
    """From where the sides are looked at, and how they are to be opened."""

    folder: Path
    baseline: Path | None
    environment: str | None


def _asked(
    sides: _Sides, left: str | None, right: str | None, instance: str | None
) -> tuple[list[Path], str, str]:
    """The folders to compare, the word that stands for the other side, and the bot instance."""
    from rpa_commons.sharing import find_member, is_member

    here = sides.folder.resolve()
    if left is None or left in _AGAINST:
        if instance is not None:
            words = f"{left} {right} {instance}"
            raise click.UsageError(
                f"{words}: the municipality comes first, as in `{right} {left} {instance}`"
            )
        if right in _AGAINST or _is_place(right, sides.folder):
            raise click.UsageError(f"{left} {right}: the municipality comes first, as in `{right} {left}`")
        return [sides.folder], left or "baseline", right or ""
    place = find_member(left, sides.folder)
    if right is not None and right not in _AGAINST:
        return [place, find_member(right, sides.folder)], "", instance or ""
    if right is None and place != here and is_member(here):
        return [sides.folder, place], "", ""
    return [place], right or "baseline", instance or ""


def _is_place(word: str | None, folder: Path) -> bool:
    from rpa_commons.sharing import NoSuchMemberError, find_member

    if word is None or (folder / "bots" / f"{word}.toml").is_file():
        return False
    try:
        find_member(word, folder)
    except NoSuchMemberError:
        return False
    return True


def _compared(
    sides: _Sides, places: list[Path], against: str, only: str, *, everything: bool
) -> "ConfigDiff":
    from rpa_commons.sharing import diff_baseline, diff_locked, diff_sides

    with ExitStack() as stack:
        if against == "locked":
            [side] = _opened(stack, sides._replace(environment="production"), places)
            return diff_locked(side, *_locked(side), only=only, everything=everything)
        ours, *others = _opened(stack, sides, places)
        if not others:
            return diff_baseline(ours, only=only, everything=everything)
        return diff_sides(ours, others[0], only=only, everything=everything)


def _opened(stack: ExitStack, sides: _Sides, places: list[Path]) -> "list[DiffSide]":
    """The sides, for one environment; what is published is read as this municipality reads its own."""
    from rpa_commons.config import ConfigError, open_municipality
    from rpa_commons.sharing import DiffSide, is_published, open_member

    home: MunicipalityFolder | None
    try:
        home = open_municipality(sides.folder)
    except ConfigError:  # a coordinator stands above the members
        home = None
    environment = sides.environment or ("production" if any(map(is_published, places)) else None)
    found: list[DiffSide] = []
    for place in places:
        baseline = sides.baseline or (home.baseline if home else None)
        member = stack.enter_context(open_member(place, environment=environment, baseline=baseline))
        there = home if member.info else member.municipality
        found.append(DiffSide.of(member, _manifests(home if member.info else None), connectors(there)))
        home = home or member.municipality
        environment = environment or (member.municipality.environment if member.municipality else None)
    return found


def _manifests(
    home: "MunicipalityFolder | None",
) -> "Callable[[MunicipalityFolder], Callable[[str], Manifest]]":
    """Manifests as a municipality has installed them, or as the given one has."""
    return lambda municipality: manifest_of(home or municipality)


def _locked(side: "DiffSide") -> tuple[dict[str, dict[str, tuple[str, str]]], ...]:
    """What the lock keeps of each instance, and what it would keep now."""
    from rpa_commons.environments import instance_records, read_lock

    folder = side.municipality.folder
    lock = read_lock(folder)
    manifests = {bot: manifest for bot in side.bots() if (manifest := side.manifest(bot)) is not None}
    known = connectors(side.municipality)
    records = lock.instances, instance_records(folder, manifests, lock, known)
    return tuple(
        {one.name: {leaf.key: (leaf.digest, leaf.origin) for leaf in one.leaf} for one in found}
        for found in records
    )


def _text(found: "ConfigDiff") -> str:
    parts = [f"A: {found.left}\nB: {found.right}"]
    parts += [_instance_text(one) for one in found.instances]
    parts += [f"only in A: {', '.join(found.only_left)}"] if found.only_left else []
    parts += [f"only in B: {', '.join(found.only_right)}"] if found.only_right else []
    parts += [f"note: {one}" for one in found.notes]
    if found.is_equal:
        parts.append("no difference")
    return "\n\n".join(parts)


def _instance_text(one: "InstanceDiff") -> str:
    name = one.left if one.left == one.right else f"{one.left} / {one.right}"
    lines = [f"{name} ({one.bot})"]
    lines += [_entry_text(entry) for entry in one.entries]
    for capability, count in one.passed_over.items():
        settings = f"{count} setting{'' if count == 1 else 's'}"
        lines.append(f"  {settings} of {capability}: not shown, the connectors differ; --all shows them")
    for what, ours, theirs in (
        ("overrides the block", one.left_blocks, one.right_blocks),
        ("wraps the step", one.left_steps, one.right_steps),
    ):
        lines += [f"  only A {what} {item}" for item in ours]
        lines += [f"  only B {what} {item}" for item in theirs]
    return "\n".join(lines)


def _entry_text(entry: "DiffEntry") -> str:
    word = "  (cannot tell)" if entry.unknown else "" if entry.differs else "  (the same)"
    rows = entry.different_rows
    word += f"  {rows} row{'' if rows == 1 else 's'} differ" if rows else ""
    lines = [f"  {entry.key}{word}"]
    for name, side in (("A", entry.left), ("B", entry.right)):
        lines.append(f"    {name}  {_value_text(side)}")
    for row in entry.rows[:_ROWS]:
        place = f"  ({row.origin})" if row.origin else ""
        lines.append(f"      only {'A' if row.side == 'left' else 'B'}: {row.words}{place}")
    more = len(entry.rows) - _ROWS
    lines += [f"      and {more} more, which --json shows"] if more > 0 else []
    return "\n".join(lines)


def _value_text(side: "DiffValue | None") -> str:
    from rpa_commons.config import format_value

    if side is None:
        return "not set"
    shown = f"a table of {side.rows} rows" if side.rows is not None else format_value(side.value)
    return f"{shown}  ({side.origin})"
