"""``rpac config confirm``: the second person behind values with money or law behind them.

Rules this module keeps: everything that awaits is shown before anything is asked; nothing is asked without a
terminal, and nothing confirmed without a yes.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._shared import FINDINGS, connectors, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.config import Awaiting, MunicipalityFolder

__all__ = ["confirm"]


@click.command()
@click.argument("instance", required=False)
@click.argument("key", required=False)
@json_option
@click.option("--yes", is_flag=True, help="Confirm what is shown, without a question.")
@click.option("--as", "person", metavar="NAME", help="Who confirms, instead of your login name.")
@click.pass_obj
def confirm(
    folder: Path,
    instance: str | None,
    key: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    yes: bool,  # noqa: FBT001 - click passes it by name
    person: str | None,
) -> int:
    """Show what awaits a second person before production uses it, then confirm it.

    Whoever changed a value cannot confirm it. A value edited by hand needs two persons: the first vouches for
    it, another one confirms. The record is confirmations.toml; keep it in version control.
    """
    from rpa_commons.config import awaiting_in, open_municipality, the_person

    municipality = open_municipality(folder, environment="production")
    items = awaiting_in(
        municipality,
        manifest_of(municipality),
        connectors=connectors(municipality),
        instance=instance,
        key=key,
    )
    who = the_person(person) if items else ""
    if not as_json:
        click.echo(_text(items))
    confirmed = bool(items) and (yes or _asked(who, as_json=as_json))
    made = _confirmed(municipality, items, who) if confirmed else []
    if as_json:
        shown = {"awaiting": [one.to_json() for one in items], "confirmed": made}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    elif confirmed:
        click.echo("\n".join(["", *(_done(one) for one in made)]))
    is_done = not items or (confirmed and all(one["complete"] for one in made))
    return 0 if is_done else FINDINGS


def _asked(person: str, *, as_json: bool) -> bool:
    """Whether the person says yes; without a terminal nobody is asked."""
    if as_json:
        return False
    if not _is_terminal():
        click.echo("\nnothing was confirmed: without a terminal nobody is asked; add --yes", err=True)
        return False
    return click.confirm(f"\nConfirm as {person}?", default=False)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _confirmed(
    municipality: "MunicipalityFolder", items: "tuple[Awaiting, ...]", person: str
) -> list[dict[str, Any]]:
    from rpa_commons.config import confirm as confirm_items

    made = confirm_items(municipality, items, person=person, now=datetime.now(UTC))
    return [{"instance": one.name, "key": one.key, "by": person, "complete": one.is_complete} for one in made]


def _text(items: "tuple[Awaiting, ...]") -> str:
    if not items:
        return "nothing awaits a second person"
    blocks = []
    for one in items:
        old = "nothing confirmed yet" if one.old is None else _short(one.old, one)
        lines = [
            f"{one.name}: {one.key}",
            f"    {one.description}" if one.description else "",
            f"    {old} -> {_new_text(one)}  ({one.origin})",
            *(f"      {change}" for change in one.changes),
            f"    {one.changed_by} stands behind it" if one.changed_by else "    nobody stands behind it yet",
            f"    needs {one.needed}",
        ]
        blocks.append("\n".join(filter(None, lines)))
    return "\n\n".join(blocks)


def _new_text(one: "Awaiting") -> str:
    return "taken out" if one.taken_out else _short(one.new, one)


def _short(value: Any, one: "Awaiting") -> str:  # noqa: ANN401 - any TOML value
    """A value; of a list whose changes are shown below it only how long it is."""
    from rpa_commons.config import format_value

    if not one.changes or not isinstance(value, list):
        return format_value(value)
    kind = "row" if any(isinstance(item, dict) for item in value) else "item"
    return f"{len(value)} {kind}{'' if len(value) == 1 else 's'}"


def _done(one: dict[str, Any]) -> str:
    if one["complete"]:
        return f"{one['instance']}: {one['key']} is confirmed by {one['by']}; production may use it"
    return f"{one['instance']}: {one['by']} stands behind {one['key']}; now somebody else confirms it"
