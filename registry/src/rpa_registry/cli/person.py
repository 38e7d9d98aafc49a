"""``rpac-registry person``: who takes part."""

import click

from ._acting import json_option, print_json
from ._operating import as_option, print_rows, reading, writing

__all__ = ["person"]


@click.group()
def person() -> None:
    """The people of the members: developers, coordinators, auditors."""


@person.command()
@click.argument("login")
@click.argument("name")
@click.option("--member", required=True, metavar="CODE", help="Code of their municipality.")
@click.option("--role", required=True, type=click.Choice(["developer", "coordinator", "auditor"]))
@click.option("--contact", default="", metavar="TEXT", help="Where they get news; e-mail as a rule.")
@click.option("--as", "acting", default="", metavar="LOGIN", help="For whom you act; else the operator.")
@click.pass_context
def add(ctx: click.Context, login: str, name: str, member: str, role: str, contact: str, acting: str) -> None:
    """Let NAME take part as LOGIN."""
    from rpa_registry.accounts import add_person

    with writing(ctx, acting) as (_, connection, actor):
        add_person(connection, actor, login, name, member, role, contact=contact)
    click.echo(f"{login} is {role} of {member}")


@person.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Everybody, by login; also those who take part no longer."""
    from rpa_registry.accounts import people_list

    with reading(ctx) as connection:
        rows = [one.to_json() for one in people_list(connection)]
    columns = ("login", "name", "member", "role", "active", "contact")
    print_rows(rows, columns, as_json=as_json, nothing="There is nobody yet.")


@person.command()
@click.argument("person_login", metavar="LOGIN")
@click.option("--yes", is_flag=True, help="I mean myself.")
@as_option
@click.pass_context
def disable(ctx: click.Context, person_login: str, login: str, *, yes: bool) -> None:
    """End the part of LOGIN; every token of theirs is revoked, what they did stays in the log.

    A coordinator does it for the developers and auditors of their own municipality, the operator for all.
    """
    from rpa_registry.accounts import disable_person

    with writing(ctx, login) as (_, connection, actor):
        revoked = disable_person(connection, actor, person_login, is_oneself_meant=yes)
    click.echo(f"{person_login} takes part no longer; {revoked} tokens revoked")


@person.command()
@click.argument("person_login", metavar="LOGIN")
@as_option
@click.pass_context
def enable(ctx: click.Context, person_login: str, login: str) -> None:
    """Let LOGIN take part again, with the role and key they had; their tokens stay revoked."""
    from rpa_registry.accounts import enable_person

    with writing(ctx, login) as (_, connection, actor):
        enabled = enable_person(connection, actor, person_login)
    click.echo(f"{person_login} is {enabled.role} of {enabled.member} again; they need a new token")


@person.command()
@click.argument("person_login", metavar="LOGIN")
@click.option("--name", default=None, metavar="NAME", help="Their name from now on.")
@click.option("--contact", default=None, metavar="TEXT", help="Where they get news; empty: nowhere.")
@as_option
@json_option
@click.pass_context
def change(
    ctx: click.Context,
    person_login: str,
    name: str | None,
    contact: str | None,
    login: str,
    *,
    as_json: bool,
) -> None:
    """Give LOGIN another name or contact; pages that show the name are rendered anew."""
    from rpa_registry.accounts import change_person
    from rpa_registry.pages import renew

    if name is None and contact is None:
        raise click.UsageError("nothing to change: give --name, --contact or both")
    with writing(ctx, login) as (registry, connection, actor):
        changed = change_person(connection, actor, person_login, name=name, contact=contact)
        if name is not None:
            renew(connection, registry.settings, actor)
    if as_json:
        print_json(changed.to_json())
        return
    click.echo(f"{person_login}: {changed.name}, {changed.contact or 'no contact'}")
