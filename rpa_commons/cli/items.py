"""``rpac items``: look at single work items, and say what only a person can say about them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.runtime import ItemStory

__all__ = ["items"]

_STATES = (
    "new", "running", "waiting", "done", "skipped", "proposed", "handed_over", "in_doubt", "failed",
    "cancelled",
)  # fmt: skip


@click.group()
def items() -> None:
    """Look at single work items; adopt, settle, retry or reopen them."""


def _json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def _environment(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("-E", "--environment", help="Instead of the one in municipality.toml.")(command)


def _state(value: str) -> str:
    """A state, also as a person types it: ``handed-over``."""
    state = value.strip().lower().replace("-", "_").replace(" ", "_")
    if state not in _STATES:
        raise click.BadParameter(f"{value!r} is no state; states are {', '.join(_STATES)}")
    return state


@items.command("list")
@click.argument("instance")
@click.option("--state", type=_state, metavar=f"[{'|'.join(_STATES)}]", help="Only items in this state.")
@click.option("--bot-version", help="Only items that this version of the bot touched.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only items that changed on or after this day (UTC)."
)
@_json
@_environment
@click.pass_obj
def list_(
    folder: Path,
    instance: str,
    environment: str | None,
    state: str | None,
    bot_version: str | None,
    since: datetime | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """List the work items of INSTANCE, oldest first."""
    from rpa_commons.config import open_municipality
    from rpa_commons.runtime import list_items, reading, state_home

    from ._item_text import item_lines, reason_counts
    from ._worker import instance_id_of, keys_or_none, state_errors

    municipality = open_municipality(folder, environment=environment)
    keys = keys_or_none(municipality)
    sealer = None if keys is None else keys.sealer
    with state_errors(), reading(state_home(municipality), instance_id_of(municipality, instance)) as engine:
        day = since.date() if since is not None else None
        wanted: dict[str, Any] = {"state": state, "bot_version": bot_version, "since": day}
        found = [] if engine is None else list_items(engine, sealer, **wanted)
    if as_json:
        click.echo(json.dumps([vars(one) for one in found], indent=2, ensure_ascii=False))
    elif not found:
        click.echo("no such work items" if engine is not None else f"{instance} has not run yet")
    else:
        filtered = any(value is not None for value in wanted.values())
        click.echo("\n".join([*item_lines(found), *(reason_counts(found) if filtered else ())]))
    return 0


@items.command()
@click.argument("instance")
@click.argument("reference")
@click.option("--personal", is_flag=True, help="Also whom it is about; that you looked is kept with it.")
@click.option("--by", default="", metavar="NAME", help="Who looks; needed with --personal.")
@_json
@_environment
@click.pass_obj
def show(
    folder: Path,
    instance: str,
    reference: str,
    environment: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    personal: bool,  # noqa: FBT001 - click passes it by name
    by: str,
) -> int:
    """Show what happened to one item: calls, rules, outcome. Personal values show with --personal."""
    from rpa_commons.config import open_municipality

    from ._item_text import content_lines, story_text
    from ._worker import instance_id_of, state_errors

    if personal and not by.strip():
        raise click.UsageError("say who looks: --personal --by NAME")
    municipality = open_municipality(folder, environment=environment)
    instance_id = instance_id_of(municipality, instance)
    content: dict[str, Any] | None = None
    with state_errors():
        story = _story(municipality, instance_id, reference)
        if personal:
            content = _content(municipality, instance, reference, by=by)
            story = _story(municipality, instance_id, reference)  # with the word that somebody looked
    if as_json:
        document = vars(story) if content is None else {**vars(story), "content": content}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join([story_text(story), *([] if content is None else content_lines(content))]))
    return 0


@items.command()
@click.argument("instance")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Every case that arose before this day.")
@_json
@_environment
@click.pass_obj
def adopt(
    folder: Path,
    instance: str,
    environment: str | None,
    file: Path | None,
    before: datetime | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Mark what another robot already handled: references in FILE, one a line, or cases --before a day."""
    from rpa_commons.config import open_municipality

    from ._worker import follow, prepared_for

    if (file is None) == (before is None):
        raise click.UsageError("give a FILE of references, or --before YYYY-MM-DD")
    municipality = open_municipality(folder, environment=environment)
    prepared = prepared_for(municipality, instance, mode="adopt")
    day: date | None = before.date() if before is not None else None
    lines = file.read_text("utf-8-sig").splitlines() if file is not None else []
    references = tuple(line.strip() for line in lines if line.strip())
    job = prepared.job.model_copy(update={"adopt_before": day, "adopt_references": references})
    summary: dict[str, Any] = {}
    for event in follow(_with_job(prepared, job), instance):
        summary = {name: value for name, value in event.items() if name != "event"}
    if as_json:
        click.echo(json.dumps(summary, indent=2))
    else:
        marked = f"{summary['adopted']} of {summary['named']} marked as handled"
        click.echo(f"{marked}; {summary['known']} were known already")
        if summary["undated"]:
            click.echo(f"{summary['undated']} cases have no date and were left as they are", err=True)
    return int(summary["exit_code"])


@items.command()
@click.argument("instance")
@click.argument("reference")
@click.option(
    "--happened/--not-happened", default=None, help="Whether the effect happened, as you have found out."
)
@click.option("--by", required=True, metavar="NAME", help="Who says so; kept with the item.")
@click.option("--effect", default="", metavar="NAME", help="Which effect, where several are open.")
@click.option("--key", metavar="KEY", help="Which call of it, where several of one effect are open.")
@_environment
@click.pass_obj
def settle(
    folder: Path,
    instance: str,
    reference: str,
    environment: str | None,
    happened: bool | None,  # noqa: FBT001 - click passes it by name
    by: str,
    effect: str,
    key: str | None,
) -> int:
    """Say of an item in doubt whether its effect happened; the next run goes on from there."""
    from rpa_commons import runtime
    from rpa_commons.config import open_municipality

    from ._worker import instance_id_of, keys_of, state_errors

    if happened is None:
        raise click.UsageError("say --happened or --not-happened")
    municipality = open_municipality(folder, environment=environment)
    instance_id = instance_id_of(municipality, instance)
    with state_errors():
        _story(municipality, instance_id, reference)  # an unknown item is told before a missing key
        names = runtime.settle(
            runtime.state_home(municipality),
            instance_id,
            keys_of(municipality),
            reference,
            happened=happened,
            by=by,
            effect=effect,
            call_key=key,
        )
    what = ", ".join(names) or "no open effect"
    click.echo(
        f"{reference}: {what} {'happened' if happened else 'did not happen'}; the next run goes on from there"
    )
    return 0


@items.command()
@click.argument("instance")
@click.argument("references", metavar="REFERENCE...", nargs=-1, required=True)
@click.option("--by", required=True, metavar="NAME", help="Who says so; kept with the item.")
@_environment
@click.pass_obj
def retry(folder: Path, instance: str, references: tuple[str, ...], environment: str | None, by: str) -> int:
    """Have cases that failed or were handed over tried again. What was carried out for them stays done."""
    from rpa_commons import runtime
    from rpa_commons.config import open_municipality

    from ._worker import instance_id_of, keys_of, state_errors

    municipality = open_municipality(folder, environment=environment)
    instance_id = instance_id_of(municipality, instance)
    for reference in references:
        with state_errors():
            _story(municipality, instance_id, reference)  # an unknown item is told before a missing key
            keys = keys_of(municipality)
            runtime.retry(runtime.state_home(municipality), instance_id, keys, reference, by=by)
        click.echo(f"{reference}: the next run takes it up; what was carried out stays done")
    return 0


@items.command()
@click.argument("instance")
@click.argument("reference")
@click.option("--by", required=True, metavar="NAME", help="Who reopens it; kept with the item.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the item.")
@click.option("--again", is_flag=True, help="Also when that carries out a second time what was carried out.")
@_environment
@click.pass_obj
def reopen(
    folder: Path,
    instance: str,
    reference: str,
    environment: str | None,
    by: str,
    reason: str,
    again: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Have a case done again from the start; --again where something was carried out for it already."""
    from rpa_commons import runtime
    from rpa_commons.config import open_municipality

    from ._worker import instance_id_of, keys_of, state_errors

    municipality = open_municipality(folder, environment=environment)
    instance_id = instance_id_of(municipality, instance)
    with state_errors():
        story = _story(municipality, instance_id, reference)
        generation = runtime.reopen(
            runtime.state_home(municipality),
            instance_id,
            keys_of(municipality),
            reference,
            by=by,
            reason=reason,
            again=again,
        )
    click.echo(f"{reference}: reopened as generation {generation}; the next run takes it up")
    for call in story.calls:
        if call["kind"] != "query" and call["generation"] == generation - 1:
            click.echo(f"  already {call['state']}: {call['call']} on {call['at'][:19]}Z (key {call['key']})")
    return 0


def _story(municipality: "MunicipalityFolder", instance_id: str, reference: str) -> "ItemStory":
    from rpa_commons.runtime import UnknownItemError, reading, state_home, story_of

    from ._worker import keys_of

    with reading(state_home(municipality), instance_id) as engine:
        if engine is None:
            raise UnknownItemError(reference, "the bot instance has not run yet")
        return story_of(engine, keys_of(municipality), reference)


def _content(municipality: "MunicipalityFolder", instance: str, reference: str, *, by: str) -> dict[str, Any]:
    from rpa_commons import runtime

    from ._worker import instance_id_of, keys_of

    home, instance_id = runtime.state_home(municipality), instance_id_of(municipality, instance)
    content = runtime.look_up(home, instance_id, keys_of(municipality), reference, by=by)
    if not runtime.masks_personal_numbers(municipality, instance):
        return content
    cut: dict[str, Any] = runtime.cut_content(content)
    return cut


def _with_job(prepared: Any, job: Any) -> Any:  # noqa: ANN401 - runtime types, imported late
    import dataclasses

    return dataclasses.replace(prepared, job=job)
