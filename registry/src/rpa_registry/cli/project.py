"""``rpac-registry accept`` and ``project``: new names, and how a project lives on (PEP 792)."""

import click

from ._acting import acting, as_option, json_option, opened, print_json, reason_option

__all__ = ["accept", "project"]


@click.command()
@click.argument("name")
@reason_option(required=True)
@as_option
@json_option
@click.pass_context
def accept(ctx: click.Context, name: str, reason: str, login: str, *, as_json: bool) -> None:
    """Let the new NAME stand; for a coordinator of another municipality than its owner's.

    From then on every client takes NAME from this registry alone. Look whether it could mean something else:
    a package of the public index, another project. It is needed once, before the first release is published.
    """
    from rpa_registry.curation import accept_name

    with acting(ctx, login) as (registry, identity):
        done = accept_name(registry, identity, name, reason=reason)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['project']}: the name is accepted by {done['accepted_by']}")


@click.group()
def project() -> None:
    """How a project lives on: active, archived, deprecated, quarantined."""


@project.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Every project with its owner and status, by name."""
    import sqlalchemy as sa

    from rpa_registry import db

    with opened(ctx) as registry, registry.database.read() as connection:
        rows = connection.execute(sa.select(db.projects).order_by(db.projects.c.name)).mappings().all()
    if as_json:
        print_json({"projects": [dict(one) for one in rows]})
        return
    for one in rows:
        reason = f"  {one['status_reason']}" if one["status_reason"] else ""
        new = "" if one["accepted"] else "  new name, not accepted"
        click.echo(f"{one['name']}  {one['kind']}  {one['owner']}  {one['status']}{reason}{new}")
    if not rows:
        click.echo("no project yet", err=True)


@project.command("set")
@click.argument("name")
@click.argument("status", type=click.Choice(["active", "archived", "deprecated", "quarantined"]))
@reason_option(required=False)
@as_option
@json_option
@click.pass_context
def set_(ctx: click.Context, name: str, status: str, reason: str, login: str, *, as_json: bool) -> None:
    """Change the status of NAME; every status but active needs a reason."""
    from rpa_registry.curation import set_status

    if status != "active" and not reason.strip():
        raise click.UsageError(f"Missing option '--reason': a project is {status} for a reason.")
    with acting(ctx, login) as (registry, identity):
        done = set_status(registry, identity, name, status, reason=reason)
    if as_json:
        print_json(done)
        return
    waits = f"; {done['waits_for']}" if done["waits_for"] else ""
    click.echo(f"{done['project']}: {done['status']}{waits}")
