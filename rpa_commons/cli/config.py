"""``rpac config``: check the configuration, and explain where each value comes from.

Rules this module keeps: results go to stdout and findings that stand beside a result to stderr; secrets and
personal values come hidden from the configuration and are never looked up here.
"""

import json
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.config import Checked, Examination, ExplainedValue, MunicipalityFolder
    from rpa_commons.manifest import Manifest

__all__ = ["config"]

_FINDINGS = 1
_WIDTH = 100  # columns of running text


@click.group()
def config() -> None:
    """Check the configuration and explain each value."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="As if set for one run."),
        click.option("-E", "--environment", help="Instead of the one in municipality.toml."),
    ):
        command = option(command)
    return command


@config.command()
@click.argument("instance", required=False)
@click.argument("key", required=False)
@_options
@click.pass_obj
def explain(
    folder: Path,
    instance: str | None,
    key: str | None,
    environment: str | None,
    overrides: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Show each key's value in every layer, the winner first, and what the key means.

    INSTANCE is the stem of a file in bots/; without it, every bot instance. KEY is a setting such as
    window_days, or starts with stack. or instance.; a table's name shows every key in it.
    """
    from rpa_commons.config import UnknownKeyError, open_municipality

    municipality = open_municipality(folder, environment=environment)
    known = municipality.instances()
    word = instance if key is None and instance not in known else None  # a key, or a misspelt instance
    names = (instance,) if instance is not None and word is None else known
    examined = _examined(municipality, names, overrides)
    try:
        found = _explained(examined, word or key)
    except UnknownKeyError:
        if word is not None and _looks_like_one_of(word, known):
            _examine(municipality, word, overrides)  # raises: it knows which instance was meant
        raise
    if as_json:
        shown = {name: [one.to_json() for one in values] for name, values in found.items()}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        texts = [_instance_text(name, values) for name, values in found.items()]
        click.echo("\n\n".join(texts) or f"{municipality.name} has no bot instance yet")
    findings = [finding for examination in examined.values() for finding in examination.findings]
    for finding in dict.fromkeys(findings):
        click.echo("\n" + finding.render(), err=True)
    return _FINDINGS if findings else 0


@config.command()
@click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
@_options
@click.pass_obj
def check(
    folder: Path,
    instances: tuple[str, ...],
    environment: str | None,
    overrides: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Check every bot instance (or the given ones) against its bot and its connectors, and its letters.

    Ends with 1 when something is wrong, with 4 when only secrets are missing. Secrets in a key store are not
    asked for: it may want a person.
    """
    from rpa_commons.config import check_municipality, open_municipality

    from ._letters import with_letters

    municipality = open_municipality(folder, environment=environment)
    checked = check_municipality(
        municipality,
        _manifest_of(municipality),
        connectors=_connectors(),
        names=instances,
        overrides=overrides,
    )
    checked = with_letters(checked, municipality, instances)
    if as_json:
        click.echo(json.dumps(_checked_json(checked, municipality), indent=2, ensure_ascii=False))
    else:
        click.echo(_checked_text(checked, municipality))
    return _exit_code(checked)


def _looks_like_one_of(word: str, names: tuple[str, ...]) -> bool:
    import difflib

    return bool(difflib.get_close_matches(word.rpartition("/")[2], names, n=1))


def _examined(
    municipality: "MunicipalityFolder", names: tuple[str, ...], overrides: tuple[str, ...]
) -> "dict[str, Examination]":
    """Each instance, examined; one that cannot be is said on stderr, unless none can."""
    from rpa_commons.capabilities import RpaCommonsError

    examined: dict[str, Examination] = {}
    errors: dict[str, RpaCommonsError] = {}
    for name in names:
        try:
            examined[name] = _examine(municipality, name, overrides)
        except RpaCommonsError as error:
            errors[name] = error
    if errors and not examined:
        raise next(iter(errors.values()))
    for name, missing in errors.items():
        click.echo(_error_text(name, missing), err=True)
    return examined


def _examine(municipality: "MunicipalityFolder", name: str, overrides: tuple[str, ...]) -> "Examination":
    from rpa_commons.config import examine_instance

    return examine_instance(
        municipality, name, _manifest_of(municipality), connectors=_connectors(), overrides=overrides
    )


def _explained(examined: "Mapping[str, Examination]", key: str | None) -> "dict[str, list[ExplainedValue]]":
    """Each instance's explanations; those that do not have the key are left out, unless none has it."""
    from rpa_commons.config import UnknownKeyError, explain_sections

    found, unknown = {}, None
    for name, examination in examined.items():
        try:
            found[name] = explain_sections(examination.sections, key)
        except UnknownKeyError as error:
            unknown = error
    if unknown is not None and not found:
        raise unknown
    return found


def _manifest_of(municipality: "MunicipalityFolder") -> "Callable[[str], Manifest]":
    from rpa_commons.environments import locked

    return lambda bot: locked(municipality, bot).manifest


def _connectors() -> Mapping[str, Any]:
    from rpa_commons.connectors import catalogue

    return catalogue()


def _instance_text(name: str, values: "list[ExplainedValue]") -> str:
    return "\n\n".join([click.style(f"# {name}", bold=True), *map(_value_text, values)])


def _value_text(one: "ExplainedValue") -> str:
    from rpa_commons.config import format_value

    shown = "not set" if one.origin is None else format_value(one.value)
    lines = [click.style(one.key, bold=True) + f" = {shown}" + (f" {one.unit}" if _counts(one) else "")]
    if one.description:
        lines += textwrap.wrap(one.description, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    facts = [one.type, *filter(None, [one.bounds, f"in {one.unit}" if one.unit else ""])]
    lines.append(f"    {', '.join(facts)}; {_default_text(one)}")
    width = max((len(candidate.layer) for candidate in one.candidates), default=0)
    for candidate in one.candidates:
        mark = ">" if candidate.wins else " "
        value = format_value(candidate.value)
        lines.append(f"  {mark} {candidate.layer:<{width}}  {value}  ({candidate.origin})")
    return "\n".join(lines)


def _default_text(one: "ExplainedValue") -> str:
    from rpa_commons.config import format_value

    if one.default is None:
        return "must be set" if one.required else "may be left out"
    return "default: " + ("hidden" if one.hidden else format_value(one.default))


def _error_text(name: str, error: "RpaCommonsError") -> str:
    """Why an instance cannot be looked at, in the form of a finding."""
    return f"bots/{name}.toml: {error.message}" + (f"\n    help: {error.remedy}" if error.remedy else "")


def _counts(one: "ExplainedValue") -> bool:
    return bool(one.unit) and isinstance(one.value, int | float) and not isinstance(one.value, bool)


def _exit_code(checked: "Checked") -> int:
    from rpa_commons.config import config_error

    if checked.errors:
        return (
            max(error.exit_code for error in checked.errors.values()) if not checked.findings else _FINDINGS
        )
    return config_error(checked.findings).exit_code if checked.findings else 0


def _checked_json(checked: "Checked", municipality: "MunicipalityFolder") -> dict[str, Any]:
    return {
        "municipality": municipality.code,
        "environment": municipality.environment,
        "instances": list(checked.instances),
        "findings": [finding.to_json() for finding in checked.findings],
        "errors": {
            name: {"message": error.message, "help": error.remedy} for name, error in checked.errors.items()
        },
    }


def _checked_text(checked: "Checked", municipality: "MunicipalityFolder") -> str:
    parts = [finding.render() for finding in checked.findings]
    parts += [_error_text(name, error) for name, error in checked.errors.items()]
    count = len(checked.instances)
    subject = f"{count} bot instance{'' if count == 1 else 's'} of {municipality.name}"
    where = f"environment {municipality.environment}"
    wrong = len(checked.findings) + len(checked.errors)
    if not count and not wrong:
        parts.append(f"{municipality.name} has no bot instance yet: each is a file bots/NAME.toml")
    elif wrong:
        parts.append(f"{subject} ({where}): {wrong} finding{'' if wrong == 1 else 's'}")
    else:
        parts.append(f"{subject} ({where}): nothing wrong")
    return "\n\n".join(parts)
