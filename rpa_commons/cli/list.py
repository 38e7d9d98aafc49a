"""``rpac list`` and ``rpac outdated``: what is installed here, and what became of it in the registry."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._registry import registry_option

if TYPE_CHECKING:
    from rpa_commons.registry_client import InstalledRow, Recalls

__all__ = ["list_", "outdated"]

_FINDINGS = 1
_OFFLINE = click.option("--offline", is_flag=True, help="Ask no registry: only what is known here.")


@click.command("list")
@_OFFLINE
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(directory: Path, url: str, *, offline: bool, as_json: bool) -> int:
    """List what is installed here: version, channel, source, state, instances, owner and deputy."""
    rows, recalls = _looked_up(directory, url, offline=offline)
    if as_json:
        click.echo(json.dumps([one.to_json() for one in rows], indent=2, ensure_ascii=False))
        return 0
    _warn(recalls)
    click.echo("\n".join(line for one in rows for line in _lines(one)) or "nothing is installed here yet")
    return 0


@click.command()
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def outdated(directory: Path, url: str, *, as_json: bool) -> int:
    """List what has a newer version, is deprecated, or was taken back.

    Exit code 1: something was taken back, or the registry could not be asked.
    """
    rows, recalls = _looked_up(directory, url, force=True)
    found = [one for one in rows if one.newest or one.taken_back or one.notes or not one.is_known]
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], indent=2, ensure_ascii=False))
    else:
        _warn(recalls)
        click.echo("\n".join(line for one in found for line in _news(one)) or _nothing(rows))
    return _FINDINGS if any(one.taken_back or not one.is_known for one in rows) else 0


def _nothing(rows: "tuple[InstalledRow, ...]") -> str:
    """That there is no news, and of what that is known."""
    if not rows:
        return "nothing is installed here yet"
    if all(one.why_unknown for one in rows):
        return "nothing to compare: what is installed here came as files"
    return "everything is up to date"


def _looked_up(
    directory: Path, url: str, *, offline: bool = False, force: bool = False
) -> "tuple[tuple[InstalledRow, ...], Recalls]":
    from rpa_commons.registry_client import known, refresh, rows

    from ._registry import opened

    municipality, registry = opened(directory, url, offline=offline)
    recalls = known(municipality) if offline else refresh(municipality, force=force)
    return rows(municipality, None if offline else registry, recalls), recalls


def _warn(recalls: "Recalls") -> None:
    for one in recalls.warnings:
        click.echo(f"warning: {one}", err=True)


def _lines(row: "InstalledRow") -> Iterator[str]:
    source = f"{row.channel}, {row.source}" if row.channel else "from a file"
    state = row.state or (f"state not known: {row.why_unknown}" if row.source != "file" else "")
    kind = "" if row.kind == "bot" else f" ({row.kind})"
    yield f"{row.name} {row.version}{kind}  {source}" + (f"  {state}" if state else "")
    if row.because:
        yield f"  because: {row.because}"
    yield from _alarms(row)
    if row.connectors:
        users = ", ".join(one.name for one in row.instances)
        yield f"  brings {', '.join(row.connectors)}; " + (
            f"used by {users}" if users else "no bot instance uses it"
        )
        return
    for one in row.instances:
        people = ", ".join(
            f"{label} {who}" for label, who in (("owner", one.owner), ("deputy", one.deputy)) if who
        )
        paused = f"; paused by {one.paused_by}" if one.paused_by else ""
        yield f"  {one.name}: {people or 'nobody is named for it'}{paused}"
    if row.kind == "bot" and not row.instances:
        yield "  no bot instance uses it"


def _alarms(row: "InstalledRow") -> Iterator[str]:
    yield from (f"  recalled by {one}" for one in row.recalls)
    yield from (f"  {note}" for note in row.notes)


def _news(row: "InstalledRow") -> Iterator[str]:
    if not row.is_known:
        yield f"not known: {row.name} {row.version}: {row.why_unknown}"
        yield from _alarms(row)
        return
    if row.goes_back:
        newer = f", back to {row.newest}: nothing newer may be installed"
    else:
        newer = f" -> {row.newest}" if row.newest else ", nothing newer that may be installed"
    yield f"{row.name} {row.version}{newer}" + (f"  ({row.state})" if row.state else "")
    yield from _alarms(row)
    if row.newest:
        yield f"  {_command(row)}"
    if row.goes_back and row.kind == "bot" and row.instances:
        yield "    shows what an older version does not know; there are no migrations backwards"
    if row.taken_back and row.kind == "bot":
        yield from (
            f"  rpac items list {one.name} --bot-version {row.version}   the cases it touched"
            for one in row.instances
        )


def _command(row: "InstalledRow") -> str:
    if row.kind == "baseline":
        return f"rpac upgrade baseline{' --plan' if row.goes_back else ''}"
    look = " --plan" if row.goes_back else ""
    if row.kind == "connector":
        return f"rpac upgrade {row.name} --to {row.newest}{look}"
    if not row.instances:
        return f"rpac install {row.name}"
    return f"rpac upgrade {row.instances[0].name} --to {row.newest}{look}"
