"""``rpac config waivers``: exceptions from the cooperation's policies, and until when."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import json_option

if TYPE_CHECKING:
    from datetime import date

    from rpa_commons.config import Waiver

__all__ = ["waivers"]


@click.command()
@click.option("--all", "of_all", is_flag=True, help="Of every municipality of the cooperation.")
@json_option
@click.pass_obj
def waivers(folder: Path, of_all: bool, as_json: bool) -> int:  # noqa: FBT001 - click passes them by name
    """Show which policies do not hold here, why, who granted that, and until when.

    A waiver that has ended is shown too: the policy holds again. In a baseline's folder (rpac -C BASELINE)
    those of every municipality are shown.
    """
    from rpa_commons.config import (
        is_baseline_folder,
        local_today,
        open_municipality,
        waivers_of,
        waivers_of_baseline,
    )

    name = ""
    if is_baseline_folder(folder):
        found = waivers_of_baseline(folder)
    else:
        municipality = open_municipality(folder)
        found = waivers_of(municipality)
        if not of_all:
            name = municipality.name
            found = tuple(one for one in found if one.municipality == municipality.code)
    today = local_today()
    if as_json:
        click.echo(json.dumps([one.to_json(today) for one in found], indent=2, ensure_ascii=False))
    elif found:
        click.echo("\n\n".join(_text(one, today, name_code=not name) for one in found))
    else:
        click.echo(f"{name} has no waiver" if name else "there is no waiver")
    return 0


def _text(one: "Waiver", today: "date", *, name_code: bool) -> str:
    left = one.days_left(today)
    state = f"until {one.until}, {left} day{'' if left == 1 else 's'} left"
    if left < 0:
        state = f"expired on {one.until}: the policy holds again"
    subject = " ".join(filter(None, [one.municipality if name_code else "", one.bot, one.key]))
    lines = [f"{click.style(subject, bold=True)}  {state}  ({one.origin})"]
    lines.append(f"    {one.reason} ({one.granted_by})")
    for policy in one.policies:
        text = policy.text(hidden=policy.one_of is not None)
        lines.append(f"    from the policy: {text} ({policy.origin}): {policy.why} ({policy.owner})")
    return "\n".join(lines)
