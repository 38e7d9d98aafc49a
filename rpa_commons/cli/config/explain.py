"""``rpac config explain``: where each value comes from.

Rules this module keeps: results go to stdout and findings that stand beside a result to stderr; secrets and
personal values come hidden from the configuration and are never looked up here.
"""

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._shared import FINDINGS, connectors, error_text, manifest_of, options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rpa_commons.config import (
        Examination,
        ExplainedPolicy,
        ExplainedValue,
        MunicipalityFolder,
        UnaskedTable,
    )

__all__ = ["explain"]

_WIDTH = 100  # columns of running text


@click.command()
@click.argument("instance", required=False)
@click.argument("key", required=False)
@options
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
    from rpa_commons.config import CODES, UnknownKeyError, open_municipality

    asked = next((word for word in (key, instance) if word is not None and word.upper() in CODES), None)
    municipality = open_municipality(folder, environment=environment)
    known = municipality.instances()
    word = instance if key is None and instance not in known else None  # a key, or a misspelt instance
    names = (instance,) if instance is not None and word is None else known
    examined = _examined(municipality, names, overrides)
    table = None
    try:
        found = _explained(examined, word or key)
    except UnknownKeyError:
        table = _unasked(municipality, word or key)
        if table is None and asked is not None:
            raise click.UsageError(
                f"{asked} is a code: `rpac explain {asked.upper()}` prints its page"
            ) from None
        if table is None and word is not None and _looks_like_one_of(word, known):
            _examine(municipality, word, overrides)  # raises: it knows which instance was meant
        if table is None:
            raise
        found = {"stack.toml": _explained({"": table}, word or key)[""]}
    _show(found, municipality, table, instance if word is None else None, as_json=as_json)
    findings = [one for shown in (*examined.values(), table) if shown for one in shown.findings]
    for finding in dict.fromkeys(findings):
        click.echo("\n" + finding.render(), err=True)
    return FINDINGS if any(not one.is_warning for one in findings) else 0


def _show(
    found: "dict[str, list[ExplainedValue]]",
    municipality: "MunicipalityFolder",
    table: "UnaskedTable | None",
    instance: str | None,
    *,
    as_json: bool,
) -> None:
    if as_json:
        shown = {name: [one.to_json() for one in values] for name, values in found.items()}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    said = ""
    if table is not None:
        who = f"{instance} does not use" if instance else "no bot instance here uses"
        said = f": {who} {table.capability}"
    texts = [_instance_text(name + said, values) for name, values in found.items()]
    click.echo("\n\n".join(texts) or f"{municipality.name} has no bot instance yet")


def _unasked(municipality: "MunicipalityFolder", key: str | None) -> "UnaskedTable | None":
    """The table of the stack that the key is in, where no instance has it."""
    from rpa_commons.config import unasked_table

    return unasked_table(municipality, connectors(municipality), key) if key else None


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
        click.echo(error_text(name, missing), err=True)
    return examined


def _examine(municipality: "MunicipalityFolder", name: str, overrides: tuple[str, ...]) -> "Examination":
    from rpa_commons.config import examine_instance

    return examine_instance(
        municipality,
        name,
        manifest_of(municipality),
        connectors=connectors(municipality),
        overrides=overrides,
    )


def _explained(
    examined: "Mapping[str, Examination | UnaskedTable]", key: str | None
) -> "dict[str, list[ExplainedValue]]":
    """Each instance's explanations; those that do not have the key are left out, unless none has it."""
    from rpa_commons.config import UnknownKeyError, explain_sections

    found, unknown = {}, None
    for name, examination in examined.items():
        try:
            found[name] = explain_sections(examination.sections, key)
        except UnknownKeyError as error:
            unknown = error
    if not examined and key is not None and key.startswith("stack."):  # it may be in a table for bots to come
        unknown = UnknownKeyError(key, ())
    if unknown is not None and not found:
        raise unknown
    return found


def _instance_text(name: str, values: "list[ExplainedValue]") -> str:
    return "\n\n".join([click.style(f"# {name}", bold=True), *map(_value_text, values)])


def _value_text(one: "ExplainedValue") -> str:
    format_value = _format_of(one)

    shown = "not set" if one.origin is None else format_value(one.value)
    lines = [click.style(one.key, bold=True) + f" = {shown}" + (f" {one.unit}" if _counts(one) else "")]
    if one.description:
        lines += textwrap.wrap(one.description, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    written = " (a number, written in quotes)" if one.type.startswith("amount") else ""
    facts = [one.type + written, *filter(None, [one.bounds, f"in {one.unit}" if one.unit else ""])]
    lines.append(f"    {', '.join(facts)}; {_default_text(one)}")
    if one.deprecated:
        lines.append("    deprecated: a later version will not know it")
    if one.sensitive:
        lines.append("    sensitive: a second person confirms what production uses")
    lines += [line for policy in one.policies for line in _policy_lines(policy)]
    width = max((len(candidate.layer) for candidate in one.candidates), default=0)
    for candidate in one.candidates:
        mark = ">" if candidate.wins else " "
        value = format_value(candidate.value)
        if candidate.effective is not None:
            value += f" makes {format_value(candidate.effective)}"
        lines.append(f"  {mark} {candidate.layer:<{width}}  {value}  ({candidate.origin})")
    return "\n".join(lines)


def _policy_lines(policy: "ExplainedPolicy") -> "Iterator[str]":
    """The policy, and below it the waiver of it."""
    yield from _wrapped(f"policy: {policy.text} ({policy.origin}): {policy.why} ({policy.owner})")
    waiver = policy.waiver
    if waiver is not None:
        state = f"waived until {waiver.until}" if waiver.holds else f"waiver expired on {waiver.until}"
        yield from _wrapped(f"{state} ({waiver.origin}): {waiver.reason} ({waiver.granted_by})")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="      ")


def _default_text(one: "ExplainedValue") -> str:
    format_value = _format_of(one)

    if one.default is None:
        return "must be set" if one.required else "may be left out"
    return "default: " + ("hidden" if one.hidden else format_value(one.default))


def _counts(one: "ExplainedValue") -> bool:
    if one.type.startswith("amount") and isinstance(one.value, str):
        return bool(one.unit) and not one.hidden
    return bool(one.unit) and isinstance(one.value, int | float) and not isinstance(one.value, bool)


def _format_of(one: "ExplainedValue") -> "Callable[[Any], str]":
    """How values of the key are shown: of a decision table how many rows it has."""
    from rpa_commons.config import format_value

    def rows(value: Any) -> str:  # noqa: ANN401 - JSON
        if not isinstance(value, list):
            return format_value(value)
        return f"{len(value)} row{'' if len(value) == 1 else 's'}"

    return rows if one.type == "decision table" else format_value
