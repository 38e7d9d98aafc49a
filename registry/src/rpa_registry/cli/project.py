"""``rpac-registry project``: how a project lives on (PEP 792)."""

import click

from ._acting import acting, as_option, json_option, opened, print_json, reason_option

__all__ = ["project"]


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
        click.echo(f"{one['name']}  {one['kind']}  {one['owner']}  {one['status']}{reason}")
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

    with acting(ctx, login) as (registry, identity):
        done = set_status(registry, identity, name, status, reason=reason)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['project']}: {done['status']}")
