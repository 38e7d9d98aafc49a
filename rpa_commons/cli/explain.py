"""``rpac explain CODE``: what a finding means and what to do."""

import json
import textwrap

import click

__all__ = ["explain"]

_WIDTH = 100  # columns of running text


@click.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(code: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Print the page of a finding's CODE, such as E301 or A112; without it, list every code."""
    from rpa_commons import config, conformance

    codes = {**config.CODES, **conformance.CODES}
    if code is None:
        lines = [f"{one}  {meaning}" for one, meaning in codes.items()]
        click.echo(json.dumps(codes, indent=2) if as_json else "\n".join(lines))
        return
    name = code.upper()
    page = conformance.page_of(name) if name.startswith("A") else config.page_of(code)
    found = {"code": name, "meaning": codes[name], "page": page}
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else _wrapped(page))


def _wrapped(page: str) -> str:
    """The page with its running text in lines for a terminal; examples as they are."""
    parts = page.rstrip("\n").split("```")
    for index in range(0, len(parts), 2):  # every other part stands outside the fences
        paragraphs = parts[index].split("\n\n")
        parts[index] = "\n\n".join(textwrap.fill(one, _WIDTH) for one in paragraphs)
    return "```".join(parts)
