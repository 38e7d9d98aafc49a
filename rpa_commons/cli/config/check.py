"""``rpac config check``: everything that is wrong, at once."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._baseline import check_of_baseline
from ._shared import FINDINGS, connectors, error_text, manifest_of, options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rpa_commons.config import Checked, Finding, MunicipalityFolder

__all__ = ["check"]

_MOST_NAMES = 5


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
    from rpa_commons.cli._letters import with_letters
    from rpa_commons.config import (
        check_municipality,
        is_baseline_folder,
        open_municipality,
        unrun_checks,
        waiting_for_production,
    )

    if is_baseline_folder(folder):
        if instances or deep or environment or overrides:
            raise click.UsageError("a baseline has no bot instances: it is checked as a whole")
        return check_of_baseline(folder, "json" if as_json else form, _annotated)
    municipality = open_municipality(folder, environment=environment)
    checked = check_municipality(
        municipality,
        manifest_of(municipality),
        connectors=connectors(),
        names=instances,
        overrides=overrides,
    )
    checked = with_letters(checked, municipality, instances)
    if deep:
        from rpa_commons.runtime import (
            with_deep_checks,
        )  # brings the database, which a plain check does without

        checked = with_deep_checks(
            checked, municipality, overrides=overrides, progress=lambda text: click.echo(text, err=True)
        )
    unrun = {} if deep else unrun_checks(municipality, checked.instances, manifest_of(municipality))
    waiting = 0
    if municipality.environment != "production" and form != "github":
        waiting = waiting_for_production(
            municipality, manifest_of(municipality), connectors=connectors(), names=instances
        )
    if as_json or form == "json":
        click.echo(json.dumps(_json(checked, municipality, unrun, waiting), indent=2, ensure_ascii=False))
    elif form == "github":
        click.echo(
            "\n".join(_annotations(checked, municipality)), nl=bool(checked.findings or checked.errors)
        )
    else:
        click.echo(_text(checked, municipality, unrun, waiting))
    return _exit_code(checked)


def _exit_code(checked: "Checked") -> int:
    from rpa_commons.config import config_error

    wrong = [one for one in checked.findings if not one.is_warning]
    if checked.errors:
        return FINDINGS if wrong else max(error.exit_code for error in checked.errors.values())
    return config_error(wrong).exit_code if wrong else 0


def _json(
    checked: "Checked",
    municipality: "MunicipalityFolder",
    unrun: "Mapping[str, Sequence[str]]",
    waiting: int,
) -> dict[str, Any]:
    return {
        "municipality": municipality.code,
        "environment": municipality.environment,
        "instances": list(checked.instances),
        "findings": [finding.to_json() for finding in checked.findings],
        "errors": {
            name: {"message": error.message, "help": error.remedy} for name, error in checked.errors.items()
        },
        "not_run": {name: list(names) for name, names in unrun.items()},
        "awaiting_second_person_in_production": waiting,
    }


def _annotations(checked: "Checked", municipality: "MunicipalityFolder") -> list[str]:
    """Workflow commands, one a line: https://docs.github.com/actions/reference/workflow-commands."""
    lines = [_annotated(one) for one in checked.findings]
    for name, error in checked.errors.items():
        file = municipality.folder / "bots" / f"{name}.toml"
        place = {"file": _relative(file), "title": "not checked"}
        advice = f"\nhelp: {error.remedy}" if error.remedy else ""
        lines.append(_annotation("error", place, f"{error.message}{advice}"))
    return lines


def _annotated(one: "Finding") -> str:
    """A finding as one command."""
    words = [f"{one.key}: {one.message}" if one.key else one.message]
    words += [f"because: {one.because}"] if one.because else []
    words += [f"help: {one.help}"] if one.help else []
    place = {"file": one.to_json()["file"] or "", "line": str(one.line or "")}
    if not place["file"]:
        words[0] = f"{one.place}: {words[0]}"
    kind = "warning" if one.is_warning else "error"
    return _annotation(kind, {**place, "title": one.code}, "\n".join(words))


def _annotation(kind: str, properties: "Mapping[str, str]", message: str) -> str:
    """One command; a sign that would end it, or a property of it, is written by its number."""
    given = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
        if value
    )
    return f"::{kind} {given}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _relative(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _text(
    checked: "Checked",
    municipality: "MunicipalityFolder",
    unrun: "Mapping[str, Sequence[str]]",
    waiting: int,
) -> str:
    parts = [finding.render() for finding in checked.findings]
    parts += [error_text(name, error) for name, error in checked.errors.items()]
    count = len(checked.instances)
    if not count and not parts:
        return f"{municipality.name} has no bot instance yet: `rpac config init BOT` begins one"
    where = (
        f"{_counted(count, 'bot instance')} of {municipality.name} (environment {municipality.environment})"
    )
    warnings = sum(one.is_warning for one in checked.findings)
    wrong = len(checked.findings) - warnings + len(checked.errors)
    said = _counted(wrong, "finding") if wrong else "nothing wrong"
    if warnings:
        said += f", {_counted(warnings, 'warning')}"
    summary = [f"{where}: {said}"]
    if unrun:
        summary.append(_unrun_text(unrun))
    if waiting:
        them = "awaits" if waiting == 1 else "await"
        said = f"{_counted(waiting, 'value')} {them} a second person before production uses"
        summary.append(f"{said} {'it' if waiting == 1 else 'them'}: `rpac config confirm` shows which")
    return "\n\n".join([*parts, "\n".join(summary)])


def _unrun_text(unrun: "Mapping[str, Sequence[str]]") -> str:
    names = list(dict.fromkeys(name for given in unrun.values() for name in given))
    listed = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    count = _counted(len(names), "check")
    them = "it" if len(names) == 1 else "them"
    return f"not run: {count} written in Python ({listed}); `rpac config check --deep` runs {them}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
