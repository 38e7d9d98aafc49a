"""``rpac hooks``: what is wrapped around each step of a bot, and by which lines."""

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rpa_commons.config import HookFunction, InstanceHooks, StepChain

__all__ = ["hooks"]

_FINDINGS = 1
_WIDTH = 100  # columns of running text


@click.command()
@click.argument("instance")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def hooks(folder: Path, instance: str, *, as_json: bool) -> int:
    """Show the effective chain of wrappers around each step of INSTANCE, the outermost first.

    The municipality's hook file is read and not run. Ends with 1 when the bot would not start with it.
    """
    from rpa_commons.config import hooks_of_instance, open_municipality
    from rpa_commons.environments import instance_head, locked

    municipality = open_municipality(folder)
    bot = instance_head(municipality, instance).bot
    found = hooks_of_instance(municipality, instance, bot, locked(municipality, bot).manifest)
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(_text(found))
    return _FINDINGS if found.findings else 0


def _text(found: "InstanceHooks") -> str:
    parts = [f"{found.instance}: {found.bot} {found.version}", _file_text(found)]
    parts += [_step_text(found, step) for step in found.steps]
    if not found.steps:
        parts.append("This bot names no step, so there is nothing to wrap.")
    if found.hook and found.hook.observers:
        names = ", ".join(f"{one.name} (line {one.line})" for one in found.hook.observers)
        parts.append(f"Only looking on: {names}")
    parts += [one.render() for one in found.findings]
    return "\n\n".join(parts)


def _file_text(found: "InstanceHooks") -> str:
    if found.hook is None:
        return "No hook file: every step is the bot's own."
    return f"Hook file {found.hook.place}\n  sha256 {found.hook.sha256 or 'unknown'}"


def _step_text(found: "InstanceHooks", step: "StepChain") -> str:
    lines = [step.name]
    for number, one in enumerate(step.wrappers, 1):
        place = f"{found.hook.place}:{one.line}" if found.hook else ""
        lines.append(f"  {number}. {one.name}  {place}{_order(one)}")
        lines += [f"     {one.unclear}"] if one.unclear else []
    arguments = ", ".join(step.arguments) or "none"
    own = f"the bot's own step (arguments: {arguments})"
    lines.append(f"  {len(step.wrappers) + 1}. {own}" if step.wrappers else f"  nobody wraps it: {own}")
    lines += textwrap.wrap(step.description, _WIDTH, initial_indent="     ", subsequent_indent="     ")
    return "\n".join(lines)


def _order(one: "HookFunction") -> str:
    return f" (asks to be {one.order})" if one.order else ""
