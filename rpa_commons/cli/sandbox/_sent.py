"""``rpac sandbox sent``: the journal of what was sent, of every service."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from rpa_commons.cli._item_text import on_a_screen

from ._shared import error_of, folder_option

__all__ = ["sent"]


@click.command()
@click.argument("service", required=False)
@folder_option
@click.option("--json", "as_json", is_flag=True, help="The whole journal as JSON.")
def sent(service: str | None, folder: Path, *, as_json: bool) -> None:
    """Show what was sent to the sandbox, or to SERVICE; it need not be running."""
    from rpa_commons.sandbox import Journal, SandboxError, given_services, refuse_unknown

    if not (folder / "effects.jsonl").exists():
        click.echo(f"{folder}: no sandbox has run on this folder; --folder names another", err=True)
    try:
        everything = Journal.read(folder / "effects.jsonl")
        known = given_services(folder) | {str(one.get("service")) for one in everything}
        refuse_unknown([service] if service else (), known)
    except (SandboxError, OSError) as error:
        raise error_of(error) from None
    entries = [one for one in everything if service in {None, one.get("service")}]
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        click.echo("  ".join(_words(entry)).rstrip())
    for name in sorted({str(entry.get("service")) for entry in entries} or {service or "sf1601"}):
        click.echo(_counted(name, entries), err=True)


def _words(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Time, service, outcome, business key, and what kind of effect; no names and no numbers of people."""
    from rpa_commons.sandbox import key_of

    kind = str(entry.get("action") or entry.get("channel") or entry.get("reason") or "")
    time, key = str(entry.get("received_at", ""))[:19], key_of(entry)
    return (time, str(entry.get("service", "")), str(entry["outcome"]), on_a_screen(key), on_a_screen(kind))


def _counted(name: str, entries: list[dict[str, Any]]) -> str:
    from rpa_commons.sandbox import key_of

    taken = Counter(
        key_of(one) for one in entries if one.get("service") == name and one["outcome"] == "accepted"
    )
    twice = sum(count > 1 for count in taken.values())
    what = "letters" if name == "sf1601" else "effects"
    warning = f"; {twice} keys were accepted more than once" if twice else ""
    return f"{name}: {taken.total()} {what} under {len(taken)} business keys{warning}"
