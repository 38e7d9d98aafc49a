"""``rpac-registry submit``, ``publish``, ``certify`` and the other acts on one release."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ._acting import acting, as_option, json_option, print_json, reason_option

if TYPE_CHECKING:
    from rpa_registry.curation import ReleaseView

__all__ = [
    "certify",
    "deprecate",
    "publish",
    "release_from_quarantine",
    "return_",
    "submit",
    "undeprecate",
    "unyank",
    "withdraw",
    "yank",
]

_NEXT = {
    "staged": "its owner submits it again when it is ready",
    "in_review": "coordinators look at it with `rpac-registry review`, its owner publishes it",
    "published": "it is in the channel all; two coordinators of two other municipalities certify it",
    "certified": "it is in the channel certified",
}


def _do(
    ctx: click.Context, name: str, project: str, version: str, login: str, *, as_json: bool, **said: str
) -> None:
    from rpa_registry.curation import act

    with acting(ctx, login) as (registry, identity):
        view = act(registry, identity, name, project, version, **said)
    if as_json:
        print_json(view.to_json())
        return
    click.echo(_text(view))


def _text(view: "ReleaseView") -> str:
    lines = [f"{view.project} {view.version}: {view.state.replace('_', ' ')}"]
    if view.waits_for:
        lines.append(f"  {view.waits_for}: {', '.join(_signed(view))}")
    elif view.state in _NEXT:
        lines.append(f"  next: {_NEXT[view.state]}")
    return "\n".join(lines)


def _signed(view: "ReleaseView") -> list[str]:
    return [
        f"{one.person} ({one.member}{f', for {one.for_coordinator}' if one.for_coordinator else ''})"
        for one in view.given
    ]


def _command(name: str, help_: str, *options: Callable[..., Any]) -> click.Command:
    """The command of one act; every option but those of all commands is said to the act."""

    @click.pass_context
    def run(
        ctx: click.Context, /, project: str, version: str, login: str, *, as_json: bool, **said: str
    ) -> None:
        _do(ctx, name.replace("-", "_"), project, version, login, as_json=as_json, **said)

    for decorate in (json_option, as_option, *reversed(options), _VERSION, _PROJECT):
        run = decorate(run)
    return click.command(name, help=help_)(run)


_PROJECT, _VERSION = click.argument("project"), click.argument("version")
_MAY, _MUST = reason_option(required=False), reason_option(required=True)
_NOTE = click.option(
    "--note", "reason", default="", metavar="TEXT", help="What you looked at; stands beside your signature."
)
_USE = click.option("--use", default="", metavar="PROJECT", help="What to use instead, or 'PROJECT VERSION'.")

submit = _command("submit", "Ask the coordinators to review a staged release; for its owner.", _MAY)
return_ = _command("return", "Give a release in review back to its owner; for coordinators.", _MUST)
publish = _command("publish", "Put a release in review into the channel all; for its owner.", _MAY)
certify = _command(
    "certify",
    "Sign a published release; two coordinators of other municipalities than the owner must.",
    _NOTE,
)
deprecate = _command(
    "deprecate",
    "Advise against a release; it stays in its channels, and those who run it are told.",
    _MUST,
    _USE,
)
undeprecate = _command("undeprecate", "Take a deprecation back.", _MAY)
yank = _command("yank", "Hide a release from those who do not ask for exactly it (PEP 592).", _MUST)
unyank = _command("unyank", "Take a yank back.", _MAY)
withdraw = _command("withdraw", "Take back a release that was not published yet; for its owner.", _MAY)
release_from_quarantine = _command(
    "release-from-quarantine",
    "Sign that a quarantined release may be had again; two coordinators must.",
    _MUST,
)
