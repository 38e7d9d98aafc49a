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
    which is its production. B may be `baseline`, for
    what A says differently from its cooperation (also without B), or `locked`, for what A has changed since
    its bots were installed. Without A, it is this municipality.
    """
    if left in _AGAINST:
        left, right, instance = None, left, right or instance
    found = _compared(
        _Sides(folder, baseline, environment),
        left,
        right or "baseline",
        instance or "",
        everything=everything,
    )
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


def _compared(sides: _Sides, left: str | None, right: str, only: str, *, everything: bool) -> "ConfigDiff":
    from rpa_commons.sharing import diff_baseline, diff_locked, diff_sides, find_member

    places = [sides.folder if left is None else find_member(left, sides.folder)]
    places += [] if right in _AGAINST else [find_member(right, sides.folder)]
    with ExitStack() as stack:
        if right == "locked":
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
        found.append(DiffSide.of(member, _manifests(home if member.info else None), connectors()))
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
    records = lock.instances, instance_records(folder, manifests, lock)
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
    return "\n".join(lines)


def _value_text(side: "DiffValue | None") -> str:
    from rpa_commons.config import format_value

    if side is None:
        return "not set"
    shown = f"a table of {side.rows} rows" if side.rows is not None else format_value(side.value)
    return f"{shown}  ({side.origin})"
