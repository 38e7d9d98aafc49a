"""``rpac search``: what the cooperation has, and whether it would run here."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._registry import registry_option

if TYPE_CHECKING:
    from rpa_commons.registry_client import CatalogueEntry, Fit

__all__ = ["search"]

_WIDTH = 60


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--kle", default="", metavar="NUMBER", help="Only this KLE subject, or all below it: 32 or 32.03."
)
@click.option(
    "--capability", default="", metavar="NAME", help="Only what uses this capability, e.g. DigitalPost."
)
@click.option("--tier", default="", metavar="TIER", help="bronze, silver, gold or platinum.")
@click.option("--country", default="", metavar="CODE", help="dk, no, se …")
@click.option("--data-category", default="", metavar="TEXT", help="Only what handles these data.")
@click.option(
    "--kind", type=click.Choice(["bot", "connector", "baseline"]), help="Only projects of this kind."
)
@click.option("--stack", is_flag=True, help="Only bots that run on this municipality's stack.")
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(  # noqa: PLR0913, PLR0917 - click passes each filter by name
    directory: Path,
    words: tuple[str, ...],
    kle: str,
    capability: str,
    tier: str,
    country: str,
    data_category: str,
    kind: str | None,
    url: str,
    *,
    stack: bool,
    as_json: bool,
) -> int:
    """Find bots, connectors and baselines of the cooperation by WORDS, with or without filters."""
    from ._registry import asked_of

    filters = {
        "kle": kle,
        "capability": capability,
        "tier": tier,
        "country": country,
        "data_category": data_category,
        "kind": kind or "",
    }
    asked = asked_of(directory, url)
    if stack and asked.municipality is None:
        raise click.UsageError("--stack needs a municipality's folder: rpac -C DIR search --stack ...")
    found = asked.registry.search(" ".join(words), filters)
    fits = _fits(asked.municipality, found)
    hidden: tuple[CatalogueEntry, ...] = ()
    if stack:
        hidden = tuple(one for one in found if one.kind == "bot" and not fits[one.name].runs)
        found = tuple(one for one in found if one.kind == "bot" and fits[one.name].runs)
    if as_json:
        click.echo(
            json.dumps([_as_json(one, fits.get(one.name)) for one in found], indent=2, ensure_ascii=False)
        )
    elif found:
        click.echo("\n".join(_text(one, fits.get(one.name)) for one in found))
    elif not hidden:
        click.echo("nothing fits; fewer words or filters find more")
    if hidden:
        click.echo(_hidden(hidden, fits), err=bool(found) or as_json)
    return 0


def _hidden(hidden: "tuple[CatalogueEntry, ...]", fits: "dict[str, Fit]") -> str:
    """How many fit the words and not the stack, and what the stack lacks for them."""
    lacking = dict.fromkeys(name for one in hidden for name in fits[one.name].missing)
    number = "1 bot is" if len(hidden) == 1 else f"{len(hidden)} bots are"
    listed = "it is" if len(hidden) == 1 else "they are"
    return f"{number} hidden: your stack lacks {', '.join(lacking)}; without --stack {listed} listed"


def _fits(municipality: Any, found: "tuple[CatalogueEntry, ...]") -> "dict[str, Fit]":  # noqa: ANN401 - a municipality, or none
    if municipality is None:
        return {}
    from rpa_commons.registry_client import Stack

    stack = Stack.of(municipality)
    return {one.name: stack.fit(one.capabilities) for one in found if one.kind == "bot"}


def _text(entry: "CatalogueEntry", fit: "Fit | None") -> str:
    from rpa_commons.connectors import standing_at

    version = entry.certified or entry.latest or "nothing published yet"
    state = "certified" if entry.certified else entry.state.replace("_", " ")
    tier = "" if entry.tier in (None, "none") else entry.tier
    facts = [state, tier, entry.owner.name, *(() if entry.kind == "bot" else (entry.kind,))]
    lines = [f"{entry.name} {version}  ({', '.join(filter(None, facts))})", f"  {entry.summary}"]
    if entry.connectors:
        lines.append(f"  connectors: {', '.join(entry.connectors)} for {', '.join(entry.capabilities)}")
        lines += [f"  verified: {standing_at(entry.verified)}"] if entry.verified else []
    if entry.status != "active":
        lines.append(f"  this project is {entry.status}")
    if fit is not None:
        lines.append(f"  runs on your stack: {fit}")
    return "\n".join(lines)


def _as_json(entry: "CatalogueEntry", fit: "Fit | None") -> dict[str, Any]:
    return entry.model_dump(mode="json") | ({} if fit is None else {"stack": fit.to_json()})
