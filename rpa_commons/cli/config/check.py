"""``rpac config check``: everything that is wrong, at once."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._baseline import check_of_baseline
from ._github import annotations
from ._shared import FINDINGS, connectors, counted, error_text, manifest_of, options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rpa_commons.config import Checked, MunicipalityFolder

__all__ = ["check"]

_MOST_NAMES = 5


@dataclass(frozen=True)
class _Found:
    """What a check found, and what is left to somebody else.

    Attributes:
        checked: The findings, and the instances that could not be looked at.
        unrun: Instance -> the checks in Python that did not run.
        waiting: How many values await a second person before production uses them.
        not_installed: The instances without an environment to run in.
    """

    checked: "Checked"
    unrun: "Mapping[str, Sequence[str]]"
    waiting: int
    not_installed: tuple[str, ...] = ()


@click.command()
@click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
@click.option("--deep", is_flag=True, help="Run the bots' own checks too, each in its own environment.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="github: annotations of a workflow run.",
)
@options
@click.pass_obj
def check(
    folder: Path,
    instances: tuple[str, ...],
    environment: str | None,
    overrides: tuple[str, ...],
    form: str,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    deep: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Check every bot instance (or the given ones) against its bot and its connectors, and its letters.

    Ends with 1 when something is wrong, with 4 when only secrets are missing, with 5 when only the
    cooperation's policies or a missing second person say no; warnings count for nothing. Secrets in a key
    store are not asked for without --deep: it may want a person.

    In a baseline's folder (rpac -C BASELINE) its files are checked, as far as no bot need be known for that.
    """
    from rpa_commons.config import is_baseline_folder, open_municipality

    form = "json" if as_json else form
    if is_baseline_folder(folder):
        if instances or deep or environment or overrides:
            raise click.UsageError("a baseline has no bot instances: it is checked as a whole")
        return check_of_baseline(folder, form)
    municipality = open_municipality(folder, environment=environment)
    found = _check(municipality, instances, overrides, deep=deep, ahead=form != "github")
    if form == "json":
        click.echo(json.dumps(_json(found, municipality), indent=2, ensure_ascii=False))
    elif form == "github":
        lines = annotations(found.checked, municipality)
        click.echo("\n".join(lines), nl=bool(lines))
    else:
        click.echo(_text(found, municipality))
    return _exit_code(found.checked)


def _check(
    municipality: "MunicipalityFolder",
    instances: tuple[str, ...],
    overrides: tuple[str, ...],
    *,
    deep: bool,
    ahead: bool,
) -> _Found:
    """Look at everything; with ``ahead`` also at what production will want before it uses the values."""
    from rpa_commons.cli._letters import with_letters
    from rpa_commons.config import check_municipality, unrun_checks, waiting_for_production

    manifests, known = manifest_of(municipality), connectors(municipality)
    checked = check_municipality(
        municipality, manifests, connectors=known, names=instances, overrides=overrides
    )
    checked = with_letters(checked, municipality, instances)
    if deep:
        from rpa_commons.runtime import with_deep_checks  # brings the database; a plain check needs none

        checked = with_deep_checks(checked, municipality, overrides=overrides, progress=_say)
    unrun = {} if deep else unrun_checks(municipality, checked.instances, manifests)
    waiting = 0
    if ahead and municipality.environment != "production":
        waiting = waiting_for_production(municipality, manifests, connectors=known, names=instances)
    return _Found(checked, unrun, waiting, _not_installed(municipality, checked))


def _not_installed(municipality: "MunicipalityFolder", checked: "Checked") -> tuple[str, ...]:
    """The instances that are configured and have no environment that fits; a finding says more of others."""
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.environments import (
        ConnectorNotReadyError,
        NotInstalledError,
        instance_head,
        python_of,
        refuse_unready,
    )

    found = []
    for name in checked.instances:
        try:
            if name not in checked.errors:
                python_of(municipality, name)
                refuse_unready(municipality, instance_head(municipality, name).bot)
        except (NotInstalledError, ConnectorNotReadyError):
            found.append(name)
        except RpaCommonsError:
            continue
    return tuple(found)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _exit_code(checked: "Checked") -> int:
    from rpa_commons.config import config_error

    wrong = [one for one in checked.findings if not one.is_warning]
    if checked.errors:
        return FINDINGS if wrong else max(error.exit_code for error in checked.errors.values())
    return config_error(wrong).exit_code if wrong else 0


def _json(found: _Found, municipality: "MunicipalityFolder") -> dict[str, Any]:
    checked = found.checked
    return {
        "municipality": municipality.code,
        "environment": municipality.environment,
        "instances": list(checked.instances),
        "findings": [finding.to_json() for finding in checked.findings],
        "errors": {
            name: {"message": error.message, "help": error.remedy} for name, error in checked.errors.items()
        },
        "not_run": {name: list(names) for name, names in found.unrun.items()},
        "not_installed": list(found.not_installed),
        "places": [place.to_json() for place in checked.places],
        "unused": [
            {"capability": one.capability, "place": str(one.origin), "problem": one.problem}
            for one in checked.unasked
        ],
        "awaiting_second_person_in_production": found.waiting,
    }


def _text(found: _Found, municipality: "MunicipalityFolder") -> str:
    checked = found.checked
    parts = [finding.render() for finding in checked.findings]
    parts += [error_text(name, error) for name, error in checked.errors.items()]
    count = len(checked.instances)
    if not count and not parts:
        return f"{municipality.name} has no bot instance yet: `rpac config init BOT` begins one"
    where = (
        f"{counted(count, 'bot instance')} of {municipality.name} (environment {municipality.environment})"
    )
    warnings = sum(one.is_warning for one in checked.findings)
    wrong = len(checked.findings) - warnings + len(checked.errors)
    said = counted(wrong, "finding") if wrong else "nothing wrong"
    if warnings:
        said += f", {counted(warnings, 'warning')}"
    summary = [f"{where}: {said}"]
    if found.unrun:
        summary.append(_unrun_text(found.unrun))
    if found.waiting:
        summary.append(_waiting_text(found.waiting))
    summary += _beyond(found)
    return "\n\n".join([*parts, "\n".join(summary)])


def _beyond(found: _Found) -> "Iterator[str]":
    """What a check says nothing about: what is not there yet, and what stands in files that are."""
    if found.not_installed:
        yield f"not installed yet: {', '.join(found.not_installed)}; `rpac install` makes what a bot runs in"
    missing = [place for place in found.checked.places if not place.exists]
    if missing:
        yield "not there yet: " + ", ".join(f"{place.given} ({place.origin})" for place in missing)
    read = [place.given for place in found.checked.places if place.exists and place.kind != "folder"]
    if read:
        them = "it" if len(read) == 1 else "them"
        yield f"not looked at: what stands in {', '.join(read)}; `rpac plan` reads {them}"
    yield from _unused_text(found.checked)


def _unused_text(checked: "Checked") -> "Iterator[str]":
    """The tables of the stack that no bot asks for; of an instance without its bot nobody knows."""
    wrong = {one.key for one in checked.findings if one.message == "unknown capability"}
    names = [
        f"{one.capability} ({one.origin})"
        for one in checked.unasked
        if f"stack.{one.capability}" not in wrong
    ]
    if names and checked.instances:
        bot = "no bot that is installed here" if checked.errors else "no bot here"
        yield f"not used: {bot} uses {', '.join(names)}"
    for one in checked.unasked:
        if one.problem:
            yield f"not looked at: {one.capability} ({one.origin}): {one.problem}; `rpac install` mends it"


def _unrun_text(unrun: "Mapping[str, Sequence[str]]") -> str:
    names = list(dict.fromkeys(name for given in unrun.values() for name in given))
    listed = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    count = counted(len(names), "check")
    them = "it" if len(names) == 1 else "them"
    return f"not run: {count} written in Python ({listed}); `rpac config check --deep` runs {them}"


def _waiting_text(count: int) -> str:
    them = ("awaits", "it") if count == 1 else ("await", "them")
    said = f"{counted(count, 'value')} {them[0]} a second person before production uses {them[1]}"
    return f"{said}: `rpac config confirm` shows which"
