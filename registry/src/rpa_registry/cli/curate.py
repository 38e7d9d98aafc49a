"""``rpac-registry submit``, ``publish``, ``certify`` and the other acts on one release."""

from typing import TYPE_CHECKING

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


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def submit(ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool) -> None:
    """Ask the coordinators to review a staged release; for its owner."""
    _do(ctx, "submit", project, version, login, as_json=as_json, reason=reason)


@click.command("return")
@click.argument("project")
@click.argument("version")
@reason_option(required=True)
@as_option
@json_option
@click.pass_context
def return_(
    ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool
) -> None:
    """Give a release in review back to its owner; for coordinators."""
    _do(ctx, "return", project, version, login, as_json=as_json, reason=reason)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def publish(
    ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool
) -> None:
    """Put a release in review into the channel all; for its owner."""
    _do(ctx, "publish", project, version, login, as_json=as_json, reason=reason)


@click.command()
@click.argument("project")
@click.argument("version")
@click.option("--note", default="", metavar="TEXT", help="What you looked at; stands beside your signature.")
@as_option
@json_option
@click.pass_context
def certify(ctx: click.Context, project: str, version: str, note: str, login: str, *, as_json: bool) -> None:
    """Sign a published release; two coordinators of two municipalities other than the owner must."""
    _do(ctx, "certify", project, version, login, as_json=as_json, reason=note)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=True)
@click.option("--use", default="", metavar="PROJECT", help="What to use instead.")
@as_option
@json_option
@click.pass_context
def deprecate(  # the options of one act
    ctx: click.Context, project: str, version: str, reason: str, use: str, login: str, *, as_json: bool
) -> None:
    """Advise against a release; it stays in its channels, and those who run it are told."""
    _do(ctx, "deprecate", project, version, login, as_json=as_json, reason=reason, use=use)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def undeprecate(
    ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool
) -> None:
    """Take a deprecation back."""
    _do(ctx, "undeprecate", project, version, login, as_json=as_json, reason=reason)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=True)
@as_option
@json_option
@click.pass_context
def yank(ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool) -> None:
    """Hide a release from those who do not ask for exactly it (PEP 592)."""
    _do(ctx, "yank", project, version, login, as_json=as_json, reason=reason)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def unyank(ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool) -> None:
    """Take a yank back."""
    _do(ctx, "unyank", project, version, login, as_json=as_json, reason=reason)


@click.command()
@click.argument("project")
@click.argument("version")
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def withdraw(
    ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool
) -> None:
    """Take back a release that was not published yet; for its owner."""
    _do(ctx, "withdraw", project, version, login, as_json=as_json, reason=reason)


@click.command("release-from-quarantine")
@click.argument("project")
@click.argument("version")
@reason_option(required=True)
@as_option
@json_option
@click.pass_context
def release_from_quarantine(
    ctx: click.Context, project: str, version: str, reason: str, login: str, *, as_json: bool
) -> None:
    """Sign that a quarantined release may be had again; two coordinators must."""
    _do(ctx, "release_from_quarantine", project, version, login, as_json=as_json, reason=reason)
