"""``rpac access``: what a real system takes to be let in, and how near to it a connector was tried."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.environments import ConnectorAccess

__all__ = ["access"]

_WIDTH = 100  # columns of running text


@click.command()
@click.argument("capability", required=False, default="")
@click.option("--connector", default="", metavar="NAME", help="Only this connector.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def access(directory: Path, capability: str, connector: str, *, as_json: bool) -> int:
    """Show what it takes to reach the real systems behind CAPABILITY: agreements, certificate, first test.

    Without CAPABILITY: every connector, and how near the real system it was tried. Connectors of wheels
    that are installed in this municipality are among them.
    """
    from rpa_commons.environments import access_of

    found = access_of(_municipality(directory), capability, connector)
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], indent=2, ensure_ascii=False))
    elif capability or connector:
        told = ["\n".join(_told(one)) for one in found] or [_nobody(capability)]
        click.echo(
            "\n\n".join(told if connector else [*told, _others(found[0].capability if found else capability)])
        )
    else:
        click.echo("\n".join(_table(found)))
    return 0


def _municipality(directory: Path) -> "MunicipalityFolder | None":
    if not (directory / "municipality.toml").exists():
        return None
    from rpa_commons.config import open_municipality

    return open_municipality(directory, baseline=False)


def _nobody(capability: str) -> str:
    return f"no connector of {capability} is built in or installed here"


def _others(capability: str) -> str:
    """Where connectors come from that are not shown, for they are not installed."""
    text = (
        f"Connectors also come in wheels: `rpac search --capability {capability}` lists those of the "
        "registry, and `rpac install WHEEL` takes a file or a name; what they take is shown here then."
    )
    return "\n".join(_wrapped(text, ""))


def _table(found: "Sequence[ConnectorAccess]") -> Iterator[str]:
    from rpa_commons.connectors import standing

    wide = max((len(one.capability) for one in found), default=0)
    long = max((len(one.name) for one in found), default=0)
    for one in found:
        yield f"{one.capability:{wide}}  {one.name:{long}}  {standing(one.verified)}"


def _told(one: "ConnectorAccess") -> Iterator[str]:
    from rpa_commons.connectors import standing

    origin = f", of {one.wheel}" if one.wheel else ""
    title = click.style(one.name, bold=True)
    yield f"{title} ({one.capability}{origin}): {standing(one.verified)}"
    yield from _wrapped(one.summary, "  ")
    said = one.access
    if said is None:
        yield "  its wheel does not say what it takes; ask its author"
    else:
        yield from _list("agreements", said.agreements or ("None.",))
        yield from _list("certificate", (said.certificate,))
        yield from _list("who signs", said.signed_by)
        yield from _list("test the connection", said.test, numbered=True)
    yield from _ladder(one)
    if said is not None and said.not_public:
        yield from _list("not public", (said.not_public,))
    if said is not None and said.sources:
        yield "  sources"
        yield from (f"    {source}" for source in said.sources)


def _ladder(one: "ConnectorAccess") -> Iterator[str]:
    from rpa_commons.connectors import ladder

    yield "  verified against"
    for words, rungs in ladder(one.verified):
        if not rungs:
            yield f"    [ ] {words}"
        for rung in rungs:
            note = f": {rung.note}" if rung.note else ""
            yield from _wrapped(f"{words}: {rung.where}, {rung.date}{note}", "    [x] ", "        ")


def _list(title: str, texts: Sequence[str], *, numbered: bool = False) -> Iterator[str]:
    yield f"  {title}"
    for number, text in enumerate(texts, 1):
        mark = f"{number}. " if numbered else "- " if len(texts) > 1 else ""
        yield from _wrapped(text, f"    {mark}", " " * (4 + len(mark)))


def _wrapped(text: str, first: str, later: str = "") -> Iterator[str]:
    # A long address stays whole: it is copied.
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later or first,
        break_long_words=False,
        break_on_hyphens=False,
    )
