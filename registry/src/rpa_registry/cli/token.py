"""``rpac-registry token``: what programs sign in with."""

import click

from ._acting import json_option, print_json
from ._operating import as_option, print_rows, reading, writing

__all__ = ["token"]


@click.group()
def token() -> None:
    """Tokens: shown once, kept as a hash, for some scopes, until a day."""


@token.command()
@click.argument("person")
@click.option("--label", required=True, metavar="TEXT", help="What it is for: 'CI of Roskilde'.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(["upload", "curate", "read"]),
    help="What it may do; may be given more than once.",
)
@click.option("--project", "projects", multiple=True, metavar="NAME", help="Only for this project.")
@click.option("--days", type=click.IntRange(min=1), default=365, show_default=True, help="Its life.")
@as_option
@json_option
@click.pass_context
def issue(
    ctx: click.Context,
    person: str,
    label: str,
    scopes: tuple[str, ...],
    projects: tuple[str, ...],
    days: int,
    login: str,
    *,
    as_json: bool,
) -> None:
    """Make a token for PERSON and print it: this once, to stdout alone."""
    from rpa_registry.accounts import issue_token

    with writing(ctx, login) as (registry, connection, actor):
        issued = issue_token(
            connection,
            actor,
            person,
            label=label,
            scopes=scopes,
            projects=projects or None,
            days=days,
            longest=registry.settings.limits.token_days,
        )
    if as_json:
        print_json({"id": issued.id, "token": issued.text, "person": person, "expires": issued.expires})
        return
    click.echo(
        f"Token {issued.id} of {person}, until {issued.expires[:10]}; shown now and never again:", err=True
    )
    click.echo(issued.text)


@token.command("list")
@click.argument("person", required=False, default="")
@json_option
@click.pass_context
def list_(ctx: click.Context, person: str, *, as_json: bool) -> None:
    """Every token, or those of PERSON, the newest first; never their texts."""
    from rpa_registry.accounts import tokens_list

    with reading(ctx) as connection:
        rows = [one.to_json() for one in tokens_list(connection, login=person)]
    columns = ("id", "person", "label", "scopes", "projects", "expires", "revoked", "last_used")
    print_rows(rows, columns, as_json=as_json, nothing="There is no token.")


@token.command()
@click.argument("number", type=int)
@as_option
@click.pass_context
def revoke(ctx: click.Context, number: int, login: str) -> None:
    """End token NUMBER at once."""
    from rpa_registry.accounts import revoke_token

    with writing(ctx, login) as (_, connection, actor):
        revoke_token(connection, actor, number)
    click.echo(f"token {number} is revoked")
