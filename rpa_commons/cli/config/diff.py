"""``rpac config diff``: what two municipalities, or one and its baseline, say differently."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import connectors, environment_option, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.config import ConfigDiff, DiffEntry, DiffSide, DiffValue, InstanceDiff

__all__ = ["diff"]

_AGAINST = ("baseline", "locked")


@click.command()
@click.argument("left", required=False, metavar="[A]")
@click.argument("right", required=False, metavar="[B]")
@click.argument("instance", required=False)
@click.option("--all", "everything", is_flag=True, help="Show equal values too.")
@environment_option
@json_option
@click.pass_obj
def diff(
    folder: Path,
    left: str | None,
    right: str | None,
    instance: str | None,
    environment: str | None,
    *,
    everything: bool,
    as_json: bool,
) -> int:
    """Show what A and B say differently, key by key, with the line of each.

    A and B are municipalities: a folder, or its name when it lies beside this one. B may be `baseline`, for
    what A says differently from its cooperation (also without B), or `locked`, for what A has changed since
    its bots were installed. Without A, it is this municipality.
    """
    if left in _AGAINST:
        left, right, instance = None, left, right or instance
    found = _compared(folder, left, right or "baseline", instance or "", environment, everything=everything)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(_text(found))
    return 0


def _compared(
    folder: Path, left: str | None, right: str, only: str, environment: str | None, *, everything: bool
) -> "ConfigDiff":
    from rpa_commons.config import diff_baseline, diff_locked, diff_sides, find_member

    place = folder if left is None else find_member(left, folder)
    if right == "locked":
        side = _side(place, "production", None)
        return diff_locked(side, *_locked(side), only=only, everything=everything)
    ours = _side(place, environment, None)
    if right == "baseline":
        return diff_baseline(ours, only=only, everything=everything)
    municipality = ours.municipality
    other = _side(find_member(right, folder), environment or municipality.environment, municipality.baseline)
    return diff_sides(ours, other, only=only, everything=everything)


def _side(place: Path, environment: str | None, baseline: Path | None) -> "DiffSide":
    from rpa_commons.config import DiffSide, open_member

    member = open_member(place, environment=environment, baseline=baseline)
    return DiffSide.of(member, manifest_of, connectors())


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
