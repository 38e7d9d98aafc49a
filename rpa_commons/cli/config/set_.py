"""``rpac config set`` and ``unset``: one value, in its file, with comments and order kept.

Rules this module keeps: the result goes to stdout, what still is wrong to stderr; nothing is asked.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._shared import connectors_in, environment_option, json_option, manifest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from rpa_commons.config import ExplainedValue
    from rpa_commons.editing import Change

__all__ = ["set_", "unset"]

_OWN_KEYS = ("stack.", "municipality.")


def _options(command: "Callable[..., Any]") -> "Callable[..., Any]":
    target = click.option(
        "--for-environment", metavar="ENV", help="Write for one environment only: environments/ENV/."
    )
    dry = click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
    person = click.option(
        "--as", "person", metavar="NAME", help="Who changes it, instead of your login name."
    )
    for option in (json_option, dry, person, target, environment_option):
        command = option(command)
    return command


@click.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="[INSTANCE] KEY [VALUE]")
@click.option("--append", metavar="ITEM", help="Add an item to a list, whoever else fills the list.")
@click.option("--remove", metavar="ITEM", help="Take an item out of a list that another layer fills.")
@_options
@click.pass_obj
def set_(
    folder: Path,
    /,
    words: tuple[str, ...],
    append: str | None,
    remove: str | None,
    **rest: Any,  # noqa: ANN401 - click's options
) -> None:
    """Write one value into its file; comments, order and line ends stay.

    KEY is spelt as `rpac config explain` shows it. A key that begins with stack. or municipality. needs no
    INSTANCE, nor does any other where there is only one. VALUE is a number, true, a date, a list or table
    as TOML has them, or else text:

    \b
      rpac config set welcome-letters window_days 14
      rpac config set stack.DigitalPost.settings.folder outbox
      rpac config set municipality.letterhead.phone "46 31 30 00"

    The change is checked before it is written. Several keys that go together are given as one table:
    '{ connector = "sf1520", settings = { … } }'.
    """  # noqa: D301 - click reads the one character that the escape stands for
    item = append if append is not None else remove
    if append is not None and remove is not None:
        raise click.UsageError("--append and --remove do not go together")
    wanted = "[INSTANCE] KEY VALUE" if item is None else "[INSTANCE] KEY"
    instance, key, value = _words(folder, words, 1 if item is None else 0, wanted)
    how = "set" if item is None else "append" if append is not None else "remove"
    _edit(folder, instance, key, item if item is not None else value, how, rest)


@click.command()
@click.argument("words", nargs=-1, metavar="[INSTANCE] KEY")
@_options
@click.pass_obj
def unset(folder: Path, /, words: tuple[str, ...], **rest: Any) -> None:  # noqa: ANN401 - click's options
    """Take one value out of its file, and say what holds now."""
    instance, key, _ = _words(folder, words, 0, "[INSTANCE] KEY")
    _edit(folder, instance, key, "", "unset", rest)


def _words(folder: Path, words: tuple[str, ...], values: int, wanted: str) -> tuple[str | None, str, str]:
    """Instance, key and value, told apart by their number; an instance alone is no key."""
    option = next((word for word in words if word.startswith("--")), None)
    if option is not None:
        raise click.NoSuchOption(option)
    plain = words[1:] if words and words[0] == "-" else words
    is_own = bool(plain) and len(plain) == 1 + values and not _is_instance(folder, plain[0])
    if len(plain) != 2 + values and not is_own:
        quotes = "; a value with spaces stands in quotes" if len(plain) > 2 + values else ""
        raise click.UsageError(f"expected {wanted}{quotes}")
    instance = None if is_own else plain[0]
    rest = plain if is_own else plain[1:]
    return instance, rest[0], rest[1] if values else ""


def _is_instance(folder: Path, word: str) -> bool:
    from rpa_commons.config.municipality import stems

    return not word.startswith(_OWN_KEYS) and word in stems(folder / "bots")


def _edit(folder: Path, instance: str | None, key: str, value: str, how: Any, rest: dict[str, Any]) -> None:  # noqa: ANN401 - one of four words
    from rpa_commons.config import ConfigError
    from rpa_commons.editing import EditRequest, EditTools, edit

    request = EditRequest(
        folder,
        key,
        instance,
        value,
        how,
        environment=rest["environment"],
        for_environment=rest["for_environment"],
        person=rest["person"],
    )
    try:
        change = edit(request, EditTools(manifest_of, connectors_in(folder)), write=not rest["dry_run"])
    except ConfigError as error:
        click.echo(f"nothing was changed: what follows would be wrong with {key} as asked", err=True)
        if any(one.code == "E102" for one in error.findings):
            click.echo("keys that go together are set as one table: see `rpac config set --help`", err=True)
        raise
    if rest["as_json"]:
        click.echo(json.dumps(change.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(_text(change, dry=rest["dry_run"]))
    if change.remaining and not rest["as_json"]:
        count = len(change.remaining)
        others = "1 other finding remains" if count == 1 else f"{count} other findings remain"
        click.echo(f"\n{others}: rpac config check", err=True)


def _text(change: "Change", *, dry: bool) -> str:
    parts = [change.diff] if change.diff else [f"{change.target.name} says so already: nothing changed"]
    before = {one.key: one for one in change.was}
    lines = [_line(one, before.get(one.key)) for one in change.now if one != before.get(one.key)]
    lines += _others(change)
    lines += [f"note: {note}" for note in change.notes]
    if change.diff:
        lines.append(f"not written: this is what would change in {change.target.name}" if dry else "written")
    return "\n\n".join(filter(None, [*parts, "\n".join(lines)]))


def _others(change: "Change") -> list[str]:
    """What changes though nobody named it, one line each."""
    if not change.others:
        return []
    count = len(change.others)
    head = f"{count} other {'value changes' if count == 1 else 'values change'} with it:"
    return [head, *(f"  {one.text}" for one in change.others)]


def _line(one: "ExplainedValue", before: "ExplainedValue | None") -> str:
    from rpa_commons.editing import value_and_origin

    return f"{one.key}: was {value_and_origin(before)}, is {value_and_origin(one)}"
